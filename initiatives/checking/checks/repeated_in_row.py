"""課題の欄に実績の文: a sentence about what was done, copied into the plans."""

import re
from collections.abc import Iterator

from initiatives.checking.finding import LOOK, Check, Finding
from initiatives.checking.reading import bare, sentences, short
from initiatives.checking.writing import Writing

LEAST = 25


def find(writing: Writing) -> Iterator[Finding]:
    done = {bare(sentence) for sentence in sentences(writing.result)}
    for sentence in sentences(writing.issues):
        said = bare(sentence)
        if len(said) >= LEAST and said in done and re.search(r"た。?$", sentence):
            yield Finding(
                writing.place("issues"),
                short(sentence),
                "課題と次年度の予定",
                "実績と同じ文が、課題と次年度の予定の欄にもあります。",
                "課題か、次の年度に行うことに書きかえてください。",
                sentence,
            )


CHECK = Check(
    name="repeated_in_row",
    title="課題の欄に実績の文",
    looks_at="row",
    severity=LOOK,
    explanation="終わったことを書いた同じ文が、実績と課題の両方の欄にないかを見ます。",
    example="実績の「…に注力した。」が、課題の欄にもそのままある。",
    alike=("実績が「行った」、課題が「行う」の組", "短い文"),
    find=find,
)
