"""What the figures of a year must keep to: rules kept as data (FigureRule), and what is odd in any figure.

A rule that is broken is told beside the figure and by the check of the year; nothing is refused for it. Pure: frozen
series and rules in, doubts out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from indicators import words
from indicators.models import FigureRule
from indicators.series import Indicator, IndicatorYear
from initiatives.models import Plan

Kind, Measure = FigureRule.Kind, FigureRule.Measure
TIMES = 2  # as many times as the figure before, or as few: worth a look where no rule says how much may be
FULL = Decimal(100)
BUILT_IN = (
    "累計が、前の値より小さくなった",
    "実績が、前の値の2倍より大きいか、半分より小さい（増減の決まりがあれば、その決まりだけを見ます）",
    "割合の実績が、100％を超えた（「以下」の決まりがあれば、その決まりだけを見ます）",
)


@dataclass(frozen=True)
class Rule:
    """A FigureRule without its row. `number` for the kinds that compare with a number, `other` for the others."""

    key: int
    code: str
    measure: str
    kind: str
    number: Decimal | None = None
    other_code: str = ""
    other_measure: str = ""
    is_must: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Doubt:
    """Something in a year's figures that is worth a second look."""

    subject: str  # tells it from the others of the same year
    found: str
    expected: str
    why: str
    fix: str
    is_must: bool = False

    @property
    def words(self) -> str:
        return f"{self.why}{self.fix}"


def rules_of(plan: Plan) -> tuple[Rule, ...]:
    """Every rule of the plan, in the order of its indicators. One query."""
    kept = FigureRule.objects.filter(indicator__plan=plan).select_related("indicator", "other")
    return tuple(map(rule_of, kept.order_by("indicator__position", "pk")))


def rule_of(row: FigureRule) -> Rule:
    return Rule(
        row.pk, row.indicator.code, row.measure, row.kind, row.number, row.other.code if row.other else "",
        row.other_measure, row.is_must, row.reason,
    )  # fmt: skip


@dataclass(frozen=True)
class Rulebook:
    """The rules of a plan, with the indicators that it has in a year."""

    indicators: Mapping[str, Indicator]  # by code
    rules: tuple[Rule, ...] = ()

    def of(self, code: str) -> list[Rule]:
        """Those of one indicator. A rule that compares with an indicator of other years has nothing to say in this one."""
        return [rule for rule in self.rules if rule.code == code and rule.other_code in {*self.indicators, ""}]

    def words(self, rule: Rule) -> str:
        """実績は300人以下。"""
        series = self.indicators[rule.code]
        name = name_of(series, rule.measure)
        if rule.kind == Kind.CHANGE:
            return f"{name}が前の値から増減するのは、{rule.number.normalize():f}％まで"
        if rule.number is not None:
            return f"{name}は{_amount(series, rule.measure, rule.number)}{Kind(rule.kind).label}"
        other = self.indicators[rule.other_code]
        named = name_of(other, rule.other_measure)
        if other is not series:
            named = f"「{other.name}」の{named}"
        return f"{name}は{named}以下" if rule.kind == Kind.NOT_ABOVE else f"{name}を書くときは、{named}も書く"

    def doubts(self, code: str, fiscal_year: int) -> list[Doubt]:
        """What is worth a look in the figures of one year: broken rules, then what is odd (BUILT_IN)."""
        series, rules = self.indicators[code], self.of(code)
        year = series.year(fiscal_year)
        if year is None:
            return []
        told = [doubt for rule in rules if (doubt := self.broken(rule, fiscal_year))]
        return [*told, *_odd(series, year, {(rule.measure, rule.kind) for rule in rules})]

    def broken(self, rule: Rule, fiscal_year: int) -> Doubt | None:
        """How the year's figures break the rule; None where they keep it, or where a figure is missing."""
        series = self.indicators[rule.code]
        year = series.year(fiscal_year)
        value = getattr(year, rule.measure) if year else None
        beside = None if value is None else self._beside(rule, series, year, value)
        if beside is None:
            return None
        found = f"{name_of(series, rule.measure)} {_amount(series, rule.measure, value)}{beside}"
        told = self.words(rule)
        why = f"{found}は、決まり「{told}」に合いません。{rule.reason}"
        return Doubt(f"rule {told}", found, told, why, "数と単位を確かめてください。", rule.is_must)

    def _beside(self, rule: Rule, series: Indicator, year: IndicatorYear, value: Decimal) -> str | None:
        """What stands beside a value that breaks the rule, in words ("" for nothing); None when it is kept."""
        if rule.kind == Kind.AT_LEAST:
            return None if value >= rule.number else ""
        if rule.kind == Kind.AT_MOST:
            return None if value <= rule.number else ""
        if rule.kind == Kind.CHANGE:
            before = series.before(year.fiscal_year)
            then = getattr(before, rule.measure) if before else None
            kept = then is None or abs(value - then) * FULL <= abs(then) * rule.number
            return None if kept else f"（前は{_amount(series, rule.measure, then)}）"
        other = self.indicators[rule.other_code]
        beside = other.year(year.fiscal_year)
        bound = getattr(beside, rule.other_measure) if beside else None
        named = name_of(other, rule.other_measure)
        if rule.kind == Kind.TOGETHER:
            return None if bound is not None else f"（{named}なし）"
        kept = bound is None or value <= bound
        return None if kept else f"（{named} {_amount(other, rule.other_measure, bound)}）"


def name_of(series: Indicator, measure: str) -> str:
    """実績, or of a component its own name: 新規相談件数."""
    own = {Measure.NUMERATOR: series.numerator_name, Measure.DENOMINATOR: series.denominator_name}
    return own.get(measure) or Measure(measure).label


def _amount(series: Indicator, measure: str, value: Decimal) -> str:
    unit, decimals = {
        Measure.NUMERATOR: (series.numerator_unit, 0),
        Measure.DENOMINATOR: (series.denominator_unit, 0),
        Measure.RATE: ("％", 1),
    }.get(measure, (series.unit, series.decimals))
    # As many decimals as the number has, so that no rule reads otherwise than it is.
    return words.amount(value, unit, max(decimals, -value.normalize().as_tuple().exponent))


def _odd(series: Indicator, year: IndicatorYear, ruled: set[tuple[str, str]]) -> Iterator[Doubt]:
    """What is odd whatever is measured, where no rule says otherwise."""
    if year.actual is None:
        return
    now, before = words.actual(series, year), series.before(year.fiscal_year)
    then = words.actual(series, before) if before else ""
    if before and series.is_cumulative and year.actual < before.actual:
        why = f"累計なのに、前の{then}より小さくなっています。"
        yield Doubt("fell", now, f"{then}以上", why, "減った理由を備考に書いてください。")
    is_free = (Measure.ACTUAL, Kind.CHANGE) not in ruled
    if (
        before
        and is_free
        and before.actual > 0
        and not before.actual <= TIMES * year.actual <= TIMES**2 * before.actual
    ):
        why = f"前の{then}と比べて、2倍より大きいか、半分より小さくなっています。"
        yield Doubt("jump", now, f"前は{then}", why, "桁と単位を確かめてください。")
    if words.is_percent(series.unit) and year.actual > FULL and (Measure.ACTUAL, Kind.AT_MOST) not in ruled:
        yield Doubt("above 100", now, "100％以下", "割合が100％を超えています。", "分母と分子を確かめてください。")
