"""The report of one year, frozen: what `assemble` makes and every output takes, and nothing else.

Plain frozen dataclasses without any database object. The documented JSON form is `to_json`: the same names and
nesting, decimals as strings ("85.9"), a distribution as {"A": 16, "B": 2, "C": 0, "D": 0, "unrated": 0}.
`SCHEMA` goes up when a name changes its meaning or goes away.
"""

import json
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from indicators.series import Indicator, IndicatorYear

__all__ = ["Indicator", "IndicatorYear", "Report", "to_json"]

SCHEMA = 1


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


def _plain(value):
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value))


def to_json(report: Report) -> str:
    """The documented JSON form: UTF-8, stable order, so that equal reports are equal bytes."""
    return json.dumps(asdict(report), ensure_ascii=False, indent=1, default=_plain) + "\n"
