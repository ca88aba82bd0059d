"""Chains the records that an older release wrote, in the order of their times. From here on they cannot be changed unseen."""

from django.db import migrations

from ledger import chain

# Kind of record, and where its time stands: this is the order of records that were written at the same moment.
RECORDS = {
    "accounts.AccountEvent": "at",
    "initiatives.YearTransition": "at",
    "initiatives.Transition": "at",
    "initiatives.FieldComment": "transition__at",
    "initiatives.FieldChange": "at",
    "initiatives.PartMessage": "at",
    "initiatives.HandoverNote": "at",
    "reporting.CheckDecision": "at",
}
AT_ONCE = 900


def chain_records(apps, schema_editor):
    ledger = apps.get_model("ledger", "LedgerEntry")
    known = set(ledger.objects.values_list("model", "row_id"))
    waiting = sorted(
        (at, place, pk, label)
        for place, (label, time) in enumerate(RECORDS.items())
        for pk, at in apps.get_model(label).objects.values_list("pk", time)
        if (label.lower(), pk) not in known
    )
    for start in range(0, len(waiting), AT_ONCE):
        chain.append(_rows(apps, [(label, pk) for _, _, pk, label in waiting[start : start + AT_ONCE]]), ledger)


def _rows(apps, wanted):
    found = {}
    for label in RECORDS:
        rows = apps.get_model(label).objects.in_bulk([pk for kind, pk in wanted if kind == label])
        found |= {(label, pk): row for pk, row in rows.items()}
    return [found[each] for each in wanted]


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0001_ledger"),
        ("accounts", "0004_handled_request"),
        ("initiatives", "0008_writing"),
        ("reporting", "0003_checks"),
    ]

    operations = [migrations.RunPython(chain_records, migrations.RunPython.noop)]
