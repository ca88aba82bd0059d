import pytest

from initiatives.checking.terms import KINDS, terms_for

TERMS = terms_for("鎌倉市").terms


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.word)
def test_a_right_word_is_no_wrong_one(term):
    assert term.kind in KINDS
    assert term.right
    if term.kind in ("spelling", "name", "ruling") and "\\" not in term.right:
        assert not term.pattern.search(term.right)


def test_names_of_a_city_are_its_own():
    elsewhere = terms_for("ほかの市")
    assert elsewhere.of("name", "mixed") == ()
    assert {term.kind for term in elsewhere.terms} == {"spelling", "ruling", "loan"}
