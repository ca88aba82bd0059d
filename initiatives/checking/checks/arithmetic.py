"""文の中の計算: totals of a list, a breakdown in brackets, a share with its fraction, an increase with its percent."""

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from initiatives.checking.finding import MUST, Check, Finding
from initiatives.checking.reading import Figure, around, figures_in, number, plain
from initiatives.checking.writing import Passage

_SHARE = re.compile(r"約?(\d+(?:\.\d+)?)%[^()\d\n]{0,6}\(([\d,]+)[^\d/()]{0,5}(?:/|÷)([\d,]+)[^\d()]{0,5}\)")
_INCREASE = re.compile(r"([\d,]+)[^\d\s()]{1,3}[増減]\((\d+(?:\.\d+)?)%[増減]\)")
_TOTAL = re.compile(r"(?:合計|計)\s*:?\s*(?:延べ?)?$")
_NEAR = 12  # letters between the last item of a list and its total
_BREAKDOWN = re.compile(r"\s*\(((?:[^()\n]{1,24}?[\d,]+[^()\d、,・]{0,4}[、,・]?){2,})\)")


def find(passage: Passage) -> Iterator[Finding]:
    if not re.search(r"[\d０-９]", passage.text):
        return
    told = plain(passage.text)
    yield from _shares(passage, told)
    yield from _increases(passage, told)
    yield from _totals(passage, told)
    yield from _breakdowns(passage, told)


def _shares(passage: Passage, told: str) -> Iterator[Finding]:
    for match in _SHARE.finditer(told):
        part, whole = (Decimal(piece.replace(",", "")) for piece in match.groups()[1:])
        if whole and (right := _percent(part, whole, match[1])) != Decimal(match[1]):
            sum_ = f"{number(part)} ÷ {number(whole)} ＝ {right}％"
            yield _finding(passage, match[0], f"{right}％", f"計算すると{sum_}です（四捨五入）。")


def _increases(passage: Passage, told: str) -> Iterator[Finding]:
    """The total that grew is looked for in the same passage; without it nothing can be said."""
    for match in _INCREASE.finditer(told):
        change = Decimal(match[1].replace(",", ""))
        bases = [one.value - change for one in figures_in(passage.text) if one.is_exact and one.value > change]
        rates = [_percent(change, base, match[2]) for base in bases if base > 0]
        if rates and len(rates) == 1 and rates[0] != Decimal(match[2]):
            yield _finding(passage, match[0], f"{rates[0]}％", f"前の数は{number(bases[0])}なので、{rates[0]}％です。")


def _totals(passage: Passage, told: str) -> Iterator[Finding]:
    found = figures_in(passage.text)
    for index, total in enumerate(found):
        if not _TOTAL.search(told[: total.start]):
            continue
        listed = _list_before(found[:index], total, told)
        if len(listed) < 2 or not all(one.is_exact for one in (*listed, total)):
            continue
        sums = [sum((one.value for one in listed[-count:]), Decimal()) for count in range(2, len(listed) + 1)]
        if total.value not in sums:
            terms = " ＋ ".join(one.words for one in listed)
            yield _finding(
                passage,
                f"計{total.words}",
                f"{number(sums[-1])}{total.unit}",
                f"足すと {terms} ＝ {number(sums[-1])}{total.unit}です。",
            )


def _list_before(found: tuple[Figure, ...], total: Figure, told: str) -> list[Figure]:
    """Figures of the total's unit that stand one behind the other right before it."""
    listed: list[Figure] = []
    following = total
    for one in reversed(found):
        gap = told[one.end : following.start]
        if one.family != total.family:
            if listed and "\n" in gap:
                break
            continue
        if "。" in gap or len(gap) > (_NEAR if following is total else 40):
            break
        listed.insert(0, one)
        following = one
    return listed


def _breakdowns(passage: Passage, told: str) -> Iterator[Finding]:
    """21校(小学校11校、中学校9校、教育支援教室1校); with うち it is not the whole."""
    found = figures_in(passage.text)
    for total in found:
        match = _BREAKDOWN.match(told, total.end)
        if not match or "うち" in match[1] or not total.unit or not total.is_exact:
            continue
        pieces = [piece for piece in re.split(r"[、・]|,(?!\d{3})", match[1]) if piece]
        if len(pieces) < 2:
            continue
        numbers = [re.search(r"([\d,]+)\s*([^\d\s]*)$", piece.strip()) for piece in pieces]
        if not all(numbers) or any(one[2] not in ("", total.unit) for one in numbers):
            continue
        together = sum(Decimal(one[1].replace(",", "")) for one in numbers)
        if together != total.value:
            words = f"{number(together)}{total.unit}"
            yield _finding(passage, f"{total.words}{match[0].strip()}", words, f"内訳を足すと{words}です。")


def _percent(part: Decimal, whole: Decimal, as_written: str) -> Decimal:
    places = len(as_written.partition(".")[2])
    return (part / whole * 100).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _finding(passage: Passage, found: str, expected: str, why: str) -> Finding:
    place = passage.text.find(found)
    words = around(passage.text, place, place + len(found), 8) if place >= 0 else found
    return Finding(passage.place, words, expected, why, "数を確かめて、直してください。", passage.text, subject=found)


CHECK = Check(
    name="arithmetic",
    title="文の中の計算",
    looks_at="text",
    severity=MUST,
    explanation="文の中の合計、内訳、割合、増減を計算し直します。割合は四捨五入です。",
    example="「95%達成（22施設/23施設）」は、96％です。",
    alike=(
        "「344件（うち専門相談13件）」（一部だけの内訳）",
        "離れた所にある、ほかの数の合計",
        "合っている合計（114回＋20回＝134回）",
        "「約130回」「20～30回」を含む合計（足しても、ちょうどにはならない）",
    ),
    find=find,
)
