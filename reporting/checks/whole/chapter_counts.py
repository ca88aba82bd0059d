"""文の中の件数と割合: numbers of initiatives, ratings and shares in the chapters, and an indicator's figures by its name."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from indicators import calculation
from initiatives.checking.finding import MUST, Check, Finding
from initiatives.checking.reading import likeness, plain
from initiatives.checking.writing import Passage
from reporting.checks.context import Context
from reporting.snapshot import Goal, Indicator

_COUNT = re.compile(r"取組(\d+)件|(\d+)件のうち")
_RATED = re.compile(r"([A-D])評価[はが]?(\d+)件")
_SHARE = re.compile(r"([A-D])評価[はが]?(\d+)件[^。]*?全体の(約?)(\d+)%")
_OF_PLAN = re.compile(r"(\d+)つの(?:基本)?目標|(\d+)の施策|(\d+)種|新たに(\d+)の取組|(?<!新たに)(\d+)の取組")
_INDICATOR = re.compile(r"「([^」]{6,60})」[^「」]{0,60}?実績値[はが](\d+(?:\.\d+)?)%")
_TARGET = re.compile(r"目標値[はが]?(\d+(?:\.\d+)?)%")
_FIX = "文の数を、データの数に直してください。"


def find(context: Context) -> Iterator[Finding]:
    goals = {goal.number: goal for goal in context.report.goals}
    for passage in context.chapter_passages:
        if not _speaks_of_the_year(passage):
            continue
        told = plain(passage.text)
        goal = goals.get(passage.place.goal)
        if goal is not None:
            yield from _ratings(passage, told, goal)
            yield from _indicators(passage, told, goal, context)
        else:
            yield from _plan(passage, told, context)


def _speaks_of_the_year(passage: Passage) -> bool:
    """Chapters, reviews and what the city answers; a member's opinion may count what it likes."""
    place = passage.place
    return place.kind in ("chapter", "review") or (place.kind, place.field) == ("opinion", "answer")


def _ratings(passage: Passage, told: str, goal: Goal) -> Iterator[Finding]:
    if not _RATED.search(told):
        return  # 「相談件数は25件」: a count of something else
    tally = goal.tally
    if (match := _COUNT.search(told)) and int(match[1] or match[2]) != tally.count:
        yield _finding(passage, match[0], f"{tally.count}件", f"目標{goal.number}の取組の行は{tally.count}件です。")
    for match in _RATED.finditer(told):
        if int(match[2]) != (count := tally.ratings.get(match[1], 0)):
            yield _finding(passage, match[0], f"{count}件", f"目標{goal.number}の{match[1]}評価の行は{count}件です。")
    for match in _SHARE.finditer(told):
        yield from _share(passage, match, goal)


def _share(passage: Passage, match: re.Match, goal: Goal) -> Iterator[Finding]:
    counted = goal.tally.ratings.get(match[1], 0)
    right = calculation.percent(counted, goal.tally.count, calculation.SHARE_PLACES)
    if right is not None and Decimal(match[4]) != right:
        why = f"{counted}件 ÷ {goal.tally.count}件 ＝ {right}％です（四捨五入）。"
        yield _finding(passage, f"全体の{match[3]}{match[4]}%", f"{match[3]}{right}％", why)


def _plan(passage: Passage, told: str, context: Context) -> Iterator[Finding]:
    """The plan's own size in the foreword: goals that joined this year are told apart from those before."""
    if "計画" not in told:
        return
    goals = context.report.goals
    joined = sum(len(goal.rows) for goal in goals if goal.is_new)
    before, together = ([*_size(each)] for each in ([goal for goal in goals if not goal.is_new], goals))
    before.insert(3, joined)
    together.insert(3, joined)
    for match in _OF_PLAN.finditer(told):
        index = next(number for number, group in enumerate(match.groups()) if group)
        if int(match[index + 1]) not in (before[index], together[index]):
            right = match[0].replace(match[index + 1], str(before[index]))
            yield _finding(passage, match[0], right, f"登録されている数は{before[index]}です。")


def _size(goals: Sequence[Goal]) -> tuple[int, int, int, int]:
    """Goals, policies, directions and initiatives."""
    policies = [policy for goal in goals for policy in goal.policies]
    directions = sum(len(policy.directions) for policy in policies)
    return len(goals), len(policies), directions, sum(len(goal.rows) for goal in goals)


def _indicators(passage: Passage, told: str, goal: Goal, context: Context) -> Iterator[Finding]:
    for match in _INDICATOR.finditer(told):
        indicator = _named(plain(match[1]), goal, context)
        known = indicator and indicator.year(context.report.fiscal_year)
        if known is None or known.actual is None or indicator.unit not in ("%", "％"):
            continue
        for said, right, words in (
            (match[2], known.actual, "実績値"),
            ((_TARGET.search(match[0]) or [None, None])[1], known.target, "目標値"),
        ):
            if said is not None and right is not None and Decimal(said) != right:
                yield _finding(passage, f"{words} {said}%", f"{right}％", f"成果指標の{words}は{right}％です。")


def _named(name: str, goal: Goal, context: Context) -> Indicator | None:
    alike = [
        one for one in context.report.indicators if goal.number in one.goal_numbers and likeness(name, one.name) > 0.8
    ]
    return alike[0] if len(alike) == 1 else None


def _finding(passage: Passage, found: str, expected: str, why: str) -> Finding:
    sentence = next((one for one in re.split(r"(?<=。)", passage.text) if found in plain(one)), passage.text)
    return Finding(passage.place, found, expected, why, _FIX, basis=f"{sentence} {expected}", subject=found)


CHECK = Check(
    name="chapter_counts",
    title="文の中の件数と割合",
    looks_at="report",
    severity=MUST,
    explanation="章の文にある取組の件数、評価の件数、割合、成果指標の値を、データから数えた値と比べます。割合は四捨五入です。",
    example="「取組18件のうちA評価は16件で、約88％」は、約89％です。",
    alike=(
        "「相談件数は25件」のような、取組でない数",
        "約88％と88.2％（四捨五入で合う）",
        "年度の途中で加わった目標を除いた数と、含めた数のどちらも",
    ),
    find=find,
)
