"""Which reader a source needs."""

from pathlib import Path

from initiatives.workbook_reader import WorkbookRefused
from reporting.importing.directory import read_directory
from reporting.importing.source import Problem, Refused, Source
from reporting.importing.workbook import read_workbook


def read_source(path: Path, fiscal_year: int) -> Source:
    """A workbook or a directory of CSV and JSON. Raises Refused."""
    try:
        if path.is_dir():
            return read_directory(path, fiscal_year)
        if path.is_file():
            return read_workbook(path, fiscal_year)
    except WorkbookRefused as error:
        raise Refused([Problem(path.name, "", str(error))]) from error
    raise Refused([Problem(str(path), "", "ファイルもフォルダーもありません。場所を確かめてください。")])
