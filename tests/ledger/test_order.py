"""The ledger is held before any shared row is: two transactions can never wait for each other (PostgreSQL)."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import register
from initiatives import agreed_rating, attachments, deadlines, history, review, saving, workflow, year_cycle
from initiatives.models import EntryPart, PendingChange, PlanYear
from reporting import edition_cycle
from tests.factories import make_entry, make_initiative

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL locks rows"),
]

LOCKS_ROWS = re.compile(r"^(UPDATE|DELETE)|FOR UPDATE")


@pytest.fixture
def part(plan, plan_year, department):
    entry = make_entry(make_initiative(plan, "1-1-1-1", department), status="draft", rating="A")
    return EntryPart.objects.select_related("entry__initiative__plan", "department").get(entry=entry)


WRITES = {
    "保存": lambda part, year, writer, office: saving.save(part, {"result": "新"}, {"result": part.result}, by=writer),
    "欄の変更": lambda part, year, writer, office: history.save_changes(part, {"issues": "新"}, by=writer),
    "段階": lambda part, year, writer, office: workflow.perform(
        part, "request_confirmation", by=writer, plan_year=year
    ),
    "承認": lambda part, year, writer, office: review.take_steps([part], "approve", by=office, plan_year=year),
    "評価": lambda part, year, writer, office: agreed_rating.set_rating(part.entry, "B", "話し合い", office),
    "年度": lambda part, year, writer, office: year_cycle.perform(year, "close", by=office),
    "確定": lambda part, year, writer, office: edition_cycle.finalize(year, by=office, reason="審議が終わった"),
    "公表": lambda part, year, writer, office: edition_cycle.publish(year.editions.get(), by=office, reason="同じ"),
    "再開": lambda part, year, writer, office: edition_cycle.reopen(year.editions.get(), by=office, reason="数の誤り"),
    "期限": lambda part, year, writer, office: deadlines.change(
        year, {"department_deadline": timezone.localdate()}, by=office
    ),
    "資料": lambda part, year, writer, office: attachments.add(part, b"%PDF-1.7\n%%EOF", "a.pdf", "", by=writer),
    "停止": lambda part, year, writer, office: register.set_active(writer, False, by=office),
    "鍵": lambda part, year, writer, office: register.set_password(writer, "x" * 12, by=office),
}


@pytest.mark.parametrize("name", WRITES)
def test_the_ledger_comes_first(part, plan_year, writer, coordinator, admin, name):
    write = WRITES[name]
    if name == "承認":
        EntryPart.objects.filter(pk=part.pk).update(status="submitted")
        part.refresh_from_db()
    if name in ("確定", "公表", "再開"):
        PlanYear.objects.filter(pk=plan_year.pk).update(status="committee")
        plan_year.refresh_from_db()
    if name in ("公表", "再開"):
        edition_cycle.finalize(plan_year, by=coordinator, reason="審議が終わった")
    assert_held_first(lambda: write(part, plan_year, writer, coordinator))


def test_also_when_typing_ends_what_a_colleague_had_begun(part, writer, manager):
    PendingChange.objects.create(model="initiatives.entrypart", object_id=part.pk, field="issues", old="前", by=manager)
    assert_held_first(
        lambda: saving.save(
            part, {"next_target": "新", "issues": "新"}, {"next_target": part.entry.next_target, "issues": part.issues},
            by=writer, draft=True,
        )
    )  # fmt: skip


def test_typing_alone_does_not_hold_the_ledger(part, writer):
    with CaptureQueriesContext(connection) as captured:
        saving.save(part, {"result": "新"}, {"result": part.result}, by=writer, draft=True)
    assert not [query for query in captured if "advisory" in query["sql"] or "ledger" in query["sql"]]


def assert_held_first(write) -> None:
    with CaptureQueriesContext(connection) as captured:
        write()
    said = [query["sql"] for query in captured]
    held = next(at for at, words in enumerate(said) if "pg_advisory_xact_lock" in words)
    locking = next(at for at, words in enumerate(said) if LOCKS_ROWS.search(words))
    assert held < locking, said[: held + 1]
    assert any('INSERT INTO "ledger_ledgerentry"' in words for words in said)
