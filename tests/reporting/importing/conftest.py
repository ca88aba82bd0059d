from pathlib import Path

import pytest

from reporting.importing.compare import commit, preview
from reporting.importing.workbook import read_workbook
from tests.reporting.importing import small

REAL = Path(__file__).resolve().parents[4] / "shared/data/kamakura-r6"


@pytest.fixture
def real():
    """The real report beside the repository; its words are never part of it."""
    if not REAL.is_dir():
        pytest.skip("実データ（../shared/data/kamakura-r6）がリポジトリの隣にないので、確かめていません")
    return REAL


@pytest.fixture
def directory(tmp_path):
    return small.write_directory(tmp_path)


@pytest.fixture
def take():
    """take(book) imports a workbook of R6 and gives the Preview."""

    def take(book=None, *, answers=None, by=None, year=2024, dry_run=False):
        content = book if isinstance(book, bytes) else small.content(book)
        source = read_workbook(content, year)
        return preview(source, answers, by) if dry_run else commit(source, answers, by)

    return take
