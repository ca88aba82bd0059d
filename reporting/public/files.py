"""The files of an edition: those made when it was 確定 (reporting.builds), and the tables of its open data."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from reporting import opendata
from reporting.files import KINDS
from reporting.models import ReportBuild
from reporting.public import words
from reporting.public.answers import NotThere
from reporting.public.cache import Kept, shelf_of
from reporting.public.source import Site

# Names in addresses, and what a citizen is told.
BUILT = {
    "report.pdf": ("pdf", "推進状況報告書（PDF、読み上げに対応）"),
    "report.docx": ("word", "推進状況報告書（Word）"),
    "report.xlsx": ("excel", "取組の一覧と集計（Excel）"),
    "opendata.zip": ("data", "オープンデータ（CSVとJSONをまとめたもの）"),
}
JSON_NAME, JSON_LABEL = "report.json", "オープンデータ（JSON）"


@dataclass(frozen=True)
class File:
    """A file as it is offered. Without `url` it is still being made."""

    label: str
    url: str = ""
    size: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class Download:
    content_type: str
    saved_as: str
    file: Kept


def download(site: Site, name: str) -> Download:
    """A file under its name. It is kept as it is, so that its SHA-256 is that of what is downloaded."""
    if name in BUILT:
        return _built(site, name)
    make, content_type = _made(site, name)
    saved_as = f"{site.report.plan_name}_{site.edition.year}_{site.edition.label}_{name}"
    return Download(content_type, saved_as, _kept(site, name, make))


def _kept(site: Site, name: str, make: Callable[[], bytes]) -> Kept:
    return shelf_of(site).get(f"file {site.edition.facts} {name}", make, packed=False)


def _built(site: Site, name: str) -> Download:
    kind = KINDS[BUILT[name][0]]

    def read() -> bytes:
        build = site.edition.files.get(kind.key)
        if build is None:
            raise NotThere
        return content_of(build)

    report, edition = site.report, site.edition
    saved_as = f"{report.plan_name}_推進状況報告書_{edition.short}{edition.label}{kind.extension}"
    return Download(kind.content_type, saved_as, _kept(site, name, read))


def content_of(build: ReportBuild) -> bytes:
    """The file as it was made; one that was changed on the disk since is not given out."""
    with build.file.open("rb") as file:
        content = file.read()
    if hashlib.sha256(content).hexdigest() != build.digest:
        raise NotThere
    return content


def _made(site: Site, name: str) -> tuple[Callable[[], bytes], str]:
    """What is written straight from the report, in no time."""
    report, label = site.report, site.edition.label
    if name == JSON_NAME:
        return lambda: opendata.as_json(report, edition=label).encode(), "application/json"
    table = next((each for each in opendata.tables(report) if each.file_name == name), None)
    if table is None:
        raise NotThere
    return lambda: opendata.csv_file(report, table), "text/csv; charset=utf-8"


def offered(site: Site) -> list[File]:
    """The files of the edition, those that are still being made as well."""
    found = site.edition.files
    return [
        *(_offer(site, name, found.get(kind), label) for name, (kind, label) in BUILT.items()),
        _file(site, JSON_NAME, JSON_LABEL),
    ]


def _offer(site: Site, name: str, build: ReportBuild | None, label: str) -> File:
    if build is None:
        return File(label)
    pages = f"{build.pages}ページ　" if build.pages else ""
    return File(label, site.address("file", name=name), f"{pages}{words.size(build.size)}", build.digest)


def tables(site: Site) -> list[File]:
    return [_file(site, table.file_name, f"{table.title}（CSV）") for table in opendata.tables(site.report)]


def _file(site: Site, name: str, label: str) -> File:
    kept = download(site, name).file
    return File(label, site.address("file", name=name), words.size(len(kept.body)), kept.digest)
