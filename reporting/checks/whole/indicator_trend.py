"""前年度との差: 「前年度と比べ約6%上昇」 against the indicators of the goal, in points and in percent."""

import re
from collections.abc import Iterator
from decimal import Decimal

from initiatives.checking.finding import LOOK, MUST, Check, Finding
from initiatives.checking.reading import number, plain
from initiatives.checking.writing import Passage
from reporting.checks.context import Context
from reporting.snapshot import Goal, Indicator

_CHANGE = re.compile(
    r"(?P<all>各)?[^。、]{0,12}(?:実績値)?[はが]?[^。]{0,8}前年度[とに]比べ[^。]*?"
    r"約?(?P<low>\d+(?:\.\d+)?)(?:%|ポイント)?(?:～(?P<high>\d+(?:\.\d+)?))?(?P<unit>%|ポイント)(?P<way>上昇|増加|低下|減少|上が|下が)"
)
_FLAT = re.compile(r"前年度[とに]比べ[、て]*ほぼ横ばい(?!では)")
_HALF = Decimal("0.5")
_FLAT_WITHIN = Decimal(5)  # percent


def find(context: Context) -> Iterator[Finding]:
    goals = {goal.number: goal for goal in context.report.goals}
    for passage in context.chapter_passages:
        goal = goals.get(passage.place.goal)
        if goal is None or passage.place.field != "progress_indicators":
            continue
        changes = list(_changes(goal, context))
        told = plain(passage.text)
        for match in _CHANGE.finditer(told) if changes else ():
            yield from _change(passage, match, changes)
        if changes and (match := _FLAT.search(told)):
            moved = [one for one in changes if abs(one[2]) > _FLAT_WITHIN]
            if len(moved) == len(changes):
                yield _finding(passage, match[0], _listed(moved), "どの指標も5％より大きく動いています。", LOOK)


def _changes(goal: Goal, context: Context) -> Iterator[tuple[Indicator, Decimal, Decimal]]:
    """Each indicator of the goal with its change in its unit and in percent of last year."""
    year = context.report.fiscal_year
    for indicator in context.report.indicators:
        if goal.number not in indicator.goal_numbers:
            continue
        now, before = indicator.year(year), indicator.year(year - 1)
        if now and before and now.actual is not None and before.actual:
            change = now.actual - before.actual
            yield indicator, change, change / before.actual * 100


def _change(passage: Passage, match: re.Match, changes) -> Iterator[Finding]:
    sign = -1 if match["way"] in ("低下", "減少", "下が") else 1
    low, high = Decimal(match["low"]), Decimal(match["high"] or match["low"])

    def fits(change: Decimal) -> bool:
        return low - _HALF <= sign * change <= high + _HALF

    in_points = [one for one in changes if one[0].unit in ("%", "％") and fits(one[1])]
    in_percent = [one for one in changes if fits(one[2])]
    phrase = match[0][match[0].index("前年度") :]
    if match["all"] and "多く" not in passage.text and "もある" not in passage.text:
        others = [one for one in changes if one not in in_points and one not in in_percent]
        if others:
            why = f"「各」とありますが、ちがう指標があります。{_listed(others)}です。"
            yield _finding(passage, phrase, _listed(changes), why, MUST)
            return
    if match["unit"] == "ポイント":
        if not in_points:
            yield _finding(passage, phrase, _listed(changes), f"データでは、{_listed(changes)}です。", MUST)
    elif not in_percent and not in_points:
        yield _finding(passage, phrase, _listed(changes), f"データでは、{_listed(changes)}です。", MUST)
    elif in_points and not match["high"]:
        why = f"{_listed(in_points)}です。割合の差は、「％」でなく「ポイント」で書きます。"
        yield _finding(passage, phrase, phrase.replace("%", "ポイント"), why, LOOK)


def _listed(changes) -> str:
    return "、".join(
        f"{indicator.code} {'+' if change > 0 else ''}{number(change)}{'ポイント' if indicator.unit in ('%', '％') else indicator.unit}"
        for indicator, change, _ in changes
    )


def _finding(passage: Passage, found: str, expected: str, why: str, severity: str) -> Finding:
    fix = "データの差に合わせて、文を直してください。"
    return Finding(passage.place, found, expected, why, fix, passage.text, subject=found, severity=severity)


CHECK = Check(
    name="indicator_trend",
    title="前年度との差",
    looks_at="report",
    severity=MUST,
    explanation="「前年度と比べ約6％上昇」のような文を、その目標の成果指標の差と比べます。割合どうしの差は「ポイント」です。",
    example="51.8％から57.7％は、5.9ポイントの上昇です。「約6％上昇」は、割合の増え方のように読めます。",
    alike=("「ほぼ横ばい」で、差が5％以内", "「多くなっている」とした、おおよその幅"),
    find=find,
)
