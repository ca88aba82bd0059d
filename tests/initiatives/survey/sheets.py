"""調査票 in the hands of an officer: downloaded, filled with openpyxl, rewritten by other programs."""

import io
import zipfile
from collections.abc import Callable
from xml.sax.saxutils import escape

import openpyxl

from initiatives.survey.book import SHEET, book
from initiatives.survey.columns import columns_of
from initiatives.survey.rows import rows_of
from initiatives.workbook_reader import cell_name


def download(user, plan_year, department) -> bytes:
    return book(plan_year, department.name, rows_of(user, plan_year, department))


def columns(plan_year) -> dict[str, int]:
    """Name → number of the column, from 1 as openpyxl counts."""
    return {column.name: at for at, column in enumerate(columns_of(plan_year), start=1)}


def edited(content: bytes, change: Callable) -> bytes:
    """change(sheet) is done to the sheet 調査票."""
    file = openpyxl.load_workbook(io.BytesIO(content))
    change(file[SHEET] if SHEET in file.sheetnames else file.worksheets[0])
    return saved(file)


def saved(file) -> bytes:
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def cell_of(sheet, plan_year, code: str, name: str):
    at = columns(plan_year)
    row = next(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, at["code"]).value == code)
    return sheet.cell(row, at[name])


def filled(content: bytes, plan_year, texts: dict[tuple[str, str], object]) -> bytes:
    """{(code, column): value}. A string is a string, even one that begins with "="."""

    def change(sheet):
        places = {place: cell_of(sheet, plan_year, *place) for place in texts}
        for place, value in texts.items():
            places[place].value = value
            if isinstance(value, str):
                places[place].data_type = "s"

    return edited(content, change)


def values(content: bytes, sheet: str = SHEET) -> list[list]:
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(content))[sheet].iter_rows()]


def cleansed(content: bytes) -> bytes:
    """As a gateway (無害化) may hand a file on: values alone, written anew as inline strings by another program."""
    rows = []
    for number, row in enumerate(values(content), start=1):
        cells = "".join(
            f'<x:c r="{cell_name(number - 1, at)}" t="inlineStr"><x:is><x:t xml:space="preserve">{escape(value)}</x:t></x:is></x:c>'
            for at, value in enumerate(row)
            if value is not None
        )
        rows.append(f'<x:row r="{number}">{cells}</x:row>')
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets><sheet name="Sheet1" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<x:worksheet xmlns:x="{main}"><x:sheetData>{"".join(rows)}</x:sheetData></x:worksheet>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, xml in parts.items():
            archive.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + xml)
    return out.getvalue()
