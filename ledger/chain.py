"""Adding to the ledger, one transaction at a time.

Who writes records holds the ledger until the end of the transaction. It is taken before any row is locked
(`recording`): taken after, two transactions could wait for each other.
"""

import contextlib
from collections.abc import Iterable

from django.db import connection, models, transaction
from django.utils import timezone

from ledger import content
from ledger.models import LedgerEntry

LOCK = 0x6C656467  # "ledg": the number of the lock on PostgreSQL


@contextlib.contextmanager
def recording():
    """A transaction that may write records: as transaction.atomic, with the ledger held from the start."""
    with transaction.atomic():
        hold()
        yield


def hold() -> None:
    """Wait until no other transaction adds to the ledger, and keep it for this one. SQLite's IMMEDIATE does so anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def append(rows: Iterable[models.Model], ledger: type[models.Model] = LedgerEntry) -> None:
    """Chain records, in the order given, in the transaction that wrote them. Two queries, however many they are.

    `ledger`: the model as a migration knows it.
    """
    rows = list(rows)
    if not rows:
        return
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a record and its entry belong in one transaction")
    hold()
    last = ledger.objects.order_by("-position").values_list("position", "hash").first()
    length, previous = last or (0, content.GENESIS)
    now, entries = timezone.now(), []
    for position, row in enumerate(rows, length + 1):
        label, digest = row._meta.label_lower, content.digest_of(row)
        made = content.link(previous, label, row.pk, digest, now)
        entries.append(
            ledger(position=position, model=label, row_id=row.pk, digest=digest, at=now, previous=previous, hash=made)
        )
        previous = made
    ledger.objects.bulk_create(entries)
