"""What a department's part said at one time and at another: any two of its versions, field by field (F93)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from initiatives import completeness, history, part_forms, saving
from initiatives.models import EntryPart, FieldChange
from initiatives.text_diff import Piece, diff

_AT_ONCE = timedelta(seconds=5)  # fields saved with one press are written one after the other


@dataclass(frozen=True)
class Version:
    """`number` 0 is the text before the first change. `change` tells who made it; None for the first and for what is
    being written now."""

    number: int
    values: dict[str, str]
    change: FieldChange | None
    is_now: bool = False

    @property
    def at(self) -> datetime | None:
        return self.change.at if self.change else None


@dataclass(frozen=True)
class Difference:
    label: str
    pieces: list[Piece]


def versions_of(part: EntryPart) -> list[Version]:
    """Newest first; one for each time that somebody saved or sent. Two queries."""
    rows = [part, part.entry] if completeness.is_lead(part) else [part]
    names = [name for name in part_forms.TEXTS if saving.row_of(part, name) in rows]
    values = {name: saving.saved(part, name) for name in names}
    being_written = [change for change in history.unsettled(rows) if change.field in names]
    saved = [change for change in history.of_rows(rows) if change.field in names]
    groups = list(_at_once(saved))
    found = []
    if being_written:
        found.append(Version(len(groups) + 1, dict(values), None, is_now=True))
        values |= {change.field: change.old for change in being_written}
    for number, group in zip(range(len(groups), 0, -1), groups, strict=True):
        found.append(Version(number, dict(values), group[0]))
        for change in group:
            values[change.field] = change.old
    return [*found, Version(0, dict(values), None)]


def _at_once(changes: list[FieldChange]) -> Iterator[list[FieldChange]]:
    """Changes, newest first, in the groups in which they were saved."""
    group: list[FieldChange] = []
    for change in changes:
        if group and (change.by_id != group[-1].by_id or group[-1].at - change.at > _AT_ONCE):
            yield group
            group = []
        group.append(change)
    if group:
        yield group


def differences(part: EntryPart, before: Version, after: Version) -> list[Difference]:
    """The fields in which two versions differ, in the order of the page on which they are written."""
    labels = part_forms.labels(part.entry.initiative.plan, part.entry.fiscal_year)
    return [
        Difference(labels[name], diff(before.values[name], after.values[name]))
        for name in after.values
        if before.values[name] != after.values[name]
    ]
