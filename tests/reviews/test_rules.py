"""Who reads and writes which opinion in which state: both faces of the rules, and every step by everybody."""

import itertools

import pytest
from django.utils import timezone

from accounts.models import User
from initiatives.history import Conflict, of_rows
from initiatives.models import PlanYear
from initiatives.workflow import TransitionError
from reviews import permissions, workflow
from reviews.models import Inquiry, Opinion, Response
from tests.factories import PlanYearFactory, UserFactory, make_deputy, make_entry
from tests.reviews.conftest import DAY, make_inquiry, make_opinion

pytestmark = pytest.mark.django_db
S, R, Q = Opinion.State, Response.State, Inquiry.State


@pytest.fixture
def people(member, other_member, writer, manager, other, coordinator, admin, department):
    stopped = UserFactory(username="stopped", role=User.Role.COMMITTEE, is_active=False)
    deputy = UserFactory(username="deputy")
    make_deputy(writer, deputy)
    return [member, other_member, stopped, writer, manager, deputy, other, coordinator, admin]


def test_both_faces_of_the_rules_agree(plan, people, department, coordinator):
    member, _, stopped, *_ = people
    for number, status in enumerate(PlanYear.Status):
        year = PlanYearFactory(plan=plan, fiscal_year=1990 + number, status=status)
        for state, author, asked in itertools.product(S, (member, stopped), (None, *Q)):
            opinion = make_opinion(year, author, state)
            if asked:
                make_inquiry(opinion, department, coordinator, asked)
    seen = {}
    for user in people:
        opinions, inquiries = set(Opinion.objects.visible_to(user)), set(Inquiry.objects.visible_to(user))
        for opinion in Opinion.objects.select_related("plan_year").prefetch_related("inquiries"):
            may = permissions.can_view_opinion(user, opinion, opinion.plan_year)
            assert may == (opinion in opinions), (user, opinion.state)
        for inquiry in Inquiry.objects.select_related("opinion"):
            assert permissions.can_view_inquiry(user, inquiry) == (inquiry in inquiries), (user, inquiry.state)
        seen[user.username] = len(opinions), len(inquiries)
    years, opened = len(PlanYear.Status), len(PlanYear.OPEN_TO_COMMITTEE)
    # Of each year 2 authors × 4 (not asked; asked in three states); a department reads 2 of 4.
    assert seen == {
        "member": (opened * 12, 0), "other_member": (opened * 8, 0), "stopped": (0, 0), "writer": (years * 4, years * 4),
        "manager": (years * 4, years * 4), "deputy": (years * 4, years * 4), "other": (0, 0),
        "coordinator": (years * 8, years * 4), "admin": (0, 0),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "start", "deadline", "is_open"),
    [
        ("committee", None, None, True),
        ("committee", 0, 0, True),
        ("committee", 1, 2, False),
        ("committee", -2, -1, False),
        ("reviewing", None, None, False),
        ("finalized", None, 3, False),
    ],
)
def test_the_days_for_opinions(plan, member, status, start, deadline, is_open):
    today = timezone.localdate()
    days = {name: today + DAY * day for name, day in (("committee_start", start), ("committee_deadline", deadline)) if day is not None}  # fmt: skip
    year = PlanYearFactory(plan=plan, fiscal_year=2024, status=status, **days)
    assert permissions.can_begin_opinion(member, year) == is_open
    assert bool(workflow.why_closed(year)) != is_open
    opinion = make_opinion(year, member)
    assert permissions.can_write_opinion(member, opinion, year) == is_open


def test_every_step_from_every_state_by_everybody(year, people, coordinator):
    member = people[0]
    may = {
        ("withdraw", S.SUBMITTED, None): member,
        ("withdraw", S.SUBMITTED, R.DRAFT): member,
        ("confirm", S.SUBMITTED, R.DRAFT): coordinator,
        ("reopen", S.SUBMITTED, R.CONFIRMED): coordinator,
    }
    for name, state, answer, user in itertools.product(workflow.ACTIONS, S, (None, *R), people):
        opinion = make_opinion(year, member, state, answer)
        if may.get((name, state, answer)) == user:
            workflow.perform(opinion, name, by=user, version=1)
            moved = Opinion.objects.get(pk=opinion.pk)
            changed = moved if workflow.ACTIONS[name].of == "opinion" else moved.response
            assert changed.state == workflow.ACTIONS[name].target
            assert [(each.field, each.new, each.by) for each in of_rows([changed]).filter(field="state")] == [
                ("state", changed.state, user)
            ]
        else:
            with pytest.raises(TransitionError):
                workflow.perform(opinion, name, by=user, version=1)
            left = Opinion.objects.get(pk=opinion.pk)
            assert (left.state, left.answer_state) == (state, answer or "none")


@pytest.mark.parametrize("status", [status for status in PlanYear.Status if status != "committee"])
def test_nothing_is_written_in_another_state_of_the_year(plan, member, coordinator, writer, department, status):
    year = PlanYearFactory(plan=plan, fiscal_year=2023, status=status)
    opinion = make_opinion(year, member)
    inquiry = make_inquiry(opinion, department, coordinator)
    attempts = [
        lambda: workflow.reword(opinion, "ほか", by=member),
        lambda: workflow.perform(opinion, "withdraw", by=member, version=1),
        lambda: workflow.ask(department, "？", by=coordinator, plan_year=year, opinion=opinion),
        lambda: workflow.keep_reply(inquiry, "書きかけ", by=writer, seen=""),
        lambda: workflow.reply(inquiry, "答え", by=writer, seen=""),
        lambda: workflow.answer(opinion, {"text": "答え"}, by=coordinator, version=0),
        lambda: workflow.leave(opinion, "来年", None, by=coordinator, version=0),
    ]
    for attempt in attempts:
        with pytest.raises(TransitionError):
            attempt()
    inquiry.refresh_from_db()
    assert (Response.objects.count(), inquiry.draft, inquiry.reply) == (0, "", "")


# --- Words ------------------------------------------------------------------------------------------------


def test_what_was_sent_leaves_history(opinion, member):
    workflow.reword(opinion, "居場所を増やしてほしい", by=member)
    told = [(each.field, each.old, each.new) for each in of_rows([opinion])]
    assert told == [
        ("text", "居場所がほしい", "居場所を増やしてほしい"),
        ("text", "", "居場所がほしい"),
    ]


def test_a_withdrawn_opinion_is_sent_again_by_its_author(opinion, member, other_member):
    workflow.perform(opinion, "withdraw", by=member, version=opinion.version)
    with pytest.raises(TransitionError):
        workflow.reword(opinion, "よその言葉", by=other_member)
    workflow.reword(opinion, "もう一度", by=member)
    opinion.refresh_from_db()
    assert (opinion.state, opinion.text) == (S.SUBMITTED, "もう一度")


def test_words_changed_in_between_are_read_before_the_answer_is_confirmed(opinion, member, coordinator):
    workflow.answer(opinion, {"kind": "noted", "text": "参考にします"}, by=coordinator, version=0)
    read = opinion.version
    workflow.reword(Opinion.objects.get(pk=opinion.pk), "ほかのこと", by=member)
    with pytest.raises(Conflict):
        workflow.perform(opinion, "confirm", by=coordinator, version=read)
    assert Response.objects.get().state == R.DRAFT


def test_an_answered_opinion_stays_as_it_was_answered(year, member):
    opinion = make_opinion(year, member, answer=R.CONFIRMED)
    with pytest.raises(TransitionError, match="市の答えが出ている"):
        workflow.reword(opinion, "ほかのこと", by=member)


def test_an_answer_that_lacks_something_is_not_confirmed(opinion, coordinator):
    assert workflow.answer(opinion, {"kind": "", "text": "考えます"}, by=coordinator, version=0)
    with pytest.raises(TransitionError):
        workflow.perform(opinion, "confirm", by=coordinator, version=opinion.version)
    assert Response.objects.get().state == R.DRAFT


def test_answering_tells_two_colleagues_apart(opinion, coordinator):
    workflow.answer(opinion, {"kind": "noted", "text": "参考にします"}, by=coordinator, version=0)
    with pytest.raises(Conflict):
        workflow.answer(opinion, {"kind": "other", "text": "別の答え"}, by=coordinator, version=0)
    answer = Response.objects.get()
    assert (answer.kind, answer.text, answer.by) == ("noted", "参考にします", coordinator)


# --- 公表、引き継ぎ ----------------------------------------------------------------------------------------


def test_only_a_confirmed_answer_is_published_and_in_words_of_the_office(year, member, coordinator):
    draft, confirmed = (make_opinion(year, member, answer=state) for state in R)
    with pytest.raises(TransitionError):
        workflow.publish(draft, "居場所", published=True, by=coordinator, version=1)
    with pytest.raises(TransitionError, match="要旨"):
        workflow.publish(confirmed, " ", published=True, by=coordinator, version=1)
    assert workflow.publish(confirmed, "居場所について", published=True, by=coordinator, version=1)
    workflow.perform(confirmed, "reopen", by=coordinator, version=1)
    answer = Response.objects.get(opinion=confirmed)
    assert (answer.is_published, answer.summary) == (False, "居場所について")


def test_what_is_left_to_the_next_year_stays_until_words_say_it_is_done(
    opinion, initiative, coordinator, writer, other, plan
):
    left = workflow.leave(opinion, "居場所の数を調べる", initiative, by=coordinator, version=0)
    following = PlanYearFactory(plan=plan, fiscal_year=2025)
    open_in = type(left).objects.open_in
    assert list(open_in(following)) == [left]
    assert list(open_in(opinion.plan_year)) == []
    part = make_entry(initiative, 2025, status="draft").parts.get()
    may = [permissions.can_view_follow_up(user, left, part) for user in (coordinator, writer, other)]
    assert may == [True, True, False]
    with pytest.raises(TransitionError):
        workflow.finish(left, "調べた", by=writer, version=left.version)
    with pytest.raises(TransitionError, match="したこと"):
        workflow.finish(left, "  ", by=coordinator, version=left.version)
    workflow.finish(left, "12か所を調べた", by=coordinator, version=left.version)
    assert list(open_in(following)) == []
    workflow.finish(left, "", by=coordinator, version=left.version)
    assert list(open_in(following)) == [left]


def test_taking_back_what_was_left_leaves_its_words_in_the_history(opinion, coordinator):
    left = workflow.leave(opinion, "居場所の数を調べる", None, by=coordinator, version=0)
    assert workflow.leave(opinion, "", None, by=coordinator, version=left.version) is None
    assert next((each.old, each.new) for each in of_rows([left]).filter(field="text")) == ("居場所の数を調べる", "")
