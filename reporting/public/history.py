"""One initiative, and one indicator, over the years: from the newest public edition of each."""

from dataclasses import dataclass

from indicators import charts
from initiatives import fiscal_year as fy
from reporting.public.source import Published, Site, address
from reporting.snapshot import Row


@dataclass(frozen=True)
class Year:
    """A year of an initiative, known by its code. `row` None: that year's report has no such initiative."""

    edition: Published
    row: Row | None
    url: str
    is_now: bool

    @property
    def label(self) -> str:
        return self.edition.year_label

    @property
    def other_name(self) -> str:
        return self.row.name if self.row and not self.is_now else ""


def of_initiative(site: Site, code: str) -> list[Year]:
    """Newest year first; the years before it was there are left out."""
    years = []
    for edition in site.years:
        place = edition.content.places.get(code)
        is_now = edition == site.edition
        url = address(edition, "initiative", pinned=site.pinned and is_now, code=code)
        years.append(Year(edition, place.row if place else None, url, is_now))
    while years and years[-1].row is None:
        years.pop()
    return years


def rating_chart(site: Site, uid: str, **size):
    """The ratings of each public year, oldest first, a bar each; None as long as there is one year."""
    if len(site.years) < 2:
        return None
    rows = [(fy.label(each.year), each.report.tally.ratings) for each in reversed(site.years)]
    return charts.rating_rows(uid, "年度ごとの評価の件数", rows, scale=site.report.scale, **size)
