"""Open data: tables that any program reads, each column explained, nothing that Excel would calculate."""

import csv
import io
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting import opendata
from tests.reporting import pdf_factory as factory

REPORT = factory.report()


def files(report=REPORT) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(opendata.render(report, edition="第2版"))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def read(content: bytes) -> list[dict]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_every_initiative_is_a_line():
    rows = read(files()["initiatives.csv"])
    assert [row["番号"] for row in rows] == [row.code for row in REPORT.rows]
    assert [row["評価"] for row in rows] == [row.rating for row in REPORT.rows]


def test_csv_and_json_say_the_same():
    made = files()
    data = json.loads(made["report.json"])
    for name, table in data["tables"].items():
        rows = read(made[f"{name}.csv"])
        assert len(rows) == len(table["rows"])
        for row, wanted in zip(rows, table["rows"], strict=True):
            for column in table["columns"]:
                value = wanted[column["name"]]
                text = ";".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
                assert row[column["heading"]] in (text, f"'{text}")


def test_every_column_is_explained():
    made = files()
    explained = {(row["ファイル"], row["見出し"]): row for row in read(made["項目の説明.csv"])}
    headings = {(name, each) for name in made if name.endswith(".csv") and name != "項目の説明.csv"
                for each in made[name].decode("utf-8-sig").splitlines()[0].split(",")}  # fmt: skip
    assert set(explained) == headings
    assert all(row["型"] and row["説明"] for row in explained.values())


def test_licence_and_source_are_named():
    made = files()
    assert "表示4.0国際" in made["お読みください.txt"].decode()
    assert json.loads(made["report.json"])["licence"]["url"].startswith("https://creativecommons.org/")


def test_the_same_report_gives_the_same_file():
    assert opendata.render(REPORT) == opendata.render(factory.report())


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=12))
def test_texts_come_back_as_they_are_and_calculate_nothing(text):
    report = factory.report([factory.goal(1, [factory.row("1-1-1-1", result=text, parts=())])])
    (table,) = (table for table in opendata.tables(report) if table.name == "initiatives")
    ((cell,),) = ([row["実績"]] for row in csv.DictReader(io.StringIO(opendata.as_csv(report, table), newline="")))
    assert cell.removeprefix("'") == text.removeprefix("'")
    assert len(cell) < 2 or cell[0] not in "=+-@\t\r"
    assert json.loads(opendata.as_json(report))["tables"]["initiatives"]["rows"][0]["result"] == text


@pytest.mark.parametrize("name", ["self_rating", "own_reason", "source"])
def test_what_is_the_offices_own_is_no_column(name):
    internal = {
        column.name for table in opendata.tables(REPORT) for column in table.columns if table.name != "indicators"
    }
    assert name not in internal
