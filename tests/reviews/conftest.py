"""A year before the committee, with one initiative, and hands to make opinions in every state."""

import pytest
from django.utils import timezone

from accounts.models import User
from initiatives.models import PlanYear
from reviews import workflow
from reviews.models import Inquiry, Opinion, Response
from reviews.workflow import Subject
from tests.factories import PlanYearFactory, UserFactory, make_entry, make_indicator, make_initiative

DAY = timezone.timedelta(days=1)


@pytest.fixture
def year(plan):
    return PlanYearFactory(plan=plan, fiscal_year=2024, status=PlanYear.Status.COMMITTEE)


@pytest.fixture
def initiative(plan, department):
    """Of 高齢課, approved with an A."""
    initiative = make_initiative(plan, "1-1-1-1", department, name="見守り")
    make_entry(initiative, 2024, rating="A")
    return initiative


@pytest.fixture
def indicator(plan, department):
    return make_indicator(plan, department=department)


@pytest.fixture
def other_member(db):
    return UserFactory(username="other_member", name="ほかの委員", role=User.Role.COMMITTEE)


def subject_of(initiative) -> Subject:
    return Subject(
        f"initiative-{initiative.pk}", f"{initiative.code}　{initiative.name}",
        goal=initiative.direction.policy.goal, initiative_id=initiative.pk,
    )  # fmt: skip


WHOLE = Subject("report", "報告書の全体")


def make_opinion(
    year, author, state=Opinion.State.SUBMITTED, answer=None, subject=WHOLE, text="居場所がほしい"
) -> Opinion:
    """With the rows alone: for rules that must hold in states that no step leads to, too."""
    opinion = Opinion.objects.create(
        plan_year=year, author=author, text=text, state=state, submitted_at=timezone.now(), anchor=subject.anchor,
        about=subject.about, goal=subject.goal, initiative_id=subject.initiative_id, indicator_id=subject.indicator_id,
    )  # fmt: skip
    if answer:
        office = UserFactory(role=User.Role.COORDINATOR)
        at = timezone.now() if answer == Response.State.CONFIRMED else None
        Response.objects.create(
            opinion=opinion, kind="adopted", text="広げます", state=answer, by=office, confirmed_at=at
        )
    return opinion


def make_inquiry(opinion, department, by, state=Inquiry.State.ASKED) -> Inquiry:
    replied = {"reply": "広げます", "replied_by": by, "replied_at": timezone.now()} if state == "replied" else {}
    return Inquiry.objects.create(
        plan_year=opinion.plan_year, opinion=opinion, department=department, asked_by=by, state=state, **replied
    )


@pytest.fixture
def opinion(year, member, initiative):
    """Sent, about the initiative."""
    return workflow.submit(year, subject_of(initiative), "居場所がほしい", by=member)
