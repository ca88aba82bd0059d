"""What is written for a year's report beside the initiatives: five tables in one query."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import BigIntegerField, F, Model, QuerySet, Value

from initiatives.models import Plan
from reporting.models import Chapter, CityEvent, Footnote, PrintedClaim
from reviews.models import CommitteeReview

# The columns that the five tables share: what each calls them.
_COLUMNS = {
    Chapter: {"kind": F("kind"), "number": Value(0), "heading": F("heading"), "text": F("text"), "version": F("version")},
    CommitteeReview: {"kind": Value(""), "number": Value(0), "heading": F("heading"), "text": F("text"), "version": F("version")},
    CityEvent: {"kind": Value(""), "number": F("position"), "heading": F("when"), "text": F("what"), "version": Value(0)},
    Footnote: {"kind": Value(""), "number": F("number"), "heading": Value(""), "text": F("text"), "version": Value(0)},
    PrintedClaim: {"kind": Value(""), "number": Value(0), "heading": F("key"), "text": F("text"), "version": Value(0)},
}  # fmt: skip
TABLES = tuple(_COLUMNS)


@dataclass(frozen=True)
class Written:
    """A row of one of the tables. heading: also when an event was, and the key of a claim."""

    model: type[Model]
    pk: int
    goal_id: int | None
    kind: str
    number: int
    heading: str
    text: str
    version: int


def read(plan: Plan, fiscal_year: int, models: tuple[type[Model], ...] = TABLES) -> Iterator[Written]:
    """By table, then in the order in which they are printed. One query."""
    first, *rest = (_query(model, plan, fiscal_year) for model in models)
    rows = first.union(*rest, all=True)
    for number, *values in sorted(rows, key=lambda row: (row[0], row[4], row[1])):
        yield Written(TABLES[number], *values)


def _query(model: type[Model], plan: Plan, fiscal_year: int) -> QuerySet:
    rows = model.objects.filter(plan=plan, fiscal_year=fiscal_year).order_by()
    goal = "goal_id" if hasattr(model, "goal") else "no_goal"
    if goal == "no_goal":
        rows = rows.annotate(no_goal=Value(None, output_field=BigIntegerField()))
    columns = {f"c_{name}": expression for name, expression in _COLUMNS[model].items()}
    return rows.annotate(c_table=Value(TABLES.index(model)), **columns).values_list("c_table", "pk", goal, *columns)
