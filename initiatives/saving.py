"""Saving what a department writes in its part, by whatever way it comes. One function: `save`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from initiatives import completeness, history, permissions, workflow
from initiatives.history import Conflict
from initiatives.models import EntryPart, FieldChange, PendingChange, PlanYear, YearlyEntry
from initiatives.part_forms import ENTRY_FIELDS
from initiatives.text_diff import Piece, diff
from ledger.chain import hold


@dataclass
class Clash:
    """A field that the person and a colleague both changed: nothing of it was written."""

    name: str
    saved: str
    mine: str

    @property
    def pieces(self) -> list[Piece]:
        return diff(self.saved, self.mine)


class Clashes(Exception):
    def __init__(self, clashes: list[Clash]):
        super().__init__("、".join(clash.name for clash in clashes))
        self.clashes = clashes


def row_of(part: EntryPart, name: str) -> EntryPart | YearlyEntry:
    """The row that holds a field of the form."""
    return part.entry if name in ENTRY_FIELDS else part


def saved(part: EntryPart, name: str) -> str:
    return getattr(row_of(part, name), name)


def save(
    part: EntryPart, typed: Mapping[str, str], seen: Mapping[str, str | None], *, by: User, draft: bool = False
) -> None:
    """Write what a person typed, all of it or nothing.

    typed: the fields that the person changed. seen: what stood in each when the person began; what a colleague has
    put there since is never overwritten. draft: saved while typing, no step of the history yet.
    Raises Clashes for fields that both changed, and Conflict when the row moved on between reading and writing.
    """
    wanted = {name: text for name, text in typed.items() if text != saved(part, name)}
    clashes = clashes_of(part, {name: text for name, text in wanted.items() if seen.get(name) != saved(part, name)})
    if clashes:
        raise Clashes(clashes)
    write(part, wanted, by=by, draft=draft)


@transaction.atomic
def write(
    part: EntryPart,
    wanted: Mapping[str, str],
    *,
    by: User,
    draft: bool = False,
    source: str = FieldChange.Source.PAGE,
    reason: str = "",
) -> None:
    """Write fields of a part and of its entry, with history: the one way, for the page and for Excel.

    Whether the person may, and whether a colleague's words would be overwritten, is asked before (save, survey).
    Raises Conflict when a row moved on since it was read.
    """
    if not draft or (wanted and history.begun_by_others([part.entry, part], by)):
        hold()
    if wanted:
        _write(part, wanted, by, draft, source=source, reason=reason)
    if not draft:
        history.settle([part.entry, part] if completeness.is_lead(part) else [part])


def clashes_of(part: EntryPart, typed: Mapping[str, str]) -> list[Clash]:
    """Each text beside the saved one that it differs from."""
    return [Clash(name, saved(part, name), text) for name, text in typed.items() if text != saved(part, name)]


def _write(part: EntryPart, wanted: Mapping[str, str], by: User, draft: bool, **how) -> None:
    of_entry = {name: text for name, text in wanted.items() if row_of(part, name) is part.entry}
    of_part = {name: text for name, text in wanted.items() if name not in of_entry}
    # It must not have been sent to the 課長 while this was on its way: a step leaves the version as it is, so the
    # version alone would not tell.
    still = {"status": part.status}
    if not of_part and not EntryPart.objects.filter(pk=part.pk, **still).update(**still):
        raise Conflict(str(part))
    on_behalf_of = permissions.writes_for(by, part)
    for row, values, guard in ((part.entry, of_entry, {}), (part, of_part, still)):
        if draft:
            history.save_draft(row, values, by=by, on_behalf_of=on_behalf_of, **guard)
        else:
            history.save_changes(row, values, by=by, on_behalf_of=on_behalf_of, **how, **guard)
    workflow.start_writing(part)


def last_writer(part: EntryPart, names: list[str]) -> tuple[PendingChange | FieldChange | None, datetime | None]:
    """What was last saved in one of the fields, by whom, and when: whom a clash was with."""
    rows = {row_of(part, name) for name in names}
    begun = history.pending(rows).filter(field__in=names).last()
    if begun:
        return begun, row_of(part, begun.field).updated_at
    change = history.of_rows(rows).filter(field__in=names).first()
    return change, change and change.at


def why_closed(part: EntryPart, user: User, plan_year: PlanYear, doing: str = "この欄を書ける") -> str:
    """Why this person cannot write here now, and what to do or whom to ask. "" when the person can."""
    if not permissions.works_in(user, part):
        return why_not_ours(str(part.department), user, doing)
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


def why_not_ours(department: str, user: User, doing: str = "この欄を書ける") -> str:
    words = f"{doing}のは、{department}の人です。"
    if user.is_coordinator:
        return words + f"かわりに書くときは、{department}の人の代理になってください。"
    return words + f"直してほしいことは、{department}に伝えてください。"


def _why_locked(part: EntryPart, user: User, plan_year: PlanYear) -> str:
    """Sent or approved: by whom it can be had back."""
    if part.status == EntryPart.Status.APPROVED:
        return "承認されたので、書きかえられません。直したいときは、福祉総務課に理由を伝え、承認の取り消しを頼んでください。"
    if part.picked_up_at is not None:
        return workflow.WHY_PICKED_UP
    sent, asked = "福祉総務課に提出した", "福祉総務課"
    if part.status == EntryPart.Status.AWAITING_MANAGER:
        sent, asked = "課長が確認している", "課長"
    words = f"{sent}ので、書きかえられません。直したいときは、"
    if permissions.can_withdraw(user, part, plan_year):
        return words + f"取り下げるか、{asked}に差し戻しを頼んでください。"
    return words + f"{asked}に差し戻しを頼んでください。"
