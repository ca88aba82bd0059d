"""The public pages in a real browser: any width, any reader, keyboard alone, without a script."""

import threading
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.utils import timezone

from reporting.models import Voice, VoiceCall
from tests.reporting import pdf_factory as factory
from tests.reporting.public.test_pages import PAGES
from tests.test_accessibility import FINDINGS, RULES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Texts that are drawn smaller than a citizen should have to read; charts are drawn at 15px and more.
SMALL = """() => [...document.querySelectorAll("body *")].filter(element => {
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
    const least = element.closest("svg") ? 15 : 16;
    return own && element.checkVisibility() && !element.closest(".vh") && parseFloat(getComputedStyle(element).fontSize) < least;
}).map(element => element.tagName + "." + element.className + " " + element.textContent.slice(0, 20))"""
WIDE = "document.documentElement.scrollWidth"


def rich() -> factory.snapshot.Report:
    """A report with everything a page can have: long names, low ratings, joint work, cross-listings, indicators of all kinds."""
    long = "だれもが住み慣れた地域で安心して暮らし続けるための多機関協働による包括的な見守りとつながりづくりの推進事業"
    owners = tuple(
        factory.snapshot.Owner(name, "related", "R5より", ("市社会福祉協議会",))
        for name in ("高齢いきいき課", "こども家庭相談課")
    )
    rows = [
        factory.row("1-1-1-1", name=long, owners=owners, result=f"【高齢いきいき課】{long * 3}。", note="※注です。"),
        factory.row("1-1-1-2", rating="D", low_rating_reason="https://www.example.lg.jp/a-very-long-address-without-any-place-to-break/", issues="来年度に行う。"),
        factory.row("1-1-1-3", rating="C", low_rating_reason="会場がなかった。"), factory.row("1-1-1-4", rating=""),
    ]  # fmt: skip
    again = factory.row("2-1-1-1", name=long, original_code="1-1-1-1")
    before = factory.snapshot.LowBefore("1-1-1-1", long, "C", "人が足りない。", "声をかける。", in_force=True)
    lower = factory.indicator(
        code="I2", name=long, unit="戸", decimals=0, lower_is_better=True, polarity="lower", source="出典「市の台帳」"
    )
    report = factory.report(
        [factory.goal(1, rows), factory.goal(2, [again, *(factory.row(f"2-1-2-{n}") for n in range(1, 30))])]
    )
    scale = tuple(replace(step, reason_required=step.rank > 1) for step in report.scale)
    return replace(report, scale=scale, low_before=(before,), indicators=(*report.indicators, lower))


@pytest.fixture
def city(editions):
    report, today = rich(), timezone.localdate()
    editions.publish(replace(report, fiscal_year=2023, fiscal_year_label="令和5年度"))
    editions.publish(report)
    second = editions.publish(factory.changed(report, "1-1-1-1", result="直した実績です。" * 30), number=2)
    editions.build(second, "pdf", b"%PDF-1.7", pages=128)
    call = VoiceCall.objects.create(plan_year=second.plan_year, opens_on=today, closes_on=today + timedelta(9))
    long = "このページの幅に入りきらないくらい長い意見を、区切らずに書きます。" * 9
    Voice.objects.create(
        call=call, text=long, name="海野 波子", about="1-1-1-1", answer=long, state="shown", sending="1"
    )
    return editions


@pytest.fixture
def every_page(city, at, live_server):
    rows = [(page, {"code": "I2"} if page == "indicator" else about) for page, about in PAGES]
    found = [at(page, **about) for page, about in rows]
    return [live_server.url + address for address in (
        *found, at("changes"), at("overview", number=1), at("initiative_list") + "?q=見守り&years=all", at("embed_goals"),
        at("embed_indicator", code="I2"), "/public/nothing/", at("voices"), at("voices") + "?about=1-1-1-1", at("voices_sent"),
    )]  # fmt: skip


def test_every_page_at_every_width(every_page, page):
    """320px is also a screen of 1280px at 400 %."""
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    for address in every_page:
        page.goto(address)
        for width in (1366, 768, 320):
            page.set_viewport_size({"width": width, "height": 768})
            assert page.evaluate(WIDE) <= width, (address, width)
            assert page.evaluate(SMALL) == [], (address, width)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        page.set_viewport_size({"width": 1366, "height": 768})
        assert page.evaluate(WIDE) <= 1366, address
        page.evaluate("document.documentElement.style.fontSize = ''")
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate(WIDE) <= 390, address
        page.evaluate(AXE_SCRIPT)
        assert page.evaluate(FINDINGS, RULES) == [], address
    assert [each for each in complaints if "404" not in each] == []


@pytest.fixture
def plain(browser, browser_context_args):
    """A browser that runs no scripts."""
    context = browser.new_context(
        **browser_context_args, java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    yield context.new_page()
    context.close()


def test_from_the_first_page_to_an_initiative_by_keyboard_without_a_script(city, at, live_server, plain):
    plain.goto(live_server.url + at("overview"))
    plain.keyboard.press("Tab")
    assert plain.locator(":focus").inner_text() == "本文へ移動"
    plain.keyboard.press("Enter")
    plain.keyboard.press("Tab")
    assert plain.locator(":focus").get_attribute("id") == "q"
    plain.keyboard.insert_text("ﾂﾅｶﾞﾘづくり")
    plain.keyboard.press("Enter")
    plain.wait_for_url("**/initiatives/?q=*")
    assert plain.locator("#h-r").inner_text() == "「ﾂﾅｶﾞﾘづくり」が出てくる取組は2件です"
    for _ in range(60):
        plain.keyboard.press("Tab")
        if "line__t" in (plain.locator(":focus").get_attribute("class") or ""):
            break
    plain.keyboard.press("Enter")
    plain.wait_for_url("**/initiatives/1-1-1-1/")
    assert "多機関協働" in plain.locator("h1").inner_text()


def test_an_opinion_by_keyboard_without_a_script(city, at, live_server, plain):
    plain.goto(live_server.url + at("initiative", code="1-1-1-1"))
    plain.get_by_role("link", name="この取組に意見を送る").press("Enter")
    assert plain.get_by_label("何についての意見ですか").input_value() == "1-1-1-1"
    plain.get_by_label("名前").fill("浜辺")
    plain.get_by_role("button", name="意見を送る").press("Enter")
    assert "意見を書いてください。" in plain.get_by_role("alert").inner_text()
    plain.locator("textarea").focus()
    plain.keyboard.insert_text("見守りの回数を増やしてほしい。")
    for _ in range(2):  # the name, then the button: what is hidden is not met on the way
        plain.keyboard.press("Tab")
    assert plain.locator(":focus").inner_text() == "意見を送る"
    plain.keyboard.press("Enter")
    plain.wait_for_url("**/voices/sent/")
    assert plain.locator("h1").inner_text() == "意見を受け取りました"
    sent = Voice.objects.exclude(state="shown").get()
    assert (sent.about, sent.name, sent.text) == ("1-1-1-1", "浜辺", "見守りの回数を増やしてほしい。")


def test_the_menu_and_the_tables_open_without_a_script(city, at, live_server, plain):
    plain.goto(live_server.url + at("overview"))
    plain.get_by_text("メニュー").focus()
    plain.keyboard.press("Enter")
    plain.get_by_role("link", name="成果指標", exact=True).click()
    plain.wait_for_url("**/indicators/")
    plain.goto(live_server.url + at("overview"))
    assert not plain.locator("figure table").is_visible()
    plain.get_by_text("数字を表で見る").press("Enter")
    assert plain.locator("figure table").is_visible()


@pytest.fixture
def other_site():
    """A page of somebody else: serves the HTML it is given, on an address of its own."""

    class Page(BaseHTTPRequestHandler):
        html = ""

        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(self.html.encode())

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()

        def inner(html: str) -> str:
            Page.html = html
            return f"http://127.0.0.1:{server.server_port}/"

        yield inner
        server.shutdown()


def test_only_a_chart_shows_within_another_page(city, at, live_server, page, other_site):
    frames = (
        f'<iframe name="{name}" src="{live_server.url}{at(name)}"></iframe>' for name in ("embed_goals", "overview")
    )
    page.goto(other_site("".join(frames)))
    page.frame_locator("[name=embed_goals]").locator("svg.chart").first.wait_for(state="attached")
    assert page.frame("overview").url.startswith("chrome-error:")


def test_on_paper_stands_what_is_to_be_read(city, at, live_server, page):
    page.goto(live_server.url + at("initiative", code="1-1-1-2"))
    page.emulate_media(media="print")
    for hidden in (".head__row", ".crumbs", ".neighbours", ".skip"):
        assert not page.locator(hidden).is_visible(), hidden
    assert page.locator("h1").is_visible()
    assert page.get_by_text("みどり市見守り計画 推進状況報告書（令和6年度実施分）").is_visible()
