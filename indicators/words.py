"""An indicator's figures in words: for captions, table cells and the report. Pure."""

from decimal import Decimal

from indicators import calculation
from indicators.models import Figure
from indicators.series import Indicator, IndicatorYear
from initiatives import fiscal_year as fy

MISSING = "－"


def is_percent(unit: str) -> bool:
    return unit in ("%", "％")


def amount(value: Decimal | None, unit: str, decimals: int) -> str:
    """57.7％, 2,000人; － for None."""
    if value is None:
        return MISSING
    return f"{calculation.round_half_up(value, decimals):,}{'％' if is_percent(unit) else unit}"


def figure(value: Decimal | None, kind: str, unit: str, decimals: int) -> str:
    """The number, or the word that stands in its place (未実施); "" for a blank."""
    if value is not None:
        return amount(value, unit, decimals)
    return "" if kind == Figure.BLANK else Figure(kind).label


def actual(indicator: Indicator, year: IndicatorYear) -> str:
    return figure(year.actual, year.actual_figure, indicator.unit, indicator.decimals)


def target(indicator: Indicator, year: IndicatorYear) -> str:
    return figure(year.target, year.target_figure, indicator.unit, indicator.decimals)


def rate(year: IndicatorYear) -> str:
    return "" if year.rate is None else f"{year.rate:,}％"


def calculation_of(indicator: Indicator, year: IndicatorYear) -> str:
    """How the rate came to be: 実績 57.7％ ÷ 目標 67.2％ ＝ 85.9％, the components of a ratio before it."""
    if year.rate is None:
        return ""
    own, goal = actual(indicator, year), target(indicator, year)
    division = f"目標 {goal} ÷ 実績 {own}" if indicator.lower_is_better else f"実績 {own} ÷ 目標 {goal}"
    words = f"{division} ＝ {rate(year)}"
    if year.numerator is not None and year.denominator is not None:
        numerator = f"{indicator.numerator_name} {amount(year.numerator, indicator.numerator_unit, 0)}"
        denominator = f"{indicator.denominator_name} {amount(year.denominator, indicator.denominator_unit, 0)}"
        words = f"{numerator} ÷ {denominator} ＝ {own}。{words}"
    return words


def caption(indicator: Indicator, fiscal_year: int) -> str:
    """What the year brought, in two sentences."""
    year = indicator.year(fiscal_year)
    if year is None or year.actual is None:
        word = "" if year is None or year.actual_figure == Figure.BLANK else Figure(year.actual_figure).label
        return f"{fy.label(fiscal_year)}の実績は{f'「{word}」です' if word else 'まだ入っていません'}。"
    words = f"{fy.label(fiscal_year)}の実績は{actual(indicator, year)}"
    if year.rate is not None:
        words += f"で、目標{target(indicator, year)}に対する達成率は{rate(year)}（{year.rating}）"
    return f"{words}です。{_change(indicator, year)}"


def _change(indicator: Indicator, year: IndicatorYear) -> str:
    before = indicator.year(year.fiscal_year - 1)
    if before is None or before.actual is None:
        return ""
    # The difference of what is printed, so that a reader who subtracts gets the same.
    change = calculation.round_half_up(year.actual, indicator.decimals) - calculation.round_half_up(
        before.actual, indicator.decimals
    )
    if change == 0:
        return "前年度と同じです。"
    if is_percent(indicator.unit):
        return f"前年度から{abs(change):,}ポイント{'上がりました' if change > 0 else '下がりました'}。"
    return f"前年度から{abs(change):,}{indicator.unit}{'増えました' if change > 0 else '減りました'}。"
