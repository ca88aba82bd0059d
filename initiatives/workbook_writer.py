"""Excel files that are inert: every text is a string, never a formula or a link, and no character changes."""

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

import xlsxwriter
from django.http import HttpResponse
from django.utils.http import content_disposition_header

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def write_sheet(name: str, header: Sequence[str], rows: Iterable[Sequence], widths: Sequence[int]) -> bytes:
    """One sheet with a frozen, filterable head row and wrapped text. Numbers stay numbers, None is an empty cell."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#F2F2F2", "border": 1})
    cell = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    sheet = book.add_worksheet(name)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    for column, words in enumerate(header):
        sheet.write_string(0, column, words, head)
    number = 0
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if value is None or value == "":
                sheet.write_blank(number, column, None, cell)
            elif isinstance(value, (int, float, Decimal)):
                sheet.write_number(number, column, value, cell)
            else:
                sheet.write_string(number, column, str(value), cell)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, number, len(header) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    book.close()
    return file.getvalue()


def xlsx_response(content: bytes, file_name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=XLSX,
        headers={"Content-Disposition": content_disposition_header(True, file_name)},
    )
