"""The report as text says what the PDF says."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup

from reporting.pdf.chapters import Book
from reporting.public import twin
from tests.reporting import pdf_factory as factory


@pytest.fixture
def whole(editions, client, at):
    def inner(report):
        editions.publish(report)
        answer = client.get(at("text", part="all"))
        assert answer.status_code == 200
        return BeautifulSoup(answer.content, "lxml")

    return inner


def letters(text: str) -> str:
    return re.sub(r"[\s：]", "", text)


def test_every_text_of_the_print_is_there(whole):
    report = factory.report()
    said = letters(whole(report).select_one("main").text)
    for chapter in Book(report, edition="第1版").chapters():
        if chapter.template in twin.NOT_SHOWN:
            continue
        printed = BeautifulSoup(chapter.markup(), "lxml").body
        for other in printed.select("svg, table.w thead"):  # told as sentences, and beside each text
            other.decompose()
        for element in printed.select("p, td, th, li, h1, h2, h3, h4"):
            assert letters(element.text) in said, element


def test_charts_are_sentences(whole):
    soup = whole(factory.report())
    assert not soup.select("main svg.chart, main [style]")
    assert "図「声をかけ合う人の割合の推移」。R4は実績未実施、目標値55.0％。" in soup.select_one("main").text


def test_headings_follow_each_other(whole):
    levels = [int(heading.name[1]) for heading in whole(factory.report()).select("h1, h2, h3, h4, h5, h6")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_links_lead_to_their_place(editions, client, at, whole):
    row = factory.row("1-1-1-1")
    again = factory.row("2-1-1-1", original_code="1-1-1-1")
    soup = whole(factory.report([factory.goal(1, [row]), factory.goal(2, [again])]))
    names = [element["id"] for element in soup.select("[id]")]
    assert len(names) == len(set(names))
    inside = [link["href"] for link in soup.select(".twin a")]
    assert "#r-1-1-1-1" in inside
    assert all(href.startswith("#") and href[1:] in names for href in inside)
    part = BeautifulSoup(client.get(at("text", part="table-2")).content, "lxml")
    assert part.select_one(".twin a")["href"] == "../table-1/#r-1-1-1-1"
    found = BeautifulSoup(client.get(at("text", part="table-1")).content, "lxml")
    assert found.select_one("#r-1-1-1-1").text.strip() == "1-1-1-1　第1111の見守り"


def test_an_initiative_is_a_list_with_the_names_of_the_columns(editions, client, at):
    editions.publish(factory.report([factory.goal(1, [factory.row("1-1-1-1", note="※注です。")])]))
    soup = BeautifulSoup(client.get(at("text", part="table-1")).content, "lxml")
    facts = soup.select_one(".twin dl")
    told = dict(
        zip((each.text for each in facts.select("dt")), (each.text for each in facts.select("dd")), strict=True)
    )
    assert told["R6実績"] == "見守りを24回行った。"
    assert told["R6評価"] == "A"
    assert "※注です。" in soup.select_one(".twin").text


def test_what_is_typed_stays_text(whole):
    row = factory.row("1-1-1-1", result="<script>alert(1)</script> & ../table-1/#x", name="<b>太い</b>")
    soup = whole(factory.report([replace(factory.goal(1, [row]), name="<i>")]))
    assert not soup.select("main script, main i")
    assert "<script>alert(1)</script> & ../table-1/#x" in soup.select_one("main").text


def test_parts_follow_each_other(editions, client, at):
    editions.publish(factory.report())
    listed = BeautifulSoup(client.get(at("text_list")).content, "lxml").select(".toc-list a")
    addresses = [link["href"] for link in listed]
    for address, following in pairwise(addresses):
        soup = BeautifulSoup(client.get(address).content, "lxml")
        assert soup.select_one(".neighbours a")["href"] == following
    assert not BeautifulSoup(client.get(addresses[-1]).content, "lxml").select(".neighbours")
    assert client.get(at("text", part="nothing")).status_code == 404
