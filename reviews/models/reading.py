"""Who is to read what, and how far each member has come."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from initiatives.models import Goal, Initiative, PlanYear, Policy
from reviews import anchors


class Assignment(models.Model):
    """分担: a goal, a policy or an initiative that a member is asked to read. Without one a member reads everything."""

    plan_year = models.ForeignKey(PlanYear, models.CASCADE, related_name="assignments", verbose_name="年度")
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="assignments", verbose_name="委員"
    )
    goal = models.ForeignKey(Goal, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="目標")
    policy = models.ForeignKey(Policy, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="施策")
    initiative = models.ForeignKey(
        Initiative, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="取組"
    )

    class Meta:
        verbose_name = "分担"
        verbose_name_plural = "分担"
        ordering = ["member", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(goal__isnull=False, policy=None, initiative=None)
                | Q(goal=None, policy__isnull=False, initiative=None)
                | Q(goal=None, policy=None, initiative__isnull=False),
                name="assignment_of_one_thing",
            ),
            *(
                models.UniqueConstraint(
                    fields=["plan_year", "member", name],
                    condition=Q(**{f"{name}__isnull": False}),
                    name=f"assignment_{name}_once",
                )
                for name in ("goal", "policy", "initiative")
            ),
        ]

    def __str__(self):
        return f"{self.member}：{self.goal or self.policy or self.initiative}"


class ReadMark(models.Model):
    """読みました of a member on one thing. `digest`: of what stood there, so that a later change is noticed."""

    plan_year = models.ForeignKey(PlanYear, models.CASCADE, related_name="read_marks", verbose_name="年度")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="read_marks", verbose_name="委員")
    anchor = models.CharField("何を", max_length=anchors.LONGEST)
    digest = models.CharField("読んだ内容", max_length=64)
    at = models.DateTimeField("日時", default=timezone.now)

    class Meta:
        verbose_name = "読みました"
        verbose_name_plural = "読みました"
        constraints = [models.UniqueConstraint(fields=["plan_year", "member", "anchor"], name="read_mark_once")]

    def __str__(self):
        return f"{self.member}：{self.anchor}"
