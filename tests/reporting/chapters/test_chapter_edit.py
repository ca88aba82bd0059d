"""One chapter: writing, what is refused with the words kept, two writers, confirming."""

import pytest
from django.utils import timezone

from initiatives.models import FieldChange, PlanYear
from reporting import builds
from reporting.assemble import assemble
from reporting.models import Chapter, CityEvent
from reporting.pdf.chapters import Book
from tests.reporting.chapters.conftest import address, soup

pytestmark = pytest.mark.django_db


def write(client, year, text="", *, goal=1, kind="vision", version=0, **more):
    return client.post(address(year, goal=goal, kind=kind), {"text": text, "version": version, **more})


def make(year, goal, text="前の文。", kind="vision", **fields) -> Chapter:
    return Chapter.objects.create(plan=year.plan, fiscal_year=2024, goal=goal, kind=kind, text=text, **fields)


def confirmed(coordinator) -> dict:
    return {"state": "confirmed", "confirmed_by": coordinator, "confirmed_at": timezone.now()}


def textarea(page) -> str:
    return page.select_one("#id_text").get_text().removeprefix("\n")


def test_a_first_text_is_kept_with_its_author_and_a_history(office, coordinator, year, goal):
    response = write(office, year, "A評価は{{目標1.A評価.件数}}です。  \r\n\r\n")
    assert (response.status_code, response["Location"]) == (302, address(year))
    chapter = Chapter.objects.get()
    assert (chapter.text, chapter.author, chapter.state, chapter.version) == (
        "A評価は{{目標1.A評価.件数}}です。",
        coordinator,
        "draft",
        2,
    )
    (change,) = FieldChange.objects.filter(model="reporting.chapter")
    assert (change.field, change.old, change.new, change.by) == ("text", "", chapter.text, coordinator)
    assert assemble(year).goals[0].sections["vision"].text == "A評価は2件です。"


def test_the_page_shows_figures_as_figures(office, year, goal):
    make(year, goal, "取組は{{目標1.件数}}、[注：<b>説明</b>]{{成果指標I01.実績}}")
    page = soup(office.get(address(year)))
    reading = page.select_one("#reading")
    assert [live.get_text() for live in reading.select(".live")][:2] == ["3件", "（注1）"]
    assert reading.select_one("b b") is None
    assert textarea(page).startswith("取組は{{目標1.件数}}")


def test_nothing_changed_is_not_saved_again(office, year, goal):
    chapter = make(year, goal)
    write(office, year, "前の文。", version=1)
    chapter.refresh_from_db()
    assert (chapter.version, FieldChange.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{{目標1.A評価.件}}", "近い名前は、目標1.A評価.件数"),
        ("{{目標1.件数", "対になる「}}」がありません"),
        ("［注 ない］", "これより前にありません"),
        ("見えない\u202e字", "目に見えない文字"),
    ],
)
def test_a_broken_marker_is_refused_and_the_words_stay(office, year, goal, text, why):
    response = write(office, year, f"書いた文。{text}")
    page = soup(response)
    assert response.status_code == 422
    assert why in page.select_one("#id_text_error").get_text()
    assert textarea(page) == f"書いた文。{text}"
    assert not Chapter.objects.exists()


def test_a_figure_without_a_value_may_be_saved(office, year, goal):
    assert write(office, year, "{{成果指標I01.実績.前年度との差}}").status_code == 302


def test_typed_html_is_shown_as_it_is(office, year, goal):
    make(year, goal, "<script>alert(1)</script>{{ x")
    for name in ("chapter_edit", "chapter_preview"):
        assert b"<script>alert" not in office.get(address(year, name)).content


def test_to_look_saves_nothing(office, year, goal):
    response = write(office, year, "{{目標1.件数}}", then="look")
    assert response.status_code == 200
    assert soup(response).select_one("#reading .live").get_text() == "3件"
    assert not Chapter.objects.exists()


def test_the_reading_follows_what_is_typed(office, year, goal):
    response = office.post(address(year, "chapter_reading"), {"text": "{{目標1.B評価.件数}}と{{x}}"})
    page = soup(response)
    assert [live.get_text() for live in page.select(".live")] == ["1件", "{{x}}"]
    assert "「x」という数はありません。" in page.select_one(".msg--err").get_text()


# --- Linking ------------------------------------------------------------------------------------------


def test_a_bare_number_is_linked_with_one_button(office, year, goal):
    make(year, goal, "取組3件のうち、A評価は1件。")
    page = soup(office.get(address(year)))
    offers = page.select("#reading button[name=link]")
    assert [offer.find(string=True) for offer in offers] == ["つなぐ", "「2件」に替えてつなぐ"]
    write(office, year, "取組3件のうち、A評価は1件。", version=1, link=offers[1]["value"])
    assert Chapter.objects.get().text == "取組3件のうち、A評価は{{目標1.A評価.件数}}。"


def test_a_bare_number_in_an_event_is_linked_as_well(office, year, goal):
    rows = {"when": ["", "4月", "6月"], "what": ["", "集いの場を開設", "取組3件を始めた"]}
    place = address(year, kind="social_trends")
    office.post(place, {"text": "", "version": 0, **rows})
    page = soup(office.get(place))
    [offer] = page.select("#reading button[name=link]")
    assert "市の動向の2行目" in offer.find_parent("li").get_text()
    version = page.select_one("#chapter-form input[name=version]")["value"]
    office.post(place, {"text": "文。", "version": version, **rows, "link": offer["value"]})
    assert list(CityEvent.objects.values_list("what", flat=True)) == ["集いの場を開設", "取組{{目標1.件数}}を始めた"]
    assert Chapter.objects.get().text == "文。"
    assert "取組3件を始めた" in soup(office.get(address(year, "chapter_preview", kind="social_trends"))).get_text()


@pytest.mark.parametrize(
    "link",
    [
        "0.3:3件:{{目標1.件数}}",
        "3:3件:{{目標1.件数}}",
        "0.3:3件:{{x}}",
        "9.3:3件:{{目標1.件数}}",
        "nonsense",
        "x:3件:{{目標1.件数}}",
        ":",
    ],
)
def test_only_what_is_offered_is_put_in(office, year, goal, link):
    write(office, year, "相談は3件。", link=link)
    assert Chapter.objects.get().text == "相談は3件。"


# --- Two writers --------------------------------------------------------------------------------------


def test_who_comes_second_sees_both_texts_and_then_saves(office, year, goal):
    chapter = make(year, goal, "ほかの人の文。", version=3)
    response = write(office, year, "わたしの文。", version=2)
    page = soup(response)
    assert response.status_code == 409
    assert textarea(page) == "わたしの文。"
    assert "ほかの人の文。" in page.select_one("section[aria-labelledby=h-clash]").get_text()
    chapter.refresh_from_db()
    assert chapter.text == "ほかの人の文。"
    version = page.select_one("#chapter-form input[name=version]")["value"]
    assert write(office, year, "わたしの文。", version=version).status_code == 302
    chapter.refresh_from_db()
    assert chapter.text == "わたしの文。"


@pytest.mark.parametrize("more", [{"text": "{{ない}}"}, {"text": "文。", "then": "look"}], ids=["refused", "looked at"])
def test_a_page_that_showed_nothing_newer_does_not_write_over_it(office, year, goal, more):
    make(year, goal, "ほかの人の文。", version=3)
    page = soup(write(office, year, version=2, **more))
    version = page.select_one("#chapter-form input[name=version]")["value"]
    assert write(office, year, "わたしの文。", version=version).status_code == 409
    assert Chapter.objects.get().text == "ほかの人の文。"


def test_two_first_texts_clash(office, year, goal):
    make(year, goal, "先の文。")
    response = write(office, year, "後の文。", version=0)
    assert (response.status_code, textarea(soup(response))) == (409, "後の文。")
    assert Chapter.objects.get().text == "先の文。"


# --- 確認済 -------------------------------------------------------------------------------------------


def test_to_confirm_saves_first(office, coordinator, year, goal):
    write(office, year, "できた文。", then="confirm")
    chapter = Chapter.objects.get()
    assert (chapter.text, chapter.state, chapter.confirmed_by) == ("できた文。", "confirmed", coordinator)
    assert list(FieldChange.objects.values_list("field", "new").order_by("pk")) == [
        ("text", "できた文。"),
        ("state", "確認済"),
    ]


def test_an_empty_chapter_is_not_confirmed(office, year, goal):
    make(year, goal, "")
    write(office, year, "", version=1, then="confirm")
    assert Chapter.objects.get().state == "draft"


def test_what_is_confirmed_is_not_written_until_it_is_taken_back(office, coordinator, year, goal):
    chapter = make(year, goal, **confirmed(coordinator))
    page = soup(office.get(address(year)))
    assert page.select_one("#id_text").has_attr("readonly")
    response = write(office, year, "あとの文。", version=1)
    assert (response.status_code, textarea(soup(response))) == (409, "あとの文。")
    office.post(address(year, "chapter_reopen"), {"version": 1})
    chapter.refresh_from_db()
    assert (chapter.text, chapter.state, chapter.confirmed_by, chapter.version) == ("前の文。", "draft", None, 2)
    assert write(office, year, "あとの文。", version=2).status_code == 302


def test_taken_back_twice_is_told(office, coordinator, year, goal):
    make(year, goal)
    assert office.post(address(year, "chapter_reopen"), {"version": 1}).status_code == 409


@pytest.mark.parametrize("status", PlanYear.LOCKED)
def test_a_locked_year_keeps_its_chapters(office, coordinator, year, goal, status):
    PlanYear.objects.update(status=status)
    chapter = make(year, goal, **confirmed(coordinator))
    response = write(office, year, "あとの文。", version=1)
    assert (response.status_code, textarea(soup(response))) == (409, "あとの文。")
    office.post(address(year, "chapter_reopen"), {"version": 1})
    chapter.refresh_from_db()
    assert (chapter.text, chapter.state) == ("前の文。", "confirmed")


# --- 市の動向 -----------------------------------------------------------------------------------------


def rows(goal) -> list[tuple]:
    return list(CityEvent.objects.filter(goal=goal).order_by("position").values_list("position", "when", "what"))


def trends(client, year, pairs, **more):
    when, what = zip(*pairs, strict=True)
    return write(
        client, year, more.pop("text", "国の動き。"), kind="social_trends", when=list(when), what=list(what), **more
    )


def test_events_are_added_moved_and_taken_away(office, year, goal):
    trends(office, year, [("4月", "一"), ("5月", "二［注：説明］"), ("", "")])
    assert rows(goal) == [(1, "4月", "一"), (2, "5月", "二［注：説明］")]
    trends(office, year, [("4月", "一"), ("5月", "二"), ("6月", "三")], version=2, event="up-2")
    assert [row[1] for row in rows(goal)] == ["4月", "6月", "5月"]
    trends(office, year, [("4月", "一"), ("6月", "三"), ("5月", "二")], version=3, event="remove-0")
    trends(office, year, [("6月", "三"), ("5月", "二")], version=4, event="down-0")
    assert rows(goal) == [(1, "5月", "二"), (2, "6月", "三")]
    last = FieldChange.objects.filter(field="events").first()
    assert (last.old, last.new) == ("6月　三\n5月　二", "5月　二\n6月　三")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (("4月", ""), "両方を書いてください"),
        (("", "一"), "両方を書いてください"),
        (("4" * 61, "一"), "60字まで"),
        (("4月", "{{x}}"), "「x」という数はありません。"),
    ],
)
def test_an_event_that_is_refused_stays_on_the_page(office, year, goal, row, why):
    response = trends(office, year, [("3月", "〇"), row])
    page = soup(response)
    assert response.status_code == 422
    assert why in page.select_one("#events .msg--err").get_text()
    assert [field.get("value") or "" for field in page.select("input[name=when]")][:2] == ["3月", row[0]]
    assert rows(goal) == []
    assert not Chapter.objects.exists()


def test_the_version_of_the_chapter_guards_its_events(office, year, goal):
    trends(office, year, [("4月", "一")])
    response = trends(office, year, [("5月", "二")], version=1)
    assert response.status_code == 409
    assert "4月　一" in soup(response).select_one("section[aria-labelledby=h-clash]").get_text()
    assert rows(goal) == [(1, "4月", "一")]


def test_last_year_stands_beside(office, year, goal):
    Chapter.objects.create(plan=year.plan, fiscal_year=2023, goal=goal, kind="social_trends", text="昨年度の文。")
    CityEvent.objects.create(plan=year.plan, fiscal_year=2023, goal=goal, position=1, when="昨年4月", what="できたこと")
    side = soup(office.get(address(year, kind="social_trends"))).select_one("section[aria-labelledby=h-last]")
    assert [word in side.get_text() for word in ("令和5年度の文", "昨年度の文。", "昨年4月", "できたこと")] == [
        True
    ] * 4


def test_writing_may_begin_from_last_year(office, year, goal):
    """The figures' names come along, and print this year's."""
    of_last = {"plan": year.plan, "fiscal_year": 2023, "goal": goal}
    Chapter.objects.create(**of_last, kind="social_trends", text="{{年度}}の取組は{{目標1.件数}}です。")
    CityEvent.objects.create(**of_last, position=1, when="4月", what="開始")
    response = write(office, year, kind="social_trends", then="begin", when=[""], what=[""])
    page = soup(response)
    assert response.status_code == 200
    assert textarea(page) == "{{年度}}の取組は{{目標1.件数}}です。"
    assert [live.get_text() for live in page.select("#reading > .paras .live")] == ["令和6年度", "3件"]
    assert page.select_one("#what-0").get_text() == "開始"
    kept = write(office, year, "書いた文。", kind="social_trends", then="begin", when=[""], what=[""])
    assert textarea(soup(kept)) == "書いた文。"
    assert not Chapter.objects.filter(fiscal_year=2024).exists()


# --- Around it ----------------------------------------------------------------------------------------


def test_history_shows_the_words_that_changed(office, year, goal):
    write(office, year, "講座を6回開いた。")
    write(office, year, "講座を8回開いた。", version=2)
    first = soup(office.get(address(year, "chapter_history"))).select_one(".thread > li")
    assert ([cut.get_text() for cut in first.select("del")], [put.get_text() for put in first.select("ins")]) == (
        ["6"],
        ["8"],
    )


def test_the_preview_is_the_printed_page_and_may_be_framed_by_us_alone(office, year, goal):
    make(year, goal, "保存した{{目標1.件数}}。")
    response = office.get(address(year, "chapter_preview"))
    page = soup(response)
    assert page.select_one(".vision .live").get_text() == "3件"
    assert page.select_one("link")["href"] == "/print.css"
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
    typed = soup(office.post(address(year, "chapter_preview"), {"text": "書きかけの{{目標1.A評価.件数}}。"}))
    assert typed.select_one(".vision p").get_text() == "書きかけの2件。"
    assert Chapter.objects.get().text == "保存した{{目標1.件数}}。"


@pytest.mark.parametrize(
    ("goal_number", "kind"), [(0, "foreword"), (0, "overall"), (1, "goal_summary"), (1, "social_trends")]
)
def test_every_kind_has_its_page(office, year, goal, goal_number, kind):
    assert office.get(address(year, "chapter_edit", goal_number, kind)).status_code == 200
    typed = office.post(address(year, "chapter_preview", goal_number, kind), {"text": "ここに立つ文。"})
    assert "ここに立つ文。" in soup(typed).get_text()


@pytest.mark.parametrize(("goal_number", "kind"), [(0, "vision"), (1, "overall"), (9, "vision"), (1, "nonsense")])
def test_a_chapter_that_there_is_not(office, year, goal_number, kind):
    assert office.get(address(year, "chapter_edit", goal_number, kind)).status_code == 404


def test_the_printed_stylesheet_asks_for_nothing_outside(office):
    css = office.get("/print.css").content.decode()
    assert "ayumi-font:" not in css
    assert "biz-font-" not in css


# --- やさしい日本語 -------------------------------------------------------------------------------------


def test_easy_japanese_is_told_what_is_hard(office, year):
    text = "鎌倉市は、高齢者への支援を実施することにより、だれもが安心して暮らし続けられるまちをつくります。"
    response = office.post(address(year, goal=0, kind="easy"), {"text": text, "version": 0, "then": "look"})
    checks = soup(response).select_one("#reading").get_text()
    for words in ("文が長いです", "実施する", "「お年よりの人」と言いかえられます", "「鎌倉《かまくら》」のように"):
        assert words in checks, words
    assert Chapter.objects.count() == 0
    response = office.post(
        address(year, goal=0, kind="easy"), {"text": "これは、計画《けいかく》です。", "version": 0, "then": "look"}
    )
    assert "見つかりませんでした" in soup(response).select_one("#reading").get_text()


def test_easy_japanese_is_frozen_with_its_figures_and_not_printed(office, year):
    write(office, year, "することは、{{全体.件数|数だけ}}あります。", goal=0, kind="easy")
    report = assemble(year)
    assert report.sections["easy"].text == "することは、3あります。"
    printed = "".join(chapter.markup() for chapter in Book(report).chapters())
    assert "することは" not in printed
    assert "やさしい日本語のまとめ" not in builds.unwritten(year)


def test_preview_of_easy_japanese_is_the_public_page(office, year):
    text = {"text": "計画《けいかく》は、{{全体.件数|数だけ}}です。", "version": 0}
    page = soup(office.post(address(year, "chapter_preview", goal=0, kind="easy"), text))
    ruby = "<ruby>計画<rp>（</rp><rt>けいかく</rt><rp>）</rp></ruby>"
    assert page.select_one(".easy p").decode_contents() == f"{ruby}は、3です。"
