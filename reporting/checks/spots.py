"""Where in the chapters a finding is mended: the chapter, and the paragraph or row of its edit page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from initiatives.checking.finding import Finding, Place
from initiatives.checking.reading import plain
from reporting.models import Chapter
from reporting.prose import GOAL_ORDER
from reporting.snapshot import Report

EVENTS = "events"
_TRENDS = Chapter.Kind.SOCIAL_TRENDS.value  # the chapter on whose page the events are written


@dataclass(frozen=True)
class Spot:
    """A text of a chapter. `goal` 0: of the whole report; `row`: of the events, from 1; 0: the chapter's own text."""

    goal: int
    kind: str
    row: int = 0
    paragraph: int = 0  # from 1; 0: not told

    @property
    def anchor(self) -> str:
        """A place on the edit page; "" for its top."""
        if self.row:
            return f"when-{self.row - 1}"
        return f"p-{self.paragraph}" if self.paragraph else ""


def spot_of(place: Place, finding: Finding, report: Report) -> Spot | None:
    """The text in which the place stands; None where it is in no chapter (a note that nothing points to, a review)."""
    if place.kind == "event":
        return Spot(place.goal, _TRENDS, int(place.code))
    if place.kind == "chapter":
        sections = next((goal.sections for goal in report.goals if goal.number == place.goal), report.sections)
        text = sections[place.field].text if place.field in sections else ""
        return Spot(place.goal or 0, place.field, paragraph=_paragraph(text, finding.subject, finding.found))
    if place.kind == "footnote":
        anchor = f"(注{place.code})"
        told = ((spot, text) for spot, text in _texts(place.goal, report) if anchor in plain(text))
        found = next(told, None)
        return found and Spot(found[0].goal, found[0].kind, found[0].row, _paragraph(found[1], anchor))
    return None


def _texts(goal_number: int, report: Report) -> Iterator[tuple[Spot, str]]:
    """The texts of a goal that may hold notes, in the printed order."""
    goal = next(goal for goal in report.goals if goal.number == goal_number)
    for kind in GOAL_ORDER:
        if kind == EVENTS:
            for row, event in enumerate(goal.events, 1):
                yield Spot(goal_number, _TRENDS, row), event.what
        elif kind in goal.sections:
            yield Spot(goal_number, kind), goal.sections[kind].text


def _paragraph(text: str, *words: str) -> int:
    """The paragraph in which the first of some words stands; 0 when none does.

    Figures and notes hold no line ends: the paragraphs of what is printed are those of what is typed.
    """
    told = plain(text)
    for each in words:
        needle = plain(re.sub(r"^…|…$", "", each))
        if needle and (at := told.find(needle)) >= 0:
            return told.count("\n", 0, at) + 1
    return 0
