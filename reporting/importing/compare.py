"""A Source against the database: what would be made, changed and left; what has to be asked; why it is refused.

Page and command call the same two functions: `preview` writes nothing, `commit` does it, all or nothing.
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db import IntegrityError
from django.utils import timezone

from accounts.models import User
from indicators import calculation
from indicators.calculation import Band, Scale
from indicators.models import Indicator
from indicators.resources import IndicatorResource, IndicatorValueResource
from initiatives import fiscal_year as fy
from initiatives import parsing
from initiatives.history import Conflict
from initiatives.models import EntryPart, Plan, PlanYear
from initiatives.resources import (
    DepartmentResource,
    DirectionResource,
    EntryPartResource,
    GoalResource,
    InitiativeResource,
    LeanResource,
    PartnerResource,
    PlanResource,
    PlanYearResource,
    PolicyResource,
    RatingLevelResource,
    YearlyEntryResource,
)
from ledger.chain import recording
from reporting.importing.held import Held, missing, read_held
from reporting.importing.resources import (
    ChapterResource,
    CityEventResource,
    CommitteeReviewResource,
    FootnoteResource,
    PrintedClaimResource,
)
from reporting.importing.rows import GoalCount, Rows, counts, status_of_new_parts
from reporting.importing.source import UNSAID, Note, Place, Problem, Refused, Source

_CITY = re.compile(r".{1,6}?市市?|.{1,6}?区|.{1,6}?[町村]")


class ChangedMeanwhile(Exception):
    """Somebody else changed a row between reading and writing. Nothing was written."""


@dataclass(frozen=True)
class Answers:
    """What a person answered. Department names compare without regard to width and spaces."""

    plan: str = ""  # number or name of the plan; its name also says yes to making it
    departments: Mapping[str, str] = field(default_factory=dict)  # as the source has it → as the register has it
    add: frozenset[str] = frozenset()  # names to register as new departments

    def registered(self, name: str) -> str | None:
        return next((new for old, new in self.departments.items() if parsing.key(old) == parsing.key(name)), None)

    def adds(self, name: str) -> bool:
        return parsing.key(name) in map(parsing.key, self.add)


@dataclass(frozen=True)
class Question:
    """Something only a person can say. kind: plan or department."""

    kind: str
    name: str
    where: str
    choices: tuple[str, ...]  # nearest first

    def __str__(self) -> str:
        if self.kind == "plan":
            return (
                f"{self.where}：「{self.name}」という計画は登録にありません。登録にある計画：{'、'.join(self.choices)}"
            )
        near = f"似た名前：{'、'.join(self.choices[:3])}" if self.choices else "似た名前の課はありません"
        return f"{self.where}：「{self.name}」という課は登録にありません。{near}"


@dataclass(frozen=True)
class Change:
    """One field of one row that the import changes."""

    kind: str  # 取組, 課別の記入 …
    name: str  # of the row: 1-1-1-1 福祉総務課
    title: str  # of the initiative, if it is about one
    label: str  # of the field
    before: str
    after: str
    place: Place
    field: str

    @property
    def cell(self) -> str:
        return self.place.cell(self.field)


@dataclass(frozen=True)
class Outcome:
    """What happens to the rows of one table."""

    label: str
    made: tuple[str, ...]
    changes: tuple[Change, ...]
    changed_rows: int
    unchanged: int


@dataclass
class Preview:
    source: Source
    held: Held
    questions: list[Question] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    counts: list[GoalCount] = field(default_factory=list)
    letters: tuple[str, ...] = ()
    new_departments: tuple[str, ...] = ()
    plan_name: str = ""
    plan: Plan | None = None
    plan_year: PlanYear | None = None
    is_new_plan: bool = False
    digest: str = ""
    department_count: int = 0

    @property
    def made(self) -> int:
        return sum(len(outcome.made) for outcome in self.outcomes)

    @property
    def changed(self) -> int:
        return sum(outcome.changed_rows for outcome in self.outcomes)

    @property
    def unchanged(self) -> int:
        return sum(outcome.unchanged for outcome in self.outcomes)

    @property
    def changes(self) -> list[Change]:
        return [change for outcome in self.outcomes for change in outcome.changes]

    @property
    def changes_nothing(self) -> bool:
        return not self.questions and not self.made and not self.changed

    def notes_by_kind(self) -> dict[str, list[Note]]:
        groups: dict[str, list[Note]] = {}
        for note in self.notes:
            groups.setdefault(note.kind, []).append(note)
        return groups


def preview(
    source: Source, answers: Answers | None = None, by: User | None = None, *, with_digest: bool = False
) -> Preview:
    """What importing would do; the database is only read. Raises Refused.

    `with_digest`: also say from which rows it was made, for `commit(base=…)`.
    """
    return _Import(source, answers or Answers(), by, dry_run=True).run(with_digest=with_digest)


def commit(source: Source, answers: Answers | None = None, by: User | None = None, base: str = "") -> Preview:
    """Import, all or nothing. With open questions nothing is done: look at `questions`.

    `base`: the digest of the preview that was agreed to. Raises Refused, and ChangedMeanwhile when it no longer holds.
    """
    try:
        with recording():
            return _Import(source, answers or Answers(), by, dry_run=False).run(base)
    except (Conflict, IntegrityError) as error:
        raise ChangedMeanwhile from error


class _Import:
    def __init__(self, source: Source, answers: Answers, by: User | None, *, dry_run: bool):
        self.source = source
        self.answers = answers
        self.by = by
        self.dry_run = dry_run
        self.problems: list[Problem] = []
        self.notes = list(source.notes)
        self.questions: list[Question] = []
        self.outcomes: list[Outcome] = []
        self.titles = {initiative.code: initiative.name for initiative in source.initiatives}

    def run(self, base: str = "", *, with_digest: bool = False) -> Preview:
        if not self.dry_run:
            # Two imports into one plan wait for each other.
            list(Plan.objects.select_for_update().values_list("pk"))
        held = self.held = read_held(self.source.fiscal_year, self._choose, with_written=self.source.has_chapters)
        digest = held.digest() if base or with_digest else ""
        if base and base != digest:
            raise ChangedMeanwhile
        self._check_plan()
        self._refuse_if_any()
        letters = held.letters or tuple(level.letter for level in self.source.scale)
        self._read_ratings(letters)
        self._check_originals()
        names = self._departments()
        self._refuse_if_any()
        made = Preview(self.source, held, self.questions, letters=letters, digest=digest)
        made.plan_name = held.plan.name if held.plan else self.source.plan_name
        made.is_new_plan = held.plan is None
        made.counts = counts(self.source, letters)
        made.department_count = len(names)
        if not self.questions:
            made.new_departments = tuple(name for name in names.values() if name not in held.departments)
            self._import(names, letters)
        made.outcomes, made.notes = self.outcomes, self.notes
        made.plan, made.plan_year = self.held.plan, self.held.plan_year
        return made

    def _refuse_if_any(self) -> None:
        if self.problems:
            raise Refused(self.problems)

    # --- Plan and year ----------------------------------------------------------------------------

    def _choose(self, plans: Sequence[Plan]) -> Plan | None:
        wanted = self.answers.plan or self.source.plan_name
        for plan in plans:
            if parsing.key(plan.name) == parsing.key(wanted) or str(plan.pk) == wanted:
                return plan
        return None

    def _check_plan(self) -> None:
        held, source = self.held, self.source
        where = source.place.at()
        if held.plan is None:
            agreed = parsing.key(self.answers.plan) == parsing.key(source.plan_name)
            if self.answers.plan and not agreed:
                names = "、".join(plan.name for plan in held.plans) or "なし"
                self.problems.append(
                    Problem(
                        "計画",
                        self.answers.plan,
                        f"登録にありません（登録にある計画：{names}）。名前を確かめてください。",
                    )
                )
            elif held.plans and not agreed:
                self.questions.append(
                    Question("plan", source.plan_name, where, tuple(plan.name for plan in held.plans))
                )
            if source.first_year is None:
                self.problems.append(
                    Problem(where, "", "計画の期間がわかりません。成果指標のシート（年度の列）を入れてください。")
                )
            if not source.scale:
                self.problems.append(
                    Problem(where, "", "評価区分がありません。2行目に「A：75%～ …」のように書いてください。")
                )
        if held.plan_year is not None and held.plan_year.is_locked:
            state = held.plan_year.get_status_display()
            self.problems.append(
                Problem(
                    where,
                    fy.label(source.fiscal_year),
                    f"この年度は「{state}」なので、変えられません。変えるときは、先に年度を確認中に戻してください。",
                )
            )
        mine = [(level.letter, level.min_rate, level.definition, level.points) for level in held.levels]
        said = [(level.letter, level.min_rate, level.definition, level.points) for level in source.scale]
        if mine and said and mine != said:
            self.notes.append(
                Note(Note.SCALE, where, "、".join(f"{letter} {bound}%～ {words}" for letter, bound, words, _ in said))
            )

    def _read_ratings(self, letters: tuple[str, ...]) -> None:
        """Ratings by the plan's own letters; full-width ones are understood, and said."""
        read = []
        for initiative in self.source.initiatives:
            try:
                rating = parsing.parse_rating(initiative.rating, letters)
            except parsing.ParsingError as error:
                self.problems.append(Problem(initiative.place.at("rating"), initiative.rating, f"{error}"))
                rating = ""
            if rating and rating != initiative.rating:
                words = f"「{initiative.rating}」を{rating}として読みました"
                self.notes.append(Note(Note.UNDERSTOOD, initiative.place.at("rating"), words))
            read.append(initiative if rating == initiative.rating else replace(initiative, rating=rating))
        self.source = replace(self.source, initiatives=tuple(read))

    def _check_originals(self) -> None:
        known = {initiative.code for initiative in self.source.initiatives} | set(self.held.initiatives)
        for initiative in self.source.initiatives:
            if initiative.original and initiative.original not in known:
                self.problems.append(
                    Problem(
                        initiative.place.at("name"),
                        initiative.original,
                        "再掲元の取組がありません。再掲元の番号を直してください。",
                    )
                )

    # --- Departments ------------------------------------------------------------------------------

    def _departments(self) -> dict[str, str]:
        """Name in the source → name in the register, in order of first appearance. Unknown ones become questions."""
        registered = {parsing.key(name): name for name in self.held.departments}
        names: dict[str, str] = {}
        for initiative in self.source.initiatives:
            for owner in initiative.owners:
                if owner.name in names:
                    continue
                key = parsing.key(owner.name)
                answered = self.answers.registered(owner.name)
                if answered is not None and parsing.key(answered) not in registered:
                    self.problems.append(
                        Problem("課の答え", answered, "登録にない課です。登録にある課の名前を書いてください。")
                    )
                if key in registered:
                    names[owner.name] = registered[key]
                elif answered is not None:
                    names[owner.name] = registered.get(parsing.key(answered), owner.name)
                else:
                    if self.held.has_register and not self.answers.adds(owner.name):
                        self._ask(owner.name, initiative.place)
                    names[owner.name] = registered[key] = owner.name
        return names

    def _ask(self, name: str, place: Place) -> None:
        register = list(self.held.departments)
        near = difflib.get_close_matches(name, register, n=5, cutoff=0.4)
        self.questions.append(Question("department", name, place.at("owners"), tuple(near)))

    def _department_rows(self, names: Mapping[str, str]) -> list[dict]:
        last = max((department.position for department in self.held.departments_by_id.values()), default=0)
        new = [name for name in dict.fromkeys(names.values()) if name not in self.held.departments]
        place = self.source.place
        return [{"name": name, "position": last + number, "place": place} for number, name in enumerate(new, 1)]

    # --- Tables -----------------------------------------------------------------------------------

    def _import(self, names: Mapping[str, str], letters: tuple[str, ...]) -> None:
        held, source = self.held, self.source
        self._table(DepartmentResource(held.departments), self._department_rows(names))
        plan_name = held.plan.name if held.plan else source.plan_name
        plans = {plan.name: plan for plan in held.plans}
        self._table(PlanResource(plans, by=self.by), [self._plan_row(plan_name)])
        held.plan = plans[plan_name]
        of_plan = {"plan": held.plan}
        if not held.levels:
            self._table(RatingLevelResource({}, defaults=of_plan), self._level_rows())
        new_status = status_of_new_parts(held.plan_year)
        self._import_year(of_plan)
        now = timezone.now() if new_status == EntryPart.Status.APPROVED else None
        new_part = {"status": new_status, "approved_at": now, "approved_by": self.by if now else None}
        rows = Rows(source, held, names, new_part)
        self.notes += rows.notes
        self._import_tree(rows, of_plan)
        self._import_entries(rows)
        self._import_indicators(rows, of_plan)
        self._import_written(rows, of_plan | {"fiscal_year": source.fiscal_year})
        self._note_rates(letters)
        self._note_kept(rows)

    def _plan_row(self, name: str) -> dict:
        source = self.source
        city = _CITY.match(name)
        return {
            "name": name,
            "city_name": city.group() if city else name,
            "first_year": source.first_year or source.fiscal_year,
            "last_year": source.last_year or source.fiscal_year,
            "baseline_year": source.baseline_year or UNSAID,
            "publisher": source.publisher,
            "philosophy": source.philosophy,
            "place": source.place,
        }

    def _level_rows(self) -> list[dict]:
        lowest = {level.letter for level in self.source.scale[-2:]}
        return [
            {
                "letter": level.letter,
                "definition": level.definition,
                "min_rate": level.min_rate,
                "points": level.points,
                "reason_required": level.letter in lowest,
                "place": self.source.place,
            }
            for level in self.source.scale
        ]

    def _import_year(self, of_plan: dict) -> None:
        held = self.held
        years = {held.fiscal_year: held.plan_year} if held.plan_year else {}
        row = {"fiscal_year": held.fiscal_year, "status": PlanYear.Status.REVIEWING, "place": self.source.place}
        self._table(PlanYearResource(years, defaults=of_plan), [row])
        held.plan_year = years[held.fiscal_year]

    def _import_tree(self, rows: Rows, of_plan: dict) -> None:
        held = self.held
        self._table(GoalResource(held.goals, defaults=of_plan, by=self.by), rows.goals())
        self._table(PolicyResource(held.policies, {"goal": held.goals}, by=self.by), rows.policies())
        self._table(DirectionResource(held.directions, {"policy": held.policies}, by=self.by), rows.directions())
        partners = {partner.name: partner for initiative in self.source.initiatives for partner in initiative.partners}
        self._note_partners(partners)
        self._table(PartnerResource(held.partners), [{"name": name, "place": self.source.place} for name in partners])
        links = {
            "direction": held.directions,
            "original": held.initiatives,
            "departments": held.departments | self._closed_departments(),
            "partners": held.partners,
        }
        self._table(InitiativeResource(held.initiatives, links, defaults=of_plan, by=self.by), rows.initiatives())

    def _closed_departments(self) -> dict:
        """Closed ones too, for what was written in their time; the name of an open one wins."""
        closed = {department.name: department for department in self.held.departments_by_id.values()}
        return {name: department for name, department in closed.items() if name not in self.held.departments}

    def _note_partners(self, partners: Mapping) -> None:
        for name in partners:
            if name not in self.held.partners:
                first = next(
                    row for row in self.source.initiatives if any(partner.name == name for partner in row.partners)
                )
                self.notes.append(Note(Note.PARTNERS, first.place.at("owners"), name))

    def _import_entries(self, rows: Rows) -> None:
        held = self.held
        entries = YearlyEntryResource(held.entries, {"initiative": held.initiatives}, by=self.by)
        self._table(entries, rows.entries())
        links = {"entry": held.entries, "department": held.departments}
        self._table(EntryPartResource(held.parts, links, by=self.by), rows.parts)

    def _import_indicators(self, rows: Rows, of_plan: dict) -> None:
        held = self.held
        indicators = IndicatorResource(held.indicators, {"goals": held.goals}, defaults=of_plan, by=self.by)
        self._table(indicators, rows.indicators())
        values = IndicatorValueResource(held.values, {"indicator": held.indicators}, by=self.by)
        self._table(values, rows.values())

    def _import_written(self, rows: Rows, of_year: dict) -> None:
        links, held = {"goal": self.held.goals}, self.held
        for resource, known, made in (
            (CommitteeReviewResource, held.reviews, rows.reviews()),
            (ChapterResource, held.chapters, rows.chapters()),
            (CityEventResource, held.events, rows.events()),
            (FootnoteResource, held.footnotes, rows.footnotes()),
            (PrintedClaimResource, held.claims, rows.claims()),
        ):
            self._table(resource(known, links, defaults=of_year, by=self.by), made)

    def _table(self, resource: LeanResource, rows: list[dict]) -> None:
        """Run a resource over its rows; the dry run and the import are the same call."""
        result = resource.run(rows, dry_run=self.dry_run)
        for row, name, why in resource.invalid:
            self.problems.append(Problem(row["place"].at(name), str(row[name]), why))
        self._refuse_if_any()  # what comes next would point to rows that are not there
        made = tuple(_name(resource, row.row) for row in result.rows if row.is_new())
        changed = [row for row in result.rows if row.is_update()]
        changes = tuple(change for row in changed for change in _changes(resource, row, self.titles))
        label = str(resource._meta.model._meta.verbose_name)
        self.outcomes.append(Outcome(label, made, changes, len(changed), len(rows) - len(made) - len(changed)))

    # --- Notes ------------------------------------------------------------------------------------

    def _note_rates(self, letters: tuple[str, ...]) -> None:
        levels = self.held.levels or self.source.scale
        scale = Scale(Band(level.letter, level.min_rate, level.points) for level in levels)
        for indicator in self.source.indicators:
            known = self.held.indicators.get(parsing.key(indicator.name)) or Indicator()
            rule = {"polarity": known.polarity, "band": known.no_change_band}
            for year in indicator.years:
                actual = calculation.actual_of(year.actual.number, year.numerator, year.denominator)
                rate = calculation.achievement_rate(actual, year.target.number, **rule)
                words = _rate_words(year, rate, scale.rating_for(rate))
                if words:
                    where = f"{indicator.name}（{fy.short(year.fiscal_year)}）"
                    self.notes.append(Note(Note.RATES, where, words))

    def _note_kept(self, rows: Rows) -> None:
        """What the database holds and the source does not name: left as it is, and said."""
        held, year = self.held, self.source.fiscal_year
        for code in missing(held.initiatives, rows.by_code):
            initiative = held.initiatives[code]
            if (initiative.first_year or 0) <= year <= (initiative.last_year or year):
                self.notes.append(Note(Note.ABSENT, "", f"{code} {initiative.name}"))
        named = {(row["entry"], row["department"]) for row in rows.parts}
        for entry, department in missing(held.parts, named):
            if entry[0] in rows.by_code:
                self.notes.append(Note(Note.KEPT, "", f"{entry[0]}の{department}の記入"))
        if self.source.indicators:
            said = [parsing.key(indicator.name) for indicator in self.source.indicators]
            for key in missing(held.indicators, said):
                if held.indicators[key].is_in_force(year):
                    self.notes.append(Note(Note.KEPT, "", f"成果指標「{held.indicators[key].name}」"))
            for known in (held.indicators[key] for key in said if key in held.indicators):
                if not known.is_in_force(year):
                    self.notes.append(Note(Note.ELSEWHERE, "", f"成果指標「{known.name}」"))
        else:
            self.notes.append(Note(Note.SKIPPED, "", "成果指標はありませんでした。登録にある成果指標は、そのままです"))


def _rate_words(year, rate, rating: str) -> str:
    """ "" when the printed rate and rating are the computed ones."""
    told = []
    if year.printed_rate != rate and (year.printed_rate is not None or rate is not None):
        told.append(f"達成率は、印刷が{_percent(year.printed_rate)}、計算は{_percent(rate)}")
    if year.printed_rating != rating:
        told.append(f"評価は、印刷が{year.printed_rating or '空欄'}、計算は{rating or 'なし'}")
    return "。".join(told)


def _percent(rate) -> str:
    return "空欄" if rate is None else f"{calculation.round_half_up(rate, 1)}％"


# Under which heading of the source a field of ours stands, where the names differ.
_HEADINGS = {
    "shared_result": "result",
    "shared_issues": "issues",
    "departments": "owners",
    "partners": "owners",
    "original": "name",
    "first_year": "name",
    "actual": "value",
}


def _changes(resource: LeanResource, row, titles: Mapping[str, str]) -> Iterator[Change]:
    name = _name(resource, row.row)
    kind = str(resource._meta.model._meta.verbose_name)
    title = titles.get(name.split(" ")[0], "")
    for key, (before, after) in row.changes.items():
        yield Change(
            kind=kind,
            name=name,
            title=title,
            label=resource.label(key),
            before=resource.words(key, before),
            after=resource.words(key, after),
            place=row.row.get(f"{key}_place", row.row["place"]),
            field="value" if f"{key}_place" in row.row else _HEADINGS.get(key, key),
        )


def _name(resource: LeanResource, row: Mapping) -> str:
    """A row as people call it, from its natural key: 1-1-1-1 福祉課."""
    return " ".join(_word(name, row[name]) for name in resource._meta.import_id_fields if row[name] is not None)


def _word(name: str, value) -> str:
    if name == "fiscal_year":
        return fy.short(value)
    if name == "entry":
        return value[0]  # the initiative's number; the year is the import's
    return "-".join(_word("", part) for part in value) if isinstance(value, tuple) else str(value)
