"""知らせる: look first, then send; the record; texts to copy."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from initiatives.models import Mail, Notice, NoticeWords, PlanYear
from initiatives.notices import delivery
from tests.factories import DepartmentFactory, PlanYearFactory, UserFactory


def page(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


WORDS = {"opening": "11月の定例のお知らせです。", "closing": "内線2347です。"}


def test_looking_sends_nothing(office, address, make, writer, other, addressed, mail_on, mailoutbox):
    make("1-1-1-1", "draft")
    seen = page(office.get(address("notice_preview"), {"kind": "reminder"}))
    assert seen.h1.get_text() == "1人に「期限のお知らせ」を知らせます"
    row = seen.select_one("tbody tr")
    assert row.th.get_text("|", strip=True) == "書く人|高齢課・担当者|writer@city.example.jp"
    assert [cell.get_text() for cell in row.select("td.n")] == ["1件", "0件"]
    assert row.summary.get_text() == "【あゆみ】あと1件を書いてください"
    office.post(address("notice_preview"), WORDS | {"then": "look"})
    assert (Notice.objects.count(), NoticeWords.objects.count(), mailoutbox) == (0, 0, [])


def test_what_was_looked_at_is_what_goes_out(
    office, address, make, writer, addressed, mail_on, mailoutbox, django_capture_on_commit_callbacks
):
    make("1-1-1-1", "draft")
    seen = page(office.post(address("notice_preview"), WORDS | {"then": "look"}))
    assert seen.select_one("textarea[name=opening]").get_text(strip=True) == WORDS["opening"]
    with django_capture_on_commit_callbacks(execute=True):
        response = office.post(address("notice_preview"), WORDS | {"then": "send"})
    assert response["Location"] == address("notice_log")
    assert mailoutbox[0].subject == seen.select_one("tbody summary").get_text()
    assert mailoutbox[0].body.strip() == seen.select_one("tbody .text").get_text().strip()
    assert WORDS["opening"] in mailoutbox[0].body and WORDS["closing"] in mailoutbox[0].body
    again = page(office.get(address("notice_preview")))
    assert again.h1.get_text() == "いま「期限のお知らせ」を知らせる相手はいません"
    assert again.select_one("textarea[name=opening]").get_text(strip=True) == WORDS["opening"]  # for the next time


def test_pressed_twice_it_goes_once(
    office, address, make, writer, addressed, mail_on, mailoutbox, django_capture_on_commit_callbacks
):
    make("1-1-1-1", "draft")
    with django_capture_on_commit_callbacks(execute=True):
        office.post(address("notice_preview"), WORDS | {"then": "send"})
        second = office.post(address("notice_preview"), WORDS | {"then": "send"})
    assert (len(mailoutbox), Notice.objects.count()) == (1, 1)
    assert "いま知らせる相手はいません" in page(office.get(second["Location"])).get_text()


def test_the_kickoff_is_worded_before_and_sent_by_opening(
    office, address, make, writer, addressed, plan_year, mail_on, mailoutbox, django_capture_on_commit_callbacks
):
    make("1-1-1-1", "not_started")
    PlanYear.objects.update(status="preparing")
    preview = address("notice_preview") + "?kind=kickoff"
    assert [button["value"] for button in page(office.get(preview)).select("button[name=then]")] == ["look", "keep"]
    with django_capture_on_commit_callbacks(execute=True):
        office.post(preview, WORDS | {"then": "send"})
        office.post(preview, WORDS | {"then": "keep"})
    assert (Notice.objects.count(), NoticeWords.objects.get().opening) == (0, WORDS["opening"])
    with django_capture_on_commit_callbacks(execute=True):
        office.post(address("year_transition", action="start"))
    assert mailoutbox[0].subject == "【あゆみ】令和6年度実施分の記入をお願いします"
    assert WORDS["opening"] in mailoutbox[0].body


def test_words_are_taken_over_from_the_year_before(office, address, make, plan, coordinator, writer):
    before = PlanYearFactory(plan=plan, fiscal_year=2023)
    NoticeWords.objects.create(plan_year=before, kind="reminder", by=coordinator, **WORDS)
    make("1-1-1-1", "draft")
    assert (
        page(office.get(address("notice_preview"))).select_one("#id_closing").get_text(strip=True) == WORDS["closing"]
    )


def test_words_too_long_are_refused_and_kept(office, address, make, writer):
    make("1-1-1-1", "draft")
    response = office.post(address("notice_preview"), {"opening": "あ" * 2001, "closing": "", "then": "send"})
    assert response.status_code == 422
    assert page(response).select_one("textarea[name=opening]").get_text(strip=True) == "あ" * 2001
    assert Notice.objects.count() == 0


def test_with_mail_off_the_texts_can_be_copied(
    office, address, make, writer, other, other_department, addressed, plan_year, django_capture_on_commit_callbacks
):
    make("1-1-1-1", "draft")
    make("1-1-1-2", "returned", other_department)
    seen = page(office.get(address("notice_preview")))
    text = seen.select_one("#copy-text").get_text()
    assert text.strip().startswith("各課のみなさん") and "令和6年度実施分" in text
    assert seen.select_one("#copy-to").get_text(strip=True) == "writer@city.example.jp, other@city.example.jp"
    assert seen.select_one("#copy-departments").get_text(strip=True) == "高齢課、防災課"
    assert "することリストに出す" in seen.select_one(".actionbar button").get_text()
    one = page(office.get(address("notice_preview"), {"department": other_department.pk}))
    assert one.h1.get_text() == "防災課の1人に「期限のお知らせ」を知らせます"
    assert "・防災課が書く取組が、あと1件あります（うち差戻し1件）。" in one.select_one("#copy-text").get_text()
    both = {"department": [other_department.pk, writer.departments.get().pk]}
    assert page(office.get(address("notice_preview"), both)).h1.get_text() == "2課の2人に「期限のお知らせ」を知らせます"
    with django_capture_on_commit_callbacks(execute=True):
        office.post(address("notice_preview"), WORDS | {"then": "send"})
    assert {mail.state for mail in Mail.objects.all()} == {"held"}
    log = page(office.get(address("notice_log")))
    assert log.h1.get_text() == "知らせたものは2通です"
    assert "メールを使わない設定です。" in log.get_text()


def test_departments_and_people_who_cannot_be_reached_are_named(office, address, make, writer, mail_on):
    make("1-1-1-1", "draft")
    make("1-1-1-2", "draft", DepartmentFactory(name="無人課"))
    leaderless = DepartmentFactory(name="課長不在課")
    UserFactory(email="a@city.example.jp", of=[leaderless])
    make("1-1-1-3", "awaiting_manager", leaderless)
    notices = [each.get_text(" ", strip=True) for each in page(office.get(address("notice_preview"))).select(".notice")]
    assert notices == [
        "知らせる相手がいない課が2あります 無人課、課長不在課。担当者か課長の登録を、システム管理者に頼んでください。",
        "メールアドレスのない人が1人います 書く人さん。することリストには出ます。",
    ]


@pytest.mark.parametrize(
    "query", ["kind=closed", "kind=nonsense", "department=0", "department=x", "department=" + "9" * 40]
)
def test_what_is_not_there_is_404(office, address, make, query):
    make("1-1-1-1", "draft")
    assert office.get(address("notice_preview") + "?" + query).status_code == 404


def test_a_department_that_does_not_write_is_404(office, address, make, other_department):
    make("1-1-1-1", "draft")
    for name in ("notices", "notice_preview", "notice_log"):
        assert office.get(address(name), {"department": other_department.pk}).status_code == 404


def test_the_first_page_counts_who_would_be_told(office, address, make, writer, manager):
    make("1-1-1-1", "draft")
    make("1-1-1-2", "awaiting_manager")
    seen = page(office.get(address("notices")))
    assert [each.get_text() for each in seen.select(".todo__t")] == ["期限のお知らせ：2人", "受付開始：2人"]
    assert [cell.get_text() for cell in seen.select("tbody td.n")] == ["1", "0", "1"]


@pytest.mark.parametrize("status", ["reviewing", "committee", "finalized"])
def test_after_the_close_there_is_nothing_to_send(office, address, make, writer, status):
    make("1-1-1-1", "draft")
    PlanYear.objects.update(status=status)
    assert page(office.get(address("notices"))).select(".todo") == []
    office.post(address("notice_preview"), WORDS | {"then": "send"})
    assert Notice.objects.count() == 0


@pytest.fixture
def failed(make, remind, writer, addressed, mail_on):
    make("1-1-1-1", "draft")
    remind()
    delivery.deliver()
    Mail.objects.update(state="failed", problem="メールサーバーが断りました。（550）", attempts=5)
    return Mail.objects.get()


def test_the_record_tells_what_did_not_arrive_and_sends_it_again(
    office, address, failed, mailoutbox, django_capture_on_commit_callbacks
):
    row = page(office.get(address("notice_log"), {"state": "trouble"})).select_one("tbody tr")
    assert row.th.get_text("|", strip=True) == "書く人|高齢課|writer@city.example.jp"
    assert "メールサーバーが断りました。（550）" in row.get_text()
    before = len(mailoutbox)
    with django_capture_on_commit_callbacks(execute=True):
        office.post(row.form["action"])
        office.post(row.form["action"])
    assert len(mailoutbox) == before + 1
    assert Mail.objects.get().state == "sent"


def test_another_years_mail_cannot_be_reached_from_here(office, address, failed, plan):
    other_year = PlanYearFactory(plan=plan, fiscal_year=2023)
    wrong = reverse("initiatives:notice_again", args=[plan.pk, other_year.fiscal_year, failed.pk])
    assert office.post(wrong).status_code == 404


def test_what_is_typed_is_shown_as_typed(office, address, make, writer):
    make("1-1-1-1", "draft")
    seen = office.post(address("notice_preview"), {"opening": "<script>alert(1)</script>", "then": "look"})
    assert "<script>alert(1)" not in seen.content.decode()
    assert page(seen).select_one("tbody .text").get_text().count("<script>alert(1)</script>") == 1


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("notices", 25), ("notice_preview", 18), ("notice_log", 9)])
def test_queries_do_not_grow(
    office, address, make, remind, name, queries, count, django_assert_num_queries, settings
):  # fmt: skip
    for number in range(1, count + 1):
        department = DepartmentFactory()
        UserFactory(of=[department])
        make(f"1-1-1-{number}", "draft", department)
    if name != "notice_preview":
        remind()
        delivery.deliver()
    office.get(address(name))
    with django_assert_num_queries(queries):
        office.get(address(name))
