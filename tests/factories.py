"""Rows for tests. `make_plan` builds a small whole plan; the factories add to it."""

import hashlib
from datetime import timedelta

import factory
from django.core.files.base import ContentFile
from django.db import models
from django.db.models import F
from django.utils import timezone

from accounts.models import Department, Deputyship, Membership, User
from indicators.models import Figure, Indicator, IndicatorGoal, IndicatorValue
from initiatives import attachments
from initiatives.models import (
    Attachment,
    Direction,
    EntryPart,
    Goal,
    Initiative,
    InitiativeDepartment,
    Plan,
    PlanYear,
    Policy,
    RatingLevel,
    YearlyEntry,
)
from ledger import guard
from reporting import edition_cycle
from reporting.models import ReportBuild, Voice, VoiceCall

SCALE = (
    ("A", "目標に向け順調に実施できた。", 75, 3),
    ("B", "おおむね実施できたが、不十分な点が少しある。", 50, 2),
    ("C", "実施したが不十分な点が多い。", 25, 1),
    ("D", "改善が必要、又はほとんど実施できなかった。", 0, 0),
)


class DepartmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Department

    name = factory.Sequence(lambda n: f"第{n}課")
    position = factory.Sequence(lambda n: n)


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person{n}")
    name = factory.Sequence(lambda n: f"職員{n}")
    role = User.Role.STAFF

    @factory.post_generation
    def of(self, create, departments, **kwargs):
        for department in departments or ():
            Membership.objects.create(user=self, department=department)


def move_back(records, ago) -> None:
    """Records that were written some time ago; a test cannot wait, and the models and the guards refuse to change them."""
    with guard.lifted():
        models.QuerySet(records.model).filter(pk__in=list(records.values_list("pk", flat=True))).update(
            at=F("at") - ago
        )


def make_deputy(principal: User, deputy: User, **fields) -> Deputyship:
    """`deputy` acts in the place of `principal`, from today on for a month."""
    today = timezone.localdate()
    fields = {"since": today, "until": today + timezone.timedelta(days=30), "reason": "休み"} | fields
    return Deputyship.objects.create(principal=principal, deputy=deputy, appointed_by=principal, **fields)


class PlanFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Plan
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"試験市第{n}期計画")
    city_name = "試験市"
    first_year = 2020
    last_year = 2025
    baseline_year = 2019

    @factory.post_generation
    def scale_rows(self, create, extracted, **kwargs):
        for letter, definition, min_rate, points in SCALE:
            RatingLevel.objects.create(
                plan=self,
                letter=letter,
                definition=definition,
                min_rate=min_rate,
                points=points,
                reason_required=points < 2,
            )


class PlanYearFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PlanYear

    plan = factory.SubFactory(PlanFactory)
    fiscal_year = 2024
    status = PlanYear.Status.COLLECTING


def make_direction(plan: Plan, goal: int = 1, policy: int = 1, direction: int = 1) -> Direction:
    """The direction with these numbers, with the goal and policy above it."""
    goal_row, _ = Goal.objects.get_or_create(plan=plan, number=goal, defaults={"name": f"目標その{goal}"})
    policy_row, _ = Policy.objects.get_or_create(goal=goal_row, number=policy, defaults={"name": f"施策その{policy}"})
    return Direction.objects.get_or_create(policy=policy_row, number=direction)[0]


def make_initiative(plan: Plan, code: str, *departments: Department, **fields) -> Initiative:
    """An initiative by its printed number 1-1-1-2, owned by the departments, the first as lead."""
    goal, policy, direction, _ = (int(part) for part in code.split("-"))
    initiative = Initiative.objects.create(
        plan=plan,
        direction=make_direction(plan, goal, policy, direction),
        code=code,
        position=plan.initiatives.count() + 1,
        name=fields.pop("name", f"取組{code}"),
        **fields,
    )
    for index, department in enumerate(departments):
        role = InitiativeDepartment.Role.RELATED if index else InitiativeDepartment.Role.LEAD
        InitiativeDepartment.objects.create(initiative=initiative, department=department, role=role, position=index)
    return initiative


def make_entry(
    initiative: Initiative, year: int = 2024, *, status="approved", result="", issues="", **fields
) -> YearlyEntry:
    """The entry of a year with a part for each owner; texts name the department so that a leak can be told."""
    entry = YearlyEntry.objects.create(initiative=initiative, fiscal_year=year, **fields)
    for owner in initiative.owners.select_related("department"):
        make_part(
            entry,
            owner.department,
            status,
            result=result or f"{owner.department}の実績",
            issues=issues or f"{owner.department}の課題",
            position=owner.position,
        )
    return entry


def make_part(entry: YearlyEntry, department: Department, status="approved", **fields) -> EntryPart:
    approved_at = timezone.now() if status == EntryPart.Status.APPROVED else None
    return EntryPart.objects.create(
        entry=entry, department=department, status=status, approved_at=approved_at, **fields
    )


PDF = b"%PDF-1.7\n%%EOF\n"


def make_attachment(
    part: EntryPart, by: User, content: bytes = PDF, name: str = "ちらし.pdf", caption=""
) -> Attachment:
    return attachments.add(part, content, name, caption, by=by)


def make_indicator(plan: Plan, code: str = "I01", goals=(1,), values=None, **fields) -> Indicator:
    """An indicator with values {year: (actual, target)}; a Figure stands for a missing number."""
    indicator = Indicator.objects.create(
        plan=plan, code=code, position=plan.indicators.count() + 1, name=fields.pop("name", f"指標{code}"), **fields
    )
    for number in goals:
        goal = make_direction(plan, number).policy.goal
        IndicatorGoal.objects.create(indicator=indicator, goal=goal, position=indicator.position)
    for year, (actual, target) in (values or {}).items():
        IndicatorValue.objects.create(
            indicator=indicator, fiscal_year=year, **_figure("actual", actual), **_figure("target", target)
        )
    return indicator


def _figure(name: str, value) -> dict:
    if isinstance(value, Figure) or value is None:
        return {name: None, f"{name}_figure": value or Figure.BLANK}
    return {name: value, f"{name}_figure": Figure.VALUE}


def make_file(edition, by, content: bytes = b"%PDF-") -> ReportBuild:
    """A file of an edition, as it was made and kept."""
    build = ReportBuild(plan_year=edition.plan_year, edition=edition, requested_by=by, status=ReportBuild.Status.DONE)
    build.digest, build.size, build.finished_at = hashlib.sha256(content).hexdigest(), len(content), timezone.now()
    build.file.save("edition.pdf", ContentFile(content))
    return build


def make_edition(plan, fiscal_year: int, by, *, published: bool = True):
    """A year that has come all the way: its first edition, 公表 or only 確定."""
    year = PlanYearFactory(plan=plan, fiscal_year=fiscal_year, status=PlanYear.Status.COMMITTEE)
    edition = edition_cycle.finalize(year, by=by, reason="資料のとおり")
    if published:
        edition_cycle.publish(edition, by=by, reason="資料のとおり")
    return edition


def make_voice(plan_year: PlanYear, text: str = "意見です。", **more) -> Voice:
    """An opinion of the public, in a call that is open."""
    today = timezone.localdate()
    days = {"opens_on": today, "closes_on": today + timedelta(days=9)}
    call, _ = VoiceCall.objects.get_or_create(plan_year=plan_year, defaults=days)
    return Voice.objects.create(call=call, text=text, sending=str(call.voices.count()), **more)
