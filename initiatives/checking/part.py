"""The checks on what is written about one initiative: run over a whole row by the report, over a part by its page."""

from collections.abc import Iterable, Iterator

from initiatives.checking import checks
from initiatives.checking.finding import Check, Finding, discover
from initiatives.checking.writing import Passage, Writing

CHECKS: dict[str, Check] = discover(checks)


def check_writing(writing: Writing, names: Iterable[str] | None = None) -> Iterator[Finding]:
    """Everything found in one initiative or part; `names` narrows it to some checks."""
    for check in _chosen(names):
        if check.looks_at == "row" and not (check.whole_row and writing.is_part):
            yield from check.run(writing)
        elif check.looks_at == "text":
            for passage in writing.passages():
                yield from check.run(passage)


def check_passage(passage: Passage, names: Iterable[str] | None = None) -> Iterator[Finding]:
    for check in _chosen(names):
        if check.looks_at == "text":
            yield from check.run(passage)


def _chosen(names: Iterable[str] | None) -> list[Check]:
    return list(CHECKS.values()) if names is None else [CHECKS[name] for name in names if name in CHECKS]
