"""Confirming (課長) and reviewing (福祉総務課): what waits, the steps, and the pages' data."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from accounts.models import Department, User
from initiatives import agreed_rating, completeness, history, permissions, text_diff, workflow
from initiatives import fiscal_year as fy
from initiatives.composition import compose
from initiatives.models import EntryPart, FieldChange, PlanYear, Transition, YearlyEntry
from initiatives.workflow import Refusal

Status = EntryPart.Status
CORRECTION = "軽微な修正"
STALE = "画面を開いたあとに、文が変わっていました。読んだ文と違う文を送ったり承認したりしないように、止めました。"
DONE = {
    "request_confirmation": "{code}を課長に送りました。",
    "submit": "{code}を福祉総務課に送りました。",
    "withdraw": "{code}を取り下げました。もう一度書けます。",
    "return": "{code}を差し戻しました。理由は{department}に届いています。",
    "approve": "{code}（{department}）を承認しました。",
    "reopen": "{code}の承認を取り消しました。{department}がもう一度書けます。",
}
HAPPENED = {
    "request_confirmation": "課長に送りました",
    "submit": "福祉総務課に送りました",
    "withdraw": "取り下げました",
    "return": "差し戻しました",
    "approve": "承認しました",
    "reopen": "承認を取り消しました",
}


# --- What waits -------------------------------------------------------------------------------------


def parts_of(plan_year: PlanYear, user: User) -> QuerySet[EntryPart]:
    """The year's parts that a person may read, with what a step and its words need."""
    return (
        EntryPart.objects.visible_to(user)
        .filter(entry__initiative__plan_id=plan_year.plan_id, entry__fiscal_year=plan_year.fiscal_year)
        .select_related("department", "entry__initiative__plan", "submitted_by")
    )


def to_review(plan_year: PlanYear, user: User) -> QuerySet[EntryPart]:
    """提出済, the oldest first."""
    return parts_of(plan_year, user).filter(status=Status.SUBMITTED).order_by("submitted_at", "pk")


def to_confirm(plan_year: PlanYear, user: User) -> QuerySet[EntryPart]:
    """What waits for the 課長, in the order of the plan."""
    return (
        parts_of(plan_year, user)
        .filter(
            status=Status.AWAITING_MANAGER, department__in=user.managed_ids(), department__manager_step=True
        )
        .order_by("entry__initiative__position", "position")
    )  # fmt: skip


def confirmation_count(user: User, plan_year: PlanYear) -> int | None:
    """How many parts wait for this 課長 or the 代理 of one; None for who confirms nothing. One query for a 課長."""
    if not user.managed_ids():
        return None
    waiting = Q(
        parts__status=Status.AWAITING_MANAGER,
        parts__entry__fiscal_year=plan_year.fiscal_year,
        parts__entry__initiative__plan_id=plan_year.plan_id,
    )
    departments = Department.objects.filter(pk__in=user.managed_ids(), manager_step=True)
    found = departments.aggregate(departments=Count("pk", distinct=True), parts=Count("parts", filter=waiting))
    return found["parts"] if found["departments"] else None


def review_count(plan_year: PlanYear) -> int:
    return EntryPart.objects.filter(
        entry__initiative__plan_id=plan_year.plan_id,
        entry__fiscal_year=plan_year.fiscal_year,
        status=Status.SUBMITTED,
    ).count()


def with_last_year(parts: Iterable[EntryPart], plan_year: PlanYear) -> list[EntryPart]:
    """Each part with `last`, the entry of the year before (or None). One query."""
    parts = list(parts)
    entries = YearlyEntry.objects.filter(
        initiative__in=[part.entry.initiative_id for part in parts], fiscal_year=plan_year.fiscal_year - 1
    )
    found = {entry.initiative_id: entry for entry in entries}
    for part in parts:
        part.last = found.get(part.entry.initiative_id)
    return parts


# --- Steps ------------------------------------------------------------------------------------------


@transaction.atomic
def take_steps(
    parts: list[EntryPart], action: str, *, by: User, plan_year: PlanYear, reason: str = ""
) -> tuple[list[EntryPart], list[Refusal]]:
    """The same step for many parts (or one), and what an approval brings about for their entries.

    The entries are locked first: of two colleagues who approve the last two parts of one entry at the same moment,
    the later one sees what the earlier one did.
    """
    wanted = {part.entry_id for part in parts}
    entries = {
        entry.pk: entry for entry in YearlyEntry.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    }
    ready, refused = _complete(parts, action, by, plan_year)
    done, others = workflow.perform_many(ready, action, by=by, plan_year=plan_year, reason=reason)
    refused += others
    if action == "approve":
        for entry_id in dict.fromkeys(part.entry_id for part in done):
            agreed_rating.agree(entries[entry_id], by=by)
    return done, refused


def _complete(
    parts: list[EntryPart], action: str, by: User, plan_year: PlanYear
) -> tuple[list[EntryPart], list[Refusal]]:
    """Parts that may be sent as they are; what a writer leaves blank is asked for first, as on the writing page."""
    if action not in ("request_confirmation", "submit"):
        return parts, []
    ready, refused = [], []
    for part in parts:
        offered = part.status in EntryPart.WRITABLE and action in workflow.available_actions(part, by, plan_year)
        lacks = completeness.missing(part) if offered else []
        if lacks:
            refused.append(Refusal(part, lacks[0][1]))
        else:
            ready.append(part)
    return ready, refused


def words_of(part: EntryPart, action: str) -> str:
    return DONE[action].format(code=part.entry.initiative.code, department=part.department)


def picked(values: Iterable[str], parts: QuerySet[EntryPart]) -> tuple[list[EntryPart], list[Refusal]]:
    """The ticked parts, "number:version" each; those that have changed since the page was opened are refused."""
    versions = dict(map(int, value.split(":")) for value in values if re.fullmatch(r"\d{1,18}:\d{1,9}", value))
    found = list(parts.filter(pk__in=versions))
    same = [part for part in found if part.version == versions[part.pk]]
    return same, [Refusal(part, STALE) for part in found if part.version != versions[part.pk]]


def correct(part: EntryPart, values: dict[str, str], *, by: User) -> bool:
    """軽微な修正: flagged in the history; from now on the department gets the part back by 差戻し alone."""
    with transaction.atomic():
        changed = history.save_changes(part, values, by=by, reason=CORRECTION)
        if changed:
            workflow.pick_up(part, by)
    return bool(changed)


def may_correct(user: User, part: EntryPart, plan_year: PlanYear) -> bool:
    """軽微な修正: 福祉総務課 may mend the wording of what it has before it."""
    return part.status == Status.SUBMITTED and permissions.can_return(user, part, plan_year)


# --- One part, to be read ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Section:
    """One text of the part: as it is now, and how it differs from the text it is compared with."""

    name: str
    label: str
    text: str
    pieces: list[text_diff.Piece] | None  # None: nothing to compare with
    note: str
    same_as_last: bool

    @property
    def changed(self) -> bool:
        return bool(self.pieces) and any(piece.kind != "same" for piece in self.pieces)

    @property
    def length(self) -> int:
        return len(self.text.replace("\r", "").replace("\n", ""))


@dataclass(frozen=True)
class Event:
    at: datetime
    by: User | None
    words: str
    reason: str = ""
    change: FieldChange | None = None
    on_behalf_of: User | None = None


TEXTS = ("result", "issues", "not_applicable_reason")
FIELDS = (*TEXTS, "self_rating")


def text_at(part: EntryPart, moment: datetime, changes: Iterable[FieldChange]) -> dict[str, str]:
    """What stood in the part at a moment: today's words with every later change undone. `changes`: newest first."""
    values = {field: getattr(part, field) for field in FIELDS}
    for change in changes:
        if change.at > moment and change.field in values:
            values[change.field] = change.old
    return values


def read_before(steps: list[Transition]) -> Transition | None:
    """The last step before the present submission at which 福祉総務課 had the text before it. `steps`: newest first."""
    held = [step for step in steps if Status.SUBMITTED in (step.from_status, step.to_status)]
    present = next((index for index, step in enumerate(held) if step.to_status == Status.SUBMITTED), None)
    return None if present is None else next(iter(held[present + 1 :]), None)


def page_of(part: EntryPart, plan_year: PlanYear, user: User, compare: str) -> dict:
    """The context of review_part.html. The number of queries does not grow with parts or years."""
    steps = list(part.transitions.select_related("by", "on_behalf_of"))
    changes = [*history.unsettled(part), *history.of_rows([part])]
    siblings = list(part.entry.parts.select_related("department"))
    last, last_texts = _last_year(part, plan_year)
    before = read_before(steps)
    versions = {"before": text_at(part, before.at, changes) if before else None, "last": last_texts, "now": None}
    if versions.get(compare) is None and compare != "now":
        compare = "before" if before else "now"
    rated = [sibling for sibling in siblings if sibling.self_rating]
    return {
        "part": part,
        "entry": part.entry,
        "initiative": part.entry.initiative,
        "sections": _sections(part, plan_year, versions[compare], last_texts),
        "base": versions[compare],
        "compare": compare,
        "before": before,
        "submission": next((step for step in steps if step.to_status == Status.SUBMITTED), None),
        "submissions": sum(1 for step in steps if step.action == "submit"),
        "last": last,
        "last_texts": last_texts,
        "last_label": fy.label(plan_year.fiscal_year - 1),
        "siblings": [sibling for sibling in siblings if sibling.pk != part.pk],
        "rated": rated,
        "disagree": len({sibling.self_rating for sibling in rated}) > 1,
        "lead": agreed_rating.lead_part(part.entry, siblings),
        "files": part.attachments.standing(),
        "events": _events(steps, changes),
        "may_correct": may_correct(user, part, plan_year),
        "may_rate": permissions.can_reopen(user, part, plan_year),
        "actions": workflow.available_actions(part, user, plan_year),
        "why_not": _why_not(part, plan_year, user),
    } | _place(part, plan_year, user)


def _why_not(part: EntryPart, plan_year: PlanYear, user: User) -> str:
    """Why it cannot be approved, in words; "" when it can."""
    if part.status != Status.SUBMITTED:
        return f"いまの状態は「{part.get_status_display()}」です。確認を待っているものではありません。"
    if permissions.can_approve(user, part, plan_year):
        return ""
    return workflow.why_not(part, "approve", user, plan_year)


def _place(part: EntryPart, plan_year: PlanYear, user: User) -> dict:
    """Where the part stands among those that wait, and which are before and after it."""
    order = list(to_review(plan_year, user).values_list("pk", flat=True))
    if part.pk not in order:
        return {"place": None, "count": len(order), "previous": None, "following": None, "onward": None}
    index = order.index(part.pk)
    following = order[index + 1] if index + 1 < len(order) else None
    return {
        "place": index + 1,
        "count": len(order),
        "previous": order[index - 1] if index else None,
        "following": following,
        # After the last one those that were passed over are still there.
        "onward": following or (order[0] if len(order) > 1 else None),
    }


def _last_year(part: EntryPart, plan_year: PlanYear) -> tuple[YearlyEntry | None, dict[str, str] | None]:
    """Last year's entry, and its texts: of the same department, else of all as printed."""
    last = (
        YearlyEntry.objects.filter(initiative=part.entry.initiative_id, fiscal_year=plan_year.fiscal_year - 1)
        .prefetch_related("parts__department")
        .first()
    )
    if last is None:
        return None, None
    parts = list(last.parts.all())
    own = next((other for other in parts if other.department_id == part.department_id), None)
    if own and (own.result or own.issues):
        return last, {field: getattr(own, field) for field in FIELDS}
    texts = {
        field: compose(
            getattr(last, f"shared_{field}"),
            [(other.department.name, getattr(other, text)) for other in parts],
            joint=len(parts) > 1,
        )
        for field, text in (("result", "printed_result"), ("issues", "issues"))
    }
    return last, texts | {"not_applicable_reason": "", "self_rating": last.rating}


def _sections(part: EntryPart, plan_year: PlanYear, base: dict | None, last: dict | None) -> list[Section]:
    labels = {
        "result": f"{plan_year.label}の実績",
        "issues": f"課題と、{fy.label(plan_year.fiscal_year + 1)}に予定している取組",
        "not_applicable_reason": "今年度は該当がない理由",
    }
    sections = []
    for field in TEXTS:
        text = getattr(part, field)
        if field == "not_applicable_reason" and not text and not (base or {}).get(field):
            continue
        pieces = None if base is None else text_diff.diff(base[field], text)
        unchanged = pieces is not None and all(piece.kind == "same" for piece in pieces)
        same = bool(text) and last is not None and last[field] == text
        sections.append(Section(field, labels[field], text, pieces, "変わっていません" if unchanged else "", same))
    return sections


def _events(steps: list[Transition], changes: list[FieldChange]) -> list[Event]:
    """Steps and flagged corrections, newest first."""
    words = {field.name: field.verbose_name for field in EntryPart._meta.fields}
    events = [
        Event(step.at, step.by, HAPPENED.get(step.action, step.action), step.reason, on_behalf_of=step.on_behalf_of)
        for step in steps
    ]
    events += [
        Event(change.at, change.by, f"{CORRECTION}：{words[change.field]}", change=change)
        for change in changes
        if change.reason == CORRECTION
    ]
    return sorted(events, key=lambda event: event.at, reverse=True)
