"""Writing with history: every change of a field goes through here and leaves a FieldChange.

What is saved while somebody types (save_draft) leaves it at the next step (settle), so that history has a line for
each time a person saved or sent, and none for every pause in typing.
"""

import functools
import operator
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from config.prepared import Given, Prepared, PreparedUpdate
from initiatives.models import FieldChange, PendingChange, Versioned
from ledger.chain import recording


class Conflict(Exception):
    """Somebody else saved the row first. Nothing was written."""


def as_text(value: Any) -> str:
    """A field's value as history keeps it: None is "", a related row its name."""
    return "" if value is None else str(value)


def differences(row: models.Model, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of `values` that differ from what the row holds."""
    return {field: value for field, value in values.items() if getattr(row, field) != value}


def changes_of(row: models.Model, values: Mapping[str, Any], **context) -> list[FieldChange]:
    """FieldChange rows (unsaved) for setting `values` on a row; `context` is by, source, reason, on_behalf_of."""
    return [
        FieldChange(
            model=row._meta.label_lower,
            object_id=row.pk,
            field=field,
            old=as_text(getattr(row, field)),
            new=as_text(value),
            **context,
        )
        for field, value in values.items()
    ]


def save_changes(
    row: models.Model,
    values: Mapping[str, Any],
    *,
    by: User | None,
    source: str = FieldChange.Source.PAGE,
    reason: str = "",
    on_behalf_of: User | None = None,
    **still,
) -> dict[str, Any]:
    """Set fields of a row and remember what they were. Returns what really changed; writes nothing if nothing did.

    A versioned row is written only if it still is the version that was read; else Conflict. `still`: see write.
    `by` is None only for commands run by the administrator; `on_behalf_of` is whose 代理 the person is
    (permissions.writes_for).
    """
    changed = differences(row, values)
    if not changed:
        return {}
    with recording():
        settle([row], fields=changed)
        remember(changes_of(row, changed, by=by, source=source, reason=reason, on_behalf_of=on_behalf_of))
        write(row, changed, **still)
    return changed


def remember(changes: Iterable[FieldChange]) -> None:
    FieldChange.objects.bulk_create(changes)


# --- While somebody types ---------------------------------------------------------------------------


def save_draft(
    row: Versioned, values: Mapping[str, Any], *, by: User, on_behalf_of: User | None = None, **still
) -> dict[str, Any]:
    """Set fields of a row as a person types them; what they were is kept for the next step. See save_changes, write.

    What another person had begun in the same fields becomes history, as it stood before.
    """
    changed = differences(row, values)
    if not changed:
        return {}
    before = {field: as_text(getattr(row, field)) for field in changed}
    with transaction.atomic(savepoint=False):  # a caller who goes on after a Conflict brings a savepoint of its own
        write(row, changed, **still)  # holds the row from here on
        begin(row, before, by=by, on_behalf_of=on_behalf_of)
    return changed


def begin(row: Versioned, before: Mapping[str, str], *, by: User, on_behalf_of: User | None = None) -> None:
    """Keep what fields of a row were before somebody typed in them, until the next step. The caller holds the row."""
    begun = [change for change in _begun([row]) if change.field in before]
    _settle([change for change in begun if change.by_id != by.pk], before)
    mine = {change.field for change in begun if change.by_id == by.pk}
    PendingChange.objects.bulk_create(
        PendingChange(
            model=row._meta.label_lower, object_id=row.pk, field=field, old=old, by=by, on_behalf_of=on_behalf_of
        )
        for field, old in before.items()
        if field not in mine
    )


@transaction.atomic  # the caller holds the ledger
def settle(rows: Iterable[models.Model], *, fields: Iterable[str] | None = None) -> None:
    """Make history of what is being written in the rows (or in some of their fields)."""
    rows = [row for row in rows if isinstance(row, Versioned)]
    wanted = pending(rows) if fields is None else pending(rows).filter(field__in=fields)
    begun = {(change.model, change.object_id) for change in wanted} if rows else ()
    for row in rows:
        if (row._meta.label_lower, row.pk) in begun:
            # Held, and only then read again: another request may have settled or written it in between.
            now = type(row)._default_manager.select_for_update().get(pk=row.pk)
            own = wanted.filter(model=row._meta.label_lower, object_id=row.pk)
            _settle(list(own), {change.field: as_text(getattr(now, change.field)) for change in own})


def _settle(begun: list[PendingChange], now: Mapping[str, str]) -> None:
    if not begun:
        return
    remember(_became(change, now[change.field]) for change in begun if change.old != now[change.field])
    PendingChange.objects.filter(pk__in=[change.pk for change in begun]).delete()


def _begun(rows: Sequence[models.Model]) -> list[PendingChange]:
    """What is being written in a few rows, without the people: asked at every automatic save."""
    given = {f"row{place}": row.pk for place, row in enumerate(rows)}
    return _begun_in(*(row._meta.label_lower for row in rows), **given)


@Prepared
def _begun_in(*models_of_rows: str):
    of_row = (Q(model=model, object_id=Given(f"row{place}")) for place, model in enumerate(models_of_rows))
    return PendingChange.objects.filter(functools.reduce(operator.or_, of_row))


def begun_by_others(rows: Sequence[models.Model], user: User) -> bool:
    """Whether save_draft would make history of what somebody else is writing."""
    return any(change.by_id != user.pk for change in _begun(rows))


def _became(change: PendingChange, now: str) -> FieldChange:
    return FieldChange(
        model=change.model,
        object_id=change.object_id,
        field=change.field,
        old=change.old,
        new=now,
        by=change.by,
        on_behalf_of=change.on_behalf_of,
    )


def pending(rows: Iterable[models.Model]) -> models.QuerySet[PendingChange]:
    """What is being written in the given rows, the first begun first, with the people."""
    return PendingChange.objects.filter(_of(rows)).select_related("by", "on_behalf_of")


def unsettled(rows: Iterable[models.Model]) -> list[FieldChange]:
    """What is being written in the rows, as the changes (unsaved) that it would leave now. One query."""
    known = {(row._meta.label_lower, row.pk): row for row in rows}
    begun = pending(known.values())
    return [_became(change, as_text(getattr(known[change.model, change.object_id], change.field))) for change in begun]


# --- One row ----------------------------------------------------------------------------------------


def write(row: models.Model, changed: Mapping[str, Any], **still) -> None:
    """One UPDATE of a row, compare-and-set on its version. Keeps the search text in step. Raises Conflict.

    `still`: what else must hold, as a filter (status="draft").
    """
    for field, value in changed.items():
        setattr(row, field, value)
    update = dict(changed)
    if hasattr(row, "make_search_text"):
        update["search_text"] = row.search_text = row.make_search_text()
    held = dict(still)
    if isinstance(row, Versioned):
        held["version"], update["updated_at"] = row.version, timezone.now()
    given = {f"old_{name}": value for name, value in held.items()} | {f"new_{n}": value for n, value in update.items()}
    if not _update(type(row), tuple(held), tuple(update), pk=row.pk, **given):
        raise Conflict(str(row))
    if isinstance(row, Versioned):
        row.version += 1


@PreparedUpdate
def _update(model: type[models.Model], held: tuple[str, ...], changed: tuple[str, ...]):
    """Of the row whose `held` fields are as they were; a version goes up by one."""
    field = model._meta.get_field
    rows = model._default_manager.filter(pk=Given("pk"), **{name: Given(f"old_{name}", field(name)) for name in held})
    values = {name: Given(f"new_{name}", field(name)) for name in changed}
    return rows, values | ({"version": F("version") + 1} if issubclass(model, Versioned) else {})


def of_rows(rows: Iterable[models.Model]) -> models.QuerySet[FieldChange]:
    """All changes of the given rows (of any models), newest first, with the people."""
    return FieldChange.objects.filter(_of(rows)).select_related("by", "on_behalf_of")


def _of(rows: Iterable[models.Model]) -> models.Q:
    by_model: dict[str, list[int]] = {}
    for row in rows:
        by_model.setdefault(row._meta.label_lower, []).append(row.pk)
    condition = models.Q(pk__in=[])
    for label, ids in by_model.items():
        condition |= models.Q(model=label, object_id__in=ids)
    return condition
