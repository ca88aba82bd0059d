"""講評: the committee's review, written by 福祉総務課 with what the members said at hand."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from initiatives.models import Goal, Plan, Versioned


class CommitteeReview(Versioned):
    """講評: the committee's review of a goal, or of the whole (goal is None).

    The committee reads it when it is 確認済. The report prints it in either state, as it does chapters.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "下書き"
        CONFIRMED = "confirmed", "確認済"

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="committee_reviews", verbose_name="計画")
    fiscal_year = models.PositiveSmallIntegerField("年度")
    goal = models.ForeignKey(
        Goal, models.CASCADE, null=True, blank=True, related_name="committee_reviews", verbose_name="目標"
    )
    heading = models.CharField("見出し", max_length=200, blank=True)
    text = models.TextField("講評", blank=True)
    state = models.CharField("状態", max_length=10, choices=State, default=State.DRAFT)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="書いた人"
    )

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
