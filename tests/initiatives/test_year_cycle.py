import pytest

from initiatives import year_cycle
from initiatives.models import PlanYear, YearTransition
from initiatives.workflow import TransitionError

STEPS = [(name, action.sources[0], action.target) for name, action in year_cycle.ACTIONS.items()]


@pytest.mark.parametrize(("name", "source", "target"), STEPS)
def test_a_year_moves_and_it_is_remembered(plan_year, coordinator, name, source, target):
    plan_year.status = source
    plan_year.save()
    year_cycle.perform(plan_year, name, by=coordinator, reason="部の会議で決めたため")
    step = YearTransition.objects.get()
    assert PlanYear.objects.get().status == target == plan_year.status
    assert (step.action, step.from_status, step.to_status, step.by) == (name, source, target, coordinator)


@pytest.mark.parametrize("role", ["writer", "manager", "member", "admin"])
def test_only_the_coordinating_office_moves_a_year(plan_year, role, request):
    user = request.getfixturevalue(role)
    assert year_cycle.available_actions(plan_year, user) == {}
    with pytest.raises(TransitionError):
        year_cycle.perform(plan_year, "close", by=user)


def test_only_from_the_right_state(plan_year, coordinator):
    assert list(year_cycle.available_actions(plan_year, coordinator)) == ["close"]
    with pytest.raises(TransitionError, match="受付中"):
        year_cycle.perform(plan_year, "start", by=coordinator)


def test_going_back_asks_for_a_reason(plan_year, coordinator):
    year_cycle.perform(plan_year, "close", by=coordinator)
    with pytest.raises(TransitionError, match="理由を書いてください"):
        year_cycle.perform(plan_year, "start_again", by=coordinator)


def test_every_state_has_its_words():
    assert set(year_cycle.WORDS) == set(PlanYear.Status)
