"""An indicator as a series of years, frozen, with what is computed from its figures."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from indicators import calculation, models
from indicators.calculation import Band, Scale
from initiatives.models import Plan


@dataclass(frozen=True)
class IndicatorYear:
    """A year of an indicator. A figure word ("value", "blank", "not_conducted", "not_set", "under_review") tells why
    a number is missing."""

    fiscal_year: int
    actual: Decimal | None
    actual_figure: str
    target: Decimal | None
    target_figure: str
    numerator: Decimal | None
    denominator: Decimal | None
    rate: Decimal | None  # percent, one decimal
    rating: str


@dataclass(frozen=True)
class Indicator:
    """An indicator over every year of its plan, with rates and ratings computed. Frozen: pages, PDF and JSON take it."""

    code: str
    name: str
    unit: str
    decimals: int
    source: str
    lower_is_better: bool
    goal_numbers: tuple[int, ...]
    ratio_name: str
    numerator_name: str
    numerator_unit: str
    denominator_name: str
    denominator_unit: str
    baseline: Decimal | None
    baseline_numerator: Decimal | None
    baseline_denominator: Decimal | None
    years: tuple[IndicatorYear, ...]  # every year of the plan, in order

    def year(self, fiscal_year: int) -> IndicatorYear | None:
        return next((year for year in self.years if year.fiscal_year == fiscal_year), None)


def scale_of(plan: Plan) -> Scale:
    """A plan's rating scale as calculation takes it."""
    return Scale(Band(level.letter, level.min_rate, level.points, level.definition) for level in plan.scale)


def all_series(plan: Plan, as_of: int, scale: Scale) -> dict[int, Indicator]:
    """Every indicator of a plan by its key, in order, as known in the fiscal year `as_of`. Three queries."""
    goal_numbers, values = defaultdict(list), defaultdict(list)
    links = models.IndicatorGoal.objects.filter(indicator__plan=plan).order_by("goal__number")
    for indicator_id, number in links.values_list("indicator_id", "goal__number"):
        goal_numbers[indicator_id].append(number)
    for value in models.IndicatorValue.objects.filter(indicator__plan=plan):
        values[value.indicator_id].append(value)
    return {
        indicator.pk: series_of(indicator, plan, as_of, scale, goal_numbers[indicator.pk], values[indicator.pk])
        for indicator in models.Indicator.objects.filter(plan=plan).order_by("position")
    }


def series_of(
    indicator: models.Indicator,
    plan: Plan,
    as_of: int,
    scale: Scale,
    goal_numbers: Sequence[int],
    values: Iterable[models.IndicatorValue],
) -> Indicator:
    """One indicator with its rates and ratings computed, for every year of the plan.

    Of the years after `as_of` only the targets are known: a report of R6 does not tell what R7 brought.
    """
    by_year = {value.fiscal_year: value for value in values}
    blank = models.IndicatorValue()
    return Indicator(
        code=indicator.code,
        name=indicator.name,
        unit=indicator.unit,
        decimals=indicator.decimals,
        source=indicator.source,
        lower_is_better=indicator.polarity == models.Indicator.Polarity.LOWER,
        goal_numbers=tuple(goal_numbers),
        ratio_name=indicator.ratio_name,
        numerator_name=indicator.numerator_name,
        numerator_unit=indicator.numerator_unit,
        denominator_name=indicator.denominator_name,
        denominator_unit=indicator.denominator_unit,
        baseline=_tidy(
            calculation.actual_of(indicator.baseline, indicator.baseline_numerator, indicator.baseline_denominator),
            indicator.decimals,
        ),
        baseline_numerator=_tidy(indicator.baseline_numerator),
        baseline_denominator=_tidy(indicator.baseline_denominator),
        years=tuple(
            _indicator_year(year, by_year.get(year, blank), indicator, scale, is_past=year <= as_of)
            for year in range(plan.first_year, plan.last_year + 1)
        ),
    )


def _indicator_year(
    year: int, value: models.IndicatorValue, indicator: models.Indicator, scale: Scale, *, is_past: bool
) -> IndicatorYear:
    if not is_past:
        value = models.IndicatorValue(target=value.target, target_figure=value.target_figure)
    actual = calculation.actual_of(value.actual, value.numerator, value.denominator)
    rate = calculation.achievement_rate(
        actual, value.target, lower_is_better=indicator.polarity == models.Indicator.Polarity.LOWER
    )
    return IndicatorYear(
        fiscal_year=year,
        actual=_tidy(actual, indicator.decimals),
        actual_figure="value" if actual is not None else value.actual_figure,
        target=_tidy(value.target, indicator.decimals),
        target_figure=value.target_figure,
        numerator=_tidy(value.numerator),
        denominator=_tidy(value.denominator),
        rate=rate,
        rating=scale.rating_for(rate),
    )


def _tidy(value: Decimal | None, decimals: int = 0) -> Decimal | None:
    """With the decimals it is shown with, where nothing is lost by that; else with four, as it is stored.

    Databases give 56.0000 for 56.0; a computed ratio would have 28 digits. Both become equal everywhere.
    """
    if value is None:
        return None
    shown = calculation.round_half_up(value, decimals)
    return shown if shown == value else calculation.round_half_up(value, 4)
