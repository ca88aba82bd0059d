"""The rating of an initiative (YearlyEntry.rating) out of its departments' own. The rule stands here alone.

When the last part is approved the lead's rating becomes the initiative's, unless 福祉総務課 has set another with a
reason. Reopening a part leaves it: the entry counts as unrated as long as a part is not approved (reporting.assemble).
"""

from collections.abc import Iterable

from accounts.models import User
from initiatives.history import save_changes
from initiatives.models import EntryPart, InitiativeDepartment, YearlyEntry
from ledger.chain import recording


class RatingError(Exception):
    """The rating cannot be set. The message says why; nothing was changed."""


def lead_part(entry: YearlyEntry, parts: Iterable[EntryPart]) -> EntryPart | None:
    """The part of the 主担当; without one the first in order, as the cell is printed."""
    parts = sorted(parts, key=lambda part: part.position)
    leads = {owner.department_id for owner in entry.initiative.owners.all() if owner.role == _LEAD}
    return next((part for part in parts if part.department_id in leads), parts[0] if parts else None)


_LEAD = InitiativeDepartment.Role.LEAD


@recording()
def agree(entry: YearlyEntry, *, by: User) -> None:
    """Once all parts are approved, the lead's rating is the initiative's. A rating set with a reason stands."""
    parts = list(entry.parts.all())
    if entry.rating_reason or not parts or any(part.status != EntryPart.Status.APPROVED for part in parts):
        return
    lead = lead_part(entry, parts)
    # A report that was printed before Ayumi has a rating but no department's own: an empty one must not erase it.
    if lead.self_rating or lead.not_applicable_reason:
        save_changes(entry, {"rating": lead.self_rating}, by=by, reason="主担当の自己評価")


@recording()
def set_rating(entry: YearlyEntry, rating: str, reason: str, by: User) -> None:
    """Another rating than the lead's, with the reason; "" goes back to the lead's. Raises RatingError, Conflict."""
    reason = reason.strip() if rating else ""
    if rating and rating not in {level.letter for level in entry.initiative.plan.scale}:
        raise RatingError(f"「{rating}」という評価は、この計画にはありません。")
    if rating and not reason:
        raise RatingError("主担当と違う評価にする理由を書いてください。")
    save_changes(entry, {"rating": rating, "rating_reason": reason}, by=by, reason="福祉総務課が決めた評価")
    agree(entry, by=by)
