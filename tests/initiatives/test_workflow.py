"""ACTIONS × statuses × people, the reasons in words, and a machine that walks many parts at random."""

import os

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from accounts.models import Deputyship, User
from initiatives import history, permissions, workflow
from initiatives.history import Conflict
from initiatives.models import EntryPart, FieldComment, PlanYear, Transition
from initiatives.workflow import ACTIONS, TransitionError
from tests.factories import (
    DepartmentFactory,
    PlanFactory,
    PlanYearFactory,
    UserFactory,
    make_deputy,
    make_entry,
    make_initiative,
    make_part,
)

S = EntryPart.Status
PEOPLE = ["writer", "manager", "other", "coordinator", "member", "admin", "deputy", "manager_deputy", "office_deputy"]

# Who may do what in a department with the 課長 step, while the year is 受付中. Read and corrected by people.
MAY = {
    ("request_confirmation", "draft"): {"writer", "manager"},
    ("request_confirmation", "returned"): {"writer", "manager"},
    ("submit", "awaiting_manager"): {"manager"},
    ("withdraw", "awaiting_manager"): {"writer", "manager"},
    ("withdraw", "submitted"): {"writer", "manager"},
    ("return", "awaiting_manager"): {"manager"},
    ("return", "submitted"): {"coordinator"},
    ("approve", "submitted"): {"coordinator"},
    ("reopen", "approved"): {"coordinator"},
}
# Without that step whoever writes submits.
MAY_WITHOUT_MANAGER = {key: people for key, people in MAY.items() if "request" not in key[0] and key[0] != "submit"} | {
    ("submit", "draft"): {"writer", "manager"},
    ("submit", "returned"): {"writer", "manager"},
    ("submit", "awaiting_manager"): {"manager"},
}


# A 代理 may do what the absent person may; 福祉総務課 keeps its own rights besides.
ACTS_AS = {"writer": {"deputy", "office_deputy"}, "manager": {"manager_deputy"}, "coordinator": {"office_deputy"}}


def may(table, name, status) -> set[str]:
    people = table.get((name, status), set())
    return people | {deputy for person in people for deputy in ACTS_AS.get(person, ())}


@pytest.fixture
def part(plan, plan_year, department):
    return make_entry(make_initiative(plan, "1-1-1-1", department), status="draft").parts.get()


def in_status(part: EntryPart, status: str) -> EntryPart:
    EntryPart.objects.filter(pk=part.pk).update(
        status=status, approved_by=None, approved_at=timezone.now() if status == "approved" else None
    )
    return EntryPart.objects.select_related("department").get(pk=part.pk)


@pytest.mark.parametrize("with_manager", [True, False])
@pytest.mark.parametrize("status", S.values)
@pytest.mark.parametrize("person", PEOPLE)
def test_who_may_do_what(part, plan_year, person, status, with_manager, request):
    part.department.manager_step = with_manager
    part.department.save()
    table = MAY if with_manager else MAY_WITHOUT_MANAGER
    part, user = in_status(part, status), request.getfixturevalue(person)
    expected = {name for name in ACTIONS if person in may(table, name, status)}
    assert set(workflow.available_actions(part, user, plan_year)) == expected
    for name in ACTIONS:
        if name not in expected:
            with pytest.raises(TransitionError):
                workflow.perform(part, name, by=user, plan_year=plan_year, reason="理由")
    assert Transition.objects.count() == 0
    assert in_status(part, status).status == status


@pytest.mark.parametrize(("name", "status"), MAY)
def test_a_step_is_taken_and_remembered(part, plan_year, name, status, request):
    part = in_status(part, status)
    user = request.getfixturevalue(sorted(MAY[name, status])[0])
    workflow.perform(part, name, by=user, plan_year=plan_year, reason="数え方をそろえてください")
    part.refresh_from_db()
    step = Transition.objects.get()
    assert part.status == ACTIONS[name].target
    assert (step.action, step.from_status, step.to_status, step.by) == (name, status, part.status, user)
    assert step.reason == "数え方をそろえてください"
    assert (part.approved_by == user) == (part.status == S.APPROVED)
    assert (part.submitted_by == user) == (name == "submit")


@pytest.mark.parametrize(("name", "status"), MAY)
@pytest.mark.parametrize("person", PEOPLE)
def test_whose_place_it_was_is_remembered(part, plan_year, person, name, status, request):
    """Exactly when the person could not have taken the step without being somebody's 代理."""
    part, user = in_status(part, status), request.getfixturevalue(person)
    if person not in may(MAY, name, status):
        return
    workflow.perform(part, name, by=user, plan_year=plan_year, reason="理由")
    step = Transition.objects.get()
    Deputyship.objects.all().delete()
    alone = User.objects.get(pk=user.pk)
    could = name in workflow.available_actions(in_status(part, status), alone, plan_year)
    assert step.by == user
    absent = "manager" if person == "manager_deputy" else "writer"
    assert (step.on_behalf_of and step.on_behalf_of.username) == (None if could else absent)


@pytest.mark.parametrize("name", [name for name, action in ACTIONS.items() if action.reason_required])
def test_a_reason_is_asked_for(part, plan_year, coordinator, name):
    part = in_status(part, "approved" if name == "reopen" else "submitted")
    with pytest.raises(TransitionError, match="理由を書いてください"):
        workflow.perform(part, name, by=coordinator, plan_year=plan_year, reason="　")


def test_nobody_approves_what_they_submitted(plan, plan_year):
    office = DepartmentFactory(name="福祉総務課", manager_step=False)
    both = UserFactory(role=User.Role.COORDINATOR, of=[office])
    colleague = UserFactory(role=User.Role.COORDINATOR)
    part = make_entry(make_initiative(plan, "1-1-1-1", office), status="draft").parts.select_related("department").get()
    workflow.perform(part, "submit", by=both, plan_year=plan_year)
    with pytest.raises(TransitionError, match="自分では承認できません"):
        workflow.perform(part, "approve", by=both, plan_year=plan_year)
    workflow.perform(part, "approve", by=colleague, plan_year=plan_year)
    assert part.status == S.APPROVED


def written_as_deputy(part, user):
    history.save_changes(part, {"result": "電話で聞いた"}, by=user, on_behalf_of=permissions.writes_for(user, part))


def target_written_as_deputy(part, user):
    history.save_changes(part.entry, {"next_target": "12件"}, by=user, on_behalf_of=permissions.writes_for(user, part))


def sent_as_deputy(part, user):
    workflow.perform(part, "request_confirmation", by=user, plan_year=PlanYear.objects.get())


@pytest.mark.parametrize("act", [written_as_deputy, target_written_as_deputy, sent_as_deputy])
def test_nobody_approves_what_they_wrote_or_sent_as_a_deputy(part, plan_year, act, office_deputy, coordinator):
    """Not even long after the deputyship has ended, and whoever submitted in the end."""
    act(part, office_deputy)
    Deputyship.objects.update(ended_at=timezone.now(), ended_by=coordinator)
    part, again = in_status(part, "submitted"), User.objects.get(pk=office_deputy.pk)
    assert set(workflow.available_actions(part, again, plan_year)) == {"return"}
    with pytest.raises(TransitionError, match="代理で書いたり送ったりしたものは、自分では承認できません"):
        workflow.perform(part, "approve", by=again, plan_year=plan_year)
    workflow.perform(part, "approve", by=coordinator, plan_year=plan_year)
    assert part.approved_by == coordinator


def test_a_deputy_who_did_nothing_may_approve(part, plan_year, office_deputy):
    part = in_status(part, "submitted")
    step = workflow.perform(part, "approve", by=office_deputy, plan_year=plan_year)
    assert (part.status, step.on_behalf_of) == (S.APPROVED, None)


def test_what_was_submitted_comes_back_until_it_is_picked_up(part, plan_year, writer, coordinator):
    part = in_status(part, "submitted")
    workflow.pick_up(part, coordinator)
    assert workflow.available_actions(part, writer, plan_year) == {}
    with pytest.raises(TransitionError, match="福祉総務課が確認を始めたので、取り下げられません"):
        workflow.perform(part, "withdraw", by=writer, plan_year=plan_year)
    workflow.perform(part, "return", by=coordinator, plan_year=plan_year, reason="直してください")
    assert (part.picked_up_at, part.picked_up_by) == (None, None)
    part = in_status(part, "submitted")
    assert set(workflow.available_actions(part, writer, plan_year)) == {"withdraw"}


def test_a_withdrawal_and_a_correction_at_the_same_moment(part, plan_year, writer, coordinator):
    """Whoever is second is told: neither is a text corrected that was taken back, nor the other way round."""
    part = in_status(part, "submitted")
    stale = EntryPart.objects.select_related("department").get(pk=part.pk)
    workflow.pick_up(part, coordinator)
    with pytest.raises(Conflict):
        workflow.perform(stale, "withdraw", by=writer, plan_year=plan_year)
    part, stale = in_status(part, "submitted"), in_status(part, "submitted")
    EntryPart.objects.update(picked_up_at=None, picked_up_by=None)
    part.refresh_from_db()
    workflow.perform(part, "withdraw", by=writer, plan_year=plan_year)
    workflow.pick_up(stale, coordinator)
    assert EntryPart.objects.get().picked_up_at is None


@pytest.mark.parametrize("name", ["withdraw", "return", "reopen"])
def test_with_a_step_back_the_approvals_above_fall(part, plan_year, writer, coordinator, name):
    part = in_status(part, "approved" if name == "reopen" else "submitted")
    EntryPart.objects.update(submitted_by=writer, submitted_at=timezone.now())
    part.refresh_from_db()
    by = writer if name == "withdraw" else coordinator
    workflow.perform(part, name, by=by, plan_year=plan_year, reason="理由")
    part.refresh_from_db()
    fallen = (part.submitted_by, part.submitted_at, part.approved_by, part.approved_at)
    assert fallen == (None, None, None, None)


def test_a_text_that_changed_meanwhile_is_not_approved(part, plan_year, coordinator, writer):
    part = in_status(part, "submitted")
    stale = EntryPart.objects.select_related("department").get(pk=part.pk)
    history.save_changes(part, {"result": "直した"}, by=writer)
    with pytest.raises(Conflict):
        workflow.perform(stale, "approve", by=coordinator, plan_year=plan_year)
    assert in_status(part, "submitted").approved_at is None


def test_after_the_deadline_it_is_said_in_words(part, plan_year, writer):
    PlanYear.objects.update(department_deadline=timezone.localdate() - timezone.timedelta(days=1))
    plan_year = PlanYear.objects.get()
    part = in_status(part, "draft")
    assert workflow.available_actions(part, writer, plan_year) == {}
    with pytest.raises(TransitionError, match="提出の期限を過ぎました"):
        workflow.perform(part, "request_confirmation", by=writer, plan_year=plan_year)
    # What was sent back can be put right after the deadline.
    part = in_status(part, "returned")
    assert set(workflow.available_actions(part, writer, plan_year)) == {"request_confirmation"}


def test_an_extension_holds_for_one_department(part, plan_year, writer, other, other_department, coordinator):
    PlanYear.objects.update(department_deadline=timezone.localdate() - timezone.timedelta(days=1))
    plan_year.extensions.create(department=part.department, until=timezone.localdate(), by=coordinator)
    year = PlanYear.objects.get()
    foreign = make_part(part.entry, other_department, "draft")
    assert set(workflow.available_actions(in_status(part, "draft"), writer, year)) == {"request_confirmation"}
    assert workflow.available_actions(in_status(foreign, "draft"), other, year) == {}


@pytest.mark.parametrize("year_status", ["preparing", "finalized", "published"])
def test_nothing_moves_in_a_year_that_is_not_in_hand(part, plan_year, writer, manager, coordinator, year_status):
    plan_year.status = year_status
    for status in S.values:
        part = in_status(part, status)
        for user in (writer, manager, coordinator):
            assert workflow.available_actions(part, user, plan_year) == {}
    with pytest.raises(TransitionError, match=plan_year.get_status_display()):
        workflow.perform(in_status(part, "submitted"), "approve", by=coordinator, plan_year=plan_year)


def test_many_at_once_tells_those_that_could_not(plan, plan_year, department, coordinator, writer):
    entries = [make_entry(make_initiative(plan, f"1-1-1-{n}", department), status="submitted") for n in (1, 2, 3)]
    parts = list(EntryPart.objects.select_related("department").order_by("pk"))
    history.save_changes(entries[1].parts.get(), {"result": "直した"}, by=writer)
    EntryPart.objects.filter(pk=parts[2].pk).update(submitted_by=coordinator)
    parts[2].submitted_by = coordinator
    done, refused = workflow.perform_many(parts, "approve", by=coordinator, plan_year=plan_year)
    assert [part.pk for part in done] == [parts[0].pk]
    assert [refusal.why[:10] for refusal in refused] == ["ほかの人が先に変えま", "自分が提出したものは"]


# --- A machine that walks at random -------------------------------------------------------------------


SAID = st.sampled_from(["", "reason", "result", "result issues"])  # nothing, a reason, or comments on these fields


class Walk(RuleBasedStateMachine):
    """Two departments (one without the 課長 step), seven people, some parts, and 代理 that come and go.

    A small model of what stands where, and of who ever acted in another's place.
    """

    steps_in_all = 0  # over all examples: a walk that never gets anywhere proves nothing

    @initialize()
    def build(self):
        self.example = transaction.atomic()
        self.example.__enter__()
        first, second = DepartmentFactory(), DepartmentFactory(manager_step=False)
        plan = PlanFactory()
        self.year = PlanYearFactory(plan=plan)
        office = UserFactory(role=User.Role.COORDINATOR, of=[second])
        people = [
            UserFactory(of=[first]), UserFactory(of=[second]), UserFactory(role=User.Role.MANAGER, of=[first]),
            office, UserFactory(role=User.Role.COORDINATOR), UserFactory(role=User.Role.COMMITTEE), UserFactory(),
        ]  # fmt: skip
        self.keys = [person.pk for person in people]
        self.departments = {person.pk: {m.department_id for m in person.memberships.all()} for person in people}
        self.deputies = set()  # of (absent, 代理)
        for number in (1, 2):
            make_entry(make_initiative(plan, f"1-1-1-{number}", first, second), status="not_started")
        self.model = {part.pk: (part.status, part.result) for part in EntryPart.objects.all()}
        self.acted = {pk: set() for pk in self.model}  # who wrote or stepped in another's place
        self.steps = self.comments = 0

    @property
    def people(self) -> list[User]:
        """As a new request sees them: rights are read once per request."""
        return [User.objects.get(pk=pk) for pk in self.keys]

    @rule(absent=st.integers(0, 5), deputy=st.integers(0, 6))
    def appoint(self, absent, deputy):
        absent, deputy = self.people[absent], self.people[deputy]
        if absent != deputy and (absent.pk, deputy.pk) not in self.deputies:
            make_deputy(absent, deputy)
            self.deputies.add((absent.pk, deputy.pk))

    @rule(pick=st.integers(0, 10**6))
    def end(self, pick):
        if self.deputies:
            absent, deputy = sorted(self.deputies)[pick % len(self.deputies)]
            made = Deputyship.objects.get(principal=absent, deputy=deputy, ended_at__isnull=True)
            made.ended_at, made.ended_by = timezone.now(), made.deputy
            made.save()
            self.deputies.remove((absent, deputy))

    def teardown(self):
        if hasattr(self, "example"):
            transaction.set_rollback(True)
            self.example.__exit__(None, None, None)

    def parts(self) -> list[EntryPart]:
        return list(EntryPart.objects.select_related("department", "entry").order_by("pk"))

    @rule(part=st.integers(0, 3), person=st.integers(0, 6), name=st.sampled_from(sorted(ACTIONS)), said=SAID)
    def try_anything(self, part, person, name, said):
        self.step(self.parts()[part], self.people[person], name, said)

    @rule(pick=st.integers(0, 10**6), said=SAID)
    def take_a_step_that_is_offered(self, pick, said):
        people = self.people
        offered = [
            (part, user, name)
            for part in self.parts()
            for user in people
            for name in workflow.available_actions(part, user, self.year)
        ]
        if offered:
            self.step(*offered[pick % len(offered)], said)

    def step(self, part, user, name, said):
        allowed = name in workflow.available_actions(part, user, self.year)
        may_go = allowed and (said or not ACTIONS[name].reason_required)
        reason, comments = ("理由", {}) if said == "reason" else ("", dict.fromkeys(said.split(), "指摘"))
        try:
            workflow.perform(part, name, by=user, plan_year=self.year, reason=reason, comments=comments)
        except TransitionError:
            assert not may_go
        else:
            assert may_go
            self.remember(part, user, Transition.objects.order_by("-pk").first().on_behalf_of_id)
            self.steps += 1
            self.comments += len(comments)
            Walk.steps_in_all += 1
            self.model[part.pk] = (ACTIONS[name].target, self.model[part.pk][1])

    @rule(pick=st.integers(0, 10**6), words=st.text("あいう", min_size=1, max_size=3))
    def write(self, pick, words):
        may = [(user, part) for user in self.people for part in EntryPart.objects.editable_by(user).order_by("pk")]
        if may:
            user, part = may[pick % len(may)]
            absent = permissions.writes_for(user, part)
            if history.save_changes(part, {"result": words}, by=user, on_behalf_of=absent):
                self.remember(part, user, absent and absent.pk)
            workflow.start_writing(part)
            status = self.model[part.pk][0]
            self.model[part.pk] = (S.DRAFT if status == S.NOT_STARTED else status, words)

    def remember(self, part, user, absent):
        if absent is not None:
            assert (absent, user.pk) in self.deputies
            assert part.department_id in self.departments[absent]
            self.acted[part.pk].add(user.pk)

    @invariant()
    def database_is_as_the_model_says(self):
        if not hasattr(self, "model"):
            return
        parts = EntryPart.objects.all()
        assert {part.pk: (part.status, part.result) for part in parts} == self.model
        assert Transition.objects.count() == self.steps
        assert FieldComment.objects.count() == self.comments
        for part in parts:
            assert (part.status == S.APPROVED) == (part.approved_at is not None) == (part.approved_by_id is not None)
            if part.status == S.APPROVED:
                assert part.submitted_by_id != part.approved_by_id
                assert part.approved_by_id not in self.acted[part.pk]
            last = part.transitions.first()
            if last is not None:
                assert last.to_status == part.status


@pytest.mark.django_db
def test_walk():
    """The same walks each time; AYUMI_WALK=260 takes that many new ones (10,400 steps)."""
    walks = os.environ.get("AYUMI_WALK")
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=int(walks or 20),
            stateful_step_count=40,
            derandomize=walks is None,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),  # a busy machine must not end the walks early
        ),
    )
    assert Walk.steps_in_all > 5
