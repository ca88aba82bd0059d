"""Three people at work at once, and the drill's own book of what each tried and what she was told."""

import http.client
import random
import sqlite3
import threading
from collections.abc import Callable

import psycopg

from drills import operations
from drills.operations import Attempt, City
from drills.visitor import Missing, Page

LOST = (OSError, http.client.HTTPException)  # no answer came
AWAY = (sqlite3.OperationalError, psycopg.OperationalError)  # nor could the drill itself look into the database
STEPS = {
    "draft": ("autosave", "save", "submit", "comment"), "returned": ("autosave", "save", "submit"),
    "submitted": ("approve", "send_back"), "approved": ("reopen",),
}  # fmt: skip
DESK = 12  # parts on which each works


class People:
    def __init__(self, city: City, chance: random.Random, that: Callable[[bool, str], bool], count: int = 3):
        self.city, self.that = city, that
        self.books: list[list[tuple[Attempt, Page | None]]] = [[] for _ in range(count)]
        self._stop = threading.Event()
        parts = list(city.initiative)
        self._threads = []
        for number, book in enumerate(self.books):
            for name in (city.staff_name, "soumu"):
                city.person(name, f"{number}")  # signs in while all is well
            work = (parts[number::count][:DESK], f"{number}", book, random.Random(chance.random()))
            self._threads.append(threading.Thread(target=self._work, args=work, daemon=True))

    def start(self) -> None:
        for each in self._threads:
            each.start()

    def stop(self) -> None:
        self._stop.set()
        for each in self._threads:
            each.join()

    def _work(self, mine: list[int], computer: str, book: list, chance: random.Random) -> None:
        while not self._stop.is_set():
            pk = chance.choice(mine)
            try:
                status = self.city.db.one("SELECT status FROM initiatives_entrypart WHERE id = ?", pk)
                attempt = getattr(operations, chance.choice(STEPS[status]))(self.city, pk, computer)
            except (Missing, *AWAY, *LOST):
                self._stop.wait(0.05)
                continue
            try:
                book.append((attempt, attempt.send()))
            except LOST:
                book.append((attempt, None))

    def settle(self) -> int:
        """Hold the book against the database: of each part the last thing that was tried; what was before it is held
        in its `before`. How many writes were acknowledged."""
        for book in self.books:
            for attempt, answer in {attempt.pk: (attempt, answer) for attempt, answer in book}.values():
                self._settle(attempt, answer)
        return sum(answer is not None and answer.status == 200 for book in self.books for _, answer in book)

    def _settle(self, attempt: Attempt, answer: Page | None) -> None:
        found = attempt.facts()
        if answer is not None and answer.status == 200:
            self.that(found == attempt.after, f"返事をした{attempt.what}が消えた: {found}、あるはずは{attempt.after}")
        else:
            told = "なし" if answer is None else answer.status
            self.that(
                found in (attempt.before, attempt.after),
                f"{attempt.what}（返事は{told}）が半分: {found}、{attempt.before}か{attempt.after}",
            )
