"""Saving a department's part, and what stands around its form. The page is initiatives/part_views.py."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from accounts.models import User
from initiatives import completeness, handover, history, part_checks, permissions, reading, thread, workflow
from initiatives import fiscal_year as fy
from initiatives.composition import compose
from initiatives.grouping import grouped
from initiatives.history import Conflict
from initiatives.models import EntryPart, FieldChange, InitiativeDepartment, PlanYear, YearlyEntry
from initiatives.part_forms import ENTRY_FIELDS, PartForm
from initiatives.text_diff import Piece, diff

Status = EntryPart.Status


def parts_for(user: User, plan_year: PlanYear):
    """Parts of the year that the person may read, with what writing needs: one query."""
    lead = InitiativeDepartment.objects.filter(
        initiative=OuterRef("entry__initiative"), role=InitiativeDepartment.Role.LEAD
    )
    return (
        EntryPart.objects.visible_to(user)
        .filter(entry__initiative__plan=plan_year.plan_id, entry__fiscal_year=plan_year.fiscal_year)
        .select_related("department", "entry__initiative__plan", "entry__initiative__direction__policy__goal")
        .annotate(lead_department=Subquery(lead.values("department_id")[:1]))
    )


# --- Saving -----------------------------------------------------------------------------------------


@dataclass
class Clash:
    """A field that the person and a colleague both changed: nothing of it was written."""

    name: str
    label: str
    saved: str
    mine: str

    @property
    def pieces(self) -> list[Piece]:
        return diff(self.saved, self.mine)


class Clashes(Exception):
    def __init__(self, clashes: list[Clash]):
        super().__init__("、".join(clash.label for clash in clashes))
        self.clashes = clashes


def save(part: EntryPart, form: PartForm, *, by: User) -> bool:
    """Write what the person changed. True when a colleague's newer words in other fields were left standing.

    Raises Clashes for fields that both changed since the page was opened, and Conflict when the row moved on
    between reading and writing.
    """
    wanted = {name: text for name, text in form.touched().items() if text != saved(part, name)}
    stale = {
        part: form.cleaned_data["version"] != part.version,
        part.entry: form.cleaned_data["entry_version"] != part.entry.version,
    }
    clashes = [
        Clash(name, form.fields[name].label, saved(part, name), text)
        for name, text in wanted.items()
        if stale[_row(part, name)] and form.seen(name) != saved(part, name)
    ]
    if clashes:
        raise Clashes(clashes)
    if wanted:
        write(part, wanted, by=by)
    return any(stale.values())


def _row(part: EntryPart, name: str) -> EntryPart | YearlyEntry:
    return part.entry if name in ENTRY_FIELDS else part


def saved(part: EntryPart, name: str) -> str:
    """What is saved in a field of TEXTS."""
    return getattr(_row(part, name), name)


@transaction.atomic
def write(
    part: EntryPart, wanted: Mapping[str, str], *, by: User, source: str = FieldChange.Source.PAGE, reason: str = ""
) -> None:
    """Write fields of a part and of its entry, with history: the one way, for the page and for Excel.

    Whether the person may is asked before. Raises Conflict when a row moved on since it was read.
    """
    # Holds the row, and makes sure that it was not sent to the 課長 while this was on its way: a step leaves the
    # version as it is, so the version alone would not tell.
    if not EntryPart.objects.filter(pk=part.pk, status=part.status).update(status=part.status):
        raise Conflict(str(part))
    rows = [
        (row, {name: text for name, text in wanted.items() if _row(part, name) is row}) for row in (part, part.entry)
    ]
    FieldChange.objects.bulk_create(
        [
            change
            for row, values in rows
            for change in history.changes_of(
                row, values, by=by, source=source, reason=reason, on_behalf_of=permissions.writes_for(by, part)
            )
        ]
    )
    for row, values in rows:
        if values:
            history.write(row, values)
    workflow.start_writing(part)


def why_closed(part: EntryPart, user: User, plan_year: PlanYear) -> str:
    """Why this person cannot write here now, and what to do or whom to ask. "" when the person can."""
    if not permissions.works_in(user, part):
        return why_not_ours(str(part.department), user)
    return why_not_now(part, user, plan_year)


def why_not_now(part: EntryPart, user: User, plan_year: PlanYear) -> str:
    """Why nobody of the part's department can write there now; "" when they can."""
    if part.status in EntryPart.WRITABLE and permissions.is_open_for(plan_year, part.department_id, part.status):
        return ""
    if plan_year.status not in PlanYear.IN_HAND:
        return workflow.why_year_closed(plan_year)
    if part.status in EntryPart.WRITABLE:
        return workflow.why_late(plan_year, part.department_id)
    return _why_locked(part, user, plan_year)


def why_not_ours(department: str, user: User) -> str:
    words = f"この欄を書けるのは、{department}の人です。"
    if user.is_coordinator:
        return words + f"かわりに書くときは、{department}の人の代理になってください。"
    return words + f"直してほしいことは、{department}に伝えてください。"


def _why_locked(part: EntryPart, user: User, plan_year: PlanYear) -> str:
    """Sent or approved: by whom it can be had back."""
    if part.status == Status.APPROVED:
        return "承認されたので、書きかえられません。直したいときは、福祉総務課に理由を伝え、承認の取り消しを頼んでください。"
    if part.picked_up_at is not None:
        return workflow.WHY_PICKED_UP
    sent, asked = "福祉総務課に提出した", "福祉総務課"
    if part.status == Status.AWAITING_MANAGER:
        sent, asked = "課長が確認している", "課長"
    words = f"{sent}ので、書きかえられません。直したいときは、"
    if permissions.can_withdraw(user, part, plan_year):
        return words + f"取り下げるか、{asked}に差し戻しを頼んでください。"
    return words + f"{asked}に差し戻しを頼んでください。"


# --- The page ---------------------------------------------------------------------------------------


@dataclass
class LastYear:
    """What the same department (or the one it grew out of) wrote a year ago."""

    label: str
    target: str = ""
    result: str = ""
    issues: str = ""
    rating: str = ""
    low_rating_reason: str = ""
    part: EntryPart | None = None
    lengths: dict[str, int] = field(default_factory=dict)


def length(text: str) -> int:
    """Characters as people count them: a line break is none (as in static/js/app.js)."""
    return len(text.replace("\n", ""))


def last_year(part: EntryPart, user: User) -> LastYear:
    return last_years([part], user)[part.pk]


def last_years(parts: Iterable[EntryPart], user: User) -> dict[int, LastYear]:
    """For each of some parts of one fiscal year, by its pk. Two queries, however many."""
    parts = list(parts)
    year = parts[0].entry.fiscal_year - 1 if parts else 0
    initiatives = {part.entry.initiative_id for part in parts}
    entries = {
        row.initiative_id: row for row in YearlyEntry.objects.filter(initiative__in=initiatives, fiscal_year=year)
    }
    past = EntryPart.objects.visible_to(user).filter(entry__in=[entry.pk for entry in entries.values()])
    # A part comes once for every department that took over from its own.
    past = grouped(past.annotate(heir=F("department__successors")).order_by("position"), "entry_id")
    return {part.pk: _last_year(part, entries.get(part.entry.initiative_id), past) for part in parts}


def _last_year(part: EntryPart, entry: YearlyEntry | None, past: Mapping[int, list[EntryPart]]) -> LastYear:
    label = fy.label(part.entry.fiscal_year - 1)
    if entry is None:
        return LastYear(label)
    ours = [old for old in past[entry.pk] if part.department_id in (old.department_id, old.heir)]
    own = next(iter(sorted(ours, key=lambda old: old.department_id != part.department_id)), None)
    seen = LastYear(label, target=entry.target, part=own)
    if own:
        seen.result = "\n".join(filter(None, [own.result, entry.shared_result]))
        seen.issues = "\n".join(filter(None, [own.issues, entry.shared_issues]))
        seen.rating = own.self_rating or entry.rating
        seen.low_rating_reason = entry.low_rating_reason
    seen.lengths = {"result": length(seen.result), "issues": length(seen.issues)}
    return seen


def page(part: EntryPart, user: User, plan_year: PlanYear) -> dict:
    """Everything around the form. A fixed number of queries."""
    siblings = list(part.entry.parts.select_related("department"))
    last = last_year(part, user)
    returned = reading.open_return(part)
    looks = part_checks.worth_a_look(part, last.part, joint=len(siblings) > 1)
    mine = EntryPart.objects.filter(
        Q(status__in=EntryPart.WRITABLE) | Q(pk=part.pk),
        department=part.department_id,
        entry__initiative__plan=plan_year.plan_id,
        entry__fiscal_year=plan_year.fiscal_year,
    ).order_by("entry__initiative__position")
    order = list(mine.values_list("pk", "entry__initiative__code", "entry__initiative__name"))
    place = [pk for pk, _, _ in order].index(part.pk)
    return {
        "plan_year": plan_year,
        "rating_scale": plan_year.plan.scale,
        "part": part,
        "entry": part.entry,
        "initiative": part.entry.initiative,
        "lead": completeness.is_lead(part),
        "lead_part": next((other for other in siblings if other.department_id == part.lead_department), None),
        "others": [other for other in siblings if other.pk != part.pk],
        "joint_count": len(siblings),
        "last": last,
        "last_titles": {
            "result": f"{last.label}の実績",
            "low_rating_reason": f"{last.label}の低評価の理由",
            "issues": f"{last.label}に書いた課題と予定",
            "next_target": f"{last.label}に書いた、今年度の目標",
        },
        "levels": levels(plan_year),
        "next_label": fy.label(plan_year.fiscal_year + 1),
        "lacks": completeness.missing(part),
        "looks": looks,
        "looks_count": len(looks),
        "acting_for": permissions.writes_for(user, part),
        "handover": handover.note_on(part),
        "steps": _steps(part),
        "returned": returned,
        "asked": reading.comments_of(returned),
        "thread": thread.of_part(part, user, plan_year),
        "preview": _preview(part.entry, siblings),
        "place": place + 1,
        "count": len(order),
        "previous": order[place - 1] if place else None,
        "following": order[place + 1] if place + 1 < len(order) else None,
        "low_letters": " ".join(level.letter for level in plan_year.plan.scale if level.reason_required),
        "actions": {
            name: action
            for name, action in workflow.available_actions(_as_begun(part), user, plan_year).items()
            if name in completeness.SENDING
        },
    }


def _as_begun(part: EntryPart) -> EntryPart:
    """Sending begins with saving, which makes 作成中 of 未着手: the buttons are those of a part that was begun."""
    if part.status != Status.NOT_STARTED:
        return part
    begun = EntryPart(pk=part.pk, department=part.department, entry=part.entry, status=Status.DRAFT)
    return begun


def levels(plan_year: PlanYear) -> list[tuple[str, str, str]]:
    """Letter, meaning and bounds in words, best first."""
    above, described = None, []
    for level in plan_year.plan.scale:
        bound = f"{above.min_rate}％未満" if above and not level.min_rate else f"{level.min_rate}％以上"
        described.append((level.letter, level.definition, bound))
        above = level
    return described


def _steps(part: EntryPart) -> list[tuple[str, str, bool]]:
    """Key, word, whether it is now. 未着手 and 差戻し中 stand where 作成中 stands."""
    first = part.status if part.status in EntryPart.WRITABLE else Status.DRAFT
    keys = [first, Status.AWAITING_MANAGER, Status.SUBMITTED, Status.APPROVED]
    if not part.department.manager_step and part.status != Status.AWAITING_MANAGER:
        keys.remove(Status.AWAITING_MANAGER)
    return [(str(key), Status(key).label, key == part.status) for key in keys]


def _preview(entry: YearlyEntry, parts: list[EntryPart]) -> dict[str, str]:
    joint = len(parts) > 1
    return {
        "result": compose(entry.shared_result, [(str(part.department), part.result) for part in parts], joint=joint),
        "issues": compose(entry.shared_issues, [(str(part.department), part.issues) for part in parts], joint=joint),
    }


def answer(part: EntryPart, *, newer: bool) -> dict:
    """What autosave is told."""
    return {
        "version": part.version,
        "entry_version": part.entry.version,
        "saved_at": saved_at(),
        "status": part.status,
        "status_label": part.get_status_display(),
        "missing": [{"field": name, "words": words} for name, words in completeness.missing(part)],
        "newer": newer,
    }


def saved_at() -> str:
    return timezone.localtime().strftime("%H:%M")


def last_change(part: EntryPart):
    """The latest change of the part or its entry, with the person: whom a clash was with."""
    return history.of_rows([part, part.entry]).first()
