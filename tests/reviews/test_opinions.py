"""意見 and 市の考え方: who reads and writes what, in which state, and what a step leaves behind."""

import itertools

import pytest
from django.utils import timezone

from accounts.models import User
from initiatives import history
from initiatives.history import Conflict
from initiatives.models import PlanYear
from initiatives.workflow import TransitionError
from reviews import permissions, workflow
from reviews.models import Opinion, OpinionStep, Response
from tests.factories import PlanYearFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = timezone.timedelta(days=1)
S, R = Opinion.State, Response.State


@pytest.fixture
def year(plan):
    return PlanYearFactory(plan=plan, fiscal_year=2024, status=PlanYear.Status.COMMITTEE)


@pytest.fixture
def other_member(db):
    return UserFactory(username="other_member", role=User.Role.COMMITTEE)


def make_opinion(year, author, state=S.DRAFT, answer=None) -> Opinion:
    at = None if state == S.DRAFT else timezone.now()
    opinion = Opinion.objects.create(plan_year=year, author=author, text="居場所", state=state, submitted_at=at)
    if answer:
        office = UserFactory(role=User.Role.COORDINATOR)
        Response.objects.create(opinion=opinion, kind="adopted", text="広げます", state=answer, by=office)
    return opinion


def test_both_faces_of_the_rules_agree(plan, member, other_member, writer, manager, coordinator, admin):
    stopped = UserFactory(role=User.Role.COMMITTEE, is_active=False)
    today = timezone.localdate()
    cases = itertools.product(PlanYear.Status, (None, today, today - DAY))
    for number, (status, deadline) in enumerate(cases):
        year = PlanYearFactory(plan=plan, fiscal_year=1990 + number, status=status, committee_deadline=deadline)
        for state, answer, author in itertools.product(S, (None, *R), (member, stopped)):
            make_opinion(year, author, state, answer)
    people = [member, other_member, stopped, writer, manager, coordinator, admin]
    counts = {}
    for user in people:
        readable = set(Opinion.objects.visible_to(user))
        writable = set(Opinion.objects.editable_by(user))
        for opinion in Opinion.objects.select_related("plan_year", "response"):
            year = opinion.plan_year
            assert permissions.can_view_opinion(user, opinion, year) == (opinion in readable), (user, opinion)
            assert permissions.can_write_opinion(user, opinion, year) == (opinion in writable), (user, opinion)
        counts[user.username] = bool(readable), bool(writable)
    assert [counts[user.username] for user in people] == [
        (True, True), (True, False), (False, False), (False, False), (False, False), (True, False), (False, False)
    ]  # fmt: skip


@pytest.mark.parametrize("state", [S.DRAFT, S.WITHDRAWN])
def test_what_is_not_submitted_is_for_its_author_alone(state, year, member, other_member, coordinator, admin, writer):
    opinion = make_opinion(year, member, state)
    people = (member, other_member, coordinator, admin, writer)
    assert [user for user in people if Opinion.objects.visible_to(user).filter(pk=opinion.pk)] == [member]


def test_an_answer_is_for_the_committee_when_it_is_confirmed(year, member, coordinator):
    draft, confirmed = (make_opinion(year, member, S.SUBMITTED, state) for state in (R.DRAFT, R.CONFIRMED))
    assert permissions.can_view_response(coordinator, draft, year)
    assert not permissions.can_view_response(member, draft, year)
    assert permissions.can_view_response(member, confirmed, year)


def test_every_step_from_every_state_by_everybody(plan, member, other_member, coordinator, writer, admin):
    may = {
        ("submit", S.DRAFT): member,
        ("submit", S.WITHDRAWN): member,
        ("withdraw", S.SUBMITTED): member,
        ("confirm", S.SUBMITTED, R.DRAFT): coordinator,
        ("reopen", S.SUBMITTED, R.CONFIRMED): coordinator,
    }
    people = (member, other_member, coordinator, writer, admin)
    year = PlanYearFactory(plan=plan, fiscal_year=2024, status=PlanYear.Status.COMMITTEE)
    for name, state, answer, user in itertools.product(workflow.ACTIONS, S, (None, *R), people):
        opinion = make_opinion(year, member, state, answer)
        of_answer = workflow.ACTIONS[name].of_answer
        expected = may.get((name, state, answer) if of_answer else (name, state)) == user
        if not of_answer and answer == R.CONFIRMED:
            expected = False  # the city has answered these words
        steps = OpinionStep.objects.filter(opinion=opinion)
        if expected:
            workflow.perform(opinion, name, by=user, version=1)
            assert [(step.action, step.by) for step in steps] == [(name, user)]
        else:
            with pytest.raises(TransitionError):
                workflow.perform(opinion, name, by=user, version=1)
            assert not steps
        opinion = Opinion.objects.get(pk=opinion.pk)
        target = workflow.ACTIONS[name].target
        assert opinion.state == (target if expected and not of_answer else state)
        assert opinion.answer_state == (target if expected and of_answer else answer or "none")


def test_a_draft_leaves_no_history_and_what_was_submitted_does(year, member):
    opinion = make_opinion(year, member)
    workflow.reword(opinion, "居場所がほしい", by=member, version=1)
    assert not history.of_rows([opinion])
    workflow.perform(opinion, "submit", by=member, version=2)
    workflow.reword(opinion, "居場所を増やしてほしい", by=member, version=3)
    assert [(each.old, each.new) for each in history.of_rows([opinion])] == [
        ("居場所がほしい", "居場所を増やしてほしい")
    ]


def test_words_changed_in_between_are_read_before_the_answer_is_confirmed(year, member, coordinator):
    opinion = make_opinion(year, member, S.SUBMITTED, R.DRAFT)
    workflow.reword(Opinion.objects.get(pk=opinion.pk), "ほかのこと", by=member, version=1)
    with pytest.raises(Conflict):
        workflow.perform(opinion, "confirm", by=coordinator, version=1)
    assert Response.objects.get().state == R.DRAFT


def test_an_answer_that_lacks_something_is_not_confirmed(year, member, coordinator):
    opinion = make_opinion(year, member, S.SUBMITTED)
    assert workflow.answer(opinion, {"kind": "", "text": "考えます"}, by=coordinator, version=None)
    with pytest.raises(TransitionError):
        workflow.perform(opinion, "confirm", by=coordinator, version=1)
    assert Response.objects.get().state == R.DRAFT


def test_answering_tells_two_colleagues_apart(year, member, coordinator):
    opinion = make_opinion(year, member, S.SUBMITTED)
    workflow.answer(opinion, {"kind": "noted", "text": "参考にします"}, by=coordinator, version=None)
    with pytest.raises(Conflict):
        workflow.answer(opinion, {"kind": "other", "text": "別の答え"}, by=coordinator, version=None)
    answer = Response.objects.get()
    assert (answer.kind, answer.text, answer.by) == ("noted", "参考にします", coordinator)


def test_after_the_deadline_nothing_is_written(plan, member):
    yesterday = timezone.localdate() - DAY
    year = PlanYearFactory(plan=plan, fiscal_year=2024, status=PlanYear.Status.COMMITTEE, committee_deadline=yesterday)
    opinion = make_opinion(year, member)
    with pytest.raises(TransitionError):
        workflow.reword(opinion, "遅れて", by=member, version=1)
    assert Opinion.objects.get().text == "居場所"
