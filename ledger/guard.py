"""Triggers that refuse to change or delete a record or an entry, for whoever comes by SQL.

They stop a mistake, not somebody who may drop them; that one is found by verify.
"""

import contextlib
from collections.abc import Iterator

from django.db import connection

from ledger.models import LedgerEntry
from ledger.records import record_models

MESSAGE = "記録は足すだけです。直すことも、消すこともできません（{}）。"
POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{MESSAGE.format("%")}', TG_TABLE_NAME; END $$"""
POSTGRES = {
    "rows": "CREATE OR REPLACE TRIGGER {trigger} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION ledger_refuse()",
    "truncate": "CREATE OR REPLACE TRIGGER {trigger} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()",
}
SQLITE = {
    name: f"CREATE TRIGGER IF NOT EXISTS {{trigger}} BEFORE {name.upper()} ON {{table}} "
    f"BEGIN SELECT RAISE(ABORT, '{MESSAGE.format('{table}')}'); END"
    for name in ("update", "delete")
}


def _triggers() -> dict[str, str]:
    return POSTGRES if connection.vendor == "postgresql" else SQLITE


def _wanted() -> Iterator[tuple[str, str, str]]:
    """(table, trigger, statement) for every table that is there (a migration may have gone half way)."""
    there = set(connection.introspection.table_names())
    for model in (LedgerEntry, *record_models()):
        table = model._meta.db_table
        for name, statement in _triggers().items():
            trigger = f"{table}_{name}_refused"
            if table in there:
                yield table, trigger, statement.format(trigger=trigger, table=table)


def install() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRES_FUNCTION)
        for _, _, statement in _wanted():
            cursor.execute(statement)


def remove() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # A table with checks left for the end of the transaction cannot be altered.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        for table, trigger, _ in _wanted():
            on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {trigger}{on_table}")


@contextlib.contextmanager
def lifted() -> Iterator[None]:
    """For tests and drills, which clear their own databases. Nothing of the application does this."""
    remove()
    try:
        yield
    finally:
        install()


def missing() -> list[str]:
    """Tables that are not guarded (a trigger is gone or disabled)."""
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if connection.vendor == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')"
    with connection.cursor() as cursor:
        cursor.execute(query)
        there = {name for (name,) in cursor.fetchall()}
    return sorted({table for table, trigger, _ in _wanted() if trigger not in there})
