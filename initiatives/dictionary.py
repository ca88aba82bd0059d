"""用語集: the words that come with Ayumi and the city's own, as one dictionary."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from initiatives import history
from initiatives.checking import terms
from initiatives.checking.terms import Terms
from initiatives.models import FieldChange, Term


@dataclass(frozen=True)
class Line:
    """A line of the dictionary. `own`: the city's row for it; None for one of Ayumi's that nobody touched."""

    words: terms.Term
    own: Term | None = None

    @property
    def is_used(self) -> bool:
        return self.own is None or self.own.is_used

    @property
    def is_shipped(self) -> bool:
        return self.own is None or self.own.is_shipped

    @property
    def kind_label(self) -> str:
        return terms.KINDS[self.words.kind]


def lines(city: str) -> list[Line]:
    """The whole dictionary, what is not used included. One query."""
    own = {term.key: term for term in Term.objects.all()}
    shipped = terms.shipped(city).terms
    added = [Line(term.words, term) for term in own.values() if not term.is_shipped]
    order = list(terms.KINDS)
    found = [*(Line(words, own.get(words.key)) for words in shipped), *added]
    return sorted(found, key=lambda line: (order.index(line.words.kind), line.words.word))


def terms_of(city: str) -> Terms:
    """The words that are looked for. One query."""
    return Terms(tuple(line.words for line in lines(city) if line.is_used))


def changes(rows: Iterable[Term], most: int = 30) -> list[tuple[FieldChange, str, str]]:
    """The newest changes of the city's rows, each with the word and the field's label."""
    words = {row.pk: row.word for row in rows}
    found = history.of_rows(rows)[:most]
    return [(change, words[change.object_id], Term._meta.get_field(change.field).verbose_name) for change in found]


@transaction.atomic
def use(line: Line, used: bool, *, by: User, reason: str = "") -> None:
    """Look for a word from now on, or no longer. The history keeps who, when and why."""
    row = line.own
    if row is None:
        words = line.words
        row = Term.objects.create(
            kind=words.kind, word=words.word, right=words.right, why=words.why, is_shipped=True, created_by=by
        )
    history.save_changes(row, {"is_used": used}, by=by, reason=reason)
