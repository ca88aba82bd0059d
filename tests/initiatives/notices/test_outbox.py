"""Who is told what, and that nobody is told twice or too early."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Membership, User
from initiatives import deadlines, workflow, year_cycle
from initiatives.models import EntryPart, Mail, Notice, PlanYear
from initiatives.notices import delivery, outbox, words
from tests.factories import DepartmentFactory, PlanFactory, PlanYearFactory, UserFactory, make_entry, make_initiative

Status = EntryPart.Status


def told(kind=None) -> list[tuple[str, str]]:
    notices = Notice.objects.select_related("recipient", "department")
    notices = notices.filter(kind=kind) if kind else notices
    return sorted((notice.recipient.username, notice.department.name) for notice in notices)


# --- Reminder ---------------------------------------------------------------------------------------


def test_a_reminder_tells_each_role_its_own_number(make, remind, writer, manager, other):
    make("1-1-1-1", "draft")
    make("1-1-1-2", "returned")
    make("1-1-1-3", "awaiting_manager")
    make("1-1-1-4", "submitted")
    remind()
    facts = {notice.recipient: notice.facts for notice in Notice.objects.select_related("recipient")}
    assert set(facts) == {writer, manager}
    assert {name: facts[writer][name] for name in ("write", "returned", "confirm")} == {"write": 2, "returned": 1, "confirm": 0}  # fmt: skip
    assert {name: facts[manager][name] for name in ("write", "returned", "confirm")} == {"write": 0, "returned": 0, "confirm": 1}  # fmt: skip


def test_a_manager_alone_in_a_department_is_told_what_there_is_to_write(make, remind, manager):
    make("1-1-1-1", "draft")
    remind()
    assert Notice.objects.get().facts["write"] == 1
    assert told() == [("manager", "高齢課")]


@pytest.mark.parametrize("status", [status for status in PlanYear.Status if status != PlanYear.Status.COLLECTING])
def test_a_reminder_stops_when_the_year_is_not_open(make, remind, writer, plan_year, status):
    make("1-1-1-1", "draft")
    plan_year.status = status
    assert remind() == []


def test_a_reminder_goes_once_a_day(make, remind, writer, coordinator, plan_year):
    make("1-1-1-1", "draft")
    assert len(remind()) == 1
    assert remind() == []
    same = Notice.objects.get()
    # A colleague who pressed at the same moment saw the same people: the database keeps one.
    outbox.put([Notice(plan_year=plan_year, kind="reminder", recipient=writer, department=same.department, by=coordinator, occasion=same.occasion)])  # fmt: skip
    assert Notice.objects.count() == 1
    Notice.objects.update(occasion=str(timezone.localdate() - timedelta(days=1)))
    assert len(remind()) == 1


def test_people_who_left_or_may_not_sign_in_are_not_told(make, remind, department):
    make("1-1-1-1", "draft")
    today = timezone.localdate()
    gone, stopped, ended = (UserFactory(of=[department]) for _ in range(3))
    Membership.objects.filter(user=gone).update(until=today - timedelta(days=1))
    User.objects.filter(pk=stopped.pk).update(is_active=False)
    User.objects.filter(pk=ended.pk).update(expires_on=today - timedelta(days=1))
    for role in (User.Role.ADMIN, User.Role.COMMITTEE, User.Role.COORDINATOR):
        UserFactory(role=role, of=[department])
    assert remind() == []


def test_one_department_alone(make, remind, writer, other, other_department):
    make("1-1-1-1", "draft")
    make("1-1-1-2", "draft", other_department)
    remind(other_department)
    assert told() == [("other", "防災課")]


STATES = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(list(Status.values))), min_size=0, max_size=8
)  # fmt: skip
PEOPLE = st.lists(
    st.tuples(st.sets(st.integers(0, 3), max_size=2), st.sampled_from(["staff", "manager", "coordinator", "committee"]), st.booleans()),
    max_size=6,
)  # fmt: skip


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(states=STATES, people=PEOPLE)
def test_whatever_the_states_exactly_the_unfinished_are_reminded_and_each_once(mail_on, db, mailoutbox, states, people):
    """Against a model of its own: walk over people and parts one by one."""
    with transaction.atomic():
        plan_year = PlanYearFactory(plan=PlanFactory())
        offices = [DepartmentFactory() for _ in range(4)]
        for number, (office, status) in enumerate(states, start=1):
            make_entry(make_initiative(plan_year.plan, f"1-1-1-{number}", offices[office]), status=status)
        users = {}
        for belongs, role, addressed in people:
            person = UserFactory(role=role, of=[offices[index] for index in belongs])
            if addressed:
                person.email = f"{person.username}@city.example.jp"
                person.save()
            users[person] = belongs
        expected = set()
        for person, belongs in users.items():
            for index in belongs:
                mine = [status for office, status in states if office == index]
                writers = [each for each, at in users.items() if index in at and each.role == "staff"]
                to_write = any(status in ("not_started", "draft", "returned") for status in mine)
                if person.role == "staff" and to_write:
                    expected.add(person)
                if person.role == "manager" and ("awaiting_manager" in mine or (to_write and not writers)):
                    expected.add(person)
        coordinator = UserFactory(role="coordinator")
        mailoutbox.clear()
        for _ in range(2):
            outbox.put(outbox.reminder(plan_year, by=coordinator, words={"opening": "", "closing": ""}))
            delivery.deliver()
        assert {notice.recipient for notice in Notice.objects.all()} == expected
        assert sorted(mail.to for mail in mailoutbox) == sorted([person.email] for person in expected if person.email)
        assert Mail.objects.count() == len(expected)
        transaction.set_rollback(True)


# --- What happens by itself -------------------------------------------------------------------------


def test_opening_the_year_tells_everyone_who_writes(make, plan_year, coordinator, writer, manager, other):
    make("1-1-1-1", "not_started")
    plan_year.status = "preparing"
    plan_year.save()
    year_cycle.perform(plan_year, "start", by=coordinator)
    assert told("kickoff") == [("manager", "高齢課"), ("writer", "高齢課")]
    assert Notice.objects.first().facts["total"] == 1
    assert outbox.kickoff(plan_year, by=coordinator, words=words.of(plan_year, "kickoff")) == []  # all told


def test_without_the_manager_step_nobody_hears_of_the_managers_day(make, plan_year, coordinator, writer, department):
    department.manager_step = False
    department.save()
    make("1-1-1-1", "draft")
    plan_year.manager_deadline = date(2026, 12, 9)
    notices = outbox.kickoff(plan_year, by=coordinator, words=words.of(plan_year, "kickoff"))
    assert [notice.facts["manager_until"] for notice in notices] == [""]


def test_who_came_after_the_opening_can_still_be_told(make, plan_year, coordinator, writer, department):
    make("1-1-1-1", "not_started")
    outbox.put(outbox.kickoff(plan_year, by=coordinator, words=words.of(plan_year, "kickoff")))
    late = UserFactory(of=[department])
    notices = outbox.kickoff(plan_year, by=coordinator, words=words.of(plan_year, "kickoff"))
    assert [notice.recipient for notice in notices] == [late]


def test_opening_again_is_told_again(make, plan_year, coordinator, writer):
    make("1-1-1-1", "draft")
    year_cycle.perform(plan_year, "close", by=coordinator)
    assert told("closed") == [("writer", "高齢課")]
    assert Notice.objects.get(kind="closed").facts == {"write": 1, "confirm": 0}
    year_cycle.perform(plan_year, "start_again", by=coordinator, reason="間に合わなかったため")
    assert Notice.objects.get(kind="kickoff").facts["again"] is True


@pytest.mark.parametrize(
    ("status", "action", "who", "expected"),
    [
        ("submitted", "return", "coordinator", ["manager", "writer"]),
        ("approved", "reopen", "coordinator", ["manager", "writer"]),
        ("awaiting_manager", "return", "manager", ["writer"]),  # the 課長 knows
    ],
)
def test_every_way_of_returning_tells_the_department(
    make, plan_year, writer, manager, other, coordinator, status, action, who, expected, request
):
    part = make("1-1-1-1", status)
    by = request.getfixturevalue(who)
    step = workflow.perform(part, action, by=by, plan_year=plan_year, reason="数を確かめてください。")
    assert [name for name, _ in told("returned")] == expected
    for notice in Notice.objects.all():
        assert (notice.part, notice.by, notice.created_at) == (part, by, step.at)
        assert notice.facts == {"code": "1-1-1-1", "name": "取組1-1-1-1"}


def test_steps_that_return_nothing_tell_nobody(make, plan_year, manager, coordinator):
    part = make("1-1-1-1", "awaiting_manager")
    workflow.perform(part, "submit", by=manager, plan_year=plan_year)
    workflow.perform(part, "approve", by=coordinator, plan_year=plan_year)
    assert told() == []


def test_what_is_rolled_back_was_never_told(make, plan_year, writer, coordinator, django_capture_on_commit_callbacks):
    part = make("1-1-1-1", "submitted")
    with django_capture_on_commit_callbacks() as tasks, pytest.raises(RuntimeError), transaction.atomic():
        workflow.perform(part, "return", by=coordinator, plan_year=plan_year, reason="理由")
        assert Notice.objects.count() == 1
        raise RuntimeError
    assert (Notice.objects.count(), tasks) == (0, [])


# --- Deadlines --------------------------------------------------------------------------------------


@pytest.fixture
def dated(plan_year):
    PlanYear.objects.update(department_deadline=date(2026, 12, 4), manager_deadline=date(2026, 12, 9))
    plan_year.refresh_from_db()
    return plan_year


def test_a_moved_deadline_is_told_to_the_unfinished(make, dated, writer, other, other_department, coordinator):
    make("1-1-1-1", "draft")
    make("1-1-1-2", "approved", other_department)
    deadlines.change(dated, {"department_deadline": date(2026, 12, 8)}, by=coordinator)
    assert told("deadline") == [("writer", "高齢課")]
    facts = Notice.objects.get().facts
    assert (facts["was"], facts["until"]) == ("2026-12-04", "2026-12-08")


def test_the_managers_deadline_is_the_managers_business(make, dated, writer, manager, coordinator):
    make("1-1-1-1", "draft")
    deadlines.change(dated, {"manager_deadline": date(2026, 12, 11)}, by=coordinator)
    assert told("deadline") == [("manager", "高齢課")]


def test_saving_the_same_deadlines_tells_nobody(make, dated, writer, coordinator):
    make("1-1-1-1", "draft")
    assert not deadlines.change(dated, {"department_deadline": date(2026, 12, 4)}, by=coordinator)
    assert told() == []


def test_before_the_year_is_open_a_deadline_is_told_to_nobody(make, dated, writer, coordinator):
    make("1-1-1-1", "not_started")
    dated.status = "preparing"
    dated.save()
    deadlines.change(dated, {"department_deadline": date(2026, 12, 8)}, by=coordinator)
    assert told() == []


def test_an_extension_is_told_to_its_department(make, dated, department, writer, other, other_department, coordinator):
    make("1-1-1-1", "draft")
    make("1-1-1-2", "draft", other_department)
    deadlines.extend(dated, department, date(2026, 12, 11), reason="災害対応", by=coordinator)
    assert told("deadline") == [("writer", "高齢課")]
    facts = Notice.objects.get().facts
    assert (facts["was"], facts["until"]) == ("2026-12-04", "2026-12-11")


def test_who_was_given_longer_is_not_told_of_a_deadline_before_that(make, dated, department, writer, coordinator):
    make("1-1-1-1", "draft")
    deadlines.extend(dated, department, date(2026, 12, 11), reason="", by=coordinator)
    deadlines.change(dated, {"department_deadline": date(2026, 12, 8)}, by=coordinator)
    assert Notice.objects.filter(kind="deadline").count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow(make, plan_year, coordinator, count, django_assert_num_queries):
    for number in range(1, count + 1):
        department = DepartmentFactory()
        UserFactory(of=[department])
        make(f"1-1-1-{number}", "draft", department)
    with django_assert_num_queries(8):
        outbox.put(outbox.reminder(plan_year, by=coordinator, words={"opening": "", "closing": ""}))
