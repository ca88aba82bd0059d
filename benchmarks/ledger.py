"""The ledger: reading it all against the records, and what chaining adds to the things people do."""

import logging
import time
from contextlib import contextmanager
from unittest import mock

from benchmarks import entry, importing, world
from benchmarks.measure import in_turn, queries, table
from initiatives import workflow
from initiatives.models import EntryPart, FieldChange
from ledger import anchors, chain, records, verify
from ledger.models import LedgerEntry
from reporting.importing.compare import Answers, commit
from reporting.importing.workbook import read_workbook

RECORDS = 100_000
TARGET = 60


def run() -> None:
    _costs()
    _verify()


def _verify() -> None:
    missing = RECORDS - LedgerEntry.objects.count()
    start = time.perf_counter()
    for first in range(0, missing, 2000):
        FieldChange.objects.bulk_create(_change(number) for number in range(first, min(first + 2000, missing)))
    written = time.perf_counter() - start
    start = time.perf_counter()
    broken = sum(1 for _ in verify.verify([anchors.head()]))
    seconds = time.perf_counter() - start
    assert broken == 0
    table(
        f"台帳を全部確かめる（目標：10万件を{TARGET}秒以下）",
        ["記録", "秒", "書いた秒", "1件（マイクロ秒）", "違うもの"],
        [[LedgerEntry.objects.count(), seconds, written, seconds / RECORDS * 1e6, broken]],
    )


def _change(number: int) -> FieldChange:
    return FieldChange(
        model="initiatives.entrypart", object_id=number, field="result", old=world.SENTENCE * 4, new=world.SENTENCE * 4
    )


def _costs() -> None:
    logging.getLogger("django_tasks").setLevel(logging.WARNING)
    rows = []
    # The import first: with more than one plan it would ask which one is meant.
    for name, make in (("取り込み（120行が変わる）", _import), ("自動の保存", _autosave), ("承認と取り消し", _approve)):
        call = make()
        alone = _unchained(call)
        times = in_turn({"鎖あり": call, "鎖なし": alone}, rounds=8 if "取り込み" in name else 40)
        rows.append(
            [name, times["鎖あり"], times["鎖なし"], times["鎖あり"] - times["鎖なし"], queries(call), queries(alone)]
        )
    table("台帳につなぐことの重さ", ["", "ms", "つながないと", "差", "問い合わせ", "つながないと"], rows)
    # What was written without the chain must not look like a tampering.
    with chain.recording():
        for model in records.record_models():
            known = LedgerEntry.objects.filter(model=model._meta.label_lower).values("row_id")
            chain.append(model.objects.exclude(pk__in=known).order_by("pk"))


@contextmanager
def _without_chain():
    with mock.patch.object(chain, "append", lambda rows: None):
        yield


def _unchained(call):
    def alone():
        with _without_chain():
            return call()

    return alone


def _autosave():
    return entry._calls(entry._collecting(52, world.INITIATIVES), entry._writer())["自動の保存"]


def _approve():
    plan_year = world.make_plan(51, years=2)[-1]
    office, parts = world.coordinator(), EntryPart.objects.select_related("entry__initiative__plan")
    pk = parts.filter(entry__initiative__plan=plan_year.plan, status="approved").last().pk

    def call():
        workflow.perform(parts.get(pk=pk), "reopen", by=office, plan_year=plan_year, reason="数が変わった")
        EntryPart.objects.filter(pk=pk).update(status="submitted")
        workflow.perform(parts.get(pk=pk), "approve", by=office, plan_year=plan_year)

    return call


def _import():
    contents = [importing.workbook(importing.CHANGED), importing.workbook()]
    commit(read_workbook(contents[1], importing.YEAR), Answers(), None)

    def call():
        contents.reverse()
        commit(read_workbook(contents[0], importing.YEAR), Answers(), None)

    return call
