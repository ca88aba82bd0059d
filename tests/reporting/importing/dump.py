"""A canonical dump of the tables a report touches, free of row numbers: equal dumps are equal databases."""

from accounts.models import Department
from indicators.models import Indicator, IndicatorGoal, IndicatorValue
from initiatives.models import (
    Direction,
    EntryPart,
    FieldChange,
    Goal,
    Initiative,
    InitiativeDepartment,
    InitiativePartner,
    Partner,
    Plan,
    PlanYear,
    Policy,
    RatingLevel,
    YearlyEntry,
)
from reporting.models import Chapter, CityEvent, Footnote
from reviews.models import CommitteeReview

# Model: (what names a row, foreign keys by what names their row)
GOAL = {"goal": "goal__number"}
TABLES = {
    Department: {},
    Plan: {},
    RatingLevel: {"plan": "plan__name"},
    PlanYear: {"plan": "plan__name"},
    Goal: {"plan": "plan__name"},
    Policy: GOAL,
    Direction: {"policy": ("policy__goal__number", "policy__number")},
    Partner: {},
    Initiative: {
        "plan": "plan__name",
        "direction": ("direction__policy__goal__number", "direction__policy__number", "direction__number"),
        "original": "original__code",
    },
    InitiativeDepartment: {"initiative": "initiative__code", "department": "department__name"},
    InitiativePartner: {
        "initiative": "initiative__code",
        "department": "department__name",
        "partner": "partner__name",
    },
    YearlyEntry: {"initiative": "initiative__code"},
    EntryPart: {"entry": "entry__initiative__code", "department": "department__name"},
    Indicator: {"plan": "plan__name"},
    IndicatorGoal: GOAL | {"indicator": "indicator__code"},
    IndicatorValue: {"indicator": "indicator__code"},
    CommitteeReview: GOAL | {"plan": "plan__name"},
    Chapter: GOAL | {"plan": "plan__name"},
    CityEvent: GOAL | {"plan": "plan__name"},
    Footnote: GOAL | {"plan": "plan__name"},
}
TIMES = {"id", "updated_at", "version", "approved_at"}
# What the workbook does not hold at all.
ONLY_IN_DIRECTORY = {
    "Plan": {"publisher", "philosophy"},
    "Goal": {"overview"},
    "Policy": {"name"},
    "CommitteeReview": None,
    "Chapter": None,
    "CityEvent": None,
    "Footnote": None,
}


def dump(*, shared_only: bool = False) -> dict[str, list[dict]]:
    """Table → rows, sorted. `shared_only` leaves out what only the directory can tell."""
    tables = {}
    for model, links in TABLES.items():
        left_out = ONLY_IN_DIRECTORY.get(model.__name__, set()) if shared_only else set()
        if left_out is None:
            continue
        rows = model.objects.values(*_names(model, links, left_out))
        tables[model.__name__] = sorted(({k: str(v) for k, v in row.items()} for row in rows), key=lambda row: str(row))
    return tables


def _names(model, links, left_out) -> list[str]:
    names = []
    for field in model._meta.concrete_fields:
        if field.name in TIMES or field.name in left_out:
            continue
        link = links.get(field.name, field.name)
        names += link if isinstance(link, tuple) else [link]
    return names


def everything() -> tuple:
    """All rows with numbers and versions, and the history: equal means nothing was written at all."""
    models = [*TABLES, FieldChange]
    return tuple(tuple(model.objects.order_by("pk").values_list()) for model in models)
