"""The report as PDF: what stands in it, how it is tagged, that nothing is fetched, what is rendered again."""

import re
import subprocess
import sys
from dataclasses import replace
from io import BytesIO

import pikepdf
import pytest
from django.conf import settings
from django.core.checks.registry import registry

from reporting import checks_system
from reporting.errata import errata
from reporting.pdf import fonts, render, table
from reporting.pdf.parcel import Rendered, Task
from reporting.pdf.store import Store
from reporting.snapshot import Section
from tests.reporting import pdf_factory as factory

HOSTILE = [
    "<script>alert(1)</script>",
    "{{ report.title }}{% include 'base.html' %}",
    "file:///etc/passwd",
    "<img src='file:///etc/passwd'>",
    "<link rel=attachment href=file:///etc/passwd>",
    "<a href='ayumi:t1'>x</a>",
    "</td></tr></table><h1>x</h1>",
    "url(http://127.0.0.1:9/a.png) @import 'http://127.0.0.1:9/';",
    "<svg><image href='http://127.0.0.1:9/'/></svg>",
    "&lt;b&gt; &amp; &#x3042; <!-- ]]>",
    "x" * 400,
    "あ" * 300,
    "\u202eabc\u202c \u200b\ufeff",
    "שלום עולם",
    "👨\u200d👩\u200d👧 🎉 𠮟る",
    "か\u3099き\u3099",
    "葛\U000e0100城",
    "a\x00b\x07c".replace("\x00", ""),
]


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(pdf))


def words(pdf: bytes, *options: str) -> str:
    return subprocess.run(["pdftotext", *options, "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def page_words(pdf: bytes) -> list[str]:
    return words(pdf, "-layout").split("\f")[:-1]


def elements(pdf: pikepdf.Pdf):
    """Every structure element, depth first, with its ancestors' tags."""

    def visit(element, above):
        tag = str(element.S)
        yield tag, element, above
        kids = element.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == "/StructElem":
                yield from visit(kid, [*above, tag])

    for kid in pdf.Root.StructTreeRoot.K:
        yield from visit(kid, [])


def outline(items, level=1):
    for item in items:
        yield level, item.title, item
        yield from outline(item.children, level + 1)


@pytest.fixture(scope="module")
def report():
    return factory.report()


@pytest.fixture(scope="module")
def pdf(report):
    return render(report, processes=2, edition="第2版", issued="令和7年12月")


def test_document_language_title_and_standard(pdf):
    with opened(pdf) as document, document.open_metadata() as meta:
        assert str(document.Root.Lang) == "ja"
        assert document.Root.ViewerPreferences.DisplayDocTitle
        assert document.Root.MarkInfo.Marked
        assert meta["dc:title"] == "みどり市見守り計画 推進状況報告書（令和6年度実施分）第2版"
        assert meta["pdfuaid:part"] == "1"


def test_pdfua_has_no_findings(pdf, tmp_path):
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf)
    checked = subprocess.run(
        [sys.executable, "-m", "pdfua", "check", str(path)], capture_output=True, text=True, check=False
    )
    assert "errors=0 warnings=0 info=0" in checked.stdout, checked.stdout + checked.stderr


def test_every_part_of_the_printed_report_is_there_in_order(pdf):
    text = re.sub(r"\s+", "", words(pdf))
    order = [
        "令和6年度実施分", "目次", "計画の体系", "forewordの文", "1進捗管理・評価", "2各目標の進捗状況", "3取組事業の達成度",
        "成果指標の評価実績", "4総括", "goal_summaryの文", "委員会の講評", "よく続いています", "来年も続けましょう",
        "概要", "①社会動向", "(1)国県の動向", "(2)市の動向", "見守り隊を始めた", "②進捗管理の状況", "(1)成果指標に関して",
        "(2)具体的な取組に関して", "③今後進むべき方向性", "(1)R6までの主な取組", "(2)必要な取組の方向性", "ビジョン", "④注釈",
        "各取組の総括", "再掲を除く合計", "R1実績", "R6実績", "市民アンケート",
        "主な意見と市の考え方", "回数をふやしてほしい。", "反映", "次の年度は30回にする。", "写真をふやしてほしい。", "担当課別の索引",
    ]  # fmt: skip
    order[order.index("R1実績")] = "R3実績"  # the year of the first values of this plan
    place = 0
    for phrase in order:
        found = text.find(phrase, place)
        assert found >= 0, phrase
        # The contents name what follows; search on from the part itself.
        place = text.find("forewordの文") if phrase == "計画の体系" else found


def test_every_row_is_printed_once_with_its_rating(pdf, report):
    tables = "".join(page for page in page_words(pdf) if "番号" in page and "取組名" in page)
    for row in report.rows:
        assert len(re.findall(rf"(?<![\d-]){re.escape(row.code)}(?![\d-])", tables)) == (
            2 if row.code == "1-1-1-1" else 1
        )
    assert "【再掲 1-1-1-1】" in tables
    assert "未" in tables


def test_a_rating_that_is_not_the_leads_is_marked(report):
    told = words(render(factory.changed(report, "1-1-1-1", rating="B")))
    assert "評価の※は、主担当課の自己評価と違う評価にしたことを示します。主担当課の自己評価：1-1-1-1はA。" in "".join(
        told.split()
    )
    assert "".join(told.split()).count("B※") == 1
    assert "※" not in "".join(words(render(report)))


def test_outline_names_parts_goals_policies_directions_and_rows(pdf):
    with opened(pdf) as document, document.open_outline() as tree:
        titles = [(level, title) for level, title, _ in outline(tree.root)]
    parts = [title for level, title in titles if level == 1]
    assert parts == [
        "表紙", "目次", "計画の体系", "令和6年度事業の総括", "各目標の進捗状況", "各取組の進捗状況", "成果指標", "主な意見と市の考え方", "担当課別の索引",
    ]  # fmt: skip
    names = [title for _, title in titles]
    for title in (
        "目標1　見守るまち1",
        "施策1-1　見守りの輪をひろげる",
        "方向性　1-1-1　方向1",
        "1-1-1-1　第1111の見守り",
    ):
        assert title in names
    assert len([title for title in names if title.startswith("2-1-2-2")]) == 1


def test_table_headers_have_a_scope(pdf):
    with opened(pdf) as document:
        scopes = {}
        for tag, element, above in elements(document):
            if tag == "/TH":
                column = "/THead" in above or int(element.A.get("/ColSpan", 1)) > 2
                scopes.setdefault(column, set()).add(str(element.A.Scope))
    assert scopes == {True: {"/Column"}, False: {"/Row"}}


def test_headings_and_figures_hold_something(pdf):
    with opened(pdf) as document:
        for tag, element, _ in elements(document):
            if re.fullmatch(r"/H[1-6]", tag):
                assert len(element.K)
            if tag == "/Figure":
                assert str(element.Alt)
                x1, y1, x2, y2 = map(float, element.A.BBox)
                page = element.Pg.MediaBox
                assert 0 <= x1 < x2 <= float(page[2])
                assert 0 <= y1 < y2 <= float(page[3])


def test_tag_tree_and_pages_name_each_other(pdf):
    """Each piece of marked content belongs to the element that lists it, on the page it stands on."""
    with opened(pdf) as document:
        numbers = document.Root.StructTreeRoot.ParentTree.Nums
        parents = {int(numbers[i]): numbers[i + 1] for i in range(0, len(numbers), 2)}
        by_page = {page.obj.objgen: parents[int(page.obj.StructParents)] for page in document.pages}
        listed = 0
        for _, element, _ in elements(document):
            for kid in element.K:
                if isinstance(kid, int):
                    assert by_page[element.Pg.objgen][kid].objgen == element.objgen
                    listed += 1
        assert listed == sum(len(entries) for entries in by_page.values())
        for page in document.pages:
            for annotation in page.obj.get("/Annots", []):
                assert str(parents[int(annotation.StructParent)].S) == "/Link"


def test_links_resolve(pdf):
    with opened(pdf) as document:
        names = document.Root.Names.Dests.Names
        known = {str(names[i]): names[i + 1] for i in range(0, len(names), 2)}
        pages = {page.obj.objgen for page in document.pages}
        links = [link for page in document.pages for link in page.obj.get("/Annots", [])]
        assert len(links) > 20
        for link in links:
            assert "/A" not in link
            assert known[str(link.Dest)][0].objgen in pages
            assert str(link.Contents).endswith("ページ）")


def test_contents_and_index_give_the_real_pages(pdf, report):
    pages = page_words(pdf)
    folios = [page.strip().split()[-1] for page in pages]
    assert folios[1:] == [str(number) for number in range(2, len(pages) + 1)]
    contents = {}
    for line in pages[1].splitlines():
        match = re.match(r"\s*(\S.*?)\s{2,}(\d+)\s*$", line)
        if match:
            contents.setdefault(re.sub(r"\s", "", match[1]), []).append(int(match[2]))
    assert "計画の体系" in pages[contents["計画の体系"][0] - 1]
    goal_text, goal_table, goal_indicators = contents["目標2見守るまち2"]
    assert "①社会動向" in pages[goal_text - 1]
    assert "2-1-1-1" in pages[goal_table - 1]
    assert "市民アンケート" in pages[goal_indicators - 1]
    index = re.sub(r"\s+", " ", pages[contents["担当課別の索引"][0] - 1])
    for row in report.rows:
        number = int(re.search(rf"{row.code} (\d+)", index)[1])
        assert row.code in pages[number - 1], row.code


def test_folio_and_heads_are_artifacts(pdf):
    with opened(pdf) as document:
        for number, page in enumerate(document.pages, start=1):
            drawing = page.Contents[-1].read_bytes() if isinstance(page.Contents, pikepdf.Array) else b""
            assert (b"/Artifact" in drawing and drawing.count(b"AyumiDigit") == len(str(number))) == (number > 1)


def test_same_report_gives_same_bytes(pdf, report):
    assert render(report, processes=1, edition="第2版", issued="令和7年12月") == pdf


def test_new_goal_has_no_baseline_and_no_target_of_this_year():
    rows = [factory.row("1-1-1-1")]
    made = factory.report([factory.goal(1, rows, is_new=True)])
    assert [column.title for column in table.columns(made.goals[0], made)] == [
        "番号", "取組名", "取組内容", "担当課名", "R6実績（初期値）", "R7\n目標", "R6\n評価", "R6の課題と、\nR7に予定している取組（対応）",
    ]  # fmt: skip
    made = factory.report([factory.goal(1, rows)])
    assert [column.title for column in table.columns(made.goals[0], made)] == [
        "番号", "取組名", "取組内容", "担当課名", "R3実績\n（初期値）", "R6\n目標", "R7\n目標", "R6実績", "R6\n評価",
        "R6の課題と、\nR7に予定している取組（対応）",
    ]  # fmt: skip


def test_the_longest_code_fits_its_column():
    """BIZ UDPGothic Bold: a figure is 0.76 of its size wide, a hyphen 0.48; 8pt, in mm."""
    made = factory.report([factory.goal(1, [factory.row("1-1-1-1")])])
    code = table.columns(made.goals[0], made)[0]
    assert code.width >= (5 * 0.76 + 3 * 0.48) * 8 * 25.4 / 72 + 1.4 + 0.5


def test_why_a_listing_has_its_own_text_stays_in_the_office():
    row = factory.row("1-1-1-1", original_code="1-1-1-2", own_reason="内輪の理由")
    made = factory.report([factory.goal(1, [row, factory.row("1-1-1-2")])])
    assert "内輪の理由" not in words(render(made, processes=1))


def test_joint_text_is_divided_only_by_its_own_departments():
    text = "【みどり課】\n木を植えた。\n【注意】よく育った。\n【みず課】水をやった。"
    assert table.by_department(text, {"みどり課", "みず課"}) == [
        ("みどり課", "木を植えた。\n【注意】よく育った。"),
        ("みず課", "水をやった。"),
    ]
    assert table.by_department("はじめに。\n【みず課】\n水。", {"みず課"}) == [
        ("", "はじめに。"),
        ("みず課", "水。"),
    ]
    assert table.by_department("", {"みず課"}) == []


def test_a_big_goal_is_dealt_out_to_chapters_in_order():
    rows = [factory.row(f"1-1-{n // 2 + 1}-{n % 2 + 1}", result="あ" * 1500) for n in range(20)]
    goal = factory.goal(1, rows)
    dealt = table.slices(goal)
    assert len(dealt) == 4
    assert [row.code for group in dealt for each in group for d in each.directions for row in d.rows] == [
        r.code for r in rows
    ]
    assert [each.continued for group in dealt for each in group] == [False, True, True, True]


# ── what a person may type ──────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def hostile():
    rows = [
        factory.row(f"1-1-{n // 2 + 1}-{n % 2 + 1}", name=text[:60] or "－", description=text, result=text, issues=text, note=text, low_rating_reason=text, rating="D")
        for n, text in enumerate(HOSTILE)
    ]  # fmt: skip
    tall = "\n".join(f"{n}行目の文です。とても長い欄にもきちんと書かれます。" for n in range(130))
    rows.append(factory.row("1-1-10-1", result=tall))
    goal = factory.goal(1, rows, name=HOSTILE[0], overview=HOSTILE[3])
    return factory.report([goal], title=HOSTILE[0], philosophy=HOSTILE[1], publisher=HOSTILE[3])


@pytest.fixture(scope="module")
def hostile_pdf(hostile):
    return render(hostile, processes=2)


def test_what_is_typed_is_printed_literally(hostile_pdf):
    text = re.sub(r"\s+", "", words(hostile_pdf))
    for typed in HOSTILE[:10]:
        assert re.sub(r"\s+", "", typed) in text, typed
    assert "root:x:0" not in text


def test_a_cell_taller_than_a_page_is_printed_whole(hostile_pdf):
    text = re.sub(r"\s+", "", words(hostile_pdf))
    assert all(f"{n}行目の文です。" in text for n in range(130))


def test_a_row_that_goes_on_over_the_page_keeps_its_head(hostile_pdf):
    pages = page_words(hostile_pdf)
    going_on = [page for page in pages if re.search(r"\d+行目の文です", page)]
    assert len(going_on) > 2
    assert all("取組名" in page for page in going_on)


def test_hostile_text_breaks_no_tag_and_no_font(hostile_pdf, tmp_path):
    path = tmp_path / "hostile.pdf"
    path.write_bytes(hostile_pdf)
    checked = subprocess.run(
        [sys.executable, "-m", "pdfua", "check", str(path)], capture_output=True, text=True, check=False
    )
    assert "errors=0 warnings=0 info=0" in checked.stdout
    names = subprocess.run(["pdffonts", str(path)], capture_output=True, text=True, check=True).stdout
    used = {line.split()[0].split("+")[-1] for line in names.splitlines()[2:]}
    assert used == {"BIZ-UDPGothic", "BIZ-UDPGothic-Bold", "Ayumi-Latin", "Ayumi-Latin-Bold"}


def test_no_glyph_is_missing(hostile_pdf, pdf):
    """Glyph 0 of a font is its empty box; WeasyPrint writes glyphs as four hex digits."""
    for made in (pdf, hostile_pdf):
        with opened(made) as document:
            for page in document.pages:
                for operands, operator in pikepdf.parse_content_stream(page, "TJ Tj"):
                    strings = operands[0] if str(operator) == "TJ" else operands
                    for string in strings:
                        if isinstance(string, pikepdf.String):
                            glyphs = bytes(string)
                            assert b"\0\0" not in [glyphs[i : i + 2] for i in range(0, len(glyphs), 2)]


def test_characters_the_font_lacks():
    assert fonts.drawable("見守り①") == "見守り①"
    assert fonts.drawable("🎉か\u3099\u202e葛\U000e0100") == "〓が葛"
    assert fonts.missing_characters("お祝い🎉שלום葛\U000e0100") == sorted("שלום🎉")


def test_fetcher_refuses_everything_but_its_own_fonts():
    from reporting.pdf import renderer

    fetcher = renderer.DenyAll()
    assert fetcher.fetch("ayumi-font:latin-400").read()[:4] == b"\0\1\0\0"
    for address in (
        "file:///etc/passwd",
        "http://127.0.0.1/",
        "data:text/css,a",
        "ayumi-font:../settings",
        "/etc/passwd",
    ):
        with pytest.raises(renderer.ForbiddenFetch):
            fetcher.fetch(address)


def test_a_document_that_asks_for_something_is_not_made():
    from reporting.pdf import renderer

    for html in (
        "<img src='file:///etc/passwd' alt=''/>",
        "<link rel='stylesheet' href='file:///etc/passwd'/>",
        "<p style='background:url(http://127.0.0.1:9/)'>x</p>",
    ):
        with pytest.raises(renderer.ForbiddenFetch):
            renderer.render(Task("x", f"<html lang='ja'><title>x</title>{html}</html>", ""))


# ── the store ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def rendered_keys(monkeypatch):
    """Keys of the chapters that are really rendered."""
    from reporting.pdf import worker

    keys = []
    submit = worker.Workers.submit

    def noted(self, task):
        keys.append(task.key)
        return submit(self, task)

    monkeypatch.setattr(worker.Workers, "submit", noted)
    return keys


def test_only_the_changed_chapter_is_rendered_again(report, tmp_path, rendered_keys):
    first = render(report, cache_dir=tmp_path)
    everything = list(rendered_keys)
    rendered_keys.clear()
    assert render(report, cache_dir=tmp_path) == first
    assert rendered_keys == []
    render(factory.changed(report, "2-1-1-1", result="見守りを30回行った。"), cache_dir=tmp_path)
    assert rendered_keys == ["table-2-0"]
    assert len(everything) > 8


def test_a_damaged_file_is_rendered_again(report, tmp_path, rendered_keys):
    first = render(report, cache_dir=tmp_path)
    rendered_keys.clear()
    files = sorted(tmp_path.glob("*.chapter"))
    files[0].write_bytes(files[0].read_bytes()[:-1] + b"x")
    files[1].write_bytes(b"")
    assert render(report, cache_dir=tmp_path) == first
    assert len(rendered_keys) == 2
    assert not list(tmp_path.glob("*.part"))


def test_old_chapters_are_pruned(tmp_path, monkeypatch):
    monkeypatch.setattr("reporting.pdf.store.KEEP", 3)
    store = Store(tmp_path)
    packed = Rendered(b"%PDF", 1, {}, []).pack()
    tasks = [Task("x", f"<p>{n}", "") for n in range(5)]
    for task in tasks:
        store.put(task, packed)
    store.prune()
    assert len(list(tmp_path.iterdir())) == 3


def test_an_unwritable_folder_is_no_hindrance(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    store = Store(blocked)
    task = Task("x", "<p>", "")
    store.put(task, Rendered(b"%PDF", 1, {}, []).pack())
    assert store.get(task) is None
    store.prune()


def test_progress_rises_to_the_end(report, tmp_path):
    told = []
    render(report, cache_dir=tmp_path, progress=lambda percent, words: told.append((percent, words)))
    percents = [percent for percent, _ in told]
    assert percents == sorted(percents)
    assert told[-1] == (100, "できました")


# ── the machine ─────────────────────────────────────────────────────────────────────────────────────


def test_system_checks_pass_here_and_name_what_is_missing(monkeypatch):
    assert {checks_system.pdf_libraries, checks_system.pdf_fonts} <= set(registry.get_checks())
    assert checks_system.pdf_libraries(None) + checks_system.pdf_fonts(None) == []
    monkeypatch.setattr(checks_system, "has_library", lambda plain, *files: plain != "harfbuzz-subset")
    assert [each.id for each in checks_system.pdf_libraries(None)] == ["reporting.E001"]
    monkeypatch.setattr(fonts, "find", lambda style: None)
    assert [each.id for each in checks_system.pdf_fonts(None)] == ["reporting.E002", "reporting.E002"]


def test_weasyprint_sees_the_same_subset_library():
    from weasyprint.text import ffi

    assert (ffi.harfbuzz_subset is not None) == checks_system.has_library(*checks_system.LIBRARIES["HarfBuzz-Subset"])


def test_a_worker_loads_no_django():
    code = "import sys, reporting.pdf.worker, reporting.pdf.renderer; print('django' in sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=settings.BASE_DIR
    )
    assert told.stdout.strip() == "False"


def test_print_templates_switch_no_escaping_off():
    for path in (settings.BASE_DIR / "templates" / "reporting" / "print").glob("*.html"):
        assert not re.search(r"\|\s*safe|autoescape|mark_safe", path.read_text()), path.name


def test_a_report_without_anything_is_still_made():
    empty = factory.report([], indicators=(), indicator_ratings={}, sections={}, committee_review=None, philosophy="")
    assert "取組はまだありません" in words(render(empty, processes=1))
    bare = factory.goal(
        1, [], sections={}, events=(), footnotes=(), committee_review=None, indicator_codes=(), overview=""
    )
    assert "見守るまち1" in words(render(factory.report([bare]), processes=1))


# --- Editions -----------------------------------------------------------------------------------------

DIGEST, HASH = "0123456789abcdef" * 4, "fedcba9876543210" * 4
EDITION = {
    "edition": "第2版", "issued": "令和8年12月", "errata_since": "第1版", "digest": DIGEST, "ledger": f"1234番目\n{HASH}"
}  # fmt: skip


@pytest.fixture(scope="module")
def second(report):
    """The second edition: a text, a rating and a chapter were put right."""
    after = factory.changed(report, "1-1-1-1", rating="B", low_rating_reason="<b>人手</b> & 時間")
    after = replace(after, sections=after.sections | {"overall": Section("overall", "", "総括を直した。")})
    return after, errata(report, after)


@pytest.fixture(scope="module")
def second_pdf(second):
    report, found = second
    about = EDITION | {"errata": found}
    return render(report, processes=2, **about)


def test_corrections_stand_behind_the_contents_and_the_digest_at_the_end(second, second_pdf):
    pages = [re.sub(r"\s+", "", each) for each in page_words(second_pdf)]
    (errata_page,) = [number for number, each in enumerate(pages) if "第1版から直したところは" in each]
    contents = max(number for number, each in enumerate(pages) if each.startswith("目次"))
    assert errata_page == contents + 1
    told = pages[errata_page]
    assert f"第1版から直したところは、{len(second[1])}か所です" in told
    for line in second[1]:
        for text in (line.part, line.label, line.wrong or "（なし）", line.right or "（なし）"):
            assert re.sub(r"\s+", "", text) in told, text
    assert "第2版" in pages[-1] and "令和8年12月" in pages[-1] and DIGEST in pages[-1]
    assert "1234番目" in pages[-1] and HASH in pages[-1]
    assert re.search(r"正誤表\D*" + str(errata_page + 1), pages[contents]), "the contents give its page"
    assert "この報告書について" not in pages[contents]
    with opened(second_pdf) as document, document.open_outline() as found:
        assert [item.title for item in found.root][-2:] == ["担当課別の索引", "この報告書について"]


def test_an_edition_is_as_accessible_as_the_rest(second_pdf, tmp_path):
    path = tmp_path / "second.pdf"
    path.write_bytes(second_pdf)
    checked = subprocess.run(
        [sys.executable, "-m", "pdfua", "check", str(path)], capture_output=True, text=True, check=False
    )
    assert "errors=0 warnings=0 info=0" in checked.stdout, checked.stdout + checked.stderr


def test_the_same_edition_gives_the_same_bytes(second, second_pdf):
    report, found = second
    about = EDITION | {"errata": found}
    assert render(report, processes=1, **about) == second_pdf


def test_a_draft_and_a_first_edition_have_no_corrections(pdf):
    assert "から直したところ" not in words(pdf) and "照合番号" not in words(pdf)
