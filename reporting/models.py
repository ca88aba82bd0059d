"""The written chapters of a year's report, what was printed and is checked, and the builds of its files."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from initiatives.models import Goal, Plan, PlanYear, Upload, Versioned
from initiatives.permissions import is_coordinating
from ledger.records import Record


class ChapterQuerySet(models.QuerySet):
    def visible_to(self, user: User):
        """The other face of permissions.can_view_chapter."""
        return self if is_coordinating(user) else self.none()

    def editable_by(self, user: User):
        """The other face of permissions.can_write_chapter."""
        year = PlanYear.objects.filter(plan=OuterRef("plan"), fiscal_year=OuterRef("fiscal_year"))
        open_years = year.exclude(status__in=PlanYear.LOCKED)
        return self.visible_to(user).filter(Exists(open_years), state=Chapter.State.DRAFT)


class Chapter(Versioned):
    """One written section of a year's report. The kinds with a goal make up its 小括 and 総括.

    The state also covers what is printed under the same heading: the table of events belongs to SOCIAL_TRENDS.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "下書き"
        CONFIRMED = "confirmed", "確認済"

    class Kind(models.TextChoices):
        # Of the whole report (goal is None)
        FOREWORD = "foreword", "前文"
        PROCESS = "process", "進捗管理・評価"
        GOAL_PROGRESS = "goal_progress", "各目標の進捗状況・評価の結果"
        ACHIEVEMENT = "achievement", "取組事業の達成度"
        OVERALL = "overall", "総括"
        # Of a goal
        SOCIAL_TRENDS = "social_trends", "国県の動向"
        PROGRESS_INDICATORS = "progress_indicators", "成果指標の状況"
        PROGRESS_INITIATIVES = "progress_initiatives", "取組の状況"
        MAIN_EFFORTS = "main_efforts", "これまでの主な取組"
        NEEDED_DIRECTION = "needed_direction", "今後必要な方向性"
        VISION = "vision", "次期計画に向けて見据える姿（ビジョン）"
        GOAL_SUMMARY = "goal_summary", "目標の総括"

    OF_REPORT = (Kind.FOREWORD, Kind.PROCESS, Kind.GOAL_PROGRESS, Kind.ACHIEVEMENT, Kind.OVERALL)

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="chapters", verbose_name="計画")
    fiscal_year = models.PositiveSmallIntegerField("年度")
    goal = models.ForeignKey(Goal, models.CASCADE, null=True, blank=True, related_name="chapters", verbose_name="目標")
    kind = models.CharField("種類", max_length=24, choices=Kind)
    heading = models.CharField("見出し", max_length=200, blank=True)
    text = models.TextField("本文", blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="書いた人"
    )
    state = models.CharField("状態", max_length=10, choices=State, default=State.DRAFT)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="確認した人"
    )
    confirmed_at = models.DateTimeField("確認した日時", null=True, blank=True)

    objects = ChapterQuerySet.as_manager()

    class Meta:
        verbose_name = "章"
        verbose_name_plural = "章"
        ordering = ["plan", "fiscal_year", "goal", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "fiscal_year", "goal", "kind"], name="chapter_once_a_goal"),
            models.UniqueConstraint(
                fields=["plan", "fiscal_year", "kind"],
                condition=Q(goal__isnull=True),
                name="chapter_once_in_the_report",
            ),
            models.CheckConstraint(
                condition=Q(state="confirmed", confirmed_by__isnull=False, confirmed_at__isnull=False)
                | Q(state="draft", confirmed_by__isnull=True, confirmed_at__isnull=True),
                name="chapter_confirmed_by_someone",
            ),
        ]

    def __str__(self):
        return self.heading or self.get_kind_display()


class CityEvent(models.Model):
    """市の動向: one line of a goal's table of events; the date is text as cities print it (令和4年（2022年）4月)."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="city_events", verbose_name="計画")
    fiscal_year = models.PositiveSmallIntegerField("年度")
    goal = models.ForeignKey(Goal, models.CASCADE, related_name="city_events", verbose_name="目標")
    position = models.PositiveSmallIntegerField("並び順")
    when = models.CharField("時期", max_length=60)
    what = models.TextField("できごと")

    class Meta:
        verbose_name = "市の動向"
        verbose_name_plural = "市の動向"
        ordering = ["goal", "position"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "fiscal_year", "goal", "position"], name="city_event_position_once")
        ]

    def __str__(self):
        return f"{self.when} {self.what}"


class Footnote(models.Model):
    """注釈 of a goal's chapter."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="footnotes", verbose_name="計画")
    fiscal_year = models.PositiveSmallIntegerField("年度")
    goal = models.ForeignKey(Goal, models.CASCADE, related_name="footnotes", verbose_name="目標")
    number = models.PositiveSmallIntegerField("番号")
    text = models.TextField("注")

    class Meta:
        verbose_name = "注釈"
        verbose_name_plural = "注釈"
        ordering = ["goal", "number"]
        constraints = [models.UniqueConstraint(fields=["plan", "fiscal_year", "number"], name="footnote_number_once")]

    def __str__(self):
        return f"注{self.number}"


class PrintedClaim(models.Model):
    """A figure of a printed report that Ayumi counts for itself: a claim to be checked, never a figure of ours.

    key: totals/4/A, totals/all/count, indicator_totals/A/share, indicators/I07/2024//rate (the empty step is the goal
    of a second printing).
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="printed_claims", verbose_name="計画")
    fiscal_year = models.PositiveSmallIntegerField("年度")
    key = models.CharField("欄", max_length=120)
    text = models.CharField("印刷された値", max_length=120, blank=True)

    class Meta:
        verbose_name = "印刷された数"
        verbose_name_plural = "印刷された数"
        ordering = ["plan", "fiscal_year", "key"]
        constraints = [models.UniqueConstraint(fields=["plan", "fiscal_year", "key"], name="printed_claim_once")]

    def __str__(self):
        return f"{self.key} {self.text}"


class CheckDecision(Record):
    """What a person decided about a finding of the consistency check. The latest one counts.

    An acceptance holds for the words it was made for (`basis`); when they change, the finding is open again.
    """

    class Kind(models.TextChoices):
        ACCEPT = "accept", "このままでよい"
        FOLLOW_UP = "follow_up", "あとで見る"
        REOPEN = "reopen", "戻した"

    plan_year = models.ForeignKey(PlanYear, models.CASCADE, related_name="check_decisions", verbose_name="年度")
    finding = models.CharField("指摘", max_length=24)
    basis = models.CharField("指摘の文", max_length=24)
    kind = models.CharField("決めたこと", max_length=10, choices=Kind)
    reason = models.TextField("理由", blank=True)
    about = models.CharField("何について", max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="決めた人")
    at = models.DateTimeField("日時", default=timezone.now)

    class Meta:
        verbose_name = "指摘についての決定"
        verbose_name_plural = "指摘についての決定"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["plan_year", "finding"], name="decision_of_finding")]
        constraints = [
            models.CheckConstraint(condition=~Q(kind="accept") | ~Q(reason=""), name="check_decision_accept_has_reason")
        ]

    def __str__(self):
        return f"{self.about}：{self.get_kind_display()}"


class Meeting(Versioned):
    """会議 of the committee: when, what about, and (in its snapshots) which words of the report it had before it."""

    plan_year = models.ForeignKey(PlanYear, models.CASCADE, related_name="meetings", verbose_name="年度")
    number = models.PositiveSmallIntegerField("第何回")
    held_on = models.DateField("開催日")
    place = models.CharField("場所", max_length=100, blank=True)
    agenda = models.TextField("議題", blank=True)
    # The number of the report's edition that the meeting had; empty as long as the report is no edition yet.
    edition = models.PositiveSmallIntegerField("報告書の版", null=True, blank=True)

    class Meta:
        verbose_name = "会議"
        verbose_name_plural = "会議"
        ordering = ["plan_year", "held_on", "number"]
        constraints = [models.UniqueConstraint(fields=["plan_year", "number"], name="meeting_number_once")]

    def __str__(self):
        return f"第{self.number}回"


class MeetingSnapshot(Record):
    """What was opened to the committee at a moment, kept for a meeting: snapshot.dumps and its SHA-256."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="snapshots", verbose_name="会議")
    content = models.TextField("内容")
    digest = models.CharField("SHA-256", max_length=64)
    at = models.DateTimeField("日時", default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="残した人")

    class Meta:
        verbose_name = "会議の資料"
        verbose_name_plural = "会議の資料"
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.meeting}の資料"


class ReportBuild(models.Model):
    """One making of the report's file, run in the background."""

    class Status(models.TextChoices):
        WAITING = "waiting", "順番を待っています"
        RUNNING = "running", "作っています"
        DONE = "done", "できました"
        FAILED = "failed", "作れませんでした"

    UNFINISHED = (Status.WAITING, Status.RUNNING)

    plan_year = models.ForeignKey(PlanYear, models.CASCADE, related_name="report_builds", verbose_name="年度")
    status = models.CharField("状態", max_length=8, choices=Status, default=Status.WAITING)
    percent = models.PositiveSmallIntegerField("進み具合", default=0)
    step = models.CharField("いましていること", max_length=100, blank=True)
    problem = models.TextField("作れなかった理由", blank=True)
    file = models.FileField("ファイル", upload_to="reports/", blank=True)
    digest = models.CharField("SHA-256", max_length=64, blank=True)
    pages = models.PositiveSmallIntegerField("ページ数", null=True, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="頼んだ人"
    )
    requested_at = models.DateTimeField("頼んだ日時", default=timezone.now)
    finished_at = models.DateTimeField("終わった日時", null=True, blank=True)

    class Meta:
        verbose_name = "報告書の作成"
        verbose_name_plural = "報告書の作成"
        ordering = ["-requested_at"]

    def __str__(self):
        return f"{self.plan_year} {self.get_status_display()}"

    @property
    def is_finished(self) -> bool:
        return self.status not in self.UNFINISHED


class ReportImport(Upload):
    """One file of a year's report on its way in: uploaded, looked at, then taken in or dropped."""

    plan_year = models.ForeignKey(
        PlanYear, models.SET_NULL, null=True, blank=True, related_name="report_imports", verbose_name="年度"
    )
    fiscal_year = models.PositiveSmallIntegerField("年度（指定）")
    file = models.FileField("ファイル", upload_to="imports/", blank=True)
    # Over the rows (number, version) that the agreed preview was made from: taken in only while they are the same.
    base_digest = models.CharField("確認したときの登録内容", max_length=64, blank=True)
    answers = models.JSONField("答え", default=dict, blank=True)

    class Meta(Upload.Meta):
        verbose_name = "報告書の取り込み"
        verbose_name_plural = "報告書の取り込み"
