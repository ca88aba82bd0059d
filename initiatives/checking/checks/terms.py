"""用語と表記: words of the city's dictionary, and two forms of one name in one text."""

from collections.abc import Iterator
from itertools import islice

from initiatives.checking.finding import LOOK, MUST, Check, Finding
from initiatives.checking.reading import around
from initiatives.checking.terms import MENDABLE
from initiatives.checking.writing import Passage


def find(passage: Passage) -> Iterator[Finding]:
    text = passage.text
    for term in passage.terms.of(*MENDABLE):
        for start, end, right in islice(term.uses(text), 1):
            yield Finding(
                passage.place,
                around(text, start, end, 8),
                right,
                term.why,
                f"「{text[start:end]}」を「{right}」に直してください。",
                text,
                subject=text[start:end],
                severity=MUST if term.kind == "ruling" else "",
                mended=term.mended(text),
            )
    for term in passage.terms.of("mixed"):
        if term.right in text and any(term.uses(text)):
            yield Finding(
                passage.place,
                f"「{term.word}」と「{term.right}」",
                "どちらか1つ",
                term.why,
                f"「{term.word}」か「{term.right}」に、そろえてください。",
                text,
                subject=term.right,
            )


CHECK = Check(
    name="terms",
    title="用語と表記",
    looks_at="text",
    severity=LOOK,
    explanation="市の用語集と違う書き方、1つの文の中での呼び方の混在、委員会が決めた言い方を見つけます。",
    example="「障がい者」は、この計画では「障害者」と書きます。",
    alike=(
        "「子供の貧困対策に関する大綱」のように「」で引いた名前",
        "「市内5地区での整備が完了した」（終わりのある工事や移転）",
        "「市社協」か「市社会福祉協議会」の一方だけの文",
    ),
    find=find,
)
