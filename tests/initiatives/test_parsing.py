from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from initiatives import parsing


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", "12"), ("１２", "12"), ("1,056", "1056"), ("１，０５６．５", "1056.5"), ("▲3", "-3"), ("△３", "-3"),
        ("−3", "-3"), (" 7 ", "7"), (0, "0"), (Decimal("0.5"), "0.5"), (56.0, "56.0"),
    ],
)  # fmt: skip
def test_parse_number(text, number):
    assert parsing.parse_number(text) == Decimal(number)


@pytest.mark.parametrize("text", [None, "", " ", "-", "－", "—", "ー"])
def test_parse_number_of_nothing_is_none(text):
    assert parsing.parse_number(text) is None


@pytest.mark.parametrize(
    "text", ["約12", "1e1000000", "nan", "inf", "12人", "1 2", "9" * 16, "１２０％", "0x10", "1_000"]
)
def test_parse_number_refuses_in_words(text):
    with pytest.raises(parsing.ParsingError, match="数として読めません"):
        parsing.parse_number(text)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=4))
def test_parse_number_reads_back_what_is_printed(number):
    assert parsing.parse_number(f"{number:,}") == number


@pytest.mark.parametrize(
    ("text", "letter"), [("A", "A"), ("Ａ", "A"), ("b", "B"), ("", ""), ("－", ""), ("未評価", "")]
)
def test_parse_rating(text, letter):
    assert parsing.parse_rating(text, ("A", "B")) == letter


@pytest.mark.parametrize("text", ["E", "A〜B", "AA", "順調"])
def test_parse_rating_refuses_in_words(text):
    with pytest.raises(parsing.ParsingError, match="A、Bのどれか1つ"):
        parsing.parse_rating(text, ("A", "B"))


def test_clean_text_keeps_what_was_meant():
    assert parsing.clean_text("①あ\r\n②い　 \n\n") == "①あ\n②い"
    assert parsing.clean_text("か\u3099") == "が"


@pytest.mark.parametrize("character", ["\x00", "\u202e", "\u200b", "\ufeff", "\x07"])
def test_clean_text_refuses_what_cannot_be_seen(character):
    with pytest.raises(parsing.ParsingError, match="目に見えない文字"):
        parsing.clean_text(f"あ{character}い")


@given(st.text())
def test_clean_text_is_stable(text):
    try:
        once = parsing.clean_text(text)
    except parsing.ParsingError:
        return
    assert parsing.clean_text(once) == once


def test_search_form_makes_alike_what_officers_type_alike():
    assert parsing.search_form("ｺｺｶﾏ　ＡＢＣ１２") == parsing.search_form("ここかまabc12") == "ここかまabc12"
