"""推進委員会: what the committee says about a year."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from indicators.models import Indicator
from initiatives.models import Goal, Initiative, Plan, PlanYear, Versioned
from ledger.records import Record

LONGEST = 4000  # letters of an opinion, and of an answer


class CommitteeReview(Versioned):
    """講評: the committee's review of a goal, or of the whole (goal is None)."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="committee_reviews", verbose_name="計画")
    fiscal_year = models.PositiveSmallIntegerField("年度")
    goal = models.ForeignKey(
        Goal, models.CASCADE, null=True, blank=True, related_name="committee_reviews", verbose_name="目標"
    )
    heading = models.CharField("見出し", max_length=200, blank=True)
    text = models.TextField("講評", blank=True)

    class Meta:
        verbose_name = "講評"
        verbose_name_plural = "講評"
        ordering = ["plan", "fiscal_year", "goal"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "fiscal_year", "goal"], name="committee_review_once_a_goal"),
            models.UniqueConstraint(
                fields=["plan", "fiscal_year"], condition=Q(goal__isnull=True), name="committee_review_one_overall"
            ),
        ]

    def __str__(self):
        return self.heading or "講評"


class OpinionQuerySet(models.QuerySet):
    def visible_to(self, user: User):
        """The other face of permissions.can_view_opinion."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        submitted = Q(state=Opinion.State.SUBMITTED)
        if user.is_coordinator:
            return self.filter(submitted)
        if user.is_committee:
            return self.filter(submitted | Q(author=user), plan_year__status__in=PlanYear.OPEN_TO_COMMITTEE)
        return self.none()

    def editable_by(self, user: User):
        """The other face of permissions.can_write_opinion."""
        today = timezone.localdate()
        still_open = Q(plan_year__committee_deadline__isnull=True) | Q(plan_year__committee_deadline__gte=today)
        answered = Q(response__state=Response.State.CONFIRMED)
        return (
            self.visible_to(user)
            .filter(still_open, author=user, plan_year__status=PlanYear.Status.COMMITTEE)
            .exclude(answered)
        )

    def of_year(self, plan_year: PlanYear):
        """With what a page says of them, in the order of the plan: the whole report first, then goal by goal."""
        return (
            self.filter(plan_year=plan_year)
            .select_related(
                "author", "goal", "initiative__direction__policy__goal", "indicator", "response", "response__by"
            )
            .prefetch_related("indicator__goals")
        )


class Opinion(Versioned):
    """意見 of one member, about one thing: a goal, an initiative, an indicator, or (none of them) the whole report.

    A draft is for its author alone. The state is changed by workflow.perform alone.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "下書き"
        SUBMITTED = "submitted", "提出"
        WITHDRAWN = "withdrawn", "取り下げ"

    ANCHORS = ("goal", "initiative", "indicator")

    plan_year = models.ForeignKey(PlanYear, models.CASCADE, related_name="opinions", verbose_name="年度")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="opinions", verbose_name="委員")
    goal = models.ForeignKey(Goal, models.PROTECT, null=True, blank=True, related_name="opinions", verbose_name="目標")
    initiative = models.ForeignKey(
        Initiative, models.PROTECT, null=True, blank=True, related_name="opinions", verbose_name="取組"
    )
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, null=True, blank=True, related_name="opinions", verbose_name="成果指標"
    )
    text = models.TextField("意見", max_length=LONGEST)
    state = models.CharField("状態", max_length=9, choices=State, default=State.DRAFT, editable=False)
    created_at = models.DateTimeField("書き始めた日時", default=timezone.now, editable=False)
    submitted_at = models.DateTimeField("提出日時", null=True, blank=True, editable=False)

    objects = OpinionQuerySet.as_manager()

    class Meta:
        verbose_name = "意見"
        verbose_name_plural = "意見"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(goal=None, initiative=None)
                | Q(goal=None, indicator=None)
                | Q(initiative=None, indicator=None),
                name="opinion_about_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", submitted_at=None) | ~Q(state="draft") & Q(submitted_at__isnull=False),
                name="opinion_submitted_at_when_submitted",
            ),
        ]

    def __str__(self):
        return f"{self.author}の意見（{self.about_label}）"

    @property
    def anchor(self) -> tuple[str, int]:
        """What it is about, as its address says it: ("initiative", 12); ("report", 0) for the whole."""
        return next(((name, pk) for name in self.ANCHORS if (pk := getattr(self, f"{name}_id"))), ("report", 0))

    @property
    def about(self) -> models.Model | None:
        name, _ = self.anchor
        return getattr(self, name, None)

    @property
    def about_label(self) -> str:
        return about_label(self.about)

    @property
    def goal_number(self) -> int | None:
        """Under which goal it is gathered; None for the whole. An indicator of several goals is under the first."""
        if self.initiative_id:
            return self.initiative.direction.policy.goal.number
        if self.indicator_id:
            return min((goal.number for goal in self.indicator.goals.all()), default=None)
        return self.goal.number if self.goal_id else None

    @property
    def answer_state(self) -> str:
        """How far 福祉総務課 is: "none", "draft" or "confirmed"."""
        return self.response.state if hasattr(self, "response") else "none"

    @property
    def answer_label(self) -> str:
        return self.response.get_state_display() if hasattr(self, "response") else "まだ答えていない"


def about_label(about: models.Model | None) -> str:
    """The thing an opinion is about, in words."""
    if about is None:
        return "報告書の全体"
    if isinstance(about, Goal):
        return f"{about.plan.goal_term}{about.number}　{about.name}"
    return f"{about.code}　{about.name}" if isinstance(about, Initiative) else f"成果指標　{about.name}"


class Response(Versioned):
    """市の考え方 on one opinion. The committee reads it when it is 確定, and then it may be published."""

    class State(models.TextChoices):
        DRAFT = "draft", "下書き"
        CONFIRMED = "confirmed", "確定"

    class Kind(models.TextChoices):
        ADOPTED = "adopted", "反映"
        NOTED = "noted", "参考"
        OTHER = "other", "その他"

    opinion = models.OneToOneField(Opinion, models.PROTECT, related_name="response", verbose_name="意見")
    kind = models.CharField("対応", max_length=7, choices=Kind, blank=True)
    text = models.TextField("市の考え方", max_length=LONGEST, blank=True)
    state = models.CharField("状態", max_length=9, choices=State, default=State.DRAFT, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="書いた人")

    class Meta:
        verbose_name = "市の考え方"
        verbose_name_plural = "市の考え方"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft") | ~Q(kind="") & ~Q(text=""), name="response_whole_when_confirmed"
            ),
        ]

    def __str__(self):
        return f"{self.opinion.about_label}への市の考え方"


class OpinionStep(Record):
    """One step of an opinion or of its answer. Written by workflow.perform alone."""

    opinion = models.ForeignKey(Opinion, models.PROTECT, related_name="steps", verbose_name="意見")
    action = models.CharField("したこと", max_length=8)
    version = models.PositiveIntegerField("意見の版")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="した人")
    at = models.DateTimeField("日時", default=timezone.now)

    class Meta:
        verbose_name = "意見の記録"
        verbose_name_plural = "意見の記録"
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.opinion}：{self.action}"
