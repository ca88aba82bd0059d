"""The database is asked whether a commit is on the disk before it is answered for."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connection, transaction

from accounts.models import Department
from config import checks

SQLITE = [
    ("wal", 2, []),
    ("wal", 3, []),
    ("wal", 1, ["config.W002"]),
    ("delete", 2, ["config.W001"]),
    ("memory", 0, ["config.W001", "config.W002"]),
]


@pytest.mark.parametrize(("journal_mode", "synchronous", "problems"), SQLITE)
def test_sqlite(journal_mode, synchronous, problems):
    assert [each.id for each in checks._of_sqlite(journal_mode, synchronous)] == problems


def test_postgres():
    on = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "local"}
    assert checks._of_postgres(on) == []
    for name in on:
        (problem,) = checks._of_postgres(on | {name: "off"})
        assert problem.msg == f"PostgreSQLの {name} が off です。on にしてください。"


@pytest.mark.django_db
def test_the_database_is_asked_itself():
    """The tests' own SQLite does not wait for the disk, and is found out."""
    found = [problem.id for problem in checks.durability(databases=["default"])]
    if connection.vendor == "sqlite":
        assert found == ["config.W002"]
    else:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
        assert "config.W003" in [problem.id for problem in checks.durability(databases=["default"])]


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_wait_for_each_other():
    """Who reads first and then writes is not thrown out because another wrote in between."""

    def write(number: int) -> None:
        try:
            for turn in range(5):
                with transaction.atomic():
                    assert Department.objects.count() <= 20
                    time.sleep(0.005)
                    Department.objects.create(name=f"課{number}-{turn}")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert Department.objects.count() == 20


def test_the_settings_of_production_have_none(tmp_path):
    command = [sys.executable, "manage.py", "check", "--database", "default", "--fail-level", "WARNING"]
    environment = {
        "AYUMI_VAR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path / 'db'}", "PATH": "/usr/bin:/bin:/usr/sbin:/sbin",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }  # fmt: skip
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
