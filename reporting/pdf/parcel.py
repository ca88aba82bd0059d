"""What goes to a worker and what comes back. Plain data: neither WeasyPrint nor Django is loaded for it."""

import hashlib
import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Task:
    """What a worker gets: everything, so that it reads nothing else."""

    key: str
    html: str
    css: str
    tagged: bool = True
    contents: bool = False  # its lists are tagged as a table of contents


@dataclass(frozen=True)
class Rendered:
    """A chapter's pages and where things are on them; coordinates in PDF points from the lower left corner."""

    pdf: bytes
    pages: int
    anchors: dict[str, tuple[int, float]]  # name → page index, y
    bookmarks: list[tuple[int, str, int, float]]  # level, label, page index, y

    def pack(self) -> bytes:
        meta = json.dumps([self.pages, self.anchors, self.bookmarks], ensure_ascii=False).encode()
        body = len(meta).to_bytes(8, "big") + meta + self.pdf
        return hashlib.sha256(body).digest() + body

    @classmethod
    def unpack(cls, data: bytes) -> "Rendered":
        """Raises ValueError when the bytes are not those that were packed."""
        digest, body = data[:32], data[32:]
        if len(body) < 8 or hashlib.sha256(body).digest() != digest:
            raise ValueError("damaged chapter")
        end = 8 + int.from_bytes(body[:8], "big")
        pages, anchors, bookmarks = json.loads(body[8:end])
        places = {name: tuple(place) for name, place in anchors.items()}
        return cls(body[end:], pages, places, [tuple(mark) for mark in bookmarks])
