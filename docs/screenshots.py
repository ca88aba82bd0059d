"""docs/img/*.png from the demo city, on a fixed day: bin/screenshots calls this with a throw-away AYUMI_VAR.

Everything runs in this process: the demo is loaded, a server listens on a free port of 127.0.0.1, and the system's
own Chromium signs in as one role after the other. Nothing of Django is imported at the top: the workers that make the
PDF import this module too.
"""

import io
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

IMG = Path(__file__).parent / "img"
DAY = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)  # 10 in the morning in Japan, two weeks before the deadline
WIDE, NARROW = (1366, 768), (390, 844)
LISTED = "?q=見守り&column=code&column=name&column=departments&column=result&column=rating"
COLORS = 96  # enough for text on white; a quarter of the bytes
BUDGET = 3_000_000


@dataclass(frozen=True)
class Shot:
    """One picture: who looks at which page, in which window. `act` is done to the page before."""

    name: str
    who: str  # user name of the demo; "" is nobody
    view: str
    year: int = 0  # of pages that are about a year
    of: str = ""  # of pages about one thing: a key of `things`
    query: str = ""
    more: dict = field(default_factory=dict)  # what else stands in the address
    size: tuple[int, int] = WIDE
    act: Callable = field(default=lambda page: None)

    def address(self, plan: int, things: dict[str, int]) -> str:
        from django.urls import reverse

        year = {"plan_id": plan, "fiscal_year": self.year} if self.year else {}
        thing = ({"pk": things[self.of]} if self.of else {}) | self.more
        return reverse(self.view, kwargs=year | thing) + self.query


def _build_report(page) -> None:
    page.get_by_role("button", name="報告書（PDF）を作る").click()
    page.get_by_role("link", name="PDFを開く").wait_for(timeout=600_000)


def _choose_workbook(page) -> None:
    page.get_by_label("年度").fill("R6")
    page.get_by_label("Excel").set_input_files(
        {"name": "取組調査票_R6.xlsx", "mimeType": "application/vnd.ms-excel", "buffer": demo_workbook()}
    )
    page.get_by_role("button", name="確かめる").click()
    page.wait_for_url("**/imports/*/")


def _open_chapter(page) -> None:
    """A chapter with live figures, and one number that was typed and is wrong."""
    page.get_by_role("region", name="目標6").get_by_role("link", name="取組の状況").click()
    page.frame_locator("iframe[name=paper]").locator("#here").wait_for(state="attached")
    told = "{{目標6.件数}}の取組のうち、A評価は{{目標6.A評価.件数}}（{{目標6.A評価.割合|約}}）、B評価は4件でした。"
    page.locator("#id_text").fill(f"{told}冊子の配布や研修など、土台となる取組から始めました。")
    page.locator("#reading .live").first.wait_for()
    page.frame_locator("iframe[name=paper]").locator(".live").first.wait_for()
    page.locator("#id_text").evaluate("field => { field.style.minHeight = '6rem'; field.blur() }")
    page.locator("h1").scroll_into_view_if_needed()


def _appoint(page) -> None:
    page.get_by_role("link", name="代理を決める").first.click()
    for label, name in (("不在の人", "三浦"), ("代理の人", "小川")):
        option = page.get_by_label(label).locator("option", has_text=name).first
        page.get_by_label(label).select_option(option.get_attribute("value"))
    page.get_by_label("いつまで").fill("2026-12-28")
    page.get_by_label("理由").fill("電話での聞き取り")
    page.get_by_role("button", name="この人を代理にする").click()


def _paste_transfers(page) -> None:
    lines = (
        ("d12", "", "介護保険課", "", "2027-04-01"),
        ("yamada", "山田 花子", "広報課", "担当者", "2027-04-01"),
        ("d14", "", "広報課", "部長", "令和9年4月1日"),
    )
    page.get_by_label("表を貼り付ける").fill("\n".join("\t".join(line) for line in lines))
    page.get_by_role("button", name="何が変わるかを確かめる").click()


def _choose_survey(page) -> None:
    """The department's own 調査票, with a sentence added to the first text that may be written."""
    import openpyxl

    with page.expect_download() as waiting:
        page.get_by_role("link", name="調査票をダウンロードする").click()
    book, file = openpyxl.load_workbook(io.BytesIO(waiting.value.path().read_bytes())), io.BytesIO()
    sheet = book["調査票"]
    column = next(cell.column for cell in sheet[1] if cell.value == "令和7年度の実績")
    for row in range(2, sheet.max_row + 1):
        cell = sheet.cell(row, column)
        if not cell.protection.locked:
            cell.value = f"{cell.value or ''}講座を3回開き、延べ45人が参加した。"
            sheet.cell(row, column + 1).value = "B"
    book.save(file)
    page.get_by_label("書いた調査票").set_input_files(
        {"name": "調査票_R7_介護保険課.xlsx", "mimeType": "application/vnd.ms-excel", "buffer": file.getvalue()}
    )
    page.get_by_role("button", name="何が変わるかを確かめる").click()
    page.wait_for_url("**/survey/*/")


def _read_on(page) -> None:
    page.get_by_role("link", name="続きから読む").click()


def _open_opinion(page) -> None:
    """One that a department has replied to and that is answered."""
    page.get_by_role("link", name="3-1-2-4").first.click()


SHOTS = (
    Shot("signin", "", "accounts:login"),
    Shot("home-coordinator", "soumu", "initiatives:year_home", 2025),
    Shot("list", "soumu", "initiatives:entry_list", 2024, query=LISTED),
    Shot("entry", "soumu", "initiatives:entry_detail", 2024, "first"),
    Shot("summary", "soumu", "reporting:summary", 2024),
    Shot("indicator", "soumu", "indicators:indicator_detail", 2024, "ratio"),
    Shot("chapter", "soumu", "reporting:chapter_list", 2024, act=_open_chapter),
    Shot("report", "soumu", "reporting:build_list", 2024, act=_build_report),
    Shot("edition", "soumu", "reporting:edition_detail", 2023, more={"number": 1}),
    Shot("public", "", "public:overview", 2023),
    Shot("public-narrow", "", "public:overview", 2023, size=NARROW),
    Shot("public-search", "", "public:initiative_list", 2023, query="?q=見守り"),
    Shot("public-initiative", "", "public:initiative", 2023, more={"code": "1-1-1-1"}),
    Shot("year", "soumu", "initiatives:year_settings", 2025),
    Shot("notice", "soumu", "initiatives:notice_preview", 2025),
    Shot("notice-log", "soumu", "initiatives:notice_log", 2025),
    Shot("import", "soumu", "reporting:import_new"),
    Shot("import-preview", "soumu", "reporting:import_new", act=_choose_workbook),
    Shot("home-staff", "tantou", "initiatives:year_home", 2025),
    Shot("home-staff-narrow", "tantou", "initiatives:year_home", 2025, size=NARROW),
    Shot("part", "tantou", "initiatives:part_edit", 2025, "draft"),
    Shot("part-returned", "tantou", "initiatives:part_edit", 2025, "returned"),
    Shot("survey", "tantou", "initiatives:survey", 2025),
    Shot("survey-preview", "tantou", "initiatives:survey", 2025, act=_choose_survey),
    Shot("home-manager", "kachou", "initiatives:year_home", 2025),
    Shot("confirm", "kachou", "initiatives:confirm_list", 2025),
    Shot("review", "soumu", "initiatives:review_part", 2025, "submitted"),
    Shot("home-committee", "iin", "initiatives:year_home", 2024),
    Shot("reading-narrow", "iin", "reporting:reading_list", 2024, act=_read_on, size=NARROW),
    Shot("opinion", "soumu", "reviews:opinion_list", 2024, act=_open_opinion),
    Shot("users", "kanri", "accounts:user_list"),
    Shot("transfers", "kanri", "accounts:transfer_new", act=_paste_transfers),
    Shot("departments", "kanri", "accounts:department_list"),
    Shot("department", "kanri", "accounts:department_edit", of="office"),
    Shot("deputies", "soumu", "accounts:deputy_list", act=_appoint),  # the last: it shows beside her name from then on
)
PAPER = "report-pages"  # two pages of the PDF, cut out by pdftoppm


def main(names: list[str]) -> None:
    if unknown := set(names) - {shot.name for shot in SHOTS} - {PAPER}:
        raise SystemExit(f"{'、'.join(sorted(unknown))} という画面はありません。")
    prepare()
    shots = [shot for shot in SHOTS if not names or shot.name in names]
    IMG.mkdir(exist_ok=True)
    with Server() as server:
        draw(shots, server.url, *things())
    if not names or PAPER in names:
        draw_pages()
    report_sizes(whole=not names)


def prepare() -> None:
    import django
    from django.utils import timezone

    timezone.now = lambda: DAY  # before the models take it as the default of their fields
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("load_demo", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def things() -> tuple[int, dict[str, int]]:
    """The plan's key, and those of the things that pictures are about."""
    from accounts.models import Department
    from indicators.models import Indicator
    from initiatives.models import EntryPart, Initiative, Plan

    collected = EntryPart.objects.filter(entry__fiscal_year=2025).order_by("pk")
    return Plan.objects.get().pk, {
        "first": Initiative.objects.order_by("position").first().pk,
        "ratio": Indicator.objects.filter(numerator_name__gt="").first().pk,
        "office": Department.objects.get(name="介護保険課").pk,
        "draft": collected.filter(department__name="介護保険課", status="draft").first().pk,
        "returned": collected.filter(department__name="介護保険課", status="returned").first().pk,
        "submitted": collected.filter(status="submitted", transitions__action="return").first().pk,
    }


class Server:
    """The application on a free port, in threads of this process."""

    def __enter__(self):
        from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
        from django.core.wsgi import get_wsgi_application

        class Quiet(WSGIRequestHandler):
            def log_message(self, *args):
                pass

        self.server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
        self.server.set_app(get_wsgi_application())
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def draw(shots: list[Shot], url: str, plan: int, things: dict[str, int]) -> None:
    from playwright.sync_api import sync_playwright

    from tests.conftest import CHROMIUM_ARGS

    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    chromium = os.environ.get("AYUMI_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if chromium is None:
        raise SystemExit("Chromium が見つかりません（bin/test が入れ方を示します）。")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
        contexts = {}
        for shot in shots:
            if shot.who not in contexts:
                contexts[shot.who] = signed_in(browser, url, shot.who)
            page = contexts[shot.who].new_page()
            page.set_viewport_size(dict(zip(("width", "height"), shot.size, strict=True)))
            answer = page.goto(url + shot.address(plan, things))
            if not answer.ok:
                raise SystemExit(f"{shot.name}：{answer.status} {answer.url}")
            shot.act(page)
            page.evaluate("document.fonts.ready")
            keep(page.screenshot(), IMG / f"{shot.name}.png")
            print(f"{shot.name}.png", flush=True)
            page.close()
        browser.close()


def signed_in(browser, url: str, who: str):
    from reporting.demo.build import PASSWORD

    context = browser.new_context(locale="ja-JP", timezone_id="Asia/Tokyo")
    if who:
        page = context.new_page()
        page.goto(url)
        page.get_by_label("ユーザー名").fill(who)
        page.get_by_label("パスワード", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="サインイン").click()
        page.wait_for_load_state()
        page.close()
    return context


def demo_workbook() -> bytes:
    """目標1 of the demo's 令和6年度 as an officer's 取組調査票, with one rating and one text changed."""
    import xlsxwriter

    report = _report()
    goal, file = report.goals[0], io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("目標1")
    year = f"（{report.fiscal_year_label}実施分）"
    sheet.write_string(0, 0, f"{report.plan_name}　取組調査票{year}　目標{goal.number}　{goal.name}")
    heads = [
        "目標",
        "番号",
        "取組名",
        "取組内容",
        "担当課名",
        "R1実績(初期値)",
        "R6目標",
        "R7目標",
        "R6実績",
        "R6評価",
        "R6の取組における課題",
    ]
    for column, words in enumerate(heads):
        sheet.write_string(2, column, words)
    for number, row in enumerate(goal.rows, start=3):
        owners = "\n".join(
            name for owner in row.owners for name in (owner.department, *map("({})".format, owner.partners))
        )
        name = f"【再掲{row.original_code}】{row.name}" if row.original_code else row.name
        result = row.result.replace("。", "（速報値）。", 1) if number == 4 else row.result
        rating = "B" if number == 5 else row.rating
        cells = [str(goal.number), row.code, name, row.description, owners, row.baseline, row.target, row.next_target]
        for column, words in enumerate([*cells, result, rating, row.issues]):
            sheet.write_string(number, column, words)
    book.close()
    return file.getvalue()


def _report():
    from initiatives.models import PlanYear
    from reporting.assemble import assemble

    return assemble(PlanYear.objects.select_related("plan").get(fiscal_year=2024))


def draw_pages() -> None:
    """The first page of a goal and the first of the wide table, side by side, as pdftoppm draws them."""
    import pikepdf
    from django.conf import settings
    from PIL import Image

    from reporting import pdf

    content = pdf.render(_report(), cache_dir=settings.REPORT_CACHE_DIR)
    with pikepdf.open(io.BytesIO(content)) as book:
        wide = next(number for number, page in enumerate(book.pages, 1) if page.mediabox[2] > page.mediabox[3])
        with book.open_outline() as outline:
            part = next(item for item in outline.root if "進捗状況" in item.title)
            first = book.pages.index(pikepdf.Page(part.children[0].destination[0])) + 1
    pages = [_page(content, number) for number in (first, wide)]
    height = max(page.height for page in pages)
    sheet = Image.new("RGB", (sum(page.width for page in pages) + 60, height + 40), "#e6e6e6")
    left = 20
    for page in pages:
        sheet.paste(page, (left, 20 + (height - page.height) // 2))
        left += page.width + 20
    file = io.BytesIO()
    sheet.save(file, "PNG")
    keep(file.getvalue(), IMG / f"{PAPER}.png")
    print(f"{PAPER}.png")


def _page(content: bytes, number: int):
    from PIL import Image

    drawn = subprocess.run(
        ["pdftoppm", "-png", "-r", "72", "-f", str(number), "-l", str(number), "-"],
        input=content, capture_output=True, check=True,
    )  # fmt: skip
    return Image.open(io.BytesIO(drawn.stdout)).convert("RGB")


def keep(png: bytes, path: Path) -> None:
    """Fewer colours, fewer bytes: a picture in a repository is for looking at, once."""
    from PIL import Image

    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.quantize(COLORS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)


def report_sizes(*, whole: bool) -> None:
    known = {f"{shot.name}.png" for shot in SHOTS} | {f"{PAPER}.png"}
    pictures = sorted(IMG.glob("*.png"))
    for stray in [path for path in pictures if whole and path.name not in known]:
        print(f"{stray.name} は、どの画面のものでもありません。消してください。")
    total = sum(path.stat().st_size for path in pictures)
    print(f"{len(pictures)}枚、合わせて{total:,}バイト")
    if total > BUDGET:
        raise SystemExit(f"{BUDGET:,}バイトを超えています。")


if __name__ == "__main__":
    main(sys.argv[1:])
