"""合計: printed totals against the rows, and the columns of the printed table against their sums."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from indicators import calculation
from initiatives.checking.finding import MUST, Check, Finding, Place
from initiatives.checking.reading import plain
from reporting.checks.context import Context
from reporting.snapshot import Tally

LABELS = {"count": "件数", "points": "点数／満点", "rate": "達成率", "overall": "総合評価"}
_FIX = "表の数を、取組の行から数えた数に直してください。数はあゆみが数えます。"


def find(context: Context) -> Iterator[Finding]:
    table = _table(context.claims, "totals")
    for goal in context.report.goals:
        yield from _against(str(goal.number), table.get(str(goal.number), {}), goal.tally, context)
        yield from _adds_up(str(goal.number), table.get(str(goal.number), {}), context, goal.tally)
    if "all" in table:
        yield from _against("all", table["all"], context.report.tally, context)
        yield from _columns(table, context, _counted(context.report.tally))
        yield from _adds_up("all", table["all"], context, context.report.tally)
    yield from _indicators(context)


def _table(claims: Mapping[str, str], name: str) -> dict[str, dict[str, str]]:
    """The printed table's rows: first column → column → what stands there."""
    rows: dict[str, dict[str, str]] = {}
    for key, text in claims.items():
        table, *path = key.split("/")
        if table == name:
            rows.setdefault(path[0], {})[path[1]] = text
    return rows


def _against(code: str, printed: Mapping[str, str], tally: Tally, context: Context) -> Iterator[Finding]:
    counted = _counted(tally)
    for column, text in printed.items():
        if column in counted and text and _bare(text) != _bare(counted[column]):
            why = f"取組の行から数えると{counted[column]}です。"
            yield _finding(context, code, column, text, counted[column], why, "rows")


def _counted(tally: Tally) -> dict[str, str]:
    return {
        "count": f"{tally.count}件",
        **{letter: f"{count}件" for letter, count in tally.ratings.items() if letter != "unrated"},
        "points": f"{tally.points}/{tally.full_points}",
        "rate": "" if tally.rate is None else f"{tally.rate}%",
        "overall": tally.overall_rating,
    }


def _columns(table: Mapping[str, Mapping[str, str]], context: Context, counted: Mapping[str, str]) -> Iterator[Finding]:
    """The last row of the printed table against the rows above it."""
    goals = [table[code] for code in table if code != "all"]
    for column, text in table["all"].items():
        together = [_numbers(goal.get(column, "")) for goal in goals]
        if column in ("rate", "overall") or not _numbers(text) or not all(together):
            continue
        sums = [sum(numbers) for numbers in zip(*together, strict=True)]
        expected = f"{sums[0]}件" if len(sums) == 1 else "/".join(map(str, sums))
        if sums != _numbers(text) and expected != counted.get(column):  # else the rows have said so
            why = f"上の{len(goals)}行を足すと{expected}です。"
            yield _finding(context, "all", column, text, expected, why, "column")


def _adds_up(code: str, printed: Mapping[str, str], context: Context, tally: Tally) -> Iterator[Finding]:
    """Within one printed row: letters against the count, points and rate against the letters."""
    letters = {step.letter: step.points for step in context.report.scale}
    counts = {letter: _numbers(printed.get(letter, "")) for letter in letters}
    count = _numbers(printed.get("count", ""))
    if not count or not all(counts.values()):
        return
    together = sum(numbers[0] for numbers in counts.values())
    if together != count[0]:
        words = " ＋ ".join(f"{letter}{numbers[0]}" for letter, numbers in counts.items())
        why = f"評価ごとの件数を足すと {words} ＝ {together}件で、件数の{count[0]}件と合いません。"
        yield _finding(context, code, "B+C+D", f"{words}、件数{count[0]}", f"合計{count[0]}件", why, "row")
    points = _numbers(printed.get("points", ""))
    if len(points) == 2 and (rate := printed.get("rate")):
        right = calculation.percent(points[0], points[1], calculation.GOAL_RATE_PLACES)
        if right not in (None, tally.rate) and Decimal(_bare(rate).rstrip("%")) != right:  # else the rows say so
            yield _finding(
                context, code, "rate", rate, f"{right}％", f"{points[0]} ÷ {points[1]} ＝ {right}％です。", "sum"
            )


def _indicators(context: Context) -> Iterator[Finding]:
    counts = context.report.indicator_ratings
    total = sum(counts.values())
    for letter, columns in _table(context.claims, "indicator_totals").items():
        count = counts.get(letter) if letter != "all" else total
        if count is None:
            continue
        share = calculation.percent(count, total, calculation.SHARE_PLACES)
        for column, right in (("count", f"{count}"), ("share", f"{share}%")):
            if (text := columns.get(column)) and _bare(text) != right:
                why = f"成果指標の評価を数えると{right}です。"
                yield _finding(context, "indicators", letter, text, right, why, column)


def _finding(context: Context, code: str, column: str, found: str, expected: str, why: str, subject: str) -> Finding:
    goal = int(code) if code.isdigit() else None
    name = {"all": "合計", "indicators": "成果指標の評価"}.get(code, f"{context.report.terms['goal']}{code}")
    words = f"総括の表 {name} {LABELS.get(column, column)}"
    return Finding(
        Place("totals", code, column, goal, words=words), found, expected, why, _FIX,
        basis=f"{found} {expected}", subject=f"{subject} {column}",
    )  # fmt: skip


def _bare(text: str) -> str:
    return re.sub(r"[件,\s]", "", plain(text))


def _numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", plain(text).replace(",", ""))]


CHECK = Check(
    name="totals",
    title="表の合計",
    looks_at="report",
    severity=MUST,
    explanation="印刷の総括の表を、取組の行、上の行の合計、点数と満点から数え直します。あゆみが数えた表は、いつも合います。",
    example="目標6のAが25件、Bが5件で、件数は31件。足すと30件です。",
    alike=("1つずつ四捨五入した割合の合計が99％や101％になること", "再掲を含む数と、除く数の違い"),
    find=find,
)
