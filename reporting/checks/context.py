"""What the checks over a year take: the frozen report, last year's, the register, the words, and what was printed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from indicators.rules import Rule
from initiatives.checking.finding import Place
from initiatives.checking.terms import Terms
from initiatives.checking.writing import Passage, Step, Writing
from reporting.models import Chapter
from reporting.snapshot import Goal, PublishedOpinion, Report, Row

_ROW_TEXTS = ("description", "note", "target", "next_target", "low_rating_reason")


@dataclass(frozen=True)
class Context:
    """`claims`: figures as they were printed, by key (PrintedClaim). Empty for a report that Ayumi counts itself."""

    report: Report
    last: Report | None = None
    register: tuple[str, ...] | None = None  # names of the departments of the year; None: not known
    claims: Mapping[str, str] = field(default_factory=dict)
    terms: Terms = field(default_factory=Terms)
    rules: tuple[Rule, ...] = ()  # what the figures of the indicators must keep to

    @cached_property
    def scale(self) -> tuple[Step, ...]:
        return tuple(Step(step.letter, step.min_rate, step.reason_required) for step in self.report.scale)

    @cached_property
    def rows(self) -> dict[str, Row]:
        return {row.code: row for row in self.report.rows}

    @cached_property
    def goal_of(self) -> dict[str, int]:
        return {row.code: goal.number for goal in self.report.goals for row in goal.rows}

    def place(self, row: Row, name: str, department: str = "") -> Place:
        owner = department or (row.owners[0].department if row.owners else "")
        return Place("row", row.code, name, self.goal_of[row.code], owner, row.name)

    def chapter_place(self, goal: Goal | None, kind: str) -> Place:
        label = Chapter.Kind(kind).label
        words = f"{self.report.terms['goal']}{goal.number} {label}" if goal else label
        return Place("chapter", field=kind, goal=goal.number if goal else None, words=words)

    @cached_property
    def writings(self) -> tuple[Writing, ...]:
        """Every row that shows words of its own, whole."""
        last = {row.code: row for row in self.last.rows} if self.last else {}
        return tuple(self._writing(row, last.get(row.code)) for row in self.report.rows if row.shows_own)

    def _writing(self, row: Row, last: Row | None) -> Writing:
        return Writing(
            code=row.code,
            fiscal_year=self.report.fiscal_year,
            scale=self.scale,
            goal=self.goal_of[row.code],
            department=row.owners[0].department if row.owners else "",
            name=row.name,
            description=row.description,
            baseline=row.baseline,
            target=row.target,
            next_target=row.next_target,
            result=row.result,
            issues=row.issues,
            rating=row.rating,
            low_rating_reason=row.low_rating_reason,
            last={"result": last.result, "issues": last.issues} if last else {},
            terms=self.terms,
        )

    @cached_property
    def row_passages(self) -> tuple[Passage, ...]:
        """Texts of the rows; result and issues by the department that wrote them."""
        return tuple(passage for row in self.report.rows for passage in self._passages(row))

    def _passages(self, row: Row) -> Iterator[Passage]:
        names = _ROW_TEXTS if row.shows_own else ("description", "note")
        for name in names:
            if text := getattr(row, name):
                yield self._passage(self.place(row, name), text)
        if row.shows_own:
            for part in row.parts:
                for name in ("result", "issues"):
                    if text := getattr(part, name):
                        yield self._passage(self.place(row, name, part.department), text)

    @cached_property
    def chapter_passages(self) -> tuple[Passage, ...]:
        """Foreword, chapters, events, footnotes, reviews and the table of opinions, in the order of the report."""
        return tuple(self._chapter_passages())

    def _chapter_passages(self) -> Iterator[Passage]:
        for section in self.report.sections.values():
            if section.kind in Chapter.NOT_PRINTED:  # other words on purpose, with their own check (reporting/easy.py)
                continue
            yield self._passage(self.chapter_place(None, section.kind), section.text)
        for goal in self.report.goals:
            yield from self._goal_passages(goal)
        if review := self.report.committee_review:
            yield self._passage(Place("review", words="講評（全体）"), review.text)
        for position, opinion in enumerate(self.report.opinions, 1):
            yield from self._opinion_passages(position, opinion)

    def _opinion_passages(self, position: int, opinion: PublishedOpinion) -> Iterator[Passage]:
        about = f"主な意見の{position}件目（{opinion.about}）"
        for name, words, text in (("summary", "意見", opinion.summary), ("answer", "市の考え方", opinion.answer)):
            place = Place("opinion", str(position), name, goal=opinion.goal, words=f"{about} {words}")
            yield self._passage(place, text)

    def _goal_passages(self, goal: Goal) -> Iterator[Passage]:
        term = f"{self.report.terms['goal']}{goal.number}"
        kinds = [kind for kind in Chapter.Kind if kind in goal.sections]
        for kind in kinds[:1]:
            yield self._passage(self.chapter_place(goal, kind), goal.sections[kind].text)
        for position, event in enumerate(goal.events, 1):
            place = Place("event", str(position), goal=goal.number, words=f"{term} 市の動向の{position}行目")
            yield self._passage(place, f"{event.when} {event.what}")
        for kind in kinds[1:]:
            yield self._passage(self.chapter_place(goal, kind), goal.sections[kind].text)
        for note in goal.footnotes:
            place = Place("footnote", str(note.number), goal=goal.number, words=f"{term} 注{note.number}")
            yield self._passage(place, note.text)
        if review := goal.committee_review:
            place = Place("review", goal=goal.number, words=f"{term} 講評")
            yield self._passage(place, review.text)

    def _passage(self, place: Place, text: str) -> Passage:
        return Passage(place, text, self.report.fiscal_year, self.terms)
