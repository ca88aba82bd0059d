"""A city with a log: records of every kind, written as the application writes them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AccountEvent
from initiatives.models import FieldChange, FieldComment, HandoverNote, PartMessage, Transition, YearTransition
from ledger import anchors
from reporting.models import CheckDecision, EditionStep, Meeting, MeetingSnapshot, ReportEdition
from tests.factories import make_entry, make_initiative


def write_log(plan, plan_year, department, writer, coordinator, *, rounds=8) -> None:
    """`rounds` times one record of each of the ten kinds, two of FieldChange."""
    part = make_entry(make_initiative(plan, "1-1-1-1", department), status="draft").parts.get()
    note = None
    for number in range(rounds):
        at = timezone.now() - timedelta(hours=rounds - number)
        step = Transition.objects.create(
            part=part, action="return", from_status="submitted", to_status="returned", by=coordinator, at=at,
            reason=f"{number}回目の差戻し", version=number + 1,
        )  # fmt: skip
        FieldComment.objects.bulk_create([FieldComment(transition=step, field="result", text=f"実績の{number}")])
        FieldChange.objects.bulk_create(
            FieldChange(
                model="initiatives.entrypart",
                object_id=part.pk,
                field=field,
                old=f"前{number}",
                new=f"後{number}",
                by=writer,
            )
            for field in ("result", "issues")
        )
        YearTransition.objects.create(
            plan_year=plan_year, action="start", from_status="preparing", to_status="collecting", by=coordinator
        )
        PartMessage.objects.create(part=part, by=writer, from_office=False, text=f"{number}つ目の質問\r\nです。")
        AccountEvent.objects.create(what=f"{number}を変えました。", by=coordinator, user=writer)
        note = HandoverNote.objects.create(department=department, text=f"メモ{number}", by=writer, replaces=note)
        CheckDecision.objects.create(
            plan_year=plan_year,
            finding=f"{number:024}",
            basis="b",
            kind="accept",
            reason="資料のとおり",
            by=coordinator,
        )
        edition = ReportEdition.objects.create(
            plan_year=plan_year,
            number=number + 1,
            made_by=coordinator,
            snapshot=f"{{{number}}}",
            digest=f"{number:064}",
        )
        EditionStep.objects.create(edition=edition, action="finalize", by=coordinator, reason=f"理由{number}")


@pytest.fixture
def log(plan, plan_year, department, writer, coordinator):
    write_log(plan, plan_year, department, writer, coordinator)
    return anchors.head()


@pytest.fixture
def meeting_snapshot(plan_year, coordinator):
    """One record of the kind that is younger than the ledger."""
    meeting = Meeting.objects.create(plan_year=plan_year, number=1, held_on=timezone.localdate())
    return MeetingSnapshot.objects.create(meeting=meeting, content="{}", digest="0", by=coordinator)
