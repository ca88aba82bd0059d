"""Public data for programs, read-only: every table of the open data (reporting/opendata.py) as JSON. docs/api.md.

An answer is made once and kept, as a page is.
"""

import json

from reporting import opendata
from reporting.public import history
from reporting.public.answers import NotThere
from reporting.public.metadata import absolute
from reporting.public.source import Published, Site, address
from reporting.snapshot import Report

VERSION = 1


def dumps(value) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def editions(published: tuple[Published, ...]) -> str:
    """Where a program begins: every public edition."""
    return dumps({"api": VERSION, "licence": opendata.licence(), "editions": [_edition(each) for each in published]})


def _edition(edition: Published) -> dict:
    report = edition.report
    return {
        "title": report.title,
        "plan_id": edition.plan,
        "plan": report.plan_name,
        "fiscal_year": edition.year,
        "fiscal_year_label": report.fiscal_year_label,
        "edition": edition.number,
        "edition_label": edition.label,
        "published_at": edition.published_at.isoformat(),
        "sha256": edition.digest,
        "url": absolute(address(edition, "api_edition", pinned=True)),
        "page": absolute(address(edition, "overview", pinned=True)),
    }


def edition(site: Site) -> str:
    """What an edition is, and its tables with their columns."""
    report = site.report
    tables = [
        {
            "name": table.name,
            "title": table.title,
            "columns": opendata.columns_of(table),
            "url": absolute(site.address("api_table", table=table.name)),
        }
        for table in opendata.tables(report)
    ]
    return dumps(_edition(site.edition) | opendata.about(report, edition=site.edition.label) | {"tables": tables})


def table(site: Site, table: str) -> str:
    found = _table(site.report, table)
    return dumps(_of(site) | {"table": found.name, "title": found.title, "rows": opendata.rows_of(site.report, found)})


def initiative(site: Site, code: str) -> str:
    """One initiative, as it stands in every year that is public."""
    if code not in site.content.places:
        raise NotThere
    years = [
        {"fiscal_year": year.edition.year, "edition": year.edition.number} | _row(year.edition.report, code)
        for year in history.of_initiative(site, code)
        if year.row is not None
    ]
    return dumps(_of(site) | {"code": code, "years": years})


def _of(site: Site) -> dict:
    edition = site.edition
    return {
        "plan_id": edition.plan,
        "fiscal_year": edition.year,
        "edition": edition.number,
        "licence": opendata.licence(),
    }


def _table(report: Report, name: str) -> opendata.Table:
    found = next((each for each in opendata.tables(report) if each.name == name), None)
    if found is None:
        raise NotThere
    return found


def _row(report: Report, code: str) -> dict:
    return next(row for row in opendata.rows_of(report, _table(report, "initiatives")) if row["code"] == code)
