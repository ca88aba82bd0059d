"""A year before the committee: two goals, two chapters of which one is 確認済, an indicator."""

from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from initiatives.models import PlanYear
from reporting.models import Chapter, CityEvent
from tests.factories import PlanYearFactory, make_entry, make_indicator, make_initiative

DAY = timezone.timedelta(days=1)


@pytest.fixture
def year(plan, department, other_department, coordinator):
    PlanYearFactory(plan=plan, fiscal_year=2023, status=PlanYear.Status.PUBLISHED)
    opened = PlanYearFactory(plan=plan, fiscal_year=2024, status=PlanYear.Status.COMMITTEE)
    made = {}
    for code, last, now in (("1-1-1-1", "A", "A"), ("1-1-1-2", "A", "B"), ("1-1-2-1", "C", "C"), ("2-1-1-1", "A", "A")):
        initiative = made[code] = make_initiative(plan, code, department)
        make_entry(initiative, 2023, rating=last)
        make_entry(initiative, 2024, rating=now, low_rating_reason="遅れた。" if now == "C" else "")
    make_initiative(plan, "2-1-1-2", department, original=made["1-1-1-1"])
    plan.rating_levels.filter(letter__in="CD").update(reason_required=True)
    confirmed = {"state": "confirmed", "confirmed_by": coordinator, "confirmed_at": timezone.now()}
    goal = plan.goals.get(number=1)
    of_goal = {"plan": plan, "fiscal_year": 2024, "goal": goal}
    Chapter.objects.create(
        **of_goal, kind="vision", text="第一の段落。\n\n第二の段落は{{目標1.A評価.件数}}。", **confirmed
    )
    Chapter.objects.create(**of_goal, kind="main_efforts", text="書きかけの章。")
    CityEvent.objects.create(**of_goal, position=1, when="令和6年4月", what="書きかけの動き")
    indicator = make_indicator(plan, goals=(2,), values={2024: (50, 60)}, department=other_department)
    return SimpleNamespace(row=opened, plan=plan, initiatives=made, goal=goal, indicator=indicator)


@pytest.fixture
def address(year):
    def inner(name="reading_list", *more, query=""):
        return reverse(f"reporting:{name}", args=[year.plan.pk, 2024, *more]) + query

    return inner


@pytest.fixture
def key(year):
    return lambda code: f"initiative-{year.initiatives[code].pk}"


@pytest.fixture
def reader(client, member):
    client.force_login(member)
    return client


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")
