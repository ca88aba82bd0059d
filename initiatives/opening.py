"""Opening a year (年度の開始): every entry and part made from the structure in force. Doing it twice adds what is missing.

What is carried over: the target that last year set for this year, always; last year's texts only where they are
asked for, field by field. A copied part starts 未着手 like any other: nobody has looked at it yet this year.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import transaction

from accounts.models import Department
from initiatives.grouping import grouped
from initiatives.models import (
    EntryPart,
    Initiative,
    InitiativeDepartment,
    Plan,
    PlanYear,
    YearlyEntry,
)

PREFILLED = {"result": "実績", "issues": "課題と次年度の予定"}


@dataclass(frozen=True)
class Handover:
    """A department that is gone by this year, and who writes in its place."""

    initiative: Initiative
    department: Department
    successors: tuple[Department, ...]


@dataclass
class Opening:
    """What opening would make (`preview`) or has made (`open_year`)."""

    plan: Plan
    fiscal_year: int
    entries: list[YearlyEntry] = field(default_factory=list)
    parts: list[EntryPart] = field(default_factory=list)
    kept: int = 0  # entries that were there already
    targets: int = 0  # entries that carry last year's target for this year
    prefilled: int = 0  # parts that carry last year's text
    started: list[Initiative] = field(default_factory=list)
    ended: list[Initiative] = field(default_factory=list)
    handovers: list[Handover] = field(default_factory=list)

    @property
    def departments(self) -> set[Department]:
        return {part.department for part in self.parts}

    @property
    def unowned(self) -> list[Initiative]:
        """Initiatives nobody writes about: their department is gone and has no successor."""
        return [handover.initiative for handover in self.handovers if not handover.successors]


def preview(plan: Plan, fiscal_year: int, prefill: Collection[str] = ()) -> Opening:
    """What opening would make. Writes nothing; the number of queries does not depend on the size of the plan."""
    return _Opener(plan, fiscal_year, prefill).opening


@transaction.atomic
def open_year(plan: Plan, fiscal_year: int, prefill: Collection[str] = ()) -> Opening:
    """Make the year and everything missing in it, in bulk. The year begins 準備中; a year that is there keeps its state."""
    PlanYear.objects.get_or_create(plan=plan, fiscal_year=fiscal_year)
    opening = _Opener(plan, fiscal_year, prefill).opening
    new = [entry for entry in opening.entries if entry.pk is None]
    for row in (*new, *opening.parts):
        row.search_text = row.make_search_text()
    YearlyEntry.objects.bulk_create(new)
    EntryPart.objects.bulk_create(opening.parts)
    return opening


class _Opener:
    def __init__(self, plan: Plan, fiscal_year: int, prefill: Collection[str]):
        if unknown := set(prefill) - PREFILLED.keys():
            raise ValueError(f"cannot be carried over: {unknown}")
        self.year = fiscal_year
        self.prefill = tuple(prefill)
        self.opening = Opening(plan, fiscal_year)
        self.owners = grouped(
            InitiativeDepartment.objects.filter(initiative__plan=plan).order_by("position"), "initiative_id"
        )
        departments = Department.objects.prefetch_related("successors")
        self.departments = {department.pk: department for department in departments}
        entries = YearlyEntry.objects.filter(initiative__plan=plan, fiscal_year__in=(fiscal_year - 1, fiscal_year))
        self.entries = {(entry.initiative_id, entry.fiscal_year): entry for entry in entries}
        self.parts = grouped(
            EntryPart.objects.filter(entry__in=[entry.pk for entry in self.entries.values()]).order_by("position"),
            "entry_id",
        )
        self._run(plan)

    def _run(self, plan: Plan) -> None:
        everything = list(plan.initiatives.order_by("position"))
        now = set(plan.initiatives.in_force(self.year).values_list("pk", flat=True))
        before = set(plan.initiatives.in_force(self.year - 1).values_list("pk", flat=True))
        opening = self.opening
        opening.started = [each for each in everything if each.pk in now - before and self.year > plan.first_year]
        opening.ended = [each for each in everything if each.pk in before - now]
        for initiative in everything:
            if initiative.pk in now:
                self._open(initiative)

    def _open(self, initiative: Initiative) -> None:
        last = self.entries.get((initiative.pk, self.year - 1))
        entry = self.entries.get((initiative.pk, self.year))
        if entry is None:
            entry = self._entry(initiative, last)
            self.opening.entries.append(entry)
            self.opening.targets += bool(entry.target)
        else:
            self.opening.kept += 1
        if initiative.is_cross_listing and not entry.holds_own:
            return  # it shows the original's
        there = {part.department_id for part in self.parts[entry.pk]} if entry.pk else set()
        for position, department in enumerate(self._writers(initiative)):
            if department.pk not in there:
                self.opening.parts.append(self._part(entry, department, position, last))

    def _entry(self, initiative: Initiative, last: YearlyEntry | None) -> YearlyEntry:
        return YearlyEntry(
            initiative=initiative,
            fiscal_year=self.year,
            target=last.next_target if last else "",
            holds_own=bool(last and last.holds_own),
            own_reason=last.own_reason if last else "",
        )

    def _writers(self, initiative: Initiative) -> list[Department]:
        """The owners of an initiative, successors in the place of departments that are gone."""
        writers: dict[int, Department] = {}
        for owner in self.owners[initiative.pk]:
            department = self.departments[owner.department_id]
            standing = self._standing(department)
            if standing != [department]:
                self.opening.handovers.append(Handover(initiative, department, tuple(standing)))
            writers |= {each.pk: each for each in standing}
        return list(writers.values())

    def _standing(self, department: Department, seen: frozenset[int] = frozenset()) -> list[Department]:
        """The department itself while it exists in the year, else its successors, followed as far as needed."""
        if department.closed_after is None or department.closed_after >= self.year:
            return [department]
        found: dict[int, Department] = {}
        for successor in department.successors.all():
            if successor.pk not in seen:
                following = self._standing(self.departments[successor.pk], seen | {department.pk})
                found |= {each.pk: each for each in following}
        return list(found.values())

    def _part(self, entry: YearlyEntry, department: Department, position: int, last: YearlyEntry | None) -> EntryPart:
        part = EntryPart(entry=entry, department=department, position=position)
        source = self._last_part(department, last) if self.prefill else None
        if source is not None:
            for name in self.prefill:
                setattr(part, name, getattr(source, name))
            self.opening.prefilled += 1
        return part

    def _last_part(self, department: Department, last: YearlyEntry | None) -> EntryPart | None:
        """What the department, or the one it follows, wrote last year."""
        for part in self.parts[last.pk] if last else ():
            if department in self._standing(self.departments[part.department_id]):
                return part
        return None
