"""The plan (計画) as a tree, and what is written about it year by year."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models import Department, User
from initiatives import fiscal_year as fy
from initiatives import parsing


class Plan(models.Model):
    """A plan of the city with its own words: level names, rating scale and publisher are data, never code."""

    name = models.CharField("計画名", max_length=100, unique=True)
    city_name = models.CharField("自治体名", max_length=40)
    office_name = models.CharField("とりまとめ課", max_length=60, default="福祉総務課")
    publisher = models.CharField("発行者", max_length=100, blank=True)
    committee_name = models.CharField("委員会の名前", max_length=100, blank=True)
    philosophy = models.TextField("基本理念", blank=True)
    first_year = models.PositiveSmallIntegerField("最初の年度")
    last_year = models.PositiveSmallIntegerField("最後の年度")
    baseline_year = models.PositiveSmallIntegerField("初期値の年度", null=True, blank=True)
    goal_term = models.CharField("第1階層の呼び名", max_length=20, default="目標")
    policy_term = models.CharField("第2階層の呼び名", max_length=20, default="施策")
    direction_term = models.CharField("第3階層の呼び名", max_length=20, default="具体的な方向性")
    initiative_term = models.CharField("第4階層の呼び名", max_length=20, default="取組")

    class Meta:
        verbose_name = "計画"
        verbose_name_plural = "計画"
        ordering = ["first_year", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(last_year__gte=models.F("first_year")), name="plan_period_in_order")
        ]

    def __str__(self):
        return self.name

    @cached_property
    def scale(self) -> list["RatingLevel"]:
        """The rating scale, best first; each level knows its `rank` (0 is the best), which picks the mark's shape."""
        levels = sorted(self.rating_levels.all(), key=lambda level: -level.min_rate)
        for rank, level in enumerate(levels):
            level.rank = rank
        return levels


class RatingLevel(models.Model):
    """One step of a plan's rating scale (評価区分): its letter, words, lower bound in percent and points."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="rating_levels", verbose_name="計画")
    letter = models.CharField("評価", max_length=4)
    definition = models.CharField("意味", max_length=200)
    min_rate = models.PositiveSmallIntegerField("達成率の下限（％）")
    points = models.PositiveSmallIntegerField("点数")
    reason_required = models.BooleanField("低評価の理由を求める", default=False)

    class Meta:
        verbose_name = "評価区分"
        verbose_name_plural = "評価区分"
        ordering = ["plan", "-min_rate"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "letter"], name="rating_level_letter_once"),
            models.UniqueConstraint(fields=["plan", "min_rate"], name="rating_level_bound_once"),
        ]

    def __str__(self):
        return f"{self.letter} {self.definition}"


def _in_force(fiscal_year: int, of: str = "") -> Q:
    """Begun by a fiscal year and not ended before it. `of`: the way to the row that has the two years."""
    begun = Q(**{f"{of}first_year__isnull": True}) | Q(**{f"{of}first_year__lte": fiscal_year})
    lasting = Q(**{f"{of}last_year__isnull": True}) | Q(**{f"{of}last_year__gte": fiscal_year})
    return begun & lasting


class GoalQuerySet(models.QuerySet):
    def in_force(self, fiscal_year: int):
        """Goals that the plan has in a fiscal year."""
        return self.filter(_in_force(fiscal_year))


class Goal(models.Model):
    """目標. A goal added in the middle of the plan says from which fiscal year (目標6 from 令和6年度)."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="goals", verbose_name="計画")
    number = models.PositiveSmallIntegerField("番号")
    name = models.CharField("名称", max_length=100)
    overview = models.TextField("概要", blank=True)
    first_year = models.PositiveSmallIntegerField("始まる年度", null=True, blank=True)
    last_year = models.PositiveSmallIntegerField("終わる年度", null=True, blank=True)

    objects = GoalQuerySet.as_manager()

    class Meta:
        verbose_name = "目標"
        verbose_name_plural = "目標"
        ordering = ["plan", "number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="goal_number_once")]

    def __str__(self):
        return f"{self.plan.goal_term}{self.number} {self.name}"


class Policy(models.Model):
    """施策. (Permission rules are called permissions, never policies.)"""

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="policies", verbose_name="目標")
    number = models.PositiveSmallIntegerField("番号")
    name = models.CharField("名称", max_length=100, blank=True)

    class Meta:
        verbose_name = "施策"
        verbose_name_plural = "施策"
        ordering = ["goal", "number"]
        constraints = [models.UniqueConstraint(fields=["goal", "number"], name="policy_number_once")]

    def __str__(self):
        return f"{self.code} {self.name}".strip()

    @property
    def code(self) -> str:
        return f"{self.goal.number}-{self.number}"


class Direction(models.Model):
    """具体的な方向性. Printed with a number only in most plans, so the name may be blank."""

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="directions", verbose_name="施策")
    number = models.PositiveSmallIntegerField("番号")
    name = models.CharField("名称", max_length=100, blank=True)

    class Meta:
        verbose_name = "具体的な方向性"
        verbose_name_plural = "具体的な方向性"
        ordering = ["policy", "number"]
        constraints = [models.UniqueConstraint(fields=["policy", "number"], name="direction_number_once")]

    def __str__(self):
        return f"{self.code} {self.name}".strip()

    @property
    def code(self) -> str:
        return f"{self.policy.code}-{self.number}"


class Partner(models.Model):
    """A body outside the city that works on initiatives (市社協, NPOセンター). Not a department: it has no accounts."""

    name = models.CharField("団体名", max_length=60, unique=True)

    class Meta:
        verbose_name = "協力団体"
        verbose_name_plural = "協力団体"
        ordering = ["pk"]

    def __str__(self):
        return self.name


class InitiativeQuerySet(models.QuerySet):
    def in_force(self, fiscal_year: int):
        """Initiatives that the plan has in a fiscal year: begun (they and their goal), and not ended before it."""
        return self.filter(_in_force(fiscal_year), _in_force(fiscal_year, "direction__policy__goal__"))

    def with_owners(self):
        return self.prefetch_related(
            Prefetch("owners", InitiativeDepartment.objects.select_related("department")),
            Prefetch("partnerships", InitiativePartner.objects.select_related("partner")),
        )


class Initiative(models.Model):
    """取組. Its identity is the row, not the printed number: renumbering keeps history.

    `original` marks a cross-listing (再掲): the same work listed again under another number. It counts in its own
    goal, and what is written for the original stands for it unless its YearlyEntry holds its own.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="initiatives", verbose_name="計画")
    direction = models.ForeignKey(Direction, models.PROTECT, related_name="initiatives", verbose_name="具体的な方向性")
    code = models.CharField("番号", max_length=20)
    position = models.PositiveIntegerField("並び順")
    name = models.CharField("取組名", max_length=200)
    description = models.TextField("取組内容", blank=True)
    baseline = models.TextField("初期値", blank=True)
    note = models.TextField("備考", blank=True, help_text="表の下に印刷する※の文")
    original = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="cross_listings", verbose_name="再掲元"
    )
    first_year = models.PositiveSmallIntegerField("始まる年度", null=True, blank=True)
    last_year = models.PositiveSmallIntegerField("終わる年度", null=True, blank=True)
    departments = models.ManyToManyField(Department, through="InitiativeDepartment", related_name="initiatives")
    partners = models.ManyToManyField(Partner, through="InitiativePartner", related_name="initiatives")
    search_text = models.TextField(editable=False, default="")

    objects = InitiativeQuerySet.as_manager()

    class Meta:
        verbose_name = "取組"
        verbose_name_plural = "取組"
        ordering = ["plan", "position"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "code"], name="initiative_code_once"),
            models.CheckConstraint(condition=~Q(original=models.F("id")), name="initiative_not_its_own_original"),
        ]
        indexes = [models.Index(fields=["plan", "position"], name="initiative_in_order")]

    def __str__(self):
        return f"{self.code} {self.name}"

    def save(self, **kwargs):
        self.search_text = self.make_search_text()
        super().save(**kwargs)

    def make_search_text(self) -> str:
        return parsing.search_form(f"{self.code} {self.name} {self.description}")

    @property
    def is_cross_listing(self) -> bool:
        return self.original_id is not None


class InitiativeDepartment(models.Model):
    """A department that works on an initiative; the first in order is the lead (主担当)."""

    class Role(models.TextChoices):
        LEAD = "lead", "主担当"
        RELATED = "related", "関係課"

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="owners", verbose_name="取組")
    department = models.ForeignKey(Department, models.PROTECT, related_name="ownerships", verbose_name="担当課")
    role = models.CharField("役割", max_length=8, choices=Role, default=Role.LEAD)
    position = models.PositiveSmallIntegerField("並び順", default=0)
    note = models.CharField("付記", max_length=60, blank=True, help_text="課名の後に（　）で印刷する。例：R5より")

    class Meta:
        verbose_name = "取組の担当課"
        verbose_name_plural = "取組の担当課"
        ordering = ["initiative", "position"]
        constraints = [
            models.UniqueConstraint(fields=["initiative", "department"], name="owner_once"),
            models.UniqueConstraint(fields=["initiative"], condition=Q(role="lead"), name="owner_one_lead"),
        ]

    def __str__(self):
        return f"{self.department}（{self.note}）" if self.note else str(self.department)


class InitiativePartner(models.Model):
    """A partner of an initiative, printed behind the department it works with."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="partnerships", verbose_name="取組")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="partnerships", verbose_name="協力団体")
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="担当課"
    )
    position = models.PositiveSmallIntegerField("並び順", default=0)

    class Meta:
        verbose_name = "取組の協力団体"
        verbose_name_plural = "取組の協力団体"
        ordering = ["initiative", "position"]
        constraints = [models.UniqueConstraint(fields=["initiative", "partner"], name="partnership_once")]

    def __str__(self):
        return str(self.partner)


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
    department_deadline = models.DateField("各課の提出期限", null=True, blank=True)
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
        """The last day on which a department may write; None without a deadline."""
        return self.extended.get(department_id, self.department_deadline)


class Versioned(models.Model):
    """A row that several people may write. `version` goes up with every change (history.save_changes)."""

    version = models.PositiveIntegerField("版", default=1, editable=False)
    updated_at = models.DateTimeField("更新日時", default=timezone.now, editable=False)

    class Meta:
        abstract = True


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
            | (Exists(in_time) & ~Exists(extension))
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
        return parsing.search_form(f"{self.result} {self.issues}")


class Transition(models.Model):
    """One step of a part from one status to another: who, when, why. Append-only; written by workflow.perform alone."""

    part = models.ForeignKey(EntryPart, models.CASCADE, related_name="transitions", verbose_name="課別の記入")
    action = models.CharField("したこと", max_length=24)
    from_status = models.CharField("前の状態", max_length=16, choices=EntryPart.Status)
    to_status = models.CharField("後の状態", max_length=16, choices=EntryPart.Status)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="した人")
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


class YearTransition(models.Model):
    """One step of a year from one status to another. Append-only; written by year_cycle.perform alone."""

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


class FieldChange(models.Model):
    """One field of one row changed: what it was, what it became, who, when, how. Append-only."""

    class Source(models.TextChoices):
        PAGE = "page", "画面"
        IMPORT = "import", "取り込み"
        COMMAND = "command", "コマンド"

    model = models.CharField("対象", max_length=60)
    object_id = models.BigIntegerField("番号")
    field = models.CharField("欄", max_length=60)
    old = models.TextField("変える前")
    new = models.TextField("変えた後")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="変えた人"
    )
    at = models.DateTimeField("日時", default=timezone.now)
    source = models.CharField("方法", max_length=8, choices=Source, default=Source.PAGE)
    reason = models.CharField("理由", max_length=200, blank=True)

    class Meta:
        verbose_name = "変更の記録"
        verbose_name_plural = "変更の記録"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["model", "object_id", "-at"], name="change_of_row")]

    def __str__(self):
        return f"{self.model} {self.object_id} {self.field}"
