"""Reading figures, units and years in Japanese text: what the domain needs and no library knows.

`plain` keeps every character in its place, so that a position in it is the position in the text that people wrote.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from initiatives import fiscal_year as fy

_KEPT = {"～": "～", "〜": "～", "~": "～", "　": " ", "：": ":", "−": "-", "ｰ": "ー"}


@lru_cache(maxsize=4096)
def _plain_character(letter: str) -> str:
    """Half width, but ① stays ① (it is a number of a list, not a figure)."""
    if letter in _KEPT:
        return _KEPT[letter]
    if unicodedata.category(letter) == "No":
        return letter
    narrow = unicodedata.normalize("NFKC", letter)
    return narrow if len(narrow) == 1 else letter


def plain(text: str) -> str:
    """Full and half width alike, of the same length as the text."""
    return "".join(map(_plain_character, text))


_SHORT_YEAR = re.compile(r"(?<![A-Za-z0-9])R(\d{1,2})(?:年度)?(?![.\d])")


def _long_year(match: re.Match) -> str:
    return f"令和{match[1]}年度"


@lru_cache(maxsize=8192)
def bare(text: str) -> str:
    """Only what is said: without spaces, line ends, punctuation, bracket styles and labels such as R6実績値."""
    text = _SHORT_YEAR.sub(_long_year, plain(text))
    text = re.sub(r"[RHS]\d{1,2}実績(?:値)?:?|(?:令和|平成)\d{1,2}年度実績(?:値)?:?", "", text)
    return re.sub(r"[\s、。,・:;()\[\]【】「」『』<>-]", "", text)


# --- Years ------------------------------------------------------------------------------------------

YEAR = r"(?:令和|平成|[RH])(?:元|\d{1,2})(?:年度|(?!年))"
_YEAR = re.compile(YEAR)


def years_in(text: str) -> Iterator[tuple[re.Match, int]]:
    """Fiscal years named in plain text, R5 and 令和5年度 alike; 令和6年4月 is a month, not a fiscal year."""
    for match in _YEAR.finditer(text):
        before = text[match.start() - 1 : match.start()]
        if match[0][0] in "RH" and ((before.isascii() and before.isalnum()) or _is_a_date(text, match)):
            continue
        yield match, fy.parse(match[0])


def _is_a_date(text: str, match: re.Match) -> bool:
    """R6.4.1, R7.3月末: a day or month."""
    return re.match(r"\.\d", text[match.end() :]) is not None


# --- Figures ----------------------------------------------------------------------------------------

# Units that say the same thing are one family.
_FAMILIES = {
    "人": "人", "名": "人", "か所": "所", "箇所": "所", "カ所": "所", "ヶ所": "所", "ヵ所": "所", "ケ所": "所",
    "施設": "所", "事業所": "所", "件": "件", "回": "回", "団体": "団体", "組織": "組織", "台": "台", "個": "個",
    "校": "校", "園": "園", "公園": "所", "戸": "戸", "世帯": "世帯", "点": "点", "冊": "冊", "組": "組", "床": "床",
    "ケース": "ケース", "コース": "コース", "クール": "クール", "時間": "時間", "日間": "日", "日": "日", "ポイント": "ポイント",
    "%": "%", "千円": "円", "円": "円", "作品": "作品", "地区": "地区", "校区": "校区", "社": "社", "店": "店", "隊": "隊",
}  # fmt: skip
_UNIT = "|".join(sorted(_FAMILIES, key=len, reverse=True))
_FIGURE = re.compile(
    rf"(?P<measure>延べ?|のべ|実)?\s*(?P<number>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*(?P<unit>{_UNIT})"
)
_COUNT_WITHOUT_UNIT = re.compile(r"(?<=数)\s*:?(?P<number>\d[\d,]*)(?=\s|$|[、。])|(?P<of>\d[\d,]*)(?=の[一-龥])")
# 1点検, 2社会, 3組織: the letter belongs to the next word.
_NO_UNITS = {("点", "検"), ("社", "会"), ("社", "協"), ("組", "織")}
_BREAK = re.compile(r"[、。\n・;()\[\]「」<>【】/①-⑳※]")
_FILLER = re.compile(
    r"^(?:また|さらに|あわせて|加えて|うち|その他|なお|計|合計|約|年|全)+|[はがをのにでもと約延年:\s]+$|^[\s:]+"
)
_NOT_A_NAME = re.compile(rf"^{YEAR}(?:実績値?|末時点|末|度)?|実績値?$")


@dataclass(frozen=True)
class Figure:
    """A number with its unit as it stands in a text. measure: 延べ, 実 or ""; name: the words it counts."""

    name: str
    value: Decimal
    unit: str
    measure: str
    start: int
    end: int
    words: str

    @property
    def family(self) -> str:
        return _FAMILIES.get(self.unit, self.unit)


@lru_cache(maxsize=4096)
def figures_in(text: str) -> tuple[Figure, ...]:
    """Every number with a unit in the text, in order. Dates (11月17日) and products (3G×3回) are none."""
    told = plain(text)
    matches = [*_FIGURE.finditer(told), *_COUNT_WITHOUT_UNIT.finditer(told)]
    found: list[Figure] = []
    for match in sorted(matches, key=_start):
        if _no_count(told, match):
            continue
        groups = match.groupdict()
        start, measure = _start(match), groups.get("measure") or ""
        last = found[-1].end if found else 0
        found.append(
            Figure(
                name=_name(told[max(last, start - 60) : start - len(measure)]),
                value=Decimal((groups["number"] or groups["of"]).replace(",", "")),
                unit=groups.get("unit") or "",
                measure="延べ" if measure in ("延", "延べ", "のべ") else measure,
                start=start,
                end=match.end(),
                words=text[start : match.end()],
            )
        )
    return tuple(found)


def _start(match: re.Match) -> int:
    return match.start("number") if match["number"] else match.start("of")


def _no_count(told: str, match: re.Match) -> bool:
    before, after = told[max(0, _start(match) - 4) : _start(match)], told[match.end() : match.end() + 1]
    # 11月17日, 第2回, 3G×3回, R7.4.1; but 年4回 counts, and so does ST99件
    if re.search(r"[月年第×A-Za-z.]$", before) and not re.search(r"(?:^|[^\d元])年$|ST$", before):
        return True
    unit = match.groupdict().get("unit")
    if unit == "日" and re.search(r"(?:月|/)$", before):
        return True
    return (unit, after) in _NO_UNITS


def _name(before: str) -> str:
    """The words right before a figure; those before or inside the bracket it stands at."""
    before = before.rstrip(" ")
    if before.endswith(("(", "[")):
        before = before[:-1]
    elif before.endswith(")") and "(" in before:
        before = before[before.rindex("(") + 1 : -1]
    piece = _BREAK.split(before)[-1]
    while True:
        shorter = _NOT_A_NAME.sub("", _FILLER.sub("", piece.strip())).strip()
        if shorter == piece:
            return piece
        piece = shorter


_GENERIC = re.compile(
    r"(?:延べ|のべ|延)|件数|人数|者数|回数|箇所数|台数|団体数|施設数|数|実績|開催|実施|利用者|登録者|目標|合計|上記|実"
)


def core(name: str) -> str:
    """A metric's name without the words every metric has: 総合相談件数 → 総合相談."""
    told = re.sub(r"[\s:をはがのにで]", "", name)
    return _GENERIC.sub("", told)


def pairs_of_letters(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 2] for i in range(len(text) - 1)) or frozenset({text} - {""})


def likeness(one: str, other: str) -> float:
    """0…1: how much of the shorter name is in the longer one, by pairs of letters."""
    mine, its = pairs_of_letters(core(one)), pairs_of_letters(core(other))
    return len(mine & its) / min(len(mine), len(its)) if mine and its else 0.0


# --- Sentences --------------------------------------------------------------------------------------


def sentences(text: str) -> list[str]:
    """Sentences and list lines, without the line ends."""
    return [piece.strip() for piece in re.findall(r"[^。\n]+。?", text) if piece.strip()]


def around(text: str, start: int, end: int, width: int = 14) -> str:
    """The words with a little of what stands around them, on one line."""
    left, right = max(0, start - width), min(len(text), end + width)
    piece = text[left:right].replace("\n", " ")
    return f"{'…' if left else ''}{piece}{'…' if right < len(text) else ''}"


def short(text: str, length: int = 40) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[:length]}…"


def number(value: Decimal) -> str:
    """1,234 or 56.5, without trailing zeros."""
    return f"{value.normalize():,f}"
