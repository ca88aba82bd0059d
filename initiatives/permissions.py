"""Who may do what, one object at a time. The same rules as lists: PlanYear/EntryPart `.visible_to`, `.editable_by`.

tests/test_gate.py compares the two faces over every role and status.
"""

from collections.abc import Iterable

from django.utils import timezone

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


def can_view_attachments(user: User, part: EntryPart, plan_year: PlanYear) -> bool:
    """The evidence beside a part: for whoever may read it, but the committee. The other face: Attachment.visible_to."""
    return user.is_office and can_view_part(user, part, plan_year)


def works_in(user: User, part: EntryPart) -> bool:
    """Belongs today to the department of the part, with an account that may write."""
    return (
        user.is_authenticated
        and user.is_active
        and not user.is_committee
        and not user.is_admin
        and part.department_id in user.department_ids()
    )


def is_open_for(plan_year: PlanYear, department_id: int, status: str) -> bool:
    """Whether the calendar lets a department write in this year.

    While the year is 受付中, until the end of the deadline's day (日本時間) or of the department's own extension.
    What was sent back may be put right as long as the year is still being worked on.
    """
    if status == EntryPart.Status.RETURNED and plan_year.status in PlanYear.IN_HAND:
        return True
    if plan_year.status != PlanYear.Status.COLLECTING:
        return False
    until = plan_year.deadline_for(department_id)
    return until is None or timezone.localdate() <= until


def can_write_part(user: User, part: EntryPart, plan_year: PlanYear) -> bool:
    return (
        works_in(user, part)
        and part.status in EntryPart.WRITABLE
        and is_open_for(plan_year, part.department_id, part.status)
    )


# --- Steps of a part (workflow.ACTIONS); whether its status allows them is asked there ---------------


def can_request_confirmation(user: User, part: EntryPart, plan_year: PlanYear) -> bool:
    return part.department.manager_step and can_write_part(user, part, plan_year)


def can_submit(user: User, part: EntryPart, plan_year: PlanYear) -> bool:
    """The 課長 passes on what waits for confirmation; without that step whoever writes submits."""
    if part.status == EntryPart.Status.AWAITING_MANAGER:
        return works_in(user, part) and user.role == User.Role.MANAGER and plan_year.status in PlanYear.IN_HAND
    return not part.department.manager_step and can_write_part(user, part, plan_year)


def can_withdraw(user: User, part: EntryPart, plan_year: PlanYear) -> bool:
    return works_in(user, part) and is_open_for(plan_year, part.department_id, EntryPart.Status.DRAFT)


def can_return(user: User, part: EntryPart, plan_year: PlanYear) -> bool:
    """The 課長 before 提出, 福祉総務課 after it."""
    if plan_year.status not in PlanYear.IN_HAND:
        return False
    if part.status == EntryPart.Status.AWAITING_MANAGER:
        return works_in(user, part) and user.role == User.Role.MANAGER
    return is_coordinating(user)


def can_approve(user: User, part: EntryPart, plan_year: PlanYear) -> bool:
    """福祉総務課, but never for what one submitted oneself."""
    return is_coordinating(user) and plan_year.status in PlanYear.IN_HAND and part.submitted_by_id != user.pk


def can_reopen(user: User, part: EntryPart, plan_year: PlanYear) -> bool:
    return is_coordinating(user) and plan_year.status in PlanYear.IN_HAND


# --- The office that coordinates ---------------------------------------------------------------------


def is_coordinating(user: User) -> bool:
    return user.is_authenticated and user.is_active and user.is_coordinator


def can_run_year(user: User) -> bool:
    """Open a year, set its deadlines, move it on."""
    return is_coordinating(user)


def can_import_report(user: User) -> bool:
    """Take in a whole year's report (not a department's 調査票)."""
    return is_coordinating(user)


def can_build_report(user: User) -> bool:
    return is_coordinating(user)
