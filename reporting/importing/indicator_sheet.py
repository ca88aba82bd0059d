"""The sheet of indicators: blocks of figures under their goals."""

import re

from initiatives import fiscal_year as fy
from initiatives import parsing
from initiatives.workbook_reader import Sheet, column_letter
from reporting.importing import cells
from reporting.importing.reading import Block
from reporting.importing.sheet import Reading, SheetCells, Title, shown
from reporting.importing.source import Figure, Note, Place


class IndicatorSheet(SheetCells):
    """Blocks under 目標 N: ◆ name, a row of years, 実績 A, 目標値 B, 達成率 A/B, 評価, 出典."""

    def __init__(self, reading: Reading, sheet: Sheet, title: Title):
        super().__init__(sheet, reading.found)
        self.reading = reading
        self.goal: int | None = None
        self.block: Block | None = None
        self.years: dict[int, int | None] = {}  # column → fiscal year, None for 初期値

    def read(self) -> None:
        for row in range(1, len(self.sheet.rows)):
            self._row(row, shown(self.sheet.value(row, 0)).strip())

    def _place(self, row: int, column: int = 0, label: str = "") -> Place:
        return Place(f"シート「{self.sheet.name}」", row + 1, {"value": (column_letter(column), label)})

    def _row(self, row: int, label: str) -> None:
        key = parsing.key(label)
        if match := re.fullmatch(r"目標(\d{1,3})", key):
            self.goal, self.block = int(match[1]), None
        elif key.startswith("◆"):
            self._new_block(row, label)
        elif parsing.key(shown(self.sheet.value(row, 1))) == "初期値" and not key:
            self._read_years(row)
        elif key == "成果指標" or not any(shown(value).strip() for value in self.sheet.rows[row]):
            return
        elif self.block is None or (not self.years and not key.startswith("出典")):
            self.found.problem(
                self._place(row).at("value"),
                label,
                "どの指標の行か、わかりません。「◆ 指標の名前」と年度の行の下に置いてください。",
            )
        else:
            self._figures(row, label, key)

    def _new_block(self, row: int, label: str) -> None:
        name = cells.one_line(self.found.text(label.removeprefix("◆"), self._place(row), "value"))
        if self.goal is None:
            self.found.problem(
                self._place(row).at("value"),
                label,
                "どの目標の指標か、わかりません。上に「目標 1」の行を置いてください。",
            )
        self.block = Block(name, self._place(row), self.goal)
        self.reading.blocks.append(self.block)
        self.years = {}

    def _read_years(self, row: int) -> None:
        self.years = {1: None}
        for column in range(2, len(self.sheet.rows[row])):
            text = shown(self.sheet.value(row, column)).strip()
            if not text:
                continue
            try:
                self.years[column] = fy.parse(text)
            except fy.FiscalYearError as error:
                self.found.problem(self._place(row, column).at("value"), text, error)
        years = tuple(year for year in self.years.values() if year is not None)
        if len(set(years)) < len(years):
            self.found.problem(self._place(row).at(), "", "同じ年度の列が2つあります。1つにしてください。")
        if self.block is not None:
            self.block.years = years
        self.reading.indicator_years = tuple(sorted({*self.reading.indicator_years, *years}))

    def _figures(self, row: int, label: str, key: str) -> None:
        block = self.block
        if key.startswith("出典"):
            block.source = self.found.text(label, self._place(row), "value")
        elif key.startswith("達成率"):
            block.rate = {year: self.printed(row, column) for column, year in self.years.items()}
        elif key == "評価":
            block.rating = {
                year: parsing.key(shown(self.sheet.value(row, column))) for column, year in self.years.items()
            }
        elif key.startswith("※"):
            self.found.note(Note.SKIPPED, self._place(row).at("value"), f"「{label}」は読みませんでした")
        elif key.startswith("目標値"):
            block.target = self._row_of(row, label)
        elif key in ("実績A", "実績"):
            block.actual = self._row_of(row, label)
        elif key.endswith("A"):
            block.ratio_name = cells.one_line(label)[:-1]
            block.actual = self._row_of(row, label)
        else:
            block.components[cells.one_line(label)] = self._row_of(row, label)

    def _row_of(self, row: int, label: str) -> dict[int | None, tuple[Figure, Place]]:
        values = {}
        for column, year in self.years.items():
            words = f"{label}、{'初期値' if year is None else fy.short(year)}"
            place = self._place(row, column, words)
            values[year] = (self.figure(row, column, place), place)
        return values
