"""Where the words of the dictionary are wrong in a year's texts, and putting them right as 軽微な修正."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from accounts.models import User
from initiatives import review, text_diff
from initiatives.checking import terms
from initiatives.checking.terms import MENDABLE, Terms
from initiatives.history import Conflict
from initiatives.models import EntryPart, PlanYear

FIELDS = {"result": "実績", "issues": "課題と次年度の予定"}  # the texts that are looked through and mended


@dataclass(frozen=True)
class Use:
    """A text of a part in which a word is wrong, with what it would read like."""

    part: EntryPart
    field: str
    words: terms.Term

    @property
    def key(self) -> str:
        """Names the use on a form: part, its version, field, word."""
        return f"{self.part.pk}:{self.part.version}:{self.field}:{self.words.kind}:{self.words.word}"

    @property
    def text(self) -> str:
        return getattr(self.part, self.field)

    @property
    def count(self) -> int:
        return sum(1 for _ in self.words.uses(self.text))

    @property
    def pieces(self) -> list[text_diff.Piece]:
        """The difference, with little around it."""
        return text_diff.excerpt(text_diff.diff(self.text, self.words.mended(self.text)))

    @property
    def label(self) -> str:
        return FIELDS[self.field]


def uses(plan_year: PlanYear, known: Terms) -> list[Use]:
    """Every text of the year that a word of the dictionary would mend, in the order of the plan. One query."""
    parts = EntryPart.objects.filter(
        entry__initiative__plan=plan_year.plan_id, entry__fiscal_year=plan_year.fiscal_year
    ).select_related("entry__initiative", "department")
    return [use for part in parts.order_by("entry__initiative__position", "position") for use in _uses(part, known)]


def _uses(part: EntryPart, known: Terms) -> Iterator[Use]:
    for field in FIELDS:
        text = getattr(part, field)
        for words in known.of(*MENDABLE) if text else ():
            if any(words.uses(text)):
                yield Use(part, field, words)


def counts(plan_year: PlanYear, known: Terms) -> Counter[tuple[str, str]]:
    """How many texts of the year each word would mend, by the word's key."""
    return Counter(use.words.key for use in uses(plan_year, known))


@dataclass(frozen=True)
class Group:
    """Uses that are dealt with in the same way, and how."""

    title: str
    advice: str
    uses: tuple[Use, ...]
    may_mend: bool = False


def grouped(found: Iterable[Use], user: User, plan_year: PlanYear) -> list[Group]:
    """What 福祉総務課 may mend itself, what the departments have in hand, what is approved."""
    mine, theirs, approved, locked = [], [], [], []
    for use in found:
        if review.may_correct(user, use.part, plan_year):
            mine.append(use)
        elif use.part.status == EntryPart.Status.APPROVED:
            approved.append(use)
        elif plan_year.status in PlanYear.IN_HAND:
            theirs.append(use)
        else:
            locked.append(use)
    told = [
        ("ここで直せるもの", "提出されたものです。選んで直すと、軽微な修正として記録に残り、担当課も読めます。", mine, True),
        ("担当課が書いているもの", "書く画面に同じ指摘が出て、担当課が1回押すと直せます。", theirs, False),
        ("承認されたもの", "だまって変えることはしません。直すときは、取組のページで承認を取り消して、担当課に差し戻してください。", approved, False),
        ("いまは直せないもの", "この年度は、書きかえができない状態です。", locked, False),
    ]  # fmt: skip
    return [Group(title, advice, tuple(own), may) for title, advice, own, may in told if own]


def mend(chosen: Iterable[Use], *, by: User, plan_year: PlanYear) -> tuple[list[EntryPart], list[EntryPart]]:
    """Put the chosen uses right in what 福祉総務課 has before it, as 軽微な修正. (mended, left as they are)

    A text that is approved, or still with its department, is left: nothing changes behind anybody's back.
    """
    by_part: dict[EntryPart, list[Use]] = {}
    for use in chosen:
        by_part.setdefault(use.part, []).append(use)
    done, left = [], []
    for part, own in by_part.items():
        values = {field: getattr(part, field) for field in FIELDS}
        for use in own:
            values[use.field] = use.words.mended(values[use.field])
        try:
            mended = review.may_correct(by, part, plan_year) and review.correct(part, values, by=by)
        except Conflict:
            mended = False
        (done if mended else left).append(part)
    return done, left
