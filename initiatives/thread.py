"""The talk between a department and 福祉総務課 about a part: asked, answered, and read. Never printed."""

from collections.abc import Iterable, Sequence

from django.db.models import BooleanField, DateTimeField, Exists, OuterRef, QuerySet, Subquery

from accounts.models import User
from initiatives import permissions
from initiatives.grouping import grouped
from initiatives.models import EntryPart, PartMessage, PlanYear, ThreadRead

LONGEST = 2000
NO_ANSWER_NEEDED = "確認しました。"


def say(part: EntryPart, text: str, *, by: User) -> PartMessage:
    """Add a message. The same words pressed twice are said once."""
    last = part.messages.last()
    if last and last.by_id == by.pk and last.text == text:
        return last
    return PartMessage.objects.create(part=part, by=by, from_office=permissions.is_coordinating(by), text=text)


def of_part(part: EntryPart, user: User, plan_year: PlanYear) -> dict | None:
    """What _thread.html shows; None for whoever takes no part in the talk."""
    return next(iter(of_parts([part], user, plan_year)), None)


def of_parts(parts: Iterable[EntryPart], user: User, plan_year: PlanYear) -> list[dict]:
    """The talk about each part in which the person takes part. What is shown counts as read. One query."""
    parts = [part for part in parts if permissions.can_talk(user, part)]
    if not parts:
        return []
    read = ThreadRead.objects.filter(part=OuterRef("part"), user=user)
    said = (
        PartMessage.objects.visible_to(user)
        .filter(part__in=parts)
        .select_related("by")
        .annotate(read_at=Subquery(read.values("at")))
    )
    messages = grouped(said, "part_id")
    _mark_read(user, [of_part[-1] for of_part in messages.values()])
    return [
        {
            "part": part,
            "messages": messages[part.pk],
            "may_say": permissions.can_say(user, part, plan_year),
            "waiting": is_waiting(messages[part.pk]) and permissions.is_coordinating(user),
        }
        for part in parts
    ]


def is_waiting(messages: Sequence[PartMessage]) -> bool:
    """Whether the department has the last word: 福祉総務課 owes an answer."""
    return bool(messages) and not messages[-1].from_office


def _mark_read(user: User, latest: Iterable[PartMessage]) -> None:
    """Written only when there is something new: reading a page again writes nothing."""
    newer = [message for message in latest if message.read_at is None or message.read_at < message.at]
    if newer:
        ThreadRead.objects.bulk_create(
            [ThreadRead(part_id=message.part_id, user=user, at=message.at) for message in newer],
            update_conflicts=True,
            unique_fields=["part", "user"],
            update_fields=["at"],
        )


def _with_last_message(parts: QuerySet[EntryPart]) -> QuerySet[EntryPart]:
    last = PartMessage.objects.filter(part=OuterRef("pk")).order_by("-at", "-pk")
    return parts.annotate(
        said_at=Subquery(last.values("at")[:1], output_field=DateTimeField()),
        said_by_office=Subquery(last.values("from_office")[:1], output_field=BooleanField()),
    ).order_by("said_at", "pk")


def awaiting_answer(parts: QuerySet[EntryPart]) -> QuerySet[EntryPart]:
    """Of `parts`, those whose last word is the department's, the longest wait first."""
    return _with_last_message(parts).filter(said_by_office=False)


def unread_answers(parts: QuerySet[EntryPart], user: User) -> QuerySet[EntryPart]:
    """Of `parts`, those whose last word is 福祉総務課's and newer than what this person has read."""
    read = ThreadRead.objects.filter(part=OuterRef("pk"), user=user, at__gte=OuterRef("said_at"))
    return _with_last_message(parts).filter(said_by_office=True).exclude(Exists(read))
