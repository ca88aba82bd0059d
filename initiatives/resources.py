"""django-import-export Resources of the plan, made lean: what a report brings is compared with rows read beforehand.

The stock Resource asks the database three times a row, opens two savepoints a row and draws an HTML difference; for
239 rows that was 1,217 queries. Here instances and related rows come from dictionaries (`known`, `links`), a dry run
writes nothing at all (so it takes no lock), and an import writes new rows in bulk and one UPDATE per changed row,
with its history.
"""

import contextlib
from collections.abc import Mapping
from typing import Any

import tablib
from django.core.exceptions import ValidationError
from django.db import models, transaction
from import_export import resources, results
from import_export.exceptions import ImportError as RowError

from accounts.models import Department, User
from initiatives import history
from initiatives.models import (
    Direction,
    EntryPart,
    FieldChange,
    Goal,
    Initiative,
    InitiativeDepartment,
    InitiativePartner,
    Partner,
    Policy,
    YearlyEntry,
)


class _Unsaid:
    """A value for "the source says nothing of this": what the database holds stays."""

    def __repr__(self):
        return "UNSAID"

    def __bool__(self):
        return False


UNSAID = _Unsaid()


class LeanRowResult(results.RowResult):
    """What happened to a row, with `row` itself and, for a changed row, field → (before, after)."""

    row: Mapping[str, Any] = {}
    changes: Mapping[str, tuple[Any, Any]] = {}

    def add_instance_info(self, instance):
        """Nothing: str(instance) may ask the database."""


class LeanResource(resources.ModelResource):
    """A Resource over rows read beforehand.

    known: natural key → instance; new instances are added to it, so that later resources find them.
    links: field → {natural key → instance} for its foreign keys.
    A row may hold UNSAID for any field, and extra columns (the place in the source) that are no fields.
    """

    sets: tuple[str, ...] = ()  # fields that hold a tuple of natural keys, kept in rows of their own
    only_new: tuple[str, ...] = ()  # fields that are set when a row is made and never changed by an import

    def __init__(self, known: dict, links: Mapping[str, Mapping] | None = None, by: User | None = None):
        super().__init__()
        self.known = known
        self.links = links or {}
        self.by = by
        self.source = FieldChange.Source.IMPORT
        model_fields = {field.name: field for field in self._meta.model._meta.concrete_fields}
        self._limits = {name: f.max_length for name, f in model_fields.items() if getattr(f, "max_length", None)}
        self._attnames = {name: f.attname for name, f in model_fields.items()}
        self._fields = tuple(self.fields)
        self._changes: dict[str, tuple[Any, Any]] = {}

    @classmethod
    def get_row_result_class(cls):
        return LeanRowResult

    # --- Running ----------------------------------------------------------------------------------

    def run(self, rows: list[Mapping[str, Any]], *, dry_run: bool) -> results.Result:
        """Import rows that all have the same keys. Raises whatever went wrong, but for invalid values (result.invalid_rows)."""
        if not rows:
            return results.Result()
        dataset = tablib.Dataset(headers=list(rows[0]))
        dataset._data = [tablib.core.Row(row.values()) for row in rows]  # append() checks every row's width again
        result = self.import_data(dataset, dry_run=dry_run)
        failed = next((error for _, errors in result.row_errors() for error in errors), None)
        if failed or result.base_errors:
            raise (failed or result.base_errors[0]).error
        return result

    def import_data(self, dataset, dry_run=False, raise_errors=False, **kwargs):
        """As the stock one, but a dry run opens no transaction: it has nothing to roll back."""
        with contextlib.nullcontext() if dry_run else transaction.atomic():
            return self.import_data_inner(
                dataset, dry_run, raise_errors, using_transactions=False, collect_failed_rows=False, **kwargs
            )

    # --- One row ----------------------------------------------------------------------------------

    def key_of(self, row) -> Any:
        names = self._meta.import_id_fields
        return row[names[0]] if len(names) == 1 else tuple(row[name] for name in names)

    def get_or_init_instance(self, instance_loader, row):
        instance = self.known.get(self.key_of(row))
        return (self._meta.model(), True) if instance is None else (instance, False)

    def import_instance(self, instance, row, **kwargs):
        """Take a new row's values; of a known row only note what differs (it is written in bulk_update)."""
        new = instance.pk is None and instance not in self._pending
        self._changes = {}
        for name in self._fields:
            value = row.get(name, UNSAID)
            if value is UNSAID:
                continue
            self._refuse_too_long(name, value)
            if new:
                self._set(instance, name, value)
            elif name not in self._meta.import_id_fields and name not in self.only_new:
                before = self._held(instance, name)
                if before != value:
                    self._changes[name] = (before, value)

    @property
    def _pending(self):
        return _Identity(self.create_instances)

    def _refuse_too_long(self, name, value):
        limit = self._limits.get(name)
        if limit and isinstance(value, str) and len(value) > limit:
            raise ValidationError({name: f"{len(value)}字あります。{limit}字までにしてください。"})

    def _set(self, instance, name, value) -> None:
        if name in self.sets:
            setattr(instance, f"{name}_key", value)
        else:
            setattr(instance, name, self.links[name].get(value) if name in self.links else value)

    def _held(self, instance, name):
        """What the row holds, in the form the source says it: a natural key for related rows."""
        if name in self.sets or name in self.links:
            return getattr(instance, f"{name}_key")
        return getattr(instance, name)

    def skip_row(self, instance, original, row, import_validation_errors=None):
        return not import_validation_errors and instance.pk is not None and not self._changes

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        """Values are checked where they are read and by _refuse_too_long; full_clean() would ask the database."""
        if import_validation_errors:
            raise ValidationError(import_validation_errors)

    def save_instance(self, instance, is_create, row, **kwargs):
        if is_create:
            for name in self.links:
                setattr(instance, f"{name}_key", row[name])
            self.known[self.key_of(row)] = instance
            self.create_instances.append(instance)
        else:
            self.update_instances.append((instance, {name: after for name, (_, after) in self._changes.items()}))

    def save_m2m(self, instance, row, **kwargs):
        """Nothing: related rows are written with the sets, in bulk."""

    def after_import_row(self, row, row_result, **kwargs):
        row_result.row = row
        row_result.changes = self._changes

    # --- Writing ----------------------------------------------------------------------------------

    def bulk_create(self, using_transactions, dry_run, raise_errors, batch_size=None, result=None):
        created, self.create_instances = self.create_instances, []
        if dry_run or not created:
            return
        for instance in created:
            if hasattr(instance, "make_search_text"):
                instance.search_text = instance.make_search_text()
        self._meta.model._default_manager.bulk_create(created)
        for name in self.sets:
            self.write_sets(name, created)

    def bulk_update(self, using_transactions, dry_run, raise_errors, batch_size=None, result=None):
        changed, self.update_instances = self.update_instances, []
        if dry_run or not changed:
            return
        context = {"by": self.by, "source": self.source}
        log = []
        for instance, values in changed:
            log += self._history(instance, values, context)
        FieldChange.objects.bulk_create(log)
        for instance, values in changed:
            self._write(instance, values)

    def _history(self, instance, values, context) -> list[FieldChange]:
        return [
            FieldChange(
                model=instance._meta.label_lower, object_id=instance.pk, field=name,
                old=self.words(name, self._held(instance, name)), new=self.words(name, value), **context,
            )
            for name, value in values.items()
        ]  # fmt: skip

    def words(self, name: str, value: Any) -> str:
        """A value as history and the preview show it."""
        if value is None or value is UNSAID:
            return ""
        if name in self.sets:
            return "、".join(self.word_of(name, item) for item in value)
        if name in self.links:
            related = self.links[name].get(value)
            return str(related) if related is not None else ""
        field = self._meta.model._meta.get_field(name)
        return dict(field.flatchoices).get(value) or history.as_text(value) if field.choices else history.as_text(value)

    def word_of(self, name: str, item: Any) -> str:
        """One item of a set in words."""
        return str(item)

    def _write(self, instance, values) -> None:
        sets = {name: value for name, value in values.items() if name in self.sets}
        related = {name: value for name, value in values.items() if name in self.links}
        plain = {name: value for name, value in values.items() if name not in sets and name not in related}
        for name, value in related.items():
            found = self.links[name].get(value)
            plain[self._attnames[name]] = found.pk if found is not None else None
            setattr(instance, f"{name}_key", value)
        if plain:
            history.write(instance, plain)
        for name, value in sets.items():
            setattr(instance, f"{name}_key", value)
            self.clear_set(name, instance)
            self.write_sets(name, [instance])

    def clear_set(self, name: str, instance) -> None:
        raise NotImplementedError

    def write_sets(self, name: str, instances: list) -> None:
        """Make the rows that hold a set, for instances that have none."""
        raise NotImplementedError


class _Identity:
    """Membership by identity: an unsaved row has no hash and equals nothing but itself."""

    def __init__(self, items):
        self.ids = {id(item) for item in items}

    def __contains__(self, item):
        return id(item) in self.ids


__all__ = ["UNSAID", "LeanResource", "RowError"]


class LeanMeta:
    skip_unchanged = True
    report_skipped = False
    skip_diff = True
    skip_html_diff = True
    use_transactions = True
    use_bulk = True  # rows are gathered and written by bulk_create and bulk_update above
    batch_size = None


class GoalResource(LeanResource):
    class Meta(LeanMeta):
        model = Goal
        import_id_fields = ["number"]
        fields = ["plan", "number", "name", "overview", "first_year"]


class PolicyResource(LeanResource):
    class Meta(LeanMeta):
        model = Policy
        import_id_fields = ["goal", "number"]
        fields = ["goal", "number", "name"]


class DirectionResource(LeanResource):
    class Meta(LeanMeta):
        model = Direction
        import_id_fields = ["policy", "number"]
        fields = ["policy", "number", "name"]


class DepartmentResource(LeanResource):
    """課. The register itself: an import adds what was agreed to, and changes nothing of it."""

    class Meta(LeanMeta):
        model = Department
        import_id_fields = ["name"]
        fields = ["name", "position"]

    only_new = ("position",)


class PartnerResource(LeanResource):
    class Meta(LeanMeta):
        model = Partner
        import_id_fields = ["name"]
        fields = ["name"]
