"""What a check looks at: a passage of text, or all that is written about one initiative in a year."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from initiatives.checking.finding import Place
from initiatives.checking.terms import Terms

WRITTEN = ("target", "next_target", "result", "issues", "low_rating_reason")


@dataclass(frozen=True)
class Step:
    """One step of the rating scale."""

    letter: str
    min_rate: int
    reason_required: bool = False


@dataclass(frozen=True)
class Passage:
    """A text in its place. `kind` is the place's field: result, issues, progress_initiatives …"""

    place: Place
    text: str
    fiscal_year: int
    terms: Terms = field(default_factory=Terms)

    @property
    def kind(self) -> str:
        return self.place.field


@dataclass(frozen=True)
class Writing:
    """One initiative in one year: a whole row, or one department's part of it (`is_part`)."""

    code: str
    fiscal_year: int
    scale: tuple[Step, ...] = ()
    goal: int | None = None
    department: str = ""
    name: str = ""
    description: str = ""
    baseline: str = ""
    target: str = ""
    next_target: str = ""
    result: str = ""
    issues: str = ""
    rating: str = ""
    low_rating_reason: str = ""
    last: Mapping[str, str] = field(default_factory=dict)  # result, issues of the year before
    is_part: bool = False
    terms: Terms = field(default_factory=Terms)

    def place(self, name: str) -> Place:
        return Place("row", self.code, name, self.goal, self.department, self.name)

    def passages(self, names: tuple[str, ...] = WRITTEN) -> Iterator[Passage]:
        for name in names:
            if text := getattr(self, name):
                yield Passage(self.place(name), text, self.fiscal_year, self.terms)

    def rank(self, letter: str) -> int | None:
        """0 is the best."""
        return next((rank for rank, step in enumerate(self.scale) if step.letter == letter), None)

    def step_for(self, rate: Decimal) -> int:
        """The rank that a rate in percent belongs to, from best to worst."""
        return next((rank for rank, step in enumerate(self.scale) if rate >= step.min_rate), len(self.scale) - 1)
