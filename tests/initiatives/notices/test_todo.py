"""お知らせ・することリスト: from the state of things, with mail switched off."""

from datetime import UTC, date, datetime

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from initiatives import deadlines, workflow, year_cycle
from initiatives.models import Mail, Notice, PlanYear
from initiatives.notices.todo import todo_for


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 20, 1, 0, tzinfo=UTC))


@pytest.fixture
def dated(plan_year):
    plan_year.department_deadline, plan_year.manager_deadline = date(2026, 12, 4), date(2026, 12, 9)
    plan_year.save()
    return plan_year


def lines(user, plan_year) -> list[tuple[str, str]]:
    user.__dict__.pop("_department_ids", None)
    return [(each.kind, each.title) for each in todo_for(user, plan_year)]


def test_the_opening_stands_with_the_own_deadline_until_all_is_sent(make, dated, writer, manager):
    part = make("1-1-1-1", "draft")
    assert lines(writer, dated) == [("受付開始", "令和6年度実施分の受付が始まっています")]
    assert todo_for(writer, dated)[0].text == "課が書く取組は1件です。提出期限は12月4日（金）です（あと9営業日）。"
    assert todo_for(manager, dated)[0].text == "課が書く取組は1件です。課長の期限は12月9日（水）です（あと12営業日）。"
    type(part).objects.update(status="submitted")
    assert lines(writer, dated) == []


def test_a_returned_part_leaves_the_list_when_it_is_sent_again(make, dated, writer, manager, coordinator):
    part = make("1-1-1-1", "submitted")
    workflow.perform(part, "return", by=coordinator, plan_year=dated, reason="数を確かめてください。")
    first = todo_for(writer, dated)[0]
    assert (first.kind, first.title, first.at) == (
        "差戻し", "1-1-1-1　取組1-1-1-1が差し戻されました", part.transitions.get().at,
    )  # fmt: skip
    assert first.url == reverse("initiatives:part_edit", args=[dated.plan_id, 2024, part.pk])
    workflow.perform(part, "request_confirmation", by=writer, plan_year=dated)
    assert [kind for kind, _ in lines(writer, dated)] == ["受付開始"]


def test_a_returned_part_stays_on_the_list_after_the_close(make, dated, writer, coordinator):
    part = make("1-1-1-1", "submitted")
    year_cycle.perform(dated, "close", by=coordinator)
    workflow.perform(part, "return", by=coordinator, plan_year=dated, reason="理由")
    assert [kind for kind, _ in lines(writer, dated)] == ["差戻し", "受付終了"]


def test_a_moved_deadline_is_told_as_long_as_it_is_the_one_that_holds(make, dated, writer, coordinator):
    make("1-1-1-1", "draft")
    deadlines.change(dated, {"department_deadline": date(2026, 12, 7)}, by=coordinator)
    assert ("期限の変更", "高齢課の提出期限が、12月4日（金）から12月7日（月）に変わりました") in lines(writer, dated)
    PlanYear.objects.update(department_deadline=date(2026, 12, 8))  # as no page would
    dated.refresh_from_db()
    assert [kind for kind, _ in lines(writer, dated)] == ["受付開始"]


def test_a_reminder_counts_what_is_left_now(make, dated, remind, writer, manager):
    make("1-1-1-1", "draft")
    part = make("1-1-1-2", "draft")
    remind()
    assert ("期限のお知らせ", "あと2件を書いて送ってください") in lines(writer, dated)
    type(part).objects.filter(pk=part.pk).update(status="awaiting_manager")
    assert ("期限のお知らせ", "あと1件を書いて送ってください") in lines(writer, dated)


def test_a_manager_is_led_to_what_waits(make, dated, remind, manager):
    make("1-1-1-1", "awaiting_manager")
    remind()
    first = next(each for each in todo_for(manager, dated) if each.kind == "期限のお知らせ")
    assert (first.title, first.link) == ("1件が、課長の確認を待っています", "確認する")


def test_other_departments_see_nothing_of_it(make, dated, other, coordinator):
    part = make("1-1-1-1", "submitted")
    workflow.perform(part, "return", by=coordinator, plan_year=dated, reason="理由")
    assert lines(other, dated) == []


def test_the_coordinating_office_sees_what_did_not_arrive_and_what_is_late(
    make, dated, writer, coordinator, department
):
    make("1-1-1-1", "draft")
    assert lines(coordinator, dated) == [("知らせ", "1課が、まだ送り終えていません")]
    mail = Mail.objects.create(recipient=writer, subject="件名", body="本文", state="failed")
    Notice.objects.create(
        plan_year=dated, kind="reminder", recipient=writer, department=department, by=coordinator, mail=mail, occasion="-"
    )  # fmt: skip
    dated.department_deadline = date(2026, 11, 19)
    assert [title for _, title in lines(coordinator, dated)] == [
        "届いていないかもしれない知らせが1通あります",
        "各課の提出期限の11月19日（木）を過ぎました",
        "1課が、まだ送り終えていません",
    ]


def test_the_committee_sees_until_when_to_read(dated, member):
    dated.status, dated.committee_deadline = "committee", date(2027, 2, 12)
    dated.save()
    assert lines(member, dated) == [("審議開始", "令和6年度実施分の審議が始まっています")]
    assert todo_for(member, dated)[0].text == "意見の期限は2月12日（金）です。"


def test_the_list_is_on_the_home_page_with_its_links(client, make, dated, writer, coordinator):
    part = make("1-1-1-1", "submitted")
    workflow.perform(part, "return", by=coordinator, plan_year=dated, reason="漏えい検知-理由")
    client.force_login(writer)
    page = BeautifulSoup(client.get(f"/plans/{dated.plan_id}/R6/").content, "html.parser")
    news = page.select_one(".news li")
    assert news.select_one(".news__t").get_text() == "1-1-1-1　取組1-1-1-1が差し戻されました"
    assert client.get(news.a["href"]).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow(make, dated, writer, coordinator, count, django_assert_num_queries):
    for number in range(1, count + 1):
        part = make(f"1-1-1-{number}", "submitted")
        workflow.perform(part, "return", by=coordinator, plan_year=dated, reason="理由")
    with django_assert_num_queries(6):
        assert len(todo_for(writer, dated)) == count + 1
