"""From the database to what is opened to the committee in a year, and to how far one member has read."""

from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import User
from indicators.models import Indicator
from initiatives import business_days
from initiatives.models import EntryPart, Initiative, PlanYear, YearlyEntry
from reporting import assemble
from reporting.models import Chapter
from reporting.prose import Prose
from reporting.reading import Place, Reading, Rows, Thing, digest, reading_of, without_unconfirmed
from reporting.snapshot import Report
from reviews import permissions
from reviews.anchors import CHAPTER, GOAL, INDICATOR, INITIATIVE
from reviews.models import Assignment, CommitteeReview, Opinion, OpinionDraft, ReadMark


def opened_report(plan_year: PlanYear) -> Report:
    """The report as the committee may have it. When the year is 確定 there is nothing left to hide."""
    report = assemble.typed(plan_year)
    if not plan_year.is_locked:
        of_year = {"plan": plan_year.plan_id, "fiscal_year": plan_year.fiscal_year}
        chapters = Chapter.objects.filter(**of_year, state=Chapter.State.CONFIRMED)
        reviews = CommitteeReview.objects.filter(**of_year, state=CommitteeReview.State.CONFIRMED)
        report = without_unconfirmed(
            report, chapters.values_list("goal__number", "kind"), reviews.values_list("goal__number", flat=True)
        )
    return Prose(report, lambda: assemble.last_year(plan_year)).report


def reading(plan_year: PlanYear) -> Reading:
    rows = Rows(
        dict(Initiative.objects.filter(plan=plan_year.plan_id).values_list("code", "pk")),
        dict(Indicator.objects.filter(plan=plan_year.plan_id).values_list("code", "pk")),
    )
    return reading_of(opened_report(plan_year), rows, _last_ratings(plan_year))


def _last_ratings(plan_year: PlanYear) -> dict[str, str]:
    """What was approved a year ago, in a year that is opened to the committee."""
    opened = PlanYear.objects.filter(plan=plan_year.plan_id, status__in=PlanYear.OPEN_TO_COMMITTEE)
    entries = YearlyEntry.objects.filter(
        initiative__plan=plan_year.plan_id, fiscal_year=plan_year.fiscal_year - 1,
        fiscal_year__in=opened.values("fiscal_year"),
    ).annotate(open_parts=Count("parts", filter=~Q(parts__status=EntryPart.Status.APPROVED)))  # fmt: skip
    return dict(entries.filter(open_parts=0).values_list("initiative__code", "rating"))


# --- The list of one member -----------------------------------------------------------------------------

FIRST = "first"


@dataclass(frozen=True)
class Item:
    """One thing to read. state: unread, read, or changed (since it was read)."""

    thing: Thing
    group: str
    state: str
    opinions: int  # that stand
    is_begun: bool  # an opinion of the member's own is not sent yet

    @property
    def is_read(self) -> bool:
        return self.state == "read"


@dataclass
class ReadingList:
    """What one person is to read, in the order of reading: first what changed or is rated low, then goal by goal."""

    reading: Reading
    items: list[Item]
    is_assigned: bool  # else everything
    groups: list[tuple[str, str, list[Item]]] = field(default_factory=list)  # key, title, items

    def __post_init__(self):
        titles = (
            {FIRST: "先に読んでほしいもの"}
            | {goal.key: goal.title for goal in self.reading.goals}
            | {"": "報告書の全体"}
        )
        self.groups = [
            (key or "report", titles[key], items)
            for key in dict.fromkeys(item.group for item in self.items)
            if (items := [item for item in self.items if item.group == key])
        ]

    @cached_property
    def order(self) -> dict[str, int]:
        return {item.thing.key: place for place, item in enumerate(self.items)}

    def item(self, key: str) -> Item | None:
        return self.items[self.order[key]] if key in self.order else None

    @property
    def read(self) -> int:
        return sum(item.is_read for item in self.items)

    @property
    def left(self) -> int:
        return len(self.items) - self.read

    @property
    def following_unread(self) -> Thing | None:
        return next((item.thing for item in self.items if not item.is_read), None)

    def around(self, key: str) -> tuple[Thing | None, Thing | None]:
        """Before and after; around what is not on the list: the first thing to read."""
        if key not in self.order:
            return None, self.following_unread or (self.items[0].thing if self.items else None)
        place = self.order[key]
        before = self.items[place - 1].thing if place else None
        return before, self.items[place + 1].thing if place + 1 < len(self.items) else None

    def beside(self, key: str, most: int = 12) -> tuple[str, list[Item]]:
        """Title and items of the group in which a thing stands; of a long one those around it."""
        item = self.item(key)
        if item is None:
            return "", []
        title, items = next((title, items) for group, title, items in self.groups if item in items)
        place = items.index(item)
        begin = max(0, min(place - most // 2, len(items) - most))
        return title, items[begin : begin + most]


# Within a goal: what was written about it, its indicators, its initiatives.
_ORDER = {CHAPTER: 0, INDICATOR: 1, INITIATIVE: 2}


def reading_list(plan_year: PlanYear, user: User, found: Reading | None = None) -> ReadingList:
    """Four queries beside those of the reading."""
    found = found or reading(plan_year)
    wanted = _wanted(plan_year, user)
    marks = dict(ReadMark.objects.filter(plan_year=plan_year, member=user).values_list("anchor", "digest"))
    counts = opinion_counts(plan_year, user)
    begun = set(OpinionDraft.objects.filter(plan_year=plan_year, author=user).values_list("anchor", flat=True))
    places: dict[str, Place] = {}
    for place in found.places:
        if found.things[place.key].kind != GOAL and (wanted is None or wanted.has(place)):
            places.setdefault(place.key, place)

    def item(place: Place) -> Item:
        thing = found.things[place.key]
        group = FIRST if thing.why_first else found.goal(place.goal).key if place.goal else ""
        seen = marks.get(place.key)
        state = "unread" if seen is None else "read" if seen == digest(thing) else "changed"
        return Item(thing, group, state, counts.get(place.key, 0), place.key in begun)

    last = len(found.goals) + 1
    items = sorted(
        map(item, places.values()),
        key=lambda each: (
            each.group != FIRST,
            places[each.thing.key].goal or last,
            _ORDER[each.thing.kind],
        ),
    )
    return ReadingList(found, items, wanted is not None)


@dataclass
class _Wanted:
    goals: set[int]
    policies: set[str]
    keys: set[str]

    def has(self, place: Place) -> bool:
        return place.goal in self.goals or place.policy in self.policies or place.key in self.keys


def _wanted(plan_year: PlanYear, user: User) -> _Wanted | None:
    """What the person is asked to read; None: everything."""
    rows = Assignment.objects.filter(plan_year=plan_year, member=user).select_related("goal", "policy__goal")
    if not rows:
        return None
    return _Wanted(
        {row.goal.number for row in rows if row.goal_id},
        {row.policy.code for row in rows if row.policy_id},
        {f"{INITIATIVE}-{row.initiative_id}" for row in rows if row.initiative_id},
    )


def opinion_counts(plan_year: PlanYear, user: User) -> dict[str, int]:
    """How many opinions stand about each thing, as this person may know."""
    standing = Opinion.objects.visible_to(user).filter(plan_year=plan_year, state=Opinion.State.SUBMITTED)
    return dict(standing.order_by().values_list("anchor").annotate(Count("pk")))


def mark(plan_year: PlanYear, user: User, thing: Thing, *, read: bool) -> None:
    """読みました, with what stood there; or not yet."""
    if read:
        ReadMark.objects.update_or_create(
            plan_year=plan_year, member=user, anchor=thing.key, defaults={"digest": digest(thing), "at": timezone.now()}
        )
    else:
        ReadMark.objects.filter(plan_year=plan_year, member=user, anchor=thing.key).delete()


# --- In words -------------------------------------------------------------------------------------------


def heading(plan_year: PlanYear, found: ReadingList, user: User) -> str:
    """What a member's page opens with: until when to write, and how much is left to read."""
    if not user.is_committee:
        return f"委員は、{plan_year.label}の{len(found.items)}件を読んでいます"
    if not permissions.is_open(plan_year):
        return f"{plan_year.label}の{len(found.items)}件を読めます"
    until = f"{business_days.label(plan_year.committee_deadline)}まで、" if plan_year.committee_deadline else ""
    if found.left:
        return f"{until}あと{found.left}件を読んで、意見を書けます"
    return f"{until}意見を書けます。{len(found.items)}件は読み終えました"


def lead(found: ReadingList, user: User) -> str:
    if not user.is_committee:
        return "委員に開いている内容です。委員には、それぞれの分担だけが並びます。"
    if found.is_assigned:
        return (
            "あなたにお願いしている分です。先に読んでほしいものから並んでいます。ほかの分も、目標の名前から読めます。"
        )
    return "分担は決まっていないので、全部が並んでいます。関心のあるところから読んでください。"
