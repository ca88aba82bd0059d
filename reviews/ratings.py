"""How the committee as a whole rates an initiative, out of the ratings of its members.

The rule: the median of the letters in the order of the scale; of an even number the lower of the two in the middle.
Letters are ranks and no amounts, so they are not averaged. A majority often does not exist among four letters, and one
member with an extreme opinion moves a median the least. The lower of two middles, because the committee is there to
point out what is lacking: a city that is asked about it can answer, one that is not cannot. How far the members are
apart (the spread) always stands beside it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accounts.models import User
from initiatives.models import PlanYear
from reviews import permissions
from reviews.anchors import INITIATIVE
from reviews.models import CommitteeRating


@dataclass(frozen=True)
class Together:
    """The ratings of some members on one initiative."""

    letter: str  # of the committee
    counts: tuple[tuple[str, int], ...]  # best first, only those that were given
    reasons: tuple[tuple[str, str], ...] = ()  # letter and reason, best first; without names

    @property
    def members(self) -> int:
        return sum(count for _, count in self.counts)

    @property
    def spread(self) -> str:
        """A 1・B 2・C 1"""
        return "・".join(f"{letter} {count}" for letter, count in self.counts)

    @property
    def is_split(self) -> bool:
        return len(self.counts) > 1


def together(ratings: Iterable[tuple[str, str]], letters: Sequence[str]) -> Together | None:
    """ratings: letter and reason of each member. letters: of the scale, best first. None when nobody rated."""
    rank = {letter: place for place, letter in enumerate(letters)}
    given = sorted((each for each in ratings if each[0] in rank), key=lambda each: rank[each[0]])
    if not given:
        return None
    counts = Counter(letter for letter, _ in given)
    return Together(
        letter=given[len(given) // 2][0],  # sorted best first, so of two middles the second is the lower one
        counts=tuple((letter, counts[letter]) for letter in letters if counts[letter]),
        reasons=tuple((letter, reason) for letter, reason in given if reason),
    )


def of_initiative(plan_year: PlanYear, key: str, user: User) -> Together | None:
    """For whoever may know how the members rate; one query, none for the others."""
    if not permissions.can_view_ratings(user, plan_year):
        return None
    rows = CommitteeRating.objects.filter(plan_year=plan_year, initiative=int(key.removeprefix(f"{INITIATIVE}-")))
    return together(
        rows.exclude(rating="").values_list("rating", "reason"), [level.letter for level in plan_year.plan.scale]
    )
