"""The record of changes, field by field, and what is being written but is no step of it yet."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from ledger.records import Record


class FieldChange(Record):
    """One field of one row changed: what it was, what it became, who, when, how."""

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
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="だれの代理で"
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


class PendingChange(models.Model):
    """A field that somebody is writing: saved as it is typed, but not yet a step of the history.

    Made at the first automatic save of a field; later ones leave it. history.settle makes one FieldChange of it, from
    `old` to what stands there then, at the next step: 保存する, sending, somebody else's save of the same field.
    """

    model = models.CharField("対象", max_length=60)
    object_id = models.BigIntegerField("番号")
    field = models.CharField("欄", max_length=60)
    old = models.TextField("書き始める前")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="書いている人")
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="だれの代理で"
    )
    since = models.DateTimeField("書き始めた日時", default=timezone.now)

    class Meta:
        verbose_name = "書きかけの変更"
        verbose_name_plural = "書きかけの変更"
        ordering = ["since", "pk"]
        constraints = [models.UniqueConstraint(fields=["model", "object_id", "field"], name="pending_once_a_field")]

    def __str__(self):
        return f"{self.model} {self.object_id} {self.field}"
