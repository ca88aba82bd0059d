"""Writing in a real browser: what was typed is never lost, whatever happens to the line, the session or a colleague."""

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from initiatives.models import EntryPart
from tests.factories import make_entry, make_initiative

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "midori-no-mado-7"
SAVED = "に自動で保存しました"
WAIT = 15_000


@pytest.fixture
def part(plan, plan_year, department):
    initiative = make_initiative(plan, "1-1-1-1", department, name="見守り")
    return make_entry(initiative, status="draft", result="はじめの文", issues="課題").parts.get()


@pytest.fixture
def sign_in(client, live_server):
    def inner(context, user):
        client.force_login(user)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
        client.cookies.clear()

    return inner


@pytest.fixture
def address(live_server, part):
    entry = part.entry
    return live_server.url + reverse(
        "initiatives:part_edit", args=[entry.initiative.plan_id, entry.fiscal_year, part.pk]
    )


def result_box(page):
    return page.locator("textarea[name=result]")


def status(page):
    return page.locator("#autosave-status")


def stored(page) -> str:
    return page.evaluate("JSON.stringify(Object.entries(localStorage))")


def result_of(part) -> str:
    return EntryPart.objects.get(pk=part.pk).result


def test_typing_is_saved_and_a_reload_shows_it(page, context, sign_in, address, part, writer):
    sign_in(context, writer)
    page.goto(address)
    result_box(page).fill("打った文")
    assert "打った文" in stored(page)
    expect(status(page)).to_contain_text(SAVED, timeout=WAIT)
    assert (result_of(part), stored(page)) == ("打った文", "[]")
    result_box(page).fill("打った文の続き")
    expect(page.locator("input[name=seen-result]")).to_have_value("打った文の続き", timeout=WAIT)
    page.reload()
    assert result_box(page).input_value() == "打った文の続き"
    assert page.get_by_text("このパソコンに残っていた文があります").count() == 0


def test_two_browsers_on_one_part(browser, browser_context_args, sign_in, address, part, writer, manager):
    first, second = (browser.new_context(**browser_context_args) for _ in range(2))
    sign_in(first, writer)
    sign_in(second, manager)
    one, two = first.new_page(), second.new_page()
    one.goto(address)
    two.goto(address)
    result_box(one).fill("一人目の文")
    expect(status(one)).to_contain_text(SAVED, timeout=WAIT)
    result_box(two).fill("二人目の文")
    expect(status(two)).to_contain_text("書く人さんが同じ欄を先に保存しました", timeout=WAIT)
    assert result_of(part) == "一人目の文"
    two.get_by_role("button", name="見比べる").click()
    expect(two.locator("#saved-result")).to_have_text("一人目の文")
    assert result_box(two).input_value() == "二人目の文"
    result_box(two).fill("二人で直した文")
    two.get_by_role("button", name="保存する").click()
    expect(two.get_by_text("に保存しました")).to_be_visible()
    assert (result_of(part), stored(two)) == ("二人で直した文", "[]")
    first.close()
    second.close()


def test_a_lost_connection_keeps_the_text_and_saves_it_later(page, context, sign_in, address, part, writer):
    sign_in(context, writer)
    page.goto(address)
    context.set_offline(True)
    result_box(page).fill("電波のない文")
    expect(status(page)).to_contain_text("保存できませんでした。書いた文はこのパソコンに残っています。", timeout=WAIT)
    page.get_by_role("button", name="保存する").click()
    expect(status(page)).to_contain_text("保存できませんでした")
    assert "電波のない文" in stored(page)
    context.set_offline(False)
    expect(status(page)).to_contain_text(SAVED, timeout=WAIT)
    assert (result_of(part), stored(page)) == ("電波のない文", "[]")


def test_a_lost_answer_is_no_clash_with_oneself(page, context, sign_in, address, part, writer):
    sign_in(context, writer)
    page.goto(address)
    lost = []

    def lose_the_first_answer(route):
        if not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route(address, lose_the_first_answer)
    result_box(page).fill("届いていた文")
    expect(status(page)).to_contain_text("保存できませんでした", timeout=WAIT)
    result_box(page).fill("届いていた文と、続き")
    page.get_by_role("button", name="保存する").click()
    expect(page.get_by_text("に保存しました")).to_be_visible(timeout=WAIT)
    assert (lost, result_of(part), stored(page)) == ([200], "届いていた文と、続き", "[]")


@pytest.mark.parametrize("gone", ["session", "every cookie"])
def test_an_expired_sign_in_keeps_the_text_and_offers_it_back(page, context, sign_in, address, part, writer, gone):
    writer.set_password(PASSWORD)
    writer.save()
    sign_in(context, writer)
    page.goto(address)
    context.clear_cookies(**({"name": settings.SESSION_COOKIE_NAME} if gone == "session" else {}))
    result_box(page).fill("切れたあとの文")
    expect(status(page)).to_contain_text("サインインの時間が切れた", timeout=WAIT)
    page.get_by_role("link", name="サインインして続ける").click()
    page.get_by_label("ユーザー名").fill("writer")
    page.get_by_label("パスワード", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="サインイン").click()
    expect(page.get_by_text("このパソコンに残っていた文があります")).to_be_visible()
    assert (page.url, result_box(page).input_value(), result_of(part)) == (address, "はじめの文", "はじめの文")
    page.get_by_role("button", name="使う", exact=True).click()
    assert result_box(page).input_value() == "切れたあとの文"
    expect(status(page)).to_contain_text(SAVED, timeout=WAIT)
    assert (result_of(part), stored(page)) == ("切れたあとの文", "[]")


def test_without_a_script(browser, browser_context_args, sign_in, address, part, writer):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    sign_in(context, writer)
    page = context.new_page()
    page.goto(address)
    result_box(page).fill("手で保存した文")
    page.get_by_role("button", name="保存する").click()
    expect(page.get_by_text("に保存しました")).to_be_visible()
    assert result_of(part) == "手で保存した文"
    context.close()


def test_sending_saves_first(page, context, sign_in, address, part, writer):
    sign_in(context, writer)
    page.goto(address)
    page.get_by_role("button", name="課長に送る").click()
    expect(page.get_by_role("alert")).to_contain_text("評価を選んでください")
    result_box(page).fill("送る文")
    page.get_by_role("button", name="課長に送る").click()
    expect(page.get_by_role("alert")).to_contain_text("評価を選んでください")
    page.get_by_text("目標に向け順調に実施できた").click()
    page.get_by_role("button", name="課長に送る").click()
    expect(page.get_by_text("を送りました")).to_be_visible()
    found = EntryPart.objects.get(pk=part.pk)
    assert (found.result, found.self_rating, found.status) == ("送る文", "A", "awaiting_manager")
