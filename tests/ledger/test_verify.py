"""Whatever is done to the log by SQL is found, and named. AYUMI_TAMPERINGS sets how many are tried."""

import os
import random

import pytest
from django.db import transaction

from ledger import anchors, guard, verify
from ledger.chain import append
from ledger.models import LedgerEntry
from tests.ledger import tampering
from tests.ledger.tampering import WAYS, campaign, model_of, sql, table_of

TRIED = int(os.environ.get("AYUMI_TAMPERINGS", 200))
ANY = 1 if os.environ.get("CI") == "true" else random.randrange(10**6)
SEED = int(os.environ.get("AYUMI_SEED", ANY))


def told(kept=()) -> list[str]:
    return [str(broken) for broken in verify.verify(kept)]


def test_an_untouched_log_is_whole(log):
    assert LedgerEntry.objects.count() == 88
    assert told([log]) == []


def test_every_tampering_is_found_and_named(log, capsys):
    found = campaign(TRIED, SEED, [log])
    with capsys.disabled():
        print(f"\ntamperings {found.tried.total()} (seed {SEED}), missed {len(found.missed)}: {dict(found.tried)}")
    assert found.missed == []
    assert set(found.tried) == {way.__name__ for way in WAYS}


@pytest.mark.parametrize(
    "name, blind, way",
    [
        ("_is_sound", lambda entry: entry is not None, tampering.change_entry),
        ("_wrong_record", lambda entry, record, seen: None, tampering.change_record),
        ("_wrong_record", lambda entry, record, seen: None, tampering.delete_record),
        ("_without_entry", lambda waiting: iter(()), tampering.insert_record),
        ("_against", lambda kept, hashes, last: iter(()), tampering.cut_tail),
        ("_against", lambda kept, hashes, last: iter(()), tampering.make_anew),
        ("_gap", lambda expected, position: verify.Broken("", ""), tampering.delete_entry),
    ],
)
def test_a_verifier_blind_in_one_eye_is_caught(log, monkeypatch, name, blind, way):
    monkeypatch.setattr(verify, name, blind)
    assert campaign(30, SEED, [log], (way,)).missed


def test_without_an_anchor_a_cut_tail_is_not_seen(log):
    """Why anchors are kept: what is left is whole in itself."""
    entry = LedgerEntry.objects.order_by("-position").first()
    guard.remove()
    sql(f"DELETE FROM {table_of(entry)} WHERE id = %s", entry.row_id)
    sql("DELETE FROM ledger_ledgerentry WHERE position = %s", entry.position)
    assert told() == []
    assert told([log]) == [
        f"【末尾の切り取り】{log.at:%Y-%m-%d %H:%M}の控えでは88番目までありましたが、いまは87番目までです。"
        "末尾が切り取られています。"
    ]


def test_what_was_taken_out_is_said_for_every_row(log):
    guard.remove()
    sql("DELETE FROM ledger_ledgerentry WHERE position BETWEEN 10 AND 12")
    lines = told([log])
    assert lines[0] == "【削除】台帳の10番目から12番目までが消されています。"
    assert len(lines) == 4  # and their three records stand there without entries


@pytest.mark.parametrize("value", ["ごみ", "", b"\xff\x00", 3.5, "2025-13-45 99:00:00"])
@pytest.mark.parametrize("column", ["at", "row_id", "model", "digest", "previous", "hash"])
def test_an_entry_that_cannot_be_read_is_broken(log, column, value):
    guard.remove()
    if not stands(f"UPDATE ledger_ledgerentry SET {column} = %s WHERE position = 5", value):
        return
    assert told([log])[0].startswith("【書き換え】台帳の5番目が書き換えられています")


@pytest.mark.parametrize("value", ["ごみ", b"\xff\x00", "2025-13-45 99:00:00"])
@pytest.mark.parametrize("column", ["at", "reason", "version"])
def test_a_record_that_cannot_be_read_is_broken(log, column, value):
    entry = LedgerEntry.objects.filter(model="initiatives.transition").first()
    guard.remove()
    if not stands(f"UPDATE initiatives_transition SET {column} = %s WHERE id = %s", value, entry.row_id):
        return
    first = told([log])[0]
    assert first.startswith("【書き換え】") and f"状態の変更 {entry.row_id}番、表 initiatives_transition" in first


def stands(statement: str, *values) -> bool:
    """Whether the database takes the statement; PostgreSQL refuses values of another kind."""
    try:
        with transaction.atomic():
            return sql(statement, *values) == 1
    except Exception:
        return False


def test_an_anchor_in_the_middle_tells_of_a_chain_made_anew(log):
    middle = LedgerEntry.objects.get(position=30)
    kept = anchors.Anchor(30, middle.hash, log.at)
    guard.remove()
    records = [model_of(row).objects.get(pk=row.row_id) for row in LedgerEntry.objects.all()]
    sql("DELETE FROM ledger_ledgerentry")
    append([*records[1:], records[0]])
    assert told() == []
    assert told([kept])[0].startswith("【書き換え】") and "台帳の30番目が別のものでした" in told([kept])[0]
