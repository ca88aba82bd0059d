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
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_MEASURE = r"(?:(?P<measure>延べ?|のべ|実)\s*)?"
_ABOUT = r"(?:(?P<about>約|およそ|おおよそ|おおむね|概ね|ほぼ)\s*)?"
_FIGURE = re.compile(rf"{_MEASURE}{_ABOUT}(?P<number>{_NUMBER})\s*(?P<unit>{_UNIT})")
# The lower end right before a figure: 20～30件, 10人から15人. Not R6から3回, nor 第1回から.
_FROM = re.compile(
    rf"{_MEASURE}{_ABOUT}(?<![\dA-Za-z第月年和成/.,-])(?P<low>{_NUMBER})\s*(?P<unit>{_UNIT})?\s*(?:～|(?P<from>から)|ないし|(?P<over>以上、?))\s*$"
)
_BECAME = re.compile(
    r"\s*(?:へ|に(?![対つよお])|と(?:な|増|減)|増|減)"
)  # 10人から15人に増えた: the first is the former value
_BELOW = re.compile(r"未満|以下|以内")  # 10件以上20件未満
_ORDINALS = re.compile(r"第\d+[^\d、。]{0,3}(?:～|から)\s*$")  # 第1～3回 counts no three
_ABOUT_BEHIND = re.compile(r"(?:程度|前後|ほど|近く|弱|強(?![化調])|余り?(?![暇]))")
_BOUND = re.compile(r"以上|以下|以内|未満|を?超(?!過)|まで")
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
    """A number with its unit as it stands in a text. measure: 延べ, 実 or ""; name: the words it counts.

    A range (20～30件, 10人から15人) is one figure, `value` its upper end and `low` the lower one. about: 約, 程度.
    bound: 以上, 以下, 未満 … or "". Of a change (10人から15人に増えた) only the value it came to is a figure.
    """

    name: str
    value: Decimal
    unit: str
    measure: str
    start: int
    end: int
    words: str
    low: Decimal | None = None
    about: bool = False
    bound: str = ""

    @property
    def family(self) -> str:
        return _FAMILIES.get(self.unit, self.unit)

    @property
    def is_exact(self) -> bool:
        """Whether another number for the same thing would contradict it."""
        return self.low is None and not self.about and not self.bound


@lru_cache(maxsize=4096)
def figures_in(text: str) -> tuple[Figure, ...]:
    """Every number with a unit in the text, in order. Dates (11月17日) and products (3G×3回) are none."""
    told = plain(text)
    matches = [*_FIGURE.finditer(told), *_COUNT_WITHOUT_UNIT.finditer(told)]
    found: list[Figure] = []
    for match in sorted(matches, key=_start):
        if _no_count(told, match):
            continue
        lower = _lower_end(told, match)
        while lower and found and found[-1].end > lower.start():
            found.pop()
        figure = _figure(text, told, match, lower, last=found[-1].end if found else 0)
        found.append(figure)
    return tuple(found)


def _figure(text: str, told: str, match: re.Match, lower: re.Match | None, last: int) -> Figure:
    groups = match.groupdict()
    value = _value(groups["number"] or groups["of"])
    became = lower and (_value(lower["low"]) >= value or (lower["from"] and _BECAME.match(told, match.end())))
    first = lower or match
    start = lower.start("low") if lower and not became else _start(match)
    measure = first.groupdict().get("measure") or groups.get("measure") or ""
    bound = _BOUND.match(told, match.end())
    return Figure(
        name=_name(told[max(last, first.start() - 60) : first.start()]),
        value=value,
        unit=groups.get("unit") or "",
        measure="延べ" if measure in ("延", "延べ", "のべ") else measure,
        start=start,
        end=match.end(),
        words=text[start : match.end()],
        low=_value(lower["low"]) if lower and not became else None,
        about=bool(first.groupdict().get("about") or groups.get("about") or _ABOUT_BEHIND.match(told, match.end())),
        bound=bound[0] if bound else "",
    )


def _value(digits: str) -> Decimal:
    return Decimal(digits.replace(",", ""))


def _lower_end(told: str, match: re.Match) -> re.Match | None:
    """The number of the same unit, or without one, from which a range or a change up to this figure begins."""
    if not match.groupdict().get("unit"):
        return None
    begin = match.start()
    lower = _FROM.search(told, max(0, begin - 20), begin)
    same = lower and (not lower["unit"] or _FAMILIES[lower["unit"]] == _FAMILIES[match["unit"]])
    if same and lower["over"] and not _BELOW.match(told, match.end()):
        return None
    return lower if same else None


def _start(match: re.Match) -> int:
    return match.start("number") if match["number"] else match.start("of")


def _no_count(told: str, match: re.Match) -> bool:
    before, after = told[max(0, _start(match) - 4) : _start(match)], told[match.end() : match.end() + 1]
    # 11月17日, 第2回, 3G×3回, R7.4.1; but 年4回 counts, and so does ST99件
    if re.search(r"[月年第×A-Za-z.]$", before) and not re.search(r"(?:^|[^\d元])年$|ST$", before):
        return True
    if _ORDINALS.search(told, max(0, _start(match) - 12), _start(match)):
        return True
    unit = match.groupdict().get("unit")
    if unit == "日" and re.search(r"(?:月|/)$", before):
        return True
    return (unit, after) in _NO_UNITS


def _name(before: str) -> str:
    """The words right before a figure; those before or inside the bracket it stands at."""
    if (told := before.rstrip(" :")) != before.rstrip(" ") and told.endswith(")") and "(" in told:
        before = told[: told.rindex("(")] or before  # 訓練(関わり方を学ぶ講座): 12人
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
    r"(?:延べ|のべ|延)|件数|人数|者数|回数|箇所数|台数|団体数|施設数|数|実績|開催|実施|利用者|登録者|目標|合計|上記|向け|実"
)


def core(name: str) -> str:
    """A metric's name without the words every metric has: 総合相談件数 → 総合相談, 職員向け → 職員."""
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
