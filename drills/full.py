"""The disk runs full: nothing half is kept, the person is told, and it goes on by itself as soon as there is room again.

A small disk (tmpfs) holds the database, the kept files, the temporary files, or PostgreSQL; ballast leaves less and less
room on it. Where nothing may be mounted, the size of files is limited instead (RLIMIT_FSIZE), and the drill says so.
20 points; `--short`: 6.
"""

import contextlib
import os
import random
import resource
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from drills import operations
from drills.operations import OPERATIONS, Attempt, City
from drills.people import AWAY, LOST
from drills.postgres import Cluster, binaries
from drills.report import Checks
from drills.server import Server
from drills.visitor import Missing, Page

KB, MB = 1024, 1024 * 1024
LEFT = (0, 2, 4, 8, 12, 16, 24, 32, 48, 64)  # KB that the ballast leaves
TOLD = {503: "混み合っています", 507: "サーバーに空きがなく、保存できませんでした"}


def run(arguments: list[str]) -> int:
    short = "--short" in arguments
    seed = arguments[arguments.index("--seed") + 1] if "--seed" in arguments else f"{random.randrange(10**6)}"
    print(f"seed {seed}、CPU {os.cpu_count()}", flush=True)
    checks, chance = Checks(), random.Random(seed)
    drills: list[Callable] = [_limited]
    if _may_mount():
        drills = [_sqlite, _files, _limited] + ([_postgres] if binaries() else [])
    else:
        print("小さなディスクを作れないので（mountの許可がない）、ファイルの大きさの上限だけで行います。", flush=True)
    points = 0
    for each in drills:
        try:
            points += each(checks, chance, short)
        except (Missing, RuntimeError, subprocess.CalledProcessError, *LOST, *AWAY) as error:
            checks.that(False, f"{each.__doc__}: その先へ進めない: {error!r}")
    print(f"空きがなくなった点 {points}", flush=True)
    return checks.close()


def _may_mount() -> bool:
    refused = (subprocess.CalledProcessError, FileNotFoundError)
    with contextlib.suppress(*refused), tempfile.TemporaryDirectory() as folder, small_disk(Path(folder), MB):
        return True
    return False


@contextlib.contextmanager
def small_disk(folder: Path, size: int) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@contextlib.contextmanager
def ballast(folder: Path, left: int) -> Iterator[None]:
    """Nothing but `left` bytes of room."""
    weight = folder / "ballast"
    with contextlib.suppress(OSError), weight.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 4096)
    with weight.open("r+b") as file:
        file.truncate(max(0, weight.stat().st_size - left))
    try:
        yield
    finally:
        weight.unlink()


class Point:
    """One full disk: what is tried there, and everything after there is room again."""

    def __init__(self, checks: Checks, city: City, place: str):
        self.checks, self.city, self.place = checks, city, place

    def that(self, held: bool, what: str) -> bool:
        return self.checks.that(held, f"{self.place}: {what}")

    def attempts(self, names: list[str]) -> list[Attempt]:
        """One form each, every one about another part."""
        found = []
        for name in names:
            found.append(OPERATIONS[name](self.city))
            self.city.reserved.add(abs(found[-1].pk))
        self.city.reserved.clear()
        return found

    def try_out(self, attempts: list[Attempt]) -> list[Page | None]:
        return [self._send(each) for each in attempts]

    def _send(self, attempt: Attempt) -> Page | None:
        try:
            page = attempt.send()
        except LOST:
            return None
        if page.status != 200:
            words = TOLD.get(page.status, "？")
            self.that(
                words in page.heading or (attempt.headers and page.status in TOLD),
                f"{attempt.what}の返事{page.status}「{page.heading}」",
            )
        return page

    def after(self, attempts: list[Attempt], pages: list[Page | None]) -> int:
        """There is room again: whole or nothing, and what was refused goes through. 1 if anything was refused."""
        for attempt, page in zip(attempts, pages, strict=True):
            found = attempt.facts()
            done = page is not None and page.status == 200
            self.that(
                found == attempt.after if done else found in (attempt.before, attempt.after),
                f"{attempt.what}（返事{page and page.status}）: {found}、{attempt.before}か{attempt.after}",
            )
            if not done:
                page = attempt.send()
                self.that(
                    page.status == 200 and attempt.facts() == attempt.after,
                    f"{attempt.what}: 空きができて{page.status}「{page.heading}」 {attempt.facts()}",
                )
        for problem in [
            *self.city.db.broken(), *operations.broken_files(self.city.db, self.city.server.var / "files"),
        ]:  # fmt: skip
            self.that(False, problem)
        halves = [path.name for path in (self.city.server.var / "files").rglob("*.part")]
        self.that(not halves, f"途中までのファイル{halves}")
        return int(any(page is None or page.status != 200 for page in pages))


WRITES = ["保存", "自動保存", "提出", "承認", "コメント"]


def _sqlite(checks: Checks, chance: random.Random, short: bool) -> int:
    """SQLiteとファイルのディスク"""
    points = 0
    with Server({"AYUMI_TASKS": "worker"}) as server, small_disk(server.var, 64 * MB):
        server.environment["DATABASE_URL"] = f"sqlite:///{server.var}/db.sqlite3"
        city = City.founded(server)
        for left in LEFT[:: 5 if short else 1]:
            point = Point(checks, city, f"SQLite、残り{left}KB")
            attempts = point.attempts([*WRITES, "資料"])
            with ballast(server.var, left * KB):
                pages = point.try_out(attempts)
            points += point.after(attempts, pages)
        point = Point(checks, city, "SQLite、取込（全部の行）")
        attempts = point.attempts(["取込確定"])
        with ballast(server.var, 32 * KB):
            pages = point.try_out(attempts)
        points += point.after(attempts, pages)
        server.kill()
    return points


def _files(checks: Checks, chance: random.Random, short: bool) -> int:
    """ファイルの置き場所"""
    points = 0
    with Server({"AYUMI_TASKS": "worker"}) as server, small_disk(server.var / "files", 2 * MB):
        server.environment["DATABASE_URL"] = f"sqlite:///{server.var}/db.sqlite3"
        city = City.founded(server)
        for left in (0, 4, 16) if not short else (0,):
            point = Point(checks, city, f"資料の置き場所、残り{left}KB")
            attempts = [operations.attach(city, padding=40 * KB)]
            with ballast(server.var / "files", left * KB):
                pages = point.try_out(attempts)
            points += point.after(attempts, pages)
        with small_disk(server.var / "tmp", MB):
            server.kill()
            server.environment["TMPDIR"] = str(server.var / "tmp")
            server.start()
            point = Point(checks, city, "一時ファイルの置き場所")
            attempts = point.attempts(["資料", "取込確定"])
            with ballast(server.var / "tmp", 0):
                pages = point.try_out(attempts)
                book = city.person("soumu").open(f"{operations.HOME}initiatives.xlsx")
                point.that(book.status in (200, 507), f"一覧のExcel {book.status}")
            point.after(attempts, pages)
            points += 1
            server.kill()
    return points


def _limited(checks: Checks, chance: random.Random, short: bool) -> int:
    """ファイルの大きさの上限"""
    points = 0
    with Server({"AYUMI_TASKS": "worker"}, workers=1) as server:
        server.environment["DATABASE_URL"] = f"sqlite:///{server.var}/db.sqlite3"
        city = City.founded(server)
        for room in (8, 40, 120) if not short else (40,):
            point = Point(checks, city, f"書ける大きさ{room}KB")
            attempts = point.attempts(WRITES)
            (worker,) = server.workers_running()
            resource.prlimit(worker, resource.RLIMIT_FSIZE, (room * KB, resource.RLIM_INFINITY))
            pages = point.try_out(attempts)
            resource.prlimit(worker, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            points += point.after(attempts, pages)
    return points


def _postgres(checks: Checks, chance: random.Random, short: bool) -> int:
    """PostgreSQLのディスク"""
    points = 0
    with (
        Cluster(disk=lambda folder: small_disk(folder, 160 * MB)) as cluster,
        Server({"AYUMI_TASKS": "worker"}) as server,
    ):
        server.environment["DATABASE_URL"] = cluster.create("ayumi")
        city = City.founded(server)
        for left, names in ((0, ["取込確定"]),) if short else ((0, ["取込確定"]), (64, WRITES), (0, WRITES)):
            point = Point(checks, city, f"PostgreSQL、残り{left}KB")
            attempts = point.attempts(names)
            with ballast(cluster.folder, left * KB):
                pages = point.try_out(attempts)
            cluster.wait_until_up()  # it stops itself when its own log has no room
            server.wait_until_up()
            points += point.after(attempts, pages)
    return points
