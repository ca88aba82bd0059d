"""kill -9 in the middle of what people do, on SQLite and on PostgreSQL: what was acknowledged is there, and nothing half.

Two ways. At a named place (drills/failpoints.py): one form is sent, the process dies there, and the same form is sent
again by the person, which must end in exactly one effect. At random instants: three people work at once, and the
worker, the whole server or PostgreSQL is killed; the drill's own list of what was acknowledged is held against the
database. After every kill the whole database is read (drills/oracle.py).

`--short`: each place at least once a database, about 35 kills. `--seed N`: the same order again.
"""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from drills import operations
from drills.failpoints import POINTS
from drills.operations import OPERATIONS, Attempt, City
from drills.people import LOST, People
from drills.postgres import Cluster, binaries
from drills.report import Checks
from drills.server import ROOT, Server
from drills.visitor import Missing, Page

BEFORE = ("before-first-write", "after-first-write", "after-audit-row", "before-commit")
WEB = (*BEFORE, "after-commit", "before-response", "checkpoint")
MOVE = ("before-move", "after-move")
MAIL = (
    "worker-start",
    "before-first-write",
    "before-mark",
    "after-mark",
    "after-send",
    "before-commit",
    "after-commit",
)
BUILD = ("worker-start", "before-first-write", "after-first-write", *MOVE)
NO_AUDIT = ("年度を用意する", "報告書作成")  # they only add rows


def run(arguments: list[str]) -> int:
    short = "--short" in arguments
    given = arguments[arguments.index("--seed") + 1] if "--seed" in arguments else random.randrange(10**6)
    print(f"seed {given}、CPU {os.cpu_count()}", flush=True)
    checks = Checks()
    with contextlib.ExitStack() as stack:
        places = [("SQLite", None)]
        if binaries():
            places.append(("PostgreSQL", stack.enter_context(Cluster())))
        else:
            checks.that(os.environ.get("CI") != "true", "PostgreSQLがない")
            print("PostgreSQLがないので、SQLiteだけで行います。", flush=True)
        with ThreadPoolExecutor(len(places)) as pool:
            rounds = [pool.submit(_round, checks, place, cluster, f"{given}", short) for place, cluster in places]
            told = [each.result() for each in rounds]
    kills = sum((each for each, _ in told), Counter())
    print(f"kill -9: {kills.total()}回（" + "、".join(f"{where} {n}" for where, n in sorted(kills.items())) + "）")
    print(f"返事をした書きこみ: {sum(count for _, count in told)}件")
    return checks.close()


def _round(checks: Checks, place: str, cluster: Cluster | None, seed: str, short: bool) -> tuple[Counter, int]:
    environment = {
        "AYUMI_TASKS": "worker", "AYUMI_MAIL": "file", "AYUMI_BASE_URL": "http://127.0.0.1",
        "AYUMI_MAIL_FROM": "ayumi@city.example.jp",
    }  # fmt: skip
    with Server(environment, workers=1, settings="drills.settings", preload=True) as server:
        server.environment["DATABASE_URL"] = (
            cluster.create("ayumi") if cluster else f"sqlite:///{server.var}/db.sqlite3"
        )
        server.environment["FAILPOINT"] = f"@{server.var / 'failpoint'}"
        drill = Round(server, checks, place, cluster, random.Random(f"{seed}{place}"))
        try:
            drill.go(short)
        except (Missing, RuntimeError, *LOST) as error:
            checks.that(False, f"{place}: その先へ進めない: {error!r}")
        finally:
            drill.close()
        log = server.log.read_text(errors="replace")
        broken = log.find("Internal Server Error")
        checks.that(broken < 0, f"{place}: サーバーの中の誤り: {log[broken:][:3000]}")
        return drill.kills, drill.acknowledged


class Round:
    """One database. `kills` by where they struck; `acknowledged`: writes that a person was told are done."""

    def __init__(self, server: Server, checks: Checks, place: str, cluster: Cluster | None, chance: random.Random):
        self.server, self.checks, self.place, self.cluster, self.chance = server, checks, place, cluster, chance
        self.kills: Counter[str] = Counter()
        self.acknowledged = 0
        self.worker: subprocess.Popen | None = None
        self.city = City.founded(server)
        self.worker = subprocess.Popen(
            [sys.executable, "-m", "drills.worker"], cwd=ROOT, env=server.environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=server.log.open("a"),
        )  # fmt: skip
        self.worker.stdout.readline()

    def close(self) -> None:
        if self.worker:
            self.worker.stdin.close()
            self.worker.wait()

    def that(self, held: bool, what: str) -> bool:
        return self.checks.that(held, f"{self.place}: {what}")

    def go(self, short: bool) -> None:
        cells, random_kills = self._cells(short), 3 if short else 165
        for operation, point, nth in cells:
            if operation == "メール送出":
                self.kill_sender(point)
            elif operation == "報告書を作る仕事":
                self.kill_builder(point)
            else:
                self.kill_at(operation, point, nth)
        at_points = self.kills.total()
        print(f"{self.place}: 決めた場所で{at_points}回", flush=True)
        for _ in range(random_kills):
            self.kill_at_random()
        print(f"{self.place}: でたらめな瞬間に{self.kills.total() - at_points}回", flush=True)

    def _cells(self, short: bool) -> list[tuple[str, str, int]]:
        web = [
            (name, point, 1)
            for name in OPERATIONS
            for point in WEB
            if not (point == "after-audit-row" and name in NO_AUDIT)
        ]
        move = [("資料", point, 1) for point in MOVE]
        mail = [("メール送出", point, 1) for point in MAIL]
        work = [("報告書を作る仕事", point, 1) for point in BUILD]
        if not short:
            cells = [*web, *move, *mail, *work]
            self.chance.shuffle(cells)
            return cells
        names = self.chance.sample(list(OPERATIONS), len(OPERATIONS))
        pairs = []
        for number, point in enumerate([*WEB, *self.chance.sample(WEB, 2)]):
            fits = [name for name in names[number % len(names) :] + names if (name, point, 1) in web]
            pairs.append((fits[0], point, 1))
        return [*pairs, *self.chance.sample(move, 1), *self.chance.sample(mail[2:], 2), *self.chance.sample(work, 2)]

    # --- At a named place --------------------------------------------------------------------------------

    def kill_at(self, operation: str, point: str, nth: int = 1) -> None:
        attempt = OPERATIONS[operation](self.city)
        what = f"{attempt.what}、{POINTS[point]}"
        self.that(attempt.facts() == attempt.before, f"{what}: 始めの状態が違う: {attempt.facts()} {attempt.before}")
        if self._send(attempt, f"{point}:{nth}") is not None:
            self.that(False, f"{what}: その場所を通らない")
            return
        self.kills[POINTS[point]] += 1
        self.server.wait_until_up()
        wanted = {attempt.before} if point in (*BEFORE, "before-move") else {attempt.after}
        if point == "after-move":
            wanted = {attempt.before}
        found = attempt.facts()
        self.that(found in wanted, f"{what}: 止まったあと{found}、あるはずは{wanted}")
        page = self._send(attempt)
        self.that(
            page is not None and page.status == 200 and attempt.facts() == attempt.after,
            f"{what}: 送り直して{page and (page.status, page.heading)} {attempt.facts()}、あるはずは{attempt.after}",
        )
        self.acknowledged += 1
        self.look(what)

    def _send(self, attempt: Attempt, failpoint: str = "") -> Page | None:
        """The answer; None when none came."""
        if failpoint:
            (self.server.var / "failpoint").write_text(failpoint)
        try:
            return attempt.send()
        except LOST:
            return None
        finally:
            (self.server.var / "failpoint").unlink(missing_ok=True)

    def look(self, what: str) -> None:
        """Everything that must hold, whatever happened."""
        for problem in self.city.db.broken():
            self.that(False, f"{what}: {problem}")
        for problem in operations.broken_files(self.city.db, self.server.var / "files"):
            self.that(False, f"{what}: {problem}")
        self.that(True, what)

    # --- In the worker -----------------------------------------------------------------------------------

    def work(self, command: str, failpoint: str = "") -> int:
        """Run the worker (or send_notices) to its end; its exit status, -9 when it was killed."""
        if failpoint:
            (self.server.var / "failpoint").write_text(failpoint)
        self.worker.stdin.write(f"{command}\n")
        self.worker.stdin.flush()
        status = int(self.worker.stdout.readline())
        (self.server.var / "failpoint").unlink(missing_ok=True)
        return status

    def kill_sender(self, point: str) -> None:
        """A deadline is moved, the worker dies while it tells of it; it and cron come again. No mail goes twice."""
        what = f"メール送出、{POINTS[point]}"
        self.work("work")
        self.that(self._send(operations.notify(self.city)) is not None, f"{what}: 期限を変える")
        if self.work("work", f"{point}:1") != -signal.SIGKILL:
            self.that(False, f"{what}: その場所を通らない")
            return
        self.kills[POINTS[point]] += 1
        for command in ("work", "send"):
            self.that(self.work(command) == 0, f"{what}: {command}が終わらない")
        found = operations.mails(self.server.var / "mails")
        self.that(max(found.values(), default=1) == 1, f"{what}: 同じメールが{max(found.values(), default=0)}通")
        states = dict(self.city.db.rows("SELECT state, COUNT(*) FROM initiatives_mail GROUP BY state"))
        unsure = states.get("sending", 0) + states.get("unsure", 0)
        self.that(
            states.get("sent", 0) <= found.total() <= states.get("sent", 0) + unsure,
            f"{what}: 送信済{states}、出たメール{found.total()}",
        )
        untold = self.city.db.one("SELECT COUNT(*) FROM initiatives_notice WHERE kind = 'deadline' AND mail_id IS NULL")
        self.that(untold == 0 and "queued" not in states, f"{what}: 知らせが{untold}件残っている {states}")
        self.look(what)

    def kill_builder(self, point: str) -> None:
        """The worker dies while it keeps a report: no report that is 「できました」 without its whole file."""
        what = f"報告書を作る仕事、{POINTS[point]}"
        self.work("work")
        self.that(self._send(operations.build(self.city)) is not None, f"{what}: 頼む")
        if self.work("work", f"{point}:1") != -signal.SIGKILL:
            self.that(False, f"{what}: その場所を通らない")
            return
        self.kills[POINTS[point]] += 1
        self.look(what)
        self._send(operations.build(self.city))
        self.that(self.work("work") == 0, f"{what}: 作り直す")
        last = "SELECT status FROM reporting_reportbuild ORDER BY id DESC LIMIT 1"
        self.that(self.city.db.one(last) == "done", f"{what}: 作り直して{self.city.db.one(last)}")
        self.look(what)

    # --- At random instants ------------------------------------------------------------------------------

    def kill_at_random(self) -> None:
        people = People(self.city, self.chance, self.that)
        people.start()
        time.sleep(self.chance.uniform(0.2, 0.9))
        self._kill_something()
        people.stop()
        self.server.wait_until_up()
        self.acknowledged += people.settle()
        self.look("でたらめな瞬間")

    def _kill_something(self) -> None:
        kind = self.chance.choice(["worker", "server"] + (["postgres", "postgres"] if self.cluster else []))
        self.kills[{"worker": "働く側", "server": "サーバー全体", "postgres": "PostgreSQL"}[kind]] += 1
        if kind == "postgres":
            self.cluster.kill()
            self.cluster.start()
        elif kind == "server":
            self.server.kill()
            self.server.start()
        else:
            for pid in self.server.workers_running():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
