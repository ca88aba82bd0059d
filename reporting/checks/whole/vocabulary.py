"""計画のことばと1字違い: a compound that the plan writes otherwise everywhere else (地区社居 for 地区社協)."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from initiatives.checking.finding import LOOK, Check, Finding
from initiatives.checking.terms import Terms
from initiatives.checking.writing import Passage
from reporting.checks.context import Context
from reporting.checks.lookalikes import is_known, taken_for
from reporting.checks.words import Word, words

_NO_WORD = re.compile(r"[\dA-Za-z０-９Ａ-Ｚａ-ｚ\s①-⑳]")
_KATAKANA = re.compile(r"[ァ-ヶー]{4,}")
_ALSO_CALLED = re.compile(r"通称[：「]?([ぁ-んァ-ヶー一-龥]{3,12})[」）)]")
_SHORTEST, _LONGEST = 4, 14
_USUAL = 4  # times a compound must stand to be the plan's own word
_OFTEN = 5  # times as often as the odd form
_RARE = 3  # times its differing word may stand in the whole report


@dataclass(frozen=True)
class _Compound:
    passage: Passage
    words: tuple[Word, ...]


def find(context: Context) -> Iterator[Finding]:
    compounds: dict[str, list[_Compound]] = defaultdict(list)
    counts: Counter[str] = Counter()
    runs: list[tuple[Passage, tuple[Word, ...]]] = []
    for passage in (*context.chapter_passages, *context.row_passages):
        for run in _runs(passage.text):
            counts.update(word.surface for word in run)
            runs.append((passage, run))
            for piece in _pieces(run):
                written = _written(piece)
                if _SHORTEST <= len(written) <= _LONGEST:
                    compounds[written].append(_Compound(passage, piece))
    yield from _slips(compounds, counts, context.terms)
    yield from _stutters(runs, counts)
    yield from _names(context)
    yield from _letters(context)


def _runs(text: str) -> Iterator[tuple[Word, ...]]:
    """Nouns that stand one behind the other."""
    run: list[Word] = []
    for word in words(text):
        if word.is_noun and not _NO_WORD.search(word.surface) and not _is_ending(word):
            run.append(word)
        elif run:
            yield tuple(run)
            run = []
    if run:
        yield tuple(run)


def _pieces(run: tuple[Word, ...]) -> Iterator[tuple[Word, ...]]:
    """The whole, and what stands in it of three words: 委員児童委員 in a name that stands nowhere else."""
    yield run
    for start in range(len(run) - 2) if len(run) > 3 else ():
        yield run[start : start + 3]


def _written(words_: tuple[Word, ...]) -> str:
    return "".join(word.surface for word in words_)


def _sound(words_: tuple[Word, ...]) -> str:
    return "".join(word.reading for word in words_)


def _is_ending(word: Word) -> bool:
    """にくい, たち: an ending in かな, which joins anything."""
    return word.is_affix and re.fullmatch(r"[ぁ-ん]+", word.surface) is not None


def _slips(compounds: dict[str, list[_Compound]], counts: Counter, terms: Terms) -> Iterator[Finding]:
    def known(written: str) -> bool:
        """The dictionary of terms has said so already."""
        return any(any(term.uses(written)) for term in terms.of("spelling", "name"))

    neighbours = _neighbours(compounds)
    told: set[tuple[Passage, str]] = set()
    for written in sorted(compounds, key=lambda one: (-len(one), one)):  # the whole before its pieces
        own = compounds[written]
        near = [other for other in neighbours(written) if _is_slip(own, compounds[other], counts)]
        if not near or known(written):
            continue
        length = len(own[0].words)
        usual = min(near, key=lambda other: (len(compounds[other][0].words) != length, -len(compounds[other]), other))
        for one in own:
            if not any(passage is one.passage and written in whole for passage, whole in told):
                told.add((one.passage, written))
                yield _finding(one.passage, written, usual, len(compounds[usual]))


def _is_slip(own: list[_Compound], usual: list[_Compound], counts: Counter) -> bool:
    mine, its = own[0].words, usual[0].words
    odd = [word for word in mine if word not in its]
    if not odd or len(usual) < 2 * len(own):
        return False
    if _sound(mine) == _sound(its):
        return True  # 公報紙 for 広報紙: the same sound, another conversion
    if len(usual) >= _OFTEN * len(own) and _lost_a_letter(mine, its):
        return True
    missing = [word for word in its if word not in mine]
    if len(usual) < _USUAL or any(word.is_affix for word in (*odd, *missing)):
        return False
    # A word of the dictionary (両立 beside 自立) is meant; a single letter or an unknown word hardly ever.
    return min(counts[word.surface] for word in odd) <= _RARE and all(
        len(word.surface) == 1 or not word.is_known or _is_katakana(word.surface) for word in odd
    )


def _lost_a_letter(mine: tuple[Word, ...], its: tuple[Word, ...]) -> bool:
    """One word short of a letter, the others the same: 児童員 for 児童委員."""
    differing = [
        (one.surface, other.surface) for one, other in zip(mine, its, strict=False) if one.surface != other.surface
    ]
    if len(mine) != len(its) or len(differing) != 1:
        return False
    (written, usual) = differing[0]
    return len(written) < len(usual) and written in (usual[1:], usual[:-1])


def _is_katakana(text: str) -> bool:
    return re.fullmatch(r"[ァ-ヶー]+", text) is not None


def _neighbours(compounds):
    """Compounds one letter apart: changed, missing or added."""
    holders: dict[str, set[str]] = defaultdict(set)
    for written in compounds:
        for form in _forms(written):
            holders[form].add(written)

    def near(written: str) -> set[str]:
        found = set().union(*(holders[form] for form in _forms(written)))
        return {other for other in found - {written} if abs(len(other) - len(written)) <= 1}

    return near


def _forms(written: str) -> set[str]:
    return {written} | {written[:index] + written[index + 1 :] for index in range(len(written))}


def _names(context: Context) -> Iterator[Finding]:
    """（通称ここかま）, once written ここま."""
    called: dict[str, list[Passage]] = defaultdict(list)
    for passage in (*context.chapter_passages, *context.row_passages):
        for match in _ALSO_CALLED.finditer(passage.text):
            called[match[1]].append(passage)
    near = _neighbours(called)
    for name in sorted(called):
        for usual in sorted(near(name)):
            if len(called[usual]) >= 2 * len(called[name]):
                for passage in called[name]:
                    yield _finding(passage, name, usual, len(called[usual]))


def _stutters(runs: list[tuple[Passage, tuple[Word, ...]]], counts: Counter) -> Iterator[Finding]:
    """連携対体制: a letter left over by a conversion, which sounds as the word after it begins."""
    beside = Counter(pair for _, run in runs for pair in pairwise(word.surface for word in run))
    for passage, run in runs:
        for before, word, after in zip(run, run[1:], run[2:], strict=False):
            left_over = len(word.surface) == 1 and not word.is_affix and counts[word.surface] <= _RARE
            if left_over and after.reading.startswith(word.reading) and word.surface != after.surface[0]:
                usual = before.surface + after.surface
                if (times := beside[before.surface, after.surface]) > 1:
                    yield _finding(passage, _written((before, word, after)), usual, times)


def _letters(context: Context) -> Iterator[Finding]:
    """ガンリン, which a look-alike letter makes a word of the dictionary; バラスポーツ beside パラスポーツ."""
    found: dict[str, list[Passage]] = defaultdict(list)
    for passage in (*context.chapter_passages, *context.row_passages):
        for word in dict.fromkeys(_KATAKANA.findall(passage.text)):
            found[word].append(passage)
    unknown = {word: passages for word, passages in found.items() if not is_known(word)}
    for word, passages in sorted(unknown.items()):
        forms = list(taken_for(word))
        meant = next(filter(is_known, forms), "")
        if meant:
            for passage in passages:
                yield _taken(passage, word, meant)
        for other in filter(unknown.get, forms):
            if (len(passages), word) < (len(unknown[other]), other):
                for passage in passages:
                    yield replace(_taken(passage, word, other), also=tuple(one.place for one in unknown[other]))


def _taken(passage: Passage, written: str, meant: str) -> Finding:
    why = f"「{meant}」と、形の似た1字だけが違います。"
    return Finding(passage.place, written, meant, why, "どちらかの書き間違いなら、直してください。", written)


def _finding(passage: Passage, written: str, usual: str, times: int) -> Finding:
    return Finding(
        passage.place,
        written,
        usual,
        f"ほかの{times}か所では「{usual}」と書いています。1字違いです。",
        f"「{usual}」の書き間違いなら、直してください。",
        written,
    )


CHECK = Check(
    name="vocabulary",
    title="計画のことばと1字違い",
    looks_at="report",
    severity=LOOK,
    explanation="報告書の中で何度も使うことばと1字だけ違い、そこにしか出てこないことばを見つけます。同じ読みの変換違い、形の似たカタカナ（ンとソ、バとパ）の違いも見ます。",
    example="「地区社協」が9か所、「地区社居」が1か所。",
    alike=(
        "「両立支援」と「自立支援」（どちらも辞書にあることば）",
        "「等」「各」「課」「会」が付いただけの違い",
        "「オンライン」のように、辞書になくても、似た字に替えて辞書のことばにならないカタカナ",
        "同じくらいの回数で使い分けていることば",
    ),
    find=find,
)
