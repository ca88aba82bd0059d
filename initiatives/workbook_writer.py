"""Excel files that are inert: every text is a string, never a formula or a link, and no character changes.

Nothing here ever writes a formula, not even one of our own (a counter of characters, say): so "no cell of ours
calculates" stays a rule that needs no exception, and a file that calculates is not ours.
"""

import io
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import xlsxwriter
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from initiatives import workbook_reader

MAX_CELL = workbook_reader.MAX_CELL
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CUT = "…（Excelの1つのセルに入る長さを超えたので、ここで切りました。全文は画面で読めます）"
FONT = "BIZ UDPGothic"  # on every office PC with Windows 10 or later
_TITLE, _MESSAGE = 32, 255  # characters that Excel shows of a note beside a chosen cell
_TEXT = "@"  # typed numbers and dates stay what was typed
_LOOKS = {
    "head": {"bold": True, "valign": "vcenter", "bg_color": "#F2F2F2"},
    "plain": {},
    "input": {"locked": False, "num_format": _TEXT, "bg_color": "#FFF9E5"},
    "closed": {"num_format": _TEXT, "bg_color": "#D9D9D9", "font_color": "#4D4D4D"},
    "aside": {"num_format": _TEXT, "bg_color": "#F2F2F2", "font_color": "#4D4D4D", "font_size": 9},
}


@dataclass(frozen=True)
class Cell:
    """A cell that is more than its value. look: plain, input (may be typed in), closed, aside or head."""

    value: object
    look: str = "plain"
    note: tuple[str, str] = ("", "")  # title and words, shown beside the cell when it is chosen
    choices: Sequence[str] = ()  # offered as a list; nothing else is taken


@dataclass(frozen=True)
class Sheet:
    """One sheet: head row, rows of cells (None or "" is an empty cell), column widths in characters."""

    name: str
    header: Sequence
    rows: Iterable[Sequence]
    widths: Sequence[int]
    protected: bool = False  # only cells of the look "input" can be typed in
    filtered: bool = True
    title: str = ""  # printed above each page
    least_height: int = 0  # of a row in points: then rows are as high as their texts; 0 leaves it to Excel
    printing: "Printing | None" = None  # None: all columns on one page's width


@dataclass(frozen=True)
class Printing:
    """On two pages side by side, the first two columns repeated."""

    columns: int  # the first so many are printed
    break_before: int
    scale: int  # percent


def write_book(sheets: Iterable[Sheet]) -> bytes:
    """Sheets with a frozen, filterable head row and wrapped text. Numbers stay numbers."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    always = {
        "text_wrap": True,
        "valign": "top",
        "border": 1,
        "border_color": "#A6A6A6",
        "font_name": FONT,
        "font_size": 10.5,
    }
    formats = {name: book.add_format(always | look) for name, look in _LOOKS.items()}
    for sheet in sheets:
        _write_sheet(book.add_worksheet(sheet.name), sheet, formats)
    book.close()
    return file.getvalue()


def _write_sheet(page, sheet: Sheet, formats: dict) -> None:
    for column, width in enumerate(sheet.widths):
        page.set_column(column, column, width)
    for column, words in enumerate(sheet.header):
        _write_cell(page, 0, column, words if isinstance(words, Cell) else Cell(words, "head"), formats)
    number = 0
    for number, row in enumerate(sheet.rows, start=1):
        if sheet.least_height:
            page.set_row(number, max(sheet.least_height, height_of(row, sheet.widths)))
        for column, value in enumerate(row):
            _write_cell(page, number, column, value if isinstance(value, Cell) else Cell(value), formats)
    if sheet.least_height:
        page.set_row(0, max(20, height_of(sheet.header, sheet.widths)))
    page.freeze_panes(1, 2)
    if sheet.filtered:
        page.autofilter(0, 0, number, len(sheet.header) - 1)
    if sheet.protected:
        # No password: it keeps from slips, not from people. Widths and heights may be changed for reading.
        page.protect("", {"format_columns": True, "format_rows": True})
    page.set_landscape()
    page.set_paper(9)  # A4
    page.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    page.repeat_rows(0)
    page.set_footer("&C&P / &N")
    if sheet.title:
        page.set_header("&L" + sheet.title.replace("&", "&&"))
    if sheet.printing is None:
        page.fit_to_pages(1, 0)
        return
    page.print_area(0, 0, number, sheet.printing.columns - 1)
    page.set_print_scale(sheet.printing.scale)
    page.set_v_pagebreaks([sheet.printing.break_before])
    page.repeat_columns(0, 1)


def height_of(row: Sequence, widths: Sequence[int]) -> float:
    """Points that the longest text of a row takes; Excel goes up to 409."""
    texts = (str(cell.value if isinstance(cell, Cell) else cell or "") for cell in row)
    lines = max(
        sum(max(1, -(-_width(line) // max(1, width - 1))) for line in text.split("\n"))
        for text, width in zip(texts, widths, strict=True)
    )
    return min(409, 6 + 14.5 * lines)


def _width(line: str) -> int:
    """In half-width characters."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in line)


def _write_cell(page, row: int, column: int, cell: Cell, formats: dict) -> None:
    value, look = cell.value, formats[cell.look]
    if value is None or value == "":
        page.write_blank(row, column, None, look)
    elif isinstance(value, (int, float, Decimal)):
        page.write_number(row, column, value, look)
    else:
        page.write_string(row, column, fitting(str(value)), look)
    if any(cell.note) or cell.choices:
        page.data_validation(row, column, row, column, _validation(cell))


def fitting(text: str) -> str:
    """What Excel holds in one cell; a longer text is cut with words that say so, never silently."""
    return text if len(text) <= MAX_CELL else text[: MAX_CELL - len(CUT)] + CUT


def _validation(cell: Cell) -> dict:
    title, message = cell.note
    told = {"input_title": title[:_TITLE], "input_message": message[:_MESSAGE]} if message else {}
    if not cell.choices:
        return {"validate": "any"} | told
    return {
        "validate": "list",
        "source": list(cell.choices),
        "error_title": "えらべない値です",
        "error_message": f"{'、'.join(cell.choices)}のどれか1つをえらんでください。"[:_MESSAGE],
    } | told


def xlsx_response(content: bytes, file_name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=XLSX,
        headers={"Content-Disposition": content_disposition_header(True, file_name)},
    )
