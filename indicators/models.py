"""成果指標: what is measured, and its figures year by year. Rates and ratings are computed, never stored."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from accounts.models import Department
from indicators import calculation
from initiatives import fiscal_year as fy
from initiatives.models import Goal, Plan, Versioned, in_force_in


class Figure(models.TextChoices):
    """What stands in the place of a figure. A blank, a zero and 未実施 are three different things."""

    VALUE = "value", "値"
    BLANK = "blank", "空欄"
    NOT_CONDUCTED = "not_conducted", "未実施"
    NOT_SET = "not_set", "設定なし"
    UNDER_REVIEW = "under_review", "検討中"


class IndicatorQuerySet(models.QuerySet):
    def in_force(self, fiscal_year: int):
        """Indicators that the plan measures in a fiscal year."""
        return self.filter(in_force_in(fiscal_year))


class Indicator(Versioned):
    """What is measured. Its identity is the row; one that has ended stays with the years in which it counted."""

    class Polarity(models.TextChoices):
        HIGHER = calculation.HIGHER, "高いほどよい"
        LOWER = calculation.LOWER, "低いほどよい"
        KEEP = calculation.KEEP, "目標値に近いほどよい"

    class Kind(models.TextChoices):
        OUTCOME = "outcome", "成果（市民や地域の変化）"
        OUTPUT = "output", "活動（市が行ったこと）"

    class Accumulation(models.TextChoices):
        YEARLY = "yearly", "年度ごと"
        CUMULATIVE = "cumulative", "累計（年度の終わりまでの合計を書く）"

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="indicators", verbose_name="計画")
    code = models.CharField("番号", max_length=20)
    position = models.PositiveSmallIntegerField("並び順")
    name = models.CharField("指標名", max_length=200)
    unit = models.CharField("単位", max_length=10, blank=True)
    decimals = models.PositiveSmallIntegerField("小数の桁数", default=0)
    source = models.CharField("出典", max_length=200, blank=True)
    polarity = models.CharField("よい方向", max_length=8, choices=Polarity, default=Polarity.HIGHER)
    kind = models.CharField("種類", max_length=8, choices=Kind, default=Kind.OUTCOME)
    accumulation = models.CharField("数え方", max_length=12, choices=Accumulation, default=Accumulation.YEARLY)
    # Fiscal years in which the survey is made, as R3 R5; a year outside has no actual and is 未実施. Blank: every year.
    survey_years = models.CharField("調査の年度", max_length=100, blank=True)
    no_change_band = models.DecimalField(
        "変化なしの幅",
        max_digits=18,
        decimal_places=4,
        null=True,
        blank=True,
        help_text="差がこの幅までなら「変化なし」",
    )
    prorates_target = models.BooleanField("目標値のない中間の年度に、目安を計算する", default=False)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="indicators", verbose_name="担当課"
    )
    goals = models.ManyToManyField(Goal, through="IndicatorGoal", related_name="indicators", verbose_name="目標")
    ratio_name = models.CharField("割合の名前", max_length=60, blank=True)
    numerator_name = models.CharField("分子の名前", max_length=60, blank=True)
    numerator_unit = models.CharField("分子の単位", max_length=10, blank=True)
    denominator_name = models.CharField("分母の名前", max_length=60, blank=True)
    denominator_unit = models.CharField("分母の単位", max_length=10, blank=True)
    first_year = models.PositiveSmallIntegerField("始まる年度", null=True, blank=True)
    last_year = models.PositiveSmallIntegerField("終わる年度", null=True, blank=True)
    baseline = models.DecimalField("初期値", max_digits=18, decimal_places=4, null=True, blank=True)
    baseline_numerator = models.DecimalField("初期値の分子", max_digits=18, decimal_places=4, null=True, blank=True)
    baseline_denominator = models.DecimalField("初期値の分母", max_digits=18, decimal_places=4, null=True, blank=True)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = "成果指標"
        verbose_name_plural = "成果指標"
        ordering = ["plan", "position"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "code"], name="indicator_code_once"),
            models.CheckConstraint(
                condition=Q(first_year__isnull=True) | Q(last_year__isnull=True) | Q(last_year__gte=F("first_year")),
                name="indicator_ends_after_it_begins",
            ),
        ]

    def __str__(self):
        return self.name

    def is_in_force(self, fiscal_year: int) -> bool:
        return (self.first_year or fiscal_year) <= fiscal_year <= (self.last_year or fiscal_year)

    @property
    def is_ratio(self) -> bool:
        """Computed from two counted components (就労自立者数 ÷ 新規相談件数)."""
        return bool(self.numerator_name and self.denominator_name)

    @property
    def surveyed(self) -> tuple[int, ...]:
        """Fiscal years of the survey; empty when the indicator is not asked by one, or every year."""
        return tuple(fy.parse(year) for year in self.survey_years.split())


class IndicatorGoal(models.Model):
    """An indicator may stand under several goals; it is counted once in the overall table."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="goal_links", verbose_name="成果指標")
    goal = models.ForeignKey(Goal, models.CASCADE, related_name="indicator_links", verbose_name="目標")
    position = models.PositiveSmallIntegerField("並び順", default=0)

    class Meta:
        verbose_name = "指標と目標"
        verbose_name_plural = "指標と目標"
        ordering = ["goal", "position"]
        constraints = [models.UniqueConstraint(fields=["indicator", "goal"], name="indicator_once_a_goal")]

    def __str__(self):
        return f"{self.goal}：{self.indicator}"


class IndicatorValue(Versioned):
    """One fiscal year of an indicator: target and actual, each a number or one of the words of Figure.

    For a ratio the components are kept and `actual` holds what the source states; what is shown is computed
    from the components (calculation.actual_of). The rating is computed, unless `rating_override` says another, which
    needs a reason that is printed with it.
    """

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="values", verbose_name="成果指標")
    fiscal_year = models.PositiveSmallIntegerField("年度")
    actual = models.DecimalField("実績", max_digits=18, decimal_places=4, null=True, blank=True)
    actual_figure = models.CharField("実績の種類", max_length=16, choices=Figure, default=Figure.BLANK)
    target = models.DecimalField("目標値", max_digits=18, decimal_places=4, null=True, blank=True)
    target_figure = models.CharField("目標値の種類", max_length=16, choices=Figure, default=Figure.BLANK)
    numerator = models.DecimalField("分子", max_digits=18, decimal_places=4, null=True, blank=True)
    denominator = models.DecimalField("分母", max_digits=18, decimal_places=4, null=True, blank=True)
    note = models.TextField("備考", blank=True)
    rating_override = models.CharField("計算と違う評価", max_length=4, blank=True)
    override_reason = models.TextField("計算と違う評価にする理由", blank=True)

    class Meta:
        verbose_name = "成果指標の値"
        verbose_name_plural = "成果指標の値"
        ordering = ["indicator", "fiscal_year"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "fiscal_year"], name="indicator_value_once_a_year"),
            models.CheckConstraint(
                condition=Q(actual_figure="value", actual__isnull=False)
                | (~Q(actual_figure="value") & Q(actual__isnull=True)),
                name="indicator_actual_exactly_when_value",
            ),
            models.CheckConstraint(
                condition=Q(target_figure="value", target__isnull=False)
                | (~Q(target_figure="value") & Q(target__isnull=True)),
                name="indicator_target_exactly_when_value",
            ),
            models.CheckConstraint(
                condition=(Q(rating_override="") & Q(override_reason=""))
                | (~Q(rating_override="") & ~Q(override_reason="")),
                name="indicator_override_has_reason",
            ),
        ]

    def __str__(self):
        return f"{self.indicator}（{self.fiscal_year}年度）"

    @staticmethod
    def figure_of(value: Decimal | None, word: str = "") -> str:
        """The Figure for a number, or for the word that stands in its place ("" is blank). Raises ValueError."""
        if value is not None:
            return Figure.VALUE
        if word == "":
            return Figure.BLANK
        return {figure.label: figure.value for figure in Figure}[word]


class FigureRule(models.Model):
    """What a figure of an indicator must keep to, kept as data. A broken rule is told, never enforced (rules.py)."""

    class Measure(models.TextChoices):
        ACTUAL = "actual", "実績"
        TARGET = "target", "目標値"
        NUMERATOR = "numerator", "分子"
        DENOMINATOR = "denominator", "分母"
        RATE = "rate", "達成率"

    class Kind(models.TextChoices):
        AT_LEAST = "at_least", "以上"
        AT_MOST = "at_most", "以下"
        CHANGE = "change", "前の値からの増減"
        NOT_ABOVE = "not_above", "ほかの数以下"
        TOGETHER = "together", "ほかの数と両方書く"

    WITH_NUMBER = (Kind.AT_LEAST, Kind.AT_MOST, Kind.CHANGE)

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="figure_rules", verbose_name="成果指標")
    measure = models.CharField("どの数", max_length=12, choices=Measure)
    kind = models.CharField("決まり", max_length=12, choices=Kind)
    number = models.DecimalField("くらべる値", max_digits=18, decimal_places=4, null=True, blank=True)
    other = models.ForeignKey(
        Indicator, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="くらべる成果指標"
    )
    other_measure = models.CharField("くらべる数", max_length=12, choices=Measure, blank=True)
    is_must = models.BooleanField("公表までに直す", default=False)
    reason = models.CharField("わけ", max_length=200, blank=True)

    class Meta:
        verbose_name = "数の決まり"
        verbose_name_plural = "数の決まり"
        ordering = ["indicator", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["at_least", "at_most", "change"], number__isnull=False, other__isnull=True)
                & Q(other_measure="")
                | Q(kind__in=["not_above", "together"], number__isnull=True, other__isnull=False)
                & ~Q(other_measure=""),
                name="figure_rule_has_what_it_compares_with",
            )
        ]

    def __str__(self):
        return f"{self.indicator}：{self.get_measure_display()} {self.get_kind_display()}"
