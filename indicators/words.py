"""An indicator's figures in words: for captions, table cells and the report. Pure."""

from decimal import Decimal

from indicators import calculation
from indicators.models import Figure
from indicators.series import Indicator, IndicatorYear
from initiatives import fiscal_year as fy

MISSING, LAST_YEAR = "－", "前年度"


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
    words = figure(year.target, year.target_figure, indicator.unit, indicator.decimals)
    return f"{words}（目安）" if year.target_prorated else words


def rate(year: IndicatorYear) -> str:
    return "" if year.rate is None else f"{year.rate:,}％"


def calculation_of(indicator: Indicator, year: IndicatorYear) -> str:
    """How the rate came to be: 実績 57.7％ ÷ 目標 67.2％ ＝ 85.9％, the components of a ratio before it.

    Also why it could not be divided; "" as long as actual or target is missing.
    """
    if year.actual is None or year.target is None:
        return ""
    words = _division(indicator, year)
    if year.numerator is not None and year.denominator is not None:
        numerator = f"{indicator.numerator_name} {amount(year.numerator, indicator.numerator_unit, 0)}"
        denominator = f"{indicator.denominator_name} {amount(year.denominator, indicator.denominator_unit, 0)}"
        words = f"{numerator} ÷ {denominator} ＝ {actual(indicator, year)}。{words}"
    return words


def _division(indicator: Indicator, year: IndicatorYear) -> str:
    own, aim = actual(indicator, year), amount(year.target, indicator.unit, indicator.decimals)
    named_own, named_aim = f"実績 {own}", f"{'目安' if year.target_prorated else '目標'} {aim}"
    if indicator.lower_is_better and year.actual == 0:
        return f"{named_own}は{named_aim}を達成しています。0では割れないので、達成率は{rate(year)}とします"
    if indicator.is_kept and abs(year.actual - year.target) <= (indicator.no_change_band or 0):
        return f"{named_own}は{named_aim}から{_band(indicator)}の中なので、達成率は{rate(year)}とします"
    if year.rate is None:
        return f"{named_aim}では割れないので、達成率と評価は出しません"
    turned = indicator.lower_is_better or (indicator.is_kept and year.actual > year.target)
    first, second = (named_aim, named_own) if turned else (named_own, named_aim)
    return f"{first} ÷ {second} ＝ {rate(year)}"


def _band(indicator: Indicator) -> str:
    """±2.0ポイント"""
    band = calculation.round_half_up(indicator.no_change_band or Decimal(0), indicator.decimals)
    return f"±{band:,}{'ポイント' if is_percent(indicator.unit) else indicator.unit}"


def rules(indicator: Indicator) -> list[str]:
    """What is peculiar to the indicator, a sentence each."""
    told = []
    if indicator.first_year is not None:
        told.append(f"{fy.label(indicator.first_year)}から測っています。")
    if indicator.last_year is not None:
        told.append(f"{fy.label(indicator.last_year)}で終わる指標です。")
    if indicator.survey_years:
        years = "・".join(fy.label(year).removesuffix("年度") for year in indicator.survey_years)
        told.append(f"{years}年度の調査で測ります。調査のない年度は「未実施」で、前の調査と比べます。")
    if indicator.lower_is_better:
        told.append("低いほどよい指標なので、達成率 ＝ 目標値 ÷ 実績です。")
    if indicator.is_kept:
        told.append("目標値に近いほどよい指標なので、達成率 ＝ 小さいほう ÷ 大きいほうです。")
    if indicator.is_cumulative:
        told.append("累計です。実績と目標値は、その年度の終わりまでの合計です。")
    if indicator.no_change_band is not None:
        told.append(f"差が{_band(indicator)}までなら「変化なし」とします。")
    if any(year.target_prorated for year in indicator.years):
        told.append("「目安」は、前と後の目標値を直線で結んだ、中間の年度の値です。")
    return told


def proration_of(indicator: Indicator, year: IndicatorYear, baseline_year: int | None) -> str:
    """How the 目安 of a year came to be: 56.0％ ＋（70.0％ − 56.0％）× 4年 ÷ 5年 ＝ 67.2％; "" for a stated target."""
    if not year.target_prorated:
        return ""
    stated = {each.fiscal_year: each.target for each in indicator.years if each.target is not None}
    stated = {key: value for key, value in stated.items() if not indicator.year(key).target_prorated}
    if indicator.baseline is not None and baseline_year is not None:
        stated.setdefault(baseline_year, indicator.baseline)
    before = max(key for key in stated if key < year.fiscal_year)
    after = min(key for key in stated if key > year.fiscal_year)
    first, last, aim = (
        amount(value, indicator.unit, indicator.decimals) for value in (stated[before], stated[after], year.target)
    )
    return (
        f"{fy.label(before)}の{first}から{fy.label(after)}の目標{last}まで：{first} ＋（{last} − {first}）"
        f"× {year.fiscal_year - before}年 ÷ {after - before}年 ＝ {aim}"
    )


def override_of(year: IndicatorYear) -> str:
    """計算ではBですが、Aとしています。理由：…; "" while the rating is the computed one."""
    if not year.is_overridden:
        return ""
    computed = f"計算では{year.computed_rating}です" if year.computed_rating else "計算では評価が出ません"
    return f"{computed}が、{year.rating}としています。理由：{year.override_reason}"


def caption(indicator: Indicator, fiscal_year: int) -> str:
    """What the year brought, in two sentences."""
    year = indicator.year(fiscal_year)
    if year is None or year.actual is None:
        word = "" if year is None or year.actual_figure == Figure.BLANK else Figure(year.actual_figure).label
        return f"{fy.label(fiscal_year)}の実績は{f'「{word}」です' if word else 'まだ入っていません'}。"
    words = f"{fy.label(fiscal_year)}の実績は{'累計' if indicator.is_cumulative else ''}{actual(indicator, year)}"
    if year.rate is not None:
        mark = f"{year.rating}、計算とは別に決めた評価" if year.is_overridden else year.rating
        words += f"で、目標{target(indicator, year)}に対する達成率は{rate(year)}（{mark}）"
    return f"{words}です。{_sentence(change(indicator, fiscal_year))}"


def _sentence(words: str) -> str:
    return f"{words}。" if words else ""


def compared_with(indicator: Indicator, fiscal_year: int) -> str:
    """What a year is compared with: 前年度, or 令和4年度の調査 where the survey before is older."""
    before = indicator.before(fiscal_year)
    if before is None or before.fiscal_year == fiscal_year - 1:
        return LAST_YEAR
    return f"{fy.label(before.fiscal_year)}の調査"


def change(indicator: Indicator, fiscal_year: int) -> str:
    """前年度から5.9ポイント上がりました; with a no-change band 変化なし within it; "" when nothing can be compared."""
    difference = indicator.change(fiscal_year)
    if difference is None:
        return ""
    since = compared_with(indicator, fiscal_year)
    if difference == 0:
        return f"{since}と同じです"
    percent = is_percent(indicator.unit)
    size = f"{abs(difference):,}{'ポイント' if percent else indicator.unit}"
    if indicator.is_unchanged(difference):
        sign = "＋" if difference > 0 else "−"
        return f"{since}との差は{sign}{size}で、変化なし（{_band(indicator)}の中）です"
    rise, fall = ("上がりました", "下がりました") if percent else ("増えました", "減りました")
    return f"{since}から{size}{rise if difference > 0 else fall}"


def increase(indicator: Indicator, year: IndicatorYear) -> str:
    """What a year added to a running total; "" where the total before is not known."""
    difference = indicator.change(year.fiscal_year)
    if difference is None:
        return ""
    sign = "−" if difference < 0 else ""
    return sign + amount(abs(difference), indicator.unit, indicator.decimals)


def short_change(indicator: Indicator, fiscal_year: int) -> str:
    """＋5.9ポイント, −3団体（R4から）, 変化なし; "" when nothing can be compared. For a cell of a table."""
    difference = indicator.change(fiscal_year)
    if difference is None:
        return ""
    before = indicator.before(fiscal_year).fiscal_year
    since = "" if before == fiscal_year - 1 else f"（{fy.short(before)}から）"
    if indicator.is_unchanged(difference):
        return f"変化なし{since}"
    size = f"{abs(difference):,}{'ポイント' if is_percent(indicator.unit) else indicator.unit}"
    return f"{'＋' if difference > 0 else '−'}{size}{since}"
