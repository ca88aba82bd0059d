from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.calculation import (
    Band,
    Scale,
    achievement_rate,
    actual_of,
    percent,
    round_half_up,
    shares,
    tally,
)

SCALE = Scale([Band("A", 75, 3), Band("B", 50, 2), Band("C", 25, 1), Band("D", 0, 0)])


@pytest.mark.parametrize(
    ("actual", "target", "rate"),
    [
        ("57.7", "67.2", "85.9"), ("65.6", "67.6", "97.0"), ("62", "63", "98.4"), ("219", "226", "96.9"),
        ("62.8", "54.0", "116.3"), ("57.1", "49.0", "116.5"), ("2000", "2000", "100.0"), ("201", "206", "97.6"),
        ("0", "8", "0.0"), ("65.7", "67.6", "97.2"), ("69.3", "100", "69.3"),
    ],
)  # fmt: skip
def test_achievement_rate_of_the_printed_report(actual, target, rate):
    assert achievement_rate(D(actual), D(target)) == D(rate)


def test_achievement_rate_without_a_value_is_none():
    assert achievement_rate(None, D(5)) is achievement_rate(D(5), None) is achievement_rate(D(5), D(0)) is None


def test_achievement_rate_lower_is_better():
    assert achievement_rate(D(8), D(10), lower_is_better=True) == D("125.0")
    assert achievement_rate(D(20), D(10), lower_is_better=True) == D("50.0")
    assert achievement_rate(D(0), D(0), lower_is_better=True) == D("100.0")
    assert achievement_rate(D(0), D(10), lower_is_better=True) is None


def test_rounding_is_half_up_not_to_even():
    assert round_half_up(D("62.45"), 1) == D("62.5")
    assert round_half_up(D("0.5"), 0) == D(1)
    assert round_half_up(D("-0.5"), 0) == D(-1)


def test_a_ratio_is_computed_from_its_components():
    assert round_half_up(actual_of(D("17.0"), D(58), D(335)), 1) == D("17.3")
    assert actual_of(D("17.0"), None, D(335)) == D("17.0")
    assert actual_of(None, D(1), D(0)) is None


@pytest.mark.parametrize(
    ("rate", "letter"),
    [("75", "A"), ("74.9", "B"), ("50", "B"), ("49.9", "C"), ("25", "C"), ("24.9", "D"), ("0", "D"), ("120", "A")],
)
def test_rating_is_the_band_of_the_rate(rate, letter):
    assert SCALE.rating_for(D(rate)) == letter


def test_no_rate_no_rating():
    assert SCALE.rating_for(None) == ""


@pytest.mark.parametrize(
    ("counts", "points", "full", "rate"),
    [
        ((16, 2, 0, 0), 52, 54, 96), ((15, 2, 0, 0), 49, 51, 96), ((23, 2, 1, 0), 74, 78, 95),
        ((83, 26, 0, 1), 301, 330, 91), ((33, 4, 0, 0), 107, 111, 96),
    ],
)  # fmt: skip
def test_tally_of_the_printed_report(counts, points, full, rate):
    counted = tally([letter for letter, n in zip("ABCD", counts, strict=True) for _ in range(n)], SCALE)
    assert (counted.points, counted.full_points, counted.rate, counted.overall_rating) == (points, full, D(rate), "A")
    assert counted.distribution == dict(zip(("A", "B", "C", "D", "unrated"), (*counts, 0), strict=True))


def test_unrated_counts_in_the_full_points_and_is_seen():
    counted = tally(["A", ""], SCALE)
    assert (counted.count, counted.unrated, counted.points, counted.full_points) == (2, 1, 3, 6)


def test_overall_rating_is_taken_before_rounding():
    counted = tally(["A"] * 97 + ["D"] * 33, SCALE)  # 74.6 %, printed as 75 %
    assert (counted.rate, counted.overall_rating) == (D(75), "B")


def test_tally_of_nothing():
    counted = tally([], SCALE)
    assert (counted.rate, counted.overall_rating, counted.count) == (None, "", 0)


@given(st.lists(st.sampled_from(["A", "B", "C", "D", ""]), max_size=60))
def test_tally_adds_up(ratings):
    counted = tally(ratings, SCALE)
    assert sum(counted.distribution.values()) == counted.count == len(ratings)
    assert 0 <= counted.points <= counted.full_points == 3 * len(ratings)


def test_shares_are_rounded_one_by_one():
    assert shares({"A": 9, "B": 2, "C": 0, "D": 1}) == {"A": D(75), "B": D(17), "C": D(0), "D": D(8)}
    assert percent(1, 0, 0) is None
