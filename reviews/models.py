"""推進委員会: what the committee says about a year."""

from django.db import models
from django.db.models import Q

from initiatives.models import Goal, Plan, Versioned


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
