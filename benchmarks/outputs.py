"""Making the files of a year of 239 initiatives, against the least that the bare libraries need for the same words."""

import csv
import io

import docx
import xlsxwriter

from benchmarks import world
from benchmarks.measure import in_turn, table
from reporting import opendata, word, workbook
from reporting.assemble import assemble


def run() -> None:
    plan_year = world.make_plan(51, years=2, initiatives=world.INITIATIVES)[-1]
    report = assemble(plan_year)
    things = {
        "Excel": lambda: workbook.render(report),
        "Excelだけ（xlsxwriter、同じ数のセル）": lambda: _bare_excel(report),
        "オープンデータ": lambda: opendata.render(report),
        "CSVだけ（csv、同じ数のセル）": lambda: _bare_csv(report),
    }
    times = in_turn(things, rounds=7) | in_turn({"Word": lambda: word.render(report)}, rounds=5)
    times |= in_turn({"Wordだけ（python-docx、表1つ）": lambda: _bare_word(report)}, rounds=1, warm_up=0)
    pairs = [("Word", "Wordだけ（python-docx、表1つ）"), *zip(list(things)[::2], list(things)[1::2], strict=True)]
    rows = [[name, times[name], bare, times[bare], times[name] / times[bare]] for name, bare in pairs]
    table("報告書のファイル（目標：3,000 ms 以下、または右の2倍以下）", ["", "ms", "くらべるもの", "ms", "比"], rows)


def _cells(report) -> list[list[str]]:
    return [
        [row.code, row.name, row.description, "、".join(owner.department for owner in row.owners), row.baseline,
         row.target, row.next_target, row.result, row.rating, row.issues, row.note]
        for row in report.rows
    ]  # fmt: skip


def _bare_excel(report) -> None:
    book = xlsxwriter.Workbook(io.BytesIO(), {"in_memory": True})
    look, page = book.add_format({"text_wrap": True, "border": 1}), book.add_worksheet()
    for at, row in enumerate(_cells(report)):
        for column, text in enumerate(row):
            page.write_string(at, column, text, look)
    book.close()


def _bare_csv(report) -> None:
    csv.writer(io.StringIO()).writerows(_cells(report))


def _bare_word(report) -> None:
    rows = _cells(report)
    document = docx.Document()
    grid = document.add_table(len(rows), len(rows[0]))
    for row, texts in zip(grid.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    document.save(io.BytesIO())
