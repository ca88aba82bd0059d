"""What the report of a year is: as it stands now while the year is open, its edition once it is 確定."""

from initiatives.models import PlanYear
from reporting.assemble import assemble
from reporting.models import ReportEdition
from reporting.snapshot import Report


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
