"""The rows of 一覧: every initiative of a year as one person may see it, light enough to list them all.

One query whatever the number of rows. Filtering and sorting happen in memory: a plan has a few hundred
initiatives, and the rule who sees a draft (permissions.can_view_part) stays written once.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import FilteredRelation, Q
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import User
from initiatives import parsing, permissions
from initiatives.composition import compose, printed_result
from initiatives.models import EntryPart, Initiative, PlanYear, YearlyEntry

# From the least to the most advanced: an initiative stands where its slowest department stands.
STATUS_ORDER = (
    EntryPart.Status.RETURNED,
    EntryPart.Status.NOT_STARTED,
    EntryPart.Status.DRAFT,
    EntryPart.Status.AWAITING_MANAGER,
    EntryPart.Status.SUBMITTED,
    EntryPart.Status.APPROVED,
)


def status_label(status: str) -> str:
    return EntryPart.Status(status).label if status else ""


@dataclass(slots=True)
class EntryRow:
    """One line of the list. Texts and the rating are blank where the person may not see them yet."""

    pk: int
    code: str
    position: int
    name: str
    goal: int
    policy: str
    original_code: str
    holds_own: bool
    new_in: int | None
    source: int  # the initiative whose texts are shown: its own, or the original's
    departments: list[str] = field(default_factory=list)
    department_ids: list[int] = field(default_factory=list)
    target: str = ""
    next_target: str = ""
    result: str = ""
    issues: str = ""
    rating: str = ""
    last_rating: str = ""
    status: str = ""
    status_rank: int = 0  # sorts the column 状態
    own_status: str = ""  # of the part of one of the person's own departments
    own_part: int | None = None  # the part in which the person may write now
    part_statuses: dict[int, str] = field(default_factory=dict)  # of each department that writes this row
    hidden: bool = False

    @property
    def is_joint(self) -> bool:
        return len(self.departments) > 1

    @property
    def printed_name(self) -> str:
        return f"【再掲 {self.original_code}】{self.name}" if self.original_code else self.name

    @property
    def department_lines(self) -> str:
        return "\n".join(self.departments)

    @property
    def department_list(self) -> str:
        return "、".join(self.departments)


def rows_of(plan_year: PlanYear, user: User, *, texts: bool = False) -> list[EntryRow]:
    """All rows of the year in plan order. `texts` also reads 実績 and 課題, for the columns that show them."""
    read = _read(plan_year, texts)
    return [_row(found, read, user, plan_year) for found in read.values() if found.initiative.is_in_force]


class _Initiative(NamedTuple):
    pk: int
    code: str
    position: int
    name: str
    first_year: int | None
    is_in_force: bool
    goal: int
    policy: int
    original_pk: int | None
    original_code: str | None


class _Entry(NamedTuple):
    pk: int | None
    target: str
    next_target: str
    rating: str
    holds_own: bool
    shared_result: str = ""
    shared_issues: str = ""


class _Part(NamedTuple):
    pk: int | None
    department_id: int
    department: str
    status: str
    result: str = ""
    issues: str = ""
    not_applicable_reason: str = ""

    @property
    def printed_result(self) -> str:
        return printed_result(self.result, self.not_applicable_reason)


@dataclass(slots=True)
class _Found:
    """What was read of an initiative: this year's entry with its parts, last year's rating, its departments."""

    initiative: _Initiative
    entry: _Entry
    last_rating: str
    parts: dict[int, _Part] = field(default_factory=dict)
    owners: dict[int, str] = field(default_factory=dict)


# Where the columns of each tuple are found from an initiative.
_PATHS = {
    _Initiative: ("", {"goal": "direction__policy__goal__number", "policy": "direction__policy__number",
                       "original_pk": "original_id", "original_code": "original__code"}),
    _Entry: ("this__", {}),
    _Part: ("this__parts__", {"department": "this__parts__department__name"}),
}  # fmt: skip


def _columns(row: type, texts: bool) -> list[str]:
    """The columns of a tuple; the long texts, which have defaults, only when they are asked for."""
    prefix, paths = _PATHS[row]
    names = [name for name in row._fields if texts or name not in row._field_defaults]
    return [paths.get(name, f"{prefix}{name}") for name in names]


def _read(plan_year: PlanYear, texts: bool) -> dict[int, _Found]:
    """All initiatives of the plan by number, in its order. One query: a line for every part with every department.

    Also those no longer in force, whose texts a cross-listing may show.
    """
    year = plan_year.fiscal_year
    lines = (
        Initiative.objects.filter(plan_id=plan_year.plan_id)
        .with_in_force(year)
        .alias(
            this=FilteredRelation("entries", condition=Q(entries__fiscal_year=year)),
            last=FilteredRelation("entries", condition=Q(entries__fiscal_year=year - 1)),
        )
        .order_by("position", "this__parts__position", "owners__position")
    )
    initiative, entry, part = (_columns(row, texts) for row in (_Initiative, _Entry, _Part))
    entry_at, part_at = len(initiative), len(initiative) + len(entry)
    rest_at = part_at + len(part)
    found: dict[int, _Found] = {}
    for line in lines.values_list(
        *initiative, *entry, *part, "last__rating", "owners__department_id", "owners__department__name"
    ):
        last_rating, owner_id, owner = line[rest_at:]
        one = found.get(line[0])
        if one is None:
            entry_values = _Entry(*line[entry_at:part_at])
            one = found[line[0]] = _Found(_Initiative(*line[:entry_at]), entry_values, last_rating or "")
        if line[part_at] is not None and line[part_at] not in one.parts:
            one.parts[line[part_at]] = _Part(*line[part_at:rest_at])
        if owner_id is not None:
            one.owners[owner_id] = owner
    return found


def _row(found: _Found, read: dict[int, _Found], user: User, plan_year: PlanYear) -> EntryRow:
    of = found.initiative
    holds_own = bool(found.entry.holds_own)
    source = read[of.pk if of.original_pk is None or holds_own else of.original_pk]
    row = EntryRow(
        of.pk, of.code, of.position, of.name, of.goal, f"{of.goal}-{of.policy}", of.original_code or "", holds_own,
        of.first_year if (of.first_year or 0) > plan_year.plan.first_year else None, source.initiative.pk,
    )  # fmt: skip
    row.last_rating = source.last_rating
    if source.entry.pk is not None:
        _fill(row, source.entry, list(source.parts.values()), user, plan_year)
    written = {part.department_id: part.department for part in found.parts.values()}
    departments = _in_plan_order(written, found.owners) or found.owners
    row.department_ids, row.departments = list(departments), list(departments.values())
    return row


def _in_plan_order(written: dict[int, str], owners: dict[int, str]) -> dict[int, str]:
    """Departments that wrote, in the order in which the plan names them; parts stand as the cell was printed."""
    order = [*owners, *written]
    return {pk: written[pk] for pk in sorted(written, key=order.index)}


def _fill(row: EntryRow, entry: _Entry, parts: list[_Part], user: User, plan_year: PlanYear) -> None:
    row.target = entry.target
    departments = [part.department_id for part in parts]
    visible = [part for part in parts if permissions.can_read(user, part.status, departments, plan_year)]
    if parts:
        row.status = min((part.status for part in parts), key=STATUS_ORDER.index)
        row.part_statuses = {part.department_id: part.status for part in parts}
        own = [part for part in parts if part.department_id in user.department_ids()]
        own.sort(key=lambda part: STATUS_ORDER.index(part.status))
        row.own_status = own[0].status if own else ""
        row.own_part = next((part.pk for part in own if permissions.can_write_part(user, part, plan_year)), None)
    row.hidden = len(visible) < len(parts)
    if not row.hidden:
        row.rating, row.next_target = entry.rating, entry.next_target
    joint = len(parts) > 1
    shared = ("", "") if row.hidden else (entry.shared_result, entry.shared_issues)
    row.result = compose(shared[0], [(part.department, part.printed_result) for part in visible], joint=joint)
    row.issues = compose(shared[1], [(part.department, part.issues) for part in visible], joint=joint)


CROSS = {
    "without": lambda row: not row.original_code,
    "only": lambda row: bool(row.original_code),
    "written": lambda row: row.source == row.pk,
}


def list_url(plan_year: PlanYear, **conditions) -> str:
    """The address of the list, narrowed."""
    address = reverse("initiatives:entry_list", args=[plan_year.plan_id, plan_year.fiscal_year])
    return f"{address}?{urlencode(conditions)}" if conditions else address


def matching(rows: list[EntryRow], conditions: dict, plan_year: PlanYear, user: User) -> list[EntryRow]:
    """Rows that meet every condition of EntryFilterForm.cleaned_data; an empty condition holds for all."""
    found = rows
    if goal := conditions.get("goal"):
        found = [row for row in found if row.goal == int(goal)]
    if policy := conditions.get("policy"):
        found = [row for row in found if row.policy == policy]
    if department := conditions.get("department"):
        found = [row for row in found if int(department) in row.department_ids]
        for row in found:  # a list of one department tells where that department stands, not the slowest
            row.status = row.part_statuses.get(int(department), row.status)
    if rating := conditions.get("rating"):
        wanted = "" if rating == "unrated" else rating
        found = [row for row in found if row.rating == wanted]
    if status := conditions.get("status"):
        found = [row for row in found if row.status == status]
    if cross := conditions.get("cross"):
        found = [row for row in found if CROSS[cross](row)]
    if words := conditions.get("q"):
        found = search(found, words, plan_year, user)
    return found


def search(rows: list[EntryRow], words: str, plan_year: PlanYear, user: User) -> list[EntryRow]:
    """Rows in which every word stands: number, name, content, department, or a text the person may read."""
    for word in words.split():
        form = parsing.search_form(word)
        in_plan = set(
            Initiative.objects.filter(plan_id=plan_year.plan_id, search_text__contains=form).values_list(
                "pk", flat=True
            )
        )
        in_text = set(
            EntryPart.objects.visible_to(user)
            .filter(
                entry__initiative__plan_id=plan_year.plan_id,
                entry__fiscal_year=plan_year.fiscal_year,
                search_text__contains=form,
            )
            .values_list("entry__initiative_id", flat=True)
        )
        in_shared = set(
            YearlyEntry.objects.for_fiscal_year(plan_year.plan, plan_year.fiscal_year)
            .filter(search_text__contains=form)
            .values_list("initiative_id", flat=True)
        )
        rows = [
            row
            for row in rows
            if row.pk in in_plan
            or row.source in in_text
            or (row.source in in_shared and not row.hidden)
            or form in parsing.search_form(row.department_list)
        ]
    return rows
