"""PostgreSQL is restarted while people work: nothing acknowledged is lost, and Ayumi is back without being started again.

Each time three people are at work; one more sends a form and an automatic save while the database is away, is answered
in words with the text kept (503), and sends it again from that very page. 20 times; `--short`: 3 times.
"""

import json
import os
import random
import time

from drills import operations
from drills.operations import AUTOSAVE, City
from drills.people import LOST, People
from drills.postgres import Cluster, binaries
from drills.report import Checks
from drills.server import Server
from drills.visitor import Missing, Page, Visitor

BACK_WITHIN = 10  # seconds after PostgreSQL takes connections again


def run(arguments: list[str]) -> int:
    times = 3 if "--short" in arguments else 20
    seed = arguments[arguments.index("--seed") + 1] if "--seed" in arguments else f"{random.randrange(10**6)}"
    print(f"seed {seed}、CPU {os.cpu_count()}", flush=True)
    checks = Checks()
    if not binaries():
        checks.that(False, "PostgreSQLがない")
        return checks.close()
    with Cluster() as cluster, Server({"AYUMI_TASKS": "worker"}) as server:
        server.environment["DATABASE_URL"] = cluster.create("ayumi")
        drill = Restart(City.founded(server), cluster, checks, random.Random(seed))
        for _ in range(times):
            try:
                drill.once()
            except (Missing, *LOST) as error:
                checks.that(False, f"その先へ進めない: {error!r}")
        checks.that(server.workers_running() == drill.workers, "あゆみを起動し直さずに戻る")
        log = server.log.read_text(errors="replace")
        checks.that("Internal Server Error" not in log, "500が出ない")
    longest = max(drill.back, default=0)
    print(
        f"再起動{times}回、返事をした書きこみ{drill.acknowledged}件、断った送信{drill.refused}件、戻るまで最長{longest:.1f}秒"
    )
    return checks.close()


class Restart:
    def __init__(self, city: City, cluster: Cluster, checks: Checks, chance: random.Random):
        self.city, self.cluster, self.checks, self.chance = city, cluster, checks, chance
        self.workers = city.server.workers_running()
        self.acknowledged = self.refused = 0
        self.back: list[float] = []

    def once(self) -> None:
        that = self.checks.that
        spare = [pk for pk in self.city.initiative if pk not in {*list(self.city.initiative)[:36]}]
        draft = next(pk for pk in spare if operations._text(self.city, pk)[2] in ("draft", "returned"))
        save = operations.save(self.city, draft, "alone")
        typed = operations.autosave(self.city, spare[spare.index(draft) + 1], "beside")
        people = People(self.city, self.chance, that)
        people.start()
        time.sleep(self.chance.uniform(0.3, 1.0))
        self.cluster.stop()
        page = save.send()
        self._told(page, save)
        answer = typed.send()
        that(answer.status == 503 and json.loads(answer.body)["kind"] == "away", f"自動保存の返事{answer.status}")
        self.cluster.start()
        self.back.append(self._until_back())
        that(self.back[-1] <= BACK_WITHIN, f"戻るまで{self.back[-1]:.1f}秒")
        self._again(save.visitor, page)
        that(save.facts() == save.after, f"送り直して{save.facts()}、あるはずは{save.after}")
        answer = typed.visitor.send(typed.form, AUTOSAVE)
        that(
            answer.status == 200 and typed.facts() == typed.after, f"自動保存の送り直し{answer.status} {typed.facts()}"
        )
        people.stop()
        self.acknowledged += people.settle() + 2
        self.refused += 2 + sum(a is not None and a.status == 503 for book in people.books for _, a in book)
        for problem in self.city.db.broken():
            that(False, problem)

    def _told(self, page: Page, sent) -> None:
        that, text = self.checks.that, dict(sent.form.fields)["result"]
        that(page.status == 503, f"止まっている間の返事{page.status}")
        that("混み合っています" in page.heading, page.heading)
        that("入力した内容はこの画面に残っています。" in page.words, "文が残っていると言う")
        that(" ".join(text.split()) in page.words, "打った文が見える")
        kept = {(name, value.replace("\r\n", "\n")) for name, value in page.form("もう一度送る").fields}
        that(kept == set(sent.form.fields), f"送り直す形が同じ: {kept ^ set(sent.form.fields)}")

    def _again(self, visitor: Visitor, page: Page) -> None:
        """The one button, twice: the first answer may have been lost."""
        form = page.form("もう一度送る")
        for _ in range(2):
            answer = visitor.send(form)
            self.checks.that(answer.status == 200, f"もう一度送る: {answer.status} {answer.heading}")

    def _until_back(self) -> float:
        """Seconds until a signed-in person's page opens."""
        begun, visitor = time.monotonic(), self.city.person("soumu")
        while time.monotonic() - begun < 60:
            if visitor.open(operations.HOME).status == 200:
                break
            time.sleep(0.05)
        return time.monotonic() - begun
