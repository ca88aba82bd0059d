"""Saving what a department writes in its part, by whatever way it comes. One function: `save`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from initiatives import completeness, history, permissions, workflow
from initiatives.history import Conflict
from initiatives.models import EntryPart, FieldChange, PlanYear, YearlyEntry
from initiatives.part_forms import ENTRY_FIELDS
from initiatives.text_diff import Piece, diff


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
    part: EntryPart,
    typed: Mapping[str, str],
    seen: Mapping[str, str | None],
    *,
    by: User,
    draft: bool = False,
    source: str = FieldChange.Source.PAGE,
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
    with transaction.atomic():
        if wanted:
            _write(part, wanted, by, draft, source)
        if not draft:
            history.settle([part.entry, part] if completeness.is_lead(part) else [part])


def clashes_of(part: EntryPart, typed: Mapping[str, str]) -> list[Clash]:
    """Each text beside the saved one that it differs from."""
    return [Clash(name, saved(part, name), text) for name, text in typed.items() if text != saved(part, name)]


def _write(part: EntryPart, wanted: Mapping[str, str], by: User, draft: bool, source: str) -> None:
    of_entry = {name: text for name, text in wanted.items() if row_of(part, name) is part.entry}
    of_part = {name: text for name, text in wanted.items() if name not in of_entry}
    # It must not have been sent to the 課長 while this was on its way: a step leaves the version as it is, so the
    # version alone would not tell.
    still = {"status": part.status}
    if not of_part and not EntryPart.objects.filter(pk=part.pk, **still).update(**still):
        raise Conflict(str(part))
    for row, values, guard in ((part.entry, of_entry, {}), (part, of_part, still)):
        if draft:
            history.save_draft(row, values, by=by, **guard)
        else:
            history.save_changes(row, values, by=by, source=source, **guard)
    workflow.start_writing(part)


def last_writer(part: EntryPart, names: list[str]) -> tuple[User | None, datetime | None]:
    """Who last saved one of the fields, and when: whom a clash was with."""
    rows = {row_of(part, name) for name in names}
    begun = history.pending(rows).filter(field__in=names).last()
    if begun:
        return begun.by, row_of(part, begun.field).updated_at
    change = history.of_rows(rows).filter(field__in=names).first()
    return (change.by, change.at) if change else (None, None)


def why_closed(part: EntryPart, user: User, plan_year: PlanYear, doing: str = "この欄を書ける") -> str:
    """Why this person cannot write here now, and whom to ask."""
    if not permissions.works_in(user, part):
        return f"{doing}のは、{part.department}の人です。"
    if part.status not in EntryPart.WRITABLE:
        return f"いまの状態は「{part.get_status_display()}」なので、書きかえられません。直したいときは、福祉総務課に聞いてください。"
    return workflow.why_not(part, "withdraw", user, plan_year)
