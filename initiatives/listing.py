"""The rows of 一覧: every initiative of a year as one person may see it, light enough to list them all.

Four queries whatever the number of rows. Filtering and sorting happen in memory: a plan has a few hundred
initiatives, and the rule who sees a draft (permissions.can_view_part) stays written once.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from accounts.models import User
from initiatives import parsing, permissions
from initiatives.composition import compose, printed_result
from initiatives.models import EntryPart, Initiative, InitiativeDepartment, PlanYear, YearlyEntry

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
    initiatives = (
        Initiative.objects.filter(plan_id=plan_year.plan_id)
        .in_force(plan_year.fiscal_year)
        .order_by("position")
        .values_list(
            "pk", "code", "position", "name", "direction__policy__goal__number", "direction__policy__number",
            "original_id", "original__code", "first_year",
        )
    )  # fmt: skip
    this_year, last_year = _entries(plan_year, texts)
    parts = _parts(plan_year, texts)
    owners = _owners(plan_year)
    rows = []
    for pk, code, position, name, goal, policy, original, original_code, first_year in initiatives:
        own = this_year.get(pk)
        holds_own = bool(own and own.holds_own)
        source = pk if original is None or holds_own else original
        row = EntryRow(
            pk, code, position, name, goal, f"{goal}-{policy}", original_code or "", holds_own,
            first_year if (first_year or 0) > plan_year.plan.first_year else None, source,
        )  # fmt: skip
        if source in last_year:
            row.last_rating = last_year[source].rating
        if source in this_year:
            _fill(row, this_year[source], parts[this_year[source].pk], user, plan_year)
        written = [(part.department_id, part.department) for part in parts[own.pk]] if own else []
        for department_id, department in _in_plan_order(written, owners[pk]) or owners[pk]:
            row.department_ids.append(department_id)
            row.departments.append(department)
        rows.append(row)
    return rows


def _in_plan_order(written: list[tuple[int, str]], owners: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Departments that wrote, in the order in which the plan names them; parts stand as the cell was printed."""
    order = [department for department, _ in owners]
    return sorted(written, key=lambda wrote: order.index(wrote[0]) if wrote[0] in order else len(order))


class _Entry(NamedTuple):
    pk: int
    initiative_id: int
    fiscal_year: int
    target: str
    next_target: str
    rating: str
    holds_own: bool
    shared_result: str = ""
    shared_issues: str = ""


class _Part(NamedTuple):
    pk: int
    entry_id: int
    department_id: int
    department: str
    status: str
    result: str = ""
    issues: str = ""
    not_applicable_reason: str = ""

    @property
    def printed_result(self) -> str:
        return printed_result(self.result, self.not_applicable_reason)


def _fill(row: EntryRow, entry: _Entry, parts: list[_Part], user: User, plan_year: PlanYear) -> None:
    row.target, row.next_target = entry.target, entry.next_target
    departments = [part.department_id for part in parts]
    visible = [part for part in parts if permissions.can_read(user, part.status, departments, plan_year)]
    if parts:
        row.status = min((part.status for part in parts), key=STATUS_ORDER.index)
        own = [part for part in parts if part.department_id in user.department_ids()]
        own.sort(key=lambda part: STATUS_ORDER.index(part.status))
        row.own_status = own[0].status if own else ""
        row.own_part = next((part.pk for part in own if permissions.can_write_part(user, part, plan_year)), None)
    row.hidden = len(visible) < len(parts)
    if not row.hidden:
        row.rating = entry.rating
    joint = len(parts) > 1
    shared = ("", "") if row.hidden else (entry.shared_result, entry.shared_issues)
    row.result = compose(shared[0], [(part.department, part.printed_result) for part in visible], joint=joint)
    row.issues = compose(shared[1], [(part.department, part.issues) for part in visible], joint=joint)


def _entries(plan_year: PlanYear, texts: bool) -> tuple[dict[int, _Entry], dict[int, _Entry]]:
    """Entries of this year and of the one before, each by initiative."""
    year = plan_year.fiscal_year
    entries = YearlyEntry.objects.filter(initiative__plan_id=plan_year.plan_id, fiscal_year__in=(year - 1, year))
    this_year, last_year = {}, {}
    for values in entries.order_by().values_list(*_fields(_Entry, texts)):
        entry = _Entry(*values)
        (this_year if entry.fiscal_year == year else last_year)[entry.initiative_id] = entry
    return this_year, last_year


def _parts(plan_year: PlanYear, texts: bool) -> dict[int, list[_Part]]:
    """The year's parts by entry, in order."""
    parts = EntryPart.objects.filter(
        entry__initiative__plan_id=plan_year.plan_id, entry__fiscal_year=plan_year.fiscal_year
    )
    groups = defaultdict(list)
    for values in parts.order_by("position").values_list(*_fields(_Part, texts)):
        part = _Part(*values)
        groups[part.entry_id].append(part)
    return groups


def _fields(row: type, texts: bool) -> list[str]:
    """Columns of a tuple; the long texts, which have defaults, only when they are asked for."""
    names = [name for name in row._fields if texts or name not in row._field_defaults]
    return ["department__name" if name == "department" else name for name in names]


def _owners(plan_year: PlanYear) -> dict[int, list[tuple[int, str]]]:
    groups = defaultdict(list)
    for initiative, department, name in (
        InitiativeDepartment.objects.filter(initiative__plan_id=plan_year.plan_id)
        .order_by("position")
        .values_list("initiative_id", "department_id", "department__name")
    ):
        groups[initiative].append((department, name))
    return groups


def matching(rows: list[EntryRow], conditions: dict, plan_year: PlanYear, user: User) -> list[EntryRow]:
    """Rows that meet every condition of EntryFilterForm.cleaned_data; an empty condition holds for all."""
    found = rows
    if goal := conditions.get("goal"):
        found = [row for row in found if row.goal == int(goal)]
    if policy := conditions.get("policy"):
        found = [row for row in found if row.policy == policy]
    if department := conditions.get("department"):
        found = [row for row in found if int(department) in row.department_ids]
    if rating := conditions.get("rating"):
        wanted = "" if rating == "unrated" else rating
        found = [row for row in found if row.rating == wanted]
    if status := conditions.get("status"):
        found = [row for row in found if row.status == status]
    if cross := conditions.get("cross"):
        found = [row for row in found if bool(row.original_code) == (cross == "only")]
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
