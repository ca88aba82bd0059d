"""Records are added and stand, by the ORM and by SQL; each has its entry in the same transaction."""

import threading
from importlib import import_module

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from accounts.models import AccountEvent, Department, User
from initiatives.models import FieldChange, Transition
from ledger import chain, content, guard, verify
from ledger.models import LedgerEntry
from ledger.records import record_models
from tests.factories import UserFactory
from tests.ledger.tampering import sql

TABLES = sorted([LedgerEntry._meta.db_table, *(model._meta.db_table for model in record_models())])


def test_the_kinds_of_records():
    assert {model.__name__ for model in record_models()} == {
        "AccountEvent", "CheckDecision", "EditionStep", "FieldChange", "FieldComment", "HandoverNote", "MeetingSnapshot",
        "PartMessage", "ReportEdition", "Transition", "YearTransition",
    }  # fmt: skip


def test_the_models_refuse_to_change_and_to_delete(log, meeting_snapshot):
    for model in record_models():
        row = model.objects.first()
        for refused in (row.save, row.delete, model.objects.all().delete, lambda m=model: m.objects.update(pk=1)):
            with pytest.raises(TypeError, match="append-only"):
                refused()
        with pytest.raises(TypeError, match="append-only"):
            model.objects.bulk_create([row], ignore_conflicts=True)


@pytest.mark.parametrize("table", TABLES)
def test_the_database_refuses_to_change_and_to_delete(log, meeting_snapshot, table):
    key = "position" if table == LedgerEntry._meta.db_table else "id"
    statements = [f"UPDATE {table} SET {key} = {key}", f"DELETE FROM {table}"]
    if connection.vendor == "postgresql":
        sql("SET CONSTRAINTS ALL IMMEDIATE")  # what is left to check would refuse TRUNCATE before the guard does
        statements.append(f"TRUNCATE {table} CASCADE")
    for statement in statements:
        before = LedgerEntry.objects.count()
        refused = pytest.raises(DatabaseError, match="記録は足すだけです。直すことも、消すこともできません")
        with refused as refusal, transaction.atomic():
            sql(statement)
        assert LedgerEntry.objects.count() == before
        if "TRUNCATE" not in statement:
            assert table in str(refusal.value)


def test_what_a_record_is_about_cannot_be_deleted_either(log, plan):
    with pytest.raises((DatabaseError, TypeError)), transaction.atomic():
        Transition.objects.first().part.delete()
    assert list(verify.verify([log])) == []


def test_a_guard_that_is_gone_is_noticed_and_comes_back(log):
    assert guard.missing() == []
    guard.remove()
    assert guard.missing() == TABLES
    guard.install()
    assert guard.missing() == []


def test_the_entry_falls_with_the_transaction(db):
    admin = UserFactory()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        AccountEvent.objects.create(what="しました。", by=admin, user=admin)
        assert LedgerEntry.objects.count() == 1
        _ = 1 / 0
    assert LedgerEntry.objects.count() == AccountEvent.objects.count() == 0


@pytest.mark.parametrize("count", [1, 50])
def test_many_records_cost_as_many_queries_as_one(db, count, django_assert_num_queries):
    changes = [
        FieldChange(model="initiatives.plan", object_id=1, field="name", old="前", new=str(number))
        for number in range(count)
    ]
    held = connection.vendor == "postgresql"
    with django_assert_num_queries(3 + held):  # the records, [the lock,] the last entry, the entries
        FieldChange.objects.bulk_create(changes)
    assert LedgerEntry.objects.count() == count
    assert list(verify.verify()) == []


def test_a_column_added_later_leaves_the_digests(db):
    assert content.digest(("a", "new", "b"), ("x", None, 1)) == content.digest(("a", "b", "new"), ("x", 1, ""))
    assert content.digest(("a",), (0,)) != content.digest(("a",), (None,)) != content.digest(("a",), (False,))


def test_the_form_of_the_hashes_never_changes(db):
    """Entries of years stand on them."""
    at = content.datetime(2026, 4, 1, 9, 0, 0, 123456, tzinfo=content.UTC)
    of_row = content.digest(("id", "what", "at", "by_id"), (7, "氏名を\r\n変えました。", at, None))
    assert of_row == "4e6d17fa3963e878d254706cd1383f6a0cebdcbb7ab992ef37b64e47a50e0957"
    assert (
        content.link(content.GENESIS, "accounts.accountevent", 7, of_row, at)
        == "423de6bba91aebc4edffc22021dbfc5ab29bd18de7ff5dae63dbe0b5925d7ce9"
    )


def test_records_of_an_older_release_are_chained_in_the_order_of_their_times(log):
    migration = import_module("ledger.migrations.0002_chain_what_is_there")
    guard.remove()
    sql("DELETE FROM ledger_ledgerentry")
    for table in ("reporting_editionstep", "reporting_reportedition"):  # kinds that it did not have
        sql(f"DELETE FROM {table}")
    guard.install()
    assert len(list(verify.verify())) == 72
    for _ in range(2):  # again does nothing
        migration.chain_records(apps, None)
        assert list(verify.verify()) == []
    assert set(migration.RECORDS) <= {model._meta.label for model in record_models()}
    steps = LedgerEntry.objects.filter(model="initiatives.transition").values_list("row_id", flat=True)
    assert list(steps) == list(Transition.objects.order_by("at").values_list("pk", flat=True))
    first, second = LedgerEntry.objects.order_by("position")[:2]
    assert (first.model, second.model) == ("initiatives.transition", "initiatives.fieldcomment")


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_moment_share_one_chain():
    """In threads with connections of their own; half of them change the row that they write about."""
    people = [UserFactory() for _ in range(6)]
    Department.objects.create(name="企画課")
    gate, wrong = threading.Barrier(len(people)), []

    def work(number: int, person: User) -> None:
        try:
            gate.wait()
            for turn in range(8):
                with chain.recording():
                    if number % 2:
                        Department.objects.update(position=turn)
                    AccountEvent.objects.create(what=f"{turn}回目", by=person, user=person)
                    FieldChange.objects.bulk_create(
                        FieldChange(model="accounts.user", object_id=person.pk, field="name", old="a", new=str(each))
                        for each in range(3)
                    )
        except Exception as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert LedgerEntry.objects.count() == 6 * 8 * 4
    assert list(verify.verify()) == []
