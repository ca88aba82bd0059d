"""Round numbers for an axis."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from indicators.charts.svg import Number


def decimals_of(values: Iterable[Number]) -> int:
    """Decimals that the data itself carries, two at most: 57.7 and 56 → 1."""
    exponents = (-Decimal(str(value)).normalize().as_tuple().exponent for value in values)
    return min(2, max((0, *exponents)))


@dataclass(frozen=True)
class Axis:
    lo: float
    hi: float
    step: float

    def ticks(self) -> list[float]:
        return [self.lo + i * self.step for i in range(round((self.hi - self.lo) / self.step) + 1)]

    def label(self, tick: float) -> str:
        return f"{round(tick, 6):,g}" if abs(tick) < 1e6 else f"{tick:,.0f}"


def axis_for(values: Iterable[Number], *, intervals: int = 4, whole: bool = False) -> Axis:
    """Lower end, upper end and step in round numbers (1, 2, 5 × 10ⁿ, and 2.5 × 10ⁿ from 25 up).

    The axis starts at zero unless every value lies in the upper half of its range; then it starts just below
    them, and the caller says so under the chart (axis_note). Every step divides 100, so percentages that do not
    pass 100 end there.
    """
    numbers = [float(value) for value in values]
    low, high = (min(numbers), max(numbers)) if numbers else (0.0, 1.0)
    if low == high:
        low, high = min(low, 0.0), max(high, 0.0) or 1.0
    elif low > 0 and low < high / 2:
        low = 0.0
    elif high < 0 and high > low / 2:
        high = 0.0
    step = _nice((high - low) / intervals, whole)
    lo = math.floor(low / step + 1e-9) * step
    hi = math.ceil(high / step - 1e-9) * step
    if low > 0 and low - lo < step / 2 and lo - step >= 0:
        lo -= step  # room for the number under the lowest point
    return Axis(round(lo, 9), round(hi, 9), step)


def _nice(rough: float, whole: bool) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    for factor in (1, 2, 2.5, 5, 10):
        step = factor * power
        if step >= rough - 1e-12 and not (factor == 2.5 and power < 10) and not (whole and step < 1):
            return step
    return max(1.0, 10 * power)
