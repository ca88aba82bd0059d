"""Who may do what, one object at a time. The same rules as lists: PlanYear/EntryPart `.visible_to`, `.editable_by`.

tests/test_gate.py compares the two faces over every role and status.
"""

from collections.abc import Iterable

from django.db.models import Value
from django.utils import timezone

from accounts.models import User
from accounts.permissions import can_manage_accounts as can_manage_accounts
from initiatives.models import EntryPart, FieldChange, PlanYear, Transition, YearlyEntry


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


def can_view_drafts(user: User, part: EntryPart, plan_year: PlanYear) -> bool:
    """Whether the part's text could be read before it was approved, too: then also what was written over or taken off.

    Other departments never meet a draft, not in the history of what is approved either.
    """
    return can_read(
        user, EntryPart.Status.DRAFT, [sibling.department_id for sibling in part.entry.parts.all()], plan_year
    )


def can_view_attachments(user: User, part: EntryPart, plan_year: PlanYear) -> bool:
    """The evidence beside a part: for whoever may read it, but the committee. The other face: Attachment.visible_to."""
    return user.is_office and can_view_part(user, part, plan_year)


def works_in(user: User, part: EntryPart) -> bool:
    """Belongs today to the department of the part, or is the 代理 of someone there, with an account that may write."""
    return (
        user.is_authenticated
        and user.is_active
        and not user.is_committee
        and not user.is_admin
        and part.department_id in user.department_ids()
    )


def manages(user: User, part: EntryPart) -> bool:
    """Has the powers of the 課長 in the department of the part: as 課長 or as the 代理 of one."""
    return works_in(user, part) and user.manages(part.department_id)


def is_open_for(plan_year: PlanYear, department_id: int, status: str) -> bool:
    """Whether the calendar lets a department write in this year.

    While the year is 受付中, until the end of the deadline's day (日本時間) or of the department's own extension.
    What was sent back may be put right as long as the year is still being worked on.
    """
    if status == EntryPart.Status.RETURNED and plan_year.status in PlanYear.IN_HAND:
        return True
    if plan_year.status != PlanYear.Status.COLLECTING:
        return False
    today, deadline = timezone.localdate(), plan_year.department_deadline
    # An extension only lengthens: before the deadline of all there is no need to read it.
    return deadline is None or today <= deadline or today <= plan_year.deadline_for(department_id)


def can_write_part(user: User, part: EntryPart, plan_year: PlanYear) -> bool:
    return (
        works_in(user, part)
        and part.status in EntryPart.WRITABLE
        and is_open_for(plan_year, part.department_id, part.status)
    )


def can_use_survey(user: User) -> bool:
    """Open 「Excelで書く」. Whose 調査票 one gets there is asked by survey.rows.departments_for, and what of a file may
    be taken in row by row: can_write_part."""
    return user.is_active and user.is_office and not user.is_admin


# --- Steps of a part (workflow.ACTIONS); whether its status allows them is asked there ---------------


def can_request_confirmation(user: User, part: EntryPart, plan_year: PlanYear) -> bool:
    return part.department.manager_step and can_write_part(user, part, plan_year)


def can_submit(user: User, part: EntryPart, plan_year: PlanYear) -> bool:
    """The 課長 passes on what waits for confirmation; without that step whoever writes submits."""
    if part.status == EntryPart.Status.AWAITING_MANAGER:
        return manages(user, part) and plan_year.status in PlanYear.IN_HAND
    return not part.department.manager_step and can_write_part(user, part, plan_year)


def can_withdraw(user: User, part: EntryPart, plan_year: PlanYear) -> bool:
    """Whoever writes for the department, until 福祉総務課 has begun to work on it (workflow.pick_up)."""
    return (
        works_in(user, part)
        and part.picked_up_at is None
        and is_open_for(plan_year, part.department_id, EntryPart.Status.DRAFT)
    )


def can_return(user: User, part: EntryPart, plan_year: PlanYear) -> bool:
    """The 課長 before 提出, 福祉総務課 after it."""
    if plan_year.status not in PlanYear.IN_HAND:
        return False
    if part.status == EntryPart.Status.AWAITING_MANAGER:
        return manages(user, part)
    return is_coordinating(user)


def can_approve(user: User, part: EntryPart, plan_year: PlanYear) -> bool:
    """福祉総務課, but never for what one submitted oneself, or wrote or sent as somebody's 代理."""
    return (
        is_coordinating(user)
        and plan_year.status in PlanYear.IN_HAND
        and part.submitted_by_id != user.pk
        and not acted_as_deputy(user, part)
    )


def can_reopen(user: User, part: EntryPart, plan_year: PlanYear) -> bool:
    return is_coordinating(user) and plan_year.status in PlanYear.IN_HAND


def can_talk(user: User, part: EntryPart) -> bool:
    """Read the talk about a part: its department and 福祉総務課, no co-owner and nobody else."""
    return is_coordinating(user) or works_in(user, part)


def can_say(user: User, part: EntryPart, plan_year: PlanYear) -> bool:
    """Ask and answer, until the year is 確定."""
    return can_talk(user, part) and not plan_year.is_locked


# --- 代理 ----------------------------------------------------------------------------------------------


def acts_for(user: User, part: EntryPart, action: str) -> User | None:
    """In whose place the person takes a step of workflow.ACTIONS; None with a right of one's own."""
    if part.status == EntryPart.Status.AWAITING_MANAGER and action in ("submit", "return"):
        return user.acting_for(part.department_id, as_manager=True)
    return writes_for(user, part) if action in ("request_confirmation", "submit", "withdraw") else None


def writes_for(user: User, part: EntryPart) -> User | None:
    """In whose place the person writes in a part; None with a right of one's own."""
    return user.acting_for(part.department_id)


def acted_as_deputy(user: User, part: EntryPart) -> bool:
    """Whether the person ever wrote in the part, or took a step with it, in another's place.

    What a lead writes once for the whole entry is counted to each of the entry's parts.
    """
    if not hasattr(user, "_acted_as_deputy"):
        # Few rows: what this one person did as a 代理. Read once per request, so that a list costs no more than one.
        written = FieldChange.objects.filter(by=user, on_behalf_of__isnull=False).order_by()
        taken = Transition.objects.filter(by=user, on_behalf_of__isnull=False).order_by()
        steps = taken.annotate(model=Value(EntryPart._meta.label_lower)).values_list("model", "part_id")
        user._acted_as_deputy = frozenset(written.values_list("model", "object_id").union(steps))
    rows = {(EntryPart._meta.label_lower, part.pk), (YearlyEntry._meta.label_lower, part.entry_id)}
    return not user._acted_as_deputy.isdisjoint(rows)


# --- 引継ぎメモ -----------------------------------------------------------------------------------------


def can_write_handover(user: User, department_id: int) -> bool:
    """The people of the department and their 代理."""
    return (
        user.is_authenticated
        and user.is_active
        and user.role not in User.NEVER_DEPUTY
        and department_id in user.department_ids()
    )


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


def can_keep_dictionary(user: User) -> bool:
    """Say which words are right in the city's texts, and put them right over a year."""
    return is_coordinating(user)


def can_check_report(user: User) -> bool:
    """See the consistency check of a whole year, and decide about what it finds."""
    return is_coordinating(user)
