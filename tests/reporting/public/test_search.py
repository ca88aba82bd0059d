"""Searching the initiatives of an edition."""

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from tests.reporting import pdf_factory as factory


def row(code, **changes):
    return factory.row(
        code, name=f"取組{code}", description="まちをよくする。", result="", issues="", parts=(), **changes
    )


@pytest.fixture
def found(editions, at, client):
    """Codes of what a search finds, in order, and the page."""

    def inner(**query):
        soup = BeautifulSoup(client.get(at("initiative_list"), query).content, "lxml")
        codes = [link.select_one(".code").text for link in soup.select(".lines a.line__t")]
        return codes, soup

    return inner


@pytest.fixture
def city(editions):
    first = [
        replace(row("1-1-1-1"), result="スマートフォンの教室を12回開いた。"),
        replace(row("1-1-1-2"), issues="ＮＰＯと話し合う。", rating="C", low_rating_reason="集まりが少なかった。"),
    ]
    second = [
        replace(row("2-1-1-1"), owners=(factory.snapshot.Owner("防災課", "lead", "", ("市社協",)),), rating=""),
        replace(row("2-1-1-2"), name="ケアラーの集い"),
    ]
    report = factory.report([factory.goal(1, first), factory.goal(2, second)])
    before = factory.report([factory.goal(1, [replace(row("1-1-1-1"), result="すまーとふぉんの教室。")])])
    editions.publish(report, last=before)
    editions.publish(replace(before, fiscal_year=2023, fiscal_year_label="令和5年度"))
    return report


@pytest.mark.parametrize(
    ("q", "codes"),
    [
        ("スマートフォン", ["1-1-1-1"]),
        ("すまーとふぉん", ["1-1-1-1"]),
        ("ｽﾏｰﾄﾌｫﾝ", ["1-1-1-1"]),
        ("１２回", ["1-1-1-1"]),
        ("npo", ["1-1-1-2"]),
        ("集まり", ["1-1-1-2"]),
        ("教室　12", ["1-1-1-1"]),
        ("教室 NPO", []),
        ("防災課", ["2-1-1-1"]),
        ("市社協", ["2-1-1-1"]),
        ("1-1-1-2", ["1-1-1-2"]),
        ("見守るまち2", ["2-1-1-1", "2-1-1-2"]),
        ("まちをよく", ["1-1-1-1", "1-1-1-2", "2-1-1-1", "2-1-1-2"]),
        ("する。取組", []),
    ],
)
def test_words(city, found, q, codes):
    assert found(q=q)[0] == codes


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({"goal": "2"}, ["2-1-1-1", "2-1-1-2"]),
        ({"department": "防災課"}, ["2-1-1-1"]),
        ({"rating": "C"}, ["1-1-1-2"]),
        ({"rating": "unrated"}, ["2-1-1-1"]),
        ({"goal": "2", "q": "ケアラー"}, ["2-1-1-2"]),
        ({"goal": "99"}, []),
        ({"rating": "A", "department": "ない課"}, []),
    ],
)
def test_conditions(city, found, query, codes):
    assert found(**query)[0] == codes


def test_the_form_says_what_was_asked_for(city, found):
    _, soup = found(q="ケアラー", goal="2", rating="A")
    assert soup.select_one("#q")["value"] == "ケアラー"
    assert [option["value"] for option in soup.select("option[selected]")] == ["2", "A"]
    assert soup.select_one("#h-r").text == "「ケアラー」が出てくる取組は1件です"


def test_where_the_word_stands_is_shown(city, found):
    _, soup = found(q="npo")
    assert soup.select_one(".found").text == "課題と対応　ＮＰＯと話し合う。"
    _, soup = found(q="教室")
    assert soup.select_one(".found mark").text == "教室"
    assert not found(q="ケアラーの集い")[1].select(".found")


def test_other_years(city, found):
    codes, soup = found(q="すまーとふぉん", years="all")
    assert codes == ["1-1-1-1", "1-1-1-1"]
    assert [link["href"] for link in soup.select("a.line__t")] == [
        "/public/1/R6/initiatives/1-1-1-1/", "/public/1/R5/initiatives/1-1-1-1/",
    ]  # fmt: skip
    assert [year.text for year in soup.select(".lines > li > .meta")] == ["令和6年度", "令和5年度"]


def test_without_conditions_every_initiative_stands_under_its_goal(city, found):
    _, soup = found(q=" ")
    assert [link.select_one(".code").text for link in soup.select(".rows a")] == [
        "1-1-1-1",
        "1-1-1-2",
        "2-1-1-1",
        "2-1-1-2",
    ]
    assert soup.select_one("#h-r").text == "4の取組"


def test_pages_of_twenty(editions, found):
    editions.publish(factory.report([factory.goal(1, [row(f"1-1-1-{number}") for number in range(1, 46)])]))
    codes, soup = found(q="まち", page="3")
    assert codes == [f"1-1-1-{number}" for number in range(41, 46)]
    assert [link["href"] for link in soup.select(".pager a")] == [
        "?q=%E3%81%BE%E3%81%A1",
        "?q=%E3%81%BE%E3%81%A1&page=2",
    ]
    assert soup.select_one(".pager [aria-current]").text == "3"
    assert found(q="まち", page="99")[0] == codes
    assert found(q="まち", page="-1")[0] == found(q="まち")[0]


@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script>", '"><img src=x>', "\x00", "%", "(", "あ" * 5000, "\ufdd0q\ufdd0"]
)
def test_whatever_is_typed_is_only_text(city, found, typed):
    codes, soup = found(q=typed)
    assert codes == []
    assert not soup.select("main script, main img")
    assert "見つかりませんでした" in soup.select_one("#h-r").text
