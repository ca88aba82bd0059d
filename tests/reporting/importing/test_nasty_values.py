"""Nasty values anywhere: understood or refused in words, never an error of ours."""

import csv

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from initiatives.workbook_reader import WorkbookRefused
from reporting.importing.compare import commit, preview
from reporting.importing.directory import read_directory
from reporting.importing.source import Refused
from reporting.importing.workbook import read_workbook
from tests.reporting.importing import small
from tests.reporting.importing.test_small_report import undone

NASTY = [
    "", " ", "　", "-", "－", "0", "-1", "1e1000000", "９９９９９９９９９９９９９９９９", "1.23456789", "NaN", "Infinity", "▲3", "±5",
    "<script>alert(1)</script>", "'; DROP TABLE x;--", "{{ 7*7 }}", "=cmd|' /C calc'!A0", "@SUM(A1)", "+1", "\t\tx",
    "髙﨑葛󠄀", "が", "\U0001f469\u200d\U0001f52c", "\u202e逆", "x\u200by", "\ue000", "あ" * 300, "【再掲】", "【再掲1-1-1-1】", "※R0新規",
    "平成40年度", "R0", "R0実績", "平成40年度評価", "R6課題R0", "(1)", "①", "1-1-1-1", "1-1-1-1-1", "0-0-0-0", "目標 1", "◆", "◆ x", "初期値",
    "出典", "実績 A", "割合A", "目標値 B", "【福祉課】", "(福祉課・防災課)", "福祉課\n福祉課", "（）", "※", "未実施", "検討中 ", "100%", "５０％", "1,5,0",
    "みなと市福祉計画　取組調査票（1500年度実施分）　目標1　x", "みなと市福祉計画　取組調査票（令和6年度実施分）　目標9　x",
    "みなと市福祉計画　取組調査票（令和6年度実施分）　目標0　", "みなと市福祉計画　成果指標（平成40年度実施分）",
    5, -3, 0, 1e300, 0.1, True, 12345678901234567,
]  # fmt: skip
PLACES = [
    (sheet.title, cell.coordinate)
    for sheet in small.workbook()
    for row in sheet
    for cell in row
    if type(cell).__name__ == "Cell"
]


def put(sheet, name, value, number_format="General"):
    book = small.workbook()
    book[sheet][name] = value
    book[sheet][name].number_format = number_format
    return small.content(book)


formats = st.sampled_from(
    ["General", "@", "0.0%", '0"回"', "#,##0", "yyyy/m/d", "[Red]0;[Blue]0", '"', "0.00E+00", "0_ ", "\\a0"]
)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(PLACES), st.sampled_from(NASTY), formats)
def test_any_cell_of_the_workbook(db, place, value, number_format):
    try:
        content = put(*place, value, number_format)
    except ValueError:  # openpyxl itself refuses to write it
        return
    try:
        preview(read_workbook(content, 2024))
    except (Refused, WorkbookRefused):
        return


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_field_of_the_directory(db, tmp_path, data):
    small.write_directory(tmp_path)
    name = data.draw(st.sampled_from(sorted(small.TABLES)))
    rows = [list(row) for row in small.TABLES[name]]
    row = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.integers(0, len(rows[0]) - 1))
    rows[row][column] = str(data.draw(st.sampled_from(NASTY)))
    with (tmp_path / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    try:
        preview(read_directory(tmp_path, 2024))
    except Refused:
        return


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([place for place in PLACES if place[0] != "成果指標"]), st.sampled_from(NASTY))
def test_what_is_understood_can_be_taken_in(db, place, value):
    """Lengths, numbers and keys that pass the reading pass the database too, and say the same the second time."""
    try:
        content = put(*place, value)
    except ValueError:
        return
    with undone():
        try:
            done = commit(read_workbook(content, 2024))
        except (Refused, WorkbookRefused):
            return
        assert done.made
        assert commit(read_workbook(content, 2024)).changes_nothing
