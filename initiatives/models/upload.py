"""A file on its way in: chosen, kept while it is looked at, then taken in or dropped."""

import hashlib
from datetime import timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from initiatives.models.year import PlanYear


class AlreadyDone(Exception):
    """The file was taken in or dropped before; nothing was done."""


class FileGone(Exception):
    """The kept file is no longer the one that was chosen."""


class Upload(models.Model):
    """A kept file, bound to its SHA-256. Which kind of file it is, and where it is kept, says the model itself."""

    class Status(models.TextChoices):
        PREVIEWED = "previewed", "確認待ち"
        APPLIED = "applied", "取り込み済み"
        ABANDONED = "abandoned", "やめた"

    KEPT = timedelta(days=7)  # without an answer

    file_name = models.CharField("ファイル名", max_length=255)
    sha256 = models.CharField("SHA-256", max_length=64)
    status = models.CharField("状態", max_length=10, choices=Status, default=Status.PREVIEWED)
    summary = models.JSONField("結果", default=dict, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="選んだ人")
    created_at = models.DateTimeField("選んだ日時", default=timezone.now)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="取り込んだ人"
    )
    applied_at = models.DateTimeField("取り込んだ日時", null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["-created_at", "-pk"]

    def __str__(self):
        return f"{self.file_name}（{self.get_status_display()}）"

    @classmethod
    def keep(cls, content: bytes, file_name: str, *, by: User, **fields):
        """Keep a file until it is taken in. Earlier ones of this person, and old ones, are dropped."""
        mine_or_old = Q(created_by=by) | Q(created_at__lt=timezone.now() - cls.KEPT)
        for old in cls.objects.filter(mine_or_old, status=cls.Status.PREVIEWED):
            old.abandon()
        digest = hashlib.sha256(content).hexdigest()
        upload = cls(file_name=file_name[-255:], sha256=digest, created_by=by, **fields)
        ending = ".zip" if file_name.lower().endswith(".zip") else ".xlsx"
        upload.file.save(digest[:32] + ending, ContentFile(content), save=False)
        upload.save()
        return upload

    def content(self) -> bytes:
        """The very bytes that were chosen. Raises FileGone."""
        try:
            with self.file.open("rb") as file:
                content = file.read()
        except (OSError, ValueError) as error:
            raise FileGone from error
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise FileGone
        return content

    def abandon(self) -> None:
        waiting = type(self).objects.filter(pk=self.pk, status=self.Status.PREVIEWED)
        if waiting.update(status=self.Status.ABANDONED, file=""):
            self.file.delete(save=False)

    def mark_applied(self, *, by: User, **fields) -> None:
        """Once only, whoever presses twice. Raises AlreadyDone."""
        waiting = type(self).objects.filter(pk=self.pk, status=self.Status.PREVIEWED)
        if not waiting.update(status=self.Status.APPLIED, applied_by=by, applied_at=timezone.now(), **fields):
            raise AlreadyDone


class SurveyUpload(Upload):
    """調査票 that a department filled offline, waiting to be agreed to."""

    plan_year = models.ForeignKey(PlanYear, models.CASCADE, related_name="survey_uploads", verbose_name="年度")
    file = models.FileField("ファイル", upload_to="surveys/", blank=True)

    class Meta(Upload.Meta):
        verbose_name = "調査票の取り込み"
        verbose_name_plural = "調査票の取り込み"
