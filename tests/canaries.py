"""Texts that tell where they came from (漏えい検知-<課>-<状態>-<欄>。), and one scanner that finds them wherever they come out.

Who may read which text is written here a second time, from the words of the product and not from the program: this
file asks nothing of permissions.py, workflow.py or the QuerySets.
"""

import html
import io
import json
import re
import subprocess
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote

MARK = "漏えい検知"
_NAME = re.compile(rf"{MARK}(?:-(\w+)-(\w+)-(\w+)。)?")
_TAG = re.compile(r"<[^>]*>")
_BEGINS = [MARK[0].encode(), rb"\u", b"%E6%BC%8F", b"%e6%bc%8f", b"&#"]
_ESCAPED = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")


@dataclass(frozen=True)
class Person:
    """Somebody as the words of the product know them: which side, and for which departments they act today."""

    name: str
    side: str  # 課, 総務, 委員, 管理, 外
    departments: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Canary:
    """One planted text. `kind` says whose it is; `owners` are the departments that write the same initiative."""

    department: str
    state: str
    place: str
    kind: str
    owners: frozenset[str] = frozenset()
    approved: bool = False
    opened: bool = False  # the year is open to the committee
    published: bool = False  # stands in an edition that is public
    persons: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        return f"{MARK}-{self.department}-{self.state}-{self.place}。"


def may_read(person: Person, canary: Canary) -> bool:
    """The rule, in the words of the product."""
    if canary.published:
        return True
    if person.side == "外":
        return False
    if canary.kind == "引継ぎ":  # for those who come after in the department, and nobody else
        return canary.department in person.departments
    if canary.kind == "本人":  # a file on its way in, the reason of an absence
        return person.name in canary.persons
    if canary.kind == "管理":  # the register of people
        return person.side == "管理"
    if person.side == "総務":
        return True
    if canary.kind == "章":  # opened to the committee when it is 確認済 or the year is 確定
        return person.side == "委員" and canary.opened
    if canary.kind == "意見":  # the committee reads what its members said, a department what it was asked about
        return canary.opened if person.side == "委員" else bool(canary.owners & person.departments)
    if canary.kind == "総務":
        return False
    if canary.kind == "内輪":  # reasons, comments on fields, the talk: between the department and 福祉総務課
        return canary.department in person.departments
    if canary.kind == "委員の外" and person.side == "委員":
        return False
    if canary.owners & person.departments:  # co-owners read each other's drafts
        return True
    if canary.kind == "書き直す前":  # a draft, whatever became of it
        return False
    if person.side == "委員":
        return canary.kind == "文" and canary.approved and canary.opened
    return canary.approved  # 文 and 資料


@dataclass
class Scanner:
    """Every planted text by its name; counts what it looked at."""

    planted: dict[str, Canary] = field(default_factory=dict)
    looked_at: int = 0
    met: int = 0

    def plant(self, *name, **about) -> str:
        canary = Canary(*name, **about)
        assert canary.text not in self.planted, canary.text
        assert _NAME.fullmatch(canary.text), canary.text
        self.planted[canary.text] = canary
        return canary.text

    def leaks(self, person: Person, content: bytes | str, *, said: str = "") -> set[str]:
        """What stands in some bytes and is not for this person's eyes. `said`: words that the person typed."""
        self.looked_at += 1
        found = names_in(content) - {said}
        self.met += len(found)
        return {name for name in found if name not in self.planted or not may_read(person, self.planted[name])}

    def leaks_of_response(self, person: Person, response, *, said: str = "") -> set[str]:
        heads = "\n".join(unquote(f"{name}: {value}") for name, value in response.items())
        cookies = unquote(response.cookies.output())
        return self.leaks(person, body_of(response), said=said) | self.leaks(person, f"{heads}\n{cookies}", said=said)


def body_of(response) -> bytes:
    """All of it; a stream can be read only once, so it is kept."""
    if not response.streaming:
        return response.content
    if not hasattr(response, "read_before"):
        response.read_before = b"".join(response.streaming_content)
    return response.read_before


def names_in(content: bytes | str) -> set[str]:
    """The names of all planted texts in some bytes, however they are packed or written. Half a name is one, too."""
    found = set()
    for text in _readings(content):
        if MARK in text:
            found |= {match.group() for match in _NAME.finditer(text)}
    return found


def _readings(content: bytes | str) -> Iterable[str]:
    if isinstance(content, bytes) and content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            for name in book.namelist():
                yield name
                yield from _readings(book.read(name))
        return
    if isinstance(content, bytes) and content[:5] == b"%PDF-":
        read = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=False)
        yield re.sub(r"\s", "", read.stdout.decode("utf-8", "replace"))
    if isinstance(content, bytes):
        if not any(begin in content for begin in _BEGINS):
            return
        content = content.decode("utf-8", "replace")
    for text in _both_sides(content):
        yield from _readings_of(text)


def _both_sides(text: str) -> Iterable[str]:
    """A page that compares two texts, as the one and as the other: marked, their pieces lie in each other."""
    if "<ins>" not in text and "<del>" not in text:
        return [text]
    return [
        re.sub(rf"</?{kept}>", "", re.sub(rf"<{gone}>.*?</{gone}>", "", text, flags=re.DOTALL))
        for gone, kept in (("del", "ins"), ("ins", "del"))
    ]


def _readings_of(text: str) -> Iterable[str]:
    yield text
    if "&#" in text or "<" in text:
        yield html.unescape(_TAG.sub("", text))
    if "\\u" in text:
        yield _ESCAPED.sub(lambda escaped: json.loads(f'"{escaped.group()}"'), text)
    if "%E6%BC%8F" in text.upper():
        yield unquote(text)
