"""What the report of a year is: as it stands now while the year is open, its edition once it is 確定.

Pages of the apps to the left that show such a year ask here too (initiatives.later, indicators.series).
"""

from collections.abc import Iterator

from indicators.series import Indicator
from initiatives.checking.finding import FIELDS
from initiatives.later import Other
from initiatives.models import Initiative, PlanYear, YearlyEntry
from reporting.assemble import assemble
from reporting.models import ReportEdition
from reporting.snapshot import Report, Row


def report_of(plan_year: PlanYear) -> Report:
    """The one report that pages and files of a year show. A locked year is never read from the tables again."""
    edition = ReportEdition.objects.standing(plan_year)
    return edition.report if edition else assemble(plan_year)


def last_report_of(plan_year: PlanYear) -> Report | None:
    """The report of the year before, with which the year is compared: for an edition as it was then."""
    edition = ReportEdition.objects.standing(plan_year)
    if edition:
        return edition.last_report
    before = year_before(plan_year)
    return report_of(before) if before else None


def year_before(plan_year: PlanYear) -> PlanYear | None:
    before = PlanYear.objects.filter(plan=plan_year.plan_id, fiscal_year=plan_year.fiscal_year - 1).first()
    if before is not None:
        before.plan = plan_year.plan
    return before


# --- For the pages of initiatives and indicators ------------------------------------------------------


def indicators_in(plan_year: PlanYear) -> tuple[Indicator, ...] | None:
    """The indicators as the 確定 report has them; None as long as there is none."""
    edition = ReportEdition.objects.standing(plan_year)
    return edition.report.indicators if edition else None


def others_in(plan_year: PlanYear, initiative: Initiative, entry: YearlyEntry | None) -> Iterator[Other]:
    """What the 確定 report has otherwise of an initiative than the tables have today: a plan lives on."""
    edition = ReportEdition.objects.standing(plan_year)
    row = _row_of(initiative, edition.report) if edition else None
    if row is None:
        return
    names = ("code", "name", "description", "note", "baseline")
    now = {name: getattr(initiative, name) for name in names}
    now["owners"] = "、".join(owner.department.name for owner in initiative.owners.select_related("department"))
    if entry is not None:
        now |= {name: getattr(entry, name) for name in ("target", "next_target", "rating", "low_rating_reason")}
    for name, words in now.items():
        kept = "、".join(owner.department for owner in row.owners) if name == "owners" else getattr(row, name)
        if kept != words:
            yield Other(FIELDS[name], kept, words)


def _row_of(initiative: Initiative, report: Report) -> Row | None:
    """The initiative in a report: by its number, or by its name where it has another number since."""
    rows = {row.code: row for row in report.rows}
    same = rows.get(initiative.code)
    named = next((row for row in report.rows if row.name == initiative.name), None)
    return named if named and (same is None or same.name != initiative.name) else same
