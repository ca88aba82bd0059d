"""Data for programs."""

import json
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from reporting import opendata
from tests.reporting import pdf_factory as factory


@pytest.fixture
def get(client):
    def inner(address):
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "application/json; charset=utf-8"
        assert answer["Access-Control-Allow-Origin"] == "*"
        return json.loads(answer.content)

    return inner


@pytest.fixture
def report():
    return factory.report()


def test_from_the_list_of_editions_to_every_row(editions, report, get):
    editions.publish(report)
    editions.publish(replace(report, title="直した報告書"), number=2)
    listed = get("/public/api/")["editions"]
    assert [(each["fiscal_year"], each["edition"], each["title"]) for each in listed] == [
        (2024, 2, "直した報告書"), (2024, 1, report.title),
    ]  # fmt: skip
    edition = get(listed[1]["url"])
    assert edition["licence"] == opendata.licence()
    tables = {table["name"]: get(table["url"]) for table in edition["tables"]}
    assert set(tables) == {table.name for table in opendata.TABLES}
    for table in edition["tables"]:
        names = [column["name"] for column in table["columns"]]
        assert all(list(row) == names for row in tables[table["name"]]["rows"])
    assert [row["code"] for row in tables["initiatives"]["rows"]] == [row.code for row in report.rows]


def test_the_rows_are_those_of_the_open_data(editions, report, get, at):
    editions.publish(report)
    whole = json.loads(opendata.as_json(report, edition="第1版"))
    for name, table in whole["tables"].items():
        assert get(at("api_table", table=name))["rows"] == table["rows"]


def test_an_initiative_over_the_years(editions, report, get, at):
    editions.publish(report)
    before = factory.changed(report, "1-1-1-1", rating="B")
    editions.publish(replace(before, fiscal_year=2023, fiscal_year_label="令和5年度"))
    years = get(at("api_initiative", code="1-1-1-1"))["years"]
    assert [(year["fiscal_year"], year["rating"], year["name"]) for year in years] == [
        (2024, "A", "第1111の見守り"), (2023, "B", "第1111の見守り"),
    ]  # fmt: skip


def test_addresses_are_whole_where_the_name_of_the_site_is_known(editions, report, get, settings):
    settings.BASE_URL = "https://ayumi.example.jp"
    editions.publish(report)
    assert get("/public/api/")["editions"][0]["url"] == "https://ayumi.example.jp/public/1/R6/v1/api/"


def test_no_such_data(editions, report, client, at):
    never = client.get("/public/api/")
    key = editions.publish(report)
    addresses = [at("api_table", table="secrets"), at("api_initiative", code="9-9"), at("api_edition", number=7)]
    wrong = [client.get(address) for address in addresses]
    editions.withdraw(key)
    gone = [client.get(at("api_edition")), client.get(at("api_table", table="initiatives"))]
    assert {answer.status_code for answer in (never, *wrong, *gone)} == {404}
    assert {answer.content for answer in (never, *wrong, *gone)} == {'{"error": "このデータはありません。"}\n'.encode()}
    assert never["Access-Control-Allow-Origin"] == "*"


def test_data_that_a_program_has_is_not_sent_again(editions, report, client, at):
    editions.publish(report)
    first = client.get(at("api_table", table="initiatives"))
    again = client.get(at("api_table", table="initiatives"), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again["Access-Control-Allow-Origin"]) == (304, "*")
    assert client.post(at("api_table", table="initiatives")).status_code == 405


# --- Charts on other sites ----------------------------------------------------------------------------


def test_only_charts_may_stand_in_other_pages(editions, report, client, at):
    editions.publish(report)
    for page, about in (("embed_goals", {}), ("embed_indicator", {"code": "I1"})):
        answer = client.get(at(page, **about))
        assert "frame-ancestors *" in answer["Content-Security-Policy"]
        assert "default-src 'self'" in answer["Content-Security-Policy"]
        assert "X-Frame-Options" not in answer
    for answer in (client.get(at("overview")), client.get(at("embed_indicator", code="I9"))):
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
        assert answer["X-Frame-Options"] == "DENY"


def test_the_code_to_copy_shows_the_chart(editions, report, client, at):
    editions.publish(replace(report, indicators=(replace(factory.indicator(), name='"声"の<割合>'),)))

    page = BeautifulSoup(client.get(at("indicator", code="I1")).content, "lxml")
    frame = BeautifulSoup(page.select_one("textarea").text, "lxml").iframe
    assert frame["title"] == '"声"の<割合>'
    shown = BeautifulSoup(client.get(frame["src"]).content, "lxml")
    assert "57.7％です。" in shown.h1.text
    assert len(shown.select("svg.chart")) == 2
    assert shown.select_one("a[target=_blank]")["href"] == at("indicator", code="I1")
