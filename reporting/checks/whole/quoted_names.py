"""引用した名前: an initiative named by number and title, and goals by number and name."""

import re
from collections.abc import Iterator

from initiatives.checking.finding import LOOK, Check, Finding
from initiatives.checking.reading import bare
from reporting.checks.context import Context

_QUOTED = re.compile(r"(\d{1,2}(?:-\d{1,2}){3})\s*「([^」]+)」")
_GOAL = re.compile(r"目標(\d)[：: 　]*「?([^」\s】]{4,})」?")


def find(context: Context) -> Iterator[Finding]:
    names = {goal.number: goal.name for goal in context.report.goals}
    for passage in context.chapter_passages:
        for match in _QUOTED.finditer(passage.text):
            row = context.rows.get(match[1])
            if row is None:
                why = f"{match[1]}という番号の取組がありません。"
                yield _finding(passage.place, match[0], "ある番号と名前", why)
            elif not bare(row.name).startswith(bare(match[2])):
                yield _finding(passage.place, match[0], f"{row.code}「{row.name}」", "取組の名前が違います。")
    for goal in context.report.goals:
        for section in goal.sections.values():
            match = re.search(r"【目標(\d+)】\s*「([^」]+)」", section.heading)
            if match and bare(match[2]) != bare(names.get(int(match[1]), "")):
                place = context.chapter_place(goal, section.kind)
                yield _finding(place, match[0], f"「{names.get(int(match[1]), '')}」", "目標の名前が違います。")


def _finding(place, found: str, expected: str, why: str) -> Finding:
    return Finding(place, found, expected, why, "番号と名前を、計画のとおりに直してください。", f"{found} {expected}")


CHECK = Check(
    name="quoted_names",
    title="引用した取組の名前",
    looks_at="report",
    severity=LOOK,
    explanation="章や講評の中の「番号と取組名」「目標の名前」が、計画の名前と同じかを見ます。",
    example="5-2-6-8「市ホームページの充実」は、「市ホームページ等の充実」です。",
    alike=("名前の後ろの括弧書きを省いたもの", "番号を付けずに「」で引いたことば"),
    find=find,
)
