"""Frozen reports for the checks, made without a database: as small as a case needs."""

from decimal import Decimal

from indicators import calculation
from indicators.calculation import Band, Scale
from initiatives.checking.terms import shipped
from reporting.checks.context import Context
from reporting.snapshot import (
    Direction,
    Event,
    Footnote,
    Goal,
    Indicator,
    IndicatorYear,
    Owner,
    Part,
    Policy,
    RatingStep,
    Report,
    Row,
    Section,
    Tally,
)

STEPS = (("A", 75, 3), ("B", 50, 2), ("C", 25, 1), ("D", 0, 0))
SCALE = Scale(Band(letter, rate, points) for letter, rate, points in STEPS)
TERMS = {"goal": "目標", "policy": "施策", "direction": "具体的な方向性", "initiative": "取組"}


def row(code: str, *departments: str, result="講座を開いた。", issues="続ける。", partners=(), **fields) -> Row:
    departments = departments or ("福祉課",)
    texts = fields.pop("texts", None) or {departments[0]: (result, issues)}
    values = {
        "name": f"取組{code}", "description": f"{code}の内容です。", "note": "", "original_code": "", "holds_own": False,
        "own_reason": "", "new_in": None, "baseline": "-", "target": "継続", "next_target": "継続", "rating": "A",
        "low_rating_reason": "", "approved": True,
    } | fields  # fmt: skip
    return Row(
        code=code,
        owners=tuple(Owner(name, "related" if index else "lead", "", () if index else tuple(partners)) for index, name in enumerate(departments)),
        parts=tuple(Part(name, *pair, "") for name, pair in texts.items()),
        result="\n".join(text for text, _ in texts.values()),
        issues="\n".join(text for _, text in texts.values()),
        **values,
    )  # fmt: skip


def tally(rows) -> Tally:
    told = calculation.tally([one.rating for one in rows], SCALE)
    return Tally(dict(told.distribution), told.count, told.points, told.full_points, told.rate, told.overall_rating)


def goal(number: int, *rows: Row, sections=None, events=(), footnotes=(), review=None, **fields) -> Goal:
    """Rows under the direction that their number names, unless `direction` names another for all of them."""
    direction = fields.pop("direction", f"{number}-1-1")
    branch = Direction(direction, "", rows)
    policy = Policy(f"{number}-1", "", tally(rows), (branch,))
    headings = fields.pop("headings", {})
    values = {"name": f"目標その{number}", "overview": "", "is_new": False, "indicator_codes": ()} | fields
    return Goal(
        number=number,
        tally=tally(rows),
        tally_without_cross_listings=tally([one for one in rows if not one.original_code]),
        policies=(policy,),
        sections={kind: Section(kind, headings.get(kind, ""), text) for kind, text in (sections or {}).items()},
        events=tuple(Event(when, what) for when, what in events),
        footnotes=tuple(Footnote(number, text) for number, text in footnotes),
        committee_review=Section("committee_review", *review) if review else None,
        **values,
    )


def indicator(code: str, values: dict[int, tuple], goals=(1,), unit="%", **fields) -> Indicator:
    """values: year → (actual, target), or (actual, target, numerator, denominator)."""
    parts = {"name": f"指標{code}", "decimals": 1, "source": "", "lower_is_better": False, "baseline": None} | fields
    return Indicator(
        code=code, unit=unit, goal_numbers=goals, ratio_name="", numerator_name="", numerator_unit="人", denominator_name="",
        denominator_unit="件", baseline_numerator=None, baseline_denominator=None,
        years=tuple(_year(year, *figures) for year, figures in values.items()), **parts,
    )  # fmt: skip


def _year(year: int, actual, target, numerator=None, denominator=None) -> IndicatorYear:
    actual, target, numerator, denominator = (
        None if value is None else Decimal(value) for value in (actual, target, numerator, denominator)
    )
    if numerator is not None and denominator:
        actual = numerator / denominator * 100
    rate = calculation.achievement_rate(actual, target)
    word = "blank" if actual is None else "value"
    return IndicatorYear(year, actual, word, target, "value", numerator, denominator, rate, SCALE.rating_for(rate))


def report(*goals: Goal, indicators=(), sections=None, review="", departments=None, year=2024) -> Report:
    rows = [one for each in goals for one in each.rows]
    ratings = calculation.tally([one.year(year).rating for one in indicators], SCALE).distribution
    return Report(
        schema=1, title="", plan_name="計画", city_name="鎌倉市", publisher="", committee_name="", philosophy="",
        fiscal_year=year, fiscal_year_label="令和6年度", first_year=2020, last_year=2025, baseline_year=2019, terms=TERMS,
        scale=tuple(RatingStep(letter, "", rate, points, rank, rank > 1) for rank, (letter, rate, points) in enumerate(STEPS)),
        sections={kind: Section(kind, "", text) for kind, text in (sections or {}).items()},
        committee_review=Section("committee_review", "", review) if review else None,
        goals=goals, tally=tally(rows), tally_without_cross_listings=tally([one for one in rows if not one.original_code]),
        indicators=tuple(indicators), indicator_ratings=dict(ratings), departments=departments or (),
    )  # fmt: skip


def context(*goals: Goal, claims=None, register=None, last=None, **fields) -> Context:
    return Context(report(*goals, **fields), last=last, register=register, claims=claims or {}, terms=shipped("鎌倉市"))
