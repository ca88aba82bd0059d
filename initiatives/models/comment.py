"""What is said about a part: comments on its fields when it goes back, and the talk between department and office.

Both are records, and neither is ever printed.
"""

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import User
from initiatives.models.entry import EntryPart, Transition
from ledger.records import Record, RecordQuerySet


class FieldComment(Record):
    """What to put right in one field, said with the step that sent the part back. Written by workflow.perform alone."""

    class Field(models.TextChoices):
        RESULT = "result", "実績"
        SELF_RATING = "self_rating", "評価"
        LOW_RATING_REASON = "low_rating_reason", "低評価の理由"
        ISSUES = "issues", "課題と次年度の予定"
        NEXT_TARGET = "next_target", "次年度の目標"
        NOT_APPLICABLE_REASON = "not_applicable_reason", "今年度は該当がない理由"

    transition = models.ForeignKey(Transition, models.CASCADE, related_name="comments", verbose_name="差戻し")
    field = models.CharField("欄", max_length=24, choices=Field)
    text = models.TextField("指摘")

    class Meta:
        verbose_name = "欄への指摘"
        verbose_name_plural = "欄への指摘"
        ordering = ["transition", "pk"]
        constraints = [models.UniqueConstraint(fields=["transition", "field"], name="comment_once_a_field")]

    def __str__(self):
        return f"{self.get_field_display()}：{self.text}"


class PartMessageQuerySet(RecordQuerySet):
    def visible_to(self, user: User):
        """Messages a person may read. The other face of permissions.can_talk: the department and 福祉総務課 alone."""
        if not user.is_authenticated or not user.is_active or user.is_committee or user.is_admin:
            return self.none()
        return self if user.is_coordinator else self.filter(part__department__in=user.department_ids())


class PartMessage(Record):
    """A question or an answer about a part. Written by thread.say alone."""

    part = models.ForeignKey(EntryPart, models.CASCADE, related_name="messages", verbose_name="課別の記入")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="書いた人")
    # On whose side the person spoke then; roles change.
    from_office = models.BooleanField("福祉総務課から")
    at = models.DateTimeField("日時", default=timezone.now)
    text = models.TextField("文")

    objects = PartMessageQuerySet.as_manager()

    class Meta:
        verbose_name = "やりとり"
        verbose_name_plural = "やりとり"
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["part", "at"], name="message_of_part")]

    def __str__(self):
        return f"{self.part} {self.at:%Y-%m-%d %H:%M}"


class ThreadRead(models.Model):
    """Until when a person has read the talk about a part."""

    part = models.ForeignKey(EntryPart, models.CASCADE, related_name="+", verbose_name="課別の記入")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="読んだ人")
    at = models.DateTimeField("日時")

    class Meta:
        verbose_name = "やりとりを読んだ記録"
        verbose_name_plural = "やりとりを読んだ記録"
        constraints = [models.UniqueConstraint(fields=["part", "user"], name="thread_read_once_a_person")]

    def __str__(self):
        return f"{self.user} {self.part}"
