"""カタカナ語 over the report: a word that is explained once, anywhere, is explained."""

from collections.abc import Iterator
from dataclasses import replace

from initiatives.checking.checks import loanwords
from initiatives.checking.finding import Finding
from reporting.checks.context import Context


def find(context: Context) -> Iterator[Finding]:
    passages = (*context.chapter_passages, *context.row_passages)
    for term in context.terms.of("loan"):
        using = [passage for passage in passages if any(term.uses(passage.text))]
        if using and not any(loanwords.explained(term, passage.text) for passage in using):
            first, *others = using
            also = tuple(dict.fromkeys(other.place for other in others))
            yield replace(loanwords.unexplained(first, term), also=also)


CHECK = replace(loanwords.CHECK, looks_at="report", find=find)
