"""Rows of a report counted: the one place where a Tally is made."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from indicators import calculation
from indicators.calculation import Band, Scale
from reporting.snapshot import RatingStep, Row, Tally


def scale_of(steps: Iterable[RatingStep]) -> Scale:
    """A frozen report's scale as calculation takes it."""
    return Scale(Band(step.letter, step.min_rate, step.points, step.definition) for step in steps)


def tally(rows: Sequence[Row], scale: Scale) -> Tally:
    counted = calculation.tally([row.rating for row in rows], scale)
    return Tally(
        dict(counted.distribution),
        counted.count,
        counted.points,
        counted.full_points,
        counted.rate,
        counted.overall_rating,
    )


def originals(rows: Iterable[Row]) -> list[Row]:
    """Without the cross-listings (再掲)."""
    return [row for row in rows if not row.original_code]


def by_department(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """A joint initiative stands under each of its departments."""
    owned = defaultdict(list)
    for row in rows:
        for owner in row.owners:
            owned[owner.department].append(row)
    return owned
