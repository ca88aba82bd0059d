"""カタカナ語 that the committee asked to explain: once where it first stands."""

import re
from collections.abc import Iterator

from initiatives.checking.finding import LOOK, Check, Finding
from initiatives.checking.reading import around
from initiatives.checking.terms import Term
from initiatives.checking.writing import Passage

# 「アウトリーチ（支援を届けに行くこと）」「アウトリーチとは」「※アウトリーチ・・・」「アウトリーチ（※参照）」, or a numbered note behind it
_EXPLAINED = r"(?:[^（(、。\n]{0,10}[（(](?!DV|R\d|令和)[^）)]{4,}[）)]|[^、。\n]{0,4}とは|・・・|[^（(、。\n]{0,8}[（(](?:※参照|注\d))"


def explained(term: Term, text: str) -> bool:
    """Behind the word, or the word itself in brackets behind plain words: 支え合いの集まり（ピアサポート）, （ピアサポート等）."""
    word = re.escape(term.word)
    return re.search(f"{word}{_EXPLAINED}|[^（(\n]{{2,}}[（(]{word}(?:等|など)?[）)]", text) is not None


def find(passage: Passage) -> Iterator[Finding]:
    for term in passage.terms.of("loan"):
        if any(term.uses(passage.text)) and not explained(term, passage.text):
            yield unexplained(passage, term)


def unexplained(passage: Passage, term: Term) -> Finding:
    start, end, _ = next(term.uses(passage.text))
    return Finding(
        passage.place,
        around(passage.text, start, end, 8),
        f"{term.word}（{term.right}）",
        "カタカナ語は、最初の所で意味を添えます（委員会の決まり）。",
        f"「{term.word}（{term.right}）」のように、意味を添えてください。",
        term.word,
        subject=term.word,
    )


CHECK = Check(
    name="loanwords",
    title="説明のないカタカナ語",
    looks_at="text",
    severity=LOOK,
    explanation="意味を知らない人がいるカタカナ語に、説明があるかを見ます。報告書のどこか1か所で説明していれば足ります。",
    example="「アウトリーチ」には「支援を届けに行くこと」のような説明を添えます。",
    alike=("「レスパイトケア（短期休息サービス）」", "注釈で説明していることば", "用語集にない、よく知られたことば"),
    find=find,
)
