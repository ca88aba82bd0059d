"""The officer's workbook (取組調査票): one sheet per goal and a sheet of indicators → Source.

Sheets are known by their title row, not by their name; columns by their heading, read relative to the year. Two kinds
of headings: the usual one, and the one of a goal in its first year (施策, 具体的な方向性; no 初期値 and no target yet).
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from initiatives import fiscal_year as fy
from initiatives import parsing, workbook_cells, workbook_reader
from initiatives.workbook_reader import Sheet, column_letter
from reporting.importing import cells
from reporting.importing.reading import (
    Block,
    Findings,
    merge_printings,
    read_initiative,
    refuse_doubles_and_strays,
    scale_of,
)
from reporting.importing.source import Direction, Figure, Goal, Initiative, Level, Note, Place, Policy, Source

HEAD_ROWS = 10  # the heading stands within the first rows
_ERA_YEAR = r"(?P<year>(?:令和|平成|[RH])(?:元|\d{1,2})(?:年度)?)"
_TITLE = re.compile(
    r"(?P<plan>.+?)\s*取組調査票\s*[(（](?P<year>[^)）]+?)(?:実施分)?[)）]\s*目標\s*(?P<goal>\d+)\s*(?P<name>.*)"
)
_INDICATOR_TITLE = re.compile(r"(?P<plan>.+?)\s*成果指標\s*[(（](?P<year>[^)）]+?)(?:実施分)?[)）].*")
_LEVEL = re.compile(r"(?P<letter>\S{1,4})\s*[:：]\s*(?P<bound>\d{1,3})[%％][~～〜]\s*(?P<words>\S.*)")
_PLAIN = {
    "目標": "goal", "施策": "policy", "具体的な方向性": "direction", "番号": "code", "取組名": "name",
    "取組内容": "description", "担当課名": "owners", "担当課": "owners",
}  # fmt: skip
_YEARLY = (
    (re.compile(_ERA_YEAR + r"実績\(初期値\)"), "initial"),
    (re.compile(_ERA_YEAR + "実績"), "result"),
    (re.compile(_ERA_YEAR + "目標"), "target"),
    (re.compile(_ERA_YEAR + "評価"), "rating"),
)
_NAMES = {
    "goal": "目標", "code": "番号", "name": "取組名", "description": "取組内容", "owners": "担当課名",
    "policy": "施策", "direction": "具体的な方向性",
}  # fmt: skip


@dataclass(frozen=True)
class Title:
    plan: str
    fiscal_year: int
    goal: int | None
    name: str
    place: Place


def read_workbook(file: Path | bytes, fiscal_year: int) -> Source:
    """Raises workbook_reader.WorkbookRefused (the file) or Refused (what stands in it)."""
    content = file if isinstance(file, bytes) else _content(file)
    book = workbook_reader.read(content)
    return _Reading(fiscal_year).read(book.sheets)


def _content(file: Path) -> bytes:
    if file.stat().st_size > workbook_reader.MAX_UPLOAD:  # not even into memory
        raise workbook_reader.WorkbookRefused(
            f"このファイルは約{round(file.stat().st_size / 1_000_000)}MBあります（上限5MB）。受け付けていません。"
        )
    return file.read_bytes()


class _Reading:
    """One reading of a workbook: what was found so far."""

    def __init__(self, fiscal_year: int):
        self.year = fiscal_year
        self.found = Findings()
        self.titles: list[Title] = []
        self.scale: tuple[Level, ...] = ()
        self.goals: list[Goal] = []
        self.policies: dict[tuple[int, int], Policy] = {}
        self.directions: dict[tuple[int, int, int], Direction] = {}
        self.initiatives: list[Initiative] = []
        self.baseline_year: int | None = None
        self.blocks: list[Block] = []
        self.indicator_years: tuple[int, ...] = ()

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
            _GoalSheet(self, sheet, head, title).read()
        elif head is not None:
            self.found.problem(
                f"{name}の1行目", _shown(sheet.value(0, 0)),
                f"題がありません。「○○計画　取組調査票（{fy.label(self.year)}実施分）　目標1　目標の名前」のように書いてください。",
            )  # fmt: skip
        elif title is not None:
            self._note_hidden(sheet)
            _IndicatorSheet(self, sheet, title).read()
        elif self._title(sheet, _TITLE) is not None:
            self.titles.pop()
            self.found.problem(
                f"{name}の1～{HEAD_ROWS}行目",
                "",
                "表の見出し（番号、取組名）がありません。見出しの行を元に戻してください。",
            )
        elif any(_shown(value) for row in sheet.rows for value in row):
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
        text = _shown(sheet.value(0, 0)).replace("\n", " ").strip()
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
            asked = fy.label(self.year)
            why = f"{asked}の取り込みです。年度の合うファイルを選ぶか、年度を直してください。"
            self.found.problem(place.at("title"), fy.label(title.fiscal_year), why)
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
        texts = [_shown(value) for row in sheet.rows[1:head] for value in row]
        pieces = [_LEVEL.fullmatch(piece.strip()) for text in texts for piece in re.split(r"　|\n", text)]
        scale = scale_of([(match["letter"], int(match["bound"]), match["words"]) for match in pieces if match])
        if scale and self.scale and scale != self.scale:
            self.found.problem(
                f"シート「{sheet.name}」の2行目", "", "評価区分が、ほかのシートと違います。そろえてください。"
            )
        self.scale = self.scale or scale


def _shown(value) -> str:
    return value if isinstance(value, str) else ("" if value is None else str(value))


class _Cells:
    """Reads cells of one sheet as text, with the rules for what may stand there."""

    def __init__(self, sheet: Sheet, found: Findings):
        self.sheet = sheet
        self.found = found
        self.computed = sheet.formulas | sheet.errors

    def text(self, row: int, column: int, place: Place, name: str) -> str:
        """The text of a cell; a number as Excel shows it. Problems: formulas, errors, dates, truth values."""
        try:
            return workbook_cells.text_at(self.sheet, row, column)
        except parsing.ParsingError as error:
            self.found.problem(place.at(name), _shown(self.sheet.value(row, column)), error)
            return ""

    def figure(self, row: int, column: int, place: Place) -> Figure:
        value = self.sheet.value(row, column)
        why = workbook_cells.unfit(self.sheet, row, column)
        if not why:
            try:
                if isinstance(value, str):
                    return cells.parse_figure(value)
                return cells.figure_of_number(value, self.sheet.formats.get((row, column), "General"))
            except parsing.ParsingError as error:
                why = str(error)
        self.found.problem(place.at("value"), _shown(value), why)
        return Figure()

    def printed(self, row: int, column: int) -> Figure | None:
        """A rate as printed, only to compare with the computed one: a formula's last result will do."""
        value = self.sheet.value(row, column)
        try:
            if isinstance(value, str):
                return cells.parse_figure(value)
            return cells.figure_of_number(value, self.sheet.formats.get((row, column), "General"))
        except (parsing.ParsingError, TypeError):
            return None


# --- A sheet of initiatives -----------------------------------------------------------------------


class _GoalSheet(_Cells):
    def __init__(self, reading: _Reading, sheet: Sheet, head: int, title: Title):
        super().__init__(sheet, reading.found)
        self.reading = reading
        self.head = head
        self.title = title
        self.year = reading.year
        self.columns: dict[str, int] = {}
        self.headings: dict[str, tuple[str, str]] = {}
        self.is_new = False

    def read(self) -> None:
        self._read_headings()
        if not self._has_needed_columns():
            return
        goal = self.title.goal
        self.reading.goals.append(Goal(goal, self.title.name, self.is_new, self._place(0)))
        if not self.title.name:
            self.found.problem(
                self.title.place.at("title"), "", f"目標{goal}の名前がありません。題の最後に書いてください。"
            )
        filled = {
            name: self.sheet.filled_down(self.columns[name])
            for name in ("goal", "policy", "direction")
            if name in self.columns
        }
        for row in range(self.head + 1, len(self.sheet.rows)):
            self._row(row, filled)

    # --- Headings ---------------------------------------------------------------------------------

    def _read_headings(self) -> None:
        for column in range(len(self.sheet.rows[self.head])):
            heading = parsing.key(_shown(self.sheet.value(self.head, column)))
            if not heading:
                continue
            name = self._name_of(heading, column)
            if name in self.columns:
                self.found.problem(self._head_cell(column), heading, "同じ見出しの列が2つあります。1つにしてください。")
            elif name:
                self.columns[name] = column
                self.headings[name] = (column_letter(column), heading if name != "issues" else "課題")

    def _head_cell(self, column: int) -> str:
        return f"シート「{self.sheet.name}」の{column_letter(column)}{self.head + 1}"

    def _name_of(self, heading: str, column: int) -> str:
        """What a column holds; "" for one that is not read, with a note or a problem."""
        if heading in _PLAIN:
            return _PLAIN[heading]
        try:
            for pattern, kind in _YEARLY:
                if match := pattern.fullmatch(heading):
                    return self._yearly(kind, fy.parse(match["year"]), heading, column)
            if "課題" in heading:
                return self._issues(heading, column)
        except fy.FiscalYearError as error:
            self.found.problem(self._head_cell(column), heading, error)
            return ""
        self.found.note(Note.SKIPPED, self._head_cell(column), f"列「{heading}」は、読まない列です")
        return ""

    def _yearly(self, kind: str, year: int, heading: str, column: int) -> str:
        if kind == "initial" and year != self.year:
            self._baseline(year, heading, column)
            return "baseline"
        if kind == "initial":
            self.is_new = True
            return "result"
        if kind == "target" and year == self.year + 1:
            return "next_target"
        if year == self.year:
            return kind
        self.found.problem(
            self._head_cell(column), heading, f"{fy.label(self.year)}の取り込みです。列の年度を確かめてください。"
        )
        return ""

    def _issues(self, heading: str, column: int) -> str:
        """The long heading of the last column names the year twice (R6 … R7): last year's sheet shows here too."""
        years = {fy.parse(match["year"]) for match in re.finditer(_ERA_YEAR, heading)}
        if years and not years <= {self.year, self.year + 1}:
            self.found.problem(
                self._head_cell(column), heading, f"{fy.label(self.year)}の取り込みです。列の年度を確かめてください。"
            )
            return ""
        return "issues"

    def _baseline(self, year: int, heading: str, column: int) -> None:
        known = self.reading.baseline_year
        if known is not None and known != year:
            self.found.problem(
                self._head_cell(column),
                heading,
                f"初期値の年度が、ほかのシートの{fy.label(known)}と違います。そろえてください。",
            )
        self.reading.baseline_year = year

    def _has_needed_columns(self) -> bool:
        year, following = fy.short(self.year), fy.short(self.year + 1)
        needed = _NAMES | {
            "result": f"{year}実績(初期値)" if self.is_new else f"{year}実績",
            "next_target": f"{following}目標", "rating": f"{year}評価", "issues": "…における課題…",
        }  # fmt: skip
        if not self.is_new:
            needed |= {"target": f"{year}目標", "baseline": "…実績(初期値)"}
            del needed["policy"], needed["direction"]
        missing = [words for name, words in needed.items() if name not in self.columns]
        for words in missing:
            self.found.problem(
                f"シート「{self.sheet.name}」の{self.head + 1}行目",
                "",
                f"列「{words}」がありません。見出しの行を元に戻してください。",
            )
        return not missing

    # --- Rows -------------------------------------------------------------------------------------

    def _place(self, row: int) -> Place:
        return Place(f"シート「{self.sheet.name}」", row + 1, self.headings)

    def _row(self, row: int, filled: dict[str, list]) -> None:
        values = self.sheet.rows[row]
        if not any(_shown(value).strip() for value in values):
            return
        if self._is_remark(row):
            self._remark(row)
            return
        place = self._place(row)
        texts = {
            name: self.text(row, column, place, name) for name, column in self.columns.items() if name not in filled
        }
        if not texts["code"].strip():
            unread = bool(_shown(self.sheet.value(row, self.columns["code"])).strip())  # told already
            if not unread and any(text.strip() for text in texts.values()):
                self.found.problem(place.at("code"), "", "番号がありません。取組の番号を書くか、行を消してください。")
            return
        for name in filled:
            if (row, self.columns[name]) in self.computed:
                self.text(row, self.columns[name], place, name)
        self._check_goal(filled["goal"][row], place)
        body = {name: self.found.text(text, place, name) for name, text in texts.items()}
        initiative = read_initiative(self.found, place, body)
        if initiative is not None:
            self._add(initiative, filled, row)

    def _is_remark(self, row: int) -> bool:
        return row in self.sheet.merged_rows and not _shown(self.sheet.value(row, self.columns["code"])).strip()

    def _remark(self, row: int) -> None:
        """A line merged across under an initiative: ※…."""
        left, _ = self.sheet.merged_rows[row]
        place = Place(f"シート「{self.sheet.name}」", row + 1, {"remark": (column_letter(left), "")})
        text = self.found.text(self.text(row, left, place, "remark"), place, "remark")
        if not self.reading.initiatives or self.reading.initiatives[-1].goal != self.title.goal:
            why = "この行の上に取組がありません。行を消すか、番号を書いてください。"
            self.found.problem(place.at("remark"), text, why)
            return
        last = self.reading.initiatives[-1]
        self.reading.initiatives[-1] = replace(last, note="\n".join(filter(None, (last.note, text))))

    def _check_goal(self, value, place: Place) -> None:
        number = re.match(r"\d+", parsing.key(_shown(value)))
        if number and int(number.group()) != self.title.goal:
            self.found.problem(
                place.at("goal"), _shown(value), f"このシートは目標{self.title.goal}です。目標の番号を直してください。"
            )

    def _add(self, initiative: Initiative, filled: dict[str, list], row: int) -> None:
        place = initiative.place
        if initiative.goal != self.title.goal:
            self.found.problem(
                place.at("code"),
                initiative.code,
                f"このシートは目標{self.title.goal}です。番号を直すか、行を移してください。",
            )
            return
        policy = initiative.direction[:2]
        if "policy" in filled:
            policy = self._named_policy(filled["policy"], row, place) or policy
            if policy != initiative.direction[:2]:
                self.found.problem(
                    place.at("code"), initiative.code, f"施策の番号は({policy[1]})です。番号か施策を直してください。"
                )
        self.reading.policies.setdefault(policy, Policy(*policy, place))
        if "direction" in filled:
            key = self._named_direction(filled["direction"], row, place, policy)
            initiative = replace(initiative, direction=key or initiative.direction)
        self.reading.directions.setdefault(
            initiative.direction, Direction(initiative.direction[:2], initiative.direction[2], place)
        )
        self.reading.initiatives.append(initiative)

    def _above(self, values: list, row: int) -> str:
        """The value of a merged column; blank cells below it belong to it even where nothing is merged."""
        above = (at for at in range(row, self.head, -1) if _shown(values[at]).strip() and not self._is_remark(at))
        return next((_shown(values[at]) for at in above), "")

    def _named_policy(self, values: list, row: int, place: Place) -> tuple[int, int] | None:
        text = self._above(values, row)
        match = re.fullmatch(r"[(（](\d{1,2})[)）](.+)", cells.one_line(self.found.text(text, place, "policy")))
        if not match:
            self.found.problem(place.at("policy"), text, "「(1) 施策の名前」のように、番号と名前を書いてください。")
            return None
        key = (self.title.goal, int(match[1]))
        known = self.reading.policies.setdefault(key, Policy(*key, place, match[2]))
        if known.name != match[2]:
            self.found.problem(
                place.at("policy"), text, f"施策({key[1]})は、上の行では「{known.name}」です。そろえてください。"
            )
        return key

    def _named_direction(
        self, values: list, row: int, place: Place, policy: tuple[int, int]
    ) -> tuple[int, int, int] | None:
        """Directions are numbered in the order in which they stand under their policy; printed marks may err (④ for ①)."""
        text = cells.one_line(self.found.text(self._above(values, row), place, "direction"))
        mark, name = (text[0], text[1:]) if text and "①" <= text[0] <= "⑳" else ("", text)
        if not name:
            self.found.problem(place.at("direction"), text, "「①方向性の名前」のように書いてください。")
            return None
        siblings = [direction for key, direction in self.reading.directions.items() if key[:2] == policy]
        for direction in siblings:
            if direction.name == name:
                return direction.key
        direction = Direction(policy, len(siblings) + 1, place, name)
        self.reading.directions[direction.key] = direction
        if mark and ord(mark) - ord("①") + 1 != direction.number:
            code = "-".join(map(str, direction.key))
            self.found.note(
                Note.NUMBERING, place.at("direction"), f"記号は「{mark}」ですが、並び順から{code}としました"
            )
        return direction.key


# --- The sheet of indicators ----------------------------------------------------------------------


class _IndicatorSheet(_Cells):
    """Blocks under 目標 N: ◆ name, a row of years, 実績 A, 目標値 B, 達成率 A/B, 評価, 出典."""

    def __init__(self, reading: _Reading, sheet: Sheet, title: Title):
        super().__init__(sheet, reading.found)
        self.reading = reading
        self.goal: int | None = None
        self.block: Block | None = None
        self.years: dict[int, int | None] = {}  # column → fiscal year, None for 初期値

    def read(self) -> None:
        for row in range(1, len(self.sheet.rows)):
            self._row(row, _shown(self.sheet.value(row, 0)).strip())

    def _place(self, row: int, column: int = 0, label: str = "") -> Place:
        return Place(f"シート「{self.sheet.name}」", row + 1, {"value": (column_letter(column), label)})

    def _row(self, row: int, label: str) -> None:
        key = parsing.key(label)
        if match := re.fullmatch(r"目標(\d{1,3})", key):
            self.goal, self.block = int(match[1]), None
        elif key.startswith("◆"):
            self._new_block(row, label)
        elif parsing.key(_shown(self.sheet.value(row, 1))) == "初期値" and not key:
            self._read_years(row)
        elif key == "成果指標" or not any(_shown(value).strip() for value in self.sheet.rows[row]):
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
            text = _shown(self.sheet.value(row, column)).strip()
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
                year: parsing.key(_shown(self.sheet.value(row, column))) for column, year in self.years.items()
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
