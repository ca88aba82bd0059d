"""Who may do what, one object at a time. The same rules as lists: PlanYear/EntryPart `.visible_to`, `.editable_by`.

tests/test_gate.py compares the two faces over every role and status.
"""

from collections.abc import Iterable

from accounts.models import User
from accounts.permissions import can_manage_accounts as can_manage_accounts
from initiatives.models import EntryPart, PlanYear


def can_view_year(user: User, plan_year: PlanYear) -> bool:
    if not user.is_authenticated or not user.is_active:
        return False
    return not user.is_committee or plan_year.status in PlanYear.OPEN_TO_COMMITTEE


def can_view_part(user: User, part: EntryPart, plan_year: PlanYear) -> bool:
    """Whether the part's text may be read. `plan_year` is the year of the part."""
    return can_read(user, part.status, [sibling.department_id for sibling in part.entry.parts.all()], plan_year)


def can_read(user: User, status: str, departments: Iterable[int], plan_year: PlanYear) -> bool:
    """The rule itself, for lists that hold no model rows. `departments`: all that write for the same entry.

    Co-owners read each other's drafts; other departments nothing before approval.
    """
    if not can_view_year(user, plan_year):
        return False
    if user.is_coordinator or status == EntryPart.Status.APPROVED:
        return True
    return not user.is_committee and not user.department_ids().isdisjoint(departments)


def can_write_part(user: User, part: EntryPart, plan_year: PlanYear) -> bool:
    if not user.is_authenticated or not user.is_active or user.is_committee or user.is_admin:
        return False
    return (
        plan_year.status == PlanYear.Status.COLLECTING
        and part.department_id in user.department_ids()
        and part.status in EntryPart.WRITABLE
    )


def can_import_report(user: User) -> bool:
    """Take in a whole year's report (not a department's 調査票)."""
    return user.is_authenticated and user.is_active and user.is_coordinator


def can_build_report(user: User) -> bool:
    return user.is_authenticated and user.is_active and user.is_coordinator
