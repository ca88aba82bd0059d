"""The wide table of initiatives: its columns, its rows, and how a goal is dealt out to chapters."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from initiatives import fiscal_year as fy
from reporting.pdf.figures import mark
from reporting.snapshot import Goal, Policy, Report, Row

# Characters of one chapter of the table: about a tenth of the largest report, so that two processes share the work
# evenly and a changed row costs little.
TABLE_SHARE = 10000
ROW_WEIGHT = 90  # a row's frame and short cells, in characters
TABLE_WIDTH = 265  # mm, as print.css has it
CHARACTER = 2.7  # mm, mean width of a character in the table
PAGE_LINES = 41  # lines of a cell that fit on a page under the table's head


@dataclass(frozen=True)
class Column:
    kind: str
    title: str
    width: float  # mm, 0 takes what is left
    centred: bool = False


@dataclass(frozen=True)
class OwnerLine:
    department: str
    note: str
    partners: str


class PrintedRow:
    """An initiative as its row shows it."""

    def __init__(self, row: Row, report: Report, shape: Sequence[Column]):
        self.row = row
        self.is_long = _is_long(row, shape)
        self.mark = mark(row.rating, report)
        self.joined = f"※{fy.short(row.new_in)}新規" if row.new_in else ""
        self.bookmark = f"{row.code}　{row.name}"

    @property
    def owners(self) -> list[OwnerLine]:
        return [
            OwnerLine(
                owner.department,
                f"（{owner.note}）" if owner.note and owner.note[0] not in "（(" else owner.note,
                "、".join(owner.partners),
            )
            for owner in self.row.owners
        ]

    @cached_property
    def _departments(self) -> set[str]:
        return {owner.department for owner in self.row.owners} | {part.department for part in self.row.parts} - {""}

    @property
    def result(self) -> list[tuple[str, str]]:
        return by_department(self.row.result, self._departments)

    @property
    def issues(self) -> list[tuple[str, str]]:
        return by_department(self.row.issues, self._departments)


def _is_long(row: Row, shape: Sequence[Column]) -> bool:
    """Whether a row is higher than a page. Only such a row may go on over the page; all others stay whole."""
    rest = TABLE_WIDTH - sum(column.width for column in shape)
    texts = {"issues": row.issues + row.low_rating_reason}
    return any(
        _lines(texts.get(column.kind) or getattr(row, column.kind, ""), column.width or rest) > PAGE_LINES
        for column in shape
        if column.kind not in ("code", "owners", "rating")
    )


def _lines(text: str, width: float) -> int:
    """Lines that a text takes up in a column (mm), about: letters and figures are two thirds as wide."""
    room = (width - 2.8) / CHARACTER
    wide = (sum(1 if ord(char) > 0x2FF else 0.62 for char in line) for line in text.splitlines())
    return sum(max(1, -int(-length // room)) for length in wide)


def by_department(text: str, departments: Iterable[str]) -> list[tuple[str, str]]:
    """(課名, text) of a text composed under 【課名】; 課名 is "" before the first. Other brackets are text."""
    names = "|".join(re.escape(name) for name in sorted(departments, key=len, reverse=True))
    pieces = re.split(rf"^【({names})】[ 　]*\n?", text.strip(), flags=re.MULTILINE) if names else [text.strip()]
    found = [("", pieces[0].strip("\n"))] if pieces[0].strip() else []
    return found + [(name, body.strip("\n")) for name, body in zip(pieces[1::2], pieces[2::2], strict=True)]


@dataclass
class Slice:
    """The directions of one policy that stand in one chapter."""

    policy: Policy
    directions: list
    continued: bool  # the policy began in the chapter before


def weight(rows: Iterable[Row]) -> int:
    return sum(len(row.result) + len(row.issues) + len(row.description) // 2 + ROW_WEIGHT for row in rows)


def slices(goal: Goal) -> list[list[Slice]]:
    """The goal's directions dealt out to chapters, about evenly, cut between policies where that is near."""
    steps = [(policy, direction, weight(direction.rows)) for policy in goal.policies for direction in policy.directions]
    cuts = _cuts(steps)
    chapters: list[list[Slice]] = [[]]
    for place, (policy, direction, _) in enumerate(steps):
        if place in cuts:
            chapters.append([])
        if not chapters[-1] or chapters[-1][-1].policy is not policy:
            begun = place > 0 and steps[place - 1][0] is policy
            chapters[-1].append(Slice(policy, [], begun))
        chapters[-1][-1].directions.append(direction)
    return [chapter for chapter in chapters if chapter]


def _cuts(steps: Sequence[tuple[Policy, object, int]]) -> set[int]:
    """Places before which a new chapter begins."""
    total = sum(weight for *_, weight in steps)
    count = -(-total // TABLE_SHARE)
    cuts, so_far, at = set(), 0, []
    for place, (policy, _, weight) in enumerate(steps):
        same = place > 0 and steps[place - 1][0] is policy
        at.append((so_far, place, same))
        so_far += weight
    for number in range(1, count):
        ideal = total * number / count
        # A cut inside a policy must be nearer by a quarter of a share to be preferred to one between policies.
        _, place = min((abs(begin - ideal) + same * TABLE_SHARE / 4, place) for begin, place, same in at)
        cuts.add(place)
    return cuts - {0}


def columns(goal: Goal, report: Report) -> list[Column]:
    """The printed columns. Target columns are wide only where targets are more than a word (継続)."""
    now, following = fy.short(report.fiscal_year), fy.short(report.fiscal_year + 1)
    initiative = report.terms["initiative"]
    targets = [text for row in goal.rows for text in (row.target, row.next_target)]
    target = _target_width(sorted(map(len, targets)))
    first = [Column("code", "番号", 16.8), Column("name", f"{initiative}名", 27)]
    last = [
        Column("rating", f"{now}\n評価", 10),
        Column("issues", f"{now}の課題と、\n{following}に予定している{initiative}（対応）", 0),
    ]
    wide = target > 11
    aim = Column("next_target", f"{following}\n目標", target, not wide)
    if goal.is_new:
        description = [Column("description", f"{initiative}内容", 44), Column("owners", "担当課名", 20)]
        return [*first, *description, Column("result", f"{now}実績（初期値）", 72), aim, *last]
    base = f"{fy.short(report.baseline_year)}実績\n（初期値）" if report.baseline_year else "初期値"
    return [
        *first,
        Column("description", f"{initiative}内容", 37 if wide else 40),
        Column("owners", "担当課名", 20),
        Column("baseline", base, 21 if wide else 23),
        Column("target", f"{now}\n目標", target, not wide),
        aim,
        Column("result", f"{now}実績", 62 if wide else 69),
        *last,
    ]


def _target_width(lengths: Sequence[int]) -> float:
    """Mostly 継続, sometimes a sentence: wide enough for what is usual, not for the longest."""
    if not lengths or lengths[-1] <= 4:
        return 10.5
    return 13 if lengths[len(lengths) * 9 // 10] <= 4 else 16
