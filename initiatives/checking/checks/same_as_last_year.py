"""昨年度と同じ文: carried over, or copied."""

from collections.abc import Iterator
from difflib import SequenceMatcher

from initiatives.checking.finding import LOOK, Check, Finding
from initiatives.checking.reading import bare, short
from initiatives.checking.writing import Writing

_NAMES = {"result": "実績", "issues": "課題と予定"}
ALMOST = 0.95
LEAST = 20  # shorter texts (継続, 特になし。) are alike by themselves


def find(writing: Writing) -> Iterator[Finding]:
    for name, words in _NAMES.items():
        mine, its = bare(getattr(writing, name)), bare(writing.last.get(name, ""))
        if not mine or not its:
            continue
        if mine == its:
            yield _finding(writing, name, f"{words}が昨年度と同じ文です。")
        elif min(len(mine), len(its)) >= LEAST and _almost(mine, its):
            yield _finding(writing, name, f"{words}が昨年度とほとんど同じ文です。")


def _almost(mine: str, its: str) -> bool:
    if abs(len(mine) - len(its)) > 0.1 * max(len(mine), len(its)):
        return False
    if sum(letter.isdigit() for letter in mine) and _digits(mine) != _digits(its):
        return False  # the figures are this year's
    matcher = SequenceMatcher(None, mine, its, autojunk=False)
    return matcher.quick_ratio() >= ALMOST and matcher.ratio() >= ALMOST


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


def _finding(writing: Writing, name: str, why: str) -> Finding:
    text = getattr(writing, name)
    return Finding(
        writing.place(name),
        short(text),
        "今年度のこと",
        why,
        "今年度に行ったことを書いてください。同じでよいときは、そのままでかまいません。",
        text,
        subject=name,
    )


CHECK = Check(
    name="same_as_last_year",
    title="昨年度と同じ文",
    looks_at="row",
    severity=LOOK,
    explanation="実績と課題の文が、前の年度の文と同じか、ほとんど同じかを見ます。",
    example="実績の文が、令和5年度の文と1字も違わないとき。",
    alike=("文の形は同じで、数が今年度の数になっている", "「特になし。」のような短い文（ほとんど同じ、とは言わない）"),
    find=find,
)
