"""One table of every address: tests/access.csv, role × address × expected status, with the reason.

A person reads and corrects the table; it is not made from the code. An address without a row fails.
"login" means: sent to sign in.
"""

import csv
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.urls import URLPattern, get_resolver, reverse

from initiatives.models import PlanYear
from reporting.models import ReportBuild
from tests import factories

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


@pytest.fixture
def targets(plan, department, coordinator):
    """What the word in the column `target` stands for, as arguments of the address."""
    collecting = factories.PlanYearFactory(plan=plan, fiscal_year=2025)
    opened = factories.PlanYearFactory(plan=plan, fiscal_year=2024, status=PlanYear.Status.COMMITTEE)
    initiative = factories.make_initiative(plan, "1-1-1-1", department)
    factories.make_entry(initiative, 2024, rating="A")
    factories.make_entry(initiative, 2025, status="draft")
    indicator = factories.make_indicator(plan)
    build = ReportBuild.objects.create(plan_year=opened, requested_by=coordinator, status=ReportBuild.Status.DONE)
    build.file.save("r.pdf", ContentFile(b"%PDF-"))

    def year(plan_year, **more):
        return {"plan_id": plan.pk, "fiscal_year": plan_year.fiscal_year} | more

    return {
        "-": {},
        "受付中の年度": year(collecting),
        "審議中の年度": year(opened),
        "受付中の取組": year(collecting, pk=initiative.pk),
        "審議中の取組": year(opened, pk=initiative.pk),
        "ない取組": year(opened, pk=10**6),
        "受付中の指標": year(collecting, pk=indicator.pk),
        "審議中の指標": year(opened, pk=indicator.pk),
        "作成": {"pk": build.pk},
    }


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
