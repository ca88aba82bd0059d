from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.calculation import (
    KEEP,
    LOWER,
    Band,
    Scale,
    achievement_rate,
    actual_of,
    change,
    percent,
    prorated,
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


@pytest.mark.parametrize(
    ("actual", "target", "rate"),
    [
        ("8", "10", "125.0"),  # 10 ÷ 8 ＝ 1.25
        ("20", "10", "50.0"),  # 10 ÷ 20 ＝ 0.5
        ("12", "10", "83.3"),  # 10 ÷ 12 ＝ 0.8333…
        ("5", "0", "0.0"),  # a target of 0 that is not met: 0 ÷ 5 ＝ 0
        ("0", "0", "100.0"),  # a target of 0 that is met
        ("0", "10", "100.0"),  # nothing left to bring down; 10 ÷ 0 is no number
    ],
)
def test_achievement_rate_lower_is_better(actual, target, rate):
    assert achievement_rate(D(actual), D(target), polarity=LOWER) == D(rate)


@pytest.mark.parametrize(
    ("actual", "target", "band", "rate"),
    [
        ("50", "50", None, "100.0"),
        ("45", "50", None, "90.0"),  # below: 45 ÷ 50
        ("55", "50", None, "90.9"),  # above: 50 ÷ 55 ＝ 0.90909…
        ("48", "50", "2", "100.0"),  # 2 away, and the band is ±2
        ("52.1", "50", "2", "96.0"),  # 2.1 away: 50 ÷ 52.1 ＝ 0.95969…
        ("0", "0", None, "100.0"),
        ("3", "0", None, "0.0"),  # 0 ÷ 3
    ],
)
def test_achievement_rate_of_what_is_to_be_kept(actual, target, band, rate):
    assert achievement_rate(D(actual), D(target), polarity=KEEP, band=D(band) if band else None) == D(rate)


def test_a_band_changes_nothing_where_more_is_better():
    assert achievement_rate(D("49"), D("50"), band=D(2)) == D("98.0")


# I01 of the printed report: 56.0 in R2, 70.0 in R7, 14.0 in five years ＝ 2.8 a year. The plan states the years between:
# 58.8, 61.6, 64.4, 67.2; the line gives the same.
@pytest.mark.parametrize(("year", "target"), [(2021, "58.8"), (2022, "61.6"), (2023, "64.4"), (2024, "67.2")])
def test_prorated_targets_are_those_that_the_plan_printed(year, target):
    assert prorated({2020: D("56.0"), 2025: D("70.0")}, year, 1) == D(target)


def test_prorated_targets_are_rounded_as_the_indicator_is():
    # 10 → 15 in three years: 10 ＋ 5 × 1 ÷ 3 ＝ 11.666…, 10 ＋ 5 × 2 ÷ 3 ＝ 13.333…
    assert [prorated({2021: D(10), 2024: D(15)}, year, 0) for year in (2022, 2023)] == [D(12), D(13)]
    # 200 falls to 100 in four years: 25 a year.
    assert [prorated({2021: D(200), 2025: D(100)}, year, 0) for year in (2022, 2023, 2024)] == [D(175), D(150), D(125)]
    # Exactly a half goes up: 1 ＋ 1 × 1 ÷ 2 ＝ 1.5.
    assert prorated({2022: D(1), 2024: D(2)}, 2023, 0) == D(2)


def test_prorated_between_the_nearest_two_targets_and_never_beyond():
    targets = {2020: D(0), 2022: D(10), 2026: D(50)}
    assert prorated(targets, 2021, 0) == D(5)  # between 0 and 10
    assert prorated(targets, 2023, 0) == D(20)  # 10 ＋ 40 × 1 ÷ 4
    assert prorated(targets, 2019, 0) is prorated(targets, 2027, 0) is prorated({}, 2021, 0) is None


def test_change_is_that_of_the_printed_figures():
    # 57 of 337 is 16.913…, 58 of 335 is 17.313…: printed 16.9 and 17.3, so 0.4, though they are 0.3994… apart.
    assert change(D(5700) / 337, D(5800) / 335, 1) == D("0.4")
    # 62.44 and 62.45 are 0.01 apart, but printed 62.4 and 62.5.
    assert change(D("62.44"), D("62.45"), 1) == D("0.1")


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
