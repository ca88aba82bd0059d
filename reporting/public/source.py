"""Which editions are public, and what they say. Nothing else of the database reaches a public page.

`_rows` is the one query of every request. An edition's report is read once in a process, when something has to be
made of it, and kept by its digest: what an edition says never changes.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache

from django.db.models import Case, CharField, Count, DateField, OuterRef, Subquery, When
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils import timezone

from config.prepared import Given, Prepared
from initiatives import fiscal_year as fy
from reporting.models import EditionStep, ReportBuild, ReportEdition, VoiceCall
from reporting.snapshot import Direction, Goal, Indicator, Policy, Report, Row

KEPT_IN_MEMORY = 12  # reports: two plans of six years
NONE, READ, SEND = 0, 1, 2  # of a year: no call for opinions has begun, one is over, one is open today


@dataclass(frozen=True)
class Place:
    """A row with what it stands under."""

    goal: Goal
    policy: Policy
    direction: Direction
    row: Row


class Content:
    """What an edition says, with ways to find things in it."""

    def __init__(self, report: Report, last: Report | None):
        self.report, self.last = report, last

    @cached_property
    def places(self) -> dict[str, Place]:
        """By the code of the row, in plan order."""
        return {
            row.code: Place(goal, policy, direction, row)
            for goal in self.report.goals
            for policy in goal.policies
            for direction in policy.directions
            for row in direction.rows
        }

    @cached_property
    def goals(self) -> dict[int, Goal]:
        return {goal.number: goal for goal in self.report.goals}

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        return {indicator.code: indicator for indicator in self.report.indicators}


@dataclass(frozen=True)
class Published:
    """An edition that is public."""

    key: int  # of its record
    plan: int
    year: int
    number: int
    label: str  # 第2版
    digest: str
    published_at: datetime
    file_count: int  # of those that are finished
    voices: int  # NONE, READ or SEND: whether the public can send an opinion, or read what was sent

    @property
    def content(self) -> Content:
        return _read(self.key, self.digest)

    @property
    def report(self) -> Report:
        return self.content.report

    @property
    def last_report(self) -> Report | None:
        return self.content.last

    @property
    def files(self) -> dict[str, ReportBuild]:
        """The finished files by their kind."""
        return {build.kind: build for build in _files().filter(edition=self.key).order_by("finished_at")}

    @property
    def year_label(self) -> str:
        return fy.label(self.year)

    @property
    def short(self) -> str:
        return fy.short(self.year)

    @cached_property
    def facts(self) -> str:
        """All that a page can say of the edition without reading it, and the digest of the rest."""
        at = self.published_at.isoformat()
        return f"{self.plan}/{self.year}/{self.number}/{self.digest}/{at}/{self.file_count}/{self.voices}"


@dataclass(frozen=True)
class Site:
    """The pages of one edition, with the other public editions of its plan."""

    edition: Published
    editions: tuple[Published, ...]  # newest year first, its newest edition first
    pinned: bool  # asked for by its number: stays this edition when a newer one is published

    @property
    def content(self) -> Content:
        return self.edition.content

    @property
    def report(self) -> Report:
        return self.edition.report

    @cached_property
    def same_year(self) -> tuple[Published, ...]:
        return tuple(each for each in self.editions if each.year == self.edition.year)

    @property
    def before(self) -> Published | None:
        """The public edition of the year before this one."""
        return before(self.edition, self.editions)

    @property
    def newest(self) -> Published:
        """Of the year."""
        return self.same_year[0]

    @property
    def is_newest(self) -> bool:
        return self.edition == self.newest

    @cached_property
    def years(self) -> tuple[Published, ...]:
        """The newest edition of each year, newest year first; of this year the edition itself."""
        found = {each.year: each for each in reversed(self.editions)} | {self.edition.year: self.edition}
        return tuple(found[year] for year in sorted(found, reverse=True))

    @cached_property
    def key(self) -> str:
        """Of everything that can stand on pages of the plan."""
        return hashlib.sha256("\n".join(each.facts for each in self.editions).encode()).hexdigest()

    def address(self, page: str, **about) -> str:
        """Of a page of this edition."""
        return address(self.edition, page, pinned=self.pinned, **about)


def before(edition: Published, editions: tuple[Published, ...]) -> Published | None:
    """The public edition of the same year that came before it."""
    return next((each for each in editions if each.year == edition.year and each.number < edition.number), None)


def address(edition: Published, page: str, *, pinned: bool = False, **about) -> str:
    """Of a page of an edition; without `pinned`, of the newest edition of its year."""
    of = {"plan_id": edition.plan, "fiscal_year": edition.year}
    number = {"number": edition.number} if pinned else {}
    return reverse(f"public:{page}", kwargs=of | number | about)


def public() -> tuple[Published, ...]:
    """Every public edition, by plan, newest year first, newest edition first."""
    return _published(_rows())


def site(plan: int, year: int, number: int | None = None) -> Site | None:
    """The pages of a year's newest edition, or of the one with this number; None while there is none."""
    return _site(_rows(), plan, year, number)


# What follows from the rows is put together once for as long as they stay the same.


@lru_cache(maxsize=4)
def _published(rows: tuple[tuple, ...]) -> tuple[Published, ...]:
    """Digests stand behind the long texts of their rows: they are read only when something else is public than before."""
    editions = ReportEdition.objects.filter(pk__in=[key for key, *_ in rows]).order_by()
    digests = dict(editions.values_list("pk", "digest"))
    return tuple(
        Published(key, plan, year, number, ReportEdition(number=number).label, digests[key], _moment(at), files, voices)
        for key, plan, year, number, at, files, voices in rows
    )


@lru_cache(maxsize=64)
def _site(rows: tuple[tuple, ...], plan: int, year: int, number: int | None) -> Site | None:
    editions = tuple(each for each in _published(rows) if each.plan == plan)
    for each in editions:
        if each.year == year and number in (None, each.number):
            return Site(each, editions, pinned=number is not None)
    return None


def _moment(at: str) -> datetime:
    """SQLite keeps times in UTC, and does not say so."""
    moment = datetime.fromisoformat(at)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _rows() -> tuple[tuple, ...]:
    """The one query."""
    return tuple(_public(today=timezone.localdate()))


@Prepared
def _public():
    """The rule is the model's (ReportEdition.objects.public)."""
    published = EditionStep.objects.filter(edition=OuterRef("pk"), action=EditionStep.Action.PUBLISH)
    files = _files().filter(edition=OuterRef("pk")).order_by().values("edition").annotate(count=Count("pk"))
    today = Given("today", DateField())
    calls = VoiceCall.objects.filter(plan_year=OuterRef("plan_year"), opens_on__lte=today)
    state = Case(When(closes_on__gte=today, then=SEND), default=READ)
    editions = (
        ReportEdition.objects.public()
        .order_by("plan_year__plan_id", "-plan_year__fiscal_year", "-number")
        # As text: turning ten of them into times takes longer than asking for them.
        .annotate(
            published_at=Cast(Subquery(published.values("at")[:1]), CharField()),
            files=Coalesce(Subquery(files.values("count")), 0),
            voices=Coalesce(Subquery(calls.annotate(state=state).values("state")[:1]), NONE),
        )
    )
    columns = ("pk", "plan_year__plan_id", "plan_year__fiscal_year", "number", "published_at", "files", "voices")
    return editions.values_list(*columns)


# --- Only when something has to be made -----------------------------------------------------------------


@lru_cache(maxsize=KEPT_IN_MEMORY)
def _read(key: int, digest: str) -> Content:
    edition = ReportEdition.objects.get(pk=key)
    return Content(edition.report, edition.last_report)


def _files():
    """The finished files of whole editions."""
    return ReportBuild.objects.filter(status=ReportBuild.Status.DONE, excerpt="")
