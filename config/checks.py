"""Whether the database keeps what it said it kept: asked of the database itself by migrate and check --database."""

from django.core.checks import Tags, Warning, register
from django.db import connections

SQLITE_FULL = 2  # PRAGMA synchronous: 0 OFF, 1 NORMAL, 2 FULL, 3 EXTRA


@register(Tags.database)
def durability(app_configs=None, databases=None, **kwargs) -> list[Warning]:
    """A commit must be on the disk before 「保存しました」 is said; no kill -9 can show that, so it is asked for."""
    return [problem for alias in databases or () for problem in _of(connections[alias])]


def _of(connection) -> list[Warning]:
    if connection.vendor == "sqlite":
        return _of_sqlite(_ask(connection, "PRAGMA journal_mode"), _ask(connection, "PRAGMA synchronous"))
    names = ("fsync", "full_page_writes", "synchronous_commit")
    return _of_postgres({name: _ask(connection, f"SHOW {name}") for name in names})


def _ask(connection, sql: str):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def _of_sqlite(journal_mode: str, synchronous: int) -> list[Warning]:
    problems = []
    if journal_mode != "wal":
        problems.append(_warning(f"SQLiteの journal_mode が {journal_mode} です。wal にしてください。", "config.W001"))
    if synchronous < SQLITE_FULL:
        problems.append(
            _warning(f"SQLiteの synchronous が {synchronous} です。FULL（2）にしてください。", "config.W002")
        )
    return problems


def _of_postgres(values: dict[str, str]) -> list[Warning]:
    return [
        _warning(f"PostgreSQLの {name} が off です。on にしてください。", "config.W003")
        for name, value in values.items()
        if value == "off"
    ]


def _warning(words: str, number: str) -> Warning:
    return Warning(words, hint="このままでは、停電のときに、保存したものが失われることがあります。", id=number)
