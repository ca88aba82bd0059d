"""The dictionary of right and wrong words. Ayumi brings some (terms.csv); a city adds its own (initiatives/dictionary.py).

kind: spelling  `word` should be `right`
      ruling    the committee asked for other words
      name      a proper name spelled otherwise
      mixed     two forms of one name must not stand in one text
      loan      カタカナ語 to be explained once; `right` is the explanation
      easy      a word that is hard to understand, with an easier one: asked for in やさしい日本語 alone
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

KINDS = {
    "spelling": "表記",
    "ruling": "委員会の決まり",
    "name": "固有名詞",
    "mixed": "呼び方の混在",
    "loan": "カタカナ語",
    "easy": "やさしい言いかえ",
}
MENDABLE = ("spelling", "ruling", "name")  # a wrong form with the right one to put in its place
_FILE = Path(__file__).with_name("terms.csv")


@dataclass(frozen=True)
class Term:
    """`allowed`: longer words in which `word` is right; so is `right` itself, where it holds `word`.

    pattern, template: of a term that stands for more than its own word (行なう, 行なった …); only Ayumi's own have them.
    """

    kind: str
    word: str
    right: str
    why: str = ""
    allowed: tuple[str, ...] = ()
    pattern: re.Pattern | None = field(default=None, compare=False)
    template: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.word

    @property
    def name(self) -> str:
        """The key on a form."""
        return f"{self.kind}:{self.word}"

    def uses(self, text: str) -> Iterator[tuple[int, int, str]]:
        """(start, end, what should stand there) of every use that is wrong, in order."""
        if self.pattern is None and self.word not in text:
            return
        pattern = self.pattern or re.compile(re.escape(self.word))
        for match in pattern.finditer(text):
            quoted = self.kind == "spelling" and _is_quoted(text, match.start())
            if not quoted and not self._is_allowed(text, *match.span()):
                yield *match.span(), match.expand(self.template) if self.template else self.right

    def mended(self, text: str) -> str:
        """The text with every wrong use put right."""
        for start, end, right in reversed(list(self.uses(text))):
            text = text[:start] + right + text[end:]
        return text

    def _is_allowed(self, text: str, start: int, end: int) -> bool:
        own = (self.right,) if self.word in self.right else ()
        return any(_covers(text, longer, start, end) for longer in (*self.allowed, *own))


def _covers(text: str, longer: str, start: int, end: int) -> bool:
    """Whether a use stands within the longer word."""
    at = text.find(longer, max(0, end - len(longer)))
    return 0 <= at <= start


def _is_quoted(text: str, position: int) -> bool:
    """Inside 「」: the name of a law or of another city's paper is not ours to change."""
    return text.rfind("「", 0, position) > text.rfind("」", 0, position)


@dataclass(frozen=True)
class Terms:
    terms: tuple[Term, ...] = ()

    def of(self, *kinds: str) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if term.kind in kinds)

    def named(self, name: str) -> Term | None:
        """The mendable term of that Term.name."""
        return next((term for term in self.of(*MENDABLE) if term.name == name), None)

    def mended(self, text: str) -> str:
        for term in self.of(*MENDABLE):
            text = term.mended(text)
        return text


@lru_cache(maxsize=32)
def shipped(city: str) -> Terms:
    """The terms that come with Ayumi: those of every city, and those of this one."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["city"] in ("", city)]
    return Terms(
        tuple(
            Term(
                row["kind"], row["word"], row["right"], row["why"], tuple(filter(None, row["allowed"].split("|"))),
                re.compile(row["pattern"]) if row["pattern"] else None, row["template"],
            )
            for row in rows
        )
    )  # fmt: skip
