"""Taking in a year's workbook of 239 rows: preview and commit against the least such work can cost."""

import io

import openpyxl
from python_calamine import CalamineWorkbook

from benchmarks import world
from benchmarks.measure import in_turn, queries, table
from initiatives.models import YearlyEntry
from reporting.importing.compare import Answers, commit, preview
from reporting.importing.workbook import read_workbook
from tests.reporting.importing.small import SCALE, TITLE, USUAL

YEAR = 2024
CHANGED = 120


def workbook(changed: int = 0) -> bytes:
    """Six sheets in the officers' layout, all of goal sheets' usual kind; the first `changed` rows say more."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    number = 0
    for goal in range(1, 7):
        sheet = book.create_sheet(f"目標{goal}")
        for row in ([TITLE.format(goal, f"目標{goal}の名称")], [SCALE], USUAL):
            sheet.append(row)
        for place in range(1, 41 if goal < 6 else 40):
            number += 1
            more = "あわせて案内を配った。" if number <= changed else ""
            code = f"{goal}-{1 + place // 20}-{1 + place % 20 // 10}-{place}"
            sheet.append(
                [f"{goal}\n目標{goal}の名称", code, f"取組その{number}", world.SENTENCE, f"第{number % 36}課", "10件", "継続", "継続",
                 world.SENTENCE * 4 + more, "AAAB"[number % 4], world.SENTENCE * 2]
            )  # fmt: skip
    _indicator_sheet(book.create_sheet("成果指標"))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _indicator_sheet(sheet) -> None:
    for row in (
        ["みなと市福祉計画　成果指標（令和6年度実施分）"],
        ["目標 1", "目標1の名称"],
        ["成果指標"],
        ["◆ 見守りに加わった人の数"],
        [None, "初期値", "R5", "R6", "R7"],
        ["実績 A", 56, 57, 58],
        ["目標値 B", None, 60, 60, 70],
        ["達成率 A/B", None, 0.95, 0.967, None],
        ["評価", None, "A", "A"],
    ):
        sheet.append(row)
    for row in (6, 7):
        for cell in sheet[row]:
            cell.number_format = '0"人"'


FIELDS = (
    "initiative__code", "initiative__name", "initiative__description", "initiative__owners__department__name",
    "initiative__baseline", "target", "next_target", "parts__result", "rating", "parts__issues",
)  # fmt: skip


def floor(content: bytes) -> int:
    """Read every cell, one query for the same ten columns, compare in memory. Returns how many rows differ."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    rows = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]
    entries = YearlyEntry.objects.filter(fiscal_year=YEAR)
    kept = {values[0]: dict(zip(FIELDS, values, strict=True)) for values in entries.values_list(*FIELDS)}
    differing = 0
    for row in rows:
        said = dict(zip(FIELDS, map(str, row[1:11]), strict=True)) if len(row) == 11 else {}
        known = kept.get(said.get(FIELDS[0]))
        differing += known is not None and known != said
    return differing


def run() -> None:
    same, other = workbook(), workbook(CHANGED)
    commit(read_workbook(same, YEAR), Answers(), None)

    def look(content: bytes):
        return lambda: preview(read_workbook(content, YEAR), Answers(), None)

    assert floor(same) == 0 and floor(other) == CHANGED
    times = in_turn({"床": lambda: floor(other), "同じ": look(same), "違う": look(other)}, rounds=9)
    table(
        "取り込みの確認（239行、120行が違う。目標：床の3倍以下、10問い合わせ以下）",
        ["", "ms", "比", "問い合わせ"],
        [
            ["床（読む・1問い合わせ・比べる）", times["床"], 1.0, queries(lambda: floor(other))],
            ["確認（同じファイル）", times["同じ"], times["同じ"] / times["床"], queries(look(same))],
            ["確認（120行が違う）", times["違う"], times["違う"] / times["床"], queries(look(other))],
        ],
    )
    _commits(same, other)


def _commits(same: bytes, other: bytes) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    contents = [other, same]

    def take_in():
        contents.reverse()
        commit(read_workbook(contents[0], YEAR), Answers(), None)

    take_in()
    with CaptureQueriesContext(connection) as captured:
        take_in()
    updates = sum(1 for query in captured if query["sql"].startswith("UPDATE"))
    times = in_turn({"取り込む": take_in}, rounds=6, warm_up=0)
    table(
        "取り込み（120行が変わる。目標：変わった1行に更新1回）",
        ["", "ms", "更新", "問い合わせ"],
        [["取り込む", times["取り込む"], updates, len(captured)]],
    )
