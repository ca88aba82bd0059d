"""An indicator as a series of years, frozen, with what is computed from its figures."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from indicators import calculation, models
from indicators.calculation import Band, Scale
from initiatives.models import Plan, PlanYear


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
    rating: str  # the computed one, or the one that was set with a reason
    computed_rating: str = ""  # what the rate gives
    override_reason: str = ""  # why `rating` is another than the computed one; "" as long as it is not
    target_prorated: bool = False  # the target is 中間年の目安, computed from the targets around it
    recorded_on: date | None = None  # when the figures were last written (日本時間)

    @property
    def is_overridden(self) -> bool:
        return bool(self.override_reason)


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
    polarity: str = calculation.HIGHER  # "higher" | "lower" | "keep"
    kind: str = models.Indicator.Kind.OUTCOME.value
    accumulation: str = models.Indicator.Accumulation.YEARLY.value
    department: str = ""
    survey_years: tuple[int, ...] = ()  # empty: not only in some years
    no_change_band: Decimal | None = None
    first_year: int | None = None  # since when the plan measures it; None: from its beginning
    last_year: int | None = None  # until when; None: as long as the plan lasts

    @property
    def is_cumulative(self) -> bool:
        return self.accumulation == models.Indicator.Accumulation.CUMULATIVE

    @property
    def is_kept(self) -> bool:
        return self.polarity == calculation.KEEP

    def year(self, fiscal_year: int) -> IndicatorYear | None:
        return next((year for year in self.years if year.fiscal_year == fiscal_year), None)

    def owes(self, fiscal_year: int) -> bool:
        """Whether somebody still has to say what the year brought; a year without a survey asks nothing."""
        year = self.year(fiscal_year)
        return year is not None and year.actual_figure == models.Figure.BLANK

    def before(self, fiscal_year: int) -> IndicatorYear | None:
        """What a year is compared with: the year before it; of an indicator with survey years the survey before."""
        earlier = [year for year in self.years if year.fiscal_year < fiscal_year and year.actual is not None]
        if not earlier or (not self.survey_years and earlier[-1].fiscal_year != fiscal_year - 1):
            return None
        return earlier[-1]

    def change(self, fiscal_year: int) -> Decimal | None:
        """The actual against what it is compared with, in the indicator's unit, of the figures as printed."""
        now, before = self.year(fiscal_year), self.before(fiscal_year)
        if now is None or now.actual is None or before is None:
            return None
        return calculation.change(before.actual, now.actual, self.decimals)

    def is_unchanged(self, change: Decimal) -> bool:
        """Within the no-change band; without one only 0 is no change."""
        return abs(change) <= (self.no_change_band or 0)


# plan_year → the indicators of the report that was made 確定; None while there is none. `reporting` brings it, because
# imports point left (AppConfig.ready).
KEPT: list[Callable[[PlanYear], Sequence[Indicator] | None]] = []


def scale_of(plan: Plan) -> Scale:
    """A plan's rating scale as calculation takes it."""
    return Scale(Band(level.letter, level.min_rate, level.points, level.definition) for level in plan.scale)


def series_in(plan_year: PlanYear) -> dict[int, Indicator]:
    """The indicators that pages of a year show, by their key, in order: of a 確定 year as its report has them."""
    for bring in KEPT:
        kept = bring(plan_year)
        if kept is not None:
            keys = dict(models.Indicator.objects.filter(plan=plan_year.plan_id).values_list("code", "pk"))
            return {keys[each.code]: each for each in kept if each.code in keys}
    return all_series(plan_year.plan, plan_year.fiscal_year, scale_of(plan_year.plan))


def all_series(plan: Plan, as_of: int, scale: Scale) -> dict[int, Indicator]:
    """Every indicator that a plan has in the fiscal year `as_of`, by its key, in order, as known then. Three queries."""
    goal_numbers, values = defaultdict(list), defaultdict(list)
    links = models.IndicatorGoal.objects.filter(indicator__plan=plan).order_by("goal__number")
    for indicator_id, number in links.values_list("indicator_id", "goal__number"):
        goal_numbers[indicator_id].append(number)
    for value in models.IndicatorValue.objects.filter(indicator__plan=plan):
        values[value.indicator_id].append(value)
    indicators = models.Indicator.objects.filter(plan=plan).in_force(as_of)
    return {
        indicator.pk: series_of(indicator, plan, as_of, scale, goal_numbers[indicator.pk], values[indicator.pk])
        for indicator in indicators.select_related("department").order_by("position")
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
    targets = _targets(indicator, plan, by_year)
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
            _indicator_year(year, by_year.get(year, blank), targets, indicator, scale, is_past=year <= as_of)
            for year in range(plan.first_year, plan.last_year + 1)
        ),
        polarity=indicator.polarity,
        kind=indicator.kind,
        accumulation=indicator.accumulation,
        department=indicator.department.name if indicator.department else "",
        survey_years=indicator.surveyed,
        no_change_band=_tidy(indicator.no_change_band, indicator.decimals),
        first_year=indicator.first_year,
        last_year=indicator.last_year,
    )


def _targets(indicator: models.Indicator, plan: Plan, by_year: Mapping[int, models.IndicatorValue]):
    """The stated targets by year, from which those between are prorated; empty when none is to be computed.

    The line begins at the first value (初期値) where that is earlier than every target.
    """
    if not indicator.prorates_target:
        return {}
    targets = {year: value.target for year, value in by_year.items() if value.target is not None}
    baseline = calculation.actual_of(indicator.baseline, indicator.baseline_numerator, indicator.baseline_denominator)
    if baseline is not None and plan.baseline_year is not None and plan.baseline_year < min(targets, default=0):
        targets[plan.baseline_year] = baseline
    return targets


def _indicator_year(
    year: int,
    value: models.IndicatorValue,
    targets: Mapping[int, Decimal],
    indicator: models.Indicator,
    scale: Scale,
    *,
    is_past: bool,
) -> IndicatorYear:
    target = value.target
    prorated = target is None and value.target_figure == models.Figure.BLANK
    if prorated:
        target = calculation.prorated(targets, year, indicator.decimals)
    if not is_past:
        value = models.IndicatorValue(target_figure=value.target_figure)
    actual = calculation.actual_of(value.actual, value.numerator, value.denominator)
    rate = calculation.achievement_rate(actual, target, polarity=indicator.polarity, band=indicator.no_change_band)
    computed = scale.rating_for(rate)
    return IndicatorYear(
        fiscal_year=year,
        actual=_tidy(actual, indicator.decimals),
        actual_figure=_actual_figure(year, actual, value.actual_figure, indicator, is_past=is_past),
        target=_tidy(target, indicator.decimals),
        target_figure="value" if target is not None else value.target_figure,
        numerator=_tidy(value.numerator),
        denominator=_tidy(value.denominator),
        rate=rate,
        rating=value.rating_override or computed,
        computed_rating=computed,
        override_reason=value.override_reason,
        target_prorated=prorated and target is not None,
        recorded_on=timezone.localdate(value.updated_at) if value.pk else None,
    )


def _actual_figure(year: int, actual: Decimal | None, kept: str, indicator: models.Indicator, *, is_past: bool) -> str:
    """A blank in a year without a survey, or without the indicator, is no figure that somebody still owes."""
    if actual is not None:
        return models.Figure.VALUE.value
    if is_past and kept == models.Figure.BLANK and not indicator.is_in_force(year):
        return models.Figure.NOT_SET.value
    no_survey = bool(indicator.survey_years) and year not in indicator.surveyed
    return models.Figure.NOT_CONDUCTED.value if is_past and no_survey and kept == models.Figure.BLANK else kept


def _tidy(value: Decimal | None, decimals: int = 0) -> Decimal | None:
    """With the decimals it is shown with, where nothing is lost by that; else with four, as it is stored.

    Databases give 56.0000 for 56.0; a computed ratio would have 28 digits. Both become equal everywhere.
    """
    if value is None:
        return None
    shown = calculation.round_half_up(value, decimals)
    return shown if shown == value else calculation.round_half_up(value, 4)
