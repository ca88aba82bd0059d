"""文と評価: a text that says it could not be done, with a rating that says it was."""

import re
from collections.abc import Iterator

from initiatives.checking.finding import LOOK, MUST, Check, Finding
from initiatives.checking.reading import plain, short
from initiatives.checking.writing import Writing

_NOT_DONE = re.compile(
    r"(?:実施|開催|着手|設置|作成|派遣|訪問)(?:することが)?でき(?:なかった|ず|ていない)|行(?:えなかった|うことができなかった)|実施に至らな|"
    r"(?:中止|延期|休止)(?:した|となった|になった)|実施しなかった|未実施(?:。|$|である|となった|だった|のため)"
)
_FELL_SHORT = re.compile(r"にとどまった|にとどまって|目標(?:に|を)(?:は)?(?:届|達し|下回)|を(?:大きく|大幅に)下回")


def find(writing: Writing) -> Iterator[Finding]:
    rank = writing.rank(writing.rating)
    if rank is None or rank > 1:
        return
    for sentence in re.split(r"(?<=。)|\n", writing.result):
        if _NOT_DONE.search(plain(sentence)):
            yield _finding(writing, "result", sentence, "できなかったという文と、評価が合いません。", MUST)
    if rank == 0:
        for name in ("result", "issues"):
            for sentence in re.split(r"(?<=。)|\n", getattr(writing, name)):
                if _FELL_SHORT.search(plain(sentence)):
                    yield _finding(
                        writing, name, sentence, "届かなかったという文と、いちばん高い評価が合いません。", LOOK
                    )


def _finding(writing: Writing, name: str, sentence: str, why: str, severity: str) -> Finding:
    return Finding(
        writing.place(name),
        f"評価{writing.rating}「{short(sentence)}」",
        "文に合う評価",
        why,
        "評価を下げるか、ほかに行ったことを書いてください。",
        f"{writing.rating} {sentence}",
        subject=sentence.strip(),
        severity=severity,
    )


CHECK = Check(
    name="rating_words",
    title="文と評価の食い違い",
    looks_at="row",
    severity=MUST,
    explanation="「実施できなかった」「…にとどまった」という文に、高い評価が付いていないかを見ます。",
    example="「相手方の事情で実施できなかった。」で評価がA。",
    alike=("評価がCやDの「実施できなかった」", "「提供することができた」", "「実績はなかった」（ほかの実績がある）"),
    find=find,
)
