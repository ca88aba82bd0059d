"""The report as Excel in the city's layout: taken in again it changes nothing, and its sums are the report's."""

import io
import zipfile

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from initiatives.models import PlanYear, YearlyEntry
from initiatives.workbook_reader import WorkbookRefused
from reporting import workbook
from reporting.assemble import assemble
from reporting.importing.compare import commit, preview
from reporting.importing.source import Refused
from reporting.importing.workbook import read_workbook
from tests.reporting import pdf_factory as factory
from tests.reporting.importing import small
from tests.reporting.importing.conftest import REAL
from tests.reporting.importing.dump import dump
from tests.reporting.importing.test_nasty_values import NASTY, PLACES, formats, put
from tests.reporting.importing.test_small_report import undone

YEAR = 2024
INDICATORS = (
    "安心して暮らせると思う人の割合",
    "相談から就職した人の割合",
)  # of small; the second is a ratio of two counts


def take_in(content: bytes) -> None:
    commit(read_workbook(content, YEAR))


def exported() -> bytes:
    return workbook.render(assemble(PlanYear.objects.select_related("plan").get(fiscal_year=YEAR)))


def changes() -> list:
    """What taking the exported workbook in again would change."""
    found = preview(read_workbook(exported(), YEAR))
    assert not found.questions and not found.made
    return found.changes


def opened(content: bytes):
    return openpyxl.load_workbook(io.BytesIO(content))


def test_taken_in_again_it_changes_nothing(db):
    take_in(small.content())
    assert changes() == []


def test_taken_in_by_another_city_it_gives_the_same_data(db):
    book = small.workbook()
    book["目標1"]["C5"] = "見守り会議※R6新規"  # older than the plan, it would not be printed
    with undone():
        take_in(small.content(book))
        content, wanted = exported(), dump(shared_only=True)
    take_in(content)
    assert dump(shared_only=True) == wanted


def test_a_written_reason_of_a_cross_listing_is_not_lost(db):
    book = small.workbook()
    book["目標2"]["H6"] = "こどもに声をかけた。"
    take_in(small.content(book))
    YearlyEntry.objects.filter(holds_own=True).update(own_reason="こどもの居場所として書くため")
    assert changes() == []


@example(("成果指標", "A18"), "", "General")  # one of the two counts of a ratio without a name
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(PLACES), st.sampled_from(NASTY), formats)
def test_whatever_was_understood_comes_back_the_same(db, place, value, number_format):
    with undone():
        try:
            take_in(put(*place, value, number_format))
        except (Refused, WorkbookRefused):
            return
        assert [change for change in changes() if not _states_another_ratio(change)] == []


def _states_another_ratio(change) -> bool:
    """A source may state a ratio that its own two counts contradict, or what happened in a year to come: the report of
    the year computes the one and does not know the other."""
    is_ratio = INDICATORS[1] in change.name and change.label in ("実績", "実績の種類", "初期値")
    return is_ratio or (change.name.endswith(" R7") and not change.label.startswith("目標"))


@pytest.mark.skipif(not REAL.is_dir(), reason="実データ（../shared/data/kamakura-r6）がリポジトリの隣にない")
def test_the_real_year_comes_back_the_same_but_for_two_ratios_that_were_printed_wrong(db):
    take_in((REAL / "取組調査票_R6.xlsx").read_bytes())
    assert [(change.label, change.before, change.after) for change in changes()] == [
        ("実績", "17", "16.9"), ("実績", "17", "17.3"),
    ]  # fmt: skip


def test_sums_are_those_of_the_report(db):
    take_in(small.content())
    report = assemble(PlanYear.objects.select_related("plan").get(fiscal_year=YEAR))
    book = opened(workbook.render(report))
    lines = {row[0]: row[1:] for row in book["集計"].iter_rows(min_row=4, values_only=True) if row[0]}
    for name, tally in [(f"目標{goal.number}　{goal.name}", goal.tally) for goal in report.goals] + [
        ("合計", report.tally), ("再掲を除く合計", report.tally_without_cross_listings)
    ]:  # fmt: skip
        assert lines[name] == (
            tally.count, *tally.ratings.values(), tally.points, tally.full_points,
            float(tally.rate / 100), tally.overall_rating,
        )  # fmt: skip
    assert [row[0] for row in book["課ごとの集計"].iter_rows(min_row=4, values_only=True)] == [
        each.department for each in report.departments
    ]


def test_charts_show_the_counts_and_nothing_calculates():
    report = factory.report()
    content = workbook.render(report)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        charts = [name for name in parts.namelist() if name.startswith("xl/charts/chart")]
        sheets = b"".join(parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/sheet"))
    assert len(charts) == 2 + len(report.indicators)
    assert b"<f>" not in sheets
    assert workbook.render(report) == content


def test_libreoffice_opens_it(libreoffice):
    content = workbook.render(factory.report())
    saved = opened(libreoffice(content, "xlsx"))
    assert [sheet.title for sheet in saved] == [sheet.title for sheet in opened(content)]
