"""Public pages: against an empty view of the same stack, with one edition and with ten; and what a first view weighs."""

import os
import shutil

from django.conf import settings
from django.test import Client
from playwright.sync_api import sync_playwright

from benchmarks import world
from benchmarks.measure import in_turn, queries, table
from drills.server import Server
from initiatives.models import PlanYear
from reporting import edition_cycle
from reporting.public.source import address, public

ROUNDS = 200  # a page takes less than a millisecond
WORD = "相談窓口"
# Of a telephone (Lighthouse's slow 4G and slow processor), and of a desk.
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
SCREENS = (("携帯（低速の4G）", 390, 844, 4), ("机（速い回線）", 1366, 768, 1))
LARGEST = 200_000  # bytes of a first view


def run() -> None:
    settings.PUBLIC_CACHE_DIR.mkdir(parents=True, exist_ok=True)
    small = _publish(world.make_plan(71, years=1))
    once = _made(_pages(small))
    table("初めて作るとき", ["画面", "ms"], [[name, ms] for name, ms in once.items()])
    first = _against_empty(
        _pages(small), "公開の画面（版1つ）　空の画面との比（目標：残した画面 1.5 以下、さがす 5 以下）"
    )
    _publish(world.make_plan(72, years=9))
    large = _publish(world.make_plan(73, years=10))
    second = _against_empty(_pages(large), "版20のうちの、10年度ある計画")
    rows = [[name, first[name], second[name], second[name] / first[name]] for name in first]
    table("版1つから版20へ（空の画面との比のまま比べる。目標 1.2 以下）", ["画面", "比 1", "比 20", "比の比"], rows)
    _first_views()


def _publish(years: list[PlanYear]) -> int:
    """Every year comes all the way; the plan's key."""
    by = world.coordinator()
    for plan_year in years:
        PlanYear.objects.filter(pk=plan_year.pk).update(status=PlanYear.Status.COMMITTEE)
        plan_year.refresh_from_db()
        edition = edition_cycle.finalize(plan_year, by=by, reason="計測")
        edition_cycle.publish(edition, by=by, reason="計測")
    return years[0].plan_id


def _pages(plan: int) -> dict[str, str]:
    edition = next(each for each in public() if each.plan == plan)
    found = address(edition, "initiative_list")
    code = next(iter(edition.content.places))
    return {
        "概要": address(edition, "overview"),
        "目標": address(edition, "goal", goal=4),
        "取組": address(edition, "initiative", code=code),
        "成果指標": address(edition, "indicator", code="I01"),
        "全部の文字": address(edition, "text", part="all"),
        "さがす（全件に合う）": f"{found}?q={WORD}",
        "さがす（1件に合う）": f"{found}?q=その17の",
        "さがす（全部の年度）": f"{found}?q={WORD}&years=all",
    }


def _get(path: str):
    client = Client(headers={"Accept-Encoding": "gzip"})

    def call():
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)

    return call


def _made(pages: dict[str, str]) -> dict[str, float]:
    return {name: in_turn({name: _get(path)}, rounds=1, warm_up=0)[name] for name, path in pages.items()}


def _against_empty(pages: dict[str, str], title: str) -> dict[str, float]:
    calls = {"空の画面": _get("/bench/open/")} | {name: _get(path) for name, path in pages.items()}
    times = in_turn(calls, rounds=ROUNDS, warm_up=5)
    ratios = {name: times[name] / times["空の画面"] for name in pages}
    rows = [[name, f"{times[name]:.2f}", f"{ratios.get(name, 1):.2f}", queries(call)] for name, call in calls.items()]
    table(title, ["画面", "ms", "比", "問い合わせ"], rows)
    return ratios


# --- In a browser -------------------------------------------------------------------------------------

_WATCH = """
window.seen = {lcp: 0, cls: 0};
new PerformanceObserver(list => { for (const e of list.getEntries()) seen.lcp = e.startTime; })
  .observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) seen.cls += e.value; })
  .observe({type: "layout-shift", buffered: true});
"""
_TOLD = "() => ({...seen, dcl: performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd})"


def _first_views() -> None:
    """The demo city on the production server, each page with an empty cache."""
    with Server() as server, sync_playwright() as playwright:
        server.set_up()
        server.manage("load_demo")
        server.start()
        chromium = (
            os.environ.get("AYUMI_CHROMIUM") or shutil.which("chromium-headless-shell") or shutil.which("chromium")
        )
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for screen, width, height, slower in SCREENS:
            rows = [
                _view(browser, server.url, name, path, width, height, slower) for name, path in _demo_pages().items()
            ]
            head = ["画面", "KB", "要求", "DOMContentLoaded ms", "LCP ms", "CLS"]
            table(f"初めて見るとき　{screen}（目標：{LARGEST // 1000} KB 以下、CLS 0）", head, rows)
        browser.close()


def _demo_pages() -> dict[str, str]:
    base = "/public/1/R5/"
    return {
        "概要": base, "目標": f"{base}goals/4/", "成果指標": f"{base}indicators/I01/", "取組": f"{base}initiatives/1-1-1-1/",
        "取組の一覧": f"{base}initiatives/", "さがす": f"{base}initiatives/?q=相談", "報告書とデータ": f"{base}downloads/",
        "全部の文字": f"{base}text/all/",
    }  # fmt: skip


def _view(browser, url: str, name: str, path: str, width: int, height: int, slower: int) -> list:
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    control = context.new_cdp_session(page)
    control.send("Network.enable")
    if slower > 1:
        control.send("Network.emulateNetworkConditions", SLOW)
        control.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    sizes: list[int] = []
    control.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.add_init_script(_WATCH)
    page.goto(url + path, wait_until="networkidle")
    while not page.evaluate("seen.lcp > 0"):  # not wait_for_function: the page's own rules forbid what that does
        page.wait_for_timeout(20)
    page.wait_for_timeout(300)
    told = page.evaluate(_TOLD)
    context.close()
    return [name, f"{sum(sizes) / 1000:.1f}", len(sizes), round(told["dcl"]), round(told["lcp"]), f"{told['cls']:.3f}"]
