"""The places at which a drill stops the process: there under drills.settings, and in production not at all."""

import os
import re
import signal
import subprocess
import sys

import pytest
from django.conf import settings

WRITES = """
import django; django.setup()
from django.db import connection, transaction
from drills import failpoints
failpoints.arm()
with connection.cursor() as cursor:
    cursor.execute("CREATE TABLE line (number integer)")
with transaction.atomic(), connection.cursor() as cursor:
    cursor.execute("INSERT INTO line VALUES (1)")
print("written")
"""


def write(folder, module: str, failpoint: str) -> subprocess.CompletedProcess:
    environment = os.environ | {
        "AYUMI_VAR": str(folder), "AYUMI_HTTPS": "0", "DATABASE_URL": f"sqlite:///{folder / 'db'}", "FAILPOINT": failpoint,
        "DJANGO_SETTINGS_MODULE": module,
    }  # fmt: skip
    command = [sys.executable, "-c", WRITES]
    return subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("point", ["before-first-write:1", "after-first-write:1", "before-commit:1", "after-commit:1"])
def test_a_drill_stops_there_and_production_does_not(tmp_path, point):
    done = write(tmp_path, "drills.settings", point)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "")
    (tmp_path / "db").unlink()
    done = write(tmp_path, "config.settings", point)
    assert (done.returncode, done.stdout) == (0, "written\n")


def test_nothing_of_the_product_knows_of_them():
    product = ["accounts", "config", "indicators", "initiatives", "reporting", "reviews"]
    files = [path for app in product for path in (settings.BASE_DIR / app).rglob("*.py")]
    assert len(files) > 100
    named = re.compile(r"FAILPOINT|failpoint|\bdrills\b")
    assert [path.name for path in files if named.search(path.read_text())] == []
