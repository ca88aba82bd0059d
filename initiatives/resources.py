"""django-import-export Resources of the plan, made lean: what a report brings is compared with rows read beforehand.

The stock Resource asks the database three times a row, opens two savepoints a row and draws an HTML difference; for
239 rows that was 1,217 queries. Here instances and related rows come from dictionaries (`known`, `links`), a dry run
writes nothing at all (so it takes no lock), and an import writes new rows in bulk and one UPDATE per changed row,
with its history.
"""

import contextlib
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import tablib
from django.core.exceptions import ValidationError
from django.db import models
from import_export import resources, results

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
    Plan,
    PlanYear,
    Policy,
    RatingLevel,
    YearlyEntry,
)
from ledger.chain import recording


class _Unsaid:
    """A value for "the source says nothing of this": what the database holds stays."""

    def __repr__(self):
        return "UNSAID"

    def __bool__(self):
        return False


UNSAID = _Unsaid()


def _taker(names: Iterable[str]) -> Callable[[Mapping], tuple]:
    """A function that takes these items of a mapping, as a tuple (itemgetter gives a bare value for one name)."""
    names = tuple(names)
    return operator.itemgetter(*names) if len(names) > 1 else lambda row: tuple(row[name] for name in names)


def _differ(said: tuple, held: tuple) -> bool:
    if said == held:
        return False
    for new, old in zip(said, held, strict=True):  # noqa: SIM110  any() takes twice as long, for every row of a file
        if new != old and new is not UNSAID:
            return True
    return False


class LeanRowResult(results.RowResult):
    """What happened to a row: the row itself and, for a changed one, field → (before, after)."""

    row: Mapping[str, Any] = {}
    changes: Mapping[str, tuple[Any, Any]] = {}

    def add_instance_info(self, instance):
        """Nothing: str(instance) may ask the database."""


class LeanMeta:
    skip_unchanged = True
    report_skipped = False
    skip_diff = True
    skip_html_diff = True
    use_transactions = True
    use_bulk = True  # rows are gathered, and written by bulk_create and bulk_update below
    batch_size = None


class LeanResource(resources.ModelResource):
    """A Resource over rows read beforehand.

    known: natural key → instance; new instances are added to it, so that later resources find them.
    links: field → {natural key → instance} for its foreign keys; an instance in `known` carries the natural key of
    what it points to as <field>_key, and the same for `sets`.
    defaults: what every new row gets besides.
    A row may hold UNSAID for any field, and extra columns (the place in the source) that are no fields.
    """

    sets: tuple[str, ...] = ()  # fields that hold a tuple, kept in rows of another table
    only_new: tuple[str, ...] = ()  # set when a row is made, never changed by an import

    def __init__(
        self,
        known: dict,
        links: Mapping[str, Mapping] | None = None,
        *,
        defaults: Mapping[str, Any] | None = None,
        by: User | None = None,
        source: str = FieldChange.Source.IMPORT,
    ):
        # Not super(): it copies every field deeply, for resources that alter their fields.
        self.create_instances, self.update_instances, self.delete_instances = [], [], []
        self.known = known
        self.links = links or {}
        self.defaults = defaults or {}
        self.context = {"by": by, "source": source}
        fields = self._meta.model._meta.concrete_fields
        self._limits = {field.name: field.max_length for field in fields if field.max_length}
        self._attnames = {field.name: field.attname for field in fields}
        self._key_of = operator.itemgetter(*self._meta.import_id_fields)
        self._keyed = {*self.sets, *self.links}  # held by natural key
        self._foreign = self._keyed.difference(self.sets)
        # (field, where an instance holds it in the form in which the source says it)
        self._taken = tuple((name, f"{name}_key" if name in self._keyed else name) for name in self.fields)
        never = {*self._meta.import_id_fields, *self.only_new}
        self._compared = tuple(pair for pair in self._taken if pair[0] not in never)
        self.invalid: list[tuple[Mapping[str, Any], str, str]] = []  # row, field, what is wrong in words
        self._new = False
        self._changes: dict[str, tuple[Any, Any]] = {}

    @classmethod
    def get_row_result_class(cls):
        return LeanRowResult

    # --- Running ----------------------------------------------------------------------------------

    def run(self, rows: Sequence[Mapping[str, Any]], *, dry_run: bool) -> results.Result:
        """Import rows that all have the same keys. Invalid values are told in `invalid`; all else is raised.

        Rows that say nothing new are skipped before they cost anything.
        """
        telling = self._telling(rows)
        if not telling:
            return results.Result()
        dataset = tablib.Dataset(*(row.values() for row in telling), headers=list(telling[0]))
        result = self.import_data(dataset, dry_run=dry_run)
        failed = [error for _, errors in result.row_errors() for error in errors] + result.base_errors
        if failed:
            raise failed[0].error
        return result

    def import_data(self, dataset, dry_run=False, raise_errors=False, **kwargs):
        """As the stock one, but a dry run opens no transaction: it has nothing to roll back."""
        with contextlib.nullcontext() if dry_run else recording():
            return self.import_data_inner(
                dataset, dry_run, raise_errors, using_transactions=False, collect_failed_rows=False, **kwargs
            )

    def _telling(self, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """The rows that are new or differ from what is held. Most do not: all fields of a row are compared at once."""
        said = _taker(name for name, _ in self._compared if rows and name in rows[0])
        held = _taker(where for name, where in self._compared if rows and name in rows[0])
        telling = []
        for row in rows:
            instance = self.known.get(self.key_of(row))
            if instance is None or _differ(said(row), held(instance.__dict__)):
                telling.append(row)
        return telling

    # --- One row ----------------------------------------------------------------------------------

    def key_of(self, row: Mapping[str, Any]) -> Any:
        """The natural key of a row: the value of its one id field, or a tuple of several."""
        return self._key_of(row)

    def get_or_init_instance(self, instance_loader, row):
        instance = self.known.get(self.key_of(row))
        return (self._meta.model(**self.defaults), True) if instance is None else (instance, False)

    def after_init_instance(self, instance, new, row, **kwargs):
        self._new = new

    def import_instance(self, instance, row, **kwargs):
        """Take a new row's values; of a known row only note what differs (bulk_update writes it)."""
        self._changes = {}
        errors = {}
        for name, held in self._taken if self._new else self._compared:
            value = row.get(name, UNSAID)
            if value is UNSAID or (not self._new and getattr(instance, held) == value):
                continue
            limit = self._limits.get(name)
            if limit and isinstance(value, str) and len(value) > limit:
                errors[name] = ValidationError(f"{len(value)}字あります。{limit}字までにしてください。")
            elif self._new:
                self._set(instance, name, value)
            else:
                self._changes[name] = (getattr(instance, held), value)
        if errors:
            raise ValidationError(errors)

    def _set(self, instance, name: str, value: Any) -> None:
        if name in self._keyed:
            setattr(instance, f"{name}_key", value)
        if name in self._foreign:
            setattr(instance, name, self.links[name].get(value))
        elif name not in self.sets:
            setattr(instance, name, value)

    def skip_row(self, instance, original, row, import_validation_errors=None):
        for name, errors in (import_validation_errors or {}).items():
            self.invalid.append((row, name, "".join(message for error in errors for message in error.messages)))
        return not (self._new or self._changes or import_validation_errors)

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        """Values are checked where they are read, and here for length; full_clean() would ask the database."""
        if import_validation_errors:
            raise ValidationError(import_validation_errors)

    def save_instance(self, instance, is_create, row, **kwargs):
        if is_create:
            self.known[self.key_of(row)] = instance
            self.create_instances.append(instance)
        else:
            self.update_instances.append((instance, {name: after for name, (_, after) in self._changes.items()}))

    def save_m2m(self, instance, row, **kwargs):
        """Nothing: the rows of `sets` are written in bulk."""

    def after_import_row(self, row, row_result, **kwargs):
        row_result.row = row
        row_result.changes = self._changes

    # --- Writing ----------------------------------------------------------------------------------

    def bulk_create(self, using_transactions, dry_run, raise_errors, batch_size=None, result=None):
        created, self.create_instances = self.create_instances, []
        if created and not dry_run:
            self.write_new(created)

    def bulk_update(self, using_transactions, dry_run, raise_errors, batch_size=None, result=None):
        changed, self.update_instances = self.update_instances, []
        if not changed or dry_run:
            return
        history.settle(instance for instance, _ in changed)
        history.remember(change for row in changed for change in self._history(*row))
        for instance, values in changed:
            self._write(instance, values)

    def write_new(self, created: list) -> None:
        for instance in created:
            if hasattr(instance, "make_search_text"):
                instance.search_text = instance.make_search_text()
        self._meta.model._default_manager.bulk_create(created)
        for name in self.sets:
            self.write_set(name, created)

    def _history(self, instance, values: Mapping[str, Any]) -> list[FieldChange]:
        return [
            FieldChange(
                model=instance._meta.label_lower,
                object_id=instance.pk,
                field=name,
                old=self.words(name, getattr(instance, f"{name}_key" if name in self._keyed else name)),
                new=self.words(name, value),
                **self.context,
            )
            for name, value in values.items()
        ]

    def _write(self, instance, values: Mapping[str, Any]) -> None:
        """One UPDATE of the row, and of a set its rows made anew."""
        plain = {}
        for name, value in values.items():
            if name in self._keyed:
                setattr(instance, f"{name}_key", value)
            if name in self._foreign:
                related = self.links[name].get(value)
                plain[self._attnames[name]] = related and related.pk
            elif name not in self.sets:
                plain[name] = value
        if plain:
            history.write(instance, plain)
        for name in self.sets:
            if name in values:
                self.clear_set(name, instance)
                self.write_set(name, [instance])

    def clear_set(self, name: str, instance: models.Model) -> None:
        """Delete the rows that hold a set."""
        raise NotImplementedError

    def write_set(self, name: str, instances: list) -> None:
        """Make the rows that hold a set, of instances that have none."""
        raise NotImplementedError

    # --- Words ------------------------------------------------------------------------------------

    def label(self, name: str) -> str:
        """The Japanese name of a field."""
        return str(self._meta.model._meta.get_field(name).verbose_name)

    def words(self, name: str, value: Any) -> str:
        """A value as history and the preview show it."""
        if value is None or value is UNSAID:
            return ""
        if name in self.sets:
            return "、".join(self.word_of(name, item) for item in value)
        if name in self._foreign:
            return self.word_of(name, value) if value in self.links[name] else ""
        if isinstance(value, Decimal):
            return f"{value.normalize():f}"
        choices = self._meta.model._meta.get_field(name).flatchoices
        return str(dict(choices).get(value, value)) if choices else history.as_text(value)

    def word_of(self, name: str, item: Any) -> str:
        """A natural key, or one item of a set, in words: ((1, 2), 3) → "1-2-3"."""
        return "-".join(self.word_of(name, part) for part in item) if isinstance(item, tuple) else str(item)


class DepartmentResource(LeanResource):
    """課. An import adds the departments that were agreed to, and changes nothing of the register."""

    only_new = ("position",)

    class Meta(LeanMeta):
        model = Department
        import_id_fields = ["name"]
        fields = ["name", "position"]


class PartnerResource(LeanResource):
    class Meta(LeanMeta):
        model = Partner
        import_id_fields = ["name"]
        fields = ["name"]


class PlanResource(LeanResource):
    """計画. Of a known plan an import fills in publisher, philosophy and the year of the 初期値."""

    only_new = ("city_name", "first_year", "last_year")

    class Meta(LeanMeta):
        model = Plan
        import_id_fields = ["name"]
        fields = ["name", "city_name", "first_year", "last_year", "baseline_year", "publisher", "philosophy"]


class RatingLevelResource(LeanResource):
    """評価区分, for a plan that has none yet."""

    only_new = ("definition", "min_rate", "points", "reason_required")

    class Meta(LeanMeta):
        model = RatingLevel
        import_id_fields = ["letter"]
        fields = ["letter", "definition", "min_rate", "points", "reason_required"]


class PlanYearResource(LeanResource):
    only_new = ("status",)

    class Meta(LeanMeta):
        model = PlanYear
        import_id_fields = ["fiscal_year"]
        fields = ["fiscal_year", "status"]


class GoalResource(LeanResource):
    class Meta(LeanMeta):
        model = Goal
        import_id_fields = ["number"]
        fields = ["number", "name", "overview", "first_year"]


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


class InitiativeResource(LeanResource):
    """取組 with its departments ((課名, note), lead first) and partners ((name, 課名 or None)).

    Cross-listings must come after their originals.
    """

    sets = ("departments", "partners")

    class Meta(LeanMeta):
        model = Initiative
        import_id_fields = ["code"]
        fields = [
            "code",
            "position",
            "direction",
            "name",
            "description",
            "baseline",
            "note",
            "original",
            "first_year",
            "departments",
            "partners",
        ]

    def write_new(self, created):
        originals = [row for row in created if row.original is None or row.original.pk]
        if originals and len(originals) < len(created):
            super().write_new(originals)
            self.write_new([row for row in created if row.pk is None])
        else:
            super().write_new(created)

    def clear_set(self, name, instance):
        (instance.owners if name == "departments" else instance.partnerships).all().delete()

    def write_set(self, name, instances):
        make = self._owners if name == "departments" else self._partnerships
        rows = [row for instance in instances for row in make(instance)]
        if rows:
            type(rows[0])._default_manager.bulk_create(rows)

    def _owners(self, initiative):
        roles = InitiativeDepartment.Role
        return [
            InitiativeDepartment(
                initiative=initiative,
                department=self.links["departments"][name],
                role=roles.RELATED if position else roles.LEAD,
                position=position,
                note=note,
            )
            for position, (name, note) in enumerate(initiative.departments_key)
        ]

    def _partnerships(self, initiative):
        return [
            InitiativePartner(
                initiative=initiative,
                partner=self.links["partners"][name],
                department=self.links["departments"].get(department),
                position=position,
            )
            for position, (name, department) in enumerate(initiative.partners_key)
        ]

    def label(self, name):
        return {"departments": "担当課", "partners": "協力団体"}.get(name) or super().label(name)

    def word_of(self, name, item):
        if name in self.sets and item[1]:
            return f"{item[0]}（{item[1]}）"
        return item[0] if name in self.sets else super().word_of(name, item)


class YearlyEntryResource(LeanResource):
    class Meta(LeanMeta):
        model = YearlyEntry
        import_id_fields = ["initiative", "fiscal_year"]
        fields = [
            "initiative",
            "fiscal_year",
            "target",
            "next_target",
            "rating",
            "shared_result",
            "shared_issues",
            "holds_own",
            "own_reason",
        ]

    def words(self, name, value):
        return (
            ("独自の文と評価" if value else "再掲元の文と評価") if name == "holds_own" else super().words(name, value)
        )


class EntryPartResource(LeanResource):
    """課別の記入. Texts only: its status is nobody's to change by a file."""

    only_new = ("self_rating", "status", "approved_at", "approved_by")

    class Meta(LeanMeta):
        model = EntryPart
        import_id_fields = ["entry", "department"]
        fields = [
            "entry",
            "department",
            "position",
            "result",
            "issues",
            "self_rating",
            "status",
            "approved_at",
            "approved_by",
        ]
