"""主な意見と市の考え方: the published table, from the frozen report. For the page and the PDF."""

from initiatives.grouping import grouped
from reporting.snapshot import PublishedOpinion, Report


def published_by_goal(report: Report) -> list[tuple[str, list[PublishedOpinion]]]:
    """Title and lines: goal by goal, what is about the whole report last."""
    lines = grouped(report.opinions, "goal")
    titles = [(goal.number, f"{report.terms['goal']}{goal.number}　{goal.name}") for goal in report.goals]
    return [(title, lines[number]) for number, title in (*titles, (None, "報告書の全体")) if lines[number]]


def counts(report: Report) -> list[tuple[str, int]]:
    """How many of each kind, in the order in which they first come."""
    kinds = grouped(report.opinions, "kind_label")
    return [(label, len(lines)) for label, lines in kinds.items()]
