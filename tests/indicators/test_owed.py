"""Figures that a department owes, on its ホーム and in its list of things to do."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from indicators.models import Figure
from initiatives.models import PlanYear
from tests.factories import make_entry, make_indicator, make_initiative

pytestmark = pytest.mark.django_db
TITLE = "成果指標1つの、令和6年度の実績を書く"


@pytest.fixture
def indicator(plan, plan_year, department):
    return make_indicator(plan, name="見守りの人数", department=department, values={2023: (5, 6), 2024: (None, 7)})


def home(client, user, plan_year) -> BeautifulSoup:
    client.force_login(user)
    address = reverse("initiatives:year_home", args=[plan_year.plan_id, plan_year.fiscal_year])
    return BeautifulSoup(client.get(address).content, "html.parser")


def steps(page) -> list[str]:
    return [step.get_text() for step in page.select(".todo__t")]


def test_the_department_is_told_and_led_to_the_figures(client, writer, plan_year, indicator):
    page = home(client, writer, plan_year)
    assert page.h1.get_text() == "成果指標を書いてください"
    assert steps(page) == [TITLE]
    edit = reverse("indicators:indicator_edit", args=[plan_year.plan_id, 2024, indicator.pk])
    assert page.select_one(".todo a")["href"] == edit
    news = page.select_one(".news li")
    assert [news.select_one(f".news__{name}").get_text(strip=True) for name in ("when", "t", "d")] == [
        "成果指標", TITLE, "「見守りの人数」",
    ]  # fmt: skip
    client.post(edit, {"version": indicator.values.get(fiscal_year=2024).version, "actual": "6"})
    page = home(client, writer, plan_year)
    assert (steps(page), page.h1.get_text()) == (["計画の取組を読む"], "課の分は、すべて送り終えています")


def test_the_heading_does_not_say_that_all_is_done(client, writer, plan_year, indicator, department):
    make_entry(make_initiative(plan_year.plan, "1-1-1-1", department), status="submitted")
    assert home(client, writer, plan_year).h1.get_text() == "取組は送り終えました。成果指標を書いてください"


def test_several_lead_to_the_list(client, writer, plan, plan_year, indicator, department):
    plan_year.department_deadline = timezone.localdate() + timedelta(days=30)
    plan_year.save()
    make_indicator(plan, "I02", name="別の指標", department=department)
    page = home(client, writer, plan_year)
    assert steps(page) == ["成果指標2つの、令和6年度の実績を書く"]
    assert page.select_one(".todo__d").get_text().startswith("「見守りの人数」　ほか1つ　期限は")
    assert page.select_one(".todo a")["href"] == reverse("indicators:indicator_list", args=[plan.pk, 2024])


@pytest.mark.parametrize("figure", [0, Figure.NOT_CONDUCTED])
def test_a_zero_and_what_was_not_conducted_are_answers(client, writer, plan, plan_year, department, figure):
    make_indicator(plan, department=department, values={2024: (figure, 7)})
    assert steps(home(client, writer, plan_year)) == ["計画の取組を読む"]


def test_a_year_without_a_survey_asks_nothing(client, writer, plan, plan_year, department):
    make_indicator(plan, department=department, survey_years="R5 R7")
    assert steps(home(client, writer, plan_year)) == ["計画の取組を読む"]


def test_another_department_and_the_others_are_not_asked(client, other, member, admin, plan_year, indicator):
    assert steps(home(client, other, plan_year)) == ["計画の取組を読む"]
    assert TITLE not in steps(home(client, admin, plan_year))
    PlanYear.objects.update(status=PlanYear.Status.COMMITTEE)
    assert TITLE not in steps(home(client, member, plan_year))


def test_who_acts_for_the_department_is_asked(client, deputy, manager, plan_year, indicator):
    assert TITLE in steps(home(client, deputy, plan_year))
    assert TITLE in steps(home(client, manager, plan_year))


def test_the_office_is_asked_for_its_own_and_for_what_is_nobodys(client, coordinator, other_department, plan, plan_year, indicator):  # fmt: skip
    assert TITLE not in steps(home(client, coordinator, plan_year))
    make_indicator(plan, "I02", name="だれのものでもない指標")
    assert TITLE in steps(home(client, coordinator, plan_year))
    Membership.objects.create(user=coordinator, department=other_department)
    make_indicator(plan, "I03", name="とりまとめ課の指標", department=other_department)
    assert "成果指標2つの、令和6年度の実績を書く" in steps(home(client, coordinator, plan_year))


def test_after_the_deadline_nothing_can_be_written_and_nothing_is_asked(client, writer, plan_year, indicator):
    plan_year.department_deadline = timezone.localdate() - timedelta(days=1)
    plan_year.save()
    assert TITLE not in steps(home(client, writer, plan_year))


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow(client, writer, plan, plan_year, department, count, django_assert_num_queries):
    for number in range(1, count + 1):
        make_indicator(plan, f"I{number}", department=department)
    home(client, writer, plan_year)  # signs in
    with django_assert_num_queries(16):
        client.get(reverse("initiatives:year_home", args=[plan.pk, 2024]))
