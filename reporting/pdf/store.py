"""Finished chapters, kept as files under a key of everything they are made of."""

import hashlib
import os
import tempfile
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from reporting.pdf import fonts
from reporting.pdf.parcel import Rendered, Task

KEEP = 400  # files; a report has about 30 chapters, so some ten versions of it


@lru_cache(maxsize=1)
def _maker() -> str:
    """Changes with whatever draws the pages: our own two modules, WeasyPrint and what it writes with, the fonts."""
    here = Path(__file__).parent
    code = hashlib.sha256(b"".join((here / name).read_bytes() for name in ("renderer.py", "tidy.py"))).hexdigest()
    return "|".join((code, version("weasyprint"), version("pydyf"), fonts.identity()))


def key(task: Task) -> str:
    made_of = (_maker(), task.css, task.html, str(task.tagged), str(task.contents))
    return hashlib.sha256("\0".join(made_of).encode()).hexdigest()


class Store:
    """A folder of chapters; without a folder nothing is found and nothing is kept."""

    def __init__(self, folder: Path | None):
        self.folder = Path(folder) if folder else None

    def _path(self, task: Task) -> Path:
        return self.folder / f"{key(task)}.chapter"

    def get(self, task: Task) -> Rendered | None:
        """The kept chapter; None when there is none or when its file is damaged."""
        if self.folder is None:
            return None
        path = self._path(task)
        try:
            rendered = Rendered.unpack(path.read_bytes())
            os.utime(path)  # the oldest are pruned first
        except (OSError, ValueError):
            return None
        return rendered

    def put(self, task: Task, packed: bytes) -> None:
        """Keep a chapter. A full disk costs time at the next build, not this one."""
        if self.folder is None:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.folder, suffix=".part", delete=False) as part:
                part.write(packed)
            # Another build may write the same chapter at the same moment: both write the same bytes.
            os.replace(part.name, self._path(task))
        except OSError:
            return

    def prune(self) -> None:
        if self.folder is None or not self.folder.is_dir():
            return
        ages = []
        for path in self.folder.iterdir():
            try:
                ages.append((path.stat().st_mtime, path))
            except OSError:
                continue  # pruned by another build
        for _, path in sorted(ages)[:-KEEP]:
            path.unlink(missing_ok=True)
