"""The written chapters of a year's report, what was printed and is checked, its editions, and the builds of its files."""

import hashlib
from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models import User
from initiatives.models import Goal, Plan, PlanYear, Upload, Versioned
from initiatives.permissions import is_coordinating
from ledger.models import LedgerEntry
from ledger.records import Record, RecordQuerySet
from reporting.snapshot import Report, SnapshotError, loads


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
        EASY = "easy", "やさしい日本語のまとめ"
        # Of a goal
        SOCIAL_TRENDS = "social_trends", "国県の動向"
        PROGRESS_INDICATORS = "progress_indicators", "成果指標の状況"
        PROGRESS_INITIATIVES = "progress_initiatives", "取組の状況"
        MAIN_EFFORTS = "main_efforts", "これまでの主な取組"
        NEEDED_DIRECTION = "needed_direction", "今後必要な方向性"
        VISION = "vision", "次期計画に向けて見据える姿（ビジョン）"
        GOAL_SUMMARY = "goal_summary", "目標の総括"

    OF_REPORT = (Kind.FOREWORD, Kind.PROCESS, Kind.GOAL_PROGRESS, Kind.ACHIEVEMENT, Kind.OVERALL, Kind.EASY)
    # Frozen with the report, read on the public pages, not on paper (reporting/easy.py).
    NOT_PRINTED = (Kind.EASY,)

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

    @property
    def events(self) -> str:
        """市の動向 that is written with the chapter, a line for each: how its history keeps them. No column of its own."""
        return as_lines((event.when, event.what) for event in CityEvent.objects.of(self))


def as_lines(events: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"{when}　{what}" for when, what in events)


class CityEventQuerySet(models.QuerySet):
    def of(self, chapter: Chapter):
        """Those that are written on the chapter's page, in their order."""
        if chapter.kind != Chapter.Kind.SOCIAL_TRENDS:
            return self.none()
        place = {"plan": chapter.plan_id, "fiscal_year": chapter.fiscal_year, "goal": chapter.goal_id}
        return self.filter(**place).order_by("position")


class CityEvent(models.Model):
    """市の動向: one line of a goal's table of events; the date is text as cities print it (令和4年（2022年）4月)."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="city_events", verbose_name="計画")
    fiscal_year = models.PositiveSmallIntegerField("年度")
    goal = models.ForeignKey(Goal, models.CASCADE, related_name="city_events", verbose_name="目標")
    position = models.PositiveSmallIntegerField("並び順")
    when = models.CharField("時期", max_length=60)
    what = models.TextField("できごと")

    objects = CityEventQuerySet.as_manager()

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


class EditionQuerySet(RecordQuerySet):
    def light(self):
        """Without the texts, which are long."""
        return self.defer("snapshot", "last_snapshot")

    def with_steps(self):
        steps = EditionStep.objects.select_related("by")
        return self.select_related("plan_year__plan", "made_by").prefetch_related(Prefetch("steps", steps))

    def standing(self, plan_year: PlanYear) -> "ReportEdition | None":
        """The edition that is the year's report; None as long as the year is open."""
        return self.filter(plan_year=plan_year).order_by("-number").first() if plan_year.is_locked else None

    def public(self):
        """What is published and was not taken back, the newest of each year first. The other face of is_public."""
        steps = EditionStep.objects.filter(edition=OuterRef("pk"))
        published, withdrawn = (steps.filter(action=action) for action in ("publish", "withdraw"))
        found = self.filter(Exists(published), ~Exists(withdrawn))
        return found.order_by("plan_year__plan", "-plan_year__fiscal_year", "-number")

    def visible_to(self, user: User):
        """The other face of permissions.can_view_edition."""
        seen = self.filter(plan_year__in=PlanYear.objects.visible_to(user))
        return seen if is_coordinating(user) else seen.public()


class ReportEdition(Record):
    """版: a year's report as it was 確定, with figures, names and structure of that day. It never changes.

    `snapshot` is the text of snapshot.dumps, `digest` its SHA-256. `last_snapshot`: the year before, with which the
    figures are compared, as it stood then ("" for none). What became of the edition is told by its steps.
    """

    class State(models.TextChoices):
        FINALIZED = "finalized", "確定"
        PUBLISHED = "published", "公表"
        WITHDRAWN = "withdrawn", "取り下げ"

    plan_year = models.ForeignKey(PlanYear, models.PROTECT, related_name="editions", verbose_name="年度")
    number = models.PositiveSmallIntegerField("版")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="確定した人")
    made_at = models.DateTimeField("確定した日時", default=timezone.now)
    snapshot = models.TextField("内容")
    last_snapshot = models.TextField("前年度の内容", blank=True)
    digest = models.CharField("SHA-256", max_length=64)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = "報告書の版"
        verbose_name_plural = "報告書の版"
        ordering = ["plan_year", "-number"]
        constraints = [models.UniqueConstraint(fields=["plan_year", "number"], name="edition_number_once")]

    def __str__(self):
        return f"{self.plan_year} {self.label}"

    @property
    def label(self) -> str:
        return f"第{self.number}版"

    @cached_property
    def report(self) -> Report:
        """What was frozen. Raises SnapshotError when the text is not the one that the digest was made of."""
        if digest_of(self.snapshot) != self.digest:
            raise SnapshotError(f"{self}の内容が、確定したときと違います。")
        return loads(self.snapshot)

    @property
    def in_ledger(self) -> str:
        """Where the ledger says that the edition was made: what is printed with it cannot be taken back."""
        entry = LedgerEntry.objects.get(model=self._meta.label_lower, row_id=self.pk)
        return f"{entry.position}番目\n{entry.hash}"

    @cached_property
    def before(self) -> "ReportEdition | None":
        """The newest earlier edition that everybody may read: what the 正誤 list is held against.

        One that was never out, or was taken back, is none: the list prints what was wrong in it.
        """
        return ReportEdition.objects.public().filter(plan_year=self.plan_year_id, number__lt=self.number).first()

    @cached_property
    def predecessor(self) -> "ReportEdition | None":
        """The edition before, whoever could read it: for the office."""
        return ReportEdition.objects.filter(plan_year=self.plan_year_id, number=self.number - 1).first()

    @cached_property
    def last_report(self) -> Report | None:
        return loads(self.last_snapshot) if self.last_snapshot else None

    def step(self, action: str) -> "EditionStep | None":
        return next((step for step in self.steps.all() if step.action == action), None)

    @property
    def is_public(self) -> bool:
        return self.state == self.State.PUBLISHED

    @property
    def state(self) -> State:
        """Reopened before it was public, it never will be; reopened later, it stays until it is taken back."""
        taken = {step.action for step in self.steps.all()}
        if "withdraw" in taken or ("reopen" in taken and "publish" not in taken):
            return self.State.WITHDRAWN
        return self.State.PUBLISHED if "publish" in taken else self.State.FINALIZED


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class EditionStep(Record):
    """One step of an edition. Written by edition_cycle alone."""

    class Action(models.TextChoices):
        FINALIZE = "finalize", "確定"
        PUBLISH = "publish", "公表"
        REOPEN = "reopen", "再開"
        WITHDRAW = "withdraw", "取り下げ"

    edition = models.ForeignKey(ReportEdition, models.PROTECT, related_name="steps", verbose_name="版")
    action = models.CharField("したこと", max_length=10, choices=Action)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="した人")
    at = models.DateTimeField("日時", default=timezone.now)
    reason = models.TextField("理由", blank=True)
    # What the consistency check still told then: place, title, found, why (edition_cycle.open_errors).
    open_errors = models.JSONField("残っていた指摘", default=list, blank=True)

    class Meta:
        verbose_name = "版の記録"
        verbose_name_plural = "版の記録"
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "action"], name="edition_step_once"),
            models.CheckConstraint(
                condition=~Q(action__in=["reopen", "withdraw"]) | ~Q(reason=""), name="edition_step_back_has_reason"
            ),
        ]

    def __str__(self):
        return f"{self.edition} {self.get_action_display()}"


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


class VoiceCall(Versioned):
    """意見の募集: from which to which day anybody may send an opinion about a year's published report.

    Without one nobody may, nor while no edition of the year is public.
    """

    plan_year = models.OneToOneField(PlanYear, models.CASCADE, related_name="voice_call", verbose_name="年度")
    opens_on = models.DateField("最初の日")
    closes_on = models.DateField("最後の日")

    class Meta:
        verbose_name = "意見の募集"
        verbose_name_plural = "意見の募集"
        constraints = [
            models.CheckConstraint(condition=Q(opens_on__lte=F("closes_on")), name="voice_call_ends_after_it_opens")
        ]

    def __str__(self):
        return f"{self.plan_year}の意見の募集"

    def is_open(self, day: date) -> bool:
        return self.opens_on <= day <= self.closes_on


class Voice(Versioned):
    """市民の意見: what somebody sent about a published report, word for word, and whether it is shown.

    Not a record of the ledger: what a person sends of themselves may have to be taken out again by law.
    """

    class State(models.TextChoices):
        UNREAD = "unread", "まだ読んでいない"
        SHOWN = "shown", "公開する"
        HIDDEN = "hidden", "公開しない"

    call = models.ForeignKey(VoiceCall, models.CASCADE, related_name="voices", verbose_name="募集")
    about = models.CharField("何について", max_length=20, blank=True)  # the code of a goal or an initiative
    name = models.CharField("名前", max_length=40, blank=True)
    text = models.TextField("意見")
    sent_at = models.DateTimeField("送られた日時", default=timezone.now)
    # Of the page it was sent from: pressed twice, it is there once.
    sending = models.CharField("送信の番号", max_length=64, unique=True, editable=False)
    state = models.CharField("公開", max_length=8, choices=State, default=State.UNREAD)
    reason = models.TextField("公開しない理由", blank=True)
    answer = models.TextField("市の考え方", blank=True)

    class Meta:
        verbose_name = "市民の意見"
        verbose_name_plural = "市民の意見"
        ordering = ["sent_at", "pk"]
        indexes = [models.Index(fields=["call", "state", "sent_at"], name="voices_of_call")]

    def __str__(self):
        return f"{self.sent_at:%Y-%m-%d %H:%M}の意見"


class VoiceSender(models.Model):
    """That something was sent from an address, for a day: so that nobody sends hundreds. The address itself is not kept."""

    key = models.CharField("送ったところ（鍵を付けたハッシュ）", max_length=64)
    at = models.DateTimeField("日時", default=timezone.now)

    class Meta:
        verbose_name = "意見の送り元"
        verbose_name_plural = "意見の送り元"
        indexes = [models.Index(fields=["key", "at"], name="voices_of_sender")]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M}"


class ReportBuild(models.Model):
    """One making of a file of the report, run in the background: of an edition, or of a year as it stands (a draft)."""

    class Status(models.TextChoices):
        WAITING = "waiting", "順番を待っています"
        RUNNING = "running", "作っています"
        DONE = "done", "できました"
        FAILED = "failed", "作れませんでした"
        CANCELLED = "cancelled", "取りやめました"

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        WORD = "word", "Word"
        EXCEL = "excel", "Excel"
        DATA = "data", "オープンデータ"

    UNFINISHED = (Status.WAITING, Status.RUNNING)

    plan_year = models.ForeignKey(PlanYear, models.CASCADE, related_name="report_builds", verbose_name="年度")
    edition = models.ForeignKey(
        ReportEdition, models.PROTECT, null=True, blank=True, related_name="builds", verbose_name="版"
    )
    kind = models.CharField("種類", max_length=5, choices=Kind, default=Kind.PDF)
    excerpt = models.CharField("抜粋", max_length=120, blank=True)  # the key of one (reporting.excerpt)
    name = models.CharField("ファイルの名前", max_length=250, blank=True)
    status = models.CharField("状態", max_length=9, choices=Status, default=Status.WAITING)
    percent = models.PositiveSmallIntegerField("進み具合", default=0)
    step = models.CharField("いましていること", max_length=100, blank=True)
    problem = models.TextField("作れなかった理由", blank=True)
    file = models.FileField("ファイル", upload_to="reports/", blank=True)
    digest = models.CharField("SHA-256", max_length=64, blank=True)
    size = models.PositiveIntegerField("大きさ（バイト）", null=True, blank=True)
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
