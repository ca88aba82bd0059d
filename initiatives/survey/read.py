"""An uploaded 調査票 → its lines, known by their headings. What they mean is asked in compare.py."""

import re
from dataclasses import dataclass, field

from initiatives import fiscal_year as fy
from initiatives import parsing, workbook_reader
from initiatives.models import PlanYear
from initiatives.parsing import ParsingError
from initiatives.survey.columns import FILLED, KEYS, TOLD, Column, columns_of
from initiatives.workbook_cells import text_at
from initiatives.workbook_reader import Sheet, WorkbookRefused, cell_name

HEAD_ROWS = 10  # the heading stands within the first rows: somebody may have put a title above it
_AGAIN = "調査票をダウンロードし直し、書いた文をうつしてください。"


@dataclass
class Line:
    """One row of the sheet. `unread`: why a cell could not be read, by column."""

    number: int  # from 1, as Excel shows it
    texts: dict[str, str] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)  # what stands in a cell that could not be read
    letters: dict[str, str] = field(default_factory=dict)

    def cell(self, name: str) -> str:
        """I7"""
        return f"{self.letters[name]}{self.number}"

    @property
    def is_blank(self) -> bool:
        return not any(self.texts[name].strip() for name in ("code", *FILLED)) and not self.unread


@dataclass
class Survey:
    sheet: str
    lines: list[Line]
    passed_over: list[str]  # names of other sheets with something in them


def read(content: bytes, plan_year: PlanYear) -> Survey:
    """Raises WorkbookRefused: for the file itself, or when it is no 調査票 of this plan and year."""
    book = workbook_reader.read(content)
    # A hidden sheet is nobody's to fill; whatever cleans files on their way drops it anyway.
    found = [(sheet, head) for sheet in book.sheets if not sheet.hidden and (head := _head_row(sheet)) is not None]
    if not found:
        words = f"見出しに「{KEYS['code']}」と「{KEYS['check']}」のあるシートがありません。調査票ではないか、見出しが変わっています。"
        raise WorkbookRefused(words, _AGAIN)
    if len(found) > 1:
        names = "」と「".join(sheet.name for sheet, _ in found)
        raise WorkbookRefused(
            f"調査票の表が、シート「{names}」の{len(found)}つにあります。",
            "1つだけを残して保存し、もう一度選んでください。",
        )
    sheet, head = found[0]
    columns = _columns(sheet, head, plan_year)
    _refuse_merged(sheet, head, columns)
    lines = [_line(sheet, row, columns) for row in range(head + 1, len(sheet.rows))]
    others = [
        other.name
        for other in book.sheets
        if other is not sheet
        and not other.hidden
        and parsing.key(other.name) != "記入のしかた"
        and any(map(any, other.rows))
    ]
    return Survey(sheet.name, [line for line in lines if not line.is_blank], others)


def _shown(value) -> str:
    return value if isinstance(value, str) else str(value)


def _head_row(sheet: Sheet) -> int | None:
    needed = {KEYS["code"], KEYS["check"]}
    for number, row in enumerate(sheet.rows[:HEAD_ROWS]):
        if needed <= {parsing.key(value) for value in row if isinstance(value, str)}:
            return number
    return None


def _columns(sheet: Sheet, head: int, plan_year: PlanYear) -> dict[str, int]:
    """Where each column stands; by its heading, in whatever order."""
    wanted = {parsing.key(column.heading): column for column in columns_of(plan_year)}
    columns: dict[str, int] = {}
    for at, heading in enumerate(sheet.rows[head]):
        column = wanted.get(parsing.key(_shown(heading)))
        if column is None:
            continue
        if column.name in columns and _is_needed(column):
            where = f"{cell_name(head, columns[column.name])}と{cell_name(head, at)}"
            raise WorkbookRefused(
                f"同じ見出し「{column.heading}」の列が2つあります（{where}）。",
                "1つだけを残して保存し、もう一度選んでください。",
            )
        columns.setdefault(column.name, at)
    missing = [column.heading for column in wanted.values() if _is_needed(column) and column.name not in columns]
    if missing:
        _refuse_other_year(sheet, head, columns, plan_year)
        raise WorkbookRefused(f"列「{'」「'.join(missing)}」がありません。", f"見出しの行を元に戻すか、{_AGAIN}")
    return columns


def _is_needed(column: Column) -> bool:
    return column.is_filled or column.name in KEYS


def _refuse_other_year(sheet: Sheet, head: int, columns: dict[str, int], plan_year: PlanYear) -> None:
    """The headings name the year: of another year's 調査票 they would all be missing, which is not what is wrong."""
    if "year" not in columns:
        return
    for row in range(head + 1, len(sheet.rows)):
        text = _shown(sheet.value(row, columns["year"]))
        try:
            year = fy.parse(text) if text.strip() else None
        except fy.FiscalYearError:
            year = None
        if year and year != plan_year.fiscal_year:
            raise WorkbookRefused(other_year(fy.label(year), plan_year))


def other_year(label: str, plan_year: PlanYear) -> str:
    return (
        f"これは{label}の調査票です。いま開いているのは{plan_year.label}です。"
        f"年度を切り替えるか、{plan_year.label}の調査票をダウンロードしてください。"
    )


def _refuse_merged(sheet: Sheet, head: int, columns: dict[str, int]) -> None:
    read = set(columns.values())
    for top, left, bottom, right in sheet.merged:
        if bottom >= head and read & set(range(left, right + 1)):
            raise WorkbookRefused(
                f"セルが結合されています（{cell_name(top, left)}から{cell_name(bottom, right)}）。どの行の文か、わかりません。",
                "結合を解除して保存し、もう一度選んでください。",
            )


def _line(sheet: Sheet, row: int, columns: dict[str, int]) -> Line:
    line = Line(row + 1, letters={name: re.sub(r"\d", "", cell_name(row, at)) for name, at in columns.items()})
    for name in (*KEYS, *FILLED):
        try:
            line.texts[name] = text_at(sheet, row, columns[name])
        except ParsingError as error:
            line.texts[name] = ""
            line.unread[name], line.shown[name] = str(error), _shown(sheet.value(row, columns[name]))
    if TOLD in columns:
        line.texts[TOLD] = _shown(sheet.value(row, columns[TOLD]))
    return line
