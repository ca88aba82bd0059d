"""The report of one year, frozen: what `assemble` makes and every output takes, and nothing else.

Plain frozen dataclasses without any database object. The documented JSON form is `dumps`: the same names and
nesting, decimals as strings ("85.9"), a distribution as {"A": 16, "B": 2, "C": 0, "D": 0, "unrated": 0}. `loads` gives
the very same report back, today and in ten years: editions are kept in this form.
`SCHEMA` goes up when a name changes its meaning or goes away; `UPGRADES` then tells how an older text is read. A name
that is only added has a default and leaves the number as it is.
"""

import json
import types
import typing
from collections.abc import Callable
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from indicators.series import Indicator, IndicatorYear

__all__ = ["Indicator", "IndicatorYear", "Report", "SnapshotError", "dumps", "loads"]

SCHEMA = 1
# From the schema that is named to the next one: takes the whole text as JSON values, gives them back changed.
UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}


@dataclass(frozen=True)
class RatingStep:
    """One step of the scale (評価区分). `rank` 0 is the best; it picks the shape of the mark."""

    letter: str
    definition: str
    min_rate: int
    points: int
    rank: int
    reason_required: bool = False  # 低評価の理由 is asked for


@dataclass(frozen=True)
class Tally:
    """Ratings counted. `rate` is points ÷ full_points in whole percent (None without rows)."""

    ratings: dict[str, int]  # letter → count, then "unrated"
    count: int
    points: int
    full_points: int
    rate: Decimal | None
    overall_rating: str


@dataclass(frozen=True)
class Owner:
    """A department as it was named in the year, with its note (R5より) and the partners that work with it."""

    department: str
    role: str  # "lead" | "related"
    note: str
    partners: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """One department's text, composed for print under 【課名】; department "" is text not divided by department."""

    department: str
    result: str
    issues: str
    self_rating: str


@dataclass(frozen=True)
class Row:
    """One initiative: the printed row."""

    code: str
    name: str
    description: str
    note: str  # the ※ line printed under the row
    original_code: str  # "" unless a cross-listing (再掲)
    holds_own: bool  # a cross-listing with text and rating of its own
    own_reason: str
    new_in: int | None  # fiscal year in which it joined the plan, if later than the plan itself
    owners: tuple[Owner, ...]
    baseline: str
    target: str
    next_target: str
    parts: tuple[Part, ...]
    result: str  # composed from parts
    issues: str  # composed from parts
    rating: str  # "" is unrated
    low_rating_reason: str
    approved: bool
    approved_on: date | None = None  # when the last part was approved (日本時間)

    @property
    def shows_own(self) -> bool:
        """Whether it has text and rating of its own; else it is a cross-listing that shows its original's."""
        return not self.original_code or self.holds_own

    @property
    def lead_rating(self) -> str:
        """What the lead rated itself, where the agreed rating is another; "" where it is the same or there is none."""
        if not self.shows_own or not self.rating:
            return ""
        leads = {owner.department for owner in self.owners if owner.role == "lead"}
        own = next((part.self_rating for part in self.parts if part.department in leads), "")
        return own if own != self.rating else ""


@dataclass(frozen=True)
class Direction:
    code: str
    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Policy:
    code: str
    name: str
    tally: Tally
    directions: tuple[Direction, ...]


@dataclass(frozen=True)
class Section:
    """A written section: kind is a Chapter.Kind. `text` is what is printed, with every figure and note put in.

    source: as it was typed, where that differs (reporting.prose).
    """

    kind: str
    heading: str
    text: str
    source: str = ""


@dataclass(frozen=True)
class Event:
    when: str
    what: str
    source: str = ""  # `what` as typed, where that differs


@dataclass(frozen=True)
class Footnote:
    number: int
    text: str
    source: str = ""  # as typed inside a chapter's text; blank: kept under a number of its own


@dataclass(frozen=True)
class Goal:
    number: int
    name: str
    overview: str
    is_new: bool  # joined the plan in this very year: printed without 初期値 and this year's target
    tally: Tally
    tally_without_cross_listings: Tally
    policies: tuple[Policy, ...]
    sections: dict[str, Section]  # by kind
    events: tuple[Event, ...]
    footnotes: tuple[Footnote, ...]
    committee_review: Section | None
    indicator_codes: tuple[str, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for policy in self.policies for direction in policy.directions for row in direction.rows)


@dataclass(frozen=True)
class DepartmentTally:
    """A department and the rows it works on; a joint initiative counts for each of its departments."""

    department: str
    codes: tuple[str, ...]
    tally: Tally


@dataclass(frozen=True)
class LowBefore:
    """An initiative that had a low rating (評価にC・D) a year ago. What became of it: the row of the same code."""

    code: str
    name: str
    rating: str
    low_rating_reason: str
    issues: str  # composed from parts: 課題 and what was to be done about them
    in_force: bool  # False: ended since


@dataclass(frozen=True)
class Word:
    """A word that not everybody knows, with what it means."""

    word: str
    meaning: str


@dataclass(frozen=True)
class PublishedOpinion:
    """One line of 主な意見と市の考え方: neutral words for what a member said, and the city's answer. Never a name."""

    goal: int | None  # None: about the whole report
    code: str  # of the initiative it is about; "" for anything else
    about: str
    summary: str
    kind: str  # adopted, noted, other
    kind_label: str  # 反映, 参考, その他
    answer: str


@dataclass(frozen=True)
class Report:
    schema: int
    title: str  # 鎌倉市地域福祉計画 推進状況報告書（令和6年度実施分）
    plan_name: str
    city_name: str
    publisher: str
    committee_name: str
    philosophy: str
    fiscal_year: int
    fiscal_year_label: str  # 令和6年度
    first_year: int
    last_year: int
    baseline_year: int | None
    terms: dict[str, str]  # goal, policy, direction, initiative → 目標, 施策, 具体的な方向性, 取組
    scale: tuple[RatingStep, ...]
    sections: dict[str, Section]  # of the whole report, by kind
    committee_review: Section | None  # 全体を通して
    goals: tuple[Goal, ...]
    tally: Tally
    tally_without_cross_listings: Tally
    indicators: tuple[Indicator, ...]
    indicator_ratings: dict[str, int]  # of this year, each indicator once
    departments: tuple[DepartmentTally, ...]  # in the register's order
    low_before: tuple[LowBefore, ...] = ()
    glossary: tuple[Word, ...] = ()
    opinions: tuple[PublishedOpinion, ...] = ()  # 主な意見と市の考え方, goal by goal

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for goal in self.goals for row in goal.rows)


# --- The text that is kept ----------------------------------------------------------------------------


class SnapshotError(ValueError):
    """The text is no report that this program can read."""


def dumps(report: Report) -> str:
    """The documented JSON form: UTF-8, stable order, so that equal reports are equal bytes."""
    return json.dumps(asdict(report), ensure_ascii=False, indent=1, default=_plain) + "\n"


def loads(text: str) -> Report:
    """The report that `dumps` wrote, by this program or by an older one. Raises SnapshotError."""
    try:
        return _reader(Report)(_upgraded(json.loads(text)))
    except SnapshotError:
        raise
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise SnapshotError(f"報告書の形をしていません（{error!r}）。") from error


def _upgraded(values: dict[str, Any]) -> dict[str, Any]:
    written = values["schema"]
    if written > SCHEMA:
        raise SnapshotError(f"形の版が{written}です。このあゆみが読めるのは{SCHEMA}までです。")
    for schema in range(written, SCHEMA):
        values = UPGRADES[schema](values) | {"schema": schema + 1}
    return values


def _plain(value):
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value))


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """How a value of that type is read back from its JSON form."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if is_dataclass(kind):
        readers = {name: _reader(hint) for name, hint in typing.get_type_hints(kind).items()}
        return lambda value: kind(**{name: readers[name](each) for name, each in value.items()})
    if origin is tuple:
        of_each = _reader(inner[0])
        return lambda value: tuple(of_each(each) for each in value)
    if origin is dict:
        of_value = _reader(inner[1])
        return lambda value: {key: of_value(each) for key, each in value.items()}
    if origin is types.UnionType:
        wanted = _reader(next(each for each in inner if each is not types.NoneType))
        return lambda value: None if value is None else wanted(value)
    if kind in (Decimal, date):
        made_of = {Decimal: Decimal, date: date.fromisoformat}[kind]
        return lambda value: made_of(_of_type(str, value))
    return lambda value: _of_type(kind, value)


def _of_type(kind: type, value: Any) -> Any:
    if type(value) is not kind:  # True is no number
        raise TypeError(f"{kind.__name__} expected, not {value!r}")
    return value
