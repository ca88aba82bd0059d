"""1つの取組の中の、違う数: the same thing counted twice with two results."""

import re
from collections.abc import Iterator
from itertools import combinations

from initiatives.checking.finding import MUST, Check, Finding
from initiatives.checking.reading import Figure, figures_in, plain
from initiatives.checking.writing import Writing

_LEAST = 8  # letters of a name that tells one thing from every other
_PLAIN_TOTAL = re.compile(r"計$")
_LABEL = re.compile(r"実績値?\s*:?\s*$")


_CHANGE = re.compile(r"(?:新たに)?(?:設置|開設|新設|追加|増設)(?:された|した)")  # how many came, not how many there are


def find(writing: Writing) -> Iterator[Finding]:
    told = plain(writing.result)
    found = tuple(one for one in figures_in(writing.result) if one.is_exact)
    standing = [one for one in found if not _CHANGE.match(told[one.end :])]
    for one, other in combinations(standing, 2):
        if one.value != other.value and _same_thing(one, other):
            yield _finding(writing, one, other)
    yield from _total_and_label(writing, found)


def _same_thing(one: Figure, other: Figure) -> bool:
    if not one.unit or one.family != other.family or one.measure != other.measure:
        return False
    mine, its = (re.sub(r"[はがをのにで\s]", "", figure.name) for figure in (one, other))
    return min(len(mine), len(its)) >= _LEAST and (mine.endswith(its) or its.endswith(mine))


def _total_and_label(writing: Writing, found: tuple[Figure, ...]) -> Iterator[Finding]:
    """「計38名が参加」 in the prose and a bare 「R6実績値 40名」 behind it."""
    told = plain(writing.result)
    totals = [one for one in found if _PLAIN_TOTAL.search(told[: one.start]) and not one.name]
    labelled = [one for one in found if _LABEL.search(told[: one.start]) and not one.name]
    for one in totals:
        for other in labelled:
            same = [figure for figure in found if figure.family == one.family]
            if one.family == other.family and one.value != other.value and len(same) == 2:
                yield _finding(writing, one, other)


def _finding(writing: Writing, one: Figure, other: Figure) -> Finding:
    name = min((one.name, other.name), key=len) or "合計"
    return Finding(
        writing.place("result"),
        f"{name}：{one.words}と{other.words}",
        "1つの数",
        "同じものの数が、1つの欄に2通りあります。",
        "正しいほうにそろえるか、違うものなら何の数かを書いてください。",
        writing.result,
        subject=f"{name}{one.words}{other.words}",
    )


CHECK = Check(
    name="row_values",
    title="1つの取組の中の違う数",
    looks_at="row",
    severity=MUST,
    explanation="同じ名前の数が、1つの取組の実績の中で違っていないかを見ます。",
    example="「研修を3回実施した」のあとに「R6実績値 研修 2回」。",
    alike=(
        "名前が短く、何の開催かがわからない「開催数」",
        "年度の違う数",
        "のべと実の数",
        "内訳の数",
        "「約40人」と38人、「20～30件」と25件（おおよその数と幅）",
    ),
    find=find,
)
