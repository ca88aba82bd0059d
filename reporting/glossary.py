"""用語の説明: the カタカナ語 of the dictionary that the report uses, each with its meaning."""

from initiatives import parsing
from initiatives.checking.terms import Terms
from reporting.checks.context import Context
from reporting.snapshot import Report, Word


def glossary(report: Report, terms: Terms) -> tuple[Word, ...]:
    """In the order of their reading. A word counts once, wherever it stands."""
    context = Context(report)
    texts = [passage.text for passage in (*context.row_passages, *context.chapter_passages)]
    texts += [row.name for row in report.rows]
    used = [term for term in terms.of("loan") if any(any(term.uses(text)) for text in texts)]
    return tuple(Word(term.word, term.right) for term in sorted(used, key=lambda term: parsing.search_form(term.word)))
