"""The files of an edition, each made once from its frozen report and kept beside the pages."""

from collections.abc import Callable
from dataclasses import dataclass

from reporting import opendata, word, workbook
from reporting.public import words
from reporting.public.answers import NotThere
from reporting.public.cache import Kept, shelf_of
from reporting.public.source import Published, Site

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class Kind:
    """A file that every edition has: its name in addresses, what it is called, how it is made."""

    name: str
    label: str
    content_type: str
    make: Callable[[Published], bytes]
    note: str = ""


@dataclass(frozen=True)
class File:
    """One file of an edition as it is offered."""

    kind: Kind
    url: str
    size: str
    sha256: str


def _word(edition: Published) -> bytes:
    return word.render(edition.report, edition=edition.label, digest=edition.digest)


def _data(edition: Published) -> bytes:
    return opendata.render(edition.report, edition=edition.label)


def _json(edition: Published) -> bytes:
    return opendata.as_json(edition.report, edition=edition.label).encode()


KINDS = {
    kind.name: kind
    for kind in (
        Kind("report.docx", "推進状況報告書（Word）", DOCX, _word),
        Kind("report.xlsx", "取組の一覧（Excel）", XLSX, lambda edition: workbook.render(edition.report)),
        Kind("opendata.zip", "オープンデータ（CSVとJSONをまとめたもの）", "application/zip", _data),
        Kind("report.json", "オープンデータ（JSON）", "application/json", _json),
    )
}


def kept(site: Site, name: str) -> tuple[Kind, Kept]:
    """A file, packed in no way: its SHA-256 is that of what is downloaded."""
    kind = KINDS.get(name) or _table(site, name)
    edition = site.edition
    return kind, shelf_of(site).get(f"file {edition.facts} {name}", lambda: kind.make(edition), packed=False)


def _table(site: Site, name: str) -> Kind:
    """A table of the open data by itself, as CSV."""
    table = next((each for each in opendata.tables(site.report) if each.file_name == name), None)
    if table is None:
        raise NotThere
    return Kind(name, table.title, "text/csv; charset=utf-8", lambda edition: opendata.csv_file(edition.report, table))


def offered(site: Site) -> list[File]:
    return [_file(site, kind.name) for kind in KINDS.values()]


def tables(site: Site) -> list[File]:
    return [_file(site, table.file_name) for table in opendata.tables(site.report)]


def _file(site: Site, name: str) -> File:
    kind, file = kept(site, name)
    return File(kind, site.address("file", name=name), words.size(len(file.body)), file.digest)
