"""Which text of the chapters a finding leads to."""

import pytest

from initiatives.checking.finding import Finding, Place
from reporting.checks.spots import Spot, spot_of
from tests.reporting.checks.report_factory import goal, report, row

REPORT = report(
    goal(
        1,
        row("1-1-1-1"),
        sections={"social_trends": "一つ目。\n二つ目（注1）。", "vision": "初め。\n子供の会。\n終わり。"},
        events=[("4月", "開始（注２）"), ("5月", "終了")],
        footnotes=[(1, "説明"), (2, "別の説明"), (3, "だれも指さない")],
    ),
    sections={"overall": "全体の文。\nＡ評価は18件。"},
)


def spot(place: Place, found: str, **fields) -> Spot | None:
    return spot_of(place, Finding(place, found, "", "", "", **fields), REPORT)


@pytest.mark.parametrize(
    ("place", "found", "subject", "expected", "anchor"),
    [
        (Place("chapter", field="vision", goal=1), "…め。 子供の会…", "子供", Spot(1, "vision", 0, 2), "p-2"),
        (Place("chapter", field="vision", goal=1), "…終わり。", "", Spot(1, "vision", 0, 3), "p-3"),
        (Place("chapter", field="vision", goal=1), "ない言葉", "", Spot(1, "vision"), ""),
        (Place("chapter", field="overall"), "A評価は18件", "", Spot(0, "overall", 0, 2), "p-2"),
        (Place("chapter", field="foreword"), "章がない", "", Spot(0, "foreword"), ""),
        (Place("event", "2", goal=1), "終了", "", Spot(1, "social_trends", 2), "when-1"),
        (Place("footnote", "1", goal=1), "説明", "", Spot(1, "social_trends", 0, 2), "p-2"),
        (Place("footnote", "2", goal=1), "別の説明", "", Spot(1, "social_trends", 1, 1), "when-0"),
    ],
)
def test_where_it_stands(place, found, subject, expected, anchor):
    told = spot(place, found, subject=subject)
    assert (told, told.anchor) == (expected, anchor)


@pytest.mark.parametrize(
    "place", [Place("footnote", "3", goal=1), Place("review", goal=1), Place("row", "1-1-1-1", "result")]
)
def test_in_no_chapter(place):
    assert spot(place, "説明") is None
