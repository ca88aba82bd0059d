"""How the parts of the collected year came to where they stand: the steps, what was asked, and what was talked about.

`returns.csv` says what was sent back, with the comments on fields; a part that does not stand in 差戻し中 was put right
after it and came again. `messages.csv` holds the talk; without a name it is somebody of the department who speaks.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from accounts.models import Department, Membership, User
from initiatives.models import (
    EntryPart,
    FieldComment,
    PartMessage,
    PlanYear,
    Transition,
    YearTransition,
)
from reporting.demo import source

Status = EntryPart.Status
STARTED = "2026-10-19T09:00"


def build(city, year: int) -> None:
    plan_year = PlanYear.objects.get(plan=city.plan, fiscal_year=year)
    YearTransition.objects.create(
        plan_year=plan_year, action="start", from_status=PlanYear.Status.PREPARING,
        to_status=PlanYear.Status.COLLECTING, by=city.people["soumu"], at=source.moment(STARTED),
    )  # fmt: skip
    returns = {(line["code"], line["department"]): line for line in source.table("returns")}
    parts = EntryPart.objects.filter(entry__initiative__plan=city.plan, entry__fiscal_year=year).select_related(
        "entry__initiative", "department", "approved_by"
    )
    told = set()
    for part in parts.order_by("entry__initiative__position", "position"):
        key = (part.entry.initiative.code, part.department.name)
        back = returns.get(key)
        if part.status == Status.RETURNED and back is None:
            raise ValueError(f"returns.csv: {key} がありません")
        told |= {key} if back else set()
        Transition.objects.bulk_create(_steps(part, back, city))
        if back:
            _comments(part, back)
    if stray := set(returns) - told:
        raise ValueError(f"returns.csv: {sorted(stray)} は、令和7年度に書く課の分ではありません")
    PartMessage.objects.bulk_create(_message(line, city, parts) for line in source.table("messages"))


def staff_of(department: Department) -> User:
    return _person(department, User.Role.STAFF)


def _person(department: Department, role: str) -> User:
    members = Membership.objects.current().filter(department=department, user__role=role).select_related("user")
    return members.order_by("pk").first().user


def _steps(part: EntryPart, back: dict | None, city) -> Iterator[Transition]:
    """Oldest first. A part that was sent back and stands further on went the same way twice."""
    at = source.moment(back["at"]) if back else None
    by_manager = back is not None and city.people[back["by"]].role == User.Role.MANAGER
    if back:
        yield from _sent(part, source.office_time(at - timedelta(days=5)), to_office=not by_manager)
        yield _step(part, "return", Status.AWAITING_MANAGER if by_manager else Status.SUBMITTED, Status.RETURNED,
                    city.people[back["by"]], at, back["reason"])  # fmt: skip
    if part.status in (Status.AWAITING_MANAGER, Status.SUBMITTED, Status.APPROVED):
        again = max(
            filter(None, (part.submitted_at or part.updated_at, at and source.office_time(at + timedelta(days=2))))
        )
        if part.submitted_at and again != part.submitted_at:
            EntryPart.objects.filter(pk=part.pk).update(submitted_at=again)
        origin = Status.RETURNED if back else Status.DRAFT
        yield from _sent(part, again, to_office=part.status != Status.AWAITING_MANAGER, origin=origin)
    if part.status == Status.APPROVED:
        yield _step(part, "approve", Status.SUBMITTED, Status.APPROVED, part.approved_by, part.approved_at)


def _sent(part: EntryPart, at: datetime, *, to_office: bool, origin: str = Status.DRAFT) -> Iterator[Transition]:
    """By the 担当者 to the 課長, and by the 課長 to 福祉総務課; a department without that step sends it itself."""
    staff, manager = staff_of(part.department), _person(part.department, User.Role.MANAGER)
    if not part.department.manager_step:
        yield _step(part, "submit", origin, Status.SUBMITTED, manager, at)
        return
    yield _step(
        part, "request_confirmation", origin, Status.AWAITING_MANAGER, staff, at - timedelta(hours=2 * to_office)
    )
    if to_office:
        yield _step(part, "submit", Status.AWAITING_MANAGER, Status.SUBMITTED, manager, at)


def _step(part, action: str, before: str, after: str, by: User, at: datetime, reason: str = "") -> Transition:
    return Transition(
        part=part, action=action, from_status=before, to_status=after, by=by, at=at, reason=reason, version=part.version
    )


def _comments(part: EntryPart, back: dict) -> None:
    step = part.transitions.get(action="return")
    FieldComment.objects.bulk_create(
        FieldComment(transition=step, field=name, text=back[name]) for name in FieldComment.Field.values if back.get(name)
    )  # fmt: skip


def _message(line: dict, city, parts) -> PartMessage:
    part = parts.get(entry__initiative__code=line["code"], department__name=line["department"])
    by = city.people[line["by"]] if line["by"] else staff_of(part.department)
    return PartMessage(part=part, by=by, from_office=by.is_coordinator, at=source.moment(line["at"]), text=line["text"])
