"""What a database holds, read in plain SQL and without the program: a connection of its own, closed after each look."""

import hashlib
import sqlite3
from contextlib import closing

import psycopg

RECORDS = (
    "initiatives_transition", "initiatives_yeartransition", "initiatives_fieldchange", "initiatives_fieldcomment",
    "initiatives_partmessage", "initiatives_handovernote", "accounts_accountevent", "reporting_checkdecision",
    "reporting_reportedition", "reporting_editionstep",
)  # fmt: skip


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
        return [*self._file(), *self._statuses(), *self._texts(), *self._versions(), *self._editions(), *self._ledger()]

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

    def _editions(self) -> list[str]:
        """A year stands where the last step of its newest edition left it, and the text is that of the digest."""
        found = []
        editions = "SELECT id, plan_year_id, number, snapshot, digest FROM reporting_reportedition ORDER BY number"
        newest = {}
        for pk, year, number, text, digest in self.rows(editions):
            if hashlib.sha256(text.encode()).hexdigest() != digest:
                found.append(f"版{pk}: 内容と照合番号が合わない")
            if number != newest.get(year, (0, 0))[1] + 1:
                found.append(f"年度{year}: 第{number}版の前がない")
            newest[year] = pk, number
        steps = dict(
            self.rows("SELECT edition_id, action FROM reporting_editionstep WHERE action <> 'withdraw' ORDER BY id")
        )
        stands = {"finalize": "finalized", "publish": "published"}
        for year, (pk, _) in newest.items():
            status = self.one("SELECT status FROM initiatives_planyear WHERE id = ?", year)
            if status in stands.values() and stands.get(steps.get(pk)) != status:
                found.append(f"年度{year}: 状態は{status}、版の最後の記録は{steps.get(pk)}")
        return found

    def _ledger(self) -> list[str]:
        """Every record has its entry, positions run without a gap, and each entry follows the one before it."""
        found = []
        for table in RECORDS:
            entries = f"SELECT row_id FROM ledger_ledgerentry WHERE model = '{table.replace('_', '.')}'"
            found += [
                f"{table} {pk}が台帳にない"
                for (pk,) in self.rows(f"SELECT id FROM {table} WHERE id NOT IN ({entries})")
            ]
        count, last = self.row("SELECT COUNT(*), COALESCE(MAX(position), 0) FROM ledger_ledgerentry")
        torn = self.rows(
            "SELECT a.position FROM ledger_ledgerentry a JOIN ledger_ledgerentry b ON b.position = a.position - 1"
            " WHERE a.previous <> b.hash"
        )
        return (
            found
            + ([f"台帳は{count}行で、末尾は{last}番目"] if count != last else [])
            + [f"台帳が{at}番目で切れる" for (at,) in torn]
        )
