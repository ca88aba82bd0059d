"""The plan (計画) as a tree: goals, policies, directions, initiatives, and who works on them."""

from django.db import models
from django.db.models import ExpressionWrapper, Prefetch, Q
from django.utils.functional import cached_property

from accounts.models import Department
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


def in_force_in(fiscal_year: int, of: str = "") -> Q:
    """Begun by a fiscal year and not ended before it. `of`: the way to the row that has the two years."""
    begun = Q(**{f"{of}first_year__isnull": True}) | Q(**{f"{of}first_year__lte": fiscal_year})
    lasting = Q(**{f"{of}last_year__isnull": True}) | Q(**{f"{of}last_year__gte": fiscal_year})
    return begun & lasting


class GoalQuerySet(models.QuerySet):
    def in_force(self, fiscal_year: int):
        """Goals that the plan has in a fiscal year."""
        return self.filter(in_force_in(fiscal_year))


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
        return self.filter(self._in_force(fiscal_year))

    def with_in_force(self, fiscal_year: int):
        """Every initiative, saying whether the plan has it in a fiscal year (is_in_force)."""
        return self.annotate(is_in_force=ExpressionWrapper(self._in_force(fiscal_year), models.BooleanField()))

    @staticmethod
    def _in_force(fiscal_year: int) -> Q:
        return in_force_in(fiscal_year) & in_force_in(fiscal_year, "direction__policy__goal__")

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
