"""The deadlines of a year: changing them, giving one department longer, who is told, and what was changed when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from accounts.models import Department, User
from initiatives import business_days, history
from initiatives.models import DeadlineExtension, FieldChange, PlanYear
from initiatives.notices import outbox
from ledger.chain import recording

FIELDS = ("department_deadline", "manager_deadline", "committee_start", "committee_deadline")


@recording()
def change(plan_year: PlanYear, values: Mapping[str, date | None], *, by: User) -> bool:
    """Set deadlines of the year; the unfinished are told. False if none of them is new."""
    before = _now(plan_year)
    if not history.save_changes(plan_year, values, by=by):
        return False
    outbox.deadlines_changed(before, plan_year, by=by)
    return True


@recording()
def extend(plan_year: PlanYear, department: Department, until: date, *, reason: str, by: User) -> None:
    """Give one department until a later day, or change that day; its people are told."""
    before = _now(plan_year, department)
    extension, made = DeadlineExtension.objects.get_or_create(
        plan_year=plan_year, department=department, defaults={"until": until, "reason": reason, "by": by}
    )
    if made:
        FieldChange.objects.bulk_create(
            history.changes_of(DeadlineExtension(pk=extension.pk), {"until": until}, by=by, reason=reason)
        )
    else:
        history.save_changes(extension, {"until": until, "reason": reason, "by": by}, by=by, reason=reason)
    plan_year.__dict__.pop("extended", None)  # read once, and now another
    outbox.deadlines_changed(before, plan_year, by=by, departments=[department])


def _now(plan_year: PlanYear, department: Department | None = None) -> dict[int, tuple[date | None, date | None]]:
    """Each department's own two deadlines as they stand."""
    departments = [department.pk] if department else Department.objects.values_list("pk", flat=True)
    return {pk: (plan_year.deadline_for(pk), plan_year.manager_deadline_for(pk)) for pk in departments}


# --- What is shown ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """One deadline that was set, moved or taken away."""

    at: datetime
    by: User
    what: str
    old: str
    new: str
    reason: str


def changes(plan_year: PlanYear) -> list[Change]:
    """Every change of a deadline of the year or of an extension, newest first. Three queries at most."""
    extensions = {each.pk: each for each in plan_year.extensions.select_related("department")}
    found = history.of_rows([plan_year, *extensions.values()]).filter(field__in=(*FIELDS, "until"))
    words = {name: PlanYear._meta.get_field(name).verbose_name for name in FIELDS}
    return [
        Change(
            each.at,
            each.by,
            words.get(each.field) or f"{extensions[each.object_id].department}の延長",
            _label(each.old),
            _label(each.new),
            each.reason,
        )
        for each in found
    ]


def _label(iso: str) -> str:
    return business_days.label(date.fromisoformat(iso)) if iso else "なし"


def advice(plan_year: PlanYear) -> list[str]:
    """For each deadline on a day when the office is closed: which day it is, and the business days around it."""
    days = [getattr(plan_year, name) for name in FIELDS]
    days += [each.until for each in plan_year.extensions.all()]
    return [words for day in dict.fromkeys(filter(None, days)) if (words := business_days.advice(day))]


def for_person(plan_year: PlanYear, user: User) -> tuple[str, date] | None:
    """The deadline that concerns a person now: what it is called, and the day.

    A department's people see their own, extension included; the 課長 theirs; of several departments the nearest.
    """
    if plan_year.status == PlanYear.Status.COMMITTEE:
        return _of_committee(plan_year)
    if plan_year.status != PlanYear.Status.COLLECTING:
        return None
    what, day = "各課の提出期限", plan_year.department_deadline
    if user.role in (User.Role.STAFF, User.Role.MANAGER):
        mine = user.department_ids()
        confirmed = _confirmed_by(user) if plan_year.manager_deadline else []
        if confirmed:
            what, days = "課長の期限", [plan_year.manager_deadline_for(pk) for pk in confirmed]
        else:
            what, days = "提出期限", [plan_year.deadline_for(pk) for pk in mine]
        day = min(filter(None, days), default=day)
    return (what, day) if day else None


def _of_committee(plan_year: PlanYear) -> tuple[str, date] | None:
    start, deadline = plan_year.committee_start, plan_year.committee_deadline
    if start and start > timezone.localdate():
        return "委員の意見の始まり", start
    return ("委員の意見の期限", deadline) if deadline else None


def _confirmed_by(user: User) -> list[int]:
    """The departments whose parts this 課長 (or 代理 of one) confirms; none for everyone else."""
    managed = user.managed_ids()
    return list(
        {
            place.department_id
            for place in user.places
            if place.department_id in managed and place.department.manager_step
        }
    )
