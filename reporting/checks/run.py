"""All checks over one year, from the frozen report to the findings in the order of the report."""

from collections.abc import Iterable, Iterator

from initiatives.checking import part
from initiatives.checking.finding import Check, Finding, discover
from reporting.checks import whole
from reporting.checks.context import Context
from reporting.checks.whole import loanwords

WHOLE: dict[str, Check] = discover(whole)
CHECKS: dict[str, Check] = part.CHECKS | WHOLE

# In a chapter figures and years of other years are the matter itself; loan words are looked at over the whole report.
NOT_IN_CHAPTERS = {"thin_result"}


def run(context: Context, names: Iterable[str] | None = None) -> list[Finding]:
    """Every finding of a year, each once; `names` narrows it to some checks. Equal reports give equal lists."""
    wanted = set(CHECKS if names is None else names)
    found: dict[str, Finding] = {}
    for finding in _found(context, wanted):
        found.setdefault(finding.key, finding)
    order = {code: index for index, code in enumerate(context.rows)}
    return sorted(found.values(), key=lambda one: _position(one, order))


def _found(context: Context, wanted: set[str]) -> Iterator[Finding]:
    of_text = [part.CHECKS[name] for name in sorted(wanted & set(part.CHECKS) - set(WHOLE))]
    by_row = [check for check in of_text if check.looks_at == "row"]
    by_text = [check for check in of_text if check.looks_at == "text"]
    for writing in context.writings:
        for check in by_row:
            yield from check.run(writing)
    for passage in context.row_passages:
        for check in by_text:
            yield from check.run(passage)
    for passage in context.chapter_passages:
        for check in by_text:
            if check.name not in NOT_IN_CHAPTERS:
                yield from check.run(passage)
    for name in sorted(wanted & set(WHOLE)):
        yield from WHOLE[name].run(context)


def _position(finding: Finding, order: dict[str, int]) -> tuple:
    """By goal, then the tables, chapters and rows of the goal as they are printed."""
    kinds = ("totals", "chapter", "event", "footnote", "review", "opinion", "indicator", "row", "department")
    place = finding.place
    return (
        place.goal or 0, kinds.index(place.kind), order.get(place.code, -1), place.code, place.field, finding.check,
        finding.key,
    )  # fmt: skip


assert loanwords.CHECK.name in part.CHECKS  # one name, one explanation: the report's asks the part's
