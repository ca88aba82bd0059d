"""What people are told (知らせ), and the mails that carry it. The outbox of initiatives.notices.

A Notice is written in the transaction of what it tells. A Mail carries the notices of one person that waited then.
Neither holds a word of what departments wrote: facts are numbers, dates, and the names of the plan.
"""

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import Department
from initiatives.models.entry import EntryPart
from initiatives.models.year import PlanYear


class Mail(models.Model):
    """One mail to one person. Sent at most once: who sends it moves it from 送信待ち to 送っています first.

    A mail that stays in 送っています was cut off in the middle; nobody knows whether it went, and it is not sent again
    unless a person asks for it.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "送信待ち"
        SENDING = "sending", "送っています"
        SENT = "sent", "送信済"
        UNSURE = "unsure", "たぶん送信済"
        FAILED = "failed", "送れませんでした"
        HELD = "held", "メールなし"

    # What a person may ask to be sent again.
    REPEATABLE = (State.UNSURE, State.FAILED, State.HELD)

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="mails", verbose_name="受け取る人"
    )
    address = models.CharField("宛先", max_length=254, blank=True)
    subject = models.CharField("件名", max_length=200)
    body = models.TextField("本文")
    state = models.CharField("状態", max_length=8, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField("送ろうとした回数", default=0)
    problem = models.CharField("送れなかった理由", max_length=300, blank=True)
    created_at = models.DateTimeField("作った日時", default=timezone.now)
    queued_at = models.DateTimeField("送信待ちになった日時", default=timezone.now)
    tried_at = models.DateTimeField("最後に送ろうとした日時", null=True, blank=True)
    sent_at = models.DateTimeField("送った日時", null=True, blank=True)

    class Meta:
        verbose_name = "メール"
        verbose_name_plural = "メール"
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["state", "created_at"], name="mail_by_state")]

    def __str__(self):
        return f"{self.recipient}：{self.subject}"


class Notice(models.Model):
    """One thing one person is told about one department's work in a year. `mail` is empty until it is composed."""

    class Kind(models.TextChoices):
        KICKOFF = "kickoff", "受付開始"
        REMINDER = "reminder", "期限のお知らせ"
        RETURNED = "returned", "差戻し"
        DEADLINE = "deadline", "期限の変更"
        CLOSED = "closed", "受付終了"
        ASKED = "asked", "回答の依頼"

    plan_year = models.ForeignKey(PlanYear, models.CASCADE, related_name="notices", verbose_name="年度")
    kind = models.CharField("知らせ", max_length=8, choices=Kind)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices", verbose_name="受け取る人"
    )
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="担当課")
    part = models.ForeignKey(
        EntryPart, models.CASCADE, null=True, blank=True, related_name="notices", verbose_name="課別の記入"
    )
    facts = models.JSONField("知らせる事実", default=dict)
    # What gave rise to it (a step, a day): nobody is told the same thing twice, however often a button is pressed.
    occasion = models.CharField("きっかけ", max_length=60)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="知らせた人")
    created_at = models.DateTimeField("日時", default=timezone.now)
    mail = models.ForeignKey(
        Mail, models.SET_NULL, null=True, blank=True, related_name="notices", verbose_name="メール"
    )

    class Meta:
        verbose_name = "知らせ"
        verbose_name_plural = "知らせ"
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan_year", "kind", "recipient", "department", "occasion"], name="notice_once_an_occasion"
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()}：{self.recipient}"


class NoticeWords(models.Model):
    """The paragraphs that 福祉総務課 puts before and after a mass notice of a year."""

    plan_year = models.ForeignKey(PlanYear, models.CASCADE, related_name="notice_words", verbose_name="年度")
    kind = models.CharField("知らせ", max_length=8, choices=Notice.Kind)
    opening = models.TextField("はじめの文", blank=True)
    closing = models.TextField("おわりの文", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="書いた人")
    at = models.DateTimeField("日時", default=timezone.now)

    class Meta:
        verbose_name = "知らせの文"
        verbose_name_plural = "知らせの文"
        constraints = [models.UniqueConstraint(fields=["plan_year", "kind"], name="notice_words_once_a_kind")]

    def __str__(self):
        return f"{self.plan_year} {self.get_kind_display()}"
