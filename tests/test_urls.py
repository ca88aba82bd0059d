"""One table of every address: tests/access.csv, role × address × expected status, with the reason.

A person reads and corrects the table; it is not made from the code. An address without a row fails.
"login" means: sent to sign in.
"""

import csv
from pathlib import Path

import pytest
from django.urls import URLPattern, get_resolver, reverse

TABLE = list(csv.DictReader((Path(__file__).parent / "access.csv").open(encoding="utf-8")))
ROLES = ["anonymous", "writer", "other", "manager", "coordinator", "member", "admin"]


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


@pytest.mark.parametrize("role", ROLES)
def test_access_table(role, targets, client, request):
    wrong = []
    for row in TABLE:
        client.logout()
        if role != "anonymous":
            client.force_login(request.getfixturevalue(role))
        address = reverse(row["name"], kwargs=targets[row["target"]])
        response = client.generic(row["method"], address)
        status = str(response.status_code)
        if status == "302" and response["Location"].startswith(reverse("accounts:login") + "?next="):
            status = "login"
        if status != row[role]:
            wrong.append(f"{row['method']} {row['name']}（{row['target']}） as {role}: {status}, expected {row[role]}")
    assert wrong == []
