"""What changed between two texts, for people to read: character by character, numbers kept whole. Pure."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_TOKENS = re.compile(r"[0-9０-９]+(?:[,.，．][0-9０-９]+)*|.", re.DOTALL)
_SHORT = 2  # a common run this short between two changes only makes the change harder to read
_MOST = 4_000_000  # comparisons; beyond it the whole text is shown as replaced


@dataclass(frozen=True)
class Piece:
    kind: str  # "same" | "del" | "ins"
    text: str


def diff(before: str, after: str) -> list[Piece]:
    """Pieces in reading order; a deleted piece stands before the inserted one that takes its place."""
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    if len(old) * len(new) > _MOST:
        return _pieces([("replace", before, after)])
    steps = [
        (tag, "".join(old[a:b]), "".join(new[c:d]))
        for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    ]
    return _pieces(_without_crumbs(steps))


def excerpt(pieces: list[Piece], around: int = 20) -> list[Piece]:
    """The changes with little around them: what is the same is cut short with …."""
    last = len(pieces) - 1
    return [piece if piece.kind != "same" else _cut(piece, around, at, last) for at, piece in enumerate(pieces)]


def _cut(piece: Piece, around: int, at: int, last: int) -> Piece:
    before = piece.text[:around] if at > 0 else ""
    after = piece.text[-around:] if at < last else ""
    return piece if len(piece.text) <= len(before) + len(after) + 1 else Piece("same", f"{before}…{after}")


def _without_crumbs(steps: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Changes with only a crumb of common text between them become one change."""
    joined: list[tuple[str, str, str]] = []
    for index, (tag, old, new) in enumerate(steps):
        inner = 0 < index < len(steps) - 1
        if tag == "equal" and not (inner and len(old) < _SHORT):
            joined.append((tag, old, new))
        elif joined and joined[-1][0] != "equal":
            joined[-1] = ("replace", joined[-1][1] + old, joined[-1][2] + new)
        else:
            joined.append(("replace", old, new))
    return joined


def _pieces(steps: list[tuple[str, str, str]]) -> list[Piece]:
    pieces = []
    for tag, old, new in steps:
        if tag == "equal":
            pieces.append(Piece("same", old))
        else:
            pieces += [Piece(kind, text) for kind, text in (("del", old), ("ins", new)) if text]
    return pieces
