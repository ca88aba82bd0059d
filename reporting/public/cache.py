"""Pages are made once and kept as files, under a key of everything they are made of.

The key holds the digests of the public editions and the identity of what makes pages of them (programs, templates,
stylesheet, settings). So nothing is ever out of date: what an edition taken back had made is asked for by nobody.
Two processes may make the same page at once: they write the same bytes, each beside the place, and then move them.
"""

import gzip
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import django
from django.conf import settings
from django.templatetags.static import static

from reporting.public.source import Site

KEEP = 3  # folders of a plan: what is public now, and what an older program still asks for while it is replaced
_DIGEST = 64  # characters at the beginning of a kept file
_PROGRAMS = ("reporting", "indicators", "initiatives")


@dataclass(frozen=True)
class Kept:
    """A page as it is sent: packed (gzip) unless its kind is packed already."""

    body: bytes
    digest: str
    modified: int  # seconds; when it was made
    is_packed: bool

    @property
    def plain(self) -> bytes:
        return gzip.decompress(self.body) if self.is_packed else self.body


@dataclass(frozen=True)
class Shelf:
    """A folder of kept pages."""

    folder: str

    @classmethod
    def of(cls, plan: int, made_of: str) -> "Shelf":
        """Of a plan (0: of all plans)."""
        return _shelf(settings.PUBLIC_CACHE_DIR, plan, made_of, maker())

    def get(self, name: str, make: Callable[[], str | bytes], *, packed: bool = True) -> Kept:
        """The page of that name, made now if it was not before. What `make` raises keeps nothing."""
        path = f"{self.folder}/{hashlib.sha256(name.encode()).hexdigest()}"
        found = _read(path, packed)
        if found is None:
            made = make()
            body = made.encode() if isinstance(made, str) else made
            body = gzip.compress(body, 6, mtime=0) if packed else body
            self._keep(path, body)
            # As it was written, with its time; without a place to write to, as it was made.
            found = _read(path, packed) or Kept(body, _digest(body), 0, packed)
        return found

    def _keep(self, path: str, body: bytes) -> None:
        """A full disk costs time at the next request, not this one."""
        folder = Path(self.folder)
        with suppress(OSError):
            if not folder.is_dir():
                folder.mkdir(parents=True, exist_ok=True)
                prune(folder.parent)
            with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as part:
                part.write(_digest(body).encode() + body)
            os.replace(part.name, path)


@lru_cache(maxsize=64)
def _shelf(root: Path, plan: int, made_of: str, maker: str) -> Shelf:
    key = hashlib.sha256(f"{maker}\n{made_of}".encode()).hexdigest()
    return Shelf(f"{root}/{plan}/{key[:32]}")


def shelf_of(site: Site) -> Shelf:
    return Shelf.of(site.edition.plan, site.key)


def _read(path: str, packed: bool) -> Kept | None:
    """None where nothing is kept, or a file is damaged."""
    try:
        with open(path, "rb") as file:
            content, modified = file.read(), int(os.fstat(file.fileno()).st_mtime)
    except OSError:
        return None
    digest, body = content[:_DIGEST].decode("ascii", "replace"), content[_DIGEST:]
    return Kept(body, digest, modified, packed) if _digest(body) == digest else None


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def prune(folder: Path) -> None:
    """Leave the folders that were begun last."""
    ages = []
    for each in folder.iterdir():
        with suppress(OSError):  # taken away by another process
            ages.append((each.stat().st_ctime_ns, each))
    for _, each in sorted(ages)[:-KEEP]:
        shutil.rmtree(each, ignore_errors=True)


def maker() -> str:
    """Changes with whatever makes the pages."""
    return _identity.__wrapped__() if settings.DEBUG else _identity()


@lru_cache(maxsize=1)
def _identity() -> str:
    digest = hashlib.sha256()
    for path in _sources():
        digest.update(path.read_bytes())
    said = (django.__version__, static("css/app.css"), settings.BASE_URL, *settings.OPEN_DATA_LICENCE)
    digest.update("\n".join(said).encode())
    return digest.hexdigest()


def _sources() -> Iterable[Path]:
    root = Path(settings.BASE_DIR)
    yield root / "static/css/app.css"
    yield from sorted((root / "templates").rglob("*.html"))
    for name in _PROGRAMS:
        yield from sorted((root / name).rglob("*.py"))
