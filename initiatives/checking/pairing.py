"""Which figure of one text answers which of another: a target and its result, a baseline and this year's."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from indicators import calculation
from initiatives.checking.reading import Figure, core, figures_in, likeness, number
from initiatives.target_rate import Quantity, TargetRate, fewer_is_better, target_rate

ALIKE = 0.5
_TOTAL = ("合計", "計")


def answers(asked: Figure, text: str) -> list[Figure]:
    """The figures of the text that count the same thing, by name and unit.

    A figure without a name is answered by those of its unit, if no other name stands against it.
    """
    found = figures_in(text)
    same_unit = [one for one in found if one.family == asked.family or not one.unit]
    if asked.name:
        alike = [one for one in same_unit if one.name and likeness(asked.name, one.name) >= ALIKE]
        if alike:
            return alike
        if crossing := [one for one in found if {one.family, asked.family} == {"人", "件"} and _alike(asked, one)]:
            return crossing
        same_unit = [one for one in same_unit if not one.name]
    return [one for one in same_unit if one.unit]


def _alike(asked: Figure, one: Figure) -> bool:
    return bool(one.name) and len(core(asked.name)) >= 2 and likeness(asked.name, one.name) >= ALIKE


def counts_alike(asked: Figure, given: Figure) -> bool:
    """Units in which one thing is counted now one way, now the other: people as cases, groups as places."""
    units = {asked.family, given.family}
    return units <= {"人", "件", "作品", "世帯"} or units <= {"団体", "所", "件", "組織"}


def reached(text: str, found: Sequence[Figure]) -> Decimal:
    """The figure that answers: a stated total, else the largest; parts that are named apart are added up."""
    for one in found:
        before = text[max(0, one.start - 4) : one.start]
        if any(before.endswith(word) or before.rstrip(" :：").endswith(word) for word in _TOTAL):
            return one.value
    largest = max(one.value for one in found)
    names = {one.name for one in found}
    return sum((one.value for one in found), Decimal()) if len(names) == len(found) > 1 and "" not in names else largest


def rates(target: str, result: str, fiscal_year: int) -> list[TargetRate]:
    """Each numeric target with what was reached: the one pair without doubt, else every pair that has a name in common.

    A target of 0 cannot be measured; nor one where fewer is better. About so many and from so many to so many say
    nothing certain, on either side.
    """
    if fewer_is_better(target):
        return []
    certain = target_rate(target, result, fiscal_year)
    return [certain] if certain else list(_named(target, result))


def _named(target: str, result: str) -> Iterator[TargetRate]:
    for asked in figures_in(target):
        found = answers(asked, result) if asked.value > 0 and asked.low is None and not asked.about else []
        if found and all(one.is_exact for one in found):
            value, unit = reached(result, found), found[0].unit or asked.unit
            rate = calculation.achievement_rate(value, asked.value)
            yield TargetRate(_quantity(value, unit), _quantity(asked.value, asked.unit), rate)


def _quantity(value: Decimal, unit: str) -> Quantity:
    return Quantity(value, unit, f"{number(value)}{unit}")
