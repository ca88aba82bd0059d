"""The plan as a tree, its years, what is written year by year, and the record of every change."""

from initiatives.models.change import FieldChange
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
from initiatives.models.upload import SurveyUpload, Upload
from initiatives.models.versioned import Versioned
from initiatives.models.year import DeadlineExtension, PlanYear, YearTransition

__all__ = [
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
    "Plan",
    "PlanYear",
    "Policy",
    "RatingLevel",
    "SurveyUpload",
    "Transition",
    "Upload",
    "Versioned",
    "YearTransition",
    "YearlyEntry",
]
