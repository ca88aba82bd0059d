"""How long a text may be: what the printed table of initiatives has room for. Pure.

tests/initiatives/test_printed_box.py compares the figures with the columns and the type of the printed table.
"""

LINE = {"result": 23, "issues": 12, "low_rating_reason": 12}  # full-width characters in a line of the column
READABLE_LINES = 11  # about a quarter of a page; a row beyond that is hard to read across


def readable(name: str) -> int:
    """Characters up to which a text is easy to read in its column, in tens: 250 for 実績."""
    return LINE[name] * READABLE_LINES // 10 * 10
