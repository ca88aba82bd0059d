"""What a database holds, read in plain SQL and without the program: a connection of its own, closed after each look."""

import sqlite3
from contextlib import closing

import psycopg


class Oracle:
    def __init__(self, url: str):
        self.url = url

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    def _open(self):
        if self.is_sqlite:
            return sqlite3.connect(self.url.removeprefix("sqlite:///"), timeout=30)
        return psycopg.connect(self.url, connect_timeout=10)

    def rows(self, sql: str, *values) -> list[tuple]:
        """The question is written with ? for values."""
        with closing(self._open()) as connection:
            return [tuple(row) for row in connection.execute(self._own(sql), values).fetchall()]

    def row(self, sql: str, *values) -> tuple:
        return self.rows(sql, *values)[0]

    def one(self, sql: str, *values):
        return self.row(sql, *values)[0]

    def change(self, sql: str, *values) -> None:
        with closing(self._open()) as connection:
            connection.execute(self._own(sql), values)
            connection.commit()

    def _own(self, sql: str) -> str:
        return sql if self.is_sqlite else sql.replace("%", "%%").replace("?", "%s")

    # --- What must hold at every moment ---------------------------------------------------------------

    def broken(self) -> list[str]:
        """Half states, in words; empty when every row agrees with the record of how it came to be."""
        return [*self._file(), *self._statuses(), *self._texts(), *self._versions()]

    def _file(self) -> list[str]:
        if not self.is_sqlite:
            return []
        found = self.one("PRAGMA integrity_check")
        strays = self.rows("PRAGMA foreign_key_check")
        return ([f"integrity_check: {found}"] if found != "ok" else []) + [
            f"foreign_key_check: {row}" for row in strays
        ]

    def _statuses(self) -> list[str]:
        """Each step begins where the last one ended, and the part stands where the last one left it."""
        standing = dict(self.rows("SELECT id, status FROM initiatives_entrypart"))
        steps = self.rows("SELECT part_id, from_status, to_status FROM initiatives_transition ORDER BY id")
        last: dict[int, str] = {}
        found = []
        for part, begin, end in steps:
            if part in last and last[part] != begin:
                found.append(f"記入{part}: {last[part]}の次が{begin}から始まる")
            last[part] = end
        found += [
            f"記入{part}: 記録は{end}、状態は{standing[part]}" for part, end in last.items() if standing[part] != end
        ]
        half = self.rows(
            "SELECT id FROM initiatives_entrypart WHERE (status = 'approved') <> (approved_at IS NOT NULL)"
        )
        return found + [f"記入{part}: 承認の日時と状態が合わない" for (part,) in half]

    def _texts(self) -> list[str]:
        """Each change begins with the text that the last one left; the last one left what stands there, or what stood
        there when somebody began to write."""
        now = dict(self.rows("SELECT id, result FROM initiatives_entrypart"))
        where = "model = 'initiatives.entrypart' AND field = 'result'"
        begun = dict(self.rows(f"SELECT object_id, old FROM initiatives_pendingchange WHERE {where}"))
        last: dict[int, str] = {}
        found = []
        for part, old, new in self.rows(
            f"SELECT object_id, old, new FROM initiatives_fieldchange WHERE {where} ORDER BY id"
        ):
            if part in last and last[part] != old:
                found.append(f"記入{part}: 記録が{last[part]!r}から{old!r}に飛ぶ")
            last[part] = new
        return found + [
            f"記入{part}: 記録は{text!r}、文は{begun.get(part, now[part])!r}"
            for part, text in last.items()
            if begun.get(part, now[part]) != text
        ]

    def _versions(self) -> list[str]:
        """A file that was taken in was taken in whole; a file that waits is there."""
        twice = self.rows(
            "SELECT user_id, request_id, digest FROM accounts_handledrequest GROUP BY 1, 2, 3 HAVING COUNT(*) > 1"
        )
        return [f"同じ送信が2回残っている: {row}" for row in twice]
