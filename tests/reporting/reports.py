"""Any report there can be, by the types of its fields: for rules that must hold for all of them."""

import types
import typing
from dataclasses import is_dataclass, replace
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from reporting.snapshot import SCHEMA, Report


def values_of(kind):
    """A strategy for a type as it stands in reporting.snapshot."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if is_dataclass(kind):
        return st.builds(kind, **{name: values_of(hint) for name, hint in typing.get_type_hints(kind).items()})
    if origin is tuple:
        return st.lists(values_of(inner[0]), max_size=2).map(tuple)
    if origin is dict:
        return st.dictionaries(st.text(max_size=4), values_of(inner[1]), max_size=2)
    if origin is types.UnionType:
        return st.none() | values_of(next(each for each in inner if each is not types.NoneType))
    return {
        str: st.text(max_size=8),
        int: st.integers(),
        bool: st.booleans(),
        Decimal: st.decimals(allow_nan=False, allow_infinity=False),
        date: st.dates(),
    }[kind]


def any_report():
    return values_of(Report).map(lambda report: replace(report, schema=SCHEMA))
