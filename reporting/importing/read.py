"""Which reader a source needs."""

from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from initiatives.workbook_reader import WorkbookRefused, unpack
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


def read_upload(content: bytes, file_name: str, fiscal_year: int) -> Source:
    """What a person chose on the screen: a workbook, or the directory as a zip archive. Raises Refused."""
    try:
        if file_name.lower().endswith(".zip"):
            return _read_archive(unpack(content), file_name, fiscal_year)
        return read_workbook(content, fiscal_year)
    except WorkbookRefused as error:
        raise Refused([Problem(file_name, "", str(error))]) from error


def _read_archive(parts: dict[str, bytes], file_name: str, fiscal_year: int) -> Source:
    """CSV and JSON of one folder; whatever else was packed with them is left alone."""
    tables = {PurePosixPath(name): data for name, data in parts.items() if name.lower().endswith((".csv", ".json"))}
    if len({name.parent for name in tables}) != 1:
        why = "CSVとJSONが1つのフォルダーにまとまっていません。フォルダーを1つだけ圧縮して、もう一度選んでください。"
        raise Refused([Problem(file_name, "", why)])
    with TemporaryDirectory(prefix="ayumi-import.") as folder:
        for name, data in tables.items():
            (Path(folder) / name.name).write_bytes(data)
        return read_directory(Path(folder), fiscal_year)
