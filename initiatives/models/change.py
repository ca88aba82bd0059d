"""The record of changes, field by field."""

from django.conf import settings
from django.db import models
from django.utils import timezone


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
