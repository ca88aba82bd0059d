from collections import defaultdict
from collections.abc import Iterable


def grouped(rows: Iterable, attribute: str) -> dict:
    """Rows by the value of an attribute, in their order; a value without rows gives an empty list."""
    groups = defaultdict(list)
    for row in rows:
        groups[getattr(row, attribute)].append(row)
    return groups
