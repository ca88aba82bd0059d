"""実績にない数: a metric that the baseline or target promises and the result does not give."""

import re
from collections.abc import Iterator

from initiatives.checking.finding import LOOK, Check, Finding
from initiatives.checking.reading import Figure, core, figures_in, likeness, plain
from initiatives.checking.writing import Writing

_EVENT = re.compile(r"\d{1,2}/\d{1,2}|R\d\.\d|を開始|の設置")  # what happened in the baseline year is no measure
_NAMED = 0.65
_DAY = re.compile(r"\d月\d{1,2}日")


def find(writing: Writing) -> Iterator[Finding]:
    if not writing.result.strip():
        return  # the empty cell is another finding
    told = figures_in(writing.result)
    for name, words in (("target", "目標"), ("baseline", "初期値")):
        listed = figures_in(getattr(writing, name))
        promised = [one for one in listed if one.value > 0]
        if not promised:
            continue
        missing = [one for one in promised if not _given(one, listed, told) and not _held_once(one, writing.result)]
        if missing and not _EVENT.search(plain(getattr(writing, name))):
            words_of = "、".join(f"{one.name} {one.words}".strip() for one in missing)
            yield Finding(
                writing.place("result"),
                f"{words}：{words_of}。実績：なし",
                "同じものの、この年度の数",
                f"{words}にある数が、実績にありません。",
                "同じものの数を、実績に書いてください。数えていないときは、そのわけを書いてください。",
                f"{getattr(writing, name)}\n{writing.result}",
                subject=f"{name} {words_of}",
            )
        return  # a target supersedes what the baseline measured


def _given(one: Figure, promised: tuple[Figure, ...], told: tuple[Figure, ...]) -> bool:
    """By its name; without a like name, by its unit, unless the others of this cell are told apart by name."""
    if any(_named_alike(one, other) for other in told):
        return True
    others = [other for other in promised if other is not one]
    if core(one.name) and any(_named_alike(other, given) for other in others for given in told):
        return False
    return any(given.family == one.family or not given.unit or _counts_people_or_cases(one, given) for given in told)


def _held_once(one: Figure, result: str) -> bool:
    """交流会 1回, and the day on which it was held."""
    return one.value == 1 and bool(core(one.name)) and core(one.name) in result and bool(_DAY.search(plain(result)))


def _named_alike(one: Figure, other: Figure) -> bool:
    return bool(one.name and other.name) and len(core(one.name)) > 1 and likeness(one.name, other.name) >= _NAMED


def _counts_people_or_cases(one: Figure, other: Figure) -> bool:
    return {one.family, other.family} <= {"人", "件", "作品", "世帯"} or {one.family, other.family} <= {
        "団体",
        "所",
        "件",
        "組織",
    }


CHECK = Check(
    name="metric_missing",
    title="実績にない数",
    looks_at="row",
    severity=LOOK,
    explanation="初期値や目標に数があるのに、実績に同じものの数がない所を見つけます。",
    example="初期値「利用率65.9％」に、実績は人数と金額だけ。",
    alike=("言い方が少し違う同じ数（開催数と開催回数）", "初期値が0のもの", "初期値が日付や「設置」だけのもの"),
    find=find,
    whole_row=True,
)
