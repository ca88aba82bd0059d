"""2つの取組に同じ文: the same or nearly the same paragraph in initiatives that are not listings of each other."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from initiatives.checking.finding import LOOK, Check, Finding, Place
from initiatives.checking.reading import bare, sentences, short
from reporting.checks.context import Context
from reporting.checks.whole.cross_listing import meant

LEAST = 30  # letters without punctuation
ALMOST = 0.8  # of the pieces of six letters
_PIECE = 6


@dataclass(frozen=True)
class _Paragraph:
    place: Place
    text: str
    said: str
    family: str  # the original's code: listings of one initiative are one

    @property
    def pieces(self) -> frozenset[str]:
        return frozenset(self.said[i : i + _PIECE] for i in range(len(self.said) - _PIECE + 1))


def find(context: Context) -> Iterator[Finding]:
    """One finding for each part that repeats others before it, however many they are."""
    repeated: dict[Place, list[tuple[_Paragraph, _Paragraph]]] = defaultdict(list)
    for one, other in _pairs(list(_paragraphs(context))):
        if one.family != other.family:
            repeated[other.place].append((one, other))
    for place, pairs in repeated.items():
        yield _finding(place, pairs)


def _finding(place: Place, pairs: list[tuple[_Paragraph, _Paragraph]]) -> Finding:
    longest = max((other for _, other in pairs), key=lambda other: len(other.said))
    before = {one.place.code: one.place for one, _ in pairs}
    texts = dict.fromkeys(paragraph.text for pair in pairs for paragraph in pair)
    told = "、".join(f"{code}（{before[code].words}）" for code in before)
    same = all(one.said == other.said for one, other in pairs)
    return Finding(
        place,
        short(longest.text, 60),
        f"{place.code}のこと",
        f"{told}の実績と{'同じ' if same else 'ほとんど同じ'}文です。",
        "この取組で行ったことに書きかえるか、片方を再掲にしてください。",
        "\n".join(texts),
        subject=" ".join(before),
        also=tuple(before.values()),
    )


def _paragraphs(context: Context) -> Iterator[_Paragraph]:
    for row in context.report.rows:
        if not row.shows_own:
            continue
        original = meant(row, context)
        family = original.code if original else row.code
        for part in row.parts:
            place = context.place(row, "result", part.department)
            for text in dict.fromkeys([*part.result.split("\n"), *sentences(part.result)]):
                said = bare(text)
                if len(said) >= LEAST:
                    yield _Paragraph(place, text, said, family)


def _pairs(paragraphs: list[_Paragraph]) -> Iterator[tuple[_Paragraph, _Paragraph]]:
    """Pairs that are alike, in the order of the report, found by the pieces they share."""
    pieces = [paragraph.pieces for paragraph in paragraphs]
    holders: dict[str, list[int]] = defaultdict(list)
    for index, own in enumerate(pieces):
        shared: dict[int, int] = defaultdict(int)
        for piece in own:
            for other in holders[piece]:
                shared[other] += 1
            holders[piece].append(index)
        for other in sorted(shared):
            together = len(own) + len(pieces[other]) - shared[other]
            if shared[other] >= ALMOST * together:
                yield paragraphs[other], paragraphs[index]


CHECK = Check(
    name="same_text",
    title="2つの取組に同じ文",
    looks_at="report",
    severity=LOOK,
    explanation="別の取組の実績に、同じ段落か、ほとんど同じ段落がないかを見ます。",
    example="2-1-1-2の実績の文が、5-1-1-1にもそのままあります。",
    alike=("再掲とその再掲元", "1つの共同の取組の、課ごとの同じ文", "30字より短い、決まった言い方"),
    find=find,
)
