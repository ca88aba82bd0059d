"""実績にない数: a metric that the baseline or target promises and the result does not give."""

import re
from collections.abc import Iterator

from initiatives.checking.finding import LOOK, Check, Finding
from initiatives.checking.pairing import ALIKE, counts_alike
from initiatives.checking.reading import Figure, core, figures_in, likeness, pairs_of_letters, plain
from initiatives.checking.writing import Writing

_EVENT = re.compile(r"\d{1,2}/\d{1,2}|R\d\.\d|を開始|の設置")  # what happened in the baseline year is no measure
_DAY = re.compile(r"\d月\d{1,2}日")


def find(writing: Writing) -> Iterator[Finding]:
    if not writing.result.strip():
        return  # the empty cell is another finding
    told = figures_in(writing.result)
    for name, words in (("target", "目標"), ("baseline", "初期値")):
        listed = figures_in(getattr(writing, name))
        promised = [one for one in listed if one.value > 0 or core(one.name)]
        if not promised:
            continue
        missing = [one for one in _not_given(promised, told, writing.result) if not _held_once(one, writing.result)]
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


def _not_given(promised: list[Figure], told: tuple[Figure, ...], text: str) -> list[Figure]:
    """What no figure answers: by its name, where it is nearer to this one than to any other; else by its unit, where a
    figure is left that is of no other thing, each once (初回相談 396件 told as 初めての相談は312件)."""
    meant = {given: _nearest(given, promised) for given in told}
    left = [given for given in told if not meant[given]]
    missing = []
    for one in promised:
        if any(one in meant[given] for given in told):
            continue
        answers = left if core(one.name) else told
        alone = len(promised) == 1
        answer = next((given for given in answers if _answers(one, given, text, alone=alone)), None)
        if answer is None:
            missing.append(one)
        elif answer in left:
            left.remove(answer)
    return missing


def _nearest(given: Figure, promised: list[Figure]) -> list[Figure]:
    """The promised metrics whose name is most like this figure's; a number of things is no share of them."""
    share = "%" in given.unit
    near = {
        one: likeness(one.name, given.name) for one in promised if _is_named(one, given) and ("%" in one.unit) == share
    }
    most = max(near.values(), default=0.0)
    return [one for one, much in near.items() if much == most >= ALIKE]


def _is_named(one: Figure, given: Figure) -> bool:
    return min(len(core(one.name)), len(core(given.name))) > 1


def _answers(one: Figure, given: Figure, text: str, *, alone: bool) -> bool:
    """By its unit. Where but one thing is promised, in a list of labels, and in another unit, not for another thing."""
    same = given.family == one.family or not given.unit
    if one.value == given.value or (given.unit and given.unit in one.name):
        return same
    strict = alone or not same or _is_label(given, text)
    return (same or counts_alike(one, given)) and not (strict and _of_another(one, given, text))


def _is_label(given: Figure, text: str) -> bool:
    """よろず相談 41人 in a list, not よろず相談は41人だった."""
    return bool(given.name) and not re.search(r"[はがをにでもと](?:延べ?|のべ|約|実)?\s*$", plain(text)[: given.start])


def _of_another(one: Figure, given: Figure, text: str) -> bool:
    """Both have a name, and nothing of the one stands in the words before the other."""
    clause = re.split(r"[。\n]", plain(text)[: given.start])[-1]
    return _is_named(one, given) and not pairs_of_letters(one.name) & pairs_of_letters(clause)


def _held_once(one: Figure, result: str) -> bool:
    """交流会 1回, and the day on which it was held."""
    return one.value == 1 and bool(core(one.name)) and core(one.name) in result and bool(_DAY.search(plain(result)))


CHECK = Check(
    name="metric_missing",
    title="実績にない数",
    looks_at="row",
    severity=LOOK,
    explanation="初期値や目標に数があるのに、実績に同じものの数がない所を見つけます。",
    example="初期値「利用率65.9％」に、実績は人数と金額だけ。",
    alike=(
        "言い方が少し違う同じ数（開催数と開催回数）",
        "文の中で言いかえた数（初回相談 396件を「初めての相談は312件」）",
        "初期値が名前のない0のもの",
        "目標「講座1回」に「報告会を1回」（同じ単位で同じ数）",
        "初期値が日付や「設置」だけのもの",
    ),
    find=find,
    whole_row=True,
)
