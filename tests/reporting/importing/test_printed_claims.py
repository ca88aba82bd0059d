"""Printed totals, rates and ratings come in as claims to be checked, and from the directory alone."""

import pytest

from initiatives.models import PlanYear
from reporting.checks.year import judged
from reporting.importing.compare import commit
from reporting.importing.directory import read_directory
from reporting.importing.source import Refused
from reporting.models import PrintedClaim

pytestmark = pytest.mark.django_db

TOTALS = """goal,name,initiatives,A,B,C,D,points_over_full,rate,overall_rating
1,その1,9件,9件,0件,0件,0件,27/27,100%,A
合計,,9件,8件,0件,0件,0件,27/27,100%,A
"""
INDICATORS = """rating,rate_band,definition,count,share
A,75%～,順調,9,100%
合計,,,9,100%
"""


@pytest.fixture
def printed(directory):
    (directory / "printed_totals.csv").write_text(TOTALS, encoding="utf-8")
    (directory / "printed_indicator_totals.csv").write_text(INDICATORS, encoding="utf-8")
    return directory


def claims(start: str) -> dict[str, str]:
    return dict(PrintedClaim.objects.filter(key__startswith=start).values_list("key", "text"))


def test_claims_are_kept_as_printed(printed):
    done = commit(read_directory(printed, 2024))
    assert claims("totals/all") == {
        "totals/all/count": "9件",
        "totals/all/A": "8件",
        "totals/all/B": "0件",
        "totals/all/C": "0件",
        "totals/all/D": "0件",
        "totals/all/points": "27/27",
        "totals/all/rate": "100%",
        "totals/all/overall": "A",
    }
    assert claims("indicator_totals") == {
        "indicator_totals/A/count": "9",
        "indicator_totals/A/share": "100%",
        "indicator_totals/all/count": "9",
        "indicator_totals/all/share": "100%",
    }
    assert {key.split("/")[1] for key in claims("indicators/")} <= {
        indicator.code for indicator in done.plan.indicators.all()
    }
    assert claims("indicators/") != {}


def test_importing_again_changes_nothing_and_a_new_print_is_told(printed):
    commit(read_directory(printed, 2024))
    assert commit(read_directory(printed, 2024)).changes_nothing
    (printed / "printed_totals.csv").write_text(TOTALS.replace("8件", "9件"), encoding="utf-8")
    (change,) = commit(read_directory(printed, 2024)).changes
    assert (change.name, change.before, change.after) == ("totals/all/A", "8件", "9件")


def test_printed_totals_are_checked(printed):
    commit(read_directory(printed, 2024))
    found = {one.finding.place.ref: one.finding.found for one in judged(PlanYear.objects.get(), ["totals"])}
    assert found["totals:all/A"] == "8件"


def test_without_printed_tables_nothing_is_claimed_of_them(directory):
    commit(read_directory(directory, 2024))
    assert claims("totals") == claims("indicator_totals") == {}


def test_a_workbook_claims_nothing(take):
    take()
    assert PrintedClaim.objects.count() == 0


def test_a_column_that_is_missing_is_told(printed):
    (printed / "printed_totals.csv").write_text("goal,name\n1,その1\n", encoding="utf-8")
    with pytest.raises(Refused, match="points_over_full"):
        read_directory(printed, 2024)
