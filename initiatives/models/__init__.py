"""The plan as a tree, its years, what is written year by year, and the record of every change."""

from initiatives.models.attachment import Attachment
from initiatives.models.change import FieldChange, PendingChange
from initiatives.models.comment import FieldComment, PartMessage, ThreadRead
from initiatives.models.entry import EntryPart, Transition, YearlyEntry
from initiatives.models.handover import HandoverNote
from initiatives.models.notice import Mail, Notice, NoticeWords
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
    in_force_in,
)
from initiatives.models.term import Term
from initiatives.models.upload import SurveyUpload, Upload
from initiatives.models.versioned import Versioned
from initiatives.models.year import DeadlineExtension, PlanYear, YearTransition

__all__ = [
    "Attachment",
    "DeadlineExtension",
    "Direction",
    "EntryPart",
    "FieldChange",
    "FieldComment",
    "Goal",
    "HandoverNote",
    "Initiative",
    "InitiativeDepartment",
    "InitiativePartner",
    "Mail",
    "Notice",
    "NoticeWords",
    "PartMessage",
    "Partner",
    "PendingChange",
    "Plan",
    "PlanYear",
    "Policy",
    "RatingLevel",
    "SurveyUpload",
    "Term",
    "ThreadRead",
    "Transition",
    "Upload",
    "Versioned",
    "YearTransition",
    "YearlyEntry",
    "in_force_in",
]
