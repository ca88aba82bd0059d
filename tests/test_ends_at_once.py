"""異動・退任・停止は即時 (promise 12): what somebody could open a moment ago is shut at the very next request.

Every role × every way in which an account ends × a page to read, a page of the role's own work, and something sent:
5 × 4 × 3 cases; then every way in which a right ends while the account goes on. Each opens the page first.
"""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import register
from accounts.models import Deputyship, User
from initiatives.models import EntryPart, PlanYear
from tests.factories import PlanYearFactory, UserFactory, make_deputy, make_entry, make_initiative


def yesterday():
    return timezone.localdate() - timedelta(days=1)


# --- The account ends -------------------------------------------------------------------------------


def stopped(user, by):
    register.set_active(user, False, by=by)


def new_password(user, by):
    register.set_password(user, "つつじが丘の角を曲がる", by=by)


def new_role(user, by):
    user.role = User.Role.STAFF if user.role != User.Role.STAFF else User.Role.MANAGER
    register.change_user(user, [], by=by)


def end_of_term(user, by):
    user.expires_on = yesterday()
    register.change_user(user, [], by=by)


ROLES = ["writer", "manager", "coordinator", "member", "admin"]
WAYS = [stopped, new_password, new_role, end_of_term]


@pytest.fixture
def city(plan, plan_year, department, writer):
    """A part of 高齢課 that is being written, one that waits for the 課長, one that is submitted."""
    parts = {}
    for number, status in enumerate(("draft", "awaiting_manager", "submitted"), start=1):
        parts[status] = make_entry(
            make_initiative(plan, f"1-1-1-{number}", department), status=status, result="前の文"
        ).parts.get()
    PlanYearFactory(plan=plan, fiscal_year=2023, status=PlanYear.Status.COMMITTEE)
    return parts


@pytest.fixture
def work(city, plan, writer):
    """Of each role: a page of its own, and something it sends (address, data)."""

    def address(name, *args, year=2024):
        return reverse(f"initiatives:{name}", args=[plan.pk, year, *args])

    draft, _waiting, _submitted = city.values()
    ticked = {part.status: {"part": [f"{part.pk}:{part.version}"]} for part in city.values()}
    text = {
        "version": draft.version,
        "entry_version": draft.entry.version,
        "result": "あとの文",
        "seen-result": "前の文",
    }
    password = reverse("accounts:password_change")
    return {
        "writer": (address("part_edit", draft.pk), address("part_edit", draft.pk), text),
        "manager": (address("confirm_list"), address("confirm_many"), ticked["awaiting_manager"]),
        "coordinator": (address("review_queue"), address("approve_many"), ticked["submitted"]),
        "member": (address("year_home", year=2023), password, {}),
        "admin": (reverse("accounts:user_list"), reverse("accounts:user_stop", args=[writer.pk]), {}),
    }


def standing() -> list:
    """What any of the sent things would change."""
    return [
        *EntryPart.objects.order_by("pk").values_list("status", "result", "version"),
        *User.objects.filter(username="writer").values_list("is_active"),
    ]


@pytest.mark.parametrize("asked", ["read", "own page", "sent"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("role", ROLES)
def test_the_session_is_dead_at_the_next_request(client, request, work, role, way, asked):
    user, by = request.getfixturevalue(role), UserFactory(role=User.Role.ADMIN)
    own, target, data = work[role]
    address = {"read": reverse("accounts:password_change"), "own page": own, "sent": target}[asked]
    client.force_login(user)
    assert client.get(own).status_code == 200
    way(User.objects.get(pk=user.pk), by)
    before = standing()
    answer = client.post(address, data) if asked == "sent" else client.get(address)
    assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("accounts:login"))
    assert "_auth_user_id" not in client.session
    assert standing() == before


@pytest.mark.parametrize("role", ["writer", "manager", "coordinator", "admin"])
def test_what_is_sent_would_have_had_an_effect(client, request, work, role):
    """Else the table above could not fail."""
    client.force_login(request.getfixturevalue(role))
    before = standing()
    client.post(*work[role][1:])
    assert standing() != before


# --- The right ends, the account goes on ------------------------------------------------------------


def membership_ends(user, absent):
    user.memberships.update(until=yesterday())


def membership_has_not_begun(user, absent):
    user.memberships.update(since=timezone.localdate() + timedelta(days=1))


def deputyship_runs_out(user, absent):
    Deputyship.objects.update(since=yesterday(), until=yesterday())


def deputyship_is_ended(user, absent):
    register.end_deputyship(Deputyship.objects.get(), by=absent)


def absent_person_leaves_the_department(user, absent):
    absent.memberships.update(until=yesterday())


OWN = [membership_ends, membership_has_not_begun]
TAKEN_ON = [deputyship_runs_out, deputyship_is_ended, absent_person_leaves_the_department]
ENDS = [(role, way) for role in ("writer", "manager") for way in OWN]
ENDS += [(f"deputy of {role}", way) for role in ("writer", "manager") for way in TAKEN_ON]


@pytest.mark.parametrize("asked", ["own page", "handover", "sent"])
@pytest.mark.parametrize(("who", "way"), ENDS)
def test_the_right_is_gone_at_the_next_request(client, request, work, department, who, way, asked):
    """Also what was opened before: the page is not there any more, and what is sent changes nothing."""
    role = who.removeprefix("deputy of ")
    user = absent = request.getfixturevalue(role)
    if who != role:
        user = UserFactory()
        make_deputy(absent, user)
    own, target, data = work[role]
    handover = reverse("initiatives:handover_edit", args=[department.pk])
    client.force_login(user)
    assert [client.get(page).status_code for page in (own, handover)] == [200, 200]
    way(user, absent)
    before = standing()
    page = handover if asked == "handover" else own
    answer = client.post(target, data) if asked == "sent" else client.get(page)
    assert answer.status_code == (403 if role == "manager" and page == own else 404)
    assert standing() == before
    assert client.get(reverse("accounts:password_change")).status_code == 200
