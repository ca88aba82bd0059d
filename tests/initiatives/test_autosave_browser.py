"""Writing in a real browser: what was typed is never lost, whatever happens to the line, the session or a colleague."""

import json
import os
import random

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
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


def test_a_busy_database_is_told_and_it_is_sent_again(page, context, sign_in, address, part, writer):
    """503 (config/unavailable.py): the words stay in the browser until the server has them."""
    answer = json.dumps({"kind": "away", "words": "混み合っています。"})
    sign_in(context, writer)
    page.goto(address)
    page.route(
        address,
        lambda route: (
            route.fulfill(status=503, content_type="application/json", body=answer)
            if route.request.method == "POST"
            else route.continue_()
        ),
    )
    result_box(page).fill("混んでいるときの文")
    words = "混み合っています。書いた文はこのパソコンに残っています。10秒後に、もう一度送ります。"
    expect(status(page)).to_contain_text(words, timeout=WAIT)
    assert "混んでいるときの文" in stored(page)
    page.unroute(address)
    expect(status(page)).to_contain_text(SAVED, timeout=2 * WAIT)
    assert (result_of(part), stored(page)) == ("混んでいるときの文", "[]")


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


def test_one_person_never_clashes_with_oneself(context, sign_in, address, part, writer):
    """Answers come late and in any order, in one tab or two: no clash, nothing lost. AYUMI_DELAYS=300 takes that many."""
    sign_in(context, writer)
    boxes = ("result", "issues")
    runs = int(os.environ.get("AYUMI_DELAYS", 2))
    for run in range(runs):
        chance, late = random.Random(run), []
        tabs = [context.new_page() for _ in range(1 + run % 2)]
        for tab in tabs:
            tab.clock.install()
            tab.route(address, holding(late))
            tab.goto(address)
        typed = {}
        for turn in range(6):
            index = chance.randrange(len(tabs))
            typed[boxes[index]] = f"{run}回目の{turn}つ目の文"
            tabs[index].locator(f"textarea[name={boxes[index]}]").fill(typed[boxes[index]])
            tabs[index].clock.run_for(chance.choice([500, 2500]))
            if late and chance.random() < 0.6:
                late.pop(chance.randrange(len(late))).continue_()
        for tab in tabs:
            for _ in range(20):
                while late:
                    late.pop(0).continue_()
                tab.clock.run_for(2500)
                tab.wait_for_timeout(50)
                if not late and stored(tab) == "[]" and "に自動で保存しました" in status(tab).inner_text():
                    break
            assert "同じ欄" not in status(tab).inner_text()
        found = EntryPart.objects.get(pk=part.pk)
        assert {name: getattr(found, name) for name in typed} == typed
        assert stored(tabs[0]) == "[]"
        for tab in tabs:
            tab.unroute_all(behavior="ignoreErrors")
            tab.close()
    print(f"delayed runs {runs}")


def holding(late):
    """Keeps every save back in `late` until the test lets it go."""

    def hold(route):
        if route.request.method == "POST":
            late.append(route)
        else:
            route.continue_()

    return hold


def test_what_one_tab_saves_does_not_take_away_what_another_holds(context, sign_in, address, part, writer):
    sign_in(context, writer)
    one, two = context.new_page(), context.new_page()
    one.goto(address)
    two.goto(address)
    one.route(address, lambda route: route.abort())
    result_box(one).fill("届いていない文")
    two.locator("textarea[name=issues]").fill("届いた課題")
    expect(status(two)).to_contain_text(SAVED, timeout=WAIT)
    assert "届いていない文" in stored(two)
    one.close()  # before it could save
    two.goto(address)
    two.get_by_role("button", name="使う", exact=True).click()
    assert result_box(two).input_value() == "届いていない文"
    expect(status(two)).to_contain_text(SAVED, timeout=WAIT)
    assert (result_of(part), stored(two)) == ("届いていない文", "[]")


ENDINGS = ("no cookie", "session deleted", "signed out elsewhere", "stopped and started again")
TEXTS = ("切れたあとの文", "一行目\n二行目", "<b>&\"'", "𠮷野家で①、㈱の文", "　空白　")


def end_sign_in(context, writer, how: str) -> None:
    if how == "no cookie":
        context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    elif how == "signed out elsewhere":
        other = context.new_page()
        other.goto(context.pages[0].url)
        other.locator("summary").filter(has_text="自分のメニュー").click()
        other.get_by_role("button", name="サインアウト").click()
        other.close()
    else:
        Session.objects.all().delete()
    if how == "stopped and started again":
        writer.is_active = False
        writer.save()
        writer.is_active = True
        writer.save()


def test_no_end_of_a_sign_in_costs_a_character(browser, browser_context_args, sign_in, address, part, writer):
    """However and whenever it ends, the words come back after signing in. AYUMI_EXPIRIES=50 takes that many cases."""
    writer.set_password(PASSWORD)
    writer.save()
    cases = int(os.environ.get("AYUMI_EXPIRIES", 2))
    for case in range(cases):
        chance = random.Random(case)
        how, text, box = ENDINGS[case % 4], chance.choice(TEXTS) + str(case), chance.choice(["result", "issues"])
        context = browser.new_context(**browser_context_args)
        sign_in(context, writer)
        page = context.new_page()
        page.clock.install()
        page.goto(address)
        field = page.locator(f"textarea[name={box}]")
        early = chance.random() < 0.5
        if early:
            end_sign_in(context, writer, how)
        field.fill(text)
        if not early:
            end_sign_in(context, writer, how)
        if chance.random() < 0.5:
            page.clock.run_for(2500)
        else:
            page.get_by_role("button", name="保存する").last.click()
        page.get_by_role("link", name="サインインして続ける").click()
        page.get_by_label("ユーザー名").fill("writer")
        page.get_by_label("パスワード", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="サインイン").click()
        page.get_by_role("button", name="使う", exact=True).click()
        assert page.locator(f"textarea[name={box}]").input_value() == text
        page.clock.run_for(2500)
        expect(status(page)).to_contain_text(SAVED, timeout=WAIT)
        assert getattr(EntryPart.objects.get(pk=part.pk), box) == text.rstrip()
        context.close()
    print(f"ended sign-ins {cases}")


def test_the_numbers_and_the_printed_text_follow_what_was_saved(page, context, sign_in, address, part, writer):
    part.entry.target = "訪問 30件"
    part.entry.save()
    sign_in(context, writer)
    page.goto(address)
    expect(page.locator("#pair-rate")).to_be_hidden()
    page.get_by_text("目標に向け順調に実施できた").click()
    result_box(page).fill("訪問は22件。")
    expect(page.locator("#pair-rate")).to_contain_text("22件 ÷ 目標30件 ＝ 73.3％", timeout=WAIT)
    expect(page.locator("#id_self_rating [data-warning]")).to_contain_text("Bに変えるか")
    expect(page.locator("[data-check-count]")).to_have_text("1")
    expect(page.locator("#pair-result output")).to_have_text("7字（印刷で約1行）")
    page.locator("#preview summary").click()
    expect(page.locator("#preview dd").nth(1)).to_have_text("訪問は22件。")


def test_files_are_kept_beside_words_that_were_not_saved_yet(page, context, sign_in, address, part, writer):
    sign_in(context, writer)
    page.goto(address)
    result_box(page).fill("まだ保存していない文")
    page.get_by_role("button", name="保存して、資料を付ける").click()
    page.locator("input[type=file]").set_input_files(
        {"name": "ちらし.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    )
    page.get_by_role("button", name="付ける", exact=True).click()
    expect(page.get_by_text("「ちらし.pdf」を付けました。")).to_be_visible()
    page.get_by_role("link", name="書く画面に戻る").click()
    assert result_box(page).input_value() == "まだ保存していない文"
    with page.expect_download() as download:
        page.get_by_role("link", name="ちらし.pdf").click()
    assert download.value.suggested_filename == "ちらし.pdf"
