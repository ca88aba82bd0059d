"""Files are there as a whole or not at all."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage

UNFINISHED = ".part"


class WholeFileStorage(FileSystemStorage):
    """Writes beside the place, down to the disk, and then moves: a full disk or a kill leaves no half file.

    What a kill leaves behind ends in `.part`; no row ever names it.
    """

    def _save(self, name: str, content: File) -> str:
        folder = Path(self.path(name)).parent
        folder.mkdir(parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(dir=folder, suffix=UNFINISHED)
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in content.chunks():
                    file.write(chunk if isinstance(chunk, bytes) else chunk.encode())
                file.flush()
                os.fsync(file.fileno())
            return super()._save(name, _Written(unfinished))
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(unfinished)
            raise


class _Written(ContentFile):
    """A file that is on the disk already: Django moves what has a temporary_file_path."""

    def __init__(self, path: str):
        super().__init__(b"")
        self._path = path

    def temporary_file_path(self) -> str:
        return self._path
