"""One fiscal year of a plan: its state, its deadlines, and the steps it took."""

from datetime import date

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models import Department, User
from initiatives import fiscal_year as fy
from initiatives.models.plan import Plan
from ledger.records import Record


class PlanYearQuerySet(models.QuerySet):
    def visible_to(self, user: User):
        """Years a person may look at: the office all of them, the committee those opened to it."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_committee:
            return self.filter(status__in=PlanYear.OPEN_TO_COMMITTEE)
        return self


class PlanYear(models.Model):
    """One fiscal year of a plan (年度): its state and deadlines."""

    class Status(models.TextChoices):
        PREPARING = "preparing", "準備中"
        COLLECTING = "collecting", "受付中"
        REVIEWING = "reviewing", "確認中"
        COMMITTEE = "committee", "委員会審議中"
        FINALIZED = "finalized", "確定"
        PUBLISHED = "published", "公表"

    OPEN_TO_COMMITTEE = (Status.COMMITTEE, Status.FINALIZED, Status.PUBLISHED)
    LOCKED = (Status.FINALIZED, Status.PUBLISHED)
    IN_HAND = (Status.COLLECTING, Status.REVIEWING, Status.COMMITTEE)

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="years", verbose_name="計画")
    fiscal_year = models.PositiveSmallIntegerField("年度")
    status = models.CharField("状態", max_length=10, choices=Status, default=Status.PREPARING)
    # The last day on which departments write and send; after it only what was sent back or given longer.
    department_deadline = models.DateField("各課の提出期限", null=True, blank=True)
    # When 課長 should have passed on what waits for them. Nothing closes on this day: it reminds and tells who is late.
    manager_deadline = models.DateField("課長の期限", null=True, blank=True)
    # Between these two days, both included, members of the committee write. Without the first: from the opening on.
    committee_start = models.DateField("委員の意見の始まり", null=True, blank=True)
    committee_deadline = models.DateField("委員の意見の期限", null=True, blank=True)

    objects = PlanYearQuerySet.as_manager()

    class Meta:
        verbose_name = "年度"
        verbose_name_plural = "年度"
        ordering = ["plan", "fiscal_year"]
        constraints = [models.UniqueConstraint(fields=["plan", "fiscal_year"], name="plan_year_once")]

    def __str__(self):
        return f"{self.plan} {self.label}"

    @property
    def label(self) -> str:
        return fy.label(self.fiscal_year)

    @property
    def short(self) -> str:
        return fy.short(self.fiscal_year)

    @property
    def is_locked(self) -> bool:
        return self.status in self.LOCKED

    @cached_property
    def extended(self) -> dict[int, date]:
        """Departments with a deadline of their own, read once."""
        return dict(self.extensions.values_list("department_id", "until"))

    def deadline_for(self, department_id: int) -> date | None:
        """The last day on which a department may write; None without a deadline. An extension never shortens it."""
        until = self.extended.get(department_id)
        return max(self.department_deadline, until) if self.department_deadline and until else self.department_deadline

    def manager_deadline_for(self, department_id: int) -> date | None:
        """When the 課長 should have passed on; a department that may write longer may also be confirmed as late."""
        until = self.extended.get(department_id)
        return max(self.manager_deadline, until) if self.manager_deadline and until else self.manager_deadline


class DeadlineExtension(models.Model):
    """One department may write until a later day than the others."""

    plan_year = models.ForeignKey(PlanYear, models.CASCADE, related_name="extensions", verbose_name="年度")
    department = models.ForeignKey(Department, models.PROTECT, related_name="extensions", verbose_name="担当課")
    until = models.DateField("延ばした期限")
    reason = models.CharField("理由", max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="認めた人")
    at = models.DateTimeField("認めた日時", default=timezone.now)

    class Meta:
        verbose_name = "期限の延長"
        verbose_name_plural = "期限の延長"
        constraints = [models.UniqueConstraint(fields=["plan_year", "department"], name="extension_once_a_department")]

    def __str__(self):
        return f"{self.department}：{self.until}まで"


class YearTransition(Record):
    """One step of a year from one status to another. Written by year_cycle.perform alone."""

    plan_year = models.ForeignKey(PlanYear, models.CASCADE, related_name="transitions", verbose_name="年度")
    action = models.CharField("したこと", max_length=24)
    from_status = models.CharField("前の状態", max_length=10, choices=PlanYear.Status)
    to_status = models.CharField("後の状態", max_length=10, choices=PlanYear.Status)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="した人")
    at = models.DateTimeField("日時", default=timezone.now)
    reason = models.TextField("理由", blank=True)

    class Meta:
        verbose_name = "年度の状態の変更"
        verbose_name_plural = "年度の状態の変更"
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.plan_year} {self.get_from_status_display()}→{self.get_to_status_display()}"
