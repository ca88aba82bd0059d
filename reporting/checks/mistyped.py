"""Words typed wrong that are words all the same: 虐待防止指針月間 for 虐待防止推進月間.

A word is taken for a slip only where everything speaks for it: one key of ローマ字 makes it of the usual word; the usual
word stands between the very same words elsewhere; the odd one stands beside its neighbour nowhere in the plan's own
words (names and contents of initiatives), and rarely in the report.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from initiatives.checking.writing import Passage
from reporting.checks.context import Context
from reporting.checks.keys import one_key_apart
from reporting.checks.words import Word, words

_RARE = 3  # times the odd pair may stand in the report
_USUAL = 4  # times a pair must stand to be the report's own, where it is not the plan's
_AROUND = 3  # neighbours that must be the same
_TELLING = 2  # of them words that mean something
_NO_WORD = re.compile(r"[\dA-Za-z０-９Ａ-Ｚａ-ｚ\s①-⑳、。・()（）「」：:]")
_MEANS = re.compile(r"[一-龥]|[ァ-ヶー]{2}")

Pair = tuple[str, str]


@dataclass(frozen=True)
class Mistyped:
    """`written` and `usual`: the word with its neighbours. times: how often the usual pair stands in the report."""

    passage: Passage
    written: str
    usual: str
    times: int


def mistyped(context: Context) -> Iterator[Mistyped]:
    texts = [(passage, words(passage.text)) for passage in (*context.chapter_passages, *context.row_passages)]
    plan = [words(text) for row in context.report.rows for text in (row.name, row.description) if text]
    own = set(_pairs(plan))
    pairs = Counter(_pairs(told for _, told in texts))
    wanted = _candidates(pairs, own, {word.surface: word for _, told in texts for word in told})
    usual_in = _windows((*(told for _, told in texts), *plan), {usual for usual, _ in wanted.values()})
    odd = {pair[not is_first] for pair, is_first in wanted}
    for passage, told in texts:
        for at, word in enumerate(told):
            if word.surface in odd and (found := _usual_at(told, at, wanted)):
                usual, times = found
                if any(window in usual_in[usual] for window in _around(told, at)):
                    yield Mistyped(passage, *_with_neighbours(told, at, usual), times)


def _usual_at(told: tuple[Word, ...], at: int, wanted: Mapping) -> tuple[str, int] | None:
    """What usually stands beside the word's neighbours, and how often."""
    before, word, after = (told[place].surface if 0 <= place < len(told) else "" for place in (at - 1, at, at + 1))
    return wanted.get(((before, word), False)) or wanted.get(((word, after), True))


def _with_neighbours(told: tuple[Word, ...], at: int, usual: str) -> tuple[str, str]:
    before = told[at - 1].surface if at and _joined(told[at - 1], told[at]) else ""
    after = told[at + 1].surface if at + 1 < len(told) and _joined(told[at], told[at + 1]) else ""
    return f"{before}{told[at].surface}{after}", f"{before}{usual}{after}"


def _pairs(texts: Iterable[tuple[Word, ...]]) -> Iterator[Pair]:
    return ((one.surface, other.surface) for told in texts for one, other in pairwise(told) if _joined(one, other))


def _joined(one: Word, other: Word) -> bool:
    return one.is_noun and other.is_noun and not _NO_WORD.search(one.surface + other.surface)


def _candidates(
    pairs: Counter[Pair], own: set[Pair], known: Mapping[str, Word]
) -> dict[tuple[Pair, bool], tuple[str, int]]:
    """A rare pair, and which of its words is odd → the word that usually stands there, and how often."""
    beside: dict[tuple[str, bool], set[str]] = defaultdict(set)
    for pair in own | {pair for pair, count in pairs.items() if count >= _USUAL}:
        beside[pair[1], True].add(pair[0])
        beside[pair[0], False].add(pair[1])
    found: dict[tuple[Pair, bool], tuple[str, int]] = {}
    for pair, count in pairs.items():
        if count > _RARE or pair in own:
            continue
        for odd, neighbour, is_first in ((*pair, True), (*reversed(pair), False)):
            near = [
                (pairs[(other, neighbour) if is_first else (neighbour, other)], other)
                for other in beside[neighbour, is_first]
                if other in known and _is_near(known[odd], known[other])
            ]
            if near:
                times, usual = max(near)
                found[pair, is_first] = usual, times
    return found


def _is_near(one: Word, other: Word) -> bool:
    """事業主等 and 事業者等 differ in an ending that is chosen."""
    return not one.is_affix and not other.is_affix and one_key_apart(one.reading, other.reading)


def _windows(texts: Iterable[tuple[Word, ...]], wanted: set[str]) -> dict[str, set[tuple]]:
    """Each wanted word's neighbours, in every window."""
    found: dict[str, set[tuple]] = defaultdict(set)
    for told in texts:
        for at, word in enumerate(told):
            if word.surface in wanted:
                found[word.surface].update(_around(told, at))
    return found


def _around(told: tuple[Word, ...], at: int) -> Iterator[tuple]:
    """The three neighbours of a word, of which some mean something; a single letter is told by what is before it."""
    single = len(told[at].surface) == 1
    for before in range(2 if single else 0, _AROUND + 1):
        start, end = at - before, at + _AROUND - before + 1
        if start < 0 or end > len(told):
            continue
        near = [word.surface for word in (*told[start:at], *told[at + 1 : end])]
        if not any(map(_NO_WORD.search, near)) and sum(map(bool, map(_MEANS.search, near))) >= _TELLING:
            yield before, *near
