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


def achievement_rate(
    actual: Decimal | None, target: Decimal | None, *, lower_is_better: bool = False
) -> Decimal | None:
    """Percent of the target reached, one decimal.

    None when either value is missing or the divisor is 0; may exceed 100 and is shown as it is.
    Lower is better: 目標値 ÷ 実績. Both 0 then means the target is met exactly, 100.
    """
    if actual is None or target is None:
        return None
    if lower_is_better:
        actual, target = target, actual
        if actual == target == 0:
            return round_half_up(HUNDRED, ACHIEVEMENT_PLACES)
    return percent(actual, target, ACHIEVEMENT_PLACES)


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
