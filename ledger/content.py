"""What a record says, as bytes that are the same on every database, and the hashes over it.

These forms never change: every entry ever written was made with them. A column that is null or "" is left out, so that
a column added to a record later (null or "" in the old rows) leaves their digests as they are.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from django.db import models

GENESIS = "0" * 64  # what stands before the first entry


@lru_cache(maxsize=64)
def columns(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields)


def digest_of(row: models.Model) -> str:
    """Of a row as it was just written; its values may still be those of Python (a choice, a date as text)."""
    fields = row._meta.concrete_fields
    return digest(columns(type(row)), [field.to_python(getattr(row, field.attname)) for field in fields])


def digest(names: Sequence[str], values: Iterable[Any]) -> str:
    told = {name: value for name, value in zip(names, values, strict=True) if value is not None and value != ""}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def link(previous: str, model: str, row_id: int, of_row: str, at: datetime) -> str:
    """The hash of an entry. Its position is not in it: the order follows from `previous`."""
    text = json.dumps([previous, model, row_id, of_row, _plain(at)], separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        # What Django's own dump (JSON) keeps of a time, so that a ledger loaded from one still holds.
        return value.astimezone(UTC).isoformat(timespec="milliseconds")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a record cannot hold {type(value).__name__}")
