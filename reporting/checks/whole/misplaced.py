"""別の取組の文: a result whose words belong to another initiative of the same department, not to its own."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator

from initiatives.checking.finding import LOOK, Check, Finding
from initiatives.checking.reading import short
from reporting.checks.context import Context
from reporting.checks.words import words
from reporting.snapshot import Row

LEAST = 60  # letters: less says too little
_LOW, _HIGH = 0.15, 0.35  # share of the text's weight that its own initiative and another one know


def find(context: Context) -> Iterator[Finding]:
    originals = [row for row in context.report.rows if not row.original_code]
    known = {row.code: _nouns(f"{row.name} {row.description}") for row in originals}
    often = Counter(noun for nouns in known.values() for noun in nouns)
    weights = {noun: math.log(len(known) / count) for noun, count in often.items()}
    of_department: dict[str, list[Row]] = defaultdict(list)
    for row in originals:
        for owner in row.owners:
            of_department[owner.department].append(row)
    for row in originals:
        for part in row.parts if row.shows_own else ():
            if len(part.result) < LEAST or not part.department:
                continue
            said = {noun: weights[noun] for noun in sorted(_nouns(part.result)) if noun in weights}
            whole = sum(said.values())
            if not whole or _share(said, known[row.code], whole) > _LOW:
                continue
            share, best = max(
                ((_share(said, known[other.code], whole), other.code) for other in of_department[part.department] if other is not row),
                default=(0.0, ""),
            )  # fmt: skip
            if share >= _HIGH:
                yield _finding(context, row, part, context.rows[best])


def _nouns(text: str) -> frozenset[str]:
    return frozenset(word.surface for word in words(text) if word.is_noun and len(word.surface) > 1)


def _share(said: dict[str, float], known: frozenset[str], whole: float) -> float:
    return sum(weight for noun, weight in said.items() if noun in known) / whole


def _finding(context: Context, row: Row, part, other: Row) -> Finding:
    return Finding(
        context.place(row, "result", part.department),
        short(part.result, 60),
        f"{row.code}「{row.name}」のこと",
        f"この取組の内容のことばがほとんどなく、{other.code}「{other.name}」のことばが多い文です。",
        f"{other.code}の文が入っていないか、確かめてください。",
        part.result,
        subject=other.code,
        also=(context.place(other, "description"),),
    )


CHECK = Check(
    name="misplaced",
    title="別の取組の文",
    looks_at="report",
    severity=LOOK,
    explanation="実績の文が、その取組の内容より、同じ課の別の取組の内容に合っていないかを見ます。",
    example="「虐待防止の周知」の実績に、成年後見制度の協議会のこと。",
    alike=("短い実績（60字より短い文）", "内容の言いかえ", "2つの取組にまたがる文"),
    find=find,
)
