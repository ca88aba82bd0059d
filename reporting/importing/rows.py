"""From a Source to the rows of each Resource: joint cells taken apart, cross-listings settled, figures as the tables hold them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from indicators import calculation
from indicators.models import IndicatorValue
from initiatives import parsing
from initiatives.models import EntryPart, PlanYear
from reporting.importing import cells
from reporting.importing.held import Held, missing
from reporting.importing.source import UNSAID, Indicator, IndicatorYear, Initiative, Note, Partner, Source

OWN_BY_IMPORT = "取り込んだ資料"  # how the reason of a cross-listing begins that nobody gave
COMPARED = (
    ("target", "目標"),
    ("next_target", "次年度の目標"),
    ("result", "実績"),
    ("issues", "課題"),
    ("rating", "評価"),
)


@dataclass
class Texts:
    """What an initiative's cells become: parts per department in order, and what could not be divided."""

    departments: list[str] = field(default_factory=list)
    parts: dict[str, dict[str, str]] = field(default_factory=dict)  # department → result, issues
    shared: dict[str, str] = field(default_factory=lambda: {"result": "", "issues": ""})


class Rows:
    """The rows of one import. `names` gives the registered name of each department the source names."""

    def __init__(self, source: Source, held: Held, names: Mapping[str, str], new_part: Mapping):
        self.source = source
        self.held = held
        self.names = names
        self.new_part = new_part  # status, approved_at, approved_by of parts that are made
        self.notes: list[Note] = []
        self.counted = {}
        self.in_order = sorted(source.initiatives, key=lambda initiative: bool(initiative.original))
        self.by_code = {initiative.code: initiative for initiative in source.initiatives}
        self.positions = _positions(list(held.initiatives), [initiative.code for initiative in source.initiatives])
        self.own = {initiative.code: self._own_reason(initiative) for initiative in source.initiatives}
        self.texts = {initiative.code: self._texts(initiative) for initiative in source.initiatives}

    # --- The plan ---------------------------------------------------------------------------------

    def goals(self) -> list[dict]:
        return [
            {
                "number": goal.number,
                "name": goal.name,
                "overview": goal.overview,
                "first_year": self.source.fiscal_year if goal.is_new else UNSAID,
                "place": goal.place,
            }
            for goal in self.source.goals
        ]

    def policies(self) -> list[dict]:
        return [
            {"goal": policy.goal, "number": policy.number, "name": policy.name, "place": policy.place}
            for policy in self.source.policies
        ]

    def directions(self) -> list[dict]:
        return [
            {"policy": direction.policy, "number": direction.number, "name": direction.name, "place": direction.place}
            for direction in self.source.directions
        ]

    def initiatives(self) -> list[dict]:
        return [*(self._initiative(initiative) for initiative in self.in_order), *self._moved()]

    def _moved(self) -> Iterator[dict]:
        """Initiatives that the source leaves out stay where they are; new ones before them move them on."""
        blank = dict.fromkeys(_INITIATIVE_FIELDS, UNSAID)
        for code in missing(self.held.initiatives, self.by_code):
            if self.held.initiatives[code].position != self.positions[code]:
                yield {"code": code, "position": self.positions[code], **blank, "place": self.source.place}

    def _initiative(self, initiative: Initiative) -> dict:
        goal, policy, direction = initiative.direction
        return {
            "code": initiative.code,
            "position": self.positions[initiative.code],
            "direction": ((goal, policy), direction),
            "name": initiative.name,
            "description": initiative.description,
            "baseline": initiative.baseline,
            "note": initiative.note,
            "original": initiative.original,
            "first_year": initiative.first_year,
            "departments": tuple((self.names[owner.name], owner.note) for owner in initiative.owners),
            "partners": tuple(self._partner(initiative, partner) for partner in initiative.partners),
            "place": initiative.place,
        }

    def _partner(self, initiative: Initiative, partner: Partner) -> tuple[str, str | None]:
        """Name and department. One of no department is printed behind the last: read there, it still has none."""
        held = self.held.initiatives.get(initiative.code)
        last = initiative.owners[-1].name if initiative.owners else None
        if held is not None and partner.department == last and (partner.name, None) in held.partners_key:
            return partner.name, None
        return partner.name, partner.department and self.names[partner.department]

    # --- Entries and parts ------------------------------------------------------------------------

    def _own_reason(self, initiative: Initiative) -> str:
        """Why a cross-listing holds its own texts: what differs from the original. "" when nothing does."""
        original = self.by_code.get(initiative.original)
        if not initiative.original:
            return ""
        if original is None:
            return f"{OWN_BY_IMPORT}に、再掲元（{initiative.original}）がないため"
        differing = [
            label
            for name, label in COMPARED
            if UNSAID not in (mine := getattr(initiative, name), its := getattr(original, name)) and mine != its
        ]
        if not differing:
            return ""
        reason = f"{OWN_BY_IMPORT}で、再掲元（{initiative.original}）と{'・'.join(differing)}が違うため"
        self.notes.append(
            Note(Note.OWN_TEXT, initiative.place.at("name"), f"{initiative.code}：{'・'.join(differing)}")
        )
        return reason

    def shows_original(self, initiative: Initiative) -> bool:
        return bool(initiative.original) and not self.own[initiative.code]

    def _texts(self, initiative: Initiative) -> Texts:
        if self.shows_original(initiative):
            return Texts()
        departments = [owner.name for owner in initiative.owners]
        cell_texts = {"result": initiative.result, "issues": initiative.issues}
        if len(departments) == 1:
            return Texts(departments, {departments[0]: cell_texts})
        return self._joint(initiative, departments, cell_texts)

    def _joint(self, initiative: Initiative, departments: list[str], cell_texts: dict[str, str]) -> Texts:
        """Parts in the order in which the cell names the departments, then those it does not name."""
        texts = Texts(parts={department: {"result": "", "issues": ""} for department in departments})
        order: list[str] = []
        for name, label in (("result", "実績"), ("issues", "課題")):
            cell = cell_texts[name]
            if not cell:
                continue
            split = cells.split_joint(cell, departments)
            why = split.why
            if split.parts is not None:
                said = [department for department, _ in split.parts]
                merged = order + [department for department in said if department not in order]
                if [department for department in merged if department in said] == said:
                    order = merged
                    for department, text in split.parts:
                        texts.parts[department][name] = text
                    continue
                why = "実績の欄と、課の順番が違います"
            texts.shared[name] = cell
            self.notes.append(Note(Note.UNSPLIT, initiative.place.at(name), f"{initiative.code} {label}：{why}"))
        texts.departments = order + [department for department in departments if department not in order]
        return texts

    def entries(self) -> list[dict]:
        return [self._entry(initiative) for initiative in self.in_order]

    def _entry(self, initiative: Initiative) -> dict:
        row = {"initiative": initiative.code, "fiscal_year": self.source.fiscal_year}
        if self.shows_original(initiative):
            blank = dict.fromkeys(("target", "next_target", "rating", "shared_result", "shared_issues"), "")
            return row | blank | {"holds_own": False, "own_reason": "", "place": initiative.place}
        texts = self.texts[initiative.code]
        return row | {
            "target": initiative.target,
            "next_target": initiative.next_target,
            "rating": initiative.rating,
            "shared_result": texts.shared["result"],
            "shared_issues": texts.shared["issues"],
            "holds_own": bool(initiative.original),
            "own_reason": UNSAID if self._has_given_reason(initiative) else self.own[initiative.code],
            "place": initiative.place,
        }

    def _has_given_reason(self, initiative: Initiative) -> bool:
        """A cross-listing that held its own already, for a reason that a person wrote: no file holds such reasons."""
        held = self.held.entries.get((initiative.code, self.source.fiscal_year))
        return bool(held and held.holds_own and held.own_reason and not held.own_reason.startswith(OWN_BY_IMPORT))

    @cached_property
    def parts(self) -> list[dict]:
        return [row for initiative in self.in_order for row in self._parts(initiative)]

    def _parts(self, initiative: Initiative) -> Iterator[dict]:
        texts = self.texts[initiative.code]
        for position, department in enumerate(texts.departments):
            own = texts.parts[department]
            yield {
                "entry": (initiative.code, self.source.fiscal_year),
                "department": self.names[department],
                "position": position,
                **own,
                "self_rating": initiative.rating if len(texts.departments) == 1 else "",
                **self.new_part,
                "status": self._status(own),
                "place": initiative.place,
            }

    def _status(self, texts: Mapping[str, str]) -> str:
        if self.new_part["status"] == EntryPart.Status.DRAFT and not any(texts.values()):
            return EntryPart.Status.NOT_STARTED
        return self.new_part["status"]

    # --- Indicators -------------------------------------------------------------------------------

    def indicators(self) -> list[dict]:
        codes = self._codes()
        return [
            {
                "code": codes[parsing.key(indicator.name)],
                "position": position,
                **{name: getattr(indicator, name) for name in _INDICATOR_FIELDS},
                "place": indicator.place,
            }
            for position, indicator in enumerate(self.source.indicators, 1)
        ]

    def _codes(self) -> dict[str, str]:
        """I01 … in order of first appearance; known indicators keep theirs, new ones take the next free one."""
        held = {key: indicator.code for key, indicator in self.held.indicators.items()}
        used, number = set(held.values()), 0
        codes = {}
        for indicator in self.source.indicators:
            key = parsing.key(indicator.name)
            if key in held:
                codes[key] = held[key]
                continue
            number += 1
            while f"I{number:02}" in used:
                number += 1
            codes[key] = f"I{number:02}"
            used.add(codes[key])
        return codes

    def _actual(self, indicator: Indicator, year: IndicatorYear) -> dict:
        """A ratio of which only the two counts were written is stated in a file all the same: that says nothing new."""
        held = self.held.values.get((parsing.key(indicator.name), year.fiscal_year))
        computed = calculation.ratio(year.numerator, year.denominator)
        only_counts = held is not None and held.actual is None and computed is not None
        if only_counts and calculation.round_half_up(computed, indicator.decimals) == year.actual.number:
            return {"actual": UNSAID, "actual_figure": UNSAID}
        return {
            "actual": year.actual.number,
            "actual_figure": IndicatorValue.figure_of(year.actual.number, year.actual.word),
        }

    def values(self) -> list[dict]:
        return [
            {
                "indicator": parsing.key(indicator.name),
                "fiscal_year": year.fiscal_year,
                **self._actual(indicator, year),
                "target": year.target.number,
                "target_figure": IndicatorValue.figure_of(year.target.number, year.target.word),
                "numerator": year.numerator,
                "denominator": year.denominator,
                "target_place": year.target_place,
                "place": year.place,
            }
            for indicator in self.source.indicators
            for year in indicator.years
            if self._says_something(indicator, year)
        ]

    def _says_something(self, indicator: Indicator, year: IndicatorYear) -> bool:
        """False for a blank column of a known indicator that holds nothing of that year either."""
        key = parsing.key(indicator.name)
        figures, counts = (year.actual, year.target), (year.numerator, year.denominator)
        is_blank = not any(figure.word or figure.number is not None for figure in figures) and counts == (None, None)
        return not is_blank or key not in self.held.indicators or (key, year.fiscal_year) in self.held.values

    # --- What is written --------------------------------------------------------------------------

    def chapters(self) -> list[dict]:
        return [_fields(section, "goal", "kind", "heading", "text") for section in self.source.chapters]

    def reviews(self) -> list[dict]:
        return [_fields(review, "goal", "heading", "text") for review in self.source.reviews]

    def events(self) -> list[dict]:
        return [_fields(event, "goal", "position", "when", "what") for event in self.source.events]

    def footnotes(self) -> list[dict]:
        return [_fields(footnote, "goal", "number", "text") for footnote in self.source.footnotes]

    def claims(self) -> list[dict]:
        codes = self._codes()
        return [
            {
                "key": "/".join((claim.table, *(codes.get(step, step) for step in claim.path))),
                "text": claim.text,
                "place": claim.place,
            }
            for claim in self.source.claims
        ]


def _positions(held: list[str], said: list[str]) -> dict[str, int]:
    """Place of every initiative: the source's order, those it leaves out behind the one they stood behind."""
    order = list(said)
    named = set(said)
    for before, code in zip([None, *held], held, strict=False):
        if code not in named:
            order.insert(order.index(before) + 1 if before is not None else 0, code)
    return {code: position for position, code in enumerate(order, 1)}


_INITIATIVE_FIELDS = (
    "direction", "name", "description", "baseline", "note", "original", "first_year", "departments", "partners",
)  # fmt: skip
_INDICATOR_FIELDS = (
    "name", "unit", "decimals", "source", "goals", "ratio_name", "numerator_name", "numerator_unit", "denominator_name",
    "denominator_unit", "baseline", "baseline_numerator", "baseline_denominator",
)  # fmt: skip


def _fields(row, *names: str) -> dict:
    return {name: getattr(row, name) for name in names} | {"place": row.place}


def status_of_new_parts(plan_year: PlanYear | None) -> str:
    """Approved in a year that is past writing (or that the import begins), else a draft."""
    writing = (PlanYear.Status.PREPARING, PlanYear.Status.COLLECTING)
    return EntryPart.Status.DRAFT if plan_year and plan_year.status in writing else EntryPart.Status.APPROVED


@dataclass(frozen=True)
class GoalCount:
    """What came in for one goal."""

    number: int
    name: str
    rows: int
    cross_listings: int
    ratings: dict[str, int]
    unrated: int


def counts(source: Source, letters: tuple[str, ...]) -> list[GoalCount]:
    made = []
    for goal in source.goals:
        rows = [initiative for initiative in source.initiatives if initiative.goal == goal.number]
        ratings = Counter(initiative.rating for initiative in rows)
        made.append(
            GoalCount(
                goal.number, goal.name, len(rows), sum(bool(row.original) for row in rows),
                {letter: ratings[letter] for letter in letters}, ratings[""],
            )
        )  # fmt: skip
    return made
