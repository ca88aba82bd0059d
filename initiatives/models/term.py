"""The city's own words of the dictionary."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from initiatives.checking.terms import KINDS
from initiatives.checking.terms import Term as Words
from initiatives.models.versioned import Versioned


class Term(Versioned):
    """用語: a wrong form and the right one. With `is_shipped` it is one of Ayumi's own, kept only to stop its use."""

    Kind = models.TextChoices("Kind", {name.upper(): (name, label) for name, label in KINDS.items()})

    kind = models.CharField("種類", max_length=10, choices=Kind)
    word = models.CharField("見つける書き方", max_length=60)
    right = models.CharField("正しい書き方", max_length=120)
    why = models.CharField("わけ", max_length=200, blank=True)
    allowed = models.TextField("例外", blank=True)  # longer words in which `word` is right, one a line
    is_used = models.BooleanField("使う", default=True)
    is_shipped = models.BooleanField(default=False, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="加えた人")
    created_at = models.DateTimeField("加えた日時", default=timezone.now)

    class Meta:
        verbose_name = "用語"
        verbose_name_plural = "用語"
        ordering = ["kind", "word"]
        constraints = [models.UniqueConstraint(fields=["kind", "word"], name="term_once_a_kind")]

    def __str__(self):
        return f"{self.word} → {self.right}"

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.word

    @property
    def words(self) -> Words:
        """As the checks take it."""
        return Words(self.kind, self.word, self.right, self.why, tuple(filter(None, self.allowed.splitlines())))
