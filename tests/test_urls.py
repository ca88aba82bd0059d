"""One table of every address: tests/access.csv, role × address × expected status, with the reason.

A person reads and corrects the table; it is not made from the code. An address without a row fails.
"login" means: sent to sign in.
"""

import csv
from pathlib import Path

import pytest
from django.contrib.auth import SESSION_KEY
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from tests.factories import UserFactory, make_deputy

TABLE = list(csv.DictReader((Path(__file__).parent / "access.csv").open(encoding="utf-8")))
ROLES = ["anonymous", "writer", "other", "manager", "coordinator", "member", "admin"]
# Who has no column of their own: whose answers they get.
LIKE = {"stopped": "anonymous", "past_deputy": "other"}


def every_name(resolver=None, prefix="") -> set[str]:
    names = set()
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            names.add(prefix + (pattern.name or str(pattern.pattern)))
        else:
            names |= every_name(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
    return names


def test_every_address_has_a_row():
    assert every_name() == {row["name"] for row in TABLE}


@pytest.fixture
def stopped(department):
    """Signed in once, as a person of the department; then stopped."""
    return UserFactory(of=[department], is_active=False)


@pytest.fixture
def past_deputy(writer, other_department):
    """Of another department, in the place of the writer until yesterday."""
    person, day = UserFactory(of=[other_department]), timezone.timedelta(days=1)
    make_deputy(writer, person, since=timezone.localdate() - day * 9, until=timezone.localdate() - day)
    return person


# Who may do what goes the same on either database; that every address answers on both, the coordinator shows.
@pytest.mark.parametrize(
    "role", [pytest.param(role, marks=() if role == "coordinator" else pytest.mark.either) for role in (*ROLES, *LIKE)]
)
def test_access_table(role, targets, client, request):
    wrong = []
    for row in TABLE:
        if role != "anonymous" and SESSION_KEY not in client.session:  # at first, and where a row signed the person out
            client.force_login(request.getfixturevalue(role))
        address = reverse(row["name"], kwargs=targets[row["target"]])
        response = client.generic(row["method"], address)
        status = str(response.status_code)
        if status == "302" and response["Location"].startswith(reverse("accounts:login") + "?next="):
            status = "login"
        expected = row[LIKE.get(role, role)]
        if status != expected:
            wrong.append(f"{row['method']} {row['name']}（{row['target']}） as {role}: {status}, expected {expected}")
    assert wrong == []
    print(f"{role}：{len(TABLE)}の住所で、まちがった答え0")
