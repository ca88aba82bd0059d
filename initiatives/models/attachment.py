"""Files that a department keeps with its part as evidence, for the office alone."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from initiatives.models.entry import EntryPart


def _random_name(attachment: "Attachment", name: str) -> str:
    """Nothing that a person typed gets into a path."""
    return f"attachments/{uuid.uuid4().hex}.{attachment.kind}"


class AttachmentQuerySet(models.QuerySet):
    def standing(self):
        """Those that were not removed."""
        return self.filter(removed_at__isnull=True)

    def visible_to(self, user: User):
        """Of the parts that a person may read, but never for the committee. See permissions.can_view_attachments."""
        if not user.is_office:
            return self.none()
        return self.filter(part__in=EntryPart.objects.visible_to(user))


class Attachment(models.Model):
    """添付した資料. Kept as it came, never opened by us. Removing it hides it; the row and the file stay."""

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        JPEG = "jpg", "JPEG画像"
        PNG = "png", "PNG画像"
        XLSX = "xlsx", "Excel"
        DOCX = "docx", "Word"

    part = models.ForeignKey(EntryPart, models.CASCADE, related_name="attachments", verbose_name="課別の記入")
    file = models.FileField("ファイル", upload_to=_random_name, max_length=100)
    name = models.CharField("元の名前", max_length=150)
    kind = models.CharField("種類", max_length=4, choices=Kind)
    size = models.PositiveIntegerField("大きさ（バイト）")
    sha256 = models.CharField("SHA-256", max_length=64)
    caption = models.CharField("説明", max_length=100, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="付けた人")
    at = models.DateTimeField("付けた日時", default=timezone.now)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="外した人"
    )
    removed_at = models.DateTimeField("外した日時", null=True, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = "添付した資料"
        verbose_name_plural = "添付した資料"
        ordering = ["part", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="attachment_removed_by_whom_and_when",
            ),
            # The same file twice is a button pressed twice.
            models.UniqueConstraint(
                fields=["part", "sha256"], condition=Q(removed_at__isnull=True), name="attachment_once_a_part"
            ),
        ]

    def __str__(self):
        return self.name
