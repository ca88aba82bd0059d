"""The figures of a year that a person's departments still owe."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from indicators import permissions
from indicators.models import Indicator
from indicators.series import all_series, scale_of
from initiatives import business_days
from initiatives.later import Ask
from initiatives.models import PlanYear


def owed_by(user: User, plan_year: PlanYear) -> list[Indicator]:
    """Indicators whose actual is missing and whom nobody but this person's departments can write now.

    What has no 担当課 is 福祉総務課's. One query without an own indicator, five with any number.
    """
    whose = Q(department__in=user.department_ids())
    if user.is_coordinator:
        whose |= Q(department=None)
    own = Indicator.objects.filter(whose, plan=plan_year.plan_id).in_force(plan_year.fiscal_year)
    mine = [indicator for indicator in own if permissions.can_write_value(user, indicator, plan_year)]
    if not mine:
        return []
    series = all_series(plan_year.plan, plan_year.fiscal_year, scale_of(plan_year.plan))
    return [indicator for indicator in mine if series[indicator.pk].owes(plan_year.fiscal_year)]


def asks(user: User, plan_year: PlanYear) -> Iterator[Ask]:
    """For ホーム and the list of things to do (initiatives.later)."""
    owed = owed_by(user, plan_year) if user.is_office else []
    if not owed:
        return
    year = [plan_year.plan_id, plan_year.fiscal_year]
    more = f"　ほか{len(owed) - 1}つ" if len(owed) > 1 else ""
    days = [day for indicator in owed if (day := plan_year.deadline_for(indicator.department_id))]
    until = f"　期限は{business_days.label(min(days))}です。" if days and not user.is_coordinator else ""
    yield Ask(
        "成果指標",
        f"成果指標{len(owed)}つの、{plan_year.label}の実績を書く",
        f"「{owed[0].name}」{more}{until}",
        reverse("indicators:indicator_edit", args=[*year, owed[0].pk])
        if len(owed) == 1
        else reverse("indicators:indicator_list", args=year),
        "実績を書く",
    )
