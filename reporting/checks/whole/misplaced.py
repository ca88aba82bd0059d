"""別の取組の文: a result whose words belong to another initiative of the same department, not to its own.

Two things give it away. The words: hardly any of them stand in its own name and description, many in another's. Or the
copy: the very same text stands in the other one too, whose name and description know it at least twice as well.

Right, though it looks alike: initiatives of one direction serve one aim and speak of each other's matters, so their
words alone prove nothing there; a text that fits both of the initiatives in which it stands (one event that serves two
aims), or neither (「補助金による財政支援を実施した」).
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from initiatives.checking.finding import LOOK, Check, Finding
from initiatives.checking.reading import bare, short
from reporting.checks.context import Context
from reporting.checks.words import words
from reporting.snapshot import Part, Row

LEAST = 60  # letters: less says too little
_LOW, _HIGH = 0.15, 0.35  # share of the text's weight that its own initiative and another one know
_COPY_LOW, _TIMES = 0.2, 2  # of a copy: what its own may know at most, and how much better the other must know it


def find(context: Context) -> Iterator[Finding]:
    originals = [row for row in context.report.rows if not row.original_code]
    known = {row.code: _nouns(f"{row.name} {row.description}") for row in originals}
    often = Counter(noun for nouns in known.values() for noun in nouns)
    weights = {noun: math.log(len(known) / count) for noun, count in often.items()}
    direction = _directions(context)
    of_department: dict[str, list[Row]] = defaultdict(list)
    saying: dict[str, set[str]] = defaultdict(set)  # a text → the rows in which it stands
    for row in originals:
        for owner in row.owners:
            of_department[owner.department].append(row)
        for part in row.parts:
            saying[bare(part.result)].add(row.code)
    for row, part in _parts(originals):
        said = {noun: weights[noun] for noun in sorted(_nouns(part.result)) if noun in weights}
        others = [other for other in of_department[part.department] if other is not row]
        own, *shares = (_share(said, known[one.code]) for one in (row, *others))
        copied = saying[bare(part.result)]
        for share, other in sorted(zip(shares, others, strict=True), key=lambda one: (-one[0], one[1].code)):
            by_words = own <= _LOW and share >= _HIGH and direction[row.code] != direction[other.code]
            by_copy = other.code in copied and own <= _COPY_LOW and share >= max(_TIMES * own, _LOW)
            if by_words or by_copy:
                yield _finding(context, row, part, other)
                break


def _directions(context: Context) -> Mapping[str, str]:
    """The direction under which each row stands."""
    directions = (one for goal in context.report.goals for policy in goal.policies for one in policy.directions)
    return {row.code: one.code for one in directions for row in one.rows}


def _parts(rows: list[Row]) -> Iterator[tuple[Row, Part]]:
    for row in rows:
        for part in row.parts if row.shows_own else ():
            if len(part.result) >= LEAST and part.department:
                yield row, part


def _nouns(text: str) -> frozenset[str]:
    return frozenset(word.surface for word in words(text) if word.is_noun and len(word.surface) > 1)


def _share(said: Mapping[str, float], known: frozenset[str]) -> float:
    """0…1: how much of the weight of what is said stands in an initiative's own words."""
    whole = sum(said.values())
    return sum(weight for noun, weight in said.items() if noun in known) / whole if whole else 1.0


def _finding(context: Context, row: Row, part: Part, other: Row) -> Finding:
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
    alike=(
        "短い実績（60字より短い文）",
        "同じ方向性のとなりの取組と、ことばが重なる文",
        "2つの取組のどちらにも合う、同じ文",
        "どの取組にもある決まり文句（補助金による支援など）",
    ),
    find=find,
)
