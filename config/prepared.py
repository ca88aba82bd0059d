"""Queries whose SQL is made once: for the few that stand in every request and every automatic save.

To make the SQL of a query with joins, Django takes some twenty times as long as SQLite to answer it. A prepared query
is written with the same querysets, managers and rules as any other; what differs from one run to the next stands in it
as a `Given`.

    of_year = Prepared(lambda: PlanYear.objects.filter(plan=Given("plan")).select_related("plan"))
    of_year(plan=3)  # a list of PlanYear
"""

import copy
from collections.abc import Callable, Hashable
from types import SimpleNamespace
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import BigIntegerField, Expression, Field, IntegerField
from django.db.models.query import ModelIterable, ValuesListIterable
from django.db.models.sql import UpdateQuery
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.constants import ROW_COUNT


class Given(Expression):
    """A value that a prepared query gets when it runs. `field` is how the database takes it: a whole number unless told."""

    def __init__(self, name: str, field: Field | None = None):
        super().__init__(output_field=field or BigIntegerField())
        self.name = name

    def as_sql(self, compiler, connection):
        return "%s", [self]

    def take(self, value: Any, connection) -> Any:
        """The value as a parameter. Raises OverflowError for a number that no column can hold."""
        if hasattr(value, "prepare_database_save"):  # a row, for a key to it
            value = value.prepare_database_save(self.output_field)
        if isinstance(self.output_field, IntegerField) and isinstance(value, int) and value.bit_length() > 63:
            raise OverflowError(self.name)
        return self.output_field.get_db_prep_save(value, connection)


class _ByShape:
    """`build` makes the query, once for each `shape` it is called with: what its SQL depends on."""

    def __init__(self, build: Callable):
        self._build, self._made = build, {}

    def _compiled(self, shape: tuple[Hashable, ...]) -> "_Compiled":
        if shape not in self._made:
            self._made[shape] = self._compile(*shape)
        return self._made[shape]


class Prepared(_ByShape):
    """A query for rows of a model, or for tuples of its columns (values_list). `build` makes the queryset."""

    def __call__(self, *shape: Hashable, **given: Any) -> list:
        """The rows. `given`: what the Givens hold this time.

        A whole number is asked for as it is (=), so that one which no column can hold is in no row.
        """
        try:
            return self._compiled(shape).rows(given)
        except OverflowError:
            return []

    def _compile(self, *shape: Hashable) -> "_Compiled":
        queryset = self._build(*shape)
        tuples = queryset._iterable_class is ValuesListIterable
        return _Compiled(queryset.query.get_compiler(queryset.db), tuples=tuples)


class PreparedUpdate(_ByShape):
    """An UPDATE. `build` makes the queryset of the rows and the values of their fields."""

    def __call__(self, *shape: Hashable, **given: Any) -> int:
        """How many rows were written."""
        return self._compiled(shape).run(given).execute_sql(ROW_COUNT)

    def _compile(self, *shape: Hashable) -> "_Compiled":
        queryset, values = self._build(*shape)
        query = queryset.query.chain(UpdateQuery)
        query.add_update_values(values)
        return _Compiled(query.get_compiler(queryset.db))


class _Compiled:
    """A compiler that has made its SQL. It is shared by all threads and never changes."""

    def __init__(self, compiler: SQLCompiler, *, tuples: bool = False):
        self._compiler, self._alias, self._tuples = compiler, compiler.using, tuples
        self._known_converters = None
        try:
            self._sql, self._params = compiler.as_sql()
        except EmptyResultSet:  # Django knows from the conditions alone that no row can meet them
            self._sql, self._params = "", ()

    def run(self, given: dict[str, Any]) -> SQLCompiler:
        """A compiler of this thread's connection whose SQL stands, with the given values in it."""
        compiler = copy.copy(self._compiler)
        compiler.connection = connections[self._alias]
        params = tuple(
            each.take(given[each.name], compiler.connection) if isinstance(each, Given) else each
            for each in self._params
        )
        compiler.as_sql = lambda *args, **kwargs: (self._sql, params)
        return compiler

    def _converters(self, expressions) -> dict:
        """Which columns are converted, and how: of the SQL too, so asked once."""
        if self._known_converters is None:
            self._known_converters = self._compiler.get_converters(expressions)
        return self._known_converters

    def rows(self, given: dict[str, Any]) -> list:
        compiler = self.run(given)
        compiler.get_converters = self._converters
        if self._tuples:
            return list(compiler.results_iter(tuple_expected=True))
        query = SimpleNamespace(get_compiler=lambda using: compiler)
        return list(ModelIterable(SimpleNamespace(db=self._alias, query=query, _known_related_objects={})))
