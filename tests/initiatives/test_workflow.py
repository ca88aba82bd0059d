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

from accounts.models import User
from initiatives import history, workflow
from initiatives.history import Conflict
from initiatives.models import EntryPart, FieldComment, PlanYear, Transition
from initiatives.workflow import ACTIONS, TransitionError
from tests.factories import (
    DepartmentFactory,
    PlanFactory,
    PlanYearFactory,
    UserFactory,
    make_entry,
    make_initiative,
    make_part,
)

S = EntryPart.Status
PEOPLE = ["writer", "manager", "other", "coordinator", "member", "admin"]

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


@pytest.fixture
def part(plan, plan_year, department):
    return make_entry(make_initiative(plan, "1-1-1-1", department), status="draft").parts.get()


def in_status(part: EntryPart, status: str) -> EntryPart:
    EntryPart.objects.filter(pk=part.pk).update(
        status=status, approved_at=timezone.now() if status == "approved" else None
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
    expected = {name for name in ACTIONS if person in table.get((name, status), ())}
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
    """Two departments (one without the 課長 step), six people, some parts; a small model of who approved what."""

    steps_in_all = 0  # over all examples: a walk that never gets anywhere proves nothing

    @initialize()
    def build(self):
        self.example = transaction.atomic()
        self.example.__enter__()
        first, second = DepartmentFactory(), DepartmentFactory(manager_step=False)
        plan = PlanFactory()
        self.year = PlanYearFactory(plan=plan)
        office = UserFactory(role=User.Role.COORDINATOR, of=[second])
        self.people = [
            UserFactory(of=[first]), UserFactory(of=[second]), UserFactory(role=User.Role.MANAGER, of=[first]),
            office, UserFactory(role=User.Role.COORDINATOR), UserFactory(role=User.Role.COMMITTEE),
        ]  # fmt: skip
        for number in (1, 2):
            make_entry(make_initiative(plan, f"1-1-1-{number}", first, second), status="not_started")
        self.model = {part.pk: (part.status, part.result) for part in EntryPart.objects.all()}
        self.steps = self.comments = 0

    def teardown(self):
        if hasattr(self, "example"):
            transaction.set_rollback(True)
            self.example.__exit__(None, None, None)

    def parts(self) -> list[EntryPart]:
        return list(EntryPart.objects.select_related("department", "entry").order_by("pk"))

    @rule(part=st.integers(0, 3), person=st.integers(0, 5), name=st.sampled_from(sorted(ACTIONS)), said=SAID)
    def try_anything(self, part, person, name, said):
        self.step(self.parts()[part], self.people[person], name, said)

    @rule(pick=st.integers(0, 10**6), said=SAID)
    def take_a_step_that_is_offered(self, pick, said):
        offered = [
            (part, user, name)
            for part in self.parts()
            for user in self.people
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
            self.steps += 1
            self.comments += len(comments)
            Walk.steps_in_all += 1
            self.model[part.pk] = (ACTIONS[name].target, self.model[part.pk][1])

    @rule(pick=st.integers(0, 10**6), words=st.text("あいう", min_size=1, max_size=3))
    def write(self, pick, words):
        may = [(user, part) for user in self.people for part in EntryPart.objects.editable_by(user).order_by("pk")]
        if may:
            user, part = may[pick % len(may)]
            history.save_changes(part, {"result": words}, by=user)
            workflow.start_writing(part)
            status = self.model[part.pk][0]
            self.model[part.pk] = (S.DRAFT if status == S.NOT_STARTED else status, words)

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
            max_examples=int(walks or 40),
            stateful_step_count=40,
            derandomize=walks is None,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),  # a busy machine must not end the walks early
        ),
    )
    assert Walk.steps_in_all > 40
