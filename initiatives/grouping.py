from collections import defaultdict
from collections.abc import Callable, Iterable
from operator import attrgetter


def grouped(rows: Iterable, by: str | Callable) -> dict:
    """Rows by the value of an attribute (or of what `by` makes of each), in their order; one without rows gives []."""
    key = attrgetter(by) if isinstance(by, str) else by
    groups = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups
