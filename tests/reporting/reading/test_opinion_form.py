"""Writing beside what is read: kept by its button or as it is typed, sent, put right, taken back."""

import pytest
from django.urls import reverse
from django.utils import timezone

from reporting.models import Chapter
from reviews.models import CommitteeRating, Opinion, OpinionDraft, Response
from tests.factories import UserFactory
from tests.reporting.reading.conftest import DAY, soup
from tests.reviews.conftest import other_member  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db
SCRIPT = {"X-Autosave": "1"}


@pytest.fixture
def here(address, key):
    return address("reading", key("1-1-1-1"))


def typed(text="", rating="", rating_reason="", *, then="save", seen=None) -> dict:
    """`seen`: what the page showed at first, where it was not empty."""
    shown = {"text": "", "rating": "", "rating_reason": ""} | (seen or {})
    words = {"text": text, "rating": rating, "rating_reason": rating_reason, "then": then}
    return words | {f"seen-{name}": value for name, value in shown.items()}


def test_a_draft_is_kept_by_its_button(reader, here):
    assert reader.post(here, typed("居場所がほしい", "C")).status_code == 302
    page = soup(reader.get(here))
    assert page.select_one("#id_text").get_text(strip=True) == "居場所がほしい"
    assert page.select_one("input[name=rating][checked]")["value"] == "C"
    assert Opinion.objects.count() == 0


def test_a_script_keeps_what_is_typed_and_is_told_when(reader, here):
    answer = reader.post(here, typed("居場所"), headers=SCRIPT)
    assert (answer.status_code, set(answer.json())) == (200, {"saved_at"})
    assert OpinionDraft.objects.get().text == "居場所"


def test_two_pages_that_typed_the_same_field_are_told(reader, here):
    reader.post(here, typed("一つ目の画面"), headers=SCRIPT)
    answer = reader.post(here, typed("二つ目の画面"), headers=SCRIPT)
    assert (answer.status_code, answer.json()["kind"]) == (409, "clash")
    page = soup(reader.post(here, typed("二つ目の画面")))
    assert "一つ目の画面" in page.select_one(".notice--warn").get_text()
    assert page.select_one("#id_text").get_text(strip=True) == "二つ目の画面"
    seen = {box["name"].removeprefix("seen-"): box["value"] for box in page.select("[name^=seen-]")}
    assert reader.post(here, typed("二つ目の画面", seen=seen)).status_code == 302
    assert OpinionDraft.objects.get().text == "二つ目の画面"


def test_a_text_too_long_is_refused_and_stays(reader, here):
    answer = reader.post(here, typed("あ" * 4001))
    assert answer.status_code == 422
    assert len(soup(answer).select_one("#id_text").get_text().strip()) == 4001
    assert "4,001字" in soup(answer).select_one("#id_text_error").get_text()


def test_another_rating_than_the_citys_asks_for_a_reason(reader, here):
    answer = reader.post(here, typed("", "C", then="send"))
    assert answer.status_code == 422
    assert "理由を書いてください" in soup(answer).select_one("#id_rating_reason_error").get_text()
    assert (CommitteeRating.objects.count(), OpinionDraft.objects.get().rating) == (0, "C")
    assert reader.post(here, typed("", "A", then="send", seen={"rating": "C"})).status_code == 302  # the city's own
    assert CommitteeRating.objects.get().rating == "A"


def test_sending_marks_it_read_and_shows_it(reader, here, member, year):
    answer = reader.post(here, typed("居場所がほしい", then="send"), follow=True)
    page = soup(answer)
    assert "意見を送りました" in page.select_one(".messages").get_text()
    assert "居場所がほしい" in page.select_one(".thread li").get_text()
    assert page.select_one("#id_text").get_text(strip=True) == ""
    assert soup(reader.get(here.rsplit("/", 2)[0] + "/")).h1.get_text() == "あと5件を読んで、意見を書けます"


def test_nothing_to_send_is_said(reader, here):
    answer = reader.post(here, typed(then="send"))
    assert answer.status_code == 409
    assert "送るものがありません" in answer.content.decode()


def test_own_words_are_put_right_and_taken_back(reader, here, member):
    reader.post(here, typed("居場所がほしい", then="send"))
    opinion = Opinion.objects.get()
    right = f"{here}?opinion={opinion.pk}"
    page = soup(reader.get(right))
    assert (page.select_one("#id_text").get_text(strip=True), page.select("[name=rating]")) == ("居場所がほしい", [])
    reader.post(right, {"text": "居場所を増やして", "seen-text": "居場所がほしい", "then": "send"})
    opinion.refresh_from_db()
    assert opinion.text == "居場所を増やして"
    withdraw = reverse("reviews:opinion_withdraw", args=[opinion.plan_year.plan_id, 2024, opinion.pk])
    assert reader.post(withdraw, {"version": opinion.version}).status_code == 302
    opinion.refresh_from_db()
    assert opinion.state == "withdrawn"
    assert "あなただけに見えています" in soup(reader.get(here)).select_one(".thread").get_text()


def test_another_member_reads_but_does_not_touch(reader, client, here, other_member):  # noqa: F811
    reader.post(here, typed("居場所がほしい", "C", "少ない", then="send"))
    opinion = Opinion.objects.get()
    client.force_login(other_member)
    page = soup(client.get(here))
    assert "委員 委員" in page.select_one(".thread li").get_text()
    assert page.select(".thread a, .thread form") == []
    assert "少ない" not in page.get_text()  # how others rate
    assert client.get(f"{here}?opinion={opinion.pk}").status_code == 404
    withdraw = reverse("reviews:opinion_withdraw", args=[opinion.plan_year.plan_id, 2024, opinion.pk])
    assert client.post(withdraw, {"version": opinion.version}).status_code == 403


def test_an_answered_opinion_shows_the_answer_and_no_button(reader, here):
    reader.post(here, typed("居場所がほしい", then="send"))
    office = UserFactory(role="coordinator")
    answer = {"opinion": Opinion.objects.get(), "kind": "adopted", "by": office}
    response = Response.objects.create(**answer, text="下書きの答え")
    assert "下書きの答え" not in reader.get(here).content.decode()
    Response.objects.filter(pk=response.pk).update(text="広げます", state="confirmed", confirmed_at=timezone.now())
    page = soup(reader.get(here))
    assert "市の答え（反映）" in page.select_one(".reply").get_text()
    assert page.select(".thread form") == []


def test_after_the_last_day_typed_words_come_back_in_the_page(reader, here, year):
    reader.post(here, typed("書きかけ"))
    year.row.committee_deadline = timezone.localdate() - DAY
    year.row.save()
    answer = reader.post(here, typed("書きかけの続き", seen={"text": "書きかけ"}))
    page = soup(answer)
    assert answer.status_code == 409
    assert page.select_one("#id_text").get_text(strip=True) == "書きかけの続き"
    assert "保存していません" in page.select_one("#write").get_text()
    told = reader.post(here, typed("書きかけの続き", seen={"text": "書きかけ"}), headers=SCRIPT)
    assert (told.status_code, told.json()["kind"]) == (409, "closed")
    assert "書きかけ" in soup(reader.get(here)).select_one("#write").get_text()  # what was kept in time, to read


def test_ratings_of_the_committee_show_when_it_is_over(reader, client, here, year, other_member):  # noqa: F811
    reader.post(here, typed("", "C", "少ない", then="send"))
    client.force_login(other_member)
    client.post(here, typed("", "A", then="send"))
    assert "まん中の評価" not in client.get(here).content.decode()
    year.row.committee_deadline = timezone.localdate() - DAY
    year.row.save()
    text = soup(client.get(here)).select_one("dl.facts").get_text()
    assert "2人の評価（A 1・C 1）" in text
    assert "少ない" in text


def test_an_opinion_about_a_paragraph_quotes_it(reader, address):
    chapter = address("reading", "chapter-1-vision")
    page = soup(reader.get(chapter))
    assert [link["href"] for link in page.select(".paras__a a")] == ["?paragraph=1#write", "?paragraph=2#write"]
    reader.post(f"{chapter}?paragraph=2", {"text": "数を書いて", "seen-text": "", "then": "send"})
    opinion = Opinion.objects.get()
    assert (opinion.quoted, opinion.about, opinion.goal.number) == (
        "第二の段落は1件。", "目標1　次期計画に向けて見据える姿（ビジョン）", 1,
    )  # fmt: skip
    assert soup(reader.get(chapter)).select_one(".thread blockquote").get_text() == "第二の段落は1件。"
    assert reader.get(f"{chapter}?paragraph=9").status_code == 404


@pytest.mark.parametrize("key", ["goal-1", "report", "indicator-1", "chapter-1-vision"])
def test_everything_that_is_read_can_be_spoken_about(reader, address, year, key):
    key = f"indicator-{year.indicator.pk}" if key == "indicator-1" else key
    reader.post(address("reading", key), {"text": "一言", "seen-text": "", "then": "send"})
    opinion = Opinion.objects.get()
    assert (opinion.anchor, opinion.text) == (key, "一言")
    assert (opinion.indicator_id is not None, opinion.goal_id is None) == (key[0] == "i", key == "report")


@pytest.mark.parametrize(
    "key", ["chapter-1-main_efforts", "chapter-9-vision", "initiative-999999", "nonsense", "goal-7"]
)
def test_what_is_not_opened_does_not_exist(reader, address, key):
    assert reader.get(address("reading", key)).status_code == 404


def test_an_answered_opinion_is_not_opened_for_writing(reader, here):
    reader.post(here, typed("居場所がほしい", then="send"))
    opinion = Opinion.objects.get()
    Response.objects.create(
        opinion=opinion, kind="noted", text="考えます", state="confirmed", confirmed_at=timezone.now(),
        by=UserFactory(role="coordinator"),
    )  # fmt: skip
    right = f"{here}?opinion={opinion.pk}"
    page = soup(reader.get(right, follow=True))
    assert "市の答えが出ている" in page.select_one(".messages").get_text()
    answer = reader.post(right, {"text": "遅れて", "seen-text": "居場所がほしい", "then": "send"})
    assert answer.status_code == 409
    assert soup(answer).select_one("#id_text").get_text(strip=True) == "遅れて"
    assert soup(answer).select("#opinion-form button[value=send]") == []


def test_what_was_said_about_a_chapter_that_closed_again_can_still_be_found(reader, address, year):
    chapter = address("reading", "chapter-1-vision")
    reader.post(chapter, {"text": "よい章です", "seen-text": "", "then": "send"})
    Chapter.objects.update(state="draft", confirmed_by=None, confirmed_at=None)
    page = soup(reader.get(chapter, follow=True))
    assert "いまは開いていません" in page.select_one(".messages").get_text()
    assert "よい章です" in page.get_text()
