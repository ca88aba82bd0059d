"""A part as 課長 and 福祉総務課 read it: each field, how it differs, what was asked of it, and what happened so far."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Prefetch

from accounts.models import User
from initiatives import completeness, history, text_diff
from initiatives import fiscal_year as fy
from initiatives.composition import compose
from initiatives.models import EntryPart, FieldChange, FieldComment, PlanYear, Transition, YearlyEntry
from initiatives.part_forms import ENTRY_FIELDS

Status = EntryPart.Status
CORRECTION = "軽微な修正"
HAPPENED = {
    "request_confirmation": "課長に送りました",
    "submit": "福祉総務課に送りました",
    "withdraw": "取り下げました",
    "return": "差し戻しました",
    "approve": "承認しました",
    "reopen": "承認を取り消しました",
}
FIELDS = FieldComment.Field.values
Values = Mapping[str, str]


@dataclass(frozen=True)
class Section:
    """One field of the part: as it is now, how it differs from what it is compared with, and what was asked of it."""

    name: str
    label: str
    text: str
    pieces: list[text_diff.Piece] | None  # None: nothing to compare with
    base: str
    same_as_last: bool
    asked: FieldComment | None
    answered: bool  # whether the field changed since it was asked for

    @property
    def changed(self) -> bool:
        return bool(self.pieces) and any(piece.kind != "same" for piece in self.pieces)

    @property
    def unchanged(self) -> bool:
        return self.pieces is not None and not self.changed

    @property
    def is_rating(self) -> bool:
        return self.name == FieldComment.Field.SELF_RATING

    @property
    def length(self) -> int:
        return len(self.text.replace("\r", "").replace("\n", ""))


@dataclass
class Reading:
    """One part to be read. `last`: the entry of the year before; `before`: the step before which it was read."""

    part: EntryPart
    steps: list[Transition]  # newest first
    changes: list[FieldChange]  # newest first
    last: YearlyEntry | None
    last_texts: Values | None
    before: Transition | None
    asked: Transition | None
    compare: str = "now"
    sections: list[Section] = field(default_factory=list)

    @property
    def key(self) -> str:
        """What the part's ids on a page with many begin with."""
        return str(self.part.pk)

    @property
    def base(self) -> Values | None:
        """What the present words are compared with."""
        if self.compare == "before" and self.before:
            return text_at(self.part, self.before.at, self.changes)
        return self.last_texts if self.compare == "last" else None

    @property
    def submissions(self) -> int:
        return sum(1 for step in self.steps if step.action == "submit")

    @property
    def events(self) -> list["Event"]:
        return events_of(self.steps, self.changes)


@dataclass(frozen=True)
class Event:
    at: datetime
    by: User | None
    words: str
    reason: str = ""
    comments: Sequence[FieldComment] = ()
    change: FieldChange | None = None
    on_behalf_of: User | None = None


# --- What stood there, and what was asked ------------------------------------------------------------


def values_of(part: EntryPart) -> dict[str, str]:
    return {name: getattr(part.entry if name in ENTRY_FIELDS else part, name) for name in FIELDS}


def text_at(part: EntryPart, moment: datetime, changes: Iterable[FieldChange]) -> dict[str, str]:
    """What stood in the part at a moment: today's words with every later change undone. `changes`: newest first."""
    values = values_of(part)
    for change in changes:
        if change.at > moment and change.field in values:
            values[change.field] = change.old
    return values


def read_before(steps: Sequence[Transition], status: str = Status.SUBMITTED) -> Transition | None:
    """The last step before the present one into `status` at which the reader had the text. `steps`: newest first."""
    held = [step for step in steps if status in (step.from_status, step.to_status)]
    present = next((index for index, step in enumerate(held) if step.to_status == status), None)
    return None if present is None else next(iter(held[present + 1 :]), None)


def asked_by(steps: Sequence[Transition], status: str) -> Transition | None:
    """The return whose comments a reader wants to see answered: 福祉総務課 its own, 課長 the latest of all."""
    returns = [step for step in steps if step.to_status == Status.RETURNED]
    if status != Status.AWAITING_MANAGER:
        returns = [step for step in returns if step.from_status != Status.AWAITING_MANAGER]
    return next(iter(returns), None)


def open_return(part: EntryPart) -> Transition | None:
    """The step that sent the part back, with its comments, until the part is sent again."""
    if part.status != Status.RETURNED:
        return None
    return steps_of([part]).filter(to_status=Status.RETURNED).first()


def comments_of(step: Transition | None) -> dict[str, FieldComment]:
    return {comment.field: comment for comment in step.comments.all()} if step else {}


def steps_of(parts: Iterable[EntryPart]):
    """Steps of the parts, newest first, with the people and the comments: two queries."""
    return Transition.objects.filter(part__in=parts).select_related("by", "on_behalf_of").prefetch_related("comments")


def events_of(steps: Iterable[Transition], changes: Iterable[FieldChange] = ()) -> list[Event]:
    """Steps and flagged corrections, newest first."""
    words = {field.name: field.verbose_name for model in (YearlyEntry, EntryPart) for field in model._meta.fields}
    events = [
        Event(
            step.at,
            step.by,
            HAPPENED.get(step.action, step.action),
            step.reason,
            list(step.comments.all()),
            on_behalf_of=step.on_behalf_of,
        )
        for step in steps
    ]
    events += [
        Event(change.at, change.by, f"{CORRECTION}：{words[change.field]}", change=change)
        for change in changes
        if change.reason == CORRECTION
    ]
    return sorted(events, key=lambda event: event.at, reverse=True)


# --- Reading ----------------------------------------------------------------------------------------


def readings(
    parts: Sequence[EntryPart], plan_year: PlanYear, *, held: str = Status.SUBMITTED, compare: str = "before"
) -> list[Reading]:
    """The parts to be read. `held`: the state in which the reader has them. A fixed number of queries."""
    steps, changes = defaultdict(list), defaultdict(list)
    for step in steps_of(parts):
        steps[step.part_id].append(step)
    rows = [*parts, *(part.entry for part in parts)]
    for change in (*history.unsettled(rows), *history.of_rows(rows)):
        changes[change.model, change.object_id].append(change)
    last = _last_entries(parts, plan_year)
    return [
        _reading(
            part, plan_year, steps[part.pk], _changes_of(part, changes), last.get(part.entry.initiative_id), held, compare
        )
        for part in parts
    ]  # fmt: skip


def _changes_of(part: EntryPart, changes: Mapping[tuple[str, int], list[FieldChange]]) -> list[FieldChange]:
    of_entry = [
        change for change in changes[part.entry._meta.label_lower, part.entry_id] if change.field in ENTRY_FIELDS
    ]
    both = changes[part._meta.label_lower, part.pk] + of_entry
    return sorted(both, key=lambda change: (change.at, change.pk), reverse=True)


def _last_entries(parts: Iterable[EntryPart], plan_year: PlanYear) -> dict[int, YearlyEntry]:
    entries = YearlyEntry.objects.filter(
        initiative__in={part.entry.initiative_id for part in parts}, fiscal_year=plan_year.fiscal_year - 1
    ).prefetch_related(Prefetch("parts", EntryPart.objects.select_related("department")))
    return {entry.initiative_id: entry for entry in entries}


def _reading(part, plan_year, steps, changes, last, held, compare) -> Reading:
    texts = _last_texts(part, last) if last else None
    reading = Reading(part, steps, changes, last, texts, read_before(steps, held), asked_by(steps, held))
    offered = {"now", *(["before"] if reading.before else []), *(["last"] if texts else [])}
    reading.compare = compare if compare in offered else "before" if reading.before else "now"
    reading.sections = _sections(reading, plan_year)
    return reading


def _last_texts(part: EntryPart, last: YearlyEntry) -> Values:
    """Last year's words: of the same department, else of all as printed."""
    once = {name: getattr(last, name) for name in ENTRY_FIELDS}
    parts = list(last.parts.all())
    own = next((other for other in parts if other.department_id == part.department_id), None)
    if own and (own.result or own.issues):
        return {name: getattr(own, name) for name in FIELDS if name not in ENTRY_FIELDS} | once
    texts = {
        name: compose(
            getattr(last, f"shared_{name}"),
            [(other.department.name, getattr(other, text)) for other in parts],
            joint=len(parts) > 1,
        )
        for name, text in (("result", "printed_result"), ("issues", "issues"))
    }
    return texts | once | {"not_applicable_reason": "", "self_rating": last.rating}


def commentable(part: EntryPart) -> list[str]:
    """Fields that the department itself writes: what the entry has only once is the lead's."""
    return [name for name in FIELDS if name not in ENTRY_FIELDS or completeness.is_lead(part)]


SHOWN_WHEN_FILLED = ("low_rating_reason", "not_applicable_reason")


def _sections(reading: Reading, plan_year: PlanYear) -> list[Section]:
    part, base, last = reading.part, reading.base, reading.last_texts
    following = fy.label(plan_year.fiscal_year + 1)
    labels = dict(FieldComment.Field.choices) | {
        "result": f"{plan_year.label}の実績",
        "issues": f"課題と、{following}に予定している{plan_year.plan.initiative_term}",
        "next_target": f"{following}の目標",
    }
    now, comments = values_of(part), comments_of(reading.asked)
    then = text_at(part, reading.asked.at, reading.changes) if reading.asked else now
    sections = []
    for name in commentable(part):
        filled = now[name] or (base or {}).get(name) or name in comments
        if name in SHOWN_WHEN_FILLED and not filled:
            continue
        sections.append(
            Section(
                name,
                labels[name],
                now[name],
                None if base is None else text_diff.diff(base[name], now[name]),
                (base or {}).get(name, ""),
                name in ("result", "issues") and bool(now[name]) and last is not None and last[name] == now[name],
                comments.get(name),
                now[name] != then[name],
            )
        )
    return sections
