"""The opinions of a year gathered goal by goal, each with how far the city has come with it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import models
from django.db.models import Prefetch, QuerySet

from accounts.models import User
from initiatives.models import Goal, PlanYear
from reviews import permissions
from reviews.models import Inquiry, Opinion, Response


class Stage(models.TextChoices):
    """How far 福祉総務課 has come with an opinion."""

    NEW = "new", "まだ"
    ASKED = "asked", "課の回答待ち"
    REPLIED = "replied", "課の回答あり"
    DRAFT = "draft", "答えを下書き中"
    CONFIRMED = "confirmed", "確定（公表しない）"
    PUBLISHED = "published", "確定（公表する）"


ANSWERED = (Stage.CONFIRMED, Stage.PUBLISHED)


def stage_of(opinion: Opinion) -> Stage:
    """opinion: with its inquiries and its response at hand. A question that waits comes before what is written."""
    if permissions.is_answered(opinion):
        return Stage.PUBLISHED if opinion.response.is_published else Stage.CONFIRMED
    states = {inquiry.state for inquiry in opinion.inquiries.all()}
    if Inquiry.State.ASKED in states:
        return Stage.ASKED
    if opinion.answer_state == Response.State.DRAFT:
        return Stage.DRAFT
    return Stage.REPLIED if Inquiry.State.REPLIED in states else Stage.NEW


@dataclass(frozen=True)
class Line:
    opinion: Opinion
    stage: Stage
    is_own: bool

    @property
    def is_answered(self) -> bool:
        return self.stage in ANSWERED

    @property
    def asked(self) -> list[Inquiry]:
        return [each for each in self.opinion.inquiries.all() if each.state != Inquiry.State.CANCELLED]


@dataclass
class Gathered:
    groups: list[tuple[Goal | None, list[Line]]]
    counts: dict[Stage, int]  # of everything, whatever is chosen
    total: int
    chosen: str = ""  # a stage, or "own"
    goal: str = ""  # a number, or "0" for the whole report
    goals: list[Goal] = field(default_factory=list)
    own: int = 0

    @property
    def found(self) -> int:
        return sum(len(lines) for _, lines in self.groups)

    @property
    def answered(self) -> int:
        return sum(self.counts.get(stage, 0) for stage in ANSWERED)

    @property
    def left(self) -> int:
        """Opinions without an answer that is 確定."""
        return self.total - self.answered

    @property
    def stages(self) -> list[tuple[Stage, int]]:
        return [(stage, self.counts.get(stage, 0)) for stage in Stage]


def with_inquiries(opinions: QuerySet[Opinion]) -> QuerySet[Opinion]:
    return opinions.prefetch_related(Prefetch("inquiries", Inquiry.objects.select_related("department", "replied_by")))


def gathered(plan_year: PlanYear, opinions: QuerySet[Opinion], user: User, asked: Mapping[str, str]) -> Gathered:
    """Two queries. asked: state and goal, as the address says them; nonsense chooses everything."""
    standing = with_inquiries(opinions.filter(state=Opinion.State.SUBMITTED))
    lines = [Line(opinion, stage_of(opinion), opinion.author_id == user.pk) for opinion in standing]
    counts = Counter(line.stage for line in lines)
    goals = {line.opinion.goal_id: line.opinion.goal for line in lines}
    for goal in filter(None, goals.values()):
        goal.plan = plan_year.plan
    numbers = {"0" if goal is None else str(goal.number): key for key, goal in goals.items()}
    chosen = asked.get("state", "") if asked.get("state") in (*Stage.values, "own") else ""
    number = asked.get("goal", "") if asked.get("goal") in numbers else ""
    picked = [
        line
        for line in lines
        if (not chosen or (line.is_own if chosen == "own" else line.stage == chosen))
        and (not number or line.opinion.goal_id == numbers[number])
    ]
    return Gathered(
        [
            (goal, of_goal)
            for key, goal in goals.items()
            if (of_goal := [line for line in picked if line.opinion.goal_id == key])
        ],
        dict(counts),
        len(lines),
        chosen,
        number,
        [goal for goal in goals.values() if goal],
        sum(line.is_own for line in lines),
    )
