"""単位の食い違い: people counted as 件, and the unit of the baseline or target changed in the result."""

import re
from collections.abc import Iterator

from initiatives.checking.finding import LOOK, Check, Finding
from initiatives.checking.pairing import counts_alike
from initiatives.checking.reading import Figure, core, figures_in, pairs_of_letters, plain
from initiatives.checking.writing import Writing

_PEOPLE = re.compile(r"(?:者|人|員)数$|(?:延|実)人数$|人員$")
_PEOPLE_BEHIND = re.compile(r"の[一-龥ァ-ヶー]{1,8}者(?:数)?(?:が|あり|を|。|、|$)")
_WORDS = {"baseline": "初期値", "target": "目標"}
_LEAST = 3  # letters of a name that says what is counted


def find(writing: Writing) -> Iterator[Finding]:
    text = writing.result
    told = plain(text)
    people = set()
    for one in figures_in(text):
        if one.unit == "件" and (_PEOPLE.search(one.name) or _PEOPLE_BEHIND.match(told[one.end :])):
            people.add(one)
            yield _finding(writing, one, "人", f"人の数（{_counted(one, told)}）を「件」で数えています。")
    for name, words in _WORDS.items():
        for asked in figures_in(getattr(writing, name)):
            for one in figures_in(text):
                if one not in people and _differs(asked, one) and not _same_unit_too(asked, text):
                    yield _finding(
                        writing,
                        one,
                        f"{asked.words}と同じ単位",
                        f"{words}（{asked.name} {asked.words}）と単位が違います。",
                    )
    if not writing.is_part:  # another department of a joint initiative may give the number
        yield from _changed(writing, figures_in(text), people)


def _changed(writing: Writing, told: tuple[Figure, ...], people: set[Figure]) -> Iterator[Finding]:
    """資格 30件, and 16名 alone: what answers the target, or without one the baseline, is counted in another unit.

    A figure with another name is another thing; nor does a 0 without a name say what is counted.
    """
    name = next((name for name in ("target", "baseline") if figures_in(getattr(writing, name))), None)
    for asked in figures_in(getattr(writing, name)) if name else ():
        if not asked.unit or any(one.family == asked.family or not one.unit for one in told):
            continue
        alike = [one for one in told if counts_alike(asked, one) and _may_answer(asked, one)]
        if alike and not people.intersection(alike):
            words = f"{_WORDS[name]}（{f'{asked.name} {asked.words}'.strip()}）と単位が違います。"
            yield _finding(writing, alike[0], f"{asked.words}と同じ単位", words)
            return  # the others of the cell are counted in the same way


def _may_answer(asked: Figure, one: Figure) -> bool:
    if not core(asked.name):
        return asked.value > 0
    return bool(pairs_of_letters(core(asked.name)) & pairs_of_letters(core(one.name)))


def _counted(one: Figure, told: str) -> str:
    behind = _PEOPLE_BEHIND.match(told[one.end :])
    return one.name if _PEOPLE.search(one.name) else behind[0].strip("のがを、。あり") if behind else one.name


def _differs(asked: Figure, one: Figure) -> bool:
    mine, its = core(asked.name), core(one.name)
    if not asked.unit or not one.unit or asked.family == one.family or min(len(mine), len(its)) < _LEAST:
        return False
    # A rate and a count of one thing stand side by side everywhere, as do cases and times.
    beside = [
        {"%"},
        {"回", "日"},
        {"回", "人"},
        {"ケース", "回"},
        {"台", "団体"},
        {"台", "人"},
        {"件", "人"},
        {"時間"},
        {"円"},
    ]
    units = {asked.family, one.family}
    return (mine.endswith(its) or its.endswith(mine)) and not any(pair <= units for pair in beside)


def _same_unit_too(asked: Figure, text: str) -> bool:
    return any(
        one.family == asked.family and core(one.name).endswith(core(asked.name)[-3:]) for one in figures_in(text)
    )


def _finding(writing: Writing, one: Figure, expected: str, why: str) -> Finding:
    return Finding(
        writing.place("result"),
        f"{one.name} {one.words}".strip(),
        expected,
        why,
        "単位をそろえるか、何の数かを書いてください。",
        writing.result,
        subject=f"{one.name}{one.words}",
    )


CHECK = Check(
    name="unit",
    title="単位の食い違い",
    looks_at="row",
    severity=LOOK,
    explanation="人の数を「件」で数えている所と、初期値や目標と単位が変わった所を見つけます。",
    example="初期値「登録者数186人」に、実績「登録者数188件」。",
    alike=(
        "人と名、か所と施設（同じ意味の単位）",
        "利用件数と利用者数の両方を書いたもの",
        "回数と、のべ人数",
        "目標の単位の数もあるもの（30件と、その内の16名）",
    ),
    find=find,
)
