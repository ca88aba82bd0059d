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
from reporting.checks.mistyped import mistyped
from reporting.checks.words import Word, words

_NO_WORD = re.compile(r"[\dA-Za-z０-９Ａ-Ｚａ-ｚ\s①-⑳]")
_KATAKANA = re.compile(r"[ァ-ヶー]{4,}")
_ALSO_CALLED = re.compile(r"通称[：「]?([ぁ-んァ-ヶー一-龥]{3,12})[」）)]")
_INSIDE = re.compile(r"[一-龥]+[ぁ-ん]{1,2}[一-龥]+")  # 担い手: かな between
_SHORTEST, _LONGEST = 4, 14
_USUAL = 4  # times a compound must stand to be the plan's own word
_OFTEN = 5  # times as often as the odd form
_WORDS_OF_A_NAME = 3  # words that a part of a name must have to be told from others
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
    beside = Counter(pair for _, run in runs for pair in pairwise(word.surface for word in run))
    told: list[Finding] = []
    for findings in (
        _slips(compounds, counts, context.terms),
        _typed_wrong(context),
        _heads_lost(runs, counts, beside),
        _kana_lost(runs, counts),
        _unlike_a_name(compounds, context),
    ):
        for one in findings:
            if not any(one.place == other.place and _overlap(one.found, other.found) for other in told):
                told.append(one)
                yield one
    yield from _stutters(runs, counts, beside)
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


def _overlap(one: str, other: str) -> bool:
    return one in other or other in one


def _typed_wrong(context: Context) -> Iterator[Finding]:
    """虐待防止指針月間: words that are words all the same, one key apart from the usual ones."""
    for one in mistyped(context):
        why = f"同じことばの並びで、ほかの{max(one.times, 1)}か所では「{one.usual}」と書いています。読みが1字だけ違います。"
        yield replace(_finding(one.passage, one.written, one.usual, one.times), why=why)


def _heads_lost(runs: list[tuple[Passage, tuple[Word, ...]]], counts: Counter, beside: Counter) -> Iterator[Finding]:
    """報交換会: a single letter at the head that ends a word which stands before the next one elsewhere (情報交換)."""
    before: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for (word, after), times in beside.items():
        if len(word) == 2:
            before[word[1] + after].append((times, word))
    for passage, run in runs:
        head, *rest = run
        lone = rest and len(head.surface) == 1 and not head.is_affix and counts[head.surface] <= _RARE
        longer = before[_written(run[:2])] if lone and beside[head.surface, rest[0].surface] == 1 else []
        if longer:
            times, usual = max(longer)
            yield _finding(passage, _written(run[:2]), usual + rest[0].surface, times)


def _kana_lost(runs: list[tuple[Passage, tuple[Word, ...]]], counts: Counter) -> Iterator[Finding]:
    """担手 for 担い手; 受付 and 取組, which the dictionary knows, are written so on purpose."""
    often = sorted(word for word, times in counts.items() if times >= _USUAL and _INSIDE.fullmatch(word))
    usual = {re.sub(r"[ぁ-ん]", "", word): word for word in often}
    short = {written: word for written, word in usual.items() if not is_known(written)}
    split = {(written[:at], written[at:]): written for written in short for at in range(len(written))}
    for passage, run in runs if short else ():
        for pair in pairwise(("", *(word.surface for word in run))):
            if written := split.get(pair) or split.get(("", pair[1])):
                yield _finding(passage, written, short[written], counts[short[written]])


def _unlike_a_name(compounds: dict[str, list[_Compound]], context: Context) -> Iterator[Finding]:
    """店舗棟活用事業: one letter changed in what is an initiative's name; an ending (バリアフリー化, 法, 等) is chosen."""
    parts = (run for row in context.report.rows for run in _runs(row.name))
    names = sorted({_written(run) for run in parts if len(run) >= _WORDS_OF_A_NAME})
    named = {form: name for name in names for form in _inner_forms(name)}
    for written in sorted(compounds):
        own = compounds[written]
        if len(own[0].words) < _WORDS_OF_A_NAME or len(own) > _RARE or written in names:
            continue
        name = next((named[form] for form in _inner_forms(written) if form in named), "")
        for one in own if name else ():
            yield replace(_finding(one.passage, written, name, 1), why=f"取組の名前は「{name}」です。1字違いです。")


def _inner_forms(written: str) -> Iterator[str]:
    """The word with each letter but the first and last left open."""
    return (f"{written[:at]}*{written[at + 1 :]}" for at in range(1, len(written) - 1))


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


def _stutters(runs: list[tuple[Passage, tuple[Word, ...]]], counts: Counter, beside: Counter) -> Iterator[Finding]:
    """連携対体制: a letter left over by a conversion, which sounds as the word after it begins."""
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
    explanation="報告書の中で何度も使うことばと1字だけ違い、そこにしか出てこないことばを見つけます。同じ読みや1打違いの読みの変換違い、落ちた字、取組の名前との違い、形の似たカタカナ（ンとソ、バとパ）の違いも見ます。",
    example="「地区社協」が9か所、「地区社居」が1か所。",
    alike=(
        "「両立支援」と「自立支援」（どちらも辞書にあることば）",
        "「移行支援」と「移動支援」（読みが1字違いでも、前後のことばが違う）",
        "「等」「各」「課」「会」が付いただけの違い、「事業主等」と「事業者等」",
        "「受付」「取組」のように、かなを省いて書くことば",
        "「オンライン」のように、辞書になくても、似た字に替えて辞書のことばにならないカタカナ",
        "同じくらいの回数で使い分けていることば",
    ),
    find=find,
)
