"""What a part still lacks before it is sent. Saving asks for nothing; only sending does."""

from initiatives.models import EntryPart, InitiativeDepartment, RatingLevel

Lack = tuple[str, str]  # the field of the form, and what to do in words

SENDING = ("request_confirmation", "submit")


def is_lead(part: EntryPart) -> bool:
    """Whether the part is the lead department's (主担当), which also writes what the entry has only once.

    A page reads it with the part (`lead_department`), so that asking costs no further query.
    """
    if not hasattr(part, "lead_department"):
        lead = part.entry.initiative.owners.filter(role=InitiativeDepartment.Role.LEAD).first()
        part.lead_department = lead.department_id if lead else None
    return part.lead_department == part.department_id


def level_of(part: EntryPart) -> RatingLevel | None:
    scale = part.entry.initiative.plan.scale
    return next((level for level in scale if level.letter == part.self_rating), None)


def missing(part: EntryPart) -> list[Lack]:
    """Fields to be filled before the part goes to 課長 or 福祉総務課, in the order of the page."""
    if part.not_applicable_reason:
        return []
    lacks = []
    if not part.result:
        lacks.append(("result", "実績を書いてください。今年度は該当がないときは、その理由を書いてください。"))
    level = level_of(part)
    if level is None:
        lacks.append(("self_rating", "評価を選んでください。"))
    elif level.reason_required and is_lead(part) and not part.entry.low_rating_reason:
        lacks.append(("low_rating_reason", f"評価が{level.letter}です。低評価の理由を書いてください。"))
    return lacks
