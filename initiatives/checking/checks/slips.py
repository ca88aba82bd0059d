"""書き間違い that grammar alone reveals: a doubled word, を twice or where its verb takes に, の before a verb, a sentence
that stops at 、 or has an open bracket.

Right, though it looks alike: を目的に … を行う (a phrase between), 住民の参加しやすい場 (の for が), 受け入れることができる
(no potential form), 普及 and 言及, and lists of nouns.
"""

import re
from collections.abc import Iterator

from initiatives.checking.finding import MUST, Check, Finding
from initiatives.checking.reading import around, plain
from initiatives.checking.writing import Passage

_OBJECT = r"を(?!目途に|対象に|中心に|目的に|契機に|機に|基に|元に|主体に|会場に|窓口に|講師に|テーマに)"
_ADVERB = (
    r"(?:引き?続き|更に|さらに|(?:より)?一層|[一-龥]{1,3}的に|(?:早期|確実|着実|適切|円滑|迅速|十分|丁寧|新た|共)に)?"
)
_SLIPS = (
    (re.compile(r"([一-龥々]{3,10})\1|(?<![ァ-ヶー])([ァ-ヶー]{3,10})\2(?![ァ-ヶー])"), "同じことばが2回続いています。", "1回にしてください。"),
    (re.compile(r"([一-龥]{2})して[^、。\n]{0,12}を\1(?:し|す)"), "同じことばが2回あります。", "1回にしてください。"),
    (re.compile(r"をを|にを|をに(?!て)|をが|がを|はを"), "助詞が2つ続いています。", "どちらかを消してください。"),
    (re.compile(r"(?<=[ぁ-んァ-ヶー一-龥])[をがはに]づくり"), "「づくり」の前に助詞があります。", "「まちづくり」のように、名詞に続けてください。"),
    (
        re.compile(
            _OBJECT + r"(?:[一-龥々ァ-ヶーA-Za-z0-9に]{2,14}を(?:実施|図|行|進め)"
            r"|[一-龥々ァ-ヶーA-Za-z0-9]{2,14}を(?:配信|配布|配付|掲載|開催|発行|提供|作成|設置|周知|交付|送付)(?:し|す|さ))"
        ),
        "「を」が2回あり、文がつながりません。",
        "前の「を」を「の」にするなど、文を直してください。",
    ),
    (
        re.compile(rf"を{_ADVERB}(?:取り?組(?:んで|んだ|む(?:。|こと|た|よ)|み(?:ます|たい|、)|める)|つなが(?:る|れる|り|った))"),
        "「を」に続かない動きです。",
        "「…に取り組む」「…につながる」「…をつなげる」のように、助詞か動きを直してください。",
    ),
    (re.compile(r"を[一-龥ァ-ヶー]{2,8}などし|を[一-龥ァ-ヶー]{2,8}等し(?![いく])"), "「などして」が名詞に続いています。", "「…するなどして」と書いてください。"),
    (
        re.compile(
            r"の(?!自立|参加|安定|生活|成長|活躍|存在)(?:[一-龥](?![出直押渡返消起話越流落回指隠許明増倒降通探差])[一-龥]|[ァ-ヶー]{3,}(?:[一-龥]{2})?)し(?:、|た。|(?![易得難])[一-龥])"
        ),
        "「の」のあとに動きが続いて、「を」がありません。",
        "「…を配布し」のように、「を」を入れるか、「の」を「を」にしてください。",
    ),
    (re.compile(r"(?:開催|実施|設置|参加|発行|作成|整備|改修)予定(?:し|す)"), "「予定」の前に「を」がありません。", "「…の開催を予定して」と書いてください。"),
    (re.compile(r"(?:られる|できる)こと(?:が|は|も)でき"), "「できる」が2回あります。", "「…することができ」か「…られ」の一方にしてください。"),
    (re.compile(r"当該(?=[がはをにでも、。])"), "「当該」のあとに、何かがありません。", "「当該団体」のように、名詞を続けてください。"),
    (re.compile(r"(?<![普言追波遡企論可])及(?![びぶんぼばべ第ヒ])"), "「及」に「び」がありません。", "「及び」と書いてください。"),
    (re.compile(r"(?:た|いる|する|れる|です|ます)、[ \t]*(?=\n|$)|、\s*$"), "文が「、」で終わっています。", "「。」にするか、続きを書いてください。"),
    (re.compile(r"[、。]{2,}"), "句読点が2つ続いています。", "1つにしてください。"),
    (
        re.compile(
            r"(?:考え|努め|進め|求め|深め|高め)。|(?:と考え|に努め|を進め|を深め|を高め)ため"
            r"|(?:に向けて|において|に対して|とともに|と共に|ことにより|に伴い)。(?=[^\n])"
        ),
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
    explanation="同じことばの繰り返し、「を」の重なりや抜け、つながらない動き、途中で切れた文、閉じていない括弧を見つけます。",
    example="「費用を助成を実施する」は「費用の助成を実施する」です。",
    alike=(
        "「課題を把握し、支援を行う」（動きが2つある文）",
        "「契機に取り組む」「受け入れることができる」「住民の参加しやすい場」（正しいつながり）",
        "「3件へ減。」のような短い文",
        "「制度の見直し、」「後押し」（動きでなく名詞）",
        "「普及」「言及」の「及」",
        "「様々」「一人ひとり」",
    ),
    find=find,
)
