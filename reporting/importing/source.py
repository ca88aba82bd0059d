"""What a source says about a year, before anything is compared with the database.

The workbook and the directory are read into the very same frozen dataclasses, so everything after them is one path.
UNSAID stands where a source has no such column: what the database holds there stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from initiatives.resources import UNSAID

__all__ = ["UNSAID"]


@dataclass(frozen=True, slots=True)
class Place:
    """A row of a sheet or file, and under which letter and heading each field stands in it."""

    sheet: str  # 「シート「目標1」」 or 「initiatives.csv」
    row: int  # from 1, as the program that opens the file shows it
    columns: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def cell(self, name: str) -> str:
        """I7 in a sheet, 「12行目」 in a file."""
        letter = self.columns.get(name, ("", ""))[0]
        return f"{letter}{self.row}" if letter else f"{self.row}行目"

    def heading(self, name: str) -> str:
        return self.columns.get(name, ("", ""))[1]

    def at(self, name: str = "") -> str:
        """シート「目標1」のI7（R6実績）."""
        heading = self.heading(name)
        return f"{self.sheet}の{self.cell(name)}{f'（{heading}）' if heading else ''}"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the source cannot be taken in: where, what stands there, what to do."""

    where: str
    value: str
    why: str

    @property
    def shown(self) -> str:
        """The value on one line, short, without characters that would turn the sentence round."""
        plain = "".join(letter if letter.isprintable() else " " for letter in self.value)
        return plain if len(plain) <= 60 else f"{plain[:60]}…"

    def __str__(self) -> str:
        return f"{self.where}{f'「{self.shown}」' if self.shown else ''}：{self.why}"


class Refused(Exception):
    """Nothing is taken in. `problems` says why, each in words."""

    def __init__(self, problems: list[Problem]):
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Note:
    """Something the person should know about what was read; nothing to be done before importing."""

    UNDERSTOOD = "読み替えたところ"
    UNSPLIT = "課ごとに分けられず、まとめたままにした欄"
    OWN_TEXT = "再掲元と違うため、独自の文と評価を持つ再掲"
    RATES = "印刷の達成率・評価が、計算と違うところ"
    PRINTINGS = "同じ指標が、目標によって違って印刷されているところ"
    NUMBERING = "番号や記号の食い違い"
    PARTNERS = "新しく登録する協力団体"
    SKIPPED = "読まなかったところ"
    ABSENT = "資料にない取組（そのまま残します）"
    KEPT = "資料になく、そのまま残すもの"
    ELSEWHERE = "この年度では測らないと決めたもの（数は取り込みますが、この年度の集計と報告書には出ません）"
    SCALE = "評価区分の違い（登録のほうを使います）"

    kind: str
    where: str
    words: str

    def __str__(self) -> str:
        return f"{self.where}：{self.words}" if self.where else self.words


@dataclass(frozen=True, slots=True)
class Level:
    """One step of the rating scale."""

    letter: str
    min_rate: int
    definition: str
    points: int


@dataclass(frozen=True, slots=True)
class Goal:
    number: int
    name: str
    is_new: bool  # joined the plan in this very year
    place: Place
    overview: object = UNSAID


@dataclass(frozen=True, slots=True)
class Policy:
    goal: int
    number: int
    place: Place
    name: object = UNSAID


@dataclass(frozen=True, slots=True)
class Direction:
    policy: tuple[int, int]
    number: int
    place: Place
    name: object = UNSAID

    @property
    def key(self) -> tuple[int, int, int]:
        return (*self.policy, self.number)


@dataclass(frozen=True, slots=True)
class Owner:
    """A department as the source names it, with what stands behind it in brackets (R5より)."""

    name: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Partner:
    name: str
    department: str | None = None  # the department it is printed behind


@dataclass(frozen=True, slots=True)
class Initiative:
    code: str
    direction: tuple[int, int, int]
    name: str
    original: str  # number of the initiative this is a cross-listing of, or ""
    first_year: object  # int, or UNSAID
    description: str
    owners: tuple[Owner, ...]
    partners: tuple[Partner, ...]
    note: str
    baseline: object  # str, or UNSAID
    target: object  # str, or UNSAID
    next_target: str
    result: str
    issues: str
    rating: str  # as written
    place: Place

    @property
    def goal(self) -> int:
        return self.direction[0]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of an indicator: a number, or the word that stands in its place."""

    number: Decimal | None = None
    word: str = ""  # "" | 未実施 | 設定なし | 検討中
    unit: str = ""
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class IndicatorYear:
    fiscal_year: int
    actual: Figure
    target: Figure
    numerator: Decimal | None
    denominator: Decimal | None
    place: Place
    target_place: Place
    printed_rate: Decimal | None = None
    printed_rating: str = ""


@dataclass(frozen=True, slots=True)
class Indicator:
    name: str
    unit: str
    decimals: int
    source: str
    goals: tuple[int, ...]
    baseline: Decimal | None
    years: tuple[IndicatorYear, ...]
    place: Place
    ratio_name: str = ""
    numerator_name: str = ""
    numerator_unit: str = ""
    denominator_name: str = ""
    denominator_unit: str = ""
    baseline_numerator: Decimal | None = None
    baseline_denominator: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter (goal None: of the whole report); kind is a Chapter.Kind."""

    goal: int | None
    kind: str
    heading: str
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Review:
    goal: int | None
    heading: str
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Event:
    goal: int
    position: int
    when: str
    what: str
    place: Place


@dataclass(frozen=True, slots=True)
class Footnote:
    goal: int
    number: int
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure as it was printed: kept to be checked, never shown as ours.

    path: totals/<goal or all>/<column>, indicator_totals/<letter or all>/<column>,
    indicators/<key of the name>/<year>/<goal, if not the first>/<column>.
    """

    table: str
    path: tuple[str, ...]
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Source:
    plan_name: str
    fiscal_year: int
    scale: tuple[Level, ...]
    goals: tuple[Goal, ...]
    policies: tuple[Policy, ...]
    directions: tuple[Direction, ...]
    initiatives: tuple[Initiative, ...]
    indicators: tuple[Indicator, ...]
    place: Place
    baseline_year: int | None = None
    first_year: int | None = None
    last_year: int | None = None
    publisher: object = UNSAID
    philosophy: object = UNSAID
    chapters: tuple[Section, ...] = ()
    reviews: tuple[Review, ...] = ()
    events: tuple[Event, ...] = ()
    footnotes: tuple[Footnote, ...] = ()
    claims: tuple[Claim, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def has_chapters(self) -> bool:
        return bool(self.chapters or self.reviews or self.events or self.footnotes)
