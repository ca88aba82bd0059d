"""What a member of the committee reads: frozen, made from the frozen report, of fields that are meant for the committee.

Nothing else reaches the member's pages. The reasons of returns, the talk between departments and 福祉総務課, ratings
before they were agreed on, and chapters that are not 確認済 have no field here. Pure: a report in, a reading out.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal

from indicators import words
from indicators.series import Indicator
from reporting.chapters import OF_GOAL, PARTS
from reporting.models import Chapter
from reporting.snapshot import Goal, Report, Row, Section, Tally
from reviews.anchors import CHAPTER, GOAL, INDICATOR, INITIATIVE, REPORT, Anchor


@dataclass(frozen=True)
class ReadInitiative:
    """取組: what the plan says, what was done, how it was rated."""

    key: str
    code: str
    name: str
    goal: int
    policy: str
    departments: str
    description: str
    note: str
    baseline: str
    target: str
    result: str
    issues: str
    next_target: str
    rating: str
    last_rating: str  # of the year before; "" when there was none
    low_rating_reason: str
    is_new: bool
    is_approved: bool
    is_low: bool

    kind = INITIATIVE

    @property
    def title(self) -> str:
        return f"{self.code}　{self.name}"

    @property
    def is_changed(self) -> bool:
        return bool(self.rating and self.last_rating and self.rating != self.last_rating)

    @property
    def why_first(self) -> tuple[str, ...]:
        """Why it is to be read before the others."""
        why = []
        if self.is_changed:
            why.append(f"評価が{self.last_rating}から{self.rating}に変わりました")
        elif self.is_low:
            why.append("評価が低い取組です")
        if self.is_new:
            why.append("今年度に加わりました")
        return tuple(why)


@dataclass(frozen=True)
class ReadIndicator:
    """成果指標, with every year of the plan. The series holds what is printed and no remark of the office."""

    key: str
    goal: int | None
    series: Indicator
    fiscal_year: int
    is_low: bool

    kind = INDICATOR

    @property
    def title(self) -> str:
        return f"成果指標　{self.series.name}"

    @property
    def rating(self) -> str:
        year = self.series.year(self.fiscal_year)
        return year.rating if year else ""

    @property
    def words(self) -> str:
        """実績 57.7％、目標値 67.2％、達成率 85.9％"""
        year = self.series.year(self.fiscal_year)
        if year is None:
            return words.MISSING
        told = {
            "実績": words.actual(self.series, year),
            "目標値": words.target(self.series, year),
            "達成率": words.rate(year),
        }
        return "、".join(f"{name} {value or words.MISSING}" for name, value in told.items())

    @property
    def why_first(self) -> tuple[str, ...]:
        return ("評価が低い成果指標です",) if self.is_low else ()


@dataclass(frozen=True)
class ReadChapter:
    """A written section: its paragraphs as printed, and what is printed under the same heading."""

    key: str
    goal: int | None
    name: str  # 目標2　ビジョン
    part: str
    heading: str
    paragraphs: tuple[str, ...]
    events: tuple[tuple[str, str], ...] = ()

    kind = CHAPTER
    rating = ""
    why_first: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return self.name


@dataclass(frozen=True)
class ReadGoal:
    key: str
    number: int
    name: str
    overview: str
    tally: Tally
    footnotes: tuple[tuple[int, str], ...]
    review: tuple[str, str] | None  # heading and text of the 講評

    kind = GOAL
    rating = ""
    why_first: tuple[str, ...] = ()
    title_term: str = "目標"

    @property
    def goal(self) -> int:
        return self.number

    @property
    def title(self) -> str:
        return f"{self.title_term}{self.number}　{self.name}"


@dataclass(frozen=True)
class ReadReport:
    """The report as a whole: where an opinion stands that is about nothing in particular."""

    title: str
    tally: Tally
    review: tuple[str, str] | None

    key = REPORT
    kind = REPORT
    goal = None
    rating = ""
    why_first: tuple[str, ...] = ()


Thing = ReadInitiative | ReadIndicator | ReadChapter | ReadGoal | ReadReport


@dataclass(frozen=True)
class Place:
    """Where a thing stands in the plan; a cross-listing leads to its original."""

    goal: int | None
    policy: str
    key: str


@dataclass(frozen=True)
class Reading:
    """Everything that is opened to the committee in a year, in the order of the report."""

    fiscal_year: int
    fiscal_year_label: str
    terms: Mapping[str, str]
    things: Mapping[str, Thing]
    places: tuple[Place, ...]

    @property
    def goals(self) -> list[ReadGoal]:
        return [thing for thing in self.things.values() if thing.kind == GOAL]

    def goal(self, number: int | None) -> ReadGoal | None:
        return self.things.get(Anchor(GOAL, number).key) if number else None

    def of(self, goal: int | None, kind: str) -> list[Thing]:
        """What stands under a goal (None: under none), each once."""
        keys = dict.fromkeys(place.key for place in self.places if place.goal == goal)
        return [self.things[key] for key in keys if self.things[key].kind == kind]


def digest(thing: Thing) -> str:
    """Of everything that a member has read of it."""
    told = json.dumps(asdict(thing), ensure_ascii=False, sort_keys=True, default=_plain)
    return hashlib.sha256(told.encode()).hexdigest()


def _plain(value):
    if isinstance(value, Decimal | date):
        return str(value)
    raise TypeError(type(value))


# --- From the report ------------------------------------------------------------------------------------


def without_unconfirmed(
    report: Report, confirmed: Iterable[tuple[int | None, str]], reviews: Iterable[int | None]
) -> Report:
    """The typed report as the committee may have it: with chapters and 講評 that are 確認済, and no others.

    confirmed: (goal's number or None, kind) of chapters. reviews: goals' numbers, None for the whole.
    The table of events goes with the chapter under whose heading it stands; numbered notes with the goal's last chapter.
    """
    confirmed, reviews = set(confirmed), set(reviews)

    def kept(goal: int | None, sections: Mapping[str, Section]) -> dict[str, Section]:
        return {kind: section for kind, section in sections.items() if (goal, kind) in confirmed}

    goals = []
    for goal in report.goals:
        sections = kept(goal.number, goal.sections)
        goals.append(
            replace(
                goal,
                sections=sections,
                events=goal.events if (goal.number, "social_trends") in confirmed else (),
                footnotes=goal.footnotes if sections else (),
                committee_review=goal.committee_review if goal.number in reviews else None,
            )
        )
    return replace(
        report,
        sections=kept(None, report.sections),
        goals=tuple(goals),
        committee_review=report.committee_review if None in reviews else None,
    )


@dataclass(frozen=True)
class Rows:
    """The rows behind the codes of a report."""

    initiatives: Mapping[str, int]
    indicators: Mapping[str, int]


def reading_of(report: Report, rows: Rows, last_ratings: Mapping[str, str]) -> Reading:
    """last_ratings: of the year before, by code."""
    things: dict[str, Thing] = {}
    places: list[Place] = []
    originals = {
        row.code: (goal.number, policy.code, row)
        for goal in report.goals
        for policy in goal.policies
        for direction in policy.directions
        for row in direction.rows
        if row.shows_own
    }
    low = {step.letter for step in report.scale if step.reason_required}

    def put(thing: Thing, goal: int | None, policy: str = "") -> None:
        things.setdefault(thing.key, thing)
        places.append(Place(goal, policy, thing.key))

    for kind in Chapter.OF_REPORT:
        if kind in report.sections:
            put(_chapter(report, None, kind, report.sections[kind]), None)
    for goal in report.goals:
        put(_goal(report, goal), goal.number)
        for kind in OF_GOAL:
            if kind in goal.sections or (kind == "social_trends" and goal.events):
                put(_chapter(report, goal, kind, goal.sections.get(kind, Section(kind, "", ""))), goal.number)
        for series in report.indicators:
            if goal.number in series.goal_numbers:
                put(_indicator(report, series, rows, low), goal.number)
        for policy in goal.policies:
            for row in (row for direction in policy.directions for row in direction.rows):
                own = originals.get(row.code if row.shows_own else row.original_code)
                if own:
                    put(_initiative(report, *own, rows, last_ratings, low), goal.number, policy.code)
    things[REPORT] = ReadReport(
        f"{report.fiscal_year_label}の報告書の全体", report.tally, _review(report.committee_review)
    )
    return Reading(report.fiscal_year, report.fiscal_year_label, report.terms, things, tuple(places))


def _initiative(
    report: Report, goal: int, policy: str, row: Row, rows: Rows, last: Mapping[str, str], low: set[str]
) -> ReadInitiative:
    return ReadInitiative(
        key=Anchor(INITIATIVE, rows.initiatives[row.code]).key,
        code=row.code,
        name=row.name,
        goal=goal,
        policy=policy,
        departments="、".join(_owner(owner) for owner in row.owners),
        description=row.description,
        note=row.note,
        baseline=row.baseline,
        target=row.target,
        result=row.result,
        issues=row.issues,
        next_target=row.next_target,
        rating=row.rating,
        last_rating=last.get(row.code, ""),
        low_rating_reason=row.low_rating_reason,
        is_new=row.new_in == report.fiscal_year,
        is_approved=row.approved,
        is_low=row.rating in low,
    )


def _owner(owner) -> str:
    return f"{owner.department}（{'、'.join(owner.partners)}）" if owner.partners else owner.department


def _indicator(report: Report, series: Indicator, rows: Rows, low: set[str]) -> ReadIndicator:
    year = series.year(report.fiscal_year)
    return ReadIndicator(
        key=Anchor(INDICATOR, rows.indicators[series.code]).key,
        goal=min(series.goal_numbers, default=None),
        series=series,
        fiscal_year=report.fiscal_year,
        is_low=bool(year and year.rating in low),
    )


def _chapter(report: Report, goal: Goal | None, kind: str, section: Section) -> ReadChapter:
    label = Chapter.Kind(kind).label
    return ReadChapter(
        key=Anchor(CHAPTER, goal.number if goal else 0, str(kind)).key,
        goal=goal.number if goal else None,
        name=f"{report.terms['goal']}{goal.number}　{label}" if goal else label,
        part=PARTS.get(kind, ""),
        heading=section.heading,
        paragraphs=tuple(line for line in section.text.splitlines() if line.strip()),
        events=tuple((event.when, event.what) for event in goal.events) if goal and kind == "social_trends" else (),
    )


def _goal(report: Report, goal: Goal) -> ReadGoal:
    return ReadGoal(
        key=Anchor(GOAL, goal.number).key,
        number=goal.number,
        name=goal.name,
        overview=goal.overview,
        tally=goal.tally,
        footnotes=tuple((note.number, note.text) for note in goal.footnotes),
        review=_review(goal.committee_review),
        title_term=report.terms["goal"],
    )


def _review(section: Section | None) -> tuple[str, str] | None:
    return (section.heading, section.text) if section and section.text else None
