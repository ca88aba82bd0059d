"""What a drill does inside the installation, by `manage.py shell`: prepares the demo city, and reads what was kept."""

import contextlib
import json
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Department, User
from initiatives import workflow
from initiatives.models import (
    EntryPart,
    FieldChange,
    Initiative,
    Mail,
    Notice,
    PendingChange,
    Plan,
    PlanYear,
    Transition,
    YearlyEntry,
    YearTransition,
)
from ledger import chain, guard, verify
from ledger.models import LedgerEntry
from ledger.records import record_models
from reviews.models import CommitteeRating, FollowUp, Inquiry, Opinion, Response

SAID = (FollowUp, Response, Inquiry, Opinion, CommitteeRating)


def prepare(password: str, offices: list[str]) -> None:
    """Everybody can sign in, and the plan goes on for one more year. `offices`: leave only what these write alone.

    Prints the plan as the city knows it: who writes what, in which goal.
    """
    User.objects.update(password=make_password(password))
    plan = Plan.objects.get()
    if offices:
        _leave_only(offices)
    Plan.objects.update(last_year=plan.last_year + 1)
    print(json.dumps({"offices": _offices(), "initiatives": _initiatives(plan), "steps": Transition.objects.count()}))


def _leave_only(offices: list[str]) -> None:
    foreign = Department.objects.exclude(name__in=offices)
    going = Initiative.objects.filter(departments__in=foreign)
    listings = Initiative.objects.filter(original__isnull=False)  # before what they repeat, which they protect
    with _tidying():
        for model in SAID:  # what the demo's committee said protects what it is about
            model.objects.all().delete()
        listings.filter(Q(pk__in=going.values("pk")) | Q(original__in=going.values("pk"))).delete()
        going.delete()


@contextlib.contextmanager
def _tidying():
    """Records may go here; the city that is left begins its ledger anew."""
    with guard.lifted(), chain.recording():
        yield
        LedgerEntry.objects.all().delete()
        for model in record_models():
            chain.append(model.objects.order_by("pk"))


def _offices() -> list[dict]:
    writing = Department.objects.filter(closed_after__isnull=True, initiatives__isnull=False).distinct()
    return [
        {
            "pk": office.pk,
            "name": office.name,
            "manager_step": office.manager_step,
            "staff": _person(office, User.Role.STAFF),
            "manager": _person(office, User.Role.MANAGER),
        }
        for office in writing
    ]


def _person(office: Department, role: str) -> str:
    return User.objects.filter(role=role, memberships__in=office.memberships.current()).order_by("pk").first().username


def _initiatives(plan: Plan) -> list[dict]:
    """In the plan's order; the lead is the first of the offices."""
    own = set(
        YearlyEntry.objects.filter(fiscal_year=plan.last_year, holds_own=True).values_list("initiative", flat=True)
    )
    rows = plan.initiatives.in_force(plan.last_year + 1).select_related("original", "direction__policy__goal")
    return [
        {
            "pk": row.pk,
            "code": row.code,
            "name": row.name,
            "goal": row.direction.policy.goal.number,
            "original": row.original.code if row.original else "",
            "own": row.pk in own,
            "offices": [_standing(owner.department).name for owner in row.owners.order_by("position")],
        }
        for row in rows.order_by("position")
    ]


def _standing(office: Department) -> Department:
    return office if office.closed_after is None else office.successors.get()


def one_office(password: str, fiscal_year: int, *, submitted: int, approved: int) -> None:
    """Everything of a year belongs to one department without the 課長 step, and nothing has happened to it yet: the
    drill's own book begins here. Some parts are sent, and some of them approved, by the program's own rules.

    Prints who writes, who reviews, and the parts in the order of their numbers.
    """
    User.objects.update(password=make_password(password))
    plan = Plan.objects.get()
    Plan.objects.update(last_year=plan.last_year + 150)
    plan_year = PlanYear.objects.get(plan=plan, fiscal_year=fiscal_year)
    far = timezone.localdate() + timedelta(days=300)
    PlanYear.objects.filter(pk=plan_year.pk).update(
        status=PlanYear.Status.COLLECTING, department_deadline=far, manager_deadline=far, committee_deadline=far
    )
    plan_year.refresh_from_db()
    office = Department.objects.filter(memberships__isnull=False, closed_after__isnull=True).order_by("pk").first()
    Department.objects.filter(pk=office.pk).update(manager_step=False)
    parts = EntryPart.objects.filter(entry__fiscal_year=fiscal_year).order_by("entry", "position")
    mine = {entry: pk for pk, entry in reversed(parts.values_list("pk", "entry"))}
    with _tidying():
        for forget in (Transition, FieldChange, PendingChange, Notice, Mail):
            QuerySet(forget).delete()
        parts.exclude(pk__in=mine.values()).delete()
    parts.update(
        department=office, position=0, status=EntryPart.Status.DRAFT, result="はじめの文", self_rating="A", version=1,
        not_applicable_reason="", submitted_at=None, submitted_by=None, approved_at=None, approved_by=None,
        picked_up_at=None, picked_up_by=None,
    )  # fmt: skip
    staff = User.objects.get(username=_person(office, User.Role.STAFF))
    soumu = User.objects.get(username="soumu")
    standing = list(parts.select_related("entry__initiative__plan", "department"))
    for number, part in enumerate(standing[: submitted + approved]):
        workflow.perform(part, "submit", by=staff, plan_year=plan_year)
        if number >= submitted:
            workflow.perform(part, "approve", by=soumu, plan_year=plan_year)
    rows = [[part.pk, part.entry.initiative_id] for part in standing]
    print(json.dumps({"office": office.name, "office_pk": office.pk, "staff": staff.username, "parts": rows}))


def kept(fiscal_year: int) -> None:
    """Prints what the database holds of a year in the end."""
    parts = EntryPart.objects.filter(entry__fiscal_year=fiscal_year)
    steps = Transition.objects.filter(part__in=parts).order_by("pk")
    found = {
        "parts": {part.pk: [part.status, part.self_rating, part.result] for part in parts},
        "steps": list(steps.values_list("part", "action", "from_status", "to_status", "by__username")),
        "all_steps": Transition.objects.count(),
        "year_steps": list(
            YearTransition.objects.filter(plan_year__fiscal_year=fiscal_year)
            .order_by("pk")
            .values_list("action", flat=True)
        ),
        "pending": PendingChange.objects.filter(
            model="initiatives.entrypart", object_id__in=parts.values("pk")
        ).count(),
        "ratings": dict(YearlyEntry.objects.filter(fiscal_year=fiscal_year).values_list("initiative__code", "rating")),
        "broken": [str(broken) for broken in verify.verify()],
    }
    print(json.dumps(found))
