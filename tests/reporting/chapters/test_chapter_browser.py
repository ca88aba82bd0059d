"""What the script adds to the page of a chapter: names put in at the cursor, the reading and the printed page as one types."""

import re

import pytest
from playwright.sync_api import expect

from reporting.models import Chapter, CityEvent
from tests.factories import UserFactory
from tests.reporting.chapters.conftest import address
from tests.test_accessibility import findings, sign_in  # noqa: F401 (a fixture)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


SAVED = "に自動で保存しました"
WAIT = 15_000


@pytest.fixture
def opened(page, sign_in, live_server, coordinator, year, goal):  # noqa: F811
    Chapter.objects.create(
        plan=year.plan, fiscal_year=2024, goal=goal, kind="progress_initiatives", text="取組は、です。A評価は1件。"
    )
    sign_in(coordinator)
    page.goto(live_server.url + address(year, kind="progress_initiatives"))
    return page


def test_a_figure_is_put_in_where_the_cursor_stands(opened):
    opened.get_by_text("データの数", exact=True).click()
    opened.locator("#figure-search").fill("目標１　取組の件数")
    expect(opened.locator("#figure-found")).to_have_text(re.compile(r"^\d+件あります$"))
    opened.locator("#id_text").evaluate("field => field.setSelectionRange(4, 4)")
    opened.get_by_role("button", name=re.compile("：目標1の取組の件数$")).click()
    expect(opened.locator("#id_text")).to_have_value("取組は、{{目標1.件数}}です。A評価は1件。")
    expect(opened.locator("#reading .live").first).to_have_text("3件")
    paper = opened.frame_locator("iframe[name=paper]")
    expect(paper.locator(".live")).to_have_text("3件")
    expect(paper.locator("body")).to_contain_text("取組は、3件です。")
    expect(opened.locator("#autosave-status")).to_contain_text(SAVED, timeout=WAIT)
    assert Chapter.objects.get().text == "取組は、{{目標1.件数}}です。A評価は1件。"


def test_a_number_is_linked_and_nothing_typed_is_lost(opened):
    opened.locator("#id_text").fill("はじめに。A評価は1件。あとから書いた文。")
    opened.get_by_role("button", name=re.compile("^「2件」に替えてつなぐ")).click()
    expect(opened.get_by_text("保存しました。")).to_be_visible()
    assert Chapter.objects.get().text == "はじめに。A評価は{{目標1.A評価.件数}}。あとから書いた文。"


def test_figures_and_notes_stand_out_where_they_are_typed(opened):
    text = opened.locator("#id_text")
    text.fill("はじめに。\n" * 40 + "A評価は{{目標1.A評価.件数|約}}、注は［注：説明］、{{閉じない。")
    marks = opened.locator(".marked__copy mark")
    assert marks.all_text_contents() == ["{{目標1.A評価.件数|約}}", "［注：説明］"]
    # The copy lies under the text to the pixel: it is as high, and scrolls along.
    heights = "field => [field.scrollHeight, document.querySelector('.marked__copy').scrollHeight]"
    one, other = text.evaluate(heights)
    assert abs(one - other) <= 2
    top = text.evaluate(
        "field => { field.style.height = '200px'; field.style.fieldSizing = 'fixed'; field.scrollTop = 300; return field.scrollTop }"
    )
    assert top > 0
    expect(opened.locator(".marked__copy")).to_have_js_property("scrollTop", top)


def stored(page) -> str:
    return page.evaluate("JSON.stringify(Object.entries(localStorage))")


def test_what_is_typed_is_saved_by_itself(opened):
    opened.locator("#id_text").fill("打った文。\nまだ閉じていない{{目標")
    assert "打った文。" in stored(opened)
    expect(opened.locator("#autosave-status")).to_contain_text(SAVED, timeout=WAIT)
    assert (Chapter.objects.get().text, stored(opened)) == ("打った文。\nまだ閉じていない{{目標", "[]")
    opened.reload()
    expect(opened.locator("#id_text")).to_have_value("打った文。\nまだ閉じていない{{目標")
    opened.get_by_role("button", name="保存する", exact=True).last.click()
    expect(opened.locator("#id_text_error")).to_contain_text("対になる「}}」がありません")


def test_without_a_line_the_words_stay_and_are_sent_later(opened, context):
    context.set_offline(True)
    opened.locator("#id_text").fill("電波がないときの文。")
    words = "保存できませんでした。書いた文はこのパソコンに残っています。"
    expect(opened.locator("#autosave-status")).to_contain_text(words, timeout=WAIT)
    assert "電波がないときの文。" in stored(opened)
    context.set_offline(False)
    expect(opened.locator("#autosave-status")).to_contain_text(SAVED, timeout=2 * WAIT)
    assert (Chapter.objects.get().text, stored(opened)) == ("電波がないときの文。", "[]")


def test_a_colleague_was_first(opened):
    Chapter.objects.update(version=7, text="ほかの人の文。", author=UserFactory(name="先の人"))
    opened.locator("#id_text").fill("わたしの文。")
    expect(opened.locator("#autosave-status")).to_contain_text("先の人さんがこの章を先に保存しました。", timeout=WAIT)
    assert Chapter.objects.get().text == "ほかの人の文。"
    opened.get_by_role("button", name="見比べる").click()
    expect(opened.locator("#h-clash")).to_be_visible()
    expect(opened.locator("#id_text")).to_have_value("わたしの文。")
    opened.get_by_role("button", name="保存する", exact=True).last.click()
    expect(opened.get_by_text("保存しました。")).to_be_visible()
    assert (Chapter.objects.get().text, stored(opened)) == ("わたしの文。", "[]")


def test_words_outlive_a_sign_in_that_ran_out(opened, context, sign_in, coordinator, settings):  # noqa: F811
    here = opened.url
    context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    opened.locator("#id_text").fill("長い文を書いているあいだに。")
    opened.get_by_role("link", name="サインインして続ける").click(timeout=WAIT)
    opened.get_by_label("ユーザー名").wait_for()
    assert Chapter.objects.get().text == "取組は、です。A評価は1件。"
    sign_in(coordinator)
    opened.goto(here)
    expect(opened.locator("#autosave-notices")).to_contain_text("本文：長い文を書いているあいだに。")
    opened.get_by_role("button", name="使う", exact=True).click()
    expect(opened.locator("#autosave-status")).to_contain_text(SAVED, timeout=WAIT)
    assert (Chapter.objects.get().text, stored(opened)) == ("長い文を書いているあいだに。", "[]")
    opened.reload()
    expect(opened.locator("#autosave-notices")).to_be_empty()


def test_rows_of_events_are_saved_and_come_back(page, sign_in, live_server, coordinator, year, goal):  # noqa: F811
    CityEvent.objects.create(plan=year.plan, fiscal_year=2024, goal=goal, position=1, when="4月", what="始めた")
    sign_in(coordinator)
    here = live_server.url + address(year, kind="social_trends")
    page.goto(here)
    page.locator("#when-new").fill("5月")
    expect(page.locator("#autosave-status")).to_contain_text(SAVED, timeout=WAIT)
    page.locator("#what-new").fill("続けた")
    expect(page.locator("[name=seen-events]")).to_have_value("4月\t始めた\n5月\t続けた", timeout=WAIT)
    rows = CityEvent.objects.order_by("position").values_list("when", "what")
    assert list(rows) == [("4月", "始めた"), ("5月", "続けた")]

    def no_post(route):
        route.abort() if route.request.method == "POST" else route.continue_()

    page.route(here, no_post)
    page.locator("#what-new").fill("続けて終えた")
    expect(page.locator("#autosave-status")).to_contain_text("保存できませんでした。", timeout=WAIT)
    CityEvent.objects.all().delete()  # fewer rows stand on the page than in the copy
    page.goto(here)
    expect(page.locator("#autosave-notices")).to_contain_text("市の動向：4月")
    page.unroute(here)
    page.get_by_role("button", name="使う", exact=True).click()
    expect(page.locator("#autosave-status")).to_contain_text(SAVED, timeout=WAIT)
    assert list(rows.all()) == [("4月", "始めた"), ("5月", "続けて終えた")]
    assert (
        len(set(page.eval_on_selector_all("[id]", "all => all.map((one) => one.id)"))) == page.locator("[id]").count()
    )


def test_everything_works_without_a_script(
    browser, browser_context_args, client, live_server, coordinator, year, goal, settings
):
    """No script at all: a figure is typed, an event added, the printed page shown."""
    client.force_login(coordinator)
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + address(year, kind="social_trends"))
    page.locator("#id_text").fill("取組は{{目標1.件数}}です。")
    page.locator("#when-new").fill("令和6年4月")
    page.locator("#what-new").fill("開始［注：説明］")
    page.get_by_role("button", name="行を足す").click()
    expect(page.locator("#when-0")).to_have_value("令和6年4月")
    expect(page.locator("#reading .live").first).to_have_text("3件")
    expect(page.frame_locator("iframe[name=paper]").locator(".events td")).to_have_text("開始（注1）")
    context.close()


def test_pages_that_a_sending_brings_about_are_for_everyone(opened, year):
    opened.locator("#id_text").fill("{{ない}}")
    opened.get_by_role("button", name="保存する", exact=True).last.click()
    expect(opened.locator("#id_text_error")).to_be_visible()
    assert findings(opened) == []
    opened.set_viewport_size({"width": 1366, "height": 768})
    Chapter.objects.update(version=7, text="ほかの人の文。")
    opened.locator("#id_text").fill("わたしの文。")
    opened.get_by_role("button", name="保存する", exact=True).last.click()
    expect(opened.locator("#h-clash")).to_be_visible()
    assert findings(opened) == []
