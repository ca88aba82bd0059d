"""The officer's workbook (取組調査票): one sheet per goal and a sheet of indicators → Source.

Sheets are known by their title row, not by their name. What stands in them is read by goal_sheet and indicator_sheet.
"""

import re
from pathlib import Path

from initiatives import fiscal_year as fy
from initiatives import parsing, workbook_reader
from initiatives.workbook_reader import Sheet
from reporting.importing import cells
from reporting.importing.goal_sheet import GoalSheet
from reporting.importing.indicator_sheet import IndicatorSheet
from reporting.importing.reading import merge_printings, refuse_doubles_and_strays, scale_of
from reporting.importing.sheet import Reading, Title, shown
from reporting.importing.source import Note, Place, Source

HEAD_ROWS = 10  # the heading stands within the first rows
_TITLE = re.compile(
    r"(?P<plan>.+?)\s*取組調査票\s*[(（](?P<year>[^)）]+?)(?:実施分)?[)）]\s*目標\s*(?P<goal>\d+)\s*(?P<name>.*)"
)
_INDICATOR_TITLE = re.compile(r"(?P<plan>.+?)\s*成果指標\s*[(（](?P<year>[^)）]+?)(?:実施分)?[)）].*")
_LEVEL = re.compile(r"(?P<letter>\S{1,4})\s*[:：]\s*(?P<bound>\d{1,3})[%％][~～〜]\s*(?P<words>\S.*)")


def read_workbook(file: Path | bytes, fiscal_year: int) -> Source:
    """Raises workbook_reader.WorkbookRefused (the file) or Refused (what stands in it)."""
    content = file if isinstance(file, bytes) else _content(file)
    book = workbook_reader.read(content)
    return _Workbook(fiscal_year).read(book.sheets)


def _content(file: Path) -> bytes:
    if file.stat().st_size > workbook_reader.MAX_UPLOAD:  # not even into memory
        raise workbook_reader.WorkbookRefused(
            f"このファイルは約{round(file.stat().st_size / 1_000_000)}MBあります（上限5MB）。受け付けていません。"
        )
    return file.read_bytes()


class _Workbook(Reading):
    """Which sheet is which; whether together they are one year of one plan."""

    def read(self, sheets: list[Sheet]) -> Source:
        for sheet in sheets:
            self._sheet(sheet)
        self._check_titles()
        refuse_doubles_and_strays(self.found, self.initiatives)
        indicators = merge_printings(self.found, self.blocks)
        self.found.refuse_if_any()
        years = self.indicator_years
        return Source(
            plan_name=self.titles[0].plan,
            fiscal_year=self.year,
            scale=self.scale,
            goals=tuple(self.goals),
            policies=tuple(self.policies.values()),
            directions=tuple(self.directions.values()),
            initiatives=tuple(self.initiatives),
            indicators=indicators,
            place=self.titles[0].place,
            baseline_year=self.baseline_year,
            first_year=min(years, default=None),
            last_year=max(years, default=None),
            notes=tuple(self.found.notes),
        )

    # --- Sheets and titles ------------------------------------------------------------------------

    def _sheet(self, sheet: Sheet) -> None:
        name = f"シート「{sheet.name}」"
        head = self._head_row(sheet)
        title = self._title(sheet, _TITLE if head is not None else _INDICATOR_TITLE)
        if title is not None and not self._fits(title):
            return
        if head is not None and title is not None:
            self._note_hidden(sheet)
            self._scale(sheet, head)
            GoalSheet(self, sheet, head, title).read()
        elif head is not None:
            self.found.problem(
                f"{name}の1行目", shown(sheet.value(0, 0)),
                f"題がありません。「○○計画　取組調査票（{fy.label(self.year)}実施分）　目標1　目標の名前」のように書いてください。",
            )  # fmt: skip
        elif title is not None:
            self._note_hidden(sheet)
            IndicatorSheet(self, sheet, title).read()
        elif self._title(sheet, _TITLE) is not None:
            self.titles.pop()
            self.found.problem(
                f"{name}の1～{HEAD_ROWS}行目",
                "",
                "表の見出し（番号、取組名）がありません。見出しの行を元に戻してください。",
            )
        elif any(shown(value) for row in sheet.rows for value in row):
            self.found.note(Note.SKIPPED, name, "取組の表でも成果指標でもないので、読みませんでした")

    def _note_hidden(self, sheet: Sheet) -> None:
        if sheet.hidden:
            self.found.note(Note.UNDERSTOOD, f"シート「{sheet.name}」", "隠してあるシートですが、読みました")

    @staticmethod
    def _head_row(sheet: Sheet) -> int | None:
        for number, row in enumerate(sheet.rows[:HEAD_ROWS]):
            keys = {parsing.key(value) for value in row if isinstance(value, str)}
            if "番号" in keys or "取組名" in keys:
                return number
        return None

    def _title(self, sheet: Sheet, pattern: re.Pattern) -> Title | None:
        place = Place(f"シート「{sheet.name}」", 1, {"title": ("A", "題")})
        text = shown(sheet.value(0, 0)).replace("\n", " ").strip()
        match = pattern.fullmatch(text)
        if not match:
            return None
        try:
            year = fy.parse(match["year"])
            fy.label(year)
        except fy.FiscalYearError as error:
            self.found.problem(place.at("title"), match["year"], error)
            return None
        groups = match.groupdict()
        goal = int(groups["goal"]) if groups.get("goal") else None
        title = Title(cells.one_line(match["plan"]), year, goal, cells.one_line(groups.get("name") or ""), place)
        self.titles.append(title)
        return title

    def _fits(self, title: Title) -> bool:
        """The year asked for, the plan of the other sheets, a goal of its own; else nothing of the sheet is read."""
        place, first = title.place, self.titles[0]
        if title.fiscal_year != self.year:
            if title.fiscal_year not in self.other_years:  # once for the file, not for every sheet
                asked = fy.label(self.year)
                why = f"{asked}の取り込みです。年度の合うファイルを選ぶか、年度を直してください。"
                self.found.problem(place.at("title"), fy.label(title.fiscal_year), why)
            self.other_years.add(title.fiscal_year)
            return False
        if title.plan != first.plan:
            why = f"計画の名前が、{first.place.sheet}の「{first.plan}」と違います。そろえてください。"
            self.found.problem(place.at("title"), title.plan, why)
            return False
        earlier = next((other for other in self.titles if other is not title and other.goal == title.goal), None)
        if title.goal and earlier:
            why = f"{earlier.place.sheet}も目標{title.goal}です。どちらかを直してください。"
            self.found.problem(place.at("title"), f"目標{title.goal}", why)
            return False
        return True

    def _check_titles(self) -> None:
        if not any(title.goal for title in self.titles) and not self.found.problems:
            self.found.problem(
                "このファイル",
                "",
                "取組調査票のシートがありません。"
                "1行目が「○○計画　取組調査票（令和○年度実施分）　目標1　…」のシートを入れてください。",
            )

    def _scale(self, sheet: Sheet, head: int) -> None:
        """評価区分 above the heading: A：75%～ 目標に向け順調に実施できた。"""
        texts = [shown(value) for row in sheet.rows[1:head] for value in row]
        pieces = [_LEVEL.fullmatch(piece.strip()) for text in texts for piece in re.split(r"　|\n", text)]
        scale = scale_of([(match["letter"], int(match["bound"]), match["words"]) for match in pieces if match])
        if scale and self.scale and scale != self.scale:
            self.found.problem(
                f"シート「{sheet.name}」の2行目", "", "評価区分が、ほかのシートと違います。そろえてください。"
            )
        self.scale = self.scale or scale
