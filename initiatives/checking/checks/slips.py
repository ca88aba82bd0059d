"""書き間違い that grammar alone reveals: a doubled word, を twice, a sentence that stops at 、 or has an open bracket."""

import re
from collections.abc import Iterator

from initiatives.checking.finding import MUST, Check, Finding
from initiatives.checking.reading import around, plain
from initiatives.checking.writing import Passage

_SLIPS = (
    (re.compile(r"([一-龥々]{3,10})\1|(?<![ァ-ヶー])([ァ-ヶー]{3,10})\2(?![ァ-ヶー])"), "同じことばが2回続いています。", "1回にしてください。"),
    (re.compile(r"をを|にを|をに(?!て)|をが|がを|はを"), "助詞が2つ続いています。", "どちらかを消してください。"),
    (
        re.compile(r"を(?!目途に|対象に|中心に|目的に|契機に|機に|基に|元に|主体に|会場に|窓口に)[一-龥々ァ-ヶーA-Za-z0-9に]{2,14}を(?:実施|図|行|進め)"),
        "「を」が2回あり、文がつながりません。",
        "前の「を」を「の」にするなど、文を直してください。",
    ),
    (re.compile(r"(?:た|いる|する|れる|です|ます)、[ \t]*(?=\n|$)|、\s*$"), "文が「、」で終わっています。", "「。」にするか、続きを書いてください。"),
    (re.compile(r"[、。]{2,}"), "句読点が2つ続いています。", "1つにしてください。"),
    (
        re.compile(r"(?:考え|努め|進め|求め|深め|高め)。|(?:と考え|に努め|を進め|を深め|を高め)ため"),
        "文末かつなぎの形が途中で切れています。",
        "「考える」「考えた」のように、最後まで書いてください。",
    ),
    (re.compile(r"もらえよう|いただきたくよう|するを(?:条件|目的)|まるが見込|ととも(?![にな])|(?:啓発|広報|周知|支援)に行っ"),
     "文のつながりが切れています。", "抜けている文字を足してください。"),
)  # fmt: skip
_PAIRS = {"（": "）", "「": "」", "『": "』", "【": "】", "(": ")"}


def find(passage: Passage) -> Iterator[Finding]:
    text = passage.text
    told = plain(text)
    for pattern, why, fix in _SLIPS:
        for match in pattern.finditer(told):
            found = around(text, match.start(), match.end(), 10)
            yield Finding(passage.place, found, "読んで通る文", why, fix, text)
    yield from _open_brackets(passage, told)


def _open_brackets(passage: Passage, told: str) -> Iterator[Finding]:
    """Brackets that are opened and not closed in the text; a lone ) after a list number is none."""
    waiting: list[tuple[str, int]] = []
    for position, letter in enumerate(told):
        if letter in _PAIRS:
            waiting.append((_PAIRS[letter], position))
        elif waiting and letter == waiting[-1][0]:
            waiting.pop()
    for _, position in waiting:
        found = around(passage.text, position, position + 1, 10)
        yield Finding(
            passage.place, found, "閉じた括弧", "括弧が閉じていません。", "閉じる括弧を足してください。", passage.text
        )


CHECK = Check(
    name="slips",
    title="書き間違い",
    looks_at="text",
    severity=MUST,
    explanation="同じことばの繰り返し、「を」の重なり、途中で切れた文、閉じていない括弧を見つけます。",
    example="「費用を助成を実施する」は「費用の助成を実施する」です。",
    alike=("「課題を把握し、支援を行う」（動きが2つある文）", "「3件へ減。」のような短い文", "「様々」「一人ひとり」"),
    find=find,
)
