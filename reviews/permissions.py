"""Who reads and writes 意見 and 市の考え方. The same rules as lists: Opinion.objects `.visible_to`, `.editable_by`."""

from django.utils import timezone

from accounts.models import User
from initiatives.models import PlanYear
from initiatives.permissions import can_view_year, is_coordinating
from reviews.models import Opinion, Response


def is_member(user: User) -> bool:
    return user.is_authenticated and user.is_active and user.is_committee


def is_open(plan_year: PlanYear) -> bool:
    """While the year is 委員会審議中, until the end of the deadline's day (日本時間)."""
    deadline = plan_year.committee_deadline
    return plan_year.status == PlanYear.Status.COMMITTEE and (deadline is None or timezone.localdate() <= deadline)


def can_begin_opinion(user: User, plan_year: PlanYear) -> bool:
    return is_member(user) and is_open(plan_year)


def can_view_opinion(user: User, opinion: Opinion, plan_year: PlanYear) -> bool:
    """What is submitted: 福祉総務課 and the committee. A draft and what was withdrawn: the author alone."""
    submitted = opinion.state == Opinion.State.SUBMITTED
    if is_coordinating(user):
        return submitted
    return is_member(user) and can_view_year(user, plan_year) and (submitted or opinion.author_id == user.pk)


def can_write_opinion(user: User, opinion: Opinion, plan_year: PlanYear) -> bool:
    """The author, until the period ends or the city's answer stands: it answers these words and no others."""
    return (
        can_begin_opinion(user, plan_year)
        and opinion.author_id == user.pk
        and opinion.answer_state != Response.State.CONFIRMED
    )


def can_answer(user: User, plan_year: PlanYear) -> bool:
    """Write 市の考え方, and make it 確定 or take it back."""
    return is_coordinating(user) and not plan_year.is_locked


def can_view_response(user: User, opinion: Opinion, plan_year: PlanYear) -> bool:
    """福祉総務課 its drafts, too; whoever reads the opinion when the answer is 確定."""
    if not can_view_opinion(user, opinion, plan_year):
        return False
    return is_coordinating(user) or opinion.answer_state == Response.State.CONFIRMED
