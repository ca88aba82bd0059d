"""An uploaded 調査票 against what is saved, cell by cell; then taken in, all or nothing.

Three texts meet in a cell: the one at download (its fingerprint stands in the check value), the one saved now, and the
one in the file. Only where the file's differs from both, and the saved one moved too, two people wrote: a clash, which
the person decides. Whoever left a cell alone never carries an old text over a colleague's new one.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.db import transaction

from accounts.models import User
from initiatives import completeness, parsing, permissions, saving
from initiatives import fiscal_year as fy
from initiatives.history import Conflict
from initiatives.models import EntryPart, FieldChange, PlanYear, SurveyUpload, YearlyEntry
from initiatives.models.upload import FileGone
from initiatives.parsing import ParsingError
from initiatives.part_forms import ENTRY_FIELDS, labels
from initiatives.survey import check
from initiatives.survey.columns import CLEAR, FILLED, KEYS, TOLD
from initiatives.survey.read import Line, Survey, other_year, read
from initiatives.survey.rows import keys_of, parts_of
from initiatives.text_diff import Piece, diff
from initiatives.workbook_reader import WorkbookRefused

NEW, CHANGED, UNCHANGED_CELL, REFUSED, CLASH = "new", "changed", "unchanged", "refused", "clash"
SAVED, FILE = "saved", "file"
REASON = "調査票のExcel"
MANY = 200
_AGAIN = "調査票をダウンロードし直し、書いた文をうつしてください。"


class ChangedMeanwhile(Exception):
    """What the preview was made from moved on. Nothing was written."""


class Undecided(Exception):
    """A clash without an answer, or a cell that cannot be taken in. Nothing was written."""


@dataclass
class Cell:
    """One cell to be filled, or a whole row that cannot be taken in (name is "")."""

    kind: str
    place: str  # I7
    code: str
    title: str
    name: str = ""
    label: str = ""
    saved: str = ""
    text: str = ""  # of the file, as it would be kept
    why: str = ""
    note: str = ""
    part: EntryPart | None = field(default=None, repr=False)

    @property
    def pieces(self) -> list[Piece]:
        return diff(self.saved, self.text)

    @property
    def key(self) -> str:
        """Names the answer to a clash in the form."""
        return f"clash-{self.place}"

    @property
    def shown(self) -> str:
        """Short and on one line, without characters that would turn the sentence round."""
        plain = "".join(letter if letter.isprintable() else " " for letter in self.text)
        return plain if len(plain) <= 60 else f"{plain[:60]}…"


@dataclass
class Preview:
    sheet: str
    cells: list[Cell]
    passed_over: list[str]
    digest: str  # of the rows it was made from

    def _of(self, *kinds: str) -> list[Cell]:
        return [cell for cell in self.cells if cell.kind in kinds]

    @property
    def refused(self) -> list[Cell]:
        return self._of(REFUSED)

    @property
    def clashes(self) -> list[Cell]:
        return self._of(CLASH)

    @property
    def changes(self) -> list[Cell]:
        return self._of(NEW, CHANGED)

    @property
    def unchanged(self) -> list[Cell]:
        return self._of(UNCHANGED_CELL)

    @property
    def noted(self) -> list[Cell]:
        """Left as it is, but not because nothing was done to the cell."""
        return [cell for cell in self.unchanged if cell.note]

    @property
    def changes_nothing(self) -> bool:
        return not self._of(NEW, CHANGED, CLASH, REFUSED)


def preview(content: bytes, user: User, plan_year: PlanYear) -> Preview:
    """What taking the file in would do; the database is only read. Raises WorkbookRefused."""
    return _Comparison(user, plan_year, read(content, plan_year)).preview()


def reread(upload: SurveyUpload, user: User, plan_year: PlanYear) -> Preview:
    """The preview of a kept file, made anew. Raises WorkbookRefused, also when the file is gone."""
    try:
        return preview(upload.content(), user, plan_year)
    except FileGone as error:
        raise WorkbookRefused(
            "選んだときのファイルが残っていません。", "もう一度、ファイルを選んでください。"
        ) from error


@transaction.atomic
def take_in(
    upload: SurveyUpload, answers: Mapping[str, str], *, base: str, by: User, plan_year: PlanYear
) -> list[Cell]:
    """Take a kept file in, once, as the preview with the digest `base` said. Returns the cells that were written.

    Raises AlreadyDone, ChangedMeanwhile, Undecided and WorkbookRefused.
    """
    upload.mark_applied(by=by)
    seen = reread(upload, by, plan_year)
    if seen.digest != base:
        raise ChangedMeanwhile
    if seen.refused or any(answers.get(cell.key) not in (SAVED, FILE) for cell in seen.clashes):
        raise Undecided
    written = seen.changes + [cell for cell in seen.clashes if answers[cell.key] == FILE]
    try:
        for part, texts in _by_part(written).items():
            saving.write(part, texts, by=by, source=FieldChange.Source.IMPORT, reason=REASON)
    except Conflict as error:
        raise ChangedMeanwhile from error
    initiatives = len({cell.code for cell in written})
    type(upload).objects.filter(pk=upload.pk).update(summary={"cells": len(written), "initiatives": initiatives})
    return written


def _by_part(cells: list[Cell]) -> dict[EntryPart, dict[str, str]]:
    texts: dict[EntryPart, dict[str, str]] = {}
    for cell in cells:
        texts.setdefault(cell.part, {})[cell.name] = cell.text
    return texts


class _Comparison:
    def __init__(self, user: User, plan_year: PlanYear, survey: Survey):
        self.user = user
        self.plan_year = plan_year
        self.survey = survey
        self.labels = labels(plan_year.plan, plan_year.fiscal_year)
        self.letters = tuple(level.letter for level in plan_year.plan.scale)
        self.parts = {}
        for part in parts_of(user, plan_year, user.department_ids()):
            keys = keys_of(part, part.department.name)
            self.parts[parsing.key(keys["department"]), parsing.code_form(keys["code"])] = part
        self.seen: dict[EntryPart, Line] = {}

    def preview(self) -> Preview:
        cells = [cell for line in self.survey.lines for cell in self._line(line)]
        return Preview(self.survey.sheet, _merged(cells), self.survey.passed_over, self._digest())

    def _digest(self) -> str:
        rows = [
            f"{part.pk} {part.version} {part.status} {part.entry.version} {part.lead_department}"
            for part in self.parts.values()
        ]
        return hashlib.sha256("\n".join([self.plan_year.status, *sorted(rows)]).encode()).hexdigest()

    # --- Rows -------------------------------------------------------------------------------------

    def _line(self, line: Line) -> Iterator[Cell]:
        why, part, prints = self._known(line)
        if why:
            yield Cell(REFUSED, f"{line.number}行目", line.texts["code"].strip(), "", why=why)
            return
        self.seen[part] = line
        for name in FILLED:
            # What another department writes is not in this row at all, unless somebody typed it there.
            if self._is_ours(name, part) or line.texts[name].strip() or name in line.unread:
                yield self._cell(line, name, part, prints[name])
        target = part.entry.target
        if line.texts.get(TOLD, "").strip() and not _same(line.texts[TOLD], target):
            title = part.entry.initiative.name
            note = "今年度の目標は、Excelでは変えられません。いまの目標のままにします。"
            label = YearlyEntry._meta.get_field(TOLD).verbose_name
            yield Cell(UNCHANGED_CELL, line.cell(TOLD), part.entry.initiative.code, title, TOLD, label, note=note)

    def _known(self, line: Line) -> tuple[str, EntryPart | None, dict[str, str]]:
        """Which part a row is, from what stands in it for everyone to see; or why it cannot be taken in."""
        keys = {name: line.texts[name].strip() for name in KEYS}
        for name, words in KEYS.items():
            if name in line.unread:
                return f"{words}のセルが読めません。{line.unread[name]}", None, {}
            if not keys[name]:
                return f"{words}がありません。元に戻すか、{_AGAIN}", None, {}
        if why := self._elsewhere(keys):
            return why, None, {}
        prints = check.fingerprints(keys["check"], keys)
        if prints is None:
            return self._why_unknown(keys), None, {}
        part = self.parts.get((parsing.key(keys["department"]), parsing.code_form(keys["code"])))
        if part is None:
            why = f"番号「{keys['code']}」の取組は、いまは{keys['department']}の分がありません。福祉総務課に聞いてください。"
            return why, None, {}
        if part in self.seen:
            why = f"同じ取組の行が、{self.seen[part].number}行目にもあります。どちらかの行を消してください。"
            return why, None, {}
        return "", part, prints

    def _elsewhere(self, keys: Mapping[str, str]) -> str:
        """Another plan, another year, another department: each in its own words."""
        plan = self.plan_year.plan.name
        if parsing.key(keys["plan"]) != parsing.key(plan):
            return f"これは「{keys['plan']}」の調査票です。いま開いているのは「{plan}」です。計画を切り替えてください。"
        try:
            year = fy.parse(keys["year"])
        except fy.FiscalYearError as error:
            return str(error)
        if year != self.plan_year.fiscal_year:
            return other_year(fy.label(year), self.plan_year)
        mine = {parsing.key(part.department.name) for part in self.parts.values()}
        if parsing.key(keys["department"]) not in mine:
            return saving.why_not_ours(keys["department"], self.user)
        return ""

    def _why_unknown(self, keys: Mapping[str, str]) -> str:
        """The check value was made for something else: for which number of ours, if for one."""
        # No department has so many rows: then it is not worth trying each with every number.
        for department, code in self.parts if len(self.survey.lines) <= MANY else ():
            other = dict(keys, code=code)
            if department == parsing.key(keys["department"]) and check.fingerprints(keys["check"], other):
                return f"番号が書きかえられています。この行は「{code}」の行でした。番号を元に戻してください。"
        return f"確認用の値が、番号や担当課と合いません。行を写して足したか、書きかえたようです。{_AGAIN}"

    # --- Cells ------------------------------------------------------------------------------------

    def _cell(self, line: Line, name: str, part: EntryPart, downloaded: str) -> Cell:
        saved = saving.saved(part, name)
        cell = Cell(
            UNCHANGED_CELL, line.cell(name), part.entry.initiative.code, part.entry.initiative.name, name,
            self.labels[name], saved, line.texts[name], part=part,
        )  # fmt: skip
        if name in line.unread:
            cell.kind, cell.text, cell.why = REFUSED, line.shown[name], line.unread[name]
            return cell
        if self._is_ours(name, part) and _same(cell.text, saved):
            return cell
        if not cell.text.strip():
            cell.note = f"空のセルは変えません。消すときは「{CLEAR}」と書いてください。" if saved else ""
            return cell
        try:
            cell.text, cell.note = self._read(name, cell.text)
        except ParsingError as error:
            cell.kind, cell.why = REFUSED, str(error)
            return cell
        return self._judged(cell, part, downloaded)

    def _read(self, name: str, text: str) -> tuple[str, str]:
        """The value as it would be kept, and what was understood by the way."""
        if parsing.key(text) == parsing.key(CLEAR):
            return "", ""
        if name != "self_rating":
            return parsing.clean_body(text), ""
        letter = parsing.parse_rating(text, self.letters)
        return letter, f"「{text}」を{letter}として読みます。" if letter and letter != text else ""

    def _judged(self, cell: Cell, part: EntryPart, downloaded: str) -> Cell:
        moved = check.fingerprint(cell.name, cell.saved) != downloaded
        if cell.text == cell.saved:
            return cell
        if moved and check.fingerprint(cell.name, cell.text) == downloaded:
            cell.note = "ダウンロードしたあとで、あゆみの画面で変わりました。画面のほうの文のままにします。"
            return cell
        cell.why = self._why_closed(cell.name, part)
        if cell.why:
            cell.kind = REFUSED
        elif moved:
            cell.kind = CLASH
        else:
            cell.kind = CHANGED if cell.saved else NEW
        return cell

    @staticmethod
    def _is_ours(name: str, part: EntryPart) -> bool:
        return name not in ENTRY_FIELDS or completeness.is_lead(part)

    def _why_closed(self, name: str, part: EntryPart) -> str:
        if not permissions.can_write_part(self.user, part, self.plan_year):
            return saving.why_closed(part, self.user, self.plan_year)
        if not self._is_ours(name, part):
            return "この欄は、主担当の課が書きます。このセルを空にしてください。"
        return ""


def _same(text: str, saved: str) -> bool:
    """Whether the file holds what is saved, whatever a program did to line ends."""
    if text == saved:
        return True
    try:
        return parsing.clean_text(text) == parsing.clean_text(saved)
    except ParsingError:
        return False


def _merged(cells: list[Cell]) -> list[Cell]:
    """Rows that follow one another and are refused for the same reason are told once."""
    merged: list[Cell] = []
    run = 0
    for cell in cells:
        last = merged[-1] if merged else None
        if last and not cell.name and not last.name and last.why == cell.why:
            run += 1
            first = last.place.partition("行目")[0].partition("～")[0]
            last.place = f"{first}～{cell.place}"
            last.title = f"ほか{run}件"
        else:
            merged.append(cell)
            run = 0
    return merged
