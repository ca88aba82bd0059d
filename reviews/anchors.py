"""What an opinion is about, as an address and a row name it: 取組, 成果指標, a chapter, 目標, or the whole report."""

import re
from dataclasses import dataclass

GOAL, INITIATIVE, INDICATOR, CHAPTER, REPORT = "goal", "initiative", "indicator", "chapter", "report"
# A chapter is named by its goal's number (0: of the whole report) and its kind; an initiative and an indicator by their
# rows, so that renumbering takes nothing away from what was said; a goal by its number in the plan.
_KEY = re.compile(r"(?:(goal|initiative|indicator)-([1-9][0-9]{0,8})|chapter-([0-9]{1,3})-([a-z_]{1,24})|report)")
LONGEST = 60


@dataclass(frozen=True)
class Anchor:
    kind: str
    number: int = 0
    section: str = ""  # of a chapter

    @classmethod
    def parse(cls, key: str) -> "Anchor":
        """Raises ValueError for what is no such name."""
        match = _KEY.fullmatch(key)
        if match is None:
            raise ValueError(key)
        kind, number, goal, section = match.groups()
        if kind:
            return cls(kind, int(number))
        return cls(CHAPTER, int(goal), section) if section else cls(REPORT)

    @property
    def key(self) -> str:
        return "-".join(filter(None, [self.kind, "" if self.kind == REPORT else str(self.number), self.section]))
