"""From the text of chapters as it is typed to the text that is printed: live figures, and notes with their numbers.

`{{目標1.A評価.件数}}` becomes the figure (figures.py). `［注：本文］` becomes （注1） where it stands and a note at the end of
its goal; `［注 名前：本文］` may be referred to again as `［注 名前］`. Numbers follow the order of the printed report.
Everything is looked up, nothing is run, and what was put in is not read again. Pure: a report in, a report out.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from reporting.figures import Catalogue, Figure, FigureError, fold
from reporting.snapshot import Event, Footnote, Goal, Report, Section

# The order of the printed page of a goal; events stand after the first. Its summary is printed elsewhere, without notes.
GOAL_ORDER = (
    "social_trends", "events", "progress_indicators", "progress_initiatives", "main_efforts", "needed_direction", "vision",
)  # fmt: skip
_NO_BRACKET = r"［］\[\]\n"
TOKEN = re.compile(
    r"(?:\{\{|｛｛)(?P<figure>[^{}｛｝\n]{0,120})(?:\}\}|｝｝)"
    rf"|[［\[]注(?=[ 　：:])(?:[ 　]+(?P<name>[^：:{_NO_BRACKET}]{{1,30}}))?(?:[：:](?P<note>[^{_NO_BRACKET}]+))?[］\]]"
    r"|(?P<stray>\{\{|｛｛|\}\}|｝｝|[［\[]注(?=[ 　：:]))"
)
NO_NOTES = "注は、目標ごとの①から③の文に書けます。ここには書けません。"


@dataclass(frozen=True)
class Piece:
    """A stretch of a text. kind: text, figure, empty (a figure without a value now), note, or problem (printed as typed)."""

    kind: str
    printed: str
    source: str
    words: str = ""  # of a figure its name, of a note its body, of a problem what is wrong
    how: str = ""
    figure: Figure | None = None


@dataclass(frozen=True)
class Problem:
    """What is wrong with a marker. `goal` None: a chapter of the report itself; `kind`: a Chapter.Kind or "events"."""

    goal: int | None
    kind: str
    source: str
    words: str
    is_broken: bool  # no such name; else the name is right and the data have no value yet
    row: int = 0  # of events, from 1


_HIDDEN = "\ufffc"  # OBJECT REPLACEMENT CHARACTER: stands for one thing that is no word
_NO_WORDS = re.compile(f"{TOKEN.pattern}|{_HIDDEN}")


def words_of(text: str) -> tuple[str, list[str]]:
    """What a person wrote in words: the text with one sign for each figure and each beginning of a note, and those."""
    hidden: list[str] = []

    def sign(match: re.Match) -> str:
        if match["note"] is None:
            hidden.append(match[0])
            return _HIDDEN
        begin, end = match.span("note")
        hidden.append(match.string[match.start() : begin])
        return f"{_HIDDEN}{_NO_WORDS.sub(sign, match['note'])}{match.string[end : match.end()]}"

    return _NO_WORDS.sub(sign, text), hidden


def with_words(words: str, hidden: list[str]) -> str:
    """A text again from what `words_of` took apart, its words perhaps put right."""
    kept = iter(hidden)
    return re.sub(_HIDDEN, lambda _: next(kept), words)


def options_of(typed: str) -> tuple[str, list[str]]:
    """「目標1.達成率｜約」 → its name and its options."""
    name, *options = re.split(r"[|｜]", typed)
    return name, [fold(option) for option in options]


@dataclass
class Prose:
    """A whole report's texts, read once. `report` is the printed one."""

    typed: Report
    before: Callable[[], Report | None] = lambda: None
    marks: tuple[str, str] = ("", "")  # put around every figure: for the preview, which shows what is live
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self):
        self.catalogue = Catalogue(self.typed, self.before)
        self.pieces: dict[tuple[int | None, str], list[Piece]] = {}
        self._named: dict[str, int] = {}
        self._number = max((note.number for goal in self.typed.goals for note in goal.footnotes), default=0)
        self._notes: list[Footnote] | None = None  # of the goal that is being read; None: no notes here
        self._at: tuple[int | None, str, int] = (None, "", 0)
        sections = {kind: self._section(None, section) for kind, section in self.typed.sections.items()}
        self.report = replace(self.typed, sections=sections, goals=tuple(map(self._goal, self.typed.goals)))

    def _goal(self, goal: Goal) -> Goal:
        self._notes, sections, events = [], dict(goal.sections), goal.events
        for kind in GOAL_ORDER:
            if kind == "events":
                events = tuple(self._event(goal.number, row, event) for row, event in enumerate(goal.events, 1))
            elif kind in sections:
                sections[kind] = self._section(goal.number, sections[kind])
        notes, self._notes = (*goal.footnotes, *self._notes), None
        for kind in sections.keys() - set(GOAL_ORDER):
            sections[kind] = self._section(goal.number, sections[kind])
        return replace(goal, sections=sections, events=events, footnotes=notes)

    def _section(self, goal: int | None, section: Section) -> Section:
        printed = self._read((goal, section.kind, 0), section.text)
        return replace(section, text=printed, source="" if printed == section.text else section.text)

    def _event(self, goal: int, row: int, event: Event) -> Event:
        printed = self._read((goal, "events", row), event.what)
        return replace(event, what=printed, source="" if printed == event.what else event.what)

    # --- One text -------------------------------------------------------------------------------------

    def _read(self, at: tuple[int | None, str, int], text: str) -> str:
        self._at = at
        pieces = list(self._split(text))
        self.pieces.setdefault(at[:2], []).extend(pieces)
        return self._joined(pieces)

    def _joined(self, pieces: list[Piece]) -> str:
        start, end = self.marks
        return "".join(f"{start}{piece.printed}{end}" if piece.kind == "figure" else piece.printed for piece in pieces)

    def _split(self, text: str) -> Iterator[Piece]:
        begin = 0
        for match in TOKEN.finditer(text):
            if match.start() > begin:
                yield Piece("text", text[begin : match.start()], text[begin : match.start()])
            begin = match.end()
            yield self._piece(match)
        if begin < len(text):
            yield Piece("text", text[begin:], text[begin:])

    def _piece(self, match: re.Match) -> Piece:
        if match["figure"] is not None:
            return self._figure(match)
        if match["stray"]:
            near = match.string[match.start() : match.start() + 12].partition("\n")[0]
            sign = "］" if "注" in match[0] else "}}" if match[0] in ("{{", "｛｛") else "{{"
            return self._broken(match[0], f"「{near}」に、対になる「{sign}」がありません。")
        return self._note(match)

    def _figure(self, match: re.Match) -> Piece:
        name, options = options_of(match["figure"])
        try:
            figure = self.catalogue.find(name)
            printed = figure.printed(options)
        except FigureError as error:
            return self._broken(match[0], str(error))
        if figure.value is not None:
            return Piece("figure", printed, match[0], figure.name, figure.how, figure)
        why = f"今は「{figure.word}」です" if figure.word else "まだ値がありません"
        self._tell(match[0], f"{figure.name}は、{why}。数が決まるまで、「{printed}」と印刷されます。", is_broken=False)
        return Piece("empty", printed, match[0], figure.name, figure=figure)

    def _note(self, match: re.Match) -> Piece:
        name, body = (match["name"] or "").strip(), (match["note"] or "").strip()
        if self._notes is None:
            return self._broken(match[0], NO_NOTES)
        if not body:
            number = self._named.get(fold(name)) if name else None
            if number is None:
                return self._broken(match[0], f"「{name}」という注が、これより前にありません。初めに出るところに［注 {name}：説明］と書いてください。")  # fmt: skip
            return Piece("note", f"（注{number}）", match[0], "同じ注をもう一度指しています")
        if name and fold(name) in self._named:
            return self._broken(
                match[0], f"「{name}」という注は、もうあります。2回目は［注 {name}］とだけ書いてください。"
            )
        self._number += 1
        number = self._number
        if name:
            self._named[fold(name)] = number
        # A note's body may hold figures, and no notes: its brackets end at the first one.
        inside = list(self._split(body))
        self._notes.append(Footnote(number, self._joined(inside), source=body))
        return Piece("note", f"（注{number}）", match[0], "".join(piece.printed for piece in inside))

    def _broken(self, source: str, words: str) -> Piece:
        self._tell(source, words, is_broken=True)
        return Piece("problem", source, source, words)

    def _tell(self, source: str, words: str, *, is_broken: bool) -> None:
        goal, kind, row = self._at
        self.problems.append(Problem(goal, kind, source, words, is_broken, row))


def as_typed(report: Report) -> Report:
    """A printed report with its texts as they were typed, for reading them again."""
    return replace(
        report,
        sections={kind: _typed(section) for kind, section in report.sections.items()},
        goals=tuple(
            replace(
                goal,
                sections={kind: _typed(section) for kind, section in goal.sections.items()},
                events=tuple(Event(event.when, event.source or event.what) for event in goal.events),
                footnotes=tuple(note for note in goal.footnotes if not note.source),
            )
            for goal in report.goals
        ),
    )


def _typed(section: Section) -> Section:
    return replace(section, text=section.source or section.text, source="")
