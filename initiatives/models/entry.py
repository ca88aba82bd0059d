"""What is written about an initiative year by year, who may see and write it, and the steps it took."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import Department, User
from initiatives import composition, parsing
from initiatives import fiscal_year as fy
from initiatives.models.plan import Initiative, Plan
from initiatives.models.versioned import Versioned
from initiatives.models.year import DeadlineExtension, PlanYear
from ledger.records import Record


class YearlyEntryQuerySet(models.QuerySet):
    def for_fiscal_year(self, plan: Plan, fiscal_year: int):
        return self.filter(initiative__plan=plan, fiscal_year=fiscal_year).order_by("initiative__position")


class YearlyEntry(Versioned):
    """年度別の記入: one initiative in one fiscal year, the printed row. What departments write is in its parts.

    A cross-listing's entry shows the original's texts and rating unless `holds_own` is set, with the reason.
    """

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="entries", verbose_name="取組")
    fiscal_year = models.PositiveSmallIntegerField("年度")
    target = models.TextField("目標", blank=True)
    next_target = models.TextField("次年度の目標", blank=True)
    rating = models.CharField("評価", max_length=4, blank=True)
    # Why 福祉総務課 set another rating than the lead's; empty as long as the lead's holds (agreed_rating).
    rating_reason = models.TextField("評価を主担当と変えた理由", blank=True)
    low_rating_reason = models.TextField("低評価の理由", blank=True)
    shared_result = models.TextField("実績（課に分けない文）", blank=True)
    shared_issues = models.TextField("課題と次年度の予定（課に分けない文）", blank=True)
    holds_own = models.BooleanField("再掲に独自の文と評価を使う", default=False)
    own_reason = models.TextField("独自にする理由", blank=True)
    search_text = models.TextField(editable=False, default="")

    objects = YearlyEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "年度別の記入"
        verbose_name_plural = "年度別の記入"
        ordering = ["fiscal_year", "initiative__position"]
        constraints = [
            models.UniqueConstraint(fields=["initiative", "fiscal_year"], name="entry_once_a_year"),
            models.CheckConstraint(condition=Q(holds_own=False) | ~Q(own_reason=""), name="entry_own_text_has_reason"),
        ]
        indexes = [models.Index(fields=["fiscal_year", "initiative"], name="entry_of_year")]

    def __str__(self):
        return f"{self.initiative}（{fy.label(self.fiscal_year)}）"

    def save(self, **kwargs):
        self.search_text = self.make_search_text()
        super().save(**kwargs)

    def make_search_text(self) -> str:
        return parsing.search_form(f"{self.shared_result} {self.shared_issues}")


class EntryPartQuerySet(models.QuerySet):
    def visible_to(self, user: User):
        """Parts whose text a person may read. The other face of permissions.can_view_part.

        福祉総務課 reads all; a department its own and those of the co-owners of the same entry; everyone else at
        the city what is approved; the committee what is approved in a year opened to it.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_coordinator:
            return self
        approved = Q(status=EntryPart.Status.APPROVED)
        if user.is_committee:
            opened = PlanYear.objects.filter(
                plan=OuterRef("entry__initiative__plan"),
                fiscal_year=OuterRef("entry__fiscal_year"),
                status__in=PlanYear.OPEN_TO_COMMITTEE,
            )
            return self.filter(approved, Exists(opened))
        own = EntryPart.objects.filter(entry=OuterRef("entry"), department__in=user.department_ids())
        return self.filter(approved | Exists(own))

    def editable_by(self, user: User):
        """Parts a person may write in now. The other face of permissions.can_write_part."""
        if not user.is_authenticated or not user.is_active or user.is_committee or user.is_admin:
            return self.none()
        today = timezone.localdate()
        year = PlanYear.objects.filter(
            plan=OuterRef("entry__initiative__plan"), fiscal_year=OuterRef("entry__fiscal_year")
        )
        extension = DeadlineExtension.objects.filter(
            plan_year__plan=OuterRef("entry__initiative__plan"),
            plan_year__fiscal_year=OuterRef("entry__fiscal_year"),
            department=OuterRef("department"),
        )
        collecting = year.filter(status=PlanYear.Status.COLLECTING)
        in_time = collecting.filter(Q(department_deadline__isnull=True) | Q(department_deadline__gte=today))
        open_now = (
            (Exists(collecting) & Exists(extension.filter(until__gte=today)))
            | Exists(in_time)
            | (Q(status=EntryPart.Status.RETURNED) & Exists(year.filter(status__in=PlanYear.IN_HAND)))
        )
        return self.filter(open_now, department__in=user.department_ids(), status__in=EntryPart.WRITABLE)


class EntryPart(Versioned):
    """課別の記入: what one department writes about one initiative in one fiscal year, and where it stands."""

    class Status(models.TextChoices):
        NOT_STARTED = "not_started", "未着手"
        DRAFT = "draft", "作成中"
        AWAITING_MANAGER = "awaiting_manager", "課長確認中"
        SUBMITTED = "submitted", "提出済"
        RETURNED = "returned", "差戻し中"
        APPROVED = "approved", "承認済"

    WRITABLE = (Status.NOT_STARTED, Status.DRAFT, Status.RETURNED)

    entry = models.ForeignKey(YearlyEntry, models.CASCADE, related_name="parts", verbose_name="年度別の記入")
    department = models.ForeignKey(Department, models.PROTECT, related_name="parts", verbose_name="担当課")
    position = models.PositiveSmallIntegerField("並び順", default=0)
    result = models.TextField("実績", blank=True)
    issues = models.TextField("課題と次年度の予定", blank=True)
    self_rating = models.CharField("自己評価", max_length=4, blank=True)
    status = models.CharField("状態", max_length=16, choices=Status, default=Status.NOT_STARTED)
    not_applicable_reason = models.TextField("今年度は該当がない理由", blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="提出した人"
    )
    submitted_at = models.DateTimeField("提出日時", null=True, blank=True)
    # 福祉総務課 has begun with it (workflow.pick_up): from then on the department cannot withdraw it.
    picked_up_at = models.DateTimeField("確認を始めた日時", null=True, blank=True)
    picked_up_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="確認を始めた人"
    )
    approved_at = models.DateTimeField("承認日時", null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="承認した人"
    )
    search_text = models.TextField(editable=False, default="")

    objects = EntryPartQuerySet.as_manager()

    class Meta:
        verbose_name = "課別の記入"
        verbose_name_plural = "課別の記入"
        ordering = ["entry", "position"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "department"], name="part_once_a_department"),
            # approved_by stays empty for a report that was printed before Ayumi: nobody here approved it.
            models.CheckConstraint(
                condition=Q(status="approved", approved_at__isnull=False)
                | (~Q(status="approved") & Q(approved_at__isnull=True, approved_by__isnull=True)),
                name="part_approved_at_exactly_when_approved",
            ),
        ]
        indexes = [models.Index(fields=["department", "status"], name="part_of_department")]

    def __str__(self):
        return f"{self.entry} {self.department}"

    def save(self, **kwargs):
        self.search_text = self.make_search_text()
        super().save(**kwargs)

    def make_search_text(self) -> str:
        return parsing.search_form(f"{self.printed_result} {self.issues}")

    @property
    def printed_result(self) -> str:
        return composition.printed_result(self.result, self.not_applicable_reason)


class Transition(Record):
    """One step of a part from one status to another: who, when, why. Written by workflow.perform alone."""

    part = models.ForeignKey(EntryPart, models.CASCADE, related_name="transitions", verbose_name="課別の記入")
    action = models.CharField("したこと", max_length=24)
    from_status = models.CharField("前の状態", max_length=16, choices=EntryPart.Status)
    to_status = models.CharField("後の状態", max_length=16, choices=EntryPart.Status)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="した人")
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="だれの代理で"
    )
    at = models.DateTimeField("日時", default=timezone.now)
    reason = models.TextField("理由", blank=True)
    version = models.PositiveIntegerField("記入の版")  # of the text as it stood then

    class Meta:
        verbose_name = "状態の変更"
        verbose_name_plural = "状態の変更"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["part", "-at"], name="transition_of_part")]

    def __str__(self):
        return f"{self.part} {self.get_from_status_display()}→{self.get_to_status_display()}"
