"""実績 that says nothing: 「取組開始」 alone, a label without its figure, a unit without its number."""

import re
from collections.abc import Iterator

from initiatives.checking.finding import LOOK, MUST, Check, Finding
from initiatives.checking.reading import around, bare, plain
from initiatives.checking.writing import Passage

_EMPTY = re.compile(
    r"(?:取組|取り?組み|事業)?(?:の)?(?:開始|継続|実施|完了)(?:と拡充|中)?|特に?なし|なし|同上|同様|未記入"
)
_LABEL_ALONE = re.compile(r"(?:R\d{1,2}|令和\d{1,2}年度)実績値?\s*(?=$|\n[【(][^】)\n]{2,20}課[】)])")
_NUMBER_LOST = re.compile(r"回数(?=回)|件数(?=件)|人数(?=[人名])")


def find(passage: Passage) -> Iterator[Finding]:
    if passage.kind != "result":
        return
    text, told = passage.text, plain(passage.text)
    if _EMPTY.fullmatch(bare(text)):
        yield Finding(
            passage.place,
            text.strip(),
            "この年度に行ったこと",
            "何をしたかが、読む人に伝わりません。",
            "行ったことを1文と、数があれば数で書いてください。",
            text,
        )
    for match in _LABEL_ALONE.finditer(told):
        yield Finding(
            passage.place,
            text[match.start() : match.end()].strip(),
            "見出しのあとの数",
            "「実績値」の見出しのあとに、数がありません。",
            "数を書くか、見出しを消してください。",
            text,
            severity=MUST,
        )
    for match in _NUMBER_LOST.finditer(told):
        yield Finding(
            passage.place,
            around(text, match.start(), match.end() + 1, 6),
            "数",
            "単位の前の数が抜けています。",
            "数を書いてください。",
            text,
            severity=MUST,
        )


CHECK = Check(
    name="thin_result",
    title="中身のない実績",
    looks_at="text",
    severity=LOOK,
    explanation="「取組開始」だけの実績、数のない「実績値」の見出し、数の抜けた単位を見つけます。",
    example="「派遣回数回、時間の支援」は、数が抜けています。",
    alike=("「利用回数24回」だけの実績（数で伝わる）", "「課題は特になし」（課題の欄）"),
    find=find,
)
