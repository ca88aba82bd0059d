"""What officers write into one cell of the survey, taken apart. Pure: text in, values out."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from indicators.calculation import round_half_up
from initiatives import fiscal_year as fy
from initiatives import parsing
from initiatives.composition import compose
from initiatives.workbook_cells import exact, split_format
from reporting.importing.source import Figure, Owner, Partner

# A body outside the city by the look of its name. Departments end in 課, 室, 署, センター …
_OUTSIDE = re.compile(r"社協|協議会$|NPO|法人|財団|連合会$|組合$|株式会社")
# What stands in brackets behind a department and is no partner: since when, until when, which desk.
_REMARK = re.compile(r"[RHS]\d|令和|平成|より$|から$|まで$|担当$|係$|付$")
_BRACKETED = re.compile(r"[(（](?P<inside>[^()（）]+)[)）]")
_WITH_BRACKET = re.compile(r"(?P<name>[^()（）]+?)\s*[(（](?P<inside>[^()（）]+)[)）]")


def one_line(text: str) -> str:
    """A name: white space and line breaks, which only come from narrow columns, removed."""
    return "".join(text.split())


# --- Numbers of initiatives, names ----------------------------------------------------------------


_CODE = re.compile(r"[1-9]\d{0,2}(-[1-9]\d{0,2}){3}", re.ASCII)


def parse_code(text: str) -> str:
    """ "１－１－１－２" → "1-1-1-2". Raises ParsingError."""
    if _CODE.fullmatch(text):
        return text
    plain = parsing.code_form(text)
    if not _CODE.fullmatch(plain):
        raise parsing.ParsingError(
            "番号として読めません。「1-1-1-1」のように、半角の数字4つを「-」でつないで書いてください。"
        )
    return plain


_CROSS_LISTING = re.compile(r"^【再掲(?P<code>[^】]*)】")
_NEW = re.compile(r"※(?P<year>[^※]{1,6}?)新規$")


@dataclass(frozen=True)
class Name:
    name: str
    original: str = ""
    first_year: int | None = None


def parse_name(text: str) -> Name:
    """ "【再掲2-1-1-2】\\n名前※R3新規" → name, number of the original, first fiscal year. Raises ParsingError."""
    plain = one_line(text)
    original, first_year = "", None
    if match := _CROSS_LISTING.search(plain):
        original = parse_code(match["code"])
        plain = plain[match.end() :]
    if match := _NEW.search(plain):
        try:
            first_year = fy.parse(match["year"])
        except fy.FiscalYearError as error:
            raise parsing.ParsingError(str(error)) from error
        plain = plain[: match.start()]
    if not plain:
        raise parsing.ParsingError("名前がありません。取組の名前を書いてください。")
    return Name(plain, original, first_year)


# --- Departments and partners ---------------------------------------------------------------------


@dataclass
class Owners:
    owners: list[Owner] = field(default_factory=list)
    partners: list[Partner] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)  # lines that begin with ※

    def _bracket(self, inside: str) -> None:
        last = self.owners[-1] if self.owners else None
        if last and _REMARK.search(unicodedata.normalize("NFKC", inside)):
            self.owners[-1] = Owner(last.name, "・".join(filter(None, (last.note, inside))))
        else:
            self.partners += [Partner(one_line(name), last and last.name) for name in re.split(r"[、,，・]", inside)]

    def add(self, line: str) -> None:
        if line.startswith("※"):
            self.remarks.append(line)
        elif match := _BRACKETED.fullmatch(line):
            self._bracket(match["inside"].strip())
        elif match := _WITH_BRACKET.fullmatch(line):
            self.add(match["name"])
            inside = match["inside"].strip()
            if is_outside(inside) or _REMARK.search(unicodedata.normalize("NFKC", inside)) or not self.owners:
                self._bracket(inside)
            else:
                self.owners[-1] = Owner(self.owners[-1].name, inside)
        elif is_outside(line):
            self.partners.append(Partner(one_line(line)))
        else:
            self.owners.append(Owner(one_line(line)))


def is_outside(name: str) -> bool:
    return bool(_OUTSIDE.search(unicodedata.normalize("NFKC", name)))


@lru_cache(maxsize=1024)
def parse_owners(text: str) -> Owners:
    """A 担当課名 cell: one department a line, partners in brackets under theirs, remarks with ※.

    Remembered, so only to be read: a department's cells are all alike.
    """
    found = Owners()
    for line in re.split(r"[\n、,，;；]", text):
        if line.strip():
            found.add(line.strip())
    return found


# --- Joint cells ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Split:
    """A joint cell taken apart: (department, text) in the order of the cell. None: it stays whole, `why` says so."""

    parts: tuple[tuple[str, str], ...] | None
    why: str = ""


_HEADING = re.compile(r"[ \t　]*[【(（](?P<name>[^【】()（）\n]{1,60})[】)）][ \t　]*(?P<rest>.*)")
_DEPARTMENT_LIKE = re.compile(r".*(課|室|係|署|局|館|センター)$")


def _named(name: str) -> list[str]:
    return [parsing.key(piece) for piece in re.split(r"[・、,，/／]", name)]


def _heading(line: str, owners: dict[str, str]) -> tuple[str, str] | None:
    """(department, rest of the line) when a line begins with a department in brackets."""
    match = _HEADING.fullmatch(line)
    if match and (department := owners.get(parsing.key(match["name"]))):
        return department, match["rest"]
    return None


def _foreign_heading(line: str, owners: dict[str, str]) -> str:
    """A heading that is not exactly one owner: several departments, or another one. "" when it is ordinary text."""
    match = _HEADING.fullmatch(line)
    if match and not match["rest"] and parsing.key(match["name"]) not in owners:
        names = _named(match["name"])
        if all(name in owners or _DEPARTMENT_LIKE.fullmatch(name) for name in names):
            return match["name"]
    return ""


def _normal(text: str, owners: dict[str, str]) -> str:
    """Text without white space and without the kind of heading brackets: what must survive the splitting."""
    lines = []
    for line in text.split("\n"):
        heading = _heading(line, owners)
        lines.append(f"〔{parsing.key(heading[0])}〕{heading[1]}" if heading else line)
    return re.sub(r"\s+", "", "".join(lines))


def split_joint(text: str, departments: Sequence[str]) -> Split:
    """Take a cell of several departments apart by its headings 【課名】 (課名) （課名）.

    Only if every heading is one of the departments, all text stands under a heading, and putting the parts together
    again gives the same words in the same order; else the cell stays whole.
    """
    owners = {parsing.key(name): name for name in departments}
    blocks: list[tuple[str, list[str]]] = []
    for line in text.split("\n"):
        if heading := _heading(line, owners):
            blocks.append((heading[0], [heading[1]] if heading[1] else []))
        elif foreign := _foreign_heading(line, owners):
            return Split(None, f"見出し「{foreign}」が、担当課1つの名前ではありません")
        elif blocks:
            blocks[-1][1].append(line)
        elif line.strip():
            return Split(
                None, "課名の見出し【　】がありません" if not _has_heading(text, owners) else "見出しの前に文があります"
            )
    parts = tuple((name, "\n".join(lines).strip("\n")) for name, lines in blocks)
    if len({name for name, _ in parts}) < len(parts):
        return Split(None, "同じ課の見出しが2つあります")
    empty = next((name for name, words in parts if not words.strip()), None)
    if empty:
        return Split(None, f"見出し「{empty}」の下に文がありません")
    if _normal(compose("", parts, joint=True), owners) != _normal(text, owners):
        return Split(None, "分けると元の文に戻せません")
    return Split(parts)


def _has_heading(text: str, owners: dict[str, str]) -> bool:
    return any(_heading(line, owners) for line in text.split("\n"))


# --- Figures of indicators ------------------------------------------------------------------------

WORDS = ("未実施", "設定なし", "検討中")
_NUMBER_WITH_UNIT = re.compile(r"(?P<number>[▲△+\-−－]?\s*[0-9０-９][0-9０-９,，.．]*)\s*(?P<unit>[^0-9０-９]*)")


def parse_figure(text: str) -> Figure:
    """ "56.0%", "1,526人", 未実施, 設定なし, 検討中, blank or a dash. Raises ParsingError."""
    plain = text.strip()
    if parsing.is_blank(plain):
        return Figure()
    if (word := parsing.key(plain)) in WORDS:
        return Figure(word=word)
    match = _NUMBER_WITH_UNIT.fullmatch(plain)
    if not match or len(match["unit"]) > 10:
        words = "」「".join(WORDS)
        raise parsing.ParsingError(f"数として読めません。数字と単位だけを書いてください（数がないときは「{words}」）。")
    number = parsing.parse_number(match["number"])
    unit = match["unit"].strip().replace("％", "%")
    return Figure(number, "", unit, max(0, -number.as_tuple().exponent))


def figure_of_number(value: float, format_: str) -> Figure:
    """A number cell with its format: 0.56 as 0.0% is 56.0 %; 63 as 0"団体" is 63 団体. Raises ParsingError."""
    shape = split_format(format_)
    if shape is None:
        raise parsing.ParsingError(
            f"セルの書式「{format_}」の数は読めません。書式を「標準」か「パーセンテージ」にしてください。"
        )
    decimals, percent, _, unit = shape
    number = exact(value) * 100 if percent else exact(value)
    number = round_half_up(number, 4)  # what the database keeps; takes off the noise of floats
    shown = max(0, -number.normalize().as_tuple().exponent) if decimals is None else decimals
    return Figure(number, "", "%" if percent else unit, shown)
