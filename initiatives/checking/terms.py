"""The dictionary of right and wrong words, per city: terms.csv until a city keeps its own in the database.

kind: spelling  `word` should be `right`
      ruling    the committee asked for other words
      name      a proper name spelled otherwise
      mixed     two forms of one name must not stand in one text
      loan      カタカナ語 to be explained once; `right` is the explanation
`word` is a regular expression. A row with a city holds for that city alone.
"""

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

KINDS = {
    "spelling": "表記",
    "ruling": "委員会の決まり",
    "name": "固有名詞",
    "mixed": "呼び方の混在",
    "loan": "カタカナ語",
}
_FILE = Path(__file__).with_name("terms.csv")


@dataclass(frozen=True)
class Term:
    kind: str
    word: str
    right: str
    why: str
    pattern: re.Pattern


@dataclass(frozen=True)
class Terms:
    terms: tuple[Term, ...] = ()

    def of(self, *kinds: str) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if term.kind in kinds)


@lru_cache(maxsize=32)
def terms_for(city: str) -> Terms:
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["city"] in ("", city)]
    return Terms(
        tuple(Term(row["kind"], row["word"], row["right"], row["why"], re.compile(row["word"])) for row in rows)
    )
