"""What the database holds of a plan and year, read at once (nine queries at most) and keyed as sources name things."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.db import DEFAULT_DB_ALIAS
from django.db.models import DateTimeField, FilteredRelation, Model, Q, QuerySet
from django.db.models.base import ModelState

from accounts.models import Department
from config.prepared import Given, Prepared
from indicators.models import Indicator, IndicatorGoal, IndicatorValue
from initiatives import parsing
from initiatives.models import (
    Direction,
    EntryPart,
    Goal,
    Initiative,
    InitiativeDepartment,
    InitiativePartner,
    Partner,
    Plan,
    PlanYear,
    Policy,
    RatingLevel,
    Versioned,
    YearlyEntry,
)
from reporting import written
from reporting.models import Chapter, CityEvent, Footnote, PrintedClaim
from reviews.models import CommitteeReview


def _columns_of(model: type[Model]) -> list[str]:
    """What is compared or written: search texts and times are left to be asked for (nobody does)."""
    return [
        column.attname
        for column in model._meta.concrete_fields
        if not isinstance(column, DateTimeField) and column.name != "search_text"
    ]


def _instance(model: type[Model], names: list[str], values: tuple) -> Model:
    """A saved row from its values, as unpickling makes it: __init__ with its signals costs six times as much."""
    made = model.__new__(model)
    made.__dict__.update(zip(names, values, strict=True), _state=ModelState())
    made._state.adding, made._state.db = False, DEFAULT_DB_ALIAS
    return made


class Joined:
    """A prepared query over several tables (prefix → model): tuples of instances, None where nothing is joined.

    One row read twice is one instance.
    """

    def __init__(self, rows: Callable[[], QuerySet], parts: Mapping[str, type[Model]]):
        self._slices, names = [], []
        for prefix, model in parts.items():
            columns = _columns_of(model)
            self._slices.append((model, columns, slice(len(names), len(names) + len(columns))))
            names += [f"{prefix}__{name}" if prefix else name for name in columns]
        self._values = Prepared(lambda: rows().values_list(*names))

    def __call__(self, **given) -> Iterator[tuple[Model | None, ...]]:
        seen = {}
        for values in self._values(**given):
            found = []
            for model, columns, part in self._slices:
                own = values[part]
                if own[0] is None:
                    found.append(None)
                    continue
                key = model, own[0]
                if key not in seen:
                    seen[key] = _instance(model, columns, own)
                found.append(seen[key])
            yield tuple(found)


@dataclass
class Held:
    """Natural key → row, for every table a report touches. Related rows are named in <field>_key."""

    fiscal_year: int
    plans: list[Plan] = field(default_factory=list)
    plan: Plan | None = None
    plan_year: PlanYear | None = None
    levels: list[RatingLevel] = field(default_factory=list)
    departments: dict[str, Department] = field(default_factory=dict)  # those open in the year
    departments_by_id: dict[int, Department] = field(default_factory=dict)
    partners: dict[str, Partner] = field(default_factory=dict)
    goals: dict[int, Goal] = field(default_factory=dict)
    policies: dict[tuple, Policy] = field(default_factory=dict)
    directions: dict[tuple, Direction] = field(default_factory=dict)
    initiatives: dict[str, Initiative] = field(default_factory=dict)
    entries: dict[tuple, YearlyEntry] = field(default_factory=dict)
    parts: dict[tuple, EntryPart] = field(default_factory=dict)
    indicators: dict[str, Indicator] = field(default_factory=dict)
    values: dict[tuple, IndicatorValue] = field(default_factory=dict)
    chapters: dict[tuple, Chapter] = field(default_factory=dict)
    reviews: dict[int | None, CommitteeReview] = field(default_factory=dict)
    events: dict[tuple, CityEvent] = field(default_factory=dict)
    footnotes: dict[int, Footnote] = field(default_factory=dict)
    claims: dict[str, PrintedClaim] = field(default_factory=dict)

    @property
    def has_register(self) -> bool:
        return bool(self.departments_by_id)

    @property
    def letters(self) -> tuple[str, ...]:
        return tuple(level.letter for level in self.levels)

    def rows(self) -> Iterator[Model]:
        """Every row read."""
        tables = (
            self.plans, [self.plan_year] if self.plan_year else [], self.levels, self.departments_by_id.values(), self.partners.values(),
            self.goals.values(), self.policies.values(), self.directions.values(), self.initiatives.values(),
            self.entries.values(), self.parts.values(), self.indicators.values(), self.values.values(),
            self.chapters.values(), self.reviews.values(), self.events.values(), self.footnotes.values(),
            self.claims.values(),
        )  # fmt: skip
        for table in tables:
            yield from table

    def digest(self) -> str:
        """Changes when any of the rows does: a preview made from them no longer holds."""
        parts = sorted(map(_fingerprint, self.rows()))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _fingerprint(row: Model) -> str:
    if isinstance(row, Versioned):
        return f"{row._meta.label_lower} {row.pk} {row.version}"
    values = [row.__dict__.get(column.attname) for column in row._meta.concrete_fields]
    sets = [getattr(row, name, None) for name in ("departments_key", "partners_key")]
    return f"{row._meta.label_lower} {row.pk} {values!r} {sets!r}"


_PLANS = Joined(
    lambda: Plan.objects.alias(
        this=FilteredRelation("years", condition=Q(years__fiscal_year=Given("fiscal_year")))
    ).order_by("first_year", "pk", "-rating_levels__min_rate"),
    {"": Plan, "this": PlanYear, "rating_levels": RatingLevel},
)
_DEPARTMENTS = Joined(lambda: Department.objects.order_by("position", "pk"), {"": Department})
# Partners and, of all plans, where they work: those of other plans are left out later.
_PARTNERS = Joined(lambda: Partner.objects.order_by("pk"), {"": Partner, "partnerships": InitiativePartner})
# Also goals, policies and directions with nothing under them.
_TREE = Joined(
    lambda: Goal.objects.filter(plan=Given("plan")).order_by(
        "number", "policies__number", "policies__directions__number"
    ),
    {"": Goal, "policies": Policy, "policies__directions": Direction},
)
_INITIATIVES = Joined(lambda: Initiative.objects.filter(plan=Given("plan")).order_by("position"), {"": Initiative})
_ENTRIES = Joined(
    lambda: YearlyEntry.objects.filter(initiative__plan=Given("plan"), fiscal_year=Given("fiscal_year")).order_by(
        "pk", "parts__position"
    ),
    {"": YearlyEntry, "parts": EntryPart},
)
_INDICATORS = Joined(
    lambda: Indicator.objects.filter(plan=Given("plan")).order_by("position", "values__fiscal_year"),
    {"": Indicator, "goal_links": IndicatorGoal, "values": IndicatorValue},
)


@Prepared
def _owners():
    links = InitiativeDepartment.objects.filter(initiative__plan=Given("plan")).order_by("position")
    return links.values_list("initiative_id", "department_id", "note")


def read_plans(fiscal_year: int) -> tuple[list[Plan], dict[int, PlanYear], dict[int, list[RatingLevel]]]:
    """All plans (there are few), each with the year in question and its rating scale. One query."""
    plans: dict[int, Plan] = {}
    years: dict[int, PlanYear] = {}
    levels: dict[int, list[RatingLevel]] = defaultdict(list)
    for plan, year, level in _PLANS(fiscal_year=fiscal_year):
        plans[plan.pk] = plan
        if year is not None:
            year.plan = plan
            years[plan.pk] = year
        if level is not None:
            levels[plan.pk].append(level)
    return list(plans.values()), years, levels


def read_held(fiscal_year: int, choose, *, with_written: bool = True) -> Held:
    """Everything a report of the year may touch. `choose(plans)` says which plan (or None: a new one).

    `with_written`: also chapters, reviews, events and footnotes, which a workbook does not hold.
    """
    plans, years, levels = read_plans(fiscal_year)
    plan = choose(plans)
    held = Held(fiscal_year, plans, plan)
    _read_register(held)
    if plan is None:
        return held
    held.plan_year, held.levels = years.get(plan.pk), levels[plan.pk]
    _read_tree(held)
    _read_initiatives(held)
    _read_entries(held)
    _read_indicators(held)
    if with_written:
        _read_written(held)
    return held


def _read_register(held: Held) -> None:
    for (department,) in _DEPARTMENTS():
        held.departments_by_id[department.pk] = department
        opened = (department.opened_in or 0) <= held.fiscal_year
        if opened and (department.closed_after or held.fiscal_year) >= held.fiscal_year:
            held.departments[department.name] = department
    held.partnerships = []
    for partner, link in _PARTNERS():
        held.partners[partner.name] = partner
        if link is not None:
            link.partner = partner
            held.partnerships.append(link)


def _read_tree(held: Held) -> None:
    for goal, policy, direction in _TREE(plan=held.plan.pk):
        held.goals[goal.number] = goal
        if policy is not None:
            policy.goal_key = goal.number
            key = (goal.number, policy.number)
            held.policies[key] = policy
        if direction is not None:
            direction.policy_key = key
            held.directions[key, direction.number] = direction


def _read_initiatives(held: Held) -> None:
    directions = {direction.pk: key for key, direction in held.directions.items()}
    by_id = {}
    for (initiative,) in _INITIATIVES(plan=held.plan.pk):
        by_id[initiative.pk] = held.initiatives[initiative.code] = initiative
        initiative.direction_key = directions[initiative.direction_id]
    owners, partners = defaultdict(list), defaultdict(list)
    for pk, department, note in _owners(plan=held.plan.pk):
        owners[pk].append((held.departments_by_id[department].name, note))
    for link in sorted(held.partnerships, key=lambda link: link.position):
        department = held.departments_by_id.get(link.department_id)
        partners[link.initiative_id].append((link.partner.name, department and department.name))
    for pk, initiative in by_id.items():
        original = by_id.get(initiative.original_id)
        initiative.original_key = original.code if original else ""
        initiative.departments_key = tuple(owners[pk])
        initiative.partners_key = tuple(partners[pk])


def _read_entries(held: Held) -> None:
    codes = {initiative.pk: code for code, initiative in held.initiatives.items()}
    for entry, part in _ENTRIES(plan=held.plan.pk, fiscal_year=held.fiscal_year):
        entry.initiative_key = codes[entry.initiative_id]
        key = (entry.initiative_key, held.fiscal_year)
        held.entries[key] = entry
        if part is not None:
            part.entry_key = key
            part.department_key = held.departments_by_id[part.department_id].name
            held.parts[key, part.department_key] = part


def _read_indicators(held: Held) -> None:
    numbers = {goal.pk: number for number, goal in held.goals.items()}
    goals = defaultdict(set)
    for indicator, link, value in _INDICATORS(plan=held.plan.pk):
        key = parsing.key(indicator.name)
        held.indicators[key] = indicator
        if link is not None:
            goals[key].add(numbers[link.goal_id])
        if value is not None:
            value.indicator_key = key
            held.values[key, value.fiscal_year] = value
    for key, indicator in held.indicators.items():
        indicator.goals_key = tuple(sorted(goals[key]))


def _read_written(held: Held) -> None:
    """Chapters, reviews, events, footnotes and printed claims of the year."""
    numbers = {goal.pk: number for number, goal in held.goals.items()} | {None: None}
    of_year = {"plan": held.plan, "fiscal_year": held.fiscal_year}
    for each in written.read(held.plan, held.fiscal_year):
        goal = numbers[each.goal_id]
        row = {"pk": each.pk, **of_year} | ({} if each.model is PrintedClaim else {"goal_id": each.goal_id})
        if each.model is PrintedClaim:
            made = held.claims[each.heading] = PrintedClaim(**row, key=each.heading, text=each.text)
        elif each.model is CityEvent:
            made = CityEvent(**row, position=each.number, when=each.heading, what=each.text)
            held.events[goal, each.number] = made
        elif each.model is Footnote:
            made = held.footnotes[each.number] = Footnote(**row, number=each.number, text=each.text)
        elif each.model is CommitteeReview:
            made = CommitteeReview(**row, heading=each.heading, text=each.text, version=each.version)
            held.reviews[goal] = made
        else:
            made = Chapter(**row, kind=each.kind, heading=each.heading, text=each.text, version=each.version)
            held.chapters[goal, each.kind] = made
        made.goal_key = goal
        made._state.adding = False


def missing(held: Iterable, said: Iterable) -> list:
    """Keys that the database holds and the source does not name, in order."""
    named = set(said)
    return [key for key in held if key not in named]
