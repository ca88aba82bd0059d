"""Saying what is measured: adding an indicator, changing how it is measured, ending it, and what its figures must keep to.

With history, and with a reason for whatever changes figures.
"""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from accounts.models import User
from indicators.models import FigureRule, Indicator, IndicatorGoal
from initiatives import history
from initiatives.models import FieldChange, Goal, Plan, PlanYear
from ledger.chain import recording


def begun(plan: Plan) -> Indicator:
    """A new indicator, not kept yet, behind the others and under the next number that is free."""
    used = set(plan.indicators.values_list("code", flat=True))
    number = len(used) + 1
    while f"I{number:02}" in used:
        number += 1
    last = plan.indicators.aggregate(last=Max("position"))["last"] or 0
    return Indicator(plan=plan, code=f"I{number:02}", position=last + 1, version=0)


def touched_years(indicator: Indicator, first_year: int | None, last_year: int | None) -> list[PlanYear]:
    """The locked years whose figures would gain or lose the indicator if it began and ended so."""
    then = Indicator(first_year=first_year, last_year=last_year)
    locked = PlanYear.objects.filter(plan=indicator.plan_id, status__in=PlanYear.LOCKED).order_by("fiscal_year")
    return [
        year
        for year in locked
        if then.is_in_force(year.fiscal_year) != (indicator.pk is not None and indicator.is_in_force(year.fiscal_year))
    ]


@recording()
def save(indicator: Indicator, values: Mapping[str, Any], goals: Collection[Goal], *, by: User, reason: str) -> bool:
    """Set what is measured and under which goals it stands. Returns whether anything changed.

    Raises history.Conflict: a colleague was first.
    """
    links = {link.goal: link for link in indicator.goal_links.select_related("goal")} if indicator.pk else {}
    if indicator.pk is None:
        _create(indicator)
    changed = history.differences(indicator, values)
    moved = set(goals) != set(links)
    if not changed and not moved:
        return False
    changes = history.changes_of(indicator, changed, by=by, reason=reason)
    if moved:
        changes.append(_goals_changed(indicator, links, goals, by, reason))
    history.write(indicator, changed)
    history.remember(changes)
    IndicatorGoal.objects.filter(pk__in=[link.pk for goal, link in links.items() if goal not in goals]).delete()
    IndicatorGoal.objects.bulk_create(
        IndicatorGoal(indicator=indicator, goal=goal, position=indicator.position)
        for goal in goals
        if goal not in links
    )
    return True


def _create(indicator: Indicator) -> None:
    """The row itself; what is measured is then saved as a change, so that history begins with it."""
    indicator.version = 1
    try:
        with transaction.atomic():
            indicator.save(force_insert=True)
    except IntegrityError as error:
        raise history.Conflict(str(indicator)) from error


def _goals_changed(indicator, before: Collection[Goal], after: Collection[Goal], by: User, reason: str) -> FieldChange:
    old, new = ("・".join(str(number) for number in sorted(goal.number for goal in goals)) for goals in (before, after))
    return FieldChange(
        model=indicator._meta.label_lower, object_id=indicator.pk, field="goals", old=old, new=new, by=by, reason=reason
    )


RULES = "figure_rules"


@recording()
def add_rule(rule: FigureRule, words: str, *, by: User) -> None:
    """Keep a rule that is not kept yet. `words`: the rule as people read it, for the history."""
    rule.save(force_insert=True)
    history.remember([_rules_changed(rule.indicator, "", words, by)])


@recording()
def remove_rule(rule: FigureRule, words: str, *, by: User) -> bool:
    """Returns whether it was still there."""
    gone, _ = FigureRule.objects.filter(pk=rule.pk).delete()
    if gone:
        history.remember([_rules_changed(rule.indicator, words, "", by)])
    return bool(gone)


def _rules_changed(indicator: Indicator, old: str, new: str, by: User) -> FieldChange:
    label = indicator._meta.label_lower
    return FieldChange(model=label, object_id=indicator.pk, field=RULES, old=old, new=new, by=by)
