"""What a check is, and what it finds. Imports nothing of ours but years."""

import hashlib
import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from types import ModuleType

from initiatives import fiscal_year as fy

MUST, LOOK = "must", "look"
SEVERITIES = {MUST: "直すところ", LOOK: "確認してほしいところ"}

FIELDS = {
    "name": "取組名", "description": "取組内容", "owners": "担当課", "partner": "協力団体", "original": "再掲元の番号",
    "baseline": "初期値", "target": "目標", "next_target": "次年度の目標", "result": "実績", "issues": "課題と次年度の予定",
    "rating": "評価", "low_rating_reason": "低評価の理由", "note": "※の文", "code": "番号",
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where a finding stands. `ref` names it for files and for keeping decisions, `label` for people.

    kind: row, chapter, event, footnote, review, opinion, indicator, totals or department.
    """

    kind: str
    code: str = ""  # 1-1-2-9; I07; a goal's number; a department's name
    field: str = ""  # of a row: FIELDS; of a chapter: its kind; of an indicator: the year R6
    goal: int | None = None
    department: str = ""
    words: str = ""  # what people call it, where the code and field do not say it

    @property
    def ref(self) -> str:
        goal = f"goal{self.goal}" if self.goal else "report"
        return {
            "row": f"{self.code}:{self.field}",
            "chapter": f"{goal}:{self.field}",
            "event": f"{goal}:event{self.code}",
            "footnote": f"{goal}:footnote{self.code}",
            "review": f"{goal}:review",
            "opinion": f"{goal}:opinion{self.code}:{self.field}",
            "indicator": f"{self.code}/{self.field}",
            "totals": f"totals:{self.code}/{self.field}",
            "department": f"department:{self.code}",
        }[self.kind]

    @property
    def label(self) -> str:
        if self.kind == "row":
            return f"{self.code} {FIELDS[self.field]}"
        return self.words or self.ref


@dataclass(frozen=True)
class Finding:
    """One thing that would look wrong in print: where, what stands there, what was expected, why, how to mend it."""

    place: Place
    found: str
    expected: str
    why: str
    fix: str
    basis: str = ""  # the words it is about: an acceptance holds until they change
    subject: str = ""  # tells two findings of one check at one place apart; `found` unless told
    also: tuple[Place, ...] = ()  # the other places it is about
    severity: str = ""  # the check's own, unless this case is weaker or stronger
    mended: str = ""  # `basis` put right, where there is but one way to do it
    check: str = ""

    @property
    def key(self) -> str:
        """The same from run to run as long as it is about the same thing."""
        told = "|".join([self.check, self.place.ref, self.place.department, self.subject or self.found])
        return hashlib.sha256(told.encode()).hexdigest()[:24]

    @property
    def basis_digest(self) -> str:
        return hashlib.sha256((self.basis or self.found).encode()).hexdigest()[:24]

    @property
    def departments(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(place.department for place in (self.place, *self.also) if place.department))


@dataclass(frozen=True)
class Check:
    """A small named check. `find` takes what the check `looks_at` and yields findings.

    looks_at: "text" a Passage, "row" a Writing, "report" a reporting.checks.context.Context.
    """

    name: str
    title: str
    looks_at: str
    severity: str
    explanation: str  # why it matters, in plain Japanese
    example: str
    alike: tuple[str, ...]  # cases that look alike and are right
    find: Callable[..., Iterator[Finding]] = field(repr=False, compare=False)
    whole_row: bool = False  # needs all parts of a joint initiative: not asked of one part alone

    def run(self, *subject) -> list[Finding]:
        """Findings with the check's name, each once."""
        found = [replace(one, check=self.name, severity=one.severity or self.severity) for one in self.find(*subject)]
        return list({one.key: one for one in found}.values())


def discover(package: ModuleType) -> dict[str, Check]:
    """The CHECK of every module of a package, by name: a new check is one new file."""
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    checks = [importlib.import_module(f"{package.__name__}.{name}").CHECK for name in names]
    return {check.name: check for check in checks}


def year_words(year: int) -> str:
    """令和6年度."""
    return fy.label(year)
