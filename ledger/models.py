"""The ledger: one entry for each record, each entry bound to the one before it by SHA-256."""

from django.db import models
from django.utils import timezone


class LedgerEntry(models.Model):
    """That a record (records.Record) was written, what its words were, and after which other record.

    Written by chain.append alone, in the transaction of the record. Positions run 1, 2, 3 … without a gap.
    """

    position = models.BigIntegerField("番目", primary_key=True)
    model = models.CharField("記録の種類", max_length=60)
    row_id = models.BigIntegerField("記録の番号")
    digest = models.CharField("記録の中身のSHA-256", max_length=64)
    at = models.DateTimeField("記した日時", default=timezone.now)
    previous = models.CharField("前の行のハッシュ", max_length=64)
    hash = models.CharField("この行のハッシュ", max_length=64)

    class Meta:
        verbose_name = "台帳の行"
        verbose_name_plural = "台帳の行"
        ordering = ["position"]

    def __str__(self):
        return f"{self.position} {self.model} {self.row_id}"
