"""Anchors: where the ledger stood on a day, kept outside the database. A chain alone does not show that its end was cut.

A file with one line for each: when, position, hash. Lines are only ever added.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from ledger.models import LedgerEntry


@dataclass(frozen=True)
class Anchor:
    position: int
    hash: str
    at: datetime

    def __str__(self):
        return f"{self.at.isoformat(timespec='seconds')} {self.position} {self.hash}"


class Unreadable(Exception):
    """A line of the file is not an anchor."""


def head() -> Anchor | None:
    """Where the ledger stands now; None while it is empty."""
    last = LedgerEntry.objects.order_by("-position").values_list("position", "hash").first()
    return Anchor(*last, timezone.localtime()) if last else None


def keep(path: Path | None = None) -> Anchor | None:
    """Add where the ledger stands now to the file, down to the disk. Nothing while the ledger is empty."""
    anchor, path = head(), path or settings.LEDGER_ANCHORS
    if anchor:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{anchor}\n")
            file.flush()
            os.fsync(file.fileno())
    return anchor


def read(path: Path) -> Iterator[Anchor]:
    """The anchors of a file, the first kept first. Raises Unreadable, and OSError when there is no such file."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            try:
                at, position, digest = line.split()
                yield Anchor(int(position), digest, datetime.fromisoformat(at))
            except ValueError as error:
                raise Unreadable(f"{path} の{number}行目が読めません。") from error
