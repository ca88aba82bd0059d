"""後戻りした目標: next year's target below this year's, or below what has been reached."""

import re
from collections.abc import Iterator
from decimal import Decimal

from initiatives.checking.finding import LOOK, Check, Finding
from initiatives.checking.pairing import answers, reached
from initiatives.checking.reading import Figure, figures_in, number, plain
from initiatives.checking.writing import Writing

# A yearly amount of work (12公園の更新) differs from year to year; fewer of these is better.
_WORK = re.compile(r"実施|更新|整備|修繕|工事|×|[(（]\d+日")
_LOWER_IS_BETTER = re.compile(r"待機|減|苦情|事故|対応中")
_CLEARLY = Decimal("1.05")


def find(writing: Writing) -> Iterator[Finding]:
    both = plain(writing.target + writing.next_target)
    if _WORK.search(both) or _LOWER_IS_BETTER.search(both):
        return
    for planned in figures_in(writing.next_target):
        now = _same(planned, writing.target)
        if now is not None and planned.value < now.value:
            yield _finding(writing, planned, f"今年度の目標{now.words}より下がっています。", now.words)
        elif planned.value > 0 and planned.name and (found := answers(planned, writing.result)):
            done = reached(writing.result, found)
            if len(found) == 1 and done > planned.value * _CLEARLY and planned.family not in ("回", "日"):
                words = f"{number(done)}{planned.unit}"
                yield _finding(writing, planned, f"もう届いた数（{words}）より低い目標です。", words)


def _same(planned: Figure, target: str) -> Figure | None:
    found = [one for one in figures_in(target) if one.unit == planned.unit and one.name == planned.name]
    return found[0] if len(found) == 1 else None


def _finding(writing: Writing, planned: Figure, why: str, expected: str) -> Finding:
    return Finding(
        writing.place("next_target"),
        f"{planned.name} {planned.words}".strip(),
        f"{expected}以上、または下げた理由",
        f"次年度の目標が、{why}",
        "目標を見直すか、下げる理由を課題の欄に書いてください。",
        f"{writing.target}\n{writing.next_target}\n{writing.result}",
        subject=f"{planned.name}{planned.words}",
    )


CHECK = Check(
    name="target_backwards",
    title="後戻りした目標",
    looks_at="row",
    severity=LOOK,
    explanation="次年度の目標が、今年度の目標や、もう届いた実績より低くないかを見ます。",
    example="目標187組織、次年度の目標185組織。",
    alike=("年ごとに量が違う工事や更新（23施設のあと12施設）", "少ないほどよい数（待機児童数）", "回数や日数"),
    find=find,
    whole_row=True,
)
