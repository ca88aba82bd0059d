import pytest
from hypothesis import given
from hypothesis import strategies as st

from initiatives.text_diff import Piece, diff, excerpt


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("95団体に交付", "97団体に交付", [("del", "95"), ("ins", "97"), ("same", "団体に交付")]),
        ("1,095件", "1,097件", [("del", "1,095"), ("ins", "1,097"), ("same", "件")]),
        ("報交換会を開催", "情報交換会を開催", [("ins", "情"), ("same", "報交換会を開催")]),
        ("", "新しい文", [("ins", "新しい文")]),
        ("古い文", "", [("del", "古い文")]),
        ("同じ", "同じ", [("same", "同じ")]),
        ("", "", []),
    ],
)
def test_diff(before, after, pieces):
    assert diff(before, after) == [Piece(*piece) for piece in pieces]


@given(st.text("あい1２\n。", max_size=40), st.text("あい1２\n。", max_size=40))
def test_pieces_are_the_two_texts(before, after):
    pieces = diff(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "ins") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "del") == after


def test_very_long_texts_are_shown_as_replaced():
    before, after = "あ" * 3000, "い" * 3000
    assert diff(before, after) == [Piece("del", before), Piece("ins", after)]


def test_an_excerpt_keeps_the_changes_and_a_little_around():
    pieces = diff(f"{'あ' * 50}障がい{'い' * 50}広報誌{'う' * 50}", f"{'あ' * 50}障害{'い' * 50}広報紙{'う' * 50}")
    told = [(piece.kind, piece.text) for piece in excerpt(pieces, 3)]
    assert told == [
        ("same", "…ああ障"),
        ("del", "がい"),
        ("ins", "害"),
        ("same", "いいい…い広報"),
        ("del", "誌"),
        ("ins", "紙"),
        ("same", "ううう…"),
    ]
