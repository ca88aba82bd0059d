"""The board of a year: departments × states, who may be late, when each last moved, and what to do about it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from initiatives import pace
from initiatives.listing import STATUS_ORDER, list_url
from initiatives.models import EntryPart, PlanYear, Transition
from initiatives.workbook_writer import Sheet

Status = EntryPart.Status
IN = (Status.SUBMITTED, Status.APPROVED)  # what 福祉総務課 has


@dataclass
class Line:
    """One department: how many of its parts are in each state, when it last moved, and until when it may write."""

    plan_year: PlanYear
    pk: int
    name: str
    position: int
    counts: Counter
    moved: datetime | None = None
    deadline: date | None = None
    extended: bool = False
    share: Fraction | None = None  # of what should be in by today; None while nothing can be said

    @property
    def total(self) -> int:
        return self.counts.total()

    @property
    def sent(self) -> int:
        return sum(self.counts[status] for status in IN)

    @property
    def in_order(self) -> list[tuple[str, int]]:
        return [(status.value, self.counts[status]) for status in STATUS_ORDER]

    @property
    def bar(self) -> dict[str, int]:
        return dict(self.in_order)

    @property
    def begun(self) -> bool:
        return self.counts[Status.NOT_STARTED] < self.total

    @property
    def is_done(self) -> bool:
        return self.counts[Status.APPROVED] == self.total

    @property
    def at_risk(self) -> bool:
        return self.share is not None and pace.is_at_risk(self.total, self.sent, begun=self.begun, share=self.share)

    @property
    def sent_share(self) -> Fraction:
        return Fraction(self.sent, self.total)

    @property
    def cells(self) -> list[tuple[str, int, str]]:
        """Each state with its count and the list of exactly these parts."""
        return [(status, count, cell_url(self.plan_year, self.pk, status)) for status, count in self.in_order]

    @property
    def next(self) -> "Link | None":
        return next_action(self)


@dataclass(frozen=True)
class Link:
    words: str
    url: str


@dataclass
class Group:
    key: str
    title: str
    lines: list[Line]


@dataclass
class Board:
    plan_year: PlanYear
    groups: list[Group]
    order: str
    course: pace.Course | None

    @property
    def lines(self) -> list[Line]:
        return [line for group in self.groups for line in group.lines]

    @property
    def totals(self) -> Line:
        return Line(self.plan_year, 0, "合計", 0, sum((line.counts for line in self.lines), Counter()))

    @property
    def orders(self) -> list[tuple[str, str, bool]]:
        """Key and words of each order, and whether it is the one shown."""
        return [(key, words, key == self.order) for key, (words, _) in ORDERS.items()]

    @property
    def not_begun(self) -> list[Line]:
        return [line for line in self.lines if not line.begun]


ORDERS: dict[str, tuple[str, Callable[[Line], tuple]]] = {
    "late": ("遅れている順", lambda line: (line.sent_share, -line.total, line.position, line.pk)),
    "office": ("組織順", lambda line: (line.position, line.pk)),
    "count": ("件数順", lambda line: (-line.total, line.position, line.pk)),
}


def board_of(plan_year: PlanYear, order: str = "late") -> Board:
    """Five queries, whatever the number of parts and departments."""
    order = order if order in ORDERS else "late"
    lines, changes = _lines(plan_year), submissions_by_day(plan_year)
    start = _started_on(plan_year) or min((day for day, _ in changes), default=None)
    for line in lines:
        line.deadline = plan_year.deadline_for(line.pk)
        line.extended = line.pk in plan_year.extended
        line.share = _share(plan_year, start, line.deadline)
    board = Board(plan_year, _groups(sorted(lines, key=ORDERS[order][1]), plan_year), order, None)
    board.course = _course(plan_year, board.totals, start, changes)
    return board


def _of_year(plan_year: PlanYear, prefix: str = "") -> Q:
    return Q(
        **{
            f"{prefix}entry__initiative__plan_id": plan_year.plan_id,
            f"{prefix}entry__fiscal_year": plan_year.fiscal_year,
        }
    )


def _lines(plan_year: PlanYear) -> list[Line]:
    """A department moves with every word that is saved and every step that is taken."""
    lines: dict[int, Line] = {}
    moved: dict[int, list[datetime]] = {}
    parts = EntryPart.objects.filter(_of_year(plan_year)).order_by("department__position", "department_id")
    for pk, name, position, status, count, saved in parts.values_list(
        "department_id", "department__name", "department__position", "status"
    ).annotate(Count("pk"), Max("updated_at")):
        lines.setdefault(pk, Line(plan_year, pk, name, position, Counter())).counts[status] += count
        if status != Status.NOT_STARTED:
            moved.setdefault(pk, []).append(saved)
    steps = _steps(plan_year).values_list("part__department_id").annotate(Max("at"))
    for pk, at in steps:
        moved.setdefault(pk, []).append(at)
    for pk, line in lines.items():
        line.moved = max(moved.get(pk, ()), default=None)
    return list(lines.values())


def _steps(plan_year: PlanYear) -> QuerySet[Transition]:
    return Transition.objects.filter(_of_year(plan_year, "part__")).order_by()


def submissions_by_day(plan_year: PlanYear) -> list[tuple[date, int]]:
    """By how much the number of parts that are in changed on a day (日本時間). One query."""
    before, after = Q(from_status__in=IN), Q(to_status__in=IN)
    days = (
        _steps(plan_year)
        .annotate(day=TruncDate("at"))
        .values_list("day")
        .annotate(came=Count("pk", filter=after & ~before), went=Count("pk", filter=before & ~after))
        .order_by("day")
    )
    return [(day, came - went) for day, came, went in days if came != went]


def _started_on(plan_year: PlanYear) -> date | None:
    """The day on which 受付 began, for the first time."""
    step = plan_year.transitions.filter(to_status=PlanYear.Status.COLLECTING).order_by("at").first()
    return timezone.localdate(step.at) if step else None


def _share(plan_year: PlanYear, start: date | None, deadline: date | None) -> Fraction | None:
    if plan_year.status not in (PlanYear.Status.PREPARING, PlanYear.Status.COLLECTING):
        return Fraction(1)
    if plan_year.status == PlanYear.Status.PREPARING or deadline is None:
        return None
    today = timezone.localdate()
    if start is None:
        return Fraction(1) if today >= deadline else None
    return pace.share_due(start, deadline, today)


def _groups(lines: list[Line], plan_year: PlanYear) -> list[Group]:
    deadline = plan_year.department_deadline
    closed = plan_year.status not in (PlanYear.Status.PREPARING, PlanYear.Status.COLLECTING)
    over = closed or (deadline is not None and deadline < timezone.localdate())
    late = "期限を過ぎて、まだそろっていない課" if over else "このままでは期限に間に合わないおそれ"
    going = "これから始まる課" if plan_year.status == PlanYear.Status.PREPARING else "進んでいる課"
    groups = [
        Group("late", late, [line for line in lines if line.at_risk]),
        Group("going", going, [line for line in lines if not line.at_risk and not line.is_done]),
        Group("done", "すべて承認された課", [line for line in lines if line.is_done]),
    ]
    return [group for group in groups if group.lines]


def _course(plan_year: PlanYear, totals: Line, start: date | None, changes) -> pace.Course | None:
    deadline = plan_year.department_deadline
    if plan_year.status != PlanYear.Status.COLLECTING or not totals.total or None in (start, deadline):
        return None
    return pace.course(
        changes,
        start=start,
        deadline=deadline,
        today=timezone.localdate(),
        total=totals.total,
        reached=totals.sent,
    )


# --- What to do about a department ------------------------------------------------------------------


def next_action(line: Line) -> Link | None:
    """The one thing that 福祉総務課 would do about a department now."""
    plan_year = line.plan_year
    review = Link(f"{line.counts[Status.SUBMITTED]}件を確認する", queue_url(plan_year, line.pk))
    returned = Link("差戻しを見る", cell_url(plan_year, line.pk, Status.RETURNED))
    choices = [(line.counts[Status.SUBMITTED], review), (line.counts[Status.RETURNED], returned)]
    if line.at_risk:
        choices = [*reversed(choices), (True, Link("知らせる", notice_url(plan_year, [line])))]
    return next((link for wanted, link in choices if wanted), None)


def cell_url(plan_year: PlanYear, department: int, status: str) -> str:
    """The list of exactly the parts that a number of the board counts."""
    return list_url(plan_year, department=department, status=status, cross="written")


def queue_url(plan_year: PlanYear, department: int) -> str:
    address = reverse("initiatives:review_queue", args=[plan_year.plan_id, plan_year.fiscal_year])
    return f"{address}?{urlencode({'department': department})}"


def notice_url(plan_year: PlanYear, lines: list[Line]) -> str:
    """Where departments are told: the page that prepares a reminder for them."""
    query = urlencode([("kind", "reminder"), *(("department", line.pk) for line in lines)])
    return f"{reverse('initiatives:notice_preview', args=[plan_year.plan_id, plan_year.fiscal_year])}?{query}"


# --- Excel ------------------------------------------------------------------------------------------


def sheet(board: Board) -> Sheet:
    """The board as it stands, a line a department, and the total."""
    heads = ["区分", "課", "期限", "件数", *(status.label for status in STATUS_ORDER), "最後の動き"]
    rows = [
        [group.title, line.name, _day(line.deadline), line.total, *(count for _, count in line.in_order), _moment(line)]
        for group in board.groups
        for line in group.lines
    ]
    totals = board.totals
    rows.append(["", totals.name, "", totals.total, *(count for _, count in totals.in_order), ""])
    return Sheet("課ごとの状況", heads, rows, [34, 20, 14, 8, *([10] * len(STATUS_ORDER)), 18])


def _day(day: date | None) -> str:
    return f"{day:%Y-%m-%d}" if day else ""


def _moment(line: Line) -> str:
    return f"{timezone.localtime(line.moved):%Y-%m-%d %H:%M}" if line.moved else "まだありません"
