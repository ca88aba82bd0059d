"""The plan as a tree, its years, what is written year by year, and the record of every change."""

from initiatives.models.attachment import Attachment
from initiatives.models.change import FieldChange, PendingChange
from initiatives.models.entry import EntryPart, Transition, YearlyEntry
from initiatives.models.handover import HandoverNote
from initiatives.models.plan import (
    Direction,
    Goal,
    Initiative,
    InitiativeDepartment,
    InitiativePartner,
    Partner,
    Plan,
    Policy,
    RatingLevel,
)
from initiatives.models.versioned import Versioned
from initiatives.models.year import DeadlineExtension, PlanYear, YearTransition

__all__ = [
    "Attachment",
    "DeadlineExtension",
    "Direction",
    "EntryPart",
    "FieldChange",
    "Goal",
    "HandoverNote",
    "Initiative",
    "InitiativeDepartment",
    "InitiativePartner",
    "Partner",
    "PendingChange",
    "Plan",
    "PlanYear",
    "Policy",
    "RatingLevel",
    "Transition",
    "Versioned",
    "YearTransition",
    "YearlyEntry",
]
