"""A dump loaded into another database still verifies: digests depend on no database's way of keeping a value."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from ledger import anchors, guard, verify
from tests.ledger.conftest import write_log

ROOT = Path(__file__).resolve().parents[2]


def elsewhere(tmp_path: Path, *command: str) -> str:
    """manage.py on a SQLite of its own."""
    env = os.environ | {
        "DATABASE_URL": f"sqlite:///{tmp_path}/other.sqlite3",
        "AYUMI_VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "AYUMI_DEBUG": "1",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.django_db(transaction=True)
def test_there_and_back(plan, plan_year, department, writer, coordinator, tmp_path):
    """On PostgreSQL this goes both ways: PostgreSQL → SQLite → PostgreSQL."""
    write_log(plan, plan_year, department, writer, coordinator, rounds=3)
    kept, there, back = anchors.head(), tmp_path / "there.json", tmp_path / "back.json"
    (tmp_path / "anchors.txt").write_text(f"{kept}\n")
    left_out = ("--exclude", "contenttypes", "--exclude", "auth.permission")
    call_command("dumpdata", *left_out, output=str(there), verbosity=0)
    elsewhere(tmp_path, "migrate", "--verbosity=0")
    elsewhere(tmp_path, "loaddata", str(there))
    said = elsewhere(tmp_path, "verify_ledger", "--anchor", str(tmp_path / "anchors.txt"))
    assert "台帳の33行と、その記録は、書かれたときのままです。控え1件とも合います。" in said
    elsewhere(tmp_path, "dumpdata", *left_out, "--output", str(back))
    guard.remove()
    call_command("flush", interactive=False, verbosity=0)
    assert anchors.head() is None and guard.missing() == []
    call_command("loaddata", str(back), verbosity=0)
    assert list(verify.verify([kept])) == []
    assert connection.vendor in ("sqlite", "postgresql")
