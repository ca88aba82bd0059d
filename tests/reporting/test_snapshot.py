"""The text in which a report is kept gives the same report back, and the same bytes again."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from benchmarks.checks import REAL
from initiatives.models import PlanYear
from reporting import snapshot
from reporting.assemble import assemble
from reporting.importing.compare import commit
from reporting.importing.directory import read_directory
from reporting.snapshot import SnapshotError, dumps, loads
from tests.reporting import pdf_factory as factory
from tests.reporting.reports import any_report

KEPT = Path(__file__).parent / "data"


def full() -> snapshot.Report:
    """A report with something in every field that may be empty."""
    row = factory.row(
        "1-1-1-1", note="※今年から", new_in=2023, approved_on=date(2026, 1, 20), low_rating_reason="人手が足りない。",
        owners=(snapshot.Owner("みまもり課", "lead", "R5より", ("みどり市社協",)),), holds_own=True, own_reason="窓口が違う。",
    )  # fmt: skip
    indicator = factory.indicator(survey_years=(2022, 2024), no_change_band=Decimal("2.0"), department="みまもり課")
    before = snapshot.LowBefore("1-1-1-1", "見守り", "C", "人手が足りない。", "担い手をふやす。", True)
    made = factory.report([factory.goal(1, [row])], indicators=(indicator,), low_before=(before,))
    foreword = snapshot.Section("foreword", "はじめに", "16件です。", source="{{目標1.A評価.件数}}件です。")
    return replace(made, sections=made.sections | {"foreword": foreword})


@settings(max_examples=80, suppress_health_check=list(HealthCheck))
@given(any_report())
def test_any_report_comes_back_the_same(report):
    text = dumps(report)
    assert loads(text) == report
    assert dumps(loads(text)) == text


def test_what_comes_back_has_the_same_types():
    report = loads(dumps(full()))
    year = report.indicators[0].years[1]
    assert (type(year.actual), type(year.fiscal_year), year.numerator) == (Decimal, int, None)
    assert str(year.actual) == "52.5"
    assert report.goals[0].rows[0].approved_on == date(2026, 1, 20)
    assert report.indicators[0].survey_years == (2022, 2024)
    assert isinstance(report.sections["foreword"], snapshot.Section)
    assert hash(report.goals[0].rows[0]) == hash(full().goals[0].rows[0])  # frozen all the way down


@pytest.mark.django_db
@pytest.mark.skipif(
    not REAL.is_dir(), reason="実データ（../shared/data/kamakura-r6）がリポジトリの隣にないので、確かめていません"
)
def test_the_real_year_comes_back_the_same():
    commit(read_directory(REAL, 2024))
    report = assemble(PlanYear.objects.select_related("plan").get())
    text = dumps(report)
    assert loads(text) == report
    assert dumps(loads(text)) == text


# --- Texts of other times -----------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(KEPT.glob("report-schema-*.json")), ids=lambda path: path.stem)
def test_a_text_that_was_kept_stays_readable(path):
    """Written by the program of its time. When SCHEMA goes up, a file of the new one joins; the old ones stay as they
    are, and what they are read as is told here."""
    text = path.read_text(encoding="utf-8")
    report = loads(text)
    assert report == full()
    if json.loads(text)["schema"] == snapshot.SCHEMA:
        assert dumps(report) == text


def test_every_schema_has_a_text_that_was_kept():
    wanted = {f"report-schema-{number}" for number in range(1, snapshot.SCHEMA + 1)}
    assert {path.stem for path in KEPT.glob("report-schema-*.json")} == wanted
    assert set(snapshot.UPGRADES) == set(range(1, snapshot.SCHEMA))


def test_an_older_text_goes_through_every_upgrade(monkeypatch):
    """As if 基本理念 had been called by another name twice."""

    def renamed(old, new):
        return lambda values: {new if name == old else name: value for name, value in values.items()}

    first = snapshot.SCHEMA
    old = json.loads(dumps(full()))
    old["idea"] = old.pop("philosophy")
    steps = {first: renamed("idea", "thought"), first + 1: renamed("thought", "philosophy")}
    monkeypatch.setattr(snapshot, "SCHEMA", first + 2)
    monkeypatch.setattr(snapshot, "UPGRADES", snapshot.UPGRADES | steps)
    assert loads(json.dumps(old)) == full()
    assert full().schema == first + 2


def test_a_name_that_was_added_since_has_its_default():
    values = json.loads(dumps(factory.report()))
    del values["low_before"]
    del values["goals"][0]["policies"][0]["directions"][0]["rows"][0]["approved_on"]
    assert loads(json.dumps(values)) == factory.report()


def test_a_text_of_a_newer_program_is_refused():
    values = json.loads(dumps(full())) | {"schema": snapshot.SCHEMA + 1}
    with pytest.raises(SnapshotError, match=f"形の版が{snapshot.SCHEMA + 1}です"):
        loads(json.dumps(values))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda values: values.pop("title"),
        lambda values: values.pop("schema"),
        lambda values: values.update(more="x"),
        lambda values: values.update(title=6),
        lambda values: values.update(fiscal_year="2024"),
        lambda values: values.update(fiscal_year=True),
        lambda values: values.update(goals={"1": {}}),
        lambda values: values["tally"].update(rate=85.9),
        lambda values: values["tally"].update(rate="いくつか"),
        lambda values: values["goals"][0]["tally"].update(ratings=[]),
    ],
)
def test_what_is_no_report_is_refused(spoil):
    values = json.loads(dumps(full()))
    spoil(values)
    with pytest.raises(SnapshotError, match="報告書の形をしていません"):
        loads(json.dumps(values))


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '"x"'])
def test_other_texts_are_refused(text):
    with pytest.raises(SnapshotError):
        loads(text)
