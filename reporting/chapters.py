"""The chapters of a year as they are written: which there are, what stands around one, saving and confirming.

Reading a text (figures, notes) is in prose.py, printing it in pdf/.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from initiatives import dictionary, history, text_diff
from initiatives import fiscal_year as fy
from initiatives.grouping import grouped
from initiatives.history import Conflict
from initiatives.models import FieldChange, Goal, PlanYear
from initiatives.reading import CORRECTION
from ledger.chain import hold, recording
from reporting import chapter_words, easy, linking, permissions
from reporting.assemble import last_year, typed
from reporting.figures import Figure, goal_group
from reporting.models import Chapter, CityEvent, Footnote, as_lines
from reporting.prose import GOAL_ORDER, Piece, Problem, Prose
from reporting.snapshot import Event, Report, Section

Kind = Chapter.Kind
OF_GOAL = (
    Kind.SOCIAL_TRENDS, Kind.PROGRESS_INDICATORS, Kind.PROGRESS_INITIATIVES, Kind.MAIN_EFFORTS, Kind.NEEDED_DIRECTION,
    Kind.VISION, Kind.GOAL_SUMMARY,
)  # fmt: skip
# What the printed page calls the part in which the section stands.
PARTS = {
    Kind.SOCIAL_TRENDS: "①社会動向", Kind.PROGRESS_INDICATORS: "②進捗管理の状況", Kind.PROGRESS_INITIATIVES: "②進捗管理の状況",
    Kind.MAIN_EFFORTS: "③今後進むべき方向性", Kind.NEEDED_DIRECTION: "③今後進むべき方向性", Kind.VISION: "③今後進むべき方向性",
    Kind.GOAL_SUMMARY: "総括",
}  # fmt: skip
# Kinds whose heading a city writes for itself; the others stand under the printed page's own.
HEADED = {
    Kind.PROCESS, Kind.GOAL_PROGRESS, Kind.ACHIEVEMENT, Kind.OVERALL, Kind.MAIN_EFFORTS, Kind.NEEDED_DIRECTION, Kind.VISION,
}  # fmt: skip
EVENTS = "events"
Row = tuple[str, str]  # of the table 市の動向: when, what


class NotConfirmable(Exception):
    """Why a chapter cannot be 確認済 yet, or cannot be changed while it is, in words."""


# --- Which chapters there are ---------------------------------------------------------------------------


def goals_of(plan_year: PlanYear) -> list[Goal]:
    goals = Goal.objects.filter(plan=plan_year.plan_id).in_force(plan_year.fiscal_year)
    return list(goals.order_by("number"))


def find(user: User, plan_year: PlanYear, goal_number: int, kind: str) -> Chapter:
    """The chapter, or an unsaved one where nothing is written yet. Raises Chapter.DoesNotExist for no such place."""
    goal = next((goal for goal in goals_of(plan_year) if goal.number == goal_number), None)
    if kind not in (OF_GOAL if goal else Kind.values) or (
        goal is None and (goal_number or kind not in Chapter.OF_REPORT)
    ):
        raise Chapter.DoesNotExist
    place = {"plan": plan_year.plan, "fiscal_year": plan_year.fiscal_year, "goal": goal, "kind": kind}
    known = Chapter.objects.visible_to(user).filter(**place).select_related("author", "confirmed_by").first()
    chapter = known or Chapter(**place, version=0)
    chapter.plan, chapter.goal = plan_year.plan, goal
    return chapter


@dataclass(frozen=True)
class Line:
    """One chapter of the list."""

    goal: Goal | None
    kind: Kind
    chapter: Chapter | None
    length: int

    @property
    def number(self) -> int:
        return self.goal.number if self.goal else 0

    @property
    def state(self) -> str:
        """missing, draft or confirmed."""
        return self.chapter.state if self.chapter and self.length else "missing"

    @property
    def part(self) -> str:
        return PARTS.get(self.kind, "")


def lines(user: User, plan_year: PlanYear, goals: Sequence[Goal]) -> list[tuple[Goal | None, list[Line]]]:
    """Every chapter of the year by goal, those of the whole report first. Two queries."""
    of_year = {"plan": plan_year.plan_id, "fiscal_year": plan_year.fiscal_year}
    known = {
        (chapter.goal_id, chapter.kind): chapter
        for chapter in Chapter.objects.visible_to(user).filter(**of_year).select_related("author")
    }
    with_events = set(CityEvent.objects.filter(**of_year).values_list("goal_id", flat=True))

    def line(goal: Goal | None, kind: Kind) -> Line:
        chapter = known.get((goal and goal.pk, kind.value))
        length = len(chapter.text.replace("\n", "")) if chapter else 0
        if kind == Kind.SOCIAL_TRENDS and goal.pk in with_events:
            length = length or 1
        return Line(goal, kind, chapter, length)

    of_report = [(None, [line(None, kind) for kind in Chapter.OF_REPORT])]
    return of_report + [(goal, [line(goal, kind) for kind in OF_GOAL]) for goal in goals]


def has_events(chapter: Chapter) -> bool:
    return chapter.kind == Kind.SOCIAL_TRENDS


def events_of(chapter: Chapter) -> list[Row]:
    return list(CityEvent.objects.of(chapter).values_list("when", "what"))


def numbered_notes(plan_year: PlanYear) -> int:
    """Notes that are kept under numbers of their own, as an import brings them."""
    return Footnote.objects.filter(plan=plan_year.plan_id, fiscal_year=plan_year.fiscal_year).count()


# --- Reading one as it is being written ---------------------------------------------------------------


def with_draft(report: Report, chapter: Chapter, heading: str, text: str, events: Iterable[Row]) -> Report:
    """The typed report with one chapter as it stands in the editor."""
    section = Section(chapter.kind, heading, text)
    if chapter.goal is None:
        return replace(report, sections=report.sections | {chapter.kind: section})
    goals = []
    for goal in report.goals:
        if goal.number == chapter.goal.number:
            goal = replace(goal, sections=goal.sections | {chapter.kind: section})
            if has_events(chapter):
                goal = replace(goal, events=tuple(Event(when, what) for when, what in events))
        goals.append(goal)
    return replace(report, goals=tuple(goals))


@dataclass
class Draft:
    """A chapter's words as they stand in the editor, read within the whole report."""

    plan_year: PlanYear
    chapter: Chapter
    heading: str
    text: str
    events: Sequence[Row] = ()

    @cached_property
    def typed(self) -> Report:
        return with_draft(typed(self.plan_year), self.chapter, self.heading, self.text, self.events)

    @cached_property
    def prose(self) -> Prose:
        return Prose(self.typed, self._before)

    def _before(self) -> Report | None:
        return last_year(self.plan_year)

    @property
    def goal_number(self) -> int | None:
        return self.chapter.goal.number if self.chapter.goal else None

    @property
    def pieces(self) -> list[Piece]:
        return self.prose.pieces.get((self.goal_number, self.chapter.kind), [])

    @property
    def paragraphs(self) -> list[list[Piece]]:
        """The pieces by the line they stand in: only plain text holds line ends."""
        lines: list[list[Piece]] = [[]]
        for piece in self.pieces:
            first, *more = piece.printed.split("\n") if piece.kind == "text" else [piece.printed]
            lines[-1].append(replace(piece, printed=first))
            lines += [[replace(piece, printed=line)] for line in more]
        return lines if self.pieces else []

    @property
    def event_pieces(self) -> list[Piece]:
        return self.prose.pieces.get((self.goal_number, EVENTS), []) if has_events(self.chapter) else []

    @property
    def problems(self) -> list[Problem]:
        """Of this chapter and its table alone."""
        kinds = (self.chapter.kind, EVENTS) if has_events(self.chapter) else (self.chapter.kind,)
        return [
            one for one in self.prose.problems if (one.goal, one.kind) in {(self.goal_number, kind) for kind in kinds}
        ]

    @cached_property
    def offers(self) -> list[linking.Offer]:
        events = self.events if has_events(self.chapter) else ()
        return linking.offers_in(self.text, events, self.prose.catalogue, self.goal_number)

    @cached_property
    def word_uses(self) -> list[chapter_words.Use]:
        """Words that the city's dictionary would have otherwise."""
        terms = dictionary.terms_of(self.plan_year.plan.city_name)
        return chapter_words.uses(self.chapter, self.text, self.events if has_events(self.chapter) else (), terms)

    @property
    def printed(self) -> str:
        """The text with its figures put in."""
        return "".join(piece.printed for piece in self.pieces)

    @cached_property
    def hard_to_read(self) -> list[easy.Finding]:
        """What might be said more easily; asked of やさしい日本語 alone."""
        if self.chapter.kind != Kind.EASY:
            return []
        return easy.findings(self.printed, dictionary.terms_of(self.plan_year.plan.city_name))

    @property
    def menu(self) -> list[tuple[str, list[Figure]]]:
        """What may be put in, in groups: the chapter's own goal and its indicators first."""
        report, menu = self.typed, self.prose.catalogue.menu
        own = [goal for goal in report.goals if goal.number == self.goal_number] or report.goals
        codes = {code for goal in own for code in goal.indicator_codes}
        groups = [(goal_group(report, goal.number), list(menu([goal_group(report, goal.number)]))) for goal in own]
        groups.append(("成果指標", list(menu(one.code for one in report.indicators if one.code in codes))))
        whole = ("全体", list(menu(["全体"])))
        return [group for group in ([*groups, whole] if self.goal_number else [whole, *groups]) if group[1]]

    def marked(self) -> Report:
        """The printed report for the preview: live figures between two marks, HERE in the first line of the chapter."""
        first, line_end, rest = self.text.partition("\n")
        at = replace(self, text=f"{first}{HERE}{line_end}{rest}" if first else "")
        return Prose(at.typed, self._before, marks=MARKS).report


# Characters for private use: `without_marks` takes them away from what is typed.
*MARKS, HERE = "\ue0f0", "\ue0f1", "\ue0f2"


def without_marks(text: str) -> str:
    return re.sub(f"[{MARKS[0]}-{HERE}]", "", text)


# --- Last year and history ------------------------------------------------------------------------------


@dataclass(frozen=True)
class LastYear:
    label: str
    text: str
    events: list[Row]


def last_of(chapter: Chapter) -> LastYear:
    """The same chapter a year ago, as it was typed."""
    year = chapter.fiscal_year - 1
    place = {"plan": chapter.plan_id, "fiscal_year": year, "goal": chapter.goal_id, "kind": chapter.kind}
    known = Chapter.objects.filter(**place).first()
    before = Chapter(plan=chapter.plan, fiscal_year=year, goal=chapter.goal, kind=chapter.kind)
    return LastYear(fy.label(year), known.text if known else "", events_of(before))


LABELS = {"heading": "見出し", "text": "本文", EVENTS: "市の動向", "state": "状態"}


def changes_of(chapter: Chapter):
    """What was changed in the chapter, newest first."""
    return history.of_rows([chapter])


def unsettled(chapter: Chapter) -> list[FieldChange]:
    """What is being written, as the changes (unsaved) that it would leave now."""
    return history.unsettled([chapter]) if chapter.pk else []


def told(change: FieldChange) -> dict:
    """A change as the history page shows it: words that were taken out and put in."""
    return {
        "change": change,
        "label": LABELS.get(change.field, change.field),
        "pieces": text_diff.diff(change.old, change.new),
    }


# --- Saving -----------------------------------------------------------------------------------------------


@transaction.atomic
def save(
    chapter: Chapter,
    values: dict[str, str],
    events: Sequence[Row] | None,
    *,
    by: User,
    reason: str = "",
    draft: bool = False,
) -> bool:
    """Write heading, text and, where the chapter has them, its events. Returns whether anything was new to the history.

    draft: saved while somebody types, no step of the history yet. The chapter's version guards all of it: raises
    Conflict when somebody else was first, or confirmed it.
    """
    if not draft or (chapter.pk and history.begun_by_others([chapter], by)):
        hold()
    changed = _write(chapter, values, events, by, reason, draft)
    if draft or chapter.pk is None:
        return changed
    begun = history.pending([chapter]).exists()
    history.settle([chapter])
    return changed or begun


def _write(chapter: Chapter, values: dict[str, str], events, by: User, reason: str, draft: bool) -> bool:
    moved = {EVENTS: as_lines(events)} if events is not None and list(events) != events_of(chapter) else {}
    if chapter.pk is None:
        if not (any(values.values()) or moved):
            return False
        _create(chapter, by)
    changed = history.differences(chapter, values)
    if not changed and not moved:
        return False
    before = {field: history.as_text(getattr(chapter, field)) for field in (*changed, *moved)}
    if not draft:
        history.settle([chapter], fields=before)
    history.write(chapter, changed | {"author": by}, state=Chapter.State.DRAFT)
    if moved:
        _write_events(chapter, events)
    if draft:
        history.begin(chapter, before, by=by)
    else:
        now = changed | moved
        history.remember(_change(chapter, field, old, now[field], by, reason) for field, old in before.items())
    return True


def differs(chapter: Chapter, values: dict[str, str], events: Sequence[Row] | None) -> bool:
    """Whether what is saved is other than this."""
    return bool(history.differences(chapter, values)) or (events is not None and list(events) != events_of(chapter))


def _create(chapter: Chapter, by: User) -> None:
    """The row itself; its words are then saved as a change, so that history begins with them."""
    chapter.author, chapter.version = by, 1
    try:
        with transaction.atomic():
            chapter.save(force_insert=True)
    except IntegrityError:
        raise Conflict(str(chapter)) from None


def _write_events(chapter: Chapter, events: Sequence[Row]) -> None:
    of_goal = {"plan": chapter.plan, "fiscal_year": chapter.fiscal_year, "goal": chapter.goal}
    CityEvent.objects.filter(**of_goal).delete()
    CityEvent.objects.bulk_create(
        CityEvent(**of_goal, position=position, when=when, what=what) for position, (when, what) in enumerate(events, 1)
    )


def _change(chapter: Chapter, field: str, old: str, new: str, by: User, reason: str = "") -> FieldChange:
    label = chapter._meta.label_lower
    return FieldChange(model=label, object_id=chapter.pk, field=field, old=old, new=new, by=by, reason=reason)


def mend(chapter: Chapter, plan_year: PlanYear, key: str, *, by: User) -> str:
    """Put right a word in what is saved (chapter_words). Says what was done; "" when it does not stand there any more.

    As 軽微な修正 in the history. Raises Conflict as `save` does, also for what is 確認済.
    """
    draft = Draft(plan_year, chapter, chapter.heading, chapter.text, events_of(chapter))
    use = next((use for use in draft.word_uses if use.key == key and use.may_mend), None)
    if use is None:
        return ""
    text, events = chapter_words.mended(use, draft.text, draft.events)
    save(chapter, {"text": text}, events if has_events(chapter) else None, by=by, reason=CORRECTION)
    return use.done


# --- Confirming -------------------------------------------------------------------------------------------


@recording()
def confirm(chapter: Chapter, plan_year: PlanYear, *, by: User) -> None:
    """下書き → 確認済. Raises NotConfirmable, or Conflict when it moved meanwhile."""
    events = events_of(chapter)
    if not chapter.text.strip() and not events:
        raise NotConfirmable("まだ何も書かれていません。")
    if any(not when or not what for when, what in events):
        raise NotConfirmable("市の動向に、時期かできごとのない行があります。")
    broken = [one for one in Draft(plan_year, chapter, chapter.heading, chapter.text, events).problems if one.is_broken]
    if broken:
        raise NotConfirmable(broken[0].words)
    _move(chapter, Chapter.State.CONFIRMED, by, confirmed_by=by, confirmed_at=timezone.now())


@recording()
def reopen(chapter: Chapter, *, by: User) -> None:
    """確認済 → 下書き."""
    _move(chapter, Chapter.State.DRAFT, by, confirmed_by=None, confirmed_at=None)


def _move(chapter: Chapter, state: str, by: User, **values) -> None:
    before = Chapter.State(chapter.state)
    if before == state:
        raise Conflict(str(chapter))
    history.write(chapter, {"state": state, **values}, state=before)
    history.remember([_change(chapter, "state", before.label, Chapter.State(state).label, by)])


# --- Notes under numbers of their own, into the text ------------------------------------------------------

_NUMBERED = re.compile(r"[（(]注([0-9０-９]{1,3})[）)]")
_BRACKETS = re.compile(r"[［］\[\]\n]")


@dataclass(frozen=True)
class Moved:
    """What moving the numbered notes would do: new words by chapter or event, and notes that go."""

    texts: list[tuple[Chapter | CityEvent, str]]
    notes: list[Footnote]


def into_text(plan_year: PlanYear) -> Moved:
    """Every （注1） of the goals' texts as ［注：本文］, the second time by name. What nothing points to stays."""
    of_year = {"plan": plan_year.plan_id, "fiscal_year": plan_year.fiscal_year}
    notes = {note.number: note for note in Footnote.objects.filter(**of_year) if not _BRACKETS.search(note.text)}
    chapters = {(one.goal_id, one.kind): one for one in Chapter.objects.filter(**of_year, goal__isnull=False)}
    events = grouped(CityEvent.objects.filter(**of_year).order_by("position"), "goal_id")
    texts = []  # in the printed order
    for goal in goals_of(plan_year):
        for kind in GOAL_ORDER:
            if kind == EVENTS:
                texts += [(event, event.what) for event in events[goal.pk]]
            elif (goal.pk, kind) in chapters:
                texts.append((chapters[goal.pk, kind], chapters[goal.pk, kind].text))
    times = Counter(int(number) for _, text in texts for number in _NUMBERED.findall(text))
    seen: set[int] = set()

    def written(match: re.Match) -> str:
        number = int(match[1])
        if number not in notes:
            return match[0]
        name = f" {_name(notes[number])}" if times[number] > 1 else ""
        again = number in seen
        seen.add(number)
        return f"［注{name}］" if again else f"［注{name}：{notes[number].text}］"

    changed = [(row, new) for row, text in texts if (new := _NUMBERED.sub(written, text)) != text]
    return Moved(changed, [notes[number] for number in sorted(seen)])


def _name(note: Footnote) -> str:
    return f"その{note.number}"


@recording()
def move_notes(plan_year: PlanYear, *, by: User) -> int:
    """Do it. Returns how many notes moved; raises NotConfirmable while a chapter that would change is 確認済."""
    moved = into_text(plan_year)
    confirmed = [row for row, _ in moved.texts if isinstance(row, Chapter) and row.state == Chapter.State.CONFIRMED]
    if confirmed:
        raise NotConfirmable(f"「{confirmed[0].get_kind_display()}」などが「確認済」です。先に下書きに戻してください。")
    for row, text in moved.texts:
        field = "text" if isinstance(row, Chapter) else "what"
        history.save_changes(row, {field: text}, by=by)
    Footnote.objects.filter(pk__in=[note.pk for note in moved.notes]).delete()
    return len(moved.notes)


@recording()
def mend_note(note: Footnote, word: str, *, by: User, plan_year: PlanYear) -> str:
    """Put a word right (`word`: Term.name) in a note that is kept under a number of its own, as 軽微な修正.

    Says what was done; "" when it does not stand there. Raises Conflict when the note changed meanwhile.
    """
    term = dictionary.terms_of(plan_year.plan.city_name).named(word)
    text = term.mended(note.text) if term else note.text
    if not history.save_changes(note, {"text": text}, by=by, reason=CORRECTION, text=note.text):
        return ""
    return f"注{note.number}の「{term.word}」を直しました。"


def why_notes_closed(user: User, plan_year: PlanYear) -> str:
    """Why notes under numbers of their own cannot be changed; "" when they can."""
    if permissions.can_confirm_chapter(user, plan_year):
        return ""
    return f"{plan_year.label}は「{plan_year.get_status_display()}」なので、注は変えられません。"


def why_closed(user: User, chapter: Chapter, plan_year: PlanYear) -> str:
    """Why the chapter cannot be written, and what to do; "" when it can."""
    if permissions.can_write_chapter(user, chapter, plan_year):
        return ""
    if plan_year.is_locked:
        return f"{plan_year.label}は「{plan_year.get_status_display()}」なので、章は書けません。"
    return "この章は「確認済」です。直すときは、「下書きに戻す」を押してください。"
