import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from initiatives.models import PlanYear
from tests.factories import PlanYearFactory, UserFactory, make_entry, make_initiative


@pytest.fixture
def collecting(plan, plan_year, department, other_department):
    plan_year.department_deadline = timezone.localdate() + timezone.timedelta(days=12)
    plan_year.save()
    make_entry(make_initiative(plan, "1-1-1-1", department), status="returned")
    make_entry(make_initiative(plan, "1-1-1-2", department, other_department), status="draft")
    make_entry(make_initiative(plan, "1-1-1-3", other_department), status="submitted")
    original = make_initiative(plan, "1-1-1-4", department)
    make_entry(original)
    make_initiative(plan, "2-1-1-1", department, original=original)
    return plan_year


def page_of(client, plan_year) -> BeautifulSoup:
    address = reverse("initiatives:year_home", args=[plan_year.plan_id, plan_year.fiscal_year])
    return BeautifulSoup(client.get(address).content, "html.parser")


def test_coordinator_sees_how_far_the_year_is(client, coordinator, collecting):
    client.force_login(coordinator)
    page = page_of(client, collecting)
    assert page.h1.get_text() == "期限まで12日。5件のうち2件が出ています"
    assert [step.get_text() for step in page.select(".todo__t")] == [
        "提出された1件を確認する",
        "差し戻した1件のようすを見る",
    ]
    rows = {row.th.get_text(): [cell.get_text() for cell in row.select("td.n")] for row in page.select("tbody tr")}
    assert [text[0] for text in rows["防災課"]] == ["2", "0", "0", "1", "0", "1", "0"]


def test_department_sees_what_it_owes_most_urgent_first(client, writer, collecting):
    client.force_login(writer)
    page = page_of(client, collecting)
    assert page.h1.get_text() == "あと2件が、課の中で書きかけか、まだ書かれていません"
    assert [cell.get_text() for cell in page.select("td.code")] == ["1-1-1-1", "1-1-1-2", "1-1-1-4"]
    assert page.select_one("details.more li").get_text(strip=True).startswith("2-1-1-1")


def test_manager_sees_what_waits_for_confirmation(client, manager, plan, plan_year, department):
    make_entry(make_initiative(plan, "1-1-1-1", department), status="awaiting_manager")
    client.force_login(manager)
    assert page_of(client, plan_year).h1.get_text() == "1件が、課長の確認を待っています"


def test_committee_sees_low_ratings_of_the_year_opened_to_it(client, member, plan, department):
    year = PlanYearFactory(plan=plan, status=PlanYear.Status.COMMITTEE)
    make_entry(make_initiative(plan, "1-1-1-1", department, name="よい取組"), rating="A")
    make_entry(make_initiative(plan, "1-1-1-2", department, name="低い取組"), rating="D")
    client.force_login(member)
    page = page_of(client, year)
    assert page.h1.get_text() == "令和6年度の取組2件を読めます"
    assert [link.get_text() for link in page.select("ul.links a")] == ["低い取組"]


def test_the_first_page_leads_to_the_year_under_way(client, writer, plan):
    PlanYearFactory(plan=plan, fiscal_year=2023, status=PlanYear.Status.PUBLISHED)
    PlanYearFactory(plan=plan, fiscal_year=2024)
    PlanYearFactory(plan=plan, fiscal_year=2025, status=PlanYear.Status.PREPARING)
    client.force_login(writer)
    assert client.get("/")["Location"] == f"/plans/{plan.pk}/R6/"
    client.get(f"/plans/{plan.pk}/R5/")
    assert client.get("/")["Location"] == f"/plans/{plan.pk}/R5/"  # the year looked at last


@pytest.mark.parametrize("role", User.Role.values)
def test_without_a_plan_there_are_words(client, db, role):
    client.force_login(UserFactory(role=role))
    response = client.get("/")
    assert response.status_code == 200
    assert "まだ計画がありません" in response.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow(client, coordinator, plan, plan_year, department, count, django_assert_num_queries):
    for number in range(1, count + 1):
        make_entry(make_initiative(plan, f"{number}-1-1-1", department), status="draft")
    client.force_login(coordinator)
    page_of(client, plan_year)
    with django_assert_num_queries(11):
        page_of(client, plan_year)


def test_a_department_is_told_of_its_extension(client, writer, coordinator, department, collecting):
    day = timezone.localdate() + timezone.timedelta(days=20)
    collecting.extensions.create(department=department, until=day, by=coordinator)
    client.force_login(writer)
    told = f"高齢課が受け持つ取組は3件です。高齢課の期限は、{day.month}月{day.day}日まで延びています。"
    assert page_of(client, collecting).select_one("h1 + p").get_text() == told


@pytest.mark.parametrize(
    ("status", "heading"),
    [
        ("preparing", "令和6年度は、まだ準備中です"),
        ("reviewing", "差し戻された1件を、直してください"),
        ("published", "令和6年度の記入は終わっています"),
    ],
)
def test_outside_the_time_of_writing_home_says_so(client, writer, collecting, status, heading):
    PlanYear.objects.update(status=status)
    client.force_login(writer)
    assert page_of(client, collecting).h1.get_text() == heading
