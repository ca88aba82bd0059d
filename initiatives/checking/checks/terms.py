"""用語と表記: words of the city's dictionary, and two forms of one name in one text."""

from collections.abc import Iterator

from initiatives.checking.finding import LOOK, MUST, Check, Finding
from initiatives.checking.reading import around
from initiatives.checking.writing import Passage


def find(passage: Passage) -> Iterator[Finding]:
    text = passage.text
    for term in passage.terms.of("spelling", "name", "ruling"):
        match = term.pattern.search(text)
        if match and not (term.kind == "spelling" and _is_quoted(text, match.start())):
            yield Finding(
                passage.place,
                around(text, match.start(), match.end(), 8),
                match.expand(term.right),
                term.why,
                f"「{match[0]}」を「{match.expand(term.right)}」に直してください。",
                text,
                subject=match[0],
                severity=MUST if term.kind == "ruling" else "",
            )
    for term in passage.terms.of("mixed"):
        if term.right in text and (match := term.pattern.search(text)):
            yield Finding(
                passage.place,
                f"「{match[0]}」と「{term.right}」",
                "どちらか1つ",
                term.why,
                f"「{match[0]}」か「{term.right}」に、そろえてください。",
                text,
                subject=term.right,
            )


def _is_quoted(text: str, position: int) -> bool:
    """Inside 「」: the name of a law or of another city's paper is not ours to change."""
    return text.rfind("「", 0, position) > text.rfind("」", 0, position)


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
