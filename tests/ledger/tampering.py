"""What somebody with all rights in the database may do to the log by SQL, one thing at a time, chosen by a seed.

Each way returns what the first finding must name, or None when there is nothing to do it to.
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, models, transaction

from ledger import content, guard, verify
from ledger.anchors import Anchor
from ledger.models import LedgerEntry
from ledger.records import record_models

NEW = 1_000_000  # no row has this number
CUT = "末尾が切り取られています"


def sql(statement: str, *values) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def name_of(entry: LedgerEntry) -> str:
    model = model_of(entry)
    return f"{model._meta.verbose_name} {entry.row_id}番、表 {model._meta.db_table}"


def model_of(entry: LedgerEntry) -> type[models.Model]:
    return next(model for model in record_models() if model._meta.label_lower == entry.model)


def table_of(entry: LedgerEntry) -> str:
    return model_of(entry)._meta.db_table


def place(position: int) -> str:
    return f"台帳の{position}番目"


def other_value(rng: random.Random, column: models.Field, value):
    """Another value that the column takes."""
    if column.null and value is not None and rng.random() < 0.3:
        return None
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + rng.randint(1, 9)
    if isinstance(value, datetime):
        return value + rng.choice((-1, 1)) * timedelta(seconds=rng.randint(1, 10**6))
    if value is None:
        return 1 if column.get_internal_type() != "DateTimeField" else None
    if isinstance(value, list):
        return [*value, "虚偽"]
    at = rng.randrange(len(value) or 1)
    return value[:at] + rng.choice("虚偽X0") + value[at + 1 :]


def one_entry(rng: random.Random) -> LedgerEntry:
    return rng.choice(list(LedgerEntry.objects.all()))


# --- The ways ---------------------------------------------------------------------------------------


def change_record(rng):
    entry = one_entry(rng)
    model = model_of(entry)
    column = rng.choice([column for column in model._meta.concrete_fields if not column.primary_key])
    value = getattr(model.objects.get(pk=entry.row_id), column.attname)
    new = other_value(rng, column, value)
    if new == value:
        return None
    new = column.get_db_prep_save(new, connection)
    sql(f"UPDATE {table_of(entry)} SET {column.column} = %s WHERE id = %s", new, entry.row_id)
    return name_of(entry)


def delete_record(rng):
    entry = one_entry(rng)
    sql(f"DELETE FROM {table_of(entry)} WHERE id = %s", entry.row_id)
    return name_of(entry)


def delete_record_and_entry(rng):
    entry, end = one_entry(rng), last()
    sql(f"DELETE FROM {table_of(entry)} WHERE id = %s", entry.row_id)
    sql("DELETE FROM ledger_ledgerentry WHERE position = %s", entry.position)
    return CUT if entry.position == end else place(entry.position)


def insert_record(rng):
    entry = one_entry(rng)
    copy_record(entry, NEW)
    return f"{model_of(entry)._meta.verbose_name} {NEW}番"


def copy_record(entry: LedgerEntry, pk: int) -> None:
    names = ", ".join(column.column for column in model_of(entry)._meta.concrete_fields if not column.primary_key)
    table = table_of(entry)
    sql(f"INSERT INTO {table} (id, {names}) SELECT {pk}, {names} FROM {table} WHERE id = %s", entry.row_id)


def swap_records(rng):
    """Two records of a kind change places: each has the other's number."""
    one = one_entry(rng)
    other = rng.choice(list(LedgerEntry.objects.filter(model=one.model).exclude(pk=one.pk)))
    for before, after in ((one.row_id, NEW), (other.row_id, one.row_id), (NEW, other.row_id)):
        sql(f"UPDATE {table_of(one)} SET id = %s WHERE id = %s", after, before)
    return name_of(min(one, other, key=lambda entry: entry.position))


def change_entry(rng):
    entry = one_entry(rng)
    column = rng.choice(LedgerEntry._meta.concrete_fields)
    if column.primary_key:
        sql("UPDATE ledger_ledgerentry SET position = %s WHERE position = %s", NEW, entry.position)
    else:
        value = getattr(entry, column.attname)
        new = other_value(rng, column, value)
        if new == value:
            return None  # a 0 put where a 0 stood
        new = column.get_db_prep_save(new, connection)
        sql(f"UPDATE ledger_ledgerentry SET {column.column} = %s WHERE position = %s", new, entry.position)
    return place(entry.position)


def delete_entry(rng):
    entry, end = one_entry(rng), last()
    sql("DELETE FROM ledger_ledgerentry WHERE position = %s", entry.position)
    return name_of(entry) if entry.position == end else place(entry.position)


def insert_entry(rng):
    """After the last: random, or well made for a record that is there, or well made for one that is not."""
    entry, end = one_entry(rng), LedgerEntry.objects.get(position=last())
    way = rng.choice(("random", "twice", "nothing"))
    row_id = NEW if way == "nothing" else entry.row_id
    made = content.link(end.hash, entry.model, row_id, entry.digest, entry.at)
    LedgerEntry.objects.create(
        position=end.position + 1, model=entry.model, row_id=row_id, digest=entry.digest, at=entry.at,
        previous=end.hash, hash=f"{rng.getrandbits(256):064x}" if way == "random" else made,
    )  # fmt: skip
    return place(end.position + 1)


def swap_entries(rng):
    one, other = sorted(rng.sample(range(1, last() + 1), 2))
    for before, after in ((one, NEW), (other, one), (NEW, other)):
        sql("UPDATE ledger_ledgerentry SET position = %s WHERE position = %s", after, before)
    return place(one)


def push_in(rng):
    """A well made entry and its record in the middle, and all that follow one place on."""
    entry = one_entry(rng)
    if entry.position == last():
        return None  # at the end it would be as good as a genuine one (docs/decisions)
    copy_record(entry, NEW)
    of_row = content.digest_of(model_of(entry).objects.get(pk=NEW))
    for following in LedgerEntry.objects.filter(position__gt=entry.position).order_by("-position"):
        sql("UPDATE ledger_ledgerentry SET position = position + 1 WHERE position = %s", following.position)
    made = content.link(entry.hash, entry.model, NEW, of_row, entry.at)
    LedgerEntry.objects.create(
        position=entry.position + 1, model=entry.model, row_id=NEW, digest=of_row, at=entry.at,
        previous=entry.hash, hash=made,
    )  # fmt: skip
    return place(entry.position + 2)


def cut_tail(rng):
    """The last ones, with their records: what is left is sound in itself."""
    for entry in LedgerEntry.objects.order_by("-position")[: rng.randint(1, 10)]:
        sql(f"DELETE FROM {table_of(entry)} WHERE id = %s", entry.row_id)
        sql("DELETE FROM ledger_ledgerentry WHERE position = %s", entry.position)
    return CUT


def make_anew(rng):
    """A record is changed and the whole rest of the chain made anew: what is left is sound in itself."""
    entry = one_entry(rng)
    column = next(
        column for column in model_of(entry)._meta.concrete_fields if column.get_internal_type() == "TextField"
    )
    sql(f"UPDATE {table_of(entry)} SET {column.column} = %s WHERE id = %s", "虚偽", entry.row_id)
    previous = entry.previous
    for each in LedgerEntry.objects.filter(position__gte=entry.position).order_by("position"):
        of_row = content.digest_of(model_of(each).objects.get(pk=each.row_id))
        made = content.link(previous, each.model, each.row_id, of_row, each.at)
        sql(
            "UPDATE ledger_ledgerentry SET previous = %s, hash = %s, digest = %s WHERE position = %s",
            previous, made, of_row, each.position,
        )  # fmt: skip
        previous = made
    return "控えでは"


WAYS: tuple[Callable, ...] = (
    change_record, delete_record, delete_record_and_entry, insert_record, swap_records, change_entry, delete_entry,
    insert_entry, swap_entries, push_in, cut_tail, make_anew,
)  # fmt: skip


def last() -> int:
    return LedgerEntry.objects.order_by("-position").values_list("position", flat=True).first()


# --- Trying them ------------------------------------------------------------------------------------


@dataclass
class Campaign:
    seed: int
    tried: Counter = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)  # not found, or something else named first


def campaign(count: int, seed: int, kept: list[Anchor], ways: tuple[Callable, ...] = WAYS) -> Campaign:
    """Tamper `count` times, each time with the log as it was. The guards are down, as for somebody who may drop them."""
    rng, found = random.Random(seed), Campaign(seed)
    guard.remove()
    while found.tried.total() < count:
        way = ways[found.tried.total() % len(ways)]
        with transaction.atomic():
            try:
                with transaction.atomic():
                    named = way(rng)
            except IntegrityError:
                named = None  # the database itself refused
            if named:
                found.tried[way.__name__] += 1
                first = next(verify.verify(kept), None)
                if first is None or named not in str(first):
                    found.missed.append(f"{way.__name__}：{named}ではなく{first}")
            transaction.set_rollback(True)
    return found
