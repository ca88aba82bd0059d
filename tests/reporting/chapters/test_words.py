"""用語 in the chapters: told while writing and over the year, shown, and put right with one press."""

import pytest
from django.urls import reverse
from django.utils import timezone

from initiatives.models import FieldChange, PlanYear, Term
from reporting.models import Chapter, CityEvent
from reporting.prose import with_words, words_of
from tests.reporting.chapters.conftest import address, soup

pytestmark = pytest.mark.django_db


@pytest.fixture
def chapter(year, goal) -> Chapter:
    text = "取組は{{目標1.件数}}。\n広報誌で知らせた［注：広報誌の{{目標1.件数}}］。"
    return Chapter.objects.create(plan=year.plan, fiscal_year=2024, goal=goal, kind="vision", text=text)


def uses(page) -> list[tuple[str, str, str]]:
    """What goes, what comes, and the button's key."""
    found = [one for one in page.select(".checks > li") if one.select_one("button[name=mend], input[name=mend]")]
    return [
        (one.select_one("del").get_text(), one.select_one("ins").get_text(), one.select_one("[name=mend]")["value"])
        for one in found
    ]


def check_list(office, year):
    return soup(office.get(reverse("reporting:check_list", args=[year.plan_id, 2024]) + "?kind=terms"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "文だけ",
        "{{目標1.件数}}と｛｛全体.件数｝｝",
        "［注 名前：{{全体.件数}}の説明］と［注 名前］。",
        "読めない{{しるし\ufffc",
    ],
)
def test_the_words_and_what_is_none_make_the_text_again(text):
    words, hidden = words_of(text)
    assert with_words(words, hidden) == text
    assert "目標1" not in words and "名前" not in words


def test_one_press_mends_the_word_and_nothing_in_a_figure(office, coordinator, year, chapter):
    Term.objects.create(kind="spelling", word="件数", right="数", created_by=coordinator)
    page = soup(office.get(address(year)))
    [(gone, come, key)] = uses(page)
    assert (gone, come) == ("誌", "紙")
    typed = chapter.text.replace("取組は", "取組の数は")
    office.post(address(year), {"text": typed, "version": 1, "mend": key})
    chapter.refresh_from_db()
    assert chapter.text == "取組の数は{{目標1.件数}}。\n広報紙で知らせた［注：広報紙の{{目標1.件数}}］。"
    changes = FieldChange.objects.filter(model="reporting.chapter").order_by("pk")
    assert [(change.reason, change.by) for change in changes] == [("", coordinator), ("軽微な修正", coordinator)]
    history = soup(office.get(address(year, "chapter_history")))
    assert [tag.get_text() for tag in history.select(".thread .tag")] == ["軽微な修正"]


def test_the_check_shows_it_and_mends_it(office, year, chapter):
    page = check_list(office, year)
    (gone, come, key), note = uses(page)
    assert (gone, come, note[2]) == ("誌", "紙", key)  # the note stands in the same text
    form = page.select_one("form[action*=mend]")
    sent = {field["name"]: field["value"] for field in form.select("input[name]") if field["name"] != "request_id"}
    answer = office.post(form["action"], sent, follow=True)
    told = [message.get_text(strip=True) for message in soup(answer).select(".messages, [role=status]")]
    assert "「広報誌」を「広報紙」に直しました。軽微な修正として、変更の記録に残ります。" in "".join(told)
    chapter.refresh_from_db()
    assert chapter.text == "取組は{{目標1.件数}}。\n広報紙で知らせた［注：広報紙の{{目標1.件数}}］。"
    assert uses(check_list(office, year)) == []
    again = office.post(form["action"], sent | {"version": chapter.version}, follow=True)
    assert "その書き方は、もうありません。" in again.content.decode()


def test_a_word_in_the_events(office, year, goal):
    CityEvent.objects.create(plan=year.plan, fiscal_year=2024, goal=goal, position=1, when="4月", what="始めた")
    CityEvent.objects.create(plan=year.plan, fiscal_year=2024, goal=goal, position=2, when="5月", what="広報誌")
    at = address(year, kind="social_trends")
    [(_, _, key)] = uses(soup(office.get(at)))
    rows = {"when": ["4月", "5月"], "what": ["始めた", "広報誌"]}
    office.post(at, {"text": "", "version": 0, "mend": key, **rows})
    assert list(CityEvent.objects.values_list("when", "what")) == [("4月", "始めた"), ("5月", "広報紙")]


def test_what_is_confirmed_is_changed_by_no_press(office, coordinator, year, chapter):
    confirmed = {"state": "confirmed", "confirmed_by": coordinator, "confirmed_at": timezone.now()}
    Chapter.objects.update(**confirmed)
    page = check_list(office, year)
    assert uses(page) == []
    assert (
        "この章は「確認済」です。直すときは、「下書きに戻す」を押してください。"
        in page.select_one(".checks").get_text()
    )
    assert page.select_one(".checks ins").get_text() == "紙"
    before = Chapter.objects.values().get()
    answer = office.post(address(year, "chapter_mend"), {"version": 1, "mend": "0-x"}, follow=True)
    assert "この章は「確認済」です。" in answer.content.decode()
    assert Chapter.objects.values().get() == before


def test_what_a_colleague_changed_meanwhile_is_left(office, year, chapter):
    Chapter.objects.update(version=2)
    answer = office.post(address(year, "chapter_mend"), {"version": 1, "mend": "0-x"})
    assert answer.status_code == 409
    assert Chapter.objects.get().text == chapter.text


def test_a_locked_year_stays(office, year, chapter):
    PlanYear.objects.update(status=PlanYear.Status.FINALIZED)
    assert uses(check_list(office, year)) == []
    office.post(address(year, "chapter_mend"), {"version": 1, "mend": "0-x"})
    assert Chapter.objects.get().text == chapter.text


def test_two_ways_of_writing_are_told_and_left_to_the_writer(office, coordinator, year, goal):
    Term.objects.create(kind="mixed", word="市社協", right="市社会福祉協議会", created_by=coordinator)
    text = "市社協と市社会福祉協議会"
    Chapter.objects.create(plan=year.plan, fiscal_year=2024, goal=goal, kind="vision", text=text)
    page = soup(office.get(address(year)))
    assert uses(page) == []
    assert "「市社協」か「市社会福祉協議会」に、そろえてください。" in page.select_one("#reading").get_text()


def test_going_on_stays_on_this_site(office, year, chapter):
    data = {"version": 1, "mend": "0-x", "next": "https://example.com/"}
    assert office.post(address(year, "chapter_mend"), data)["Location"] == address(year)
