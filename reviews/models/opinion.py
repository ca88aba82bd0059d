"""What a member says: 意見 and an own rating, what is typed but not sent; and which departments were asked about it."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import Department, User
from indicators.models import Indicator
from initiatives.models import Goal, Initiative, PlanYear, Versioned
from reviews import anchors

LONGEST = 4000  # letters of an opinion, of an answer, of a question


class OpinionQuerySet(models.QuerySet):
    def visible_to(self, user: User):
        """The other face of permissions.can_view_opinion."""
        if not user.is_authenticated or not user.is_active or user.is_admin:
            return self.none()
        submitted = Q(state=Opinion.State.SUBMITTED)
        if user.is_coordinator:
            return self.filter(submitted)
        if user.is_committee:
            return self.filter(submitted | Q(author=user), plan_year__status__in=PlanYear.OPEN_TO_COMMITTEE)
        asked = Inquiry.objects.filter(opinion=OuterRef("pk")).visible_to(user)
        return self.filter(submitted, Exists(asked))

    def of_year(self, plan_year: PlanYear):
        """With what a page says of them, goal by goal: what is about the whole report comes last."""
        return (
            self.filter(plan_year=plan_year)
            .select_related("author", "goal", "initiative", "indicator", "response", "follow_up")
            .order_by(
                models.F("goal__number").asc(nulls_last=True), "initiative__position", "anchor", "submitted_at", "pk"
            )
        )


class Opinion(Versioned):
    """意見 of one member about one thing, as it was sent. What is being typed is in OpinionDraft and nowhere else.

    Only its author sees it again once it is withdrawn. State and words are changed by workflow alone, with history.
    """

    class State(models.TextChoices):
        SUBMITTED = "submitted", "提出"
        WITHDRAWN = "withdrawn", "取り下げ"

    plan_year = models.ForeignKey(PlanYear, models.CASCADE, related_name="opinions", verbose_name="年度")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="opinions", verbose_name="委員")
    anchor = models.CharField("何について", max_length=anchors.LONGEST)
    about = models.CharField("何について（名前）", max_length=300)  # as it was called when the opinion was sent
    # Under which it is gathered; empty for what is about the whole report.
    goal = models.ForeignKey(Goal, models.PROTECT, null=True, blank=True, related_name="opinions", verbose_name="目標")
    initiative = models.ForeignKey(
        Initiative, models.PROTECT, null=True, blank=True, related_name="opinions", verbose_name="取組"
    )
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, null=True, blank=True, related_name="opinions", verbose_name="成果指標"
    )
    quoted = models.TextField("章の段落", blank=True)  # the paragraph as it was read
    text = models.TextField("意見", max_length=LONGEST, blank=True)
    state = models.CharField("状態", max_length=9, choices=State, default=State.SUBMITTED, editable=False)
    submitted_at = models.DateTimeField("提出日時", editable=False)

    objects = OpinionQuerySet.as_manager()

    class Meta:
        verbose_name = "意見"
        verbose_name_plural = "意見"
        ordering = ["pk"]
        indexes = [models.Index(fields=["plan_year", "anchor"], name="opinion_of_anchor")]
        constraints = [
            models.CheckConstraint(condition=Q(initiative=None) | Q(indicator=None), name="opinion_about_one_thing")
        ]

    def __str__(self):
        return f"意見（{self.about}）"

    @property
    def answer_state(self) -> str:
        """How far 福祉総務課 is: "none", "draft" or "confirmed"."""
        return self.response.state if hasattr(self, "response") else "none"


class OpinionDraft(models.Model):
    """What a member types about one thing and has not sent: an opinion, and of an initiative an own rating.

    For its author's eyes alone, in every state of the year. It leaves no history and goes away when it is sent.
    """

    plan_year = models.ForeignKey(PlanYear, models.CASCADE, related_name="opinion_drafts", verbose_name="年度")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="opinion_drafts", verbose_name="委員"
    )
    anchor = models.CharField("何について", max_length=anchors.LONGEST)
    # What was sent before and is put right here; empty for a new opinion.
    opinion = models.ForeignKey(
        Opinion, models.CASCADE, null=True, blank=True, related_name="drafts", verbose_name="直す意見"
    )
    quoted = models.TextField("章の段落", blank=True)
    place = models.CharField("章の段落（しるし）", max_length=16, blank=True)  # tells the paragraphs of a chapter apart
    text = models.TextField("意見", blank=True)
    rating = models.CharField("評価", max_length=4, blank=True)
    rating_reason = models.TextField("評価の理由", blank=True)
    saved_at = models.DateTimeField("保存した日時", auto_now=True)

    class Meta:
        verbose_name = "意見の下書き"
        verbose_name_plural = "意見の下書き"
        constraints = [
            models.UniqueConstraint(
                fields=["plan_year", "author", "anchor", "place"],
                condition=Q(opinion=None),
                name="opinion_draft_once_a_thing",
            ),
            models.UniqueConstraint(fields=["opinion"], name="opinion_draft_once_an_opinion"),
        ]

    def __str__(self):
        return f"{self.author}の下書き（{self.anchor}）"


class CommitteeRating(Versioned):
    """How one member rates an initiative, kept apart from the departments' rating. `rating` "": taken back."""

    plan_year = models.ForeignKey(PlanYear, models.CASCADE, related_name="committee_ratings", verbose_name="年度")
    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="committee_ratings", verbose_name="取組")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="committee_ratings", verbose_name="委員"
    )
    rating = models.CharField("評価", max_length=4, blank=True)
    reason = models.TextField("理由", max_length=LONGEST, blank=True)

    class Meta:
        verbose_name = "委員の評価"
        verbose_name_plural = "委員の評価"
        ordering = ["initiative", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan_year", "initiative", "author"], name="committee_rating_once_a_member")
        ]

    def __str__(self):
        return f"{self.initiative}の評価：{self.rating}"


class InquiryQuerySet(models.QuerySet):
    def visible_to(self, user: User):
        """The other face of permissions.can_view_inquiry."""
        if not user.is_authenticated or not user.is_active or user.is_committee or user.is_admin:
            return self.none()
        standing = self.exclude(state=Inquiry.State.CANCELLED).exclude(opinion__state=Opinion.State.WITHDRAWN)
        return standing if user.is_coordinator else standing.filter(department__in=user.department_ids())


class Inquiry(Versioned):
    """回答の依頼: 福祉総務課 asks one department about an opinion, or about how the committee rates an initiative.

    `draft` is what the department types; 福祉総務課 reads `reply`, and the committee neither of them.
    """

    class State(models.TextChoices):
        ASKED = "asked", "回答待ち"
        REPLIED = "replied", "回答あり"
        CANCELLED = "cancelled", "取り消し"

    plan_year = models.ForeignKey(PlanYear, models.CASCADE, related_name="inquiries", verbose_name="年度")
    opinion = models.ForeignKey(
        Opinion, models.PROTECT, null=True, blank=True, related_name="inquiries", verbose_name="意見"
    )
    initiative = models.ForeignKey(
        Initiative, models.PROTECT, null=True, blank=True, related_name="inquiries", verbose_name="取組"
    )
    department = models.ForeignKey(Department, models.PROTECT, related_name="inquiries", verbose_name="担当課")
    question = models.TextField("聞きたいこと", max_length=LONGEST, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="聞いた人")
    asked_at = models.DateTimeField("聞いた日時", default=timezone.now)
    state = models.CharField("状態", max_length=9, choices=State, default=State.ASKED, editable=False)
    draft = models.TextField("書きかけの回答", blank=True)
    reply = models.TextField("回答", max_length=LONGEST, blank=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答えた人"
    )
    replied_at = models.DateTimeField("答えた日時", null=True, blank=True)

    objects = InquiryQuerySet.as_manager()

    class Meta:
        verbose_name = "回答の依頼"
        verbose_name_plural = "回答の依頼"
        ordering = ["asked_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opinion=None, initiative__isnull=False) | Q(opinion__isnull=False, initiative=None),
                name="inquiry_about_one_thing",
            ),
            models.CheckConstraint(
                condition=~Q(state="replied") | ~Q(reply="") & Q(replied_by__isnull=False, replied_at__isnull=False),
                name="inquiry_replied_by_someone",
            ),
            models.UniqueConstraint(
                fields=["opinion", "department"], condition=Q(initiative=None), name="inquiry_once_an_opinion"
            ),
            models.UniqueConstraint(
                fields=["plan_year", "initiative", "department"],
                condition=Q(opinion=None),
                name="inquiry_once_an_initiative",
            ),
        ]

    def __str__(self):
        return f"{self.department}への依頼（{self.about}）"

    @property
    def about(self) -> str:
        return self.opinion.about if self.opinion_id else f"{self.initiative.code}　{self.initiative.name}"
