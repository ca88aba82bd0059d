"""同じことの、2つの値: an indicator and an initiative, or two initiatives, that measure one thing."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations

from initiatives.checking.finding import LOOK, MUST, Check, Finding
from initiatives.checking.pairing import answers, reached
from initiatives.checking.reading import Figure, core, figures_in, number, pairs_of_letters
from reporting.checks.context import Context
from reporting.snapshot import Indicator, Row

_CLOSE = Decimal("0.005")  # baselines of one measure, a few corrected later
_LEAST = 3
_WORDS = {"baseline": "初期値", "target": "目標", "result": "実績"}


def find(context: Context) -> Iterator[Finding]:
    rows = [row for row in context.report.rows if row.shows_own]
    for indicator in context.report.indicators:
        for row in rows:
            yield from _indicator_and_row(context, indicator, row)
    yield from _two_rows(context, [row for row in rows if not row.original_code])


def _indicator_and_row(context: Context, indicator: Indicator, row: Row) -> Iterator[Finding]:
    known = indicator.year(context.report.fiscal_year)
    measure = next((one for one in figures_in(row.baseline) if _measures(one, indicator, row)), None)
    if measure is None:
        return
    if measure.value != indicator.baseline:
        yield _differs(context, indicator, row, "baseline", measure.value, indicator.baseline, measure.unit, LOOK)
    for name, right in (("target", known.target), ("result", known.actual)) if known else ():
        found = answers(measure, getattr(row, name))
        settled = not found or any(one.value == right or not one.is_exact for one in found)
        if right is None or settled:
            continue
        yield _differs(context, indicator, row, name, reached(getattr(row, name), found), right, measure.unit, MUST)


def _differs(context: Context, indicator: Indicator, row: Row, name: str, value: Decimal, right: Decimal, unit: str, severity: str) -> Finding:  # fmt: skip
    words = _WORDS[name]
    return Finding(
        context.place(row, name),
        f"{words} {number(value)}{unit}",
        f"成果指標 {indicator.code} の{words} {number(right)}{indicator.unit or unit}",
        f"成果指標「{indicator.name}」と同じものの{words}が違います。",
        "どちらが正しいかを確かめて、そろえてください。",
        f"{getattr(row, name)} {right}",
        subject=f"{indicator.code} {name}",
        severity=severity,
    )


def _measures(one: Figure, indicator: Indicator, row: Row) -> bool:
    """The row's baseline is the indicator's: its value, its unit, and words in common."""
    if not indicator.baseline or not one.value or one.unit != indicator.unit.replace("％", "%"):
        return False
    if abs(one.value - indicator.baseline) > _CLOSE * indicator.baseline:
        return False
    words = core(one.name) + row.name
    return len(pairs_of_letters(words) & pairs_of_letters(indicator.name)) >= 2 and (
        not one.name or one.unit != "%" or len(pairs_of_letters(one.name) & pairs_of_letters(indicator.name)) >= 2
    )


def _two_rows(context: Context, rows: list[Row]) -> Iterator[Finding]:
    """Rows that began from one named baseline: the same target and the same result are expected."""
    begun: dict[tuple, list[tuple[Row, Figure]]] = {}
    for row in rows:
        for one in figures_in(row.baseline):
            if one.value >= _LEAST and len(core(one.name)) >= 2:
                begun.setdefault((one.name, one.family, one.value), []).append((row, one))
    for alike in begun.values():
        for (row, measure), (other, _) in combinations(alike, 2):
            if row.code == other.code:
                continue
            for name in ("target", "result"):
                yield from _compared(context, row, other, measure, name)


def _compared(context: Context, row: Row, other: Row, measure: Figure, name: str) -> Iterator[Finding]:
    found = [[one for one in answers(measure, getattr(each, name)) if one.name] for each in (row, other)]
    mine, its = ({one.value for one in each} for each in found)
    if not mine or not its or mine & its or not all(one.is_exact for each in found for one in each):
        return
    words = _WORDS[name]
    values = ["、".join(f"{number(value)}{measure.unit}" for value in sorted(each)) for each in (its, mine)]
    yield Finding(
        context.place(other, name),
        f"{measure.name} {values[0]}",
        f"{row.code}：{values[1]}",
        f"{row.code}と初期値（{measure.words}）が同じなのに、{words}が違います。",
        "どちらが正しいかを確かめて、そろえてください。",
        f"{getattr(row, name)}|{getattr(other, name)}",
        subject=f"{row.code} {measure.name} {name}",
        also=(context.place(row, name),),
    )


CHECK = Check(
    name="facts",
    title="同じことの、2つの値",
    looks_at="report",
    severity=MUST,
    explanation="成果指標と取組、または2つの取組が同じものを数えているとき、初期値、目標、実績の値が同じかを見ます。",
    example="成果指標の実績は2,000人、取組の実績は2,186人。",
    alike=(
        "初期値が離れた、似た名前の数",
        "「約2,000人」と2,186人（おおよその数と幅）",
        "同じ％でも、別のものの割合",
        "再掲とその再掲元（別のチェックが見ます）",
    ),
    find=find,
)
