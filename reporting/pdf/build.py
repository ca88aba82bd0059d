"""One making of the report: chapters to workers or from the store, contents and index last, then joined."""

import os
from concurrent.futures import Future, as_completed
from dataclasses import dataclass
from pathlib import Path

from reporting.pdf import chapters as printed
from reporting.pdf.chapters import Chapter
from reporting.pdf.join import Piece, join
from reporting.pdf.parcel import Rendered, Task
from reporting.pdf.store import Store
from reporting.pdf.worker import Workers

PROCESSES = 2
CONTENTS_TRIES = 4


@dataclass
class Build:
    report: object
    cache_dir: Path | None
    processes: int | None
    progress: object
    about: dict  # what Book takes besides the report

    def __post_init__(self):
        self.store = Store(self.cache_dir)
        self.css = printed.stylesheet()
        self.made: dict[str, Rendered] = {}

    def run(self) -> bytes:
        book = printed.Book(self.report, **self.about)
        count = self.processes or min(PROCESSES, os.cpu_count() or 1)
        with Workers(count) as workers:
            self._say(1, "章の文をそろえています")
            chapters = book.chapters()
            # The contents without numbers tell how long they are.
            self._render([chapter for chapter in chapters if chapter.is_contents or not chapter.late], workers)
            self._render_late(book, chapters, workers)
        self._say(92, "1冊にまとめています")
        whole = join(self._pieces(chapters), self.made["furniture"], book)
        self.store.prune()
        self._say(100, "できました")
        return whole

    def _say(self, percent: int, words: str) -> None:
        if self.progress is not None:
            self.progress(percent, words)

    def _task(self, chapter: Chapter) -> Task:
        return Task(chapter.key, chapter.html(), self.css, tagged=chapter.tagged, contents=chapter.is_contents)

    def _render(self, chapters: list[Chapter], workers: Workers, start: int = 2, end: int = 85) -> None:
        """Render what the store lacks. Heaviest first, so that both processes end together."""
        waiting: dict[Future, tuple[Task, Chapter]] = {}
        total = len(chapters)
        for chapter in sorted(chapters, key=lambda chapter: -chapter.weight):
            task = self._task(chapter)
            kept = self.store.get(task)
            if kept is not None:
                self.made[chapter.key] = kept
            else:
                waiting[workers.submit(task)] = task, chapter
        for future in as_completed(waiting):
            task, chapter = waiting[future]
            packed = future.result()
            self.store.put(task, packed)
            self.made[chapter.key] = Rendered.unpack(packed)
            done = len([each for each in chapters if each.key in self.made])
            self._say(start + (end - start) * done // total, f"「{chapter.title}」ができました（{done}／{total}章）")

    def _render_late(self, book, chapters: list[Chapter], workers: Workers) -> None:
        """Contents and index need page numbers, and the contents' own length moves every page after them."""
        self._say(86, "目次と索引をつくっています")
        contents = next(chapter for chapter in chapters if chapter.is_contents)
        late = [chapter for chapter in chapters if chapter.late]
        for _ in range(CONTENTS_TRIES):
            pages = self.made[contents.key].pages
            book.number(self._places(chapters, contents, pages))
            for chapter in late:
                self.made.pop(chapter.key, None)
            self._render(late, workers, 87, 91)
            if self.made[contents.key].pages == pages:
                return
        raise RuntimeError("the contents do not settle")  # its length does not depend on the numbers in it

    def _places(self, chapters: list[Chapter], contents: Chapter, contents_pages: int) -> dict[str, int]:
        """Page number of every anchor, the cover being page 1."""
        places, page = {}, 1
        for chapter in chapters:
            places[chapter.key] = page
            if chapter is contents:
                page += contents_pages
            elif chapter.key in self.made:
                made = self.made[chapter.key]
                places |= {name: page + index for name, (index, _) in made.anchors.items()}
                page += made.pages
        return places

    def _pieces(self, chapters: list[Chapter]) -> list[Piece]:
        return [Piece(chapter, self.made[chapter.key]) for chapter in chapters if chapter.printed]
