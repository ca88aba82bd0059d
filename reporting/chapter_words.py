"""用語 in the chapters: where a word of the dictionary is wrong in what is typed, and how it reads put right.

The same check as everywhere (initiatives/checking/checks/terms.py), over what is typed instead of what is printed: a live
figure is no word, and nothing is put right inside of one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from initiatives import text_diff
from initiatives.checking.checks.terms import CHECK
from initiatives.checking.finding import Finding, Place
from initiatives.checking.terms import Terms
from initiatives.checking.writing import Passage
from reporting.models import Chapter
from reporting.prose import with_words, words_of


@dataclass(frozen=True)
class Use:
    """A wrong word in the text of a chapter (`row` 0) or in a row of its events, from 1."""

    row: int
    finding: Finding  # `basis` and `mended` as they are typed

    @property
    def key(self) -> str:
        """Names the use on a form, whatever else is typed meanwhile."""
        return f"{self.row}-{self.finding.key}"

    @property
    def may_mend(self) -> bool:
        return bool(self.finding.mended)

    @property
    def place(self) -> str:
        return f"市の動向の{self.row}行目" if self.row else ""

    @property
    def pieces(self) -> list[text_diff.Piece]:
        """The difference, with little around it."""
        return text_diff.excerpt(text_diff.diff(self.finding.basis, self.finding.mended))

    @property
    def done(self) -> str:
        return f"「{self.finding.subject}」を「{self.finding.expected}」に直しました。"


def uses(chapter: Chapter, text: str, events: Sequence[tuple[str, str]], terms: Terms) -> list[Use]:
    """In the order of the page: the text, then the events as they stand in the table."""
    return [use for row, written in enumerate((text, *(what for _, what in events))) for use in _in(chapter, row, written, terms)]  # fmt: skip


def _in(chapter: Chapter, row: int, text: str, terms: Terms) -> Iterator[Use]:
    words, hidden = words_of(text)
    goal = chapter.goal.number if chapter.goal else None
    place = Place("event", str(row), goal=goal) if row else Place("chapter", field=chapter.kind, goal=goal)
    for finding in CHECK.run(Passage(place, words, chapter.fiscal_year, terms)):
        mended = with_words(finding.mended, hidden) if finding.mended else ""
        yield Use(row, replace(finding, basis=text, mended=mended))


def mended(use: Use, text: str, events: Sequence[tuple[str, str]]) -> tuple[str, list[tuple[str, str]]]:
    """Text and events with the use put right."""
    rows = list(events)
    if not use.row:
        return use.finding.mended, rows
    rows[use.row - 1] = (rows[use.row - 1][0], use.finding.mended)
    return text, rows
