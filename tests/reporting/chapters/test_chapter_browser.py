"""What the script adds to the page of a chapter: names put in at the cursor, the reading and the printed page as one types."""

import re

import pytest
from playwright.sync_api import expect

from reporting.models import Chapter
from tests.reporting.chapters.conftest import address
from tests.test_accessibility import findings, sign_in  # noqa: F401 (a fixture)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


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
    assert Chapter.objects.get().text == "取組は、です。A評価は1件。"


def test_a_number_is_linked_and_nothing_typed_is_lost(opened):
    opened.locator("#id_text").fill("はじめに。A評価は1件。あとから書いた文。")
    opened.get_by_role("button", name=re.compile("^「2件」に替えてつなぐ")).click()
    expect(opened.get_by_text("保存しました。")).to_be_visible()
    assert Chapter.objects.get().text == "はじめに。A評価は{{目標1.A評価.件数}}。あとから書いた文。"


def test_the_browser_asks_before_typed_words_are_left(opened):
    opened.locator("#id_text").fill("まだ保存していない文。")
    opened.get_by_role("button", name="いまの文で見る").click()
    expect(opened.frame_locator("iframe[name=paper]").locator("body")).to_contain_text("まだ保存していない文。")
    asked = []
    opened.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    opened.get_by_role("link", name="令和6年度の章").click(no_wait_after=True)
    expect(opened.locator("#id_text")).to_have_value("まだ保存していない文。")
    assert asked == ["beforeunload"]


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
