"""A kept file is there as a whole or not at all."""

import errno
import os

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from config.storage import WholeFileStorage


@pytest.fixture
def storage(tmp_path):
    return WholeFileStorage(location=tmp_path)


def names(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_it_is_the_one_in_use():
    assert isinstance(default_storage, WholeFileStorage)


def test_a_file_is_kept_byte_by_byte_under_a_free_name(storage, tmp_path):
    content = os.urandom(200_000)
    first, second = (storage.save("a/b.bin", ContentFile(content)) for _ in range(2))
    assert (first, second != first) == ("a/b.bin", True)
    assert [(tmp_path / name).read_bytes() == content for name in (first, second)] == [True, True]
    assert len(names(tmp_path)) == 2
    assert (tmp_path / first).stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("point", ["write", "fsync", "rename"])
def test_nothing_is_left_when_the_disk_is_full(storage, tmp_path, monkeypatch, point):
    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    content = ContentFile(b"x" * 1000)
    if point == "write":
        monkeypatch.setattr(content, "chunks", full)
    elif point == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    else:
        monkeypatch.setattr("django.core.files.storage.filesystem.file_move_safe", full)
    with pytest.raises(OSError, match="No space"):
        storage.save("a/b.bin", content)
    assert names(tmp_path) == []
