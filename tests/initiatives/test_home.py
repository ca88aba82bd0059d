import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from accounts.models import Department, User
from initiatives import business_days, workflow
from initiatives.models import EntryPart, PlanYear
from tests.factories import PlanYearFactory, UserFactory, make_entry, make_initiative


@pytest.fixture
def collecting(plan, plan_year, department, other_department):
    plan_year.department_deadline = business_days.after(timezone.localdate(), 9)
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
    assert page.h1.get_text() == "期限まで、あと9営業日。5件のうち2件が出ています"
    assert [step.get_text() for step in page.select(".todo__t")] == ["提出された1件を確認する"]
    rows = {
        row.th.get_text(): [cell.get_text() for cell in row.select("td.n")] for row in page.select("tbody tr") if row.th
    }
    assert [text[0] for text in rows["防災課"]] == ["2", "0", "0", "1", "0", "1", "0"]


def test_department_sees_what_it_owes_most_urgent_first(client, writer, collecting):
    client.force_login(writer)
    page = page_of(client, collecting)
    assert page.h1.get_text() == "あと2件を、課長に送ってください"
    assert [cell.get_text() for cell in page.select("td.code")] == ["1-1-1-1", "1-1-1-2", "1-1-1-4"]
    assert page.select_one("details.more li").get_text(strip=True).startswith("2-1-1-1")


def test_manager_sees_what_waits_for_confirmation(client, manager, plan, plan_year, department):
    make_entry(make_initiative(plan, "1-1-1-1", department), status="awaiting_manager")
    client.force_login(manager)
    assert page_of(client, plan_year).h1.get_text() == "1件が、課長の確認を待っています"


def test_committee_sees_what_to_read_first_of_the_year_opened_to_it(client, member, plan, department):
    year = PlanYearFactory(plan=plan, status=PlanYear.Status.COMMITTEE)
    make_entry(make_initiative(plan, "1-1-1-1", department, name="よい取組"), rating="A")
    make_entry(make_initiative(plan, "1-1-1-2", department, name="低い取組"), rating="D")
    client.force_login(member)
    page = page_of(client, year)
    assert page.h1.get_text() == "あと2件を読んで、意見を書けます"
    assert ["低い取組" in link.get_text() for link in page.select(".readlist a")] == [True]


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
    with django_assert_num_queries(19):
        page_of(client, plan_year)


# --- 担当課 and 課長: what is owed, until when, what came back -------------------------------------------


def lead_of(page: BeautifulSoup) -> str:
    return page.h1.find_next("p").get_text()


def titles(page: BeautifulSoup) -> list[str]:
    return [step.get_text() for step in page.select(".todo__t")]


def test_rows_stand_by_state_and_what_to_do_is_in_order(client, writer, plan, plan_year, department, coordinator):
    for number, status in enumerate(("approved", "draft", "not_started", "submitted", "draft"), start=1):
        make_entry(make_initiative(plan, f"1-1-1-{number}", department), status=status)
    back = EntryPart.objects.get(status="submitted")
    workflow.perform(back, "return", by=coordinator, plan_year=plan_year, reason="今年の数を書いてください。")
    client.force_login(writer)
    page = page_of(client, plan_year)
    assert page.h1.get_text() == "あと4件を、課長に送ってください"
    assert lead_of(page) == "高齢課が記入する取組は5件です。1件は送り終えました。"
    assert [head.get_text() for head in page.select("tr.grp")] == [
        "差戻し中（1件）", "未着手（1件）", "作成中（2件）", "承認済（1件）",
    ]  # fmt: skip
    assert titles(page) == [
        "差し戻された1件を直す",
        "書きかけの2件を仕上げて、課長に送る",
        "まだ書いていない1件を書き始める",
    ]
    assert "とりまとめさん：「今年の数を書いてください。」" in page.select_one(".todo li").get_text()
    assert [len(page.select(f".todo .btn--{kind}")) for kind in ("primary", "secondary")] == [1, 2]
    moved = {
        row.select_one(".code").get_text(): row.select("td")[-1].get_text() for row in page.select("tbody tr:not(.grp)")
    }
    assert moved["1-1-1-3"] == "－"
    assert moved["1-1-1-4"].startswith("今日 ") and moved["1-1-1-4"].endswith("とりまとめ")


def test_a_department_without_the_manager_sends_to_the_office(client, writer, plan, plan_year, department):
    Department.objects.update(manager_step=False)
    make_entry(make_initiative(plan, "1-1-1-1", department), status="draft")
    client.force_login(writer)
    page = page_of(client, plan_year)
    assert page.h1.get_text() == "あと1件を、福祉総務課に送ってください"
    assert titles(page) == ["書きかけの1件を仕上げて、福祉総務課に送る"]


def test_the_deadline_and_an_extension_are_told(client, writer, plan, plan_year, department, coordinator):
    make_entry(make_initiative(plan, "1-1-1-1", department), status="draft")
    today = timezone.localdate()
    plan_year.department_deadline = today - timezone.timedelta(days=2)
    plan_year.save()
    client.force_login(writer)
    page = page_of(client, plan_year)
    assert page.h1.get_text() == "期限を過ぎました。まだ送っていないものが1件あります"
    assert lead_of(page).endswith("期限を延ばせるか、福祉総務課に聞いてください。")
    assert titles(page) == []
    assert "2日過ぎています" in page.select_one(".time").get_text()
    plan_year.extensions.create(department=department, until=today + timezone.timedelta(days=3), by=coordinator)
    page = page_of(client, plan_year)
    assert page.h1.get_text() == "あと1件を、課長に送ってください"
    plan = page.select_one(".time").get_text()
    left = business_days.left_words(today + timezone.timedelta(days=3), today)
    assert left in plan and "福祉総務課が期限を延ばしました（ほかの課は" in plan


@pytest.mark.parametrize(
    ("year_status", "status", "heading"),
    [
        ("preparing", "not_started", "令和6年度の受付は、まだ始まっていません"),
        ("collecting", "submitted", "課の分は、すべて送り終えています"),
        ("reviewing", "returned", "差し戻された1件を直してください"),
        ("reviewing", "draft", "令和6年度の記入は終わっています"),
        ("published", "approved", "令和6年度の記入は終わっています"),
    ],
)
def test_the_first_sentence(client, writer, plan, plan_year, department, year_status, status, heading):
    make_entry(make_initiative(plan, "1-1-1-1", department), status=status)
    PlanYear.objects.update(status=year_status)
    client.force_login(writer)
    assert page_of(client, plan_year).h1.get_text() == heading


def test_a_manager_confirms_first(client, manager, plan, plan_year, department):
    for number, status in enumerate(("awaiting_manager", "draft"), start=1):
        make_entry(make_initiative(plan, f"1-1-1-{number}", department), status=status)
    client.force_login(manager)
    assert titles(page_of(client, plan_year)) == [
        "確認を待っている1件を読んで、福祉総務課に送る", "書きかけの1件を仕上げて、課長に送る",
    ]  # fmt: skip
    EntryPart.objects.filter(status="awaiting_manager").update(status="submitted")
    assert page_of(client, plan_year).h1.get_text() == "あと1件を、課の担当者が書いています"


def test_a_person_without_a_department_is_told(client, plan, plan_year):
    client.force_login(UserFactory())
    page = page_of(client, plan_year)
    assert "所属の課がありません。システム管理者に聞いてください。" in lead_of(page)
    assert titles(page) == ["計画の取組を読む"]


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_department_do_not_grow(
    client, writer, coordinator, plan, plan_year, department, count, django_assert_num_queries
):
    for number in range(1, count + 1):
        part = make_entry(make_initiative(plan, f"{number}-1-1-1", department), status="submitted").parts.get()
        workflow.perform(part, "return", by=coordinator, plan_year=plan_year, comments={"result": "数を"})
        make_entry(make_initiative(plan, f"{number}-1-1-2", department), status="draft")
    client.force_login(writer)
    page_of(client, plan_year)
    with django_assert_num_queries(17):
        page_of(client, plan_year)


def test_a_department_is_told_of_its_extension(client, writer, coordinator, department, collecting):
    day = timezone.localdate() + timezone.timedelta(days=20)
    collecting.extensions.create(department=department, until=day, by=coordinator)
    client.force_login(writer)
    told = page_of(client, collecting).select_one(".time li").get_text(" ", strip=True)
    assert f"{day.month}月{day.day}日" in told
    assert "福祉総務課が期限を延ばしました" in told


@pytest.mark.parametrize(
    ("status", "heading"),
    [
        ("preparing", "令和6年度の受付は、まだ始まっていません"),
        ("reviewing", "差し戻された1件を直してください"),
        ("published", "令和6年度の記入は終わっています"),
    ],
)
def test_outside_the_time_of_writing_home_says_so(client, writer, collecting, status, heading):
    PlanYear.objects.update(status=status)
    client.force_login(writer)
    assert page_of(client, collecting).h1.get_text() == heading
