"""Writing with history: every change of a field goes through here and leaves a FieldChange."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from initiatives.models import FieldChange, Versioned


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
) -> dict[str, Any]:
    """Set fields of a row and remember what they were. Returns what really changed; writes nothing if nothing did.

    A versioned row is written only if it still is the version that was read; else Conflict.
    `by` is None only for commands run by the administrator; `on_behalf_of` is whose 代理 the person is
    (permissions.writes_for).
    """
    changed = differences(row, values)
    if not changed:
        return {}
    with transaction.atomic():
        FieldChange.objects.bulk_create(
            changes_of(row, changed, by=by, source=source, reason=reason, on_behalf_of=on_behalf_of)
        )
        write(row, changed)
    return changed


def write(row: models.Model, changed: Mapping[str, Any]) -> None:
    """One UPDATE of a row, compare-and-set on its version. Keeps the search text in step. Raises Conflict."""
    for field, value in changed.items():
        setattr(row, field, value)
    update = dict(changed)
    if hasattr(row, "make_search_text"):
        update["search_text"] = row.search_text = row.make_search_text()
    query = type(row)._default_manager.filter(pk=row.pk)
    if isinstance(row, Versioned):
        query = query.filter(version=row.version)
        update |= {"version": F("version") + 1, "updated_at": timezone.now()}
    if not query.update(**update):
        raise Conflict(str(row))
    if isinstance(row, Versioned):
        row.version += 1


def of_rows(rows: Iterable[models.Model]) -> models.QuerySet[FieldChange]:
    """All changes of the given rows (of any models), newest first, with the people."""
    by_model: dict[str, list[int]] = {}
    for row in rows:
        by_model.setdefault(row._meta.label_lower, []).append(row.pk)
    condition = models.Q(pk__in=[])
    for label, ids in by_model.items():
        condition |= models.Q(model=label, object_id__in=ids)
    return FieldChange.objects.filter(condition).select_related("by", "on_behalf_of")
