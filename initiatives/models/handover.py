"""What the people of a department tell those who come after them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Department, User
from initiatives.models.plan import Initiative
from ledger.records import Record, RecordQuerySet


class HandoverNoteQuerySet(RecordQuerySet):
    def current(self):
        """The note as it reads now: no later one stands in its place, and it was not emptied."""
        return self.filter(replaced_by__isnull=True).exclude(text="")

    def handed_to(self, departments):
        """Notes of departments and of the closed ones they grew out of (up to three reorganisations back)."""
        heirs = Q(department__in=departments)
        for way in ("successors", "successors__successors", "successors__successors__successors"):
            heirs |= Q(**{f"department__{way}__in": departments})
        return self.filter(heirs).distinct()

    def readable_by(self, user: User):
        """For the people of the department, their 代理 and its successors alone: not even 福祉総務課 reads along."""
        if not user.is_authenticated or not user.is_active or user.role in User.NEVER_DEPUTY:
            return self.none()
        return self.handed_to(user.department_ids())


class HandoverNote(Record):
    """引継ぎメモ of a department, on its work as a whole or on one initiative.

    Changing one writes the next and leaves the old one standing (history); an empty text takes it away.
    """

    department = models.ForeignKey(Department, models.PROTECT, related_name="handover_notes", verbose_name="担当課")
    initiative = models.ForeignKey(
        Initiative, models.CASCADE, null=True, blank=True, related_name="handover_notes", verbose_name="取組"
    )
    text = models.TextField("引継ぎメモ", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="書いた人")
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="だれの代理で"
    )
    at = models.DateTimeField("書いた日時", default=timezone.now)
    replaces = models.OneToOneField(
        "self", models.CASCADE, null=True, blank=True, related_name="replaced_by", verbose_name="前のメモ"
    )

    objects = HandoverNoteQuerySet.as_manager()

    class Meta:
        verbose_name = "引継ぎメモ"
        verbose_name_plural = "引継ぎメモ"
        ordering = ["-at", "-pk"]
        constraints = [
            # Of two people who write the first note at the same moment, one is told; `replaces` sees to the later ones.
            models.UniqueConstraint(
                fields=["department", "initiative"], condition=Q(replaces__isnull=True), name="handover_first_once"
            ),
            models.UniqueConstraint(
                fields=["department"],
                condition=Q(replaces__isnull=True, initiative__isnull=True),
                name="handover_first_of_department_once",
            ),
        ]

    def __str__(self):
        return f"{self.department}の引継ぎメモ"
