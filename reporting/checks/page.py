"""整合性チェック as pages: filters, counts, links to where a finding is mended, and the overview by department and kind."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.urls import reverse

from accounts.models import User
from indicators.models import Indicator
from indicators.permissions import can_write_value
from initiatives import fiscal_year as fy
from initiatives.checking.finding import LOOK, MUST, Check, Finding, Place
from initiatives.models import Initiative, PlanYear
from reporting.checks.context import Context
from reporting.checks.mending import Mend, Mender
from reporting.checks.run import CHECKS
from reporting.checks.spots import spot_of
from reporting.checks.year import ACCEPTED, FOLLOW_UP, OPEN, Judged
from reporting.snapshot import Report


@dataclass(frozen=True)
class Item:
    """A finding as the list shows it."""

    judged: Judged
    check: Check
    links: tuple[tuple[str, str], ...]  # words and address, the place to mend first
    mend: Mend | None = None
    paragraph: int = 0  # of the chapter it stands in, from 1; 0 for none

    @property
    def where(self) -> str:
        return f"{self.paragraph}段落目" if self.paragraph else ""

    @property
    def finding(self):
        return self.judged.finding


def chosen(found: Iterable[Judged], conditions: Mapping[str, str]) -> list[Judged]:
    """Findings that meet every condition that is given: kind, severity, department, goal, state."""
    return [one for one in found if all(_meets(one, name, value) for name, value in conditions.items() if value)]


def _meets(one: Judged, name: str, value: str) -> bool:
    finding = one.finding
    if name == "department":
        return value in finding.departments
    if name == "state":
        return value == "all" or one.state == value or (value == "todo" and one.state != ACCEPTED)
    told = {"kind": finding.check, "severity": finding.severity, "goal": str(finding.place.goal or 0)}
    return told[name] == value


def items(found: Iterable[Judged], plan_year: PlanYear, context: Context, user: User | None) -> list[Item]:
    """`context`: of the year, in which the findings were made. `user` None: nobody who could write."""
    links, mender = _Links(plan_year, context.report, user), Mender(plan_year, context, user)
    return [_item(one, links, mender, context.report) for one in found]


def _item(one: Judged, links: "_Links", mender: Mender, report: Report) -> Item:
    finding = one.finding
    spot = spot_of(finding.place, finding, report)
    paragraph = spot.paragraph if spot and not spot.row else 0
    return Item(one, CHECKS[finding.check], links.of(finding), mender.of(finding), paragraph)


class _Links:
    """Addresses of places: three queries for any number of them."""

    def __init__(self, plan_year: PlanYear, report: Report, user: User | None):
        self.year = [plan_year.plan_id, plan_year.fiscal_year]
        self.report, self.user = report, user
        plan = plan_year.plan_id
        self.initiatives = dict(Initiative.objects.filter(plan=plan).values_list("code", "pk"))
        self.indicators = {indicator.code: indicator for indicator in Indicator.objects.filter(plan=plan)}
        self.years = {fy.short(year.fiscal_year): year for year in PlanYear.objects.filter(plan=plan)}

    def of(self, finding: Finding) -> tuple[tuple[str, str], ...]:
        places = (finding.place, *finding.also[:3])
        return tuple(dict.fromkeys(filter(None, (self._link(place, finding) for place in places))))

    def _link(self, place: Place, finding: Finding) -> tuple[str, str] | None:
        if place.kind == "row" and place.code in self.initiatives:
            return f"{place.code}を開く", self._url("initiatives:entry_detail", self.initiatives[place.code])
        if place.kind == "row":
            return "取組の一覧を開く", self._url("initiatives:entry_list")
        if place.kind == "indicator" and place.code in self.indicators:
            return self._of_indicator(self.indicators[place.code], place.field)
        if place.kind == "totals":
            return "集計を開く", self._url("reporting:summary")
        if place.kind == "department":
            return f"{place.code}の取組を開く", f"{self._url('initiatives:entry_list')}?q={place.code}"
        if spot := spot_of(place, finding, self.report):
            address = self._url("reporting:chapter_edit", spot.goal, spot.kind)
            return "章を開く", f"{address}#{spot.anchor}" if spot.anchor else address
        if place.kind == "footnote":  # nothing points to it: it is told there
            return "章の一覧を開く", self._url("reporting:chapter_list")
        if place.kind == "review":
            return "講評を開く", self._url("reviews:review_edit", place.goal or 0)
        if place.kind == "opinion":
            return "意見と市の考え方を開く", self._url("reviews:opinion_list")
        return None

    def _of_indicator(self, indicator: Indicator, year: str) -> tuple[str, str]:
        """Where its figures of the year are written, if this person may write them."""
        known = self.years.get(year)
        if known and self.user and can_write_value(self.user, indicator, known):
            args = [known.plan_id, known.fiscal_year, indicator.pk]
            return f"{year}の数字を直す", reverse("indicators:indicator_edit", args=args)
        return "成果指標を開く", self._url("indicators:indicator_detail", indicator.pk)

    def _url(self, name: str, *more) -> str:
        return reverse(name, args=[*self.year, *more])


# --- Counts -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counts:
    must: int  # neither mended nor accepted
    look: int
    follow_up: int  # of those two
    accepted: int

    @property
    def todo(self) -> int:
        return self.must + self.look


def count(found: Iterable[Judged]) -> Counts:
    told = Counter((one.finding.severity, one.state) for one in found)
    return Counts(
        must=told[MUST, OPEN] + told[MUST, FOLLOW_UP],
        look=told[LOOK, OPEN] + told[LOOK, FOLLOW_UP],
        follow_up=told[MUST, FOLLOW_UP] + told[LOOK, FOLLOW_UP],
        accepted=told[MUST, ACCEPTED] + told[LOOK, ACCEPTED],
    )


def heading(counts: Counts) -> str:
    if not counts.todo:
        return "直すところも、確認してほしいところもありません"
    told = [f"直すところが{counts.must}件"] if counts.must else []
    told += [f"確認してほしいところが{counts.look}件"] if counts.look else []
    return f"{'、'.join(told)}あります"


def overview(found: list[Judged]) -> dict:
    """By department and by kind, those with most to mend first."""
    departments = {name for one in found for name in one.finding.departments}
    by_department = [(name, count(one for one in found if name in one.finding.departments)) for name in departments]
    elsewhere = [one for one in found if not one.finding.departments]
    by_kind = [(check, count(one for one in found if one.finding.check == name)) for name, check in CHECKS.items()]
    return {
        "by_department": sorted(by_department, key=lambda line: (-line[1].must, -line[1].look, line[0])),
        "elsewhere": count(elsewhere),
        "by_kind": sorted(by_kind, key=lambda line: (-line[1].must, -line[1].look, line[0].name)),
    }
