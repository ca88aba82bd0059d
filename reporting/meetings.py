"""会議 of the committee and the exact words that each had before it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db import IntegrityError, transaction

from accounts.models import User
from initiatives import history
from initiatives.history import Conflict
from initiatives.models import PlanYear
from ledger.chain import recording
from reporting.models import Meeting, MeetingSnapshot
from reporting.opened import opened_report
from reporting.reading import CHAPTER, GOAL, INDICATOR, INITIATIVE, Reading, Rows, Thing, digest, reading_of
from reporting.snapshot import dumps, loads

FIELDS = ("number", "held_on", "place", "agenda", "edition")


class NumberTaken(Exception):
    """There is a meeting of that number already."""


def of_year(plan_year: PlanYear) -> list[Meeting]:
    """In the order in which they are held, each with its `versions`, newest first and without their long texts."""
    meetings = list(Meeting.objects.filter(plan_year=plan_year))
    kept = MeetingSnapshot.objects.filter(meeting__in=meetings).select_related("by").defer("content")
    for meeting in meetings:
        meeting.versions = []
    by_pk = {meeting.pk: meeting for meeting in meetings}
    for version in kept:
        by_pk[version.meeting_id].versions.append(version)
    return meetings


@recording()
def save(meeting: Meeting, values: Mapping, *, by: User, version: int) -> bool:
    """Write a meeting, new or known. `version`: as it was read, 0 for a new one. Raises Conflict, NumberTaken."""
    if (meeting.version if meeting.pk else 0) != version:
        raise Conflict(str(meeting))
    try:
        with transaction.atomic():
            if meeting.pk is None:
                for name, value in values.items():
                    setattr(meeting, name, value)
                meeting.save(force_insert=True)
                return True
            return bool(history.save_changes(meeting, values, by=by))
    except IntegrityError:
        raise NumberTaken from None


@recording()
def freeze(meeting: Meeting, *, by: User) -> MeetingSnapshot | None:
    """Keep what is opened to the committee now, for this meeting. None when it is what was kept last."""
    content = dumps(opened_report(meeting.plan_year))
    made = hashlib.sha256(content.encode()).hexdigest()
    last = meeting.snapshots.defer("content").first()
    if last and last.digest == made:
        return None
    return MeetingSnapshot.objects.create(meeting=meeting, content=content, digest=made, by=by)


def is_whole(version: MeetingSnapshot) -> bool:
    """Whether the text still is the one that was kept."""
    return hashlib.sha256(version.content.encode()).hexdigest() == version.digest


def reading(version: MeetingSnapshot) -> Reading:
    """What the meeting had before it. The rows of today play no part: things are told apart by their place in the text."""
    report = loads(version.content)
    return reading_of(
        report,
        Rows(
            {row.code: place for place, row in enumerate(report.rows, start=1)},
            {series.code: place for place, series in enumerate(report.indicators, start=1)},
        ),
        {},
    )


# --- From one meeting to the next -------------------------------------------------------------------------


@dataclass(frozen=True)
class Changed:
    """What is another than it was before the meeting before."""

    thing: Thing
    is_new: bool


def before(version: MeetingSnapshot) -> MeetingSnapshot | None:
    """The version that was kept before this one, for whichever meeting of the year."""
    of_the_year = MeetingSnapshot.objects.filter(meeting__plan_year=version.meeting.plan_year)
    return of_the_year.filter(pk__lt=version.pk).select_related("meeting").order_by("-pk").first()


def changes(old: Reading, new: Reading) -> list[Changed]:
    """Initiatives, indicators and chapters that read otherwise, or are new, in the order of the report."""
    known = {_name(thing): _told(thing) for thing in old.things.values()}
    return [
        Changed(thing, _name(thing) not in known)
        for thing in new.things.values()
        if thing.kind in (INITIATIVE, INDICATOR, CHAPTER) and known.get(_name(thing)) != _told(thing)
    ]


def _name(thing: Thing) -> tuple[str, str]:
    """By what it is known again: its printed number, not its place."""
    if thing.kind == INITIATIVE:
        return thing.kind, thing.code
    return thing.kind, thing.series.code if thing.kind == INDICATOR else thing.key


def _told(thing: Thing) -> str:
    return digest(replace(thing, key="")) if thing.kind in (INITIATIVE, INDICATOR) else digest(thing)


def shown(found: Reading, goal: int | None) -> list[Thing]:
    """What the page of a goal (None: of the whole) shows."""
    of_goal = [found.goal(goal)] if goal else []
    kinds = (CHAPTER, INDICATOR, INITIATIVE)
    return of_goal + [thing for kind in kinds for thing in found.of(goal, kind) if thing.kind != GOAL]
