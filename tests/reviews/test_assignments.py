"""分担: one form for all members; two colleagues do not overwrite each other."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from reviews.models import Assignment
from tests.factories import PlanYearFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(year):
    return reverse("reviews:assignment_edit", args=[year.plan_id, year.fiscal_year])


@pytest.fixture
def office(client, coordinator):
    client.force_login(coordinator)
    return client


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def seen(office, address) -> str:
    return soup(office.get(address)).select_one("[name=seen]")["value"]


def shares(member) -> list[tuple]:
    rows = Assignment.objects.filter(member=member).order_by("pk")
    return [(row.goal_id, row.policy_id, row.initiative_id) for row in rows]


def test_goals_policies_and_single_initiatives_are_shared_out(office, address, year, member, other_member, initiative):
    goal = initiative.direction.policy.goal
    answer = office.post(
        address,
        {
            "seen": seen(office, address),
            f"share-{member.pk}": [f"goal-{goal.pk}"],
            f"share-{other_member.pk}": [f"policy-{initiative.direction.policy_id}", "policy-999999"],
            f"codes-{other_member.pk}": "１－１－１－１、",
        },
    )
    assert answer.status_code == 302
    assert shares(member) == [(goal.pk, None, None)]
    assert shares(other_member) == [(None, None, initiative.pk), (None, initiative.direction.policy_id, None)]
    page = soup(office.get(address))
    assert page.h1.get_text() == "2人の委員の分担が決まっています"
    assert page.select_one(f"#codes-{other_member.pk}")["value"] == "1-1-1-1"


def test_a_number_that_is_not_there_is_told_and_nothing_is_saved(office, address, member, initiative):
    answer = office.post(address, {"seen": seen(office, address), f"codes-{member.pk}": "1-1-1-1 9-9-9-9"})
    page = soup(answer)
    assert answer.status_code == 422
    assert "「9-9-9-9」" in page.select_one(f"#codes-error-{member.pk}").get_text()
    assert page.select_one(f"#codes-{member.pk}")["value"] == "1-1-1-1 9-9-9-9"
    assert shares(member) == []


def test_a_colleagues_change_in_between_is_told(office, address, member, initiative, year):
    before = seen(office, address)
    Assignment.objects.create(plan_year=year, member=member, initiative=initiative)
    wanted = {f"share-{member.pk}": [f"goal-{initiative.direction.policy.goal_id}"]}
    answer = office.post(address, {"seen": before} | wanted)
    assert answer.status_code == 409
    assert shares(member) == [(None, None, initiative.pk)]
    again = soup(answer).select_one("[name=seen]")["value"]
    assert office.post(address, {"seen": again} | wanted).status_code == 302
    assert shares(member) == [(initiative.direction.policy.goal_id, None, None)]


def test_a_year_that_is_fixed_keeps_its_shares(office, plan, member):
    PlanYearFactory(plan=plan, fiscal_year=2023, status="finalized")
    address = reverse("reviews:assignment_edit", args=[plan.pk, 2023])
    assert "変えられません" in soup(office.get(address)).get_text()
    assert office.post(address, {"seen": seen(office, address)}).status_code == 409
