"""Written text for print: paragraphs, headings, and how much of it stands beside the figures in the margin."""

import re
from dataclasses import dataclass

from reporting.snapshot import Section

LINE = 35  # characters of a line beside a margin
MARGIN_HEIGHT = 7 * LINE  # what the figures in the margin take up

_ITEM = re.compile(r"[①-⑳●○◆◇■□]")
_SUB = re.compile(r"[（(][0-9０-９]{1,2}[)）]")


@dataclass(frozen=True)
class Block:
    kind: str  # "p", "dot", "item" and "sub" (hang under their sign) or "note" (※)
    text: str


def blocks(text: str) -> list[Block]:
    """The paragraphs of a written text, one a line, as typed."""
    lines = (line.strip() for line in text.splitlines())
    return [Block(_kind(line), line) for line in lines if line]


def _kind(line: str) -> str:
    if line.startswith("※"):
        return "note"
    if line[0] in "・･":
        return "dot"
    if _SUB.match(line):
        return "sub"
    return "item" if _ITEM.match(line) else "p"


@dataclass(frozen=True)
class Written:
    """A written section ready for print: its heading, or the printed report's own."""

    heading: str
    blocks: list[Block]


def written(sections: dict[str, Section], kind: str, heading: str) -> Written | None:
    section = sections.get(kind)
    if section is None or not section.text.strip():
        return None
    return Written(section.heading.strip() or heading, blocks(section.text))


def opening(text: list[Block]) -> dict[str, list[Block]]:
    """The first paragraphs, as high as the figures in the margin beside them, and the rest."""
    count, length = 0, 0
    while count < len(text) and length < MARGIN_HEIGHT:
        length += len(text[count].text) + LINE // 2
        count += 1
    return {"lead": text[:count], "rest": text[count:]}


def numbered(number: int, heading: str) -> str:
    """「1　進捗管理・評価」, unless the heading brings its own number."""
    return heading if re.match(r"[0-9０-９①-⑳]", heading) else f"{number}　{heading}"
