"""Every field of the frozen report has its place in every output, by a table that a person reads (parity.csv).

Each text of a report is made unmistakable, the outputs are made, and what is found in them is held against the table:
○ it stands there, － it does not (and why).
"""

import csv
import io
import itertools
import re
import subprocess
import zipfile
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from pathlib import Path
from types import NoneType

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn

from reporting import opendata, pdf, snapshot, word, workbook
from tests.reporting import pdf_factory as factory

TABLE = Path(__file__).with_name("parity.csv")

OUTPUTS = ("PDF", "Word", "Excel", "オープンデータ")
LETTERS = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲ"
SPACE = re.compile(r"\s+")
# Texts by which parts of the report find each other: made unmistakable, there would be no report.
KEYS = {
    "Report.title", "Report.fiscal_year_label", "Report.terms", "RatingStep.letter", "Row.code", "Row.rating", "Row.original_code",
    "Tally.overall_rating", "Policy.code", "Direction.code", "DepartmentTally.codes", "Goal.indicator_codes", "Indicator.code",
    "Indicator.polarity", "Indicator.kind", "Indicator.accumulation", "IndicatorYear.actual_figure",
    "IndicatorYear.target_figure", "IndicatorYear.rating", "IndicatorYear.computed_rating", "Section.kind", "Owner.role",
    "LowBefore.code", "LowBefore.rating", "Part.self_rating", "PublishedOpinion.code", "PublishedOpinion.kind",
}  # fmt: skip


class Marked:
    """A report in which every text says which field it is of."""

    def __init__(self, report):
        self.numbers = itertools.count(1)
        self.marks: dict[str, set[str]] = {}
        self.report = self.walk(report, "")

    def walk(self, value, name: str):
        if is_dataclass(value):
            kind = type(value).__name__
            return replace(
                value,
                **{each.name: self.walk(getattr(value, each.name), f"{kind}.{each.name}") for each in fields(value)},
            )
        if isinstance(value, tuple):
            return tuple(self.walk(each, name) for each in value)
        if isinstance(value, dict):
            return {key: self.walk(each, name) for key, each in value.items()}
        return self.mark(name) if isinstance(value, str) and name not in KEYS else value

    def mark(self, name: str) -> str:
        first, second = divmod(next(self.numbers), len(LETTERS))
        mark = f"ヰ{LETTERS[first]}{LETTERS[second]}"  # so short that no column of the PDF breaks it
        self.marks.setdefault(name, set()).add(mark)
        return mark


def full_report():
    """Something in every field."""
    made = factory.report()
    first, second = made.goals
    rows = list(first.rows)
    rows[0] = replace(
        rows[0], note="注", rating="C", low_rating_reason="理由", new_in=2024, own_reason="", baseline="1",
        owners=(snapshot.Owner("みまもり課", "lead", "R5より", ("社協",)), snapshot.Owner("防災課", "related", "", ())),
        parts=(snapshot.Part("みまもり課", "実績", "課題", "A"), snapshot.Part("防災課", "実績2", "課題2", "B")),
    )  # fmt: skip
    again = [replace(row, holds_own=bool(row.original_code), own_reason="独自") for row in second.rows]
    first = replace(
        factory.goal(1, rows), overview="概要", events=(snapshot.Event("4月", "できごと", "打った文"),),
        footnotes=(snapshot.Footnote(1, "注", "打った注"),),
        committee_review=snapshot.Section("committee_review", "目標1について", "講評", "打った講評"),
    )  # fmt: skip
    low = snapshot.LowBefore("1-1-1-2", "前年度の名", "C", "前年度の理由", "前年度の課題", in_force=True)
    indicator = made.indicators[0]
    years = tuple(
        replace(year, override_reason="計算と違う理由", numerator=Decimal(1), denominator=Decimal(2))
        for year in indicator.years
    )
    indicator = replace(
        indicator, department="みまもり課", source="出典「台帳」より", years=years, ratio_name="割合", numerator_name="上",
        numerator_unit="人", denominator_name="下", denominator_unit="件",
    )  # fmt: skip
    scale = tuple(replace(step, reason_required=step.letter in "CD") for step in made.scale)
    words = (snapshot.Word("アウトリーチ", "支援を届けに行くこと"),)
    return replace(
        made,
        glossary=words,
        scale=scale,
        goals=(first, factory.goal(2, again)),
        low_before=(low,),
        indicators=(indicator,),
    )


@pytest.fixture(scope="module")
def marked():
    made = Marked(full_report())
    report = made.report
    # Departments are found again by their names: those of the rows stand in the register too.
    owners = list(dict.fromkeys(owner.department for row in report.rows for owner in row.owners))
    tallies = tuple(
        replace(report.departments[0], department=name, codes=tuple(r.code for r in report.rows if name in {o.department for o in r.owners}))
        for name in owners
    )  # fmt: skip
    made.marks["DepartmentTally.department"] = set(owners)
    made.report = replace(report, departments=tallies)
    return made


@pytest.fixture(scope="module")
def outputs(marked) -> dict[str, str]:
    report = marked.report
    printed = subprocess.run(["pdftotext", "-", "-"], input=pdf.render(report), capture_output=True, check=True)
    document = docx.Document(io.BytesIO(word.render(report)))
    book = openpyxl.load_workbook(io.BytesIO(workbook.render(report)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    shown = [part for cell in cells for part in (str(cell.value), cell.number_format)]  # the unit is in the format
    with zipfile.ZipFile(io.BytesIO(opendata.render(report))) as archive:
        data = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith((".csv", ".json")))
    texts = {
        "PDF": printed.stdout.decode(),
        "Word": "".join(each.text or "" for each in document.element.body.iter(qn("w:t"))),
        "Excel": "\n".join(shown),
        "オープンデータ": data,
    }
    return {name: SPACE.sub("", text) for name, text in texts.items()}


def table() -> dict[str, dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["欄"]: row for row in csv.DictReader(file)}


def text_fields(kind=snapshot.Report, seen=None) -> set[str]:
    """Every text of the snapshot's classes, as Class.field."""
    seen = set() if seen is None else seen
    if kind in seen or not is_dataclass(kind):
        return set()
    seen.add(kind)
    found = set()
    for each in fields(kind):
        for part in _kinds(each.type):
            if part is str:
                found.add(f"{kind.__name__}.{each.name}")
            found |= text_fields(part, seen)
    return found


def _kinds(kind) -> list:
    inner = [part for part in getattr(kind, "__args__", ()) if part not in (NoneType, Ellipsis)]
    if getattr(kind, "__origin__", None) is dict:
        inner = inner[1:]  # keys are no text of the report
    return [part for each in inner for part in _kinds(each)] if inner else [kind]


def test_the_table_names_every_text_of_the_report():
    assert set(table()) == text_fields() - KEYS


def test_the_report_for_this_test_has_something_in_every_field(marked):
    assert set(marked.marks) >= text_fields() - KEYS


@pytest.mark.parametrize("output", OUTPUTS)
def test_texts_stand_where_the_table_says(output, outputs, marked):
    text, wrong = outputs[output], []
    for name, row in table().items():
        found = any(mark in text for mark in marked.marks[name])
        if found != (row[output] == "○"):
            wrong.append(f"{name}: 表では「{row[output]}」、{'ある' if found else 'ない'}")
    assert wrong == []


@pytest.mark.parametrize("row", table().values(), ids=table())
def test_what_does_not_stand_everywhere_says_why(row):
    assert all(row[output] in ("○", "－") for output in OUTPUTS)
    assert row["なぜ"] or all(row[output] == "○" for output in OUTPUTS)


def test_counts_and_figures_are_equal_in_all():
    report = factory.report()
    printed = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf.render(report), capture_output=True, check=True
    )
    document = docx.Document(io.BytesIO(word.render(report)))
    tallies = next(each for each in document.tables if each.cell(0, 1).text == "名称")
    in_word = [[cell.text for cell in row.cells][2:] for row in tallies.rows[1:]]
    book = openpyxl.load_workbook(io.BytesIO(workbook.render(report)))
    in_excel = [row[1:] for row in book["集計"].iter_rows(min_row=4, values_only=True) if row[0]]
    rows = list(csv.DictReader(io.StringIO(opendata.as_csv(report, opendata.tables(report)[2]))))
    in_data = {(row["区分"], row["番号"], row["名称"]): row for row in rows}
    lines = [(("目標", str(goal.number), goal.name), goal.tally) for goal in report.goals]
    lines += [
        (("全体", "", "再掲を含む"), report.tally),
        (("全体", "", "再掲を除く"), report.tally_without_cross_listings),
    ]
    for (key, tally), of_word, of_excel in zip(lines, in_word, in_excel, strict=True):
        counts = [tally.count, *tally.ratings.values()]
        points = f"{tally.points}／{tally.full_points}"
        assert of_word[: len(counts)] == [*map(str, counts)]
        assert of_word[len(counts) : len(counts) + 3] == [points, f"{tally.rate}％", tally.overall_rating]
        assert of_excel == (*counts, tally.points, tally.full_points, float(tally.rate / 100), tally.overall_rating)
        data = in_data[key]
        assert [int(data[name]) for name in ("件数", "A", "B", "C", "D", "未評価", "点数", "満点")] == [
            *counts,
            tally.points,
            tally.full_points,
        ]
        assert (data["達成率"], data["総合評価"]) == (str(tally.rate), tally.overall_rating)
        assert re.search(rf"{points}\s+{tally.rate}％", printed.stdout.decode())
