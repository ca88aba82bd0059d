"""Excel files that are inert: every text is a string, never a formula or a link, and no character changes."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import xlsxwriter
from django.http import HttpResponse
from django.utils.http import content_disposition_header

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Sheet:
    """One sheet: head row, rows of cells (None or "" is an empty cell), column widths in characters."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence]
    widths: Sequence[int]


def write_book(sheets: Iterable[Sheet]) -> bytes:
    """Sheets with a frozen, filterable head row and wrapped text. Numbers stay numbers."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#F2F2F2", "border": 1})
    cell = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    for sheet in sheets:
        _write_sheet(book.add_worksheet(sheet.name), sheet, head, cell)
    book.close()
    return file.getvalue()


def _write_sheet(page, sheet: Sheet, head, cell) -> None:
    for column, width in enumerate(sheet.widths):
        page.set_column(column, column, width)
    for column, words in enumerate(sheet.header):
        page.write_string(0, column, words, head)
    number = 0
    for number, row in enumerate(sheet.rows, start=1):
        for column, value in enumerate(row):
            if value is None or value == "":
                page.write_blank(number, column, None, cell)
            elif isinstance(value, (int, float, Decimal)):
                page.write_number(number, column, value, cell)
            else:
                page.write_string(number, column, str(value), cell)
    page.freeze_panes(1, 2)
    page.autofilter(0, 0, number, len(sheet.header) - 1)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def xlsx_response(content: bytes, file_name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=XLSX,
        headers={"Content-Disposition": content_disposition_header(True, file_name)},
    )
