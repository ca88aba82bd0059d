"""What the departments of one person owe in a year: their rows by state, what came back and why, until when."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from accounts.models import Department, User
from initiatives import reading, thread, writing
from initiatives.grouping import grouped
from initiatives.listing import STATUS_ORDER, EntryRow, status_label
from initiatives.models import EntryPart, FieldChange, PlanYear, Transition

Status = EntryPart.Status
UNFINISHED = (Status.NOT_STARTED, Status.DRAFT, Status.RETURNED)


@dataclass
class OwedRow:
    """One row of the list, and when it last moved by whom."""

    row: EntryRow
    moved: datetime | None = None
    moved_by: str = ""

    @property
    def status(self) -> str:
        return self.row.own_status


@dataclass
class Owed:
    departments: list[Department]
    rows: list[OwedRow]
    counts: Counter
    manager_step: bool  # whether what is written goes to a 課長 first
    manages: bool  # whether this person is a 課長 to whom something goes
    to_confirm: int  # how much waits for this 課長
    deadline: date | None
    manager_deadline: date | None  # of the 課長
    extended: bool
    returns: list[tuple[EntryPart, Transition]]  # what came back, the latest first
    answers: list[EntryPart]  # parts with an answer of 福祉総務課 that this person has not read

    @property
    def names(self) -> str:
        return "、".join(department.name for department in self.departments)

    @property
    def waiting(self) -> int:
        return sum(self.counts[status] for status in UNFINISHED)

    @property
    def sent(self) -> int:
        return self.counts.total() - self.waiting

    @property
    def is_over(self) -> bool:
        return self.deadline is not None and self.deadline < timezone.localdate()

    @property
    def groups(self) -> list[tuple[str, str, list[OwedRow]]]:
        """State, its word and its rows, the most urgent first; rows without a part at the end."""
        by_status = grouped(self.rows, "status")
        return [
            (str(status), status_label(status) or "まだ用意されていません", by_status[status])
            for status in (*STATUS_ORDER, "")
            if by_status[status]
        ]

    def writable(self, status: str) -> list[EntryRow]:
        return [owed.row for owed in self.rows if owed.status == status and owed.row.own_part]


def owed_by(user: User, plan_year: PlanYear, rows: list[EntryRow]) -> Owed:
    """`rows`: those that the person's departments write. The number of queries is fixed."""
    departments = list({place.department_id: place.department for place in user.places}.values())
    parts = list(_parts(user, plan_year))
    moves = {part.entry.initiative_id: _last_move(part) for part in parts}
    # A department that was given more time is told so; of two departments the earlier day counts.
    deadlines = [plan_year.deadline_for(department.pk) for department in departments]
    return Owed(
        departments,
        [OwedRow(row, *moves.get(row.pk, (None, ""))) for row in rows],
        Counter(row.own_status for row in rows if row.own_status),
        any(department.manager_step for department in departments),
        any(department.manager_step and user.manages(department.pk) for department in departments),
        sum(_waits_for(user, part) for part in parts),
        min((day for day in deadlines if day), default=None),
        min((day for each in departments if (day := plan_year.manager_deadline_for(each.pk))), default=None),
        any(department.pk in plan_year.extended for department in departments),
        _returns(parts),
        list(thread.unread_answers(_own(user, plan_year), user)),
    )


def _waits_for(user: User, part: EntryPart) -> bool:
    return part.status == Status.AWAITING_MANAGER and part.department.manager_step and user.manages(part.department_id)


def _own(user: User, plan_year: PlanYear):
    return writing.parts_for(user, plan_year).filter(department__in=user.department_ids())


def _parts(user: User, plan_year: PlanYear):
    """The departments' own parts with the latest change and the latest step of each: one query."""
    change = FieldChange.objects.filter(model=EntryPart._meta.label_lower, object_id=OuterRef("pk")).order_by("-at")
    step = Transition.objects.filter(part=OuterRef("pk")).order_by("-at", "-pk")
    return _own(user, plan_year).annotate(
        changed_at=Subquery(change.values("at")[:1]),
        changed_by=Subquery(change.values("by__name")[:1]),
        stepped_at=Subquery(step.values("at")[:1]),
        stepped_by=Subquery(step.values("by__name")[:1]),
    )


def _last_move(part: EntryPart) -> tuple[datetime | None, str]:
    if part.status == Status.NOT_STARTED:
        return None, ""
    moves = [(part.updated_at, ""), (part.changed_at, part.changed_by), (part.stepped_at, part.stepped_by)]
    # Of one and the same moment the move that names somebody.
    at, by = max(((at, by or "") for at, by in moves if at), key=lambda move: (move[0].replace(microsecond=0), move[1]))
    return at, by


def _returns(parts: list[EntryPart]) -> list[tuple[EntryPart, Transition]]:
    back = {part.pk: part for part in parts if part.status == Status.RETURNED}
    latest: dict[int, Transition] = {}
    for step in reading.steps_of(back.values()).filter(to_status=Status.RETURNED):
        latest.setdefault(step.part_id, step)
    return [(back[pk], step) for pk, step in latest.items()]
