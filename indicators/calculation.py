"""The figures of the report: rates, ratings, points. Pure, Decimal throughout, rounded once, half up (四捨五入).

Source of the rules: 「取組事業の達成度」 and 「各取組の総括」 of 鎌倉市地域福祉計画 推進状況報告書（令和6年度実施分）.
Python's round() and formatting round half to even (62.45 → 62.4); nothing outside this module rounds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

# One named rule per table: decimal places of what is printed.
ACHIEVEMENT_PLACES = 1  # 成果指標の達成率 85.9％
GOAL_RATE_PLACES = 0  # 各取組の総括の達成率 96％
SHARE_PLACES = 0  # 構成割合 75％

HUNDRED = Decimal(100)


def round_half_up(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def percent(part: Decimal | int, whole: Decimal | int, places: int) -> Decimal | None:
    """part ÷ whole in percent; None when the whole is 0."""
    if whole == 0:
        return None
    return round_half_up(Decimal(part) * HUNDRED / Decimal(whole), places)


def ratio(numerator: Decimal | None, denominator: Decimal | None) -> Decimal | None:
    """numerator ÷ denominator in percent, not rounded; None when either is missing or the divisor is 0."""
    if numerator is None or denominator is None or denominator == 0:
        return None
    return numerator * HUNDRED / denominator


def actual_of(actual: Decimal | None, numerator: Decimal | None, denominator: Decimal | None) -> Decimal | None:
    """The actual of a year: computed from its components where both are known, else as stated. Not rounded.

    The source printed 17.0％ twice for 57 of 337 and 58 of 335; computing is the only way not to copy such a slip.
    """
    computed = ratio(numerator, denominator)
    return actual if computed is None else computed


# Which way is good (Indicator.Polarity).
HIGHER, LOWER, KEEP = "higher", "lower", "keep"


def achievement_rate(
    actual: Decimal | None, target: Decimal | None, *, polarity: str = HIGHER, band: Decimal | None = None
) -> Decimal | None:
    """Percent of the target reached, one decimal; may exceed 100 and is shown as it is.

    None when either value is missing or nothing can be divided.
    HIGHER: 実績 ÷ 目標値. None for a target of 0.
    LOWER: 目標値 ÷ 実績. An actual of 0 has met every target and cannot be divided by: 100.
    KEEP: the smaller ÷ the larger, so that leaving the target either way costs; within `band` of it, 100.
    """
    if actual is None or target is None:
        return None
    met = (polarity == LOWER and actual == 0) or (polarity == KEEP and abs(actual - target) <= (band or 0))
    if met:
        return round_half_up(HUNDRED, ACHIEVEMENT_PLACES)
    if polarity == LOWER:
        actual, target = target, actual
    elif polarity == KEEP:
        actual, target = min(actual, target), max(actual, target)
    return percent(actual, target, ACHIEVEMENT_PLACES)


def change(before: Decimal, now: Decimal, places: int) -> Decimal:
    """The difference of two figures as they are printed, so that a reader who subtracts gets the same."""
    return round_half_up(now, places) - round_half_up(before, places)


def prorated(targets: Mapping[int, Decimal], year: int, places: int) -> Decimal | None:
    """中間年の目安: the target of a year between two years that have one, on the straight line from one to the other.

    前の目標 ＋（後の目標 − 前の目標）× 過ぎた年数 ÷ 間の年数, rounded to the decimals of the indicator, because a target
    is a stated number. None before the first year that has a target, and after the last.
    """
    before, after = (
        max((y for y in targets if y < year), default=None),
        min((y for y in targets if y > year), default=None),
    )
    if before is None or after is None:
        return None
    gone = (targets[after] - targets[before]) * (year - before) / (after - before)
    return round_half_up(targets[before] + gone, places)


@dataclass(frozen=True)
class Band:
    """One step of a rating scale, as calculation needs it: lower bound in percent, points."""

    letter: str
    min_rate: int
    points: int
    definition: str = ""


class Scale:
    """A plan's rating bands, best first."""

    def __init__(self, bands: Iterable[Band]):
        self.bands: tuple[Band, ...] = tuple(sorted(bands, key=lambda band: -band.min_rate))
        self._points = {band.letter: band.points for band in self.bands}

    @property
    def letters(self) -> tuple[str, ...]:
        return tuple(band.letter for band in self.bands)

    @property
    def full_points(self) -> int:
        """Points of the best band (3)."""
        return max(self._points.values(), default=0)

    def points(self, letter: str) -> int:
        """Points of a rating; 0 for unrated."""
        return self._points.get(letter, 0)

    def rating_for(self, rate: Decimal | None) -> str:
        """The letter of the band a rate lies in; "" when there is no rate."""
        if rate is None:
            return ""
        return next((band.letter for band in self.bands if rate >= band.min_rate), "")


UNRATED = "unrated"


@dataclass(frozen=True)
class Tally:
    """Ratings counted: distribution, points and overall rating of a goal, a policy, a department or the plan.

    distribution: letter → count in the scale's order, then "unrated". An unrated initiative counts in the full
    points (満点) and brings 0, visibly; it is never dropped.
    """

    distribution: Mapping[str, int] = field(default_factory=dict)
    count: int = 0
    points: int = 0
    full_points: int = 0
    rate: Decimal | None = None
    overall_rating: str = ""

    @property
    def unrated(self) -> int:
        return self.distribution.get(UNRATED, 0)


def tally(ratings: Sequence[str], scale: Scale) -> Tally:
    """Count ratings ("" is unrated). rate = points ÷ (full points × count), rating by the same bands."""
    distribution = dict.fromkeys((*scale.letters, UNRATED), 0)
    for rating in ratings:
        distribution[rating or UNRATED] += 1
    points = sum(scale.points(rating) for rating in ratings)
    full_points = scale.full_points * len(ratings)
    return Tally(
        distribution=distribution,
        count=len(ratings),
        points=points,
        full_points=full_points,
        rate=percent(points, full_points, GOAL_RATE_PLACES),
        # The band is taken from the exact share: 74.6 % is printed as 75 % but is no A.
        overall_rating=scale.rating_for(ratio(Decimal(points), Decimal(full_points))),
    )


def shares(distribution: Mapping[str, int]) -> dict[str, Decimal | None]:
    """Each count as percent of all, each rounded by itself (so they need not add up to 100)."""
    whole = sum(distribution.values())
    return {letter: percent(count, whole, SHARE_PLACES) for letter, count in distribution.items()}
