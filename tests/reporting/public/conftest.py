"""Editions that are public, and a reader who never signed in."""

import hashlib
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from reporting.public import source


class Shelf(list):
    """Public editions, as the query gives them."""

    def __init__(self):
        super().__init__()
        self.contents = {}

    def publish(self, report, number=1, *, last=None, plan=1):
        digest = hashlib.sha256(repr((report, last)).encode()).hexdigest()
        key = len(self.contents) + 1
        at = datetime(2026, 12, 11, 3, number, tzinfo=UTC)
        self.append((key, plan, report.fiscal_year, number, digest, at.isoformat(" ")))
        self.contents[key] = source.Content(report, last)
        self.sort(key=lambda row: (row[1], -row[2], -row[3]))
        return key

    def withdraw(self, key):
        self[:] = [row for row in self if row[0] != key]


@pytest.fixture
def editions(monkeypatch, settings, tmp_path):
    settings.PUBLIC_CACHE_DIR = tmp_path / "pages"
    shelf = Shelf()
    monkeypatch.setattr(source, "_rows", lambda: tuple(shelf))
    monkeypatch.setattr(source, "_read", lambda key, digest: shelf.contents[key])
    return shelf


@pytest.fixture
def at():
    """The address of a page of 令和6年度."""

    def inner(page, **about):
        of = {"plan_id": 1, "fiscal_year": 2024}
        return reverse(f"public:{page}", kwargs=of | about)

    return inner
