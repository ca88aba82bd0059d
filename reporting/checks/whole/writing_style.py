"""文体: です・ます among である, by what most of the same fields do."""

import re
from collections.abc import Iterator

from initiatives.checking.finding import LOOK, Check, Finding
from initiatives.checking.reading import short
from initiatives.checking.writing import Passage
from reporting.checks.context import Context

_POLITE = re.compile(r"(?:ます|ました|です|でした|ません|ましょう)(?:。|$)")
_PLAIN = re.compile(r"(?:る|た|だ|である|ない|い|う|く|す|つ|む)。")
_MOST = 0.8
_LEAST = 4  # passages of a kind, else nothing is usual


def find(context: Context) -> Iterator[Finding]:
    groups: dict[str, list[tuple[Passage, str | None, str | None]]] = {}
    for passage in (*context.chapter_passages, *context.row_passages):
        kind = passage.place.field or passage.place.kind
        polite, plain = _first(passage.text, _POLITE), _first(passage.text, _PLAIN)
        if passage.place.kind != "event" and (polite or plain):
            groups.setdefault(kind, []).append((passage, polite, plain))
    for told in groups.values():
        usual = sum(polite is None for _, polite, _ in told)
        if len(told) < _LEAST:
            continue
        if usual >= _MOST * len(told):
            yield from (_finding(passage, polite, "だ・である") for passage, polite, _ in told if polite)
        elif sum(plain is None for *_, plain in told) >= _MOST * len(told):
            yield from (_finding(passage, plain, "です・ます") for passage, _, plain in told if plain)


def _first(text: str, form: re.Pattern) -> str | None:
    """The first sentence of that form, outside 「」."""
    for sentence in re.split(r"(?<=。)|\n", re.sub(r"「[^」]*」", "", text)):
        if form.search(sentence):
            return sentence.strip()
    return None


def _finding(passage: Passage, sentence: str, usual: str) -> Finding:
    return Finding(
        passage.place,
        short(sentence, 50),
        f"「{usual}」の文",
        f"同じ欄のほとんどは「{usual}」の文です。",
        "文末をそろえてください。",
        passage.text,
        subject="style",
    )


CHECK = Check(
    name="writing_style",
    title="文体の混在",
    looks_at="report",
    severity=LOOK,
    explanation="同じ欄のほとんどが「である」の文なのに、「です・ます」の文があるところを見つけます。",
    example="ほかの取組の課題は「周知する。」、この取組だけ「周知します。」",
    alike=("講評や前文のように、初めから「です・ます」の章", "「」の中で引いた声"),
    find=find,
)
