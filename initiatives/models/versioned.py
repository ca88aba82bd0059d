"""A row that several people may write."""

from django.db import models
from django.utils import timezone


class Versioned(models.Model):
    """A row that several people may write. `version` goes up with every change (history.save_changes)."""

    version = models.PositiveIntegerField("版", default=1, editable=False)
    updated_at = models.DateTimeField("更新日時", default=timezone.now, editable=False)

    class Meta:
        abstract = True
