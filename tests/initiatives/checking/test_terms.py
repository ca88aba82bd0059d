import pytest
from hypothesis import given
from hypothesis import strategies as st

from initiatives.checking.terms import KINDS, MENDABLE, Term, Terms, shipped

TERMS = shipped("鎌倉市").terms


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.word)
def test_a_right_word_is_no_wrong_one(term):
    assert term.kind in KINDS
    assert term.right
    if term.kind in MENDABLE:
        assert not any(term.uses(term.right))


@pytest.mark.parametrize("term", [term for term in TERMS if term.kind in MENDABLE], ids=lambda term: term.word)
def test_the_word_that_is_shown_is_found_and_mended(term):
    assert term.mended(f"去年は{term.word}。") == f"去年は{term.right}。"


def test_names_of_a_city_are_its_own():
    elsewhere = shipped("ほかの市")
    assert elsewhere.of("name", "mixed") == ()
    assert {term.kind for term in elsewhere.terms} == {"spelling", "ruling", "loan", "easy"}


# --- What counts as a wrong use -------------------------------------------------------------------------

CHILD = Term("spelling", "子供", "こども", allowed=("子供会連合会",))


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("子供の居場所", "こどもの居場所"),
        ("子供と子供", "こどもとこども"),
        ("子供会連合会と子供", "子供会連合会とこども"),
        ("「子供の貧困対策に関する大綱」と子供", "「子供の貧困対策に関する大綱」とこども"),
        ("こどもの居場所", "こどもの居場所"),
        ("", ""),
    ],
)
def test_mended(text, mended):
    assert CHILD.mended(text) == mended


def test_the_right_word_may_hold_the_wrong_one():
    short = Term("name", "社協", "市社協")
    assert short.mended("社協と市社協") == "市社協と市社協"
    assert short.mended(short.mended("社協")) == "市社協"


def test_a_word_is_no_pattern():
    assert Term("name", "a.c(", r"\1").mended("abc( a.c(") == r"abc( \1"


@given(st.text("子供会連合「」あ\n", max_size=40))
def test_mending_twice_is_mending_once(text):
    once = CHILD.mended(text)
    assert CHILD.mended(once) == once
    assert not any(CHILD.uses(once))


def test_all_terms_one_after_another():
    known = Terms((CHILD, Term("ruling", "完了した", "実施した"), Term("loan", "子", "x")))
    assert known.mended("子供の調査が完了した") == "こどもの調査が実施した"
