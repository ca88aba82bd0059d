"""Who sees and does what between the committee and the city. The same rules as lists: Opinion.objects.visible_to,
Inquiry.objects.visible_to.

In short: what is typed is its writer's alone until it is sent. What a member sends is read by the committee and by
福祉総務課, with the name; by a department only when it was asked, and without the name. What departments reply is read
by 福祉総務課 alone. The committee reads an answer when it is 確定. How the others rate stays hidden from a member until
the days for opinions are over, so that each rating is the member's own. Written is in 委員会審議中 only.
"""

from django.utils import timezone

from accounts.models import User
from initiatives.models import EntryPart, PlanYear
from initiatives.permissions import can_view_year, is_coordinating, works_in
from reviews.models import FollowUp, Inquiry, Opinion, Response


def is_member(user: User) -> bool:
    return user.is_authenticated and user.is_active and user.is_committee


# --- The days for opinions -------------------------------------------------------------------------------


def is_deliberating(plan_year: PlanYear) -> bool:
    return plan_year.status == PlanYear.Status.COMMITTEE


def has_begun(plan_year: PlanYear) -> bool:
    return plan_year.committee_start is None or plan_year.committee_start <= timezone.localdate()


def is_over(plan_year: PlanYear) -> bool:
    """From the day after the deadline (日本時間), or when the year is 確定."""
    deadline = plan_year.committee_deadline
    return plan_year.is_locked or (deadline is not None and deadline < timezone.localdate())


def is_open(plan_year: PlanYear) -> bool:
    """While the year is 委員会審議中, from the first day to the end of the last (日本時間)."""
    return is_deliberating(plan_year) and has_begun(plan_year) and not is_over(plan_year)


# --- 委員 ------------------------------------------------------------------------------------------------


def can_read(user: User) -> bool:
    """Open the pages of the committee: its members, and 福祉総務課 to see what they see."""
    return is_member(user) or is_coordinating(user)


def can_begin_opinion(user: User, plan_year: PlanYear) -> bool:
    """Write an opinion, and rate."""
    return is_member(user) and is_open(plan_year)


def can_view_opinion(user: User, opinion: Opinion, plan_year: PlanYear) -> bool:
    """What stands: 福祉総務課, the committee, and departments that were asked. What was withdrawn: its author alone."""
    submitted = opinion.state == Opinion.State.SUBMITTED
    if is_member(user):
        return can_view_year(user, plan_year) and (submitted or opinion.author_id == user.pk)
    if is_coordinating(user):
        return submitted
    return submitted and any(can_view_inquiry(user, inquiry) for inquiry in opinion.inquiries.all())


def can_write_opinion(user: User, opinion: Opinion, plan_year: PlanYear) -> bool:
    """The author, until the days are over or the city's answer stands: it answers these words and no others."""
    return can_begin_opinion(user, plan_year) and opinion.author_id == user.pk and not is_answered(opinion)


def is_answered(opinion: Opinion) -> bool:
    """Whether the city's answer stands: from then on whoever reads the opinion reads it, and the opinion stays as it is.
    Until then the answer is 福祉総務課's alone."""
    return opinion.answer_state == Response.State.CONFIRMED


def can_view_ratings(user: User, plan_year: PlanYear) -> bool:
    """How the members rate, taken together: 福祉総務課 at any time, a member when the days are over."""
    return is_coordinating(user) or (is_member(user) and is_over(plan_year))


# --- 担当課 ----------------------------------------------------------------------------------------------


def can_be_asked(user: User) -> bool:
    """Open the page of the department's questions: who works at a department, as oneself or as a 代理."""
    return user.is_office and user.is_active and not user.is_admin and bool(user.department_ids())


def can_view_inquiry(user: User, inquiry: Inquiry) -> bool:
    """The department that was asked (and 代理), and 福祉総務課, as long as question and opinion stand."""
    if not user.is_authenticated or not user.is_active or user.is_committee or user.is_admin:
        return False
    if inquiry.state == Inquiry.State.CANCELLED:
        return False
    if inquiry.opinion_id and inquiry.opinion.state != Opinion.State.SUBMITTED:
        return False
    return user.is_coordinator or inquiry.department_id in user.department_ids()


def can_reply(user: User, inquiry: Inquiry, plan_year: PlanYear) -> bool:
    """The department and 代理, until the city's answer is 確定."""
    answered = inquiry.opinion_id and is_answered(inquiry.opinion)
    return (
        can_view_inquiry(user, inquiry)
        and inquiry.department_id in user.department_ids()
        and is_deliberating(plan_year)
        and not answered
    )


# --- 福祉総務課 ------------------------------------------------------------------------------------------


def can_gather(user: User) -> bool:
    """Open the pages on which opinions are gathered and answered."""
    return is_coordinating(user)


def can_answer(user: User, plan_year: PlanYear) -> bool:
    """Ask departments, write 市の考え方, make it 確定, decide what is published, leave something to the next year."""
    return is_coordinating(user) and is_deliberating(plan_year)


def can_assign(user: User, plan_year: PlanYear) -> bool:
    """Say who reads what: also before the year is opened to the committee."""
    return is_coordinating(user) and not plan_year.is_locked


def can_write_review(user: User, plan_year: PlanYear) -> bool:
    return is_coordinating(user) and not plan_year.is_locked


def can_view_follow_up(user: User, follow_up: FollowUp, part: EntryPart | None = None) -> bool:
    """福祉総務課; and beside a part (in a later year) the people who write it."""
    if is_coordinating(user):
        return True
    return part is not None and works_in(user, part) and follow_up.initiative_id == part.entry.initiative_id
