"""What the city does with an opinion: answer it, publish it, and remember it in the next year."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from initiatives.models import Initiative, PlanYear, Versioned
from reviews.models.opinion import LONGEST, Opinion


class Response(Versioned):
    """市の考え方 on one opinion. The committee reads it when it is 確定; only then may it be published.

    `summary` is what the published table calls the opinion: neutral words of 福祉総務課, without the member's name.
    """

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
    confirmed_at = models.DateTimeField("確定した日時", null=True, blank=True, editable=False)
    summary = models.TextField("意見の要旨", max_length=LONGEST, blank=True)
    is_published = models.BooleanField("公表する", default=False, editable=False)

    class Meta:
        verbose_name = "市の考え方"
        verbose_name_plural = "市の考え方"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft", confirmed_at=None)
                | Q(state="confirmed", confirmed_at__isnull=False) & ~Q(kind="") & ~Q(text=""),
                name="response_whole_when_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(is_published=False) | Q(state="confirmed") & ~Q(summary=""),
                name="response_published_when_confirmed",
            ),
        ]

    def __str__(self):
        return f"{self.opinion.about}への市の考え方"


class FollowUpQuerySet(models.QuerySet):
    def open_in(self, plan_year: PlanYear):
        """What earlier years of the plan left to do, and nobody has marked as done."""
        return self.filter(
            plan_year__plan=plan_year.plan_id, plan_year__fiscal_year__lt=plan_year.fiscal_year, done_at__isnull=True
        )


class FollowUp(Versioned):
    """引き継ぎ: what an opinion asks for, shown in the following years until it is done. Written by 福祉総務課.

    Beside an initiative it is shown to the departments that write it; without one on the coordinator's list alone.
    """

    plan_year = models.ForeignKey(PlanYear, models.CASCADE, related_name="follow_ups", verbose_name="年度")
    opinion = models.OneToOneField(Opinion, models.PROTECT, related_name="follow_up", verbose_name="意見")
    initiative = models.ForeignKey(
        Initiative, models.PROTECT, null=True, blank=True, related_name="follow_ups", verbose_name="取組"
    )
    text = models.TextField("次の年度にすること", max_length=LONGEST)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="書いた人")
    done_words = models.TextField("したこと", max_length=LONGEST, blank=True)
    done_at = models.DateTimeField("済んだ日時", null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="済みにした人"
    )

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = "引き継ぎ"
        verbose_name_plural = "引き継ぎ"
        ordering = ["plan_year", "initiative__position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None, done_words="")
                | Q(done_at__isnull=False, done_by__isnull=False) & ~Q(done_words=""),
                name="follow_up_done_with_words",
            )
        ]

    def __str__(self):
        return self.text
