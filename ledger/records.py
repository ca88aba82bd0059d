"""A record: a row that is written once and stands. Its model inherits from Record, and its entry comes by itself."""

from collections.abc import Iterator

from django.apps import apps
from django.db import models, transaction

from ledger import chain


class RecordQuerySet(models.QuerySet):
    """Adds, and does nothing else. A record model with a manager of its own derives it from this one."""

    def bulk_create(self, objs, batch_size=None, **conflicts):
        if any(conflicts.values()):
            raise TypeError(f"{self.model.__name__} is append-only")
        with transaction.atomic(using=self.db, savepoint=False):
            made = super().bulk_create(objs, batch_size=batch_size)
            chain.append(made)
        return made

    def update(self, **kwargs):
        raise TypeError(f"{self.model.__name__} is append-only")

    def delete(self):
        raise TypeError(f"{self.model.__name__} is append-only")

    update.alters_data = delete.alters_data = True
    delete.queryset_only = True


class Record(models.Model):
    """Append-only; chained in the ledger in the same transaction. Triggers refuse what goes around this (guard.py).

    A column that is added later is left empty in the rows that are there (content.py).
    """

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, **kwargs):
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} is append-only")
        with transaction.atomic(savepoint=False):
            super().save(**kwargs)
            chain.append([self])

    def delete(self, **kwargs):
        raise TypeError(f"{type(self).__name__} is append-only")


def record_models() -> Iterator[type[Record]]:
    return (model for model in apps.get_models() if issubclass(model, Record))
