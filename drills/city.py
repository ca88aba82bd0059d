"""What a drill does inside the installation, by `manage.py shell`: prepares the demo city, and reads what was kept."""

import json

from django.contrib.auth.hashers import make_password
from django.db.models import Q

from accounts.models import Department, User
from initiatives.models import EntryPart, Initiative, PendingChange, Plan, Transition, YearlyEntry, YearTransition
from ledger import chain, guard, verify
from ledger.models import LedgerEntry
from ledger.records import record_models


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
    with guard.lifted(), chain.recording():
        listings.filter(Q(pk__in=going.values("pk")) | Q(original__in=going.values("pk"))).delete()
        going.delete()
        # The city that is left begins its ledger anew.
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
