"""福祉総務課 gathers, asks, answers, publishes and leaves to the next year; the department replies; the member reads."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from initiatives.models import EntryPart, PlanYear
from reviews import workflow
from reviews.models import FollowUp, Inquiry, Opinion, Response
from tests.factories import PlanYearFactory, UserFactory, make_entry
from tests.reviews.conftest import make_inquiry, make_opinion, subject_of

pytestmark = pytest.mark.django_db


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


@pytest.fixture
def office(client, coordinator):
    client.force_login(coordinator)
    return client


@pytest.fixture
def address(year):
    def inner(name, *more, of="reviews"):
        return reverse(f"{of}:{name}", args=[year.plan_id, year.fiscal_year, *more])

    return inner


def answer_of(opinion, **more) -> dict:
    return {"version": 0, "opinion_version": opinion.version, "kind": "adopted", "text": "広げます"} | more


# --- The list ----------------------------------------------------------------------------------------------


def test_opinions_are_gathered_by_goal_and_counted_by_state(
    office, address, year, member, initiative, department, coordinator
):
    about = subject_of(initiative)
    new = make_opinion(year, member, subject=about, text="新しい")
    asked = make_opinion(year, member, subject=about, text="聞いた")
    make_inquiry(asked, department, coordinator)
    replied = make_opinion(year, member, text="答えが来た")
    make_inquiry(replied, department, coordinator, "replied")
    make_opinion(year, member, answer="draft", text="下書き")
    make_opinion(year, member, answer="confirmed", text="確定")
    make_opinion(year, member, state="withdrawn", text="取り下げた")
    page = soup(office.get(address("opinion_list")))
    assert page.h1.get_text() == "5件の意見のうち、4件にまだ答えていません"
    assert [chip.get_text() for chip in page.select("nav[aria-label=答えの状態] a")] == [
        "すべて 5", "まだ 1", "課の回答待ち 1", "課の回答あり 1", "答えを下書き中 1", "確定（公表しない） 1", "確定（公表する） 0"
    ]  # fmt: skip
    assert [h2.get_text() for h2 in page.select("h2")] == ["目標1　目標その1", "報告書の全体"]
    assert "取り下げた" not in page.get_text()
    found = soup(office.get(address("opinion_list"), {"state": "asked"})).select("tbody tr")
    assert [row.select_one(".clamp").get_text() for row in found] == ["聞いた"]
    found = soup(office.get(address("opinion_list"), {"goal": "1"})).select("tbody tr")
    assert [row.select_one(".clamp").get_text() for row in found] == [new.text, asked.text]


@pytest.mark.parametrize("name", ["opinion_list", "opinion_detail"])
def test_queries_do_not_grow_with_opinions(
    office, address, year, member, initiative, department, coordinator, name, django_assert_num_queries
):
    from tests.reporting.reading.test_reading_list import CountingQueries

    def one():
        opinion = make_opinion(year, member, subject=subject_of(initiative))
        make_inquiry(opinion, department, coordinator)
        return opinion

    page = address(name, *([one().pk] if name == "opinion_detail" else []))
    one()
    office.get(page)
    with CountingQueries() as few:
        office.get(page)
    for _ in range(5):
        one()
    with django_assert_num_queries(few.count):
        office.get(page)


# --- Asking and replying -------------------------------------------------------------------------------------


def test_the_whole_way_from_asking_to_the_members_page(
    office, client, address, opinion, writer, member, coordinator, department
):
    page = soup(office.get(address("opinion_detail", opinion.pk)))
    assert page.select_one("#id_department option[selected]").get_text() == "高齢課"  # who works on it
    office.post(address("opinion_ask", opinion.pk), {"department": department.pk, "question": "どうですか"})
    inquiry = Inquiry.objects.get()

    client.force_login(writer)
    home = soup(client.get(reverse("initiatives:year_home", args=[opinion.plan_year.plan_id, 2024])))
    assert home.h1.get_text() == "推進委員会の意見1件に、課の考えを答えてください"
    assert "1-1-1-1　見守りについて、課の考えを聞かれています" in home.select_one(".news").get_text()
    asked = client.get(address("inquiry_edit", inquiry.pk))
    text = soup(asked).get_text()
    assert "居場所がほしい" in text
    assert member.name + " " not in text
    answered = client.post(
        address("inquiry_edit", inquiry.pk), {"reply": "2か所で開きます", "seen-reply": "", "then": "send"}
    )
    assert answered["Location"] == address("inquiry_list")

    client.force_login(coordinator)
    assert "2か所で開きます" in soup(client.get(address("opinion_detail", opinion.pk))).select_one(".reply").get_text()
    client.post(address("opinion_answer", opinion.pk), answer_of(opinion, then="confirm"))

    client.force_login(member)
    page = soup(client.get(address("reading", opinion.anchor, of="reporting")))
    assert "広げます" in page.select_one(".reply").get_text()
    assert "2か所で開きます" not in page.get_text()
    page = soup(client.get(address("opinion_list")))
    assert page.h1.get_text() == "1件の意見すべてに、市が答えました"


def test_a_reply_is_kept_as_it_is_typed_and_is_the_departments_own(
    client, address, opinion, writer, coordinator, department
):
    inquiry = make_inquiry(opinion, department, coordinator)
    client.force_login(writer)
    here = address("inquiry_edit", inquiry.pk)
    answer = client.post(here, {"reply": "書きかけ", "seen-reply": ""}, headers={"X-Autosave": "1"})
    assert set(answer.json()) == {"saved_at"}
    clash = client.post(here, {"reply": "別の画面", "seen-reply": ""}, headers={"X-Autosave": "1"})
    assert (clash.status_code, clash.json()["kind"]) == (409, "clash")
    page = soup(client.post(here, {"reply": "別の画面", "seen-reply": ""}))
    assert "書きかけ" in page.select_one(".notice--warn").get_text()
    assert page.select_one("#id_reply").get_text(strip=True) == "別の画面"
    client.force_login(coordinator)
    assert "書きかけ" not in client.get(address("opinion_detail", opinion.pk)).content.decode()


def test_an_empty_reply_is_not_sent(client, address, opinion, writer, coordinator, department):
    inquiry = make_inquiry(opinion, department, coordinator)
    client.force_login(writer)
    answer = client.post(address("inquiry_edit", inquiry.pk), {"reply": " ", "seen-reply": "", "then": "send"})
    assert answer.status_code == 422
    assert "回答を書いてから" in soup(answer).select_one("#id_reply_error").get_text()


def test_a_reply_that_comes_too_late_stays_in_the_page(client, address, year, opinion, writer, coordinator, department):
    inquiry = make_inquiry(opinion, department, coordinator)
    PlanYear.objects.filter(pk=year.pk).update(status="finalized")
    client.force_login(writer)
    answer = client.post(address("inquiry_edit", inquiry.pk), {"reply": "遅れた答え", "seen-reply": "", "then": "send"})
    assert answer.status_code == 409
    assert soup(answer).select_one("#id_reply").get_text(strip=True) == "遅れた答え"


def test_a_question_is_of_one_department(client, address, opinion, other, coordinator, department):
    inquiry = make_inquiry(opinion, department, coordinator)
    client.force_login(other)
    assert client.get(address("inquiry_edit", inquiry.pk)).status_code == 404
    assert "いま聞かれている意見はありません" in client.get(address("inquiry_list")).content.decode()


def test_a_question_is_taken_back(office, address, opinion, coordinator, department):
    inquiry = make_inquiry(opinion, department, coordinator)
    office.post(address("inquiry_cancel", inquiry.pk), {"version": inquiry.version})
    inquiry.refresh_from_db()
    assert inquiry.state == "cancelled"
    assert "まだ、どの課にも聞いていません" in office.get(address("opinion_detail", opinion.pk)).content.decode()


# --- Answering -----------------------------------------------------------------------------------------------


def test_a_colleagues_answer_in_between_is_shown_beside_ones_own(office, address, opinion):
    colleague = UserFactory(role="coordinator", name="同僚")
    workflow.answer(opinion, {"kind": "noted", "text": "同僚の答え"}, by=colleague, version=0)
    answer = office.post(address("opinion_answer", opinion.pk), answer_of(opinion))
    page = soup(answer)
    assert answer.status_code == 409
    assert page.select_one("#id_text").get_text(strip=True) == "広げます"
    assert "同僚の答え" in page.select_one(".notice--warn").get_text()
    version = page.select_one("#answer-form [name=version]")["value"]
    assert office.post(address("opinion_answer", opinion.pk), answer_of(opinion, version=version)).status_code == 302
    assert Response.objects.get().text == "広げます"


def test_words_that_the_member_changed_are_read_before_confirming(office, address, opinion, member):
    workflow.reword(Opinion.objects.get(), "ほかのこと", by=member)
    answer = office.post(address("opinion_answer", opinion.pk), answer_of(opinion, then="confirm"), follow=True)
    assert "委員が意見を直しました" in soup(answer).select_one(".messages").get_text()
    assert Response.objects.get().state == "draft"


def test_confirming_asks_for_all_of_it(office, address, opinion):
    answer = office.post(
        address("opinion_answer", opinion.pk), answer_of(opinion, kind="", then="confirm"), follow=True
    )
    assert "対応を選び" in soup(answer).select_one(".messages").get_text()
    assert (Response.objects.get().text, Response.objects.get().state) == ("広げます", "draft")


def test_publishing_needs_words_of_the_office_and_ends_with_reopening(office, address, year, member):
    opinion = make_opinion(year, member, answer="confirmed")
    publish = address("opinion_publish", opinion.pk)
    assert office.post(publish, {"version": 1, "summary": "", "then": "publish"}).status_code == 409
    office.post(publish, {"version": 1, "summary": "居場所について", "then": "publish"})
    table = soup(office.get(address("opinion_table", of="reporting")))
    assert [cell.get_text(strip=True) for cell in table.select("tbody tr > *")] == [
        "報告書の全体", "居場所について", "反映", "広げます"
    ]  # fmt: skip
    assert "居場所がほしい" not in table.get_text()
    stale = office.post(publish, {"version": 1, "summary": "古い画面の言葉", "then": "publish"})
    assert stale.status_code == 409
    assert "古い画面の言葉" in stale.content.decode()
    office.post(address("opinion_reopen", opinion.pk), {"version": opinion.version})
    assert soup(office.get(address("opinion_table", of="reporting"))).select("tbody") == []


# --- Next year ---------------------------------------------------------------------------------------------


def test_what_is_left_stands_beside_the_initiative_next_year_until_it_is_done(
    office, client, address, year, plan, opinion, initiative, writer, coordinator
):
    left = {"version": 0, "text": "居場所の数を調べる", "code": "１－１－１－１"}
    assert office.post(address("opinion_follow_up", opinion.pk), left).status_code == 302
    assert office.post(address("opinion_follow_up", opinion.pk), left | {"code": "9-9-9-9"}).status_code == 422
    stale = office.post(address("opinion_follow_up", opinion.pk), left)
    assert stale.status_code == 409
    assert "居場所の数を調べる" in soup(stale).select_one(".notice--err").get_text()
    following = PlanYearFactory(plan=plan, fiscal_year=2025)
    part = make_entry(initiative, 2025, status="draft").parts.get()
    write = reverse("initiatives:part_edit", args=[plan.pk, 2025, part.pk])
    client.force_login(writer)
    assert "居場所の数を調べる" in soup(client.get(write)).select_one(".notice--info").get_text()
    client.force_login(coordinator)
    home = soup(client.get(reverse("initiatives:year_home", args=[plan.pk, 2025])))
    assert "前の年度の意見から引き継いだ1件を見る" in home.select_one(".todo").get_text()
    follow_up = FollowUp.objects.get()
    name, done = f"f{follow_up.pk}", reverse("reviews:follow_up_done", args=[plan.pk, 2025, follow_up.pk])
    refused = client.post(done, {f"{name}-version": follow_up.version, f"{name}-done_words": ""})
    assert refused.status_code == 422
    client.post(done, {f"{name}-version": follow_up.version, f"{name}-done_words": "12か所を調べた"})
    page = soup(client.get(reverse("reviews:follow_up_list", args=[plan.pk, 2025])))
    assert page.h1.get_text() == "引き継いだ1件は、すべて済みました"
    client.force_login(writer)
    assert "居場所の数を調べる" not in client.get(write).content.decode()
    assert EntryPart.objects.visible_to(writer).filter(pk=part.pk).exists()
    assert following.fiscal_year == 2025


def test_the_office_sees_on_home_what_is_left_to_answer(office, year, opinion):
    home = soup(office.get(reverse("initiatives:year_home", args=[year.plan_id, 2024])))
    assert home.h1.get_text() == "委員の意見1件に、まだ答えていません"
