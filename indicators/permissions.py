"""Who may write an indicator's figures, one object at a time. What of a year may be seen is asked of initiatives."""

from accounts.models import User
from indicators.models import Indicator
from initiatives.models import EntryPart, PlanYear
from initiatives.permissions import is_coordinating, is_open_for


def concerns(user: User, indicator: Indicator) -> bool:
    """福祉総務課, the people of the indicator's 担当課 and their 代理; whether they may write now is can_write_value."""
    if is_coordinating(user):
        return True
    return user.is_office and not user.is_admin and indicator.department_id in user.department_ids()


def can_write_value(user: User, indicator: Indicator, plan_year: PlanYear) -> bool:
    """福祉総務課 until the year is 確定; the 担当課 as long as it may write its parts."""
    if is_coordinating(user):
        return plan_year.status in PlanYear.IN_HAND
    return concerns(user, indicator) and is_open_for(plan_year, indicator.department_id, EntryPart.Status.DRAFT)


def can_decide_value(user: User) -> bool:
    """Set the target of a year, and a rating other than the computed one: 福祉総務課."""
    return is_coordinating(user)


def can_define(user: User) -> bool:
    """Say how an indicator is measured and computed: 福祉総務課."""
    return is_coordinating(user)
