"""Pages are made once, kept whole, and never out of date."""

import gzip
import threading
from pathlib import Path

import pytest

from reporting.public import cache
from reporting.public.cache import Shelf


@pytest.fixture
def shelf(settings, tmp_path):
    settings.PUBLIC_CACHE_DIR = tmp_path / "pages"
    return Shelf.of(1, "these editions")


class Maker:
    def __init__(self, made="<p>本文</p>"):
        self.made, self.times = made, 0

    def __call__(self):
        self.times += 1
        return self.made


def test_made_once(shelf):
    make = Maker()
    first, second = shelf.get("a", make), shelf.get("a", make)
    assert make.times == 1
    assert first == second
    assert first.plain == "<p>本文</p>".encode()
    assert gzip.decompress(first.body) == first.plain


def test_a_file_that_is_packed_already_is_kept_as_it_is(shelf):
    assert shelf.get("a.zip", Maker(b"PK"), packed=False).body == b"PK"


def test_equal_pages_are_equal_bytes(settings, tmp_path, shelf):
    first = shelf.get("a", Maker())
    settings.PUBLIC_CACHE_DIR = tmp_path / "elsewhere"
    again = Shelf.of(1, "these editions").get("a", Maker())
    assert (again.body, again.digest) == (first.body, first.digest)


def test_what_goes_wrong_keeps_nothing(shelf):
    def fail():
        raise ValueError

    with pytest.raises(ValueError):
        shelf.get("a", fail)
    assert not Path(shelf.folder).exists()
    assert shelf.get("a", Maker()).plain


@pytest.mark.parametrize(
    "damage", [lambda path: path.write_bytes(path.read_bytes()[:-3]), lambda path: path.write_bytes(b"")]
)
def test_a_damaged_file_is_made_anew(shelf, damage):
    make = Maker()
    before = shelf.get("a", make)
    (path,) = Path(shelf.folder).iterdir()
    damage(path)
    assert shelf.get("a", make).body == before.body
    assert make.times == 2
    assert shelf.get("a", make).body == before.body
    assert make.times == 2


def test_two_at_once_leave_one_whole_file(shelf):
    waiting, found = threading.Barrier(8), []

    def make():
        waiting.wait(10)
        return "頁" * 50_000

    threads = [threading.Thread(target=lambda: found.append(shelf.get("a", make))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert {each.plain for each in found} == {("頁" * 50_000).encode()}
    assert len(list(Path(shelf.folder).iterdir())) == 1


def test_a_full_disk_shows_the_page_all_the_same(shelf, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cache.tempfile, "NamedTemporaryFile", full)
    assert shelf.get("a", Maker()).plain == "<p>本文</p>".encode()


def test_another_program_makes_its_own_pages(shelf, settings):
    before = cache.maker()
    settings.BASE_URL = "https://ayumi.example.jp"
    cache._identity.cache_clear()
    try:
        assert cache.maker() != before
        assert Shelf.of(1, "these editions").folder != shelf.folder
    finally:
        cache._identity.cache_clear()


def test_old_pages_are_thrown_away(settings, tmp_path):
    settings.PUBLIC_CACHE_DIR = tmp_path / "pages"
    shelves = [Shelf.of(1, str(number)) for number in range(6)]
    other = Shelf.of(2, "0")
    for each in (other, *shelves):
        each.get("a", Maker())
    assert [Path(each.folder).is_dir() for each in shelves] == [False] * 3 + [True] * 3
    assert Path(other.folder).is_dir()
