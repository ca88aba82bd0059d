"""The city's rating against the committee's: how far apart, in which direction, and what the department says to it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import models
from django.db.models import Prefetch, Q

from initiatives.grouping import grouped
from initiatives.models import EntryPart, Goal, Initiative, PlanYear, YearlyEntry
from reviews import ratings
from reviews.models import CommitteeRating, Inquiry
from reviews.ratings import Together

FAR = 2  # steps of the scale from which a difference is large


class Way(models.TextChoices):
    """How the committee's rating stands to the city's."""

    LOWER = "lower", "委員のほうが低い"
    HIGHER = "higher", "委員のほうが高い"
    SAME = "same", "同じ"
    UNRATED = "unrated", "市の評価なし"


@dataclass(frozen=True)
class Line:
    """One initiative that members rated."""

    initiative: Initiative
    goal: Goal
    city: str  # the agreed rating; "" while something is not approved
    parts: tuple[tuple[str, str], ...]  # department and its self-rating
    committee: Together
    way: Way
    steps: int  # of the scale between the two
    inquiries: tuple[Inquiry, ...]  # about the ratings, and about opinions on the initiative

    @property
    def is_far(self) -> bool:
        return self.steps >= FAR

    @property
    def words(self) -> str:
        """委員が2段階低い"""
        if self.way in (Way.SAME, Way.UNRATED):
            return self.way.label
        return f"委員が{self.steps}段階{'低い' if self.way == Way.LOWER else '高い'}"

    @property
    def replies(self) -> list[Inquiry]:
        return [inquiry for inquiry in self.inquiries if inquiry.reply]

    @property
    def self_differs(self) -> bool:
        return any(letter and letter != self.city for _, letter in self.parts)


@dataclass
class Divergence:
    lines: list[Line]  # those that were chosen, the largest difference first
    everything: list[Line]
    chosen: str = ""
    goal: str = ""
    goals: list[Goal] = field(default_factory=list)

    @property
    def counts(self) -> Counter:
        return Counter(line.way for line in self.everything)

    @property
    def heading(self) -> str:
        if not self.everything:
            return "委員の評価は、まだありません"
        apart = self.counts[Way.LOWER] + self.counts[Way.HIGHER]
        if not apart:
            return f"委員が評価した{len(self.everything)}件は、市の評価と同じです"
        return f"委員が評価した{len(self.everything)}件のうち、{apart}件が市の評価とちがいます"

    @property
    def choices(self) -> list[tuple[str, str, int]]:
        """Key, words and count of each filter, over everything."""
        ways = [(way.value, way.label, self.counts[way]) for way in Way if way != Way.UNRATED or self.counts[way]]
        more = [(key, words, sum(map(test, self.everything))) for key, (words, test) in CHOICES.items()]
        return ways + more


CHOICES = {
    "far": ("2段階以上ちがう", lambda line: line.is_far),
    "split": ("委員の間でちがう", lambda line: line.committee.is_split),
    "unasked": ("ちがうのに、課に聞いていない", lambda line: line.steps > 0 and not line.inquiries),
    "waiting": ("課の回答待ち", lambda line: any(each.state == Inquiry.State.ASKED for each in line.inquiries)),
}


def compare(city: str, committee: str, letters: Iterable[str]) -> tuple[Way, int]:
    """Direction and size. letters: of the scale, best first."""
    rank = {letter: place for place, letter in enumerate(letters)}
    if city not in rank:
        return Way.UNRATED, 0
    steps = rank[committee] - rank[city]
    return (Way.LOWER if steps > 0 else Way.HIGHER if steps < 0 else Way.SAME), abs(steps)


def divergence(plan_year: PlanYear, asked: Mapping[str, str]) -> Divergence:
    """A fixed number of queries. asked: way and goal, as the address says them; nonsense chooses everything."""
    everything = lines(plan_year)
    goals = {line.goal.number: line.goal for line in everything}
    chosen = asked.get("way", "") if asked.get("way") in (*Way.values, *CHOICES) else ""
    goal = asked.get("goal", "") if asked.get("goal") in map(str, goals) else ""
    picked = [
        line
        for line in everything
        if (not chosen or (CHOICES[chosen][1](line) if chosen in CHOICES else line.way == chosen))
        and (not goal or str(line.goal.number) == goal)
    ]
    picked.sort(key=lambda line: (-line.steps, Way.values.index(line.way), line.initiative.position))
    return Divergence(picked, everything, chosen, goal, [goals[number] for number in sorted(goals)])


def lines(plan_year: PlanYear, initiative: int | None = None) -> list[Line]:
    """Every initiative that was rated, or one, in the plan's order. Four queries."""
    rows = CommitteeRating.objects.filter(plan_year=plan_year).exclude(rating="")
    if initiative is not None:
        rows = rows.filter(initiative=initiative)
    given = grouped(rows, "initiative_id")
    entries = {
        entry.initiative_id: entry
        for entry in YearlyEntry.objects.filter(
            initiative__in=given, fiscal_year=plan_year.fiscal_year
        ).prefetch_related(Prefetch("parts", EntryPart.objects.select_related("department")))
    }
    asked = Inquiry.objects.filter(plan_year=plan_year).exclude(state=Inquiry.State.CANCELLED)
    asked = asked.filter(Q(initiative__in=given) | Q(opinion__initiative__in=given, opinion__state="submitted"))
    inquiries = [*asked.select_related("department", "opinion", "replied_by")]
    letters = [level.letter for level in plan_year.plan.scale]
    found = Initiative.objects.filter(pk__in=given).select_related("direction__policy__goal").order_by("position")
    return [
        _line(each, plan_year, given[each.pk], entries.get(each.pk), inquiries, letters)
        for each in found
        if ratings.together([(row.rating, row.reason) for row in given[each.pk]], letters)
    ]


def _line(initiative: Initiative, plan_year, rows, entry, inquiries, letters) -> Line:
    goal = initiative.direction.policy.goal
    goal.plan = plan_year.plan
    parts = list(entry.parts.all()) if entry else []
    approved = bool(parts) and all(part.status == EntryPart.Status.APPROVED for part in parts)
    city = entry.rating if approved else ""
    committee = ratings.together([(row.rating, row.reason) for row in rows], letters)
    way, steps = compare(city, committee.letter, letters)
    return Line(
        initiative,
        goal,
        city,
        tuple((part.department.name, part.self_rating) for part in parts if approved),
        committee,
        way,
        steps,
        tuple(
            each
            for each in inquiries
            if initiative.pk in (each.initiative_id, each.opinion.initiative_id if each.opinion else None)
        ),
    )
