"""Timing several things in turn, so that a machine that drifts drifts for all of them alike."""

import statistics
import time
from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext


def in_turn(things: dict[str, Callable[[], object]], rounds: int = 15, warm_up: int = 2) -> dict[str, float]:
    """Median milliseconds of each, called A B C A B C …"""
    times: dict[str, list[float]] = {name: [] for name in things}
    for number in range(rounds + warm_up):
        for name, call in things.items():
            start = time.perf_counter()
            call()
            if number >= warm_up:
                times[name].append((time.perf_counter() - start) * 1000)
    return {name: statistics.median(values) for name, values in times.items()}


def queries(call: Callable[[], object]) -> int:
    call()
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)


def table(title: str, head: list[str], rows: list[list]) -> None:
    """Print a table for a terminal; numbers with one decimal."""
    print(f"\n{title}")
    cells = [head] + [[f"{value:.1f}" if isinstance(value, float) else str(value) for value in row] for row in rows]
    widths = [max(_width(row[i]) for row in cells) for i in range(len(head))]
    for row in cells:
        print("  " + "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)))


def _width(words: str) -> int:
    return sum(2 if ord(char) > 0x2E80 else 1 for char in words)
