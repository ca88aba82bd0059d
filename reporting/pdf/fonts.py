"""The fonts of the PDF: BIZ UDPGothic of the system for everything, Ayumi Latin (ours) for figures.

A character that BIZ UDPGothic lacks would be drawn from any other font of the machine, or as an empty box. So it
is replaced before layout by 〓, the printers' sign for a missing type, and `missing_characters` names it beforehand.
"""

import hashlib
import re
import subprocess
import unicodedata
from functools import lru_cache
from pathlib import Path

FAMILY = "BIZ UDPGothic"
PACKAGE = "fonts-morisawa-bizud-gothic"
GETA = "〓"
_VOICED = re.compile("[\u3040-\u30ff][\u3099\u309a]")
LATIN_DIR = Path(__file__).resolve().parent / "faces"
# Addresses under which the fetcher hands out these files, and nothing else.
LATIN = {f"ayumi-font:latin-{weight}": LATIN_DIR / f"ayumi-latin-{weight}.ttf" for weight in (400, 700)}


def find(style: str) -> Path | None:
    """The file of a style ("Regular", "Bold") of the system's BIZ UDPGothic; None when it is not installed."""
    query = ["fc-match", "--format=%{family[0]}|%{style[0]}|%{file}", f"{FAMILY}:style={style}:lang=ja"]
    try:
        answer = subprocess.run(query, capture_output=True, text=True, timeout=20, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    family, found, path = (*answer.split("|"), "", "", "")[:3]
    return Path(path) if family == FAMILY and found == style else None


@lru_cache(maxsize=1)
def identity() -> str:
    """Changes with any font file: part of the key under which chapters are kept."""
    digest = hashlib.sha256()
    for path in (find("Regular"), find("Bold"), *LATIN.values()):
        digest.update(path.read_bytes() if path else b"-")
    return digest.hexdigest()


@lru_cache(maxsize=1)
def covered() -> frozenset[int]:
    """Code points that both weights can draw; empty when the font is missing (the system check says so)."""
    from fontTools.ttLib import TTFont

    files = [find("Regular"), find("Bold")]
    if None in files:
        return frozenset()
    return frozenset.intersection(*(frozenset(TTFont(path, lazy=True).getBestCmap()) for path in files))


# No glyph of their own: joiners, direction marks, variation selectors. Direction marks would turn lines around.
def _is_invisible(char: str) -> bool:
    return (
        unicodedata.category(char) in ("Cc", "Cf")
        or "\ufe00" <= char <= "\ufe0f"
        or "\U000e0100" <= char <= "\U000e01ef"
    )


def _replacement(char: str) -> str:
    if _is_invisible(char):
        return ""
    if unicodedata.category(char) == "Zs":
        return " "
    composed = unicodedata.normalize("NFC", char)
    return composed if len(composed) == 1 and ord(composed) in covered() else GETA


def _composed(text: str) -> str:
    """か + combining dakuten to が. Nothing else is normalised: a rare form of a character in a name stays itself."""
    return _VOICED.sub(lambda pair: unicodedata.normalize("NFC", pair[0]), text)


def drawable(text: str) -> str:
    """The text with every character that cannot be drawn replaced. Markup is ASCII and passes unchanged."""
    text = _composed(text)
    strange = {char for char in set(text) if ord(char) not in covered() and char not in "\n\t"} if covered() else ()
    return text.translate({ord(char): _replacement(char) for char in strange})


def missing_characters(text: str) -> list[str]:
    """Visible characters of a text that would be printed as 〓, in order of code."""
    strange = (char for char in set(_composed(text)) if ord(char) not in covered() and char not in "\n\t")
    return sorted(char for char in strange if _replacement(char) == GETA)
