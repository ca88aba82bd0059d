import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from initiatives.models import PlanYear
from tests.factories import PlanYearFactory, make_entry, make_indicator, make_initiative


@pytest.fixture
def year(plan, department):
    """令和6年度 under review: 目標1 with three initiatives, two of them A."""
    for number, rating in enumerate("AAB", 1):
        make_entry(make_initiative(plan, f"1-1-1-{number}", department), 2024, rating=rating)
    make_indicator(plan)
    return PlanYearFactory(plan=plan, fiscal_year=2024, status=PlanYear.Status.REVIEWING)


@pytest.fixture
def goal(year):
    return year.plan.goals.get()


@pytest.fixture
def office(client, coordinator):
    client.force_login(coordinator)
    return client


def address(year, name="chapter_edit", goal=1, kind="vision") -> str:
    return reverse(f"reporting:{name}", args=[year.plan_id, year.fiscal_year, goal, kind])


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")
