"""注釈: used and not defined, defined and not used, or out of order."""

import re
from collections.abc import Iterator

from initiatives.checking.finding import MUST, Check, Finding, Place
from initiatives.checking.reading import plain
from reporting.checks.context import Context

_ANCHOR = re.compile(r"\(注(\d{1,3})\)")


def find(context: Context) -> Iterator[Finding]:
    used: dict[int, list[tuple[int, Place]]] = {}  # goal → first use of each number, in the order of the text
    for passage in context.chapter_passages:
        if passage.place.kind in ("chapter", "event", "review") and passage.place.goal:
            for match in _ANCHOR.finditer(plain(passage.text)):
                first = used.setdefault(passage.place.goal, [])
                if int(match[1]) not in {number for number, _ in first}:
                    first.append((int(match[1]), passage.place))
    defined = {note.number: goal.number for goal in context.report.goals for note in goal.footnotes}
    expected = 1
    for goal in context.report.goals:
        numbers = used.get(goal.number, [])
        yield from _undefined(numbers, defined)
        yield from _unused(context, goal, {number for number, _ in numbers})
        yield from _order(numbers)
        for note in goal.footnotes:
            if note.number != expected:
                yield _numbered(context, goal.number, note.number, expected)
            expected = note.number + 1


def _undefined(numbers, defined) -> Iterator[Finding]:
    for number, place in numbers:
        if number not in defined:
            yield Finding(
                place, f"（注{number}）", f"注{number}の説明", f"注{number}の説明がありません。",
                "注釈を書くか、番号を消してください。", f"注{number}",
            )  # fmt: skip


def _unused(context: Context, goal, used: set[int]) -> Iterator[Finding]:
    for note in goal.footnotes:
        if note.number not in used:
            yield Finding(
                _place(context, goal.number, note.number), f"注{note.number}", f"文の中の（注{note.number}）",
                "この注を指す番号が、文の中にありません。", "文の中に番号を入れるか、注を消してください。", note.text,
            )  # fmt: skip


def _order(numbers) -> Iterator[Finding]:
    highest = 0
    for number, place in numbers:
        if number < highest:
            yield Finding(
                place, f"（注{number}）", f"注{highest}より前", "注の番号が、出てくる順になっていません。",
                "出てくる順に番号を付け直してください。", f"注{number} 注{highest}",
            )  # fmt: skip
        highest = max(highest, number)


def _numbered(context: Context, goal: int, number: int, expected: int) -> Finding:
    return Finding(
        _place(context, goal, number), f"注{number}", f"注{expected}", "注の番号が続いていません。",
        "1から順に付け直してください。", f"注{number}", subject="number",
    )  # fmt: skip


def _place(context: Context, goal: int, number: int) -> Place:
    words = f"{context.report.terms['goal']}{goal} 注{number}"
    return Place("footnote", str(number), goal=goal, words=words)


CHECK = Check(
    name="footnotes",
    title="注釈",
    looks_at="report",
    severity=MUST,
    explanation="文の中の（注1）と注釈が1つずつ合い、出てくる順に番号が付いているかを見ます。",
    example="文に（注9）があり、注9の説明がありません。",
    alike=("同じ注を2回指す文", "全角と半角の括弧", "「※参照」のような、番号のないしるし"),
    find=find,
)
