"""Figures for print: ratings, counts, and the page of an indicator."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.utils.html import format_html
from django.utils.safestring import SafeString

from indicators import calculation, charts, words
from initiatives import fiscal_year as fy
from reporting.snapshot import Indicator, IndicatorYear, Report, Tally

FIGURE_WORDS = {"blank": "", "not_conducted": "未実施", "not_set": "設定なし", "under_review": "検討中"}
NO_RATE = "―"
CHART_FONTS = "'BIZ UDPGothic',sans-serif"  # words and figures alike: a second font costs time in every label


def mark(letter: str, report: Report) -> SafeString:
    """A rating: letter in the shape of its rank, as on screen."""
    if not letter:
        return format_html('<span class="r r-n">{}</span>', "未")
    rank = next((step.rank for step in report.scale if step.letter == letter), 0)
    return format_html('<span class="r r-{}"><span>{}</span></span>', min(rank, 3), letter)


def full_width(unit: str) -> str:
    return "％" if unit == "%" else unit


def quantity(value: Decimal | None, decimals: int, unit: str) -> str:
    return "" if value is None else f"{calculation.round_half_up(value, decimals):,f}{full_width(unit)}"


@dataclass(frozen=True)
class Cell:
    text: str
    rating: str = ""


@dataclass
class IndicatorPage:
    """One indicator as printed: a sentence, a chart, the table of its years, its source."""

    indicator: Indicator
    report: Report
    uid: str

    @property
    def name(self) -> str:
        return self.indicator.name

    @property
    def this_year(self) -> IndicatorYear | None:
        return self.indicator.year(self.report.fiscal_year)

    def _q(self, value: Decimal | None) -> str:
        return quantity(value, self.indicator.decimals, self.indicator.unit)

    @property
    def actual(self) -> str:
        year = self.this_year
        return self._actual(year) if year else NO_RATE

    @property
    def target(self) -> str:
        year = self.this_year
        return self._target(year) if year else NO_RATE

    @property
    def rate(self) -> str:
        year = self.this_year
        return f"{year.rate}％" if year and year.rate is not None else NO_RATE

    @property
    def rating(self) -> SafeString | str:
        year = self.this_year
        return self._mark(year) if year and year.rating else NO_RATE

    @property
    def is_overridden(self) -> bool:
        return bool(self.this_year and self.this_year.is_overridden)

    @property
    def override(self) -> str:
        return words.override_of(self.this_year) if self.this_year else ""

    def _mark(self, year: IndicatorYear) -> SafeString | str:
        return mark(year.rating, self.report) if year.rating else ""

    def _actual(self, year: IndicatorYear) -> str:
        return self._q(year.actual) if year.actual is not None else FIGURE_WORDS.get(year.actual_figure, "")

    def _target(self, year: IndicatorYear) -> str:
        if year.target is None:
            return FIGURE_WORDS.get(year.target_figure, "")
        return f"{self._q(year.target)}{'（目安）' if year.target_prorated else ''}"

    @cached_property
    def sentence(self) -> str:
        """「令和6年度は57.7％で、前年度から5.9ポイント上がりました。目標67.2％に対する達成率は85.9％です。」"""
        year, label = self.this_year, self.report.fiscal_year_label
        if year is None or year.actual is None:
            word = FIGURE_WORDS.get(year.actual_figure, "") if year else ""
            return f"{label}は{word}です。" if word else f"{label}の実績はまだありません。"
        change = words.change(self.indicator, year.fiscal_year)
        sentence = f"{label}は{self._q(year.actual)}{f'で、{change}' if change else 'です'}。"
        if year.rate is not None:
            sentence += f"目標{self._target(year)}に対する達成率は{year.rate}％です。"
        elif year.target is None and FIGURE_WORDS.get(year.target_figure):
            sentence += f"目標は{FIGURE_WORDS[year.target_figure]}です。"
        return f"{sentence}{self.override.rstrip('。')}。" if self.override else sentence

    @property
    def computed(self) -> str:
        """「実績 57.7％ ÷ 目標 67.2％ ＝ 85.9％」, the counts of a ratio and the way to a 目安 before it."""
        year = self.this_year
        if year is None:
            return ""
        steps = (
            words.proration_of(self.indicator, year, self.report.baseline_year),
            words.calculation_of(self.indicator, year),
        )
        return "。".join(filter(None, steps))

    def _top(self, value: Decimal | None) -> str:
        return quantity(value, 0, self.indicator.numerator_unit)

    def _bottom(self, value: Decimal | None) -> str:
        return quantity(value, 0, self.indicator.denominator_unit)

    @property
    def chart(self) -> SafeString:
        years = self.indicator.years
        return charts.actual_vs_target(
            self.uid,
            f"{self.indicator.name}の推移",
            [fy.short(year.fiscal_year) for year in years],
            [year.actual for year in years],
            [year.target for year in years],
            unit=full_width(self.indicator.unit),
            missing=[FIGURE_WORDS.get(year.actual_figure, "") for year in years],
            decimals=self.indicator.decimals,
            width=642,
            height=212,
            fonts=CHART_FONTS,
        )

    @property
    def notes(self) -> list[str]:
        years = self.indicator.years
        goals = "、".join(str(number) for number in self.indicator.goal_numbers)
        notes = [f"{self.report.terms['goal']}{goals}の指標です。"] if len(self.indicator.goal_numbers) > 1 else []
        notes += words.rules(self.indicator)
        axis = charts.axis_note([y.actual for y in years], [y.target for y in years], full_width(self.indicator.unit))
        notes += [axis] if axis else []
        notes += [self.indicator.source] if self.indicator.source else []
        return notes + self._kept_by()

    def _kept_by(self) -> list[str]:
        """Who keeps the figures, and when this year's were written."""
        day = self.this_year.recorded_on if self.this_year else None
        written = f"（{fy.date_label(day)}に記録）" if day else ""
        return [f"担当：{self.indicator.department}{written}"] if self.indicator.department else []

    @property
    def year_heads(self) -> list[str]:
        return ["初期値", *(fy.short(year.fiscal_year) for year in self.indicator.years)]

    @property
    def table(self) -> list[tuple[str, list[Cell]]]:
        indicator, years = self.indicator, self.indicator.years
        rows = []
        if indicator.numerator_name:
            rows.append(
                (
                    indicator.denominator_name,
                    [self._bottom(indicator.baseline_denominator), *(self._bottom(y.denominator) for y in years)],
                )
            )
            rows.append(
                (
                    indicator.numerator_name,
                    [self._top(indicator.baseline_numerator), *(self._top(y.numerator) for y in years)],
                )
            )
        name = f"{indicator.ratio_name or '実績'}　A"
        rows.append((name, [self._q(indicator.baseline), *map(self._actual, years)]))
        rows.append(("目標値　B", ["", *map(self._target, years)]))
        rate = {"lower": "達成率　B/A", "keep": "達成率"}.get(indicator.polarity, "達成率　A/B")
        rows.append((rate, ["", *map(self._rate, years)]))
        cells = [(head, [Cell(text) for text in texts]) for head, texts in rows]
        ratings = [Cell(""), *(Cell("※" if y.is_overridden else "", self._mark(y)) for y in years)]
        return [*cells, ("評価", ratings)]

    def _rate(self, year: IndicatorYear) -> str:
        if year.rate is not None:
            return f"{year.rate}％"
        return NO_RATE if year.fiscal_year <= self.report.fiscal_year else ""


@dataclass(frozen=True)
class Count:
    letter: str
    count: int


@dataclass(frozen=True)
class Counted:
    """A tally with its name, as a line of a table or a column of figures in the margin."""

    name: str
    tally: Tally
    mark: SafeString | str  # "" when nothing was counted
    number: int | None = None

    @property
    def counts(self) -> list[Count]:
        return [Count(letter, count) for letter, count in self.tally.ratings.items() if letter != calculation.UNRATED]

    @property
    def some(self) -> list[Count]:
        """Ratings that occur."""
        return [each for each in self.counts if each.count]

    @property
    def unrated(self) -> int:
        return self.tally.ratings.get(calculation.UNRATED, 0)
