"""What the sheets of the officer's workbook share: the title, cells as text and figures, and what was found so far."""

from dataclasses import dataclass, field

from initiatives import parsing, workbook_cells
from initiatives.workbook_reader import Sheet
from reporting.importing import cells
from reporting.importing.reading import Block, Findings
from reporting.importing.source import Direction, Figure, Goal, Initiative, Level, Place, Policy


@dataclass(frozen=True)
class Title:
    plan: str
    fiscal_year: int
    goal: int | None
    name: str
    place: Place


@dataclass
class Reading:
    """What was found in the sheets of a workbook so far."""

    year: int
    found: Findings = field(default_factory=Findings)
    titles: list[Title] = field(default_factory=list)
    other_years: set[int] = field(default_factory=set)  # that a sheet is of, instead of this one
    scale: tuple[Level, ...] = ()
    goals: list[Goal] = field(default_factory=list)
    policies: dict[tuple[int, int], Policy] = field(default_factory=dict)
    directions: dict[tuple[int, int, int], Direction] = field(default_factory=dict)
    initiatives: list[Initiative] = field(default_factory=list)
    baseline_year: int | None = None
    blocks: list[Block] = field(default_factory=list)
    indicator_years: tuple[int, ...] = ()


def shown(value) -> str:
    return value if isinstance(value, str) else ("" if value is None else str(value))


class SheetCells:
    """Reads cells of one sheet as text, with the rules for what may stand there."""

    def __init__(self, sheet: Sheet, found: Findings):
        self.sheet = sheet
        self.found = found
        self.computed = sheet.formulas | sheet.errors
        self.computed_rows = {row for row, _ in self.computed}

    def texts(self, row: int, columns: dict[str, int], place: Place) -> dict[str, str]:
        """The texts of a row's cells by name, as they are kept."""
        values, plain = self.sheet.rows[row], row not in self.computed_rows
        return {
            name: self.found.text(
                values[at] if plain and isinstance(values[at], str) else self.text(row, at, place, name), place, name
            )
            for name, at in columns.items()
        }

    def text(self, row: int, column: int, place: Place, name: str) -> str:
        """The text of a cell; a number as Excel shows it. Problems: formulas, errors, dates, truth values."""
        value = self.sheet.value(row, column)
        if isinstance(value, str) and (row, column) not in self.computed:
            return value
        try:
            return workbook_cells.text_at(self.sheet, row, column)
        except parsing.ParsingError as error:
            self.found.problem(place.at(name), shown(value), error)
            return ""

    def figure(self, row: int, column: int, place: Place) -> Figure:
        value = self.sheet.value(row, column)
        why = workbook_cells.unfit(self.sheet, row, column)
        if not why:
            try:
                if isinstance(value, str):
                    return cells.parse_figure(value)
                return cells.figure_of_number(value, self.sheet.formats.get((row, column), "General"))
            except parsing.ParsingError as error:
                why = str(error)
        self.found.problem(place.at("value"), shown(value), why)
        return Figure()

    def printed(self, row: int, column: int) -> Figure | None:
        """A rate as printed, only to compare with the computed one: a formula's last result will do."""
        value = self.sheet.value(row, column)
        try:
            if isinstance(value, str):
                return cells.parse_figure(value)
            return cells.figure_of_number(value, self.sheet.formats.get((row, column), "General"))
        except (parsing.ParsingError, TypeError):
            return None
