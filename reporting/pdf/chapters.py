"""What is printed, in the order of the printed report, each chapter an HTML document of its own.

A chapter is the unit that is rendered, kept and joined. What stands in it depends on nothing but the report, so a
change in one row touches the chapters that show the row and no other; page numbers stand only in the contents and
in the index, which are made last.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from indicators import calculation
from initiatives import fiscal_year as fy
from reporting import charts
from reporting.pdf.fonts import drawable
from reporting.snapshot import Goal, Indicator, IndicatorYear, Policy, Report, Row, Section, Tally

# Characters of one chapter of the table: about a tenth of the largest report, so that two processes share the work
# evenly and a changed row costs little.
TABLE_SHARE = 10000
GOALS_TOGETHER = 3
LINE = 35  # characters of a line beside a margin
MARGIN_HEIGHT = 7 * LINE  # what the figures in the margin take up
ROW_WEIGHT = 90  # a row's frame and short cells, in characters
FIGURE_WORDS = {"blank": "", "not_conducted": "未実施", "not_set": "設定なし", "under_review": "検討中"}
MISSING = "－"
NO_RATE = "―"

# Sections in the printed order and the headings they get when none is written.
FRONT = (
    ("process", "進捗管理・評価"),
    ("goal_progress", "各目標の進捗状況・評価の結果"),
    ("achievement", "取組事業の達成度"),
)


def stylesheet() -> str:
    return (Path(settings.BASE_DIR) / "static" / "css" / "print.css").read_text(encoding="utf-8")


@dataclass
class Chapter:
    key: str
    title: str  # what progress calls it
    template: str
    context: dict
    part: str = ""  # running head on the left, first level of bookmarks
    heads: tuple[tuple[str, str], ...] = (("", ""),)  # (anchor from whose page on, running head on the right)
    wide: bool = False
    goal: Goal | None = None  # whose tab stands on the edge
    weight: int = 500  # characters, to deal the work out
    late: bool = False  # needs page numbers
    is_contents: bool = False
    printed: bool = True
    tagged: bool = True

    def html(self) -> str:
        return drawable(render_to_string(f"reporting/print/{self.template}.html", self.context | {"chapter": self}))


@dataclass(frozen=True)
class Entry:
    """A line of the contents."""

    level: int
    title: str
    anchor: str
    page: int | None = None

    @property
    def href(self) -> str:
        return f"ayumi:{self.anchor}"


# ── text ────────────────────────────────────────────────────────────────────────────────────────────

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


# ── figures ─────────────────────────────────────────────────────────────────────────────────────────


def mark(letter: str, report: Report) -> SafeString:
    """A rating: letter in the shape of its rank, as on screen."""
    if not letter:
        return format_html('<span class="r r-n">{}</span>', "未")
    rank = next((step.rank for step in report.scale if step.letter == letter), 0)
    return format_html('<span class="r r-{}"><span>{}</span></span>', min(rank, 3), letter)


def full_width(unit: str) -> str:
    return "％" if unit == "%" else unit


def quantity(value: Decimal | None, decimals: int, unit: str) -> str:
    return "" if value is None else f"{calculation.round_half_up(value, decimals):,f}{full_width(unit)}"


@dataclass(frozen=True)
class Cell:
    text: str
    rating: str = ""


@dataclass
class IndicatorPage:
    """One indicator as printed: a sentence, a chart, the table of its years, its source."""

    indicator: Indicator
    report: Report
    uid: str

    @property
    def name(self) -> str:
        return self.indicator.name

    @property
    def this_year(self) -> IndicatorYear | None:
        return self.indicator.year(self.report.fiscal_year)

    def _q(self, value: Decimal | None) -> str:
        return quantity(value, self.indicator.decimals, self.indicator.unit)

    @property
    def actual(self) -> str:
        year = self.this_year
        return self._actual(year) if year else NO_RATE

    @property
    def target(self) -> str:
        year = self.this_year
        return self._target(year) if year else NO_RATE

    @property
    def rate(self) -> str:
        year = self.this_year
        return f"{year.rate}％" if year and year.rate is not None else NO_RATE

    @property
    def rating(self) -> SafeString | str:
        year = self.this_year
        return mark(year.rating, self.report) if year and year.rating else NO_RATE

    def _actual(self, year: IndicatorYear) -> str:
        return self._q(year.actual) if year.actual is not None else FIGURE_WORDS.get(year.actual_figure, "")

    def _target(self, year: IndicatorYear) -> str:
        return self._q(year.target) if year.target is not None else FIGURE_WORDS.get(year.target_figure, "")

    @cached_property
    def sentence(self) -> str:
        """「令和6年度は57.7％で、前年度から5.9ポイント上がりました。目標67.2％に対する達成率は85.9％です。」"""
        year, label = self.this_year, self.report.fiscal_year_label
        if year is None or year.actual is None:
            word = FIGURE_WORDS.get(year.actual_figure, "") if year else ""
            return f"{label}は{word}です。" if word else f"{label}の実績はまだありません。"
        words = f"{label}は{self._q(year.actual)}{self._change(year)}。"
        if year.rate is not None:
            words += f"目標{self._q(year.target)}に対する達成率は{year.rate}％です。"
        elif year.target is None and FIGURE_WORDS.get(year.target_figure):
            words += f"目標は{FIGURE_WORDS[year.target_figure]}です。"
        return words

    def _change(self, year: IndicatorYear) -> str:
        before = self.indicator.year(year.fiscal_year - 1)
        if before is None or before.actual is None:
            return "です"
        places = self.indicator.decimals
        # The difference of the two numbers as printed, or the reader cannot follow it.
        change = calculation.round_half_up(year.actual, places) - calculation.round_half_up(before.actual, places)
        if not change:
            return "で、前年度と同じでした"
        amount = f"{abs(change):,f}ポイント" if self.indicator.unit == "%" else self._q(abs(change))
        rise, fall = ("上がりました", "下がりました") if self.indicator.unit == "%" else ("増えました", "減りました")
        return f"で、前年度から{amount}{rise if change > 0 else fall}"

    @property
    def computed(self) -> str:
        """「58人 ÷ 335件 ＝ 17.3％」 for an indicator made of two counts."""
        year = self.this_year
        if year is None or year.numerator is None or year.denominator is None or year.actual is None:
            return ""
        return f"{self._top(year.numerator)} ÷ {self._bottom(year.denominator)} ＝ {self._q(year.actual)}"

    def _top(self, value: Decimal | None) -> str:
        return quantity(value, 0, self.indicator.numerator_unit)

    def _bottom(self, value: Decimal | None) -> str:
        return quantity(value, 0, self.indicator.denominator_unit)

    @property
    def chart(self) -> SafeString:
        years = self.indicator.years
        return charts.actual_vs_target(
            self.uid,
            f"{self.indicator.name}の推移",
            [fy.short(year.fiscal_year) for year in years],
            [year.actual for year in years],
            [year.target for year in years],
            unit=full_width(self.indicator.unit),
            missing=[FIGURE_WORDS.get(year.actual_figure, "") for year in years],
            decimals=self.indicator.decimals,
            width=642,
            height=172,
        )

    @property
    def notes(self) -> list[str]:
        years = self.indicator.years
        goals = "、".join(str(number) for number in self.indicator.goal_numbers)
        notes = [f"{self.report.terms['goal']}{goals}の指標です。"] if len(self.indicator.goal_numbers) > 1 else []
        notes += ["数が小さいほどよい指標です。"] if self.indicator.lower_is_better else []
        notes += [self.indicator.source] if self.indicator.source else []
        axis = charts.axis_note([y.actual for y in years], [y.target for y in years], full_width(self.indicator.unit))
        return notes + ([axis] if axis else [])

    @property
    def year_heads(self) -> list[str]:
        return ["初期値", *(fy.short(year.fiscal_year) for year in self.indicator.years)]

    @property
    def table(self) -> list[tuple[str, list[Cell]]]:
        indicator, years = self.indicator, self.indicator.years
        rows = []
        if indicator.numerator_name:
            rows.append(
                (
                    indicator.denominator_name,
                    [self._bottom(indicator.baseline_denominator), *(self._bottom(y.denominator) for y in years)],
                )
            )
            rows.append(
                (
                    indicator.numerator_name,
                    [self._top(indicator.baseline_numerator), *(self._top(y.numerator) for y in years)],
                )
            )
        name = f"{indicator.ratio_name or '実績'}　A"
        rows.append((name, [self._q(indicator.baseline), *map(self._actual, years)]))
        rows.append(("目標値　B", ["", *map(self._target, years)]))
        rate = "達成率　B/A" if indicator.lower_is_better else "達成率　A/B"
        rows.append((rate, ["", *map(self._rate, years)]))
        cells = [(head, [Cell(text) for text in texts]) for head, texts in rows]
        ratings = [Cell(""), *(Cell("", mark(y.rating, self.report) if y.rating else "") for y in years)]
        return [*cells, ("評価", ratings)]

    def _rate(self, year: IndicatorYear) -> str:
        if year.rate is not None:
            return f"{year.rate}％"
        return NO_RATE if year.fiscal_year <= self.report.fiscal_year else ""


@dataclass(frozen=True)
class Count:
    letter: str
    count: int


@dataclass(frozen=True)
class Counted:
    """A tally with its name, as a line of a table or a column of figures in the margin."""

    name: str
    tally: Tally
    mark: SafeString
    number: int | None = None

    @property
    def counts(self) -> list[Count]:
        return [Count(letter, count) for letter, count in self.tally.ratings.items() if letter != calculation.UNRATED]

    @property
    def some(self) -> list[Count]:
        """Ratings that occur."""
        return [each for each in self.counts if each.count]

    @property
    def unrated(self) -> int:
        return self.tally.ratings.get(calculation.UNRATED, 0)


# ── the table of initiatives ────────────────────────────────────────────────────────────────────────


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

    def __init__(self, row: Row, report: Report):
        self.row = row
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


def _weight(rows: Iterable[Row]) -> int:
    return sum(len(row.result) + len(row.issues) + len(row.description) // 2 + ROW_WEIGHT for row in rows)


def slices(goal: Goal) -> list[list[Slice]]:
    """The goal's directions dealt out to chapters, about evenly, cut between policies where that is near."""
    steps = [
        (policy, direction, _weight(direction.rows)) for policy in goal.policies for direction in policy.directions
    ]
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
    first = [Column("code", "番号", 15.5), Column("name", f"{initiative}名", 27)]
    last = [
        Column("rating", f"{now}\n評価", 10),
        Column("issues", f"{now}の課題と、{following}に予定している{initiative}（対応）", 0),
    ]
    wide = target > 11
    aim = Column("next_target", f"{following}\n目標", target, not wide)
    if goal.is_new:
        description = [Column("description", f"{initiative}内容", 44), Column("owners", "担当課名", 20)]
        return [*first, *description, Column("result", f"{now}実績（初期値）", 79), aim, *last]
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


# ── the book ────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Book:
    """All chapters of a report, in the printed order."""

    report: Report
    edition: str = ""
    issued: str = ""
    entries: list[Entry] = field(default_factory=list)
    late_contexts: list[dict] = field(default_factory=list)

    @property
    def title(self) -> str:
        return f"{self.report.title}{self.edition}"

    @cached_property
    def terms(self) -> dict[str, str]:
        return self.report.terms

    @cached_property
    def parts(self) -> dict[str, str]:
        goal, initiative = self.terms["goal"], self.terms["initiative"]
        return {
            "summary": f"{self.report.fiscal_year_label}事業の総括",
            "goals": f"各{goal}の進捗状況",
            "tables": f"各{initiative}の進捗状況",
            "indicators": "成果指標",
            "index": "担当課別の索引",
            "structure": "計画の体系",
        }

    def goal_title(self, goal: Goal) -> str:
        return f"{self.terms['goal']}{goal.number}　{goal.name}"

    def chapters(self) -> list[Chapter]:
        self.entries = []
        contents = self._chapter("contents", "contents", "目次", {}, part="目次", late=True, is_contents=True)
        body = [
            self._structure(),
            self._front(),
            self._overall(),
            *self._goal_chapters(),
            self._ratings(),
            *[chapter for goal in self.report.goals for chapter in self._tables(goal)],
            *self._indicators(),
        ]
        index = self._index()
        made = [self._cover(), contents, *body, index]
        return [*made, self._furniture(made)]

    def _chapter(self, key: str, template: str, title: str, context: dict, *, head: str = "", **more) -> Chapter:
        more.setdefault("heads", (("", head),))
        base = {"report": self.report, "book": self, "terms": self.terms, "title": self.title}
        return Chapter(key, title, template, base | context, **more)

    def _enter(self, level: int, title: str, anchor: str) -> str:
        self.entries.append(Entry(level, title, anchor))
        return anchor

    def counted(self, name: str, tally: Tally, number: int | None = None) -> Counted:
        return Counted(name, tally, mark(tally.overall_rating, self.report) if tally.count else format_html(""), number)

    def _goal_counts(self) -> list[Counted]:
        return [self.counted(goal.name, goal.tally, goal.number) for goal in self.report.goals]

    # Front matter

    @property
    def policy_count(self) -> int:
        return sum(len(goal.policies) for goal in self.report.goals)

    @property
    def direction_count(self) -> int:
        return sum(len(policy.directions) for goal in self.report.goals for policy in goal.policies)

    @property
    def tree(self) -> list[dict]:
        """The plan's tree, a line for each direction; goal and policy stand in their first line."""
        goals = []
        for goal in self.report.goals:
            lines = [
                {
                    "direction": direction,
                    "policy": policy if place == 0 else None,
                    "span": len(policy.directions),
                    "first": False,
                }
                for policy in goal.policies
                for place, direction in enumerate(policy.directions)
            ]
            if lines:
                lines[0]["first"] = True
            goals.append({"goal": goal, "lines": lines, "span": len(lines)})
        return goals

    def _cover(self) -> Chapter:
        city, plan = self.report.city_name, self.report.plan_name
        short = plan.removeprefix(city).strip() or plan
        kind = self.report.title.removeprefix(plan).strip().partition("（")[0] or "推進状況報告書"
        context = {"plan": short, "kind": kind, "goals": self._goal_counts()}
        return self._chapter("cover", "cover", "表紙", context, part="表紙")

    def _structure(self) -> Chapter:
        anchor = self._enter(1, self.parts["structure"], "structure")
        return self._chapter("structure", "structure", "体系図", {"anchor": anchor}, part=self.parts["structure"])

    def _front(self) -> Chapter:
        part = self.parts["summary"]
        self._enter(1, part, "summary")
        sections = []
        for number, (kind, heading) in enumerate(FRONT, start=1):
            section = written(self.report.sections, kind, heading) or Written(heading, [])
            title = numbered(number, section.heading)
            sections.append(
                {"kind": kind, "title": title, "blocks": section.blocks, "anchor": self._enter(2, title, f"s-{kind}")}
            )
        context = {
            "foreword": written(self.report.sections, "foreword", ""),
            "sections": sections,
            "scale": [(mark(step.letter, self.report), step) for step in self.report.scale],
            "indicator_counts": self._indicator_counts(),
            "indicator_total": sum(self.report.indicator_ratings.values()),
            "year_target": f"各{self.terms['initiative']}の{fy.short(self.report.fiscal_year)}目標に対する達成率",
        }
        return self._chapter("front", "front", part, context, part=part, head=part)

    def _indicator_counts(self) -> list[dict]:
        ratings = self.report.indicator_ratings
        shares = calculation.shares(ratings)
        steps = {step.letter: step for step in self.report.scale}
        return [
            {
                "mark": mark("" if letter == calculation.UNRATED else letter, self.report),
                "step": steps.get(letter),
                "count": count,
                "share": shares[letter],
            }
            for letter, count in ratings.items()
            if letter in steps or count
        ]

    def _overall(self) -> Chapter:
        part = self.parts["summary"]
        section = written(self.report.sections, "overall", "総括") or Written("総括", [])
        title = numbered(4, section.heading)
        self._enter(2, title, "overall")
        summaries = []
        for goal in self.report.goals:
            summary = written(goal.sections, "goal_summary", "")
            text = opening(summary.blocks if summary else [])
            summaries.append(text | {"goal": goal, "counted": self.counted(goal.name, goal.tally, goal.number)})
        reviews = [
            self._review(goal.committee_review, self.goal_title(goal), self.counted(goal.name, goal.tally, goal.number))
            for goal in self.report.goals
        ]
        reviews.append(
            self._review(self.report.committee_review, "全体を通して", self.counted("全体", self.report.tally))
        )
        reviews = [review for review in reviews if review]
        heads = [("overall", title)]
        if reviews:
            heads.append((self._enter(2, "委員会の講評", "reviews"), "委員会の講評"))
        context = {"heading": title, "blocks": section.blocks, "summaries": summaries, "reviews": reviews}
        return self._chapter("overall", "overall", section.heading, context, part=part, heads=tuple(heads), weight=6000)

    @staticmethod
    def _review(review: Section | None, heading: str, counted: Counted) -> dict | None:
        if review is None or not review.text.strip():
            return None
        return opening(blocks(review.text)) | {"heading": review.heading or heading, "counted": counted}

    # Goals

    def _goal_chapters(self) -> list[Chapter]:
        """Some goals' texts in a chapter: each by itself would carry fonts of its own for three pages."""
        goals, part = self.report.goals, self.parts["goals"]
        if goals:
            self._enter(1, part, f"g{goals[0].number}")
        chapters = []
        for place in range(0, len(goals), GOALS_TOGETHER):
            group = goals[place : place + GOALS_TOGETHER]
            heads = tuple((f"g{goal.number}", self.goal_title(goal)) for goal in group)
            title = "、".join(head for _, head in heads)
            context = {"goals": [self._goal(goal) for goal in group]}
            chapters.append(
                self._chapter(
                    f"goals-{place}", "goals", title, context, part=part, heads=heads, weight=3000 * len(group)
                )
            )
        return chapters

    def _goal(self, goal: Goal) -> dict:
        title = self.goal_title(goal)
        self._enter(2, title, f"g{goal.number}")
        now = fy.short(self.report.fiscal_year)
        section = {kind: written(goal.sections, kind, heading) for kind, heading in self._goal_headings()}
        direction = section["main_efforts"], section["needed_direction"]
        chief = next(
            (each.heading for each in direction if each and each.heading.startswith("③")), "③今後進むべき方向性"
        )
        return {
            "goal": goal, "heading": title, "section": section, "chief": chief, "now": now,
            "efforts_heading": f"(1) {now}までの主な{self.terms['initiative']}",
            "overview": blocks(goal.overview),
            "counted": self.counted(goal.name, goal.tally, goal.number),
            "indicators": [IndicatorPage(each, self.report, "") for each in self._indicators_of(goal)],
        }  # fmt: skip

    @staticmethod
    def _goal_headings() -> list[tuple[str, str]]:
        kinds = ("social_trends", "progress_indicators", "progress_initiatives", "main_efforts", "needed_direction")
        return [*((kind, "") for kind in kinds), ("vision", "次期計画に向けて見据える姿（ビジョン）")]

    def _indicators_of(self, goal: Goal) -> list[Indicator]:
        by_code = {indicator.code: indicator for indicator in self.report.indicators}
        return [by_code[code] for code in goal.indicator_codes if code in by_code]

    # Initiatives

    def _ratings(self) -> Chapter:
        part, title = self.parts["tables"], f"各{self.terms['initiative']}の総括"
        self._enter(1, part, "ratings")
        self._enter(2, title, "ratings")
        total = self.counted("合計", self.report.tally)
        originals = self.report.tally_without_cross_listings
        goals = self._goal_counts()
        has_cross = originals.count != self.report.tally.count
        rows = [
            (f"{each.number}　{each.name}", {c.letter: c.count for c in each.counts} | {"": each.unrated})
            for each in goals
        ]
        context = {
            "heading": title,
            "goals": goals,
            "totals": [total, self.counted("再掲を除く合計", originals)] if has_cross else [total],
            "finding": self._finding(total),
            "scale": self.report.scale,
            "keys": [(mark(step.letter, self.report), step) for step in self.report.scale],
            "unrated": mark("", self.report),
            "chart": charts.rating_rows(
                "rp",
                f"{self.terms['goal']}ごとの評価の割合",
                rows,
                scale=self.report.scale,
                width=642,
                bar_height=19,
                text=13,
            ),
        }
        return self._chapter("ratings", "ratings", title, context, part=part, head=title)

    def _finding(self, total: Counted) -> str:
        """The page's first sentence, from the numbers under it."""
        tally, initiative, goal = total.tally, self.terms["initiative"], self.terms["goal"]
        if not tally.count:
            return f"{initiative}はまだありません。"
        best = total.counts[0]
        share = calculation.percent(best.count, tally.count, calculation.SHARE_PLACES)
        words = f"{tally.count}の{initiative}のうち、{best.letter}評価は{best.count}件（{share}％）です。"
        if total.unrated:
            words += f"未評価が{total.unrated}件あります。"
        overall = [each.tally.overall_rating for each in self.report.goals]
        if len(set(overall)) == 1 and overall[0] and len(overall) > 1:
            words += f"{len(overall)}つの{goal}の総合評価は、すべて{overall[0]}です。"
        return words

    def _tables(self, goal: Goal) -> list[Chapter]:
        part, title = self.parts["tables"], self.goal_title(goal)
        self._enter(2, title, f"t{goal.number}")
        shape = columns(goal, self.report)
        chapters = []
        for index, group in enumerate(slices(goal)):
            policies = [self._slice(each) for each in group]
            rows = [row for each in group for direction in each.directions for row in direction.rows]
            codes = "・".join(each.policy.code for each in group)
            context = {
                "goal": goal, "heading": title, "first": index == 0, "policies": policies, "columns": shape,
                "anchor": f"t{goal.number}",
            }  # fmt: skip
            head = f"{title}　{self.terms['policy']}{codes}"
            chapters.append(
                self._chapter(
                    f"table-{goal.number}-{index}",
                    "table",
                    head,
                    context,
                    part=part,
                    head=head,
                    wide=True,
                    goal=goal,
                    weight=3 * _weight(rows),
                )
            )
        return chapters

    def _slice(self, each: Slice) -> dict:
        policy, title = each.policy, f"{self.terms['policy']}{each.policy.code}　{each.policy.name}"
        anchor = "" if each.continued else self._enter(3, title, f"p{policy.code}")
        directions = [
            {"direction": direction, "rows": [PrintedRow(row, self.report) for row in direction.rows],
             "title": f"{self.terms['direction']}　{direction.code}　{direction.name}".rstrip("　")}
            for direction in each.directions
            if direction.rows
        ]  # fmt: skip
        return {
            "title": title,
            "anchor": anchor,
            "continued": each.continued,
            "directions": directions,
            "tally": policy.tally,
        }

    # Indicators and index

    def _indicators(self) -> list[Chapter]:
        part = self.parts["indicators"]
        goals = []
        self._enter(1, part, "indicators")
        for goal in self.report.goals:
            found = self._indicators_of(goal)
            if not found:
                continue
            title = self.goal_title(goal)
            pages = [IndicatorPage(each, self.report, f"c{goal.number}-{number}") for number, each in enumerate(found)]
            goals.append({"title": title, "anchor": self._enter(2, title, f"i{goal.number}"), "pages": pages})
        context = {"heading": part, "goals": goals}
        heads = tuple((each["anchor"], each["title"]) for each in goals)
        return (
            [self._chapter("indicators", "indicators", part, context, part=part, heads=heads, weight=9000)]
            if goals
            else []
        )

    def _index(self) -> Chapter:
        part = self.parts["index"]
        self._enter(1, part, "index")
        return self._chapter("index", "index", part, {}, part=part, head=part, late=True)

    def number(self, places: dict[str, int]) -> None:
        """Put page numbers into the contents and the index (anchor → page)."""
        self._pages = places

    def contents_lines(self) -> list[Entry]:
        pages = getattr(self, "_pages", {})
        return [Entry(each.level, each.title, each.anchor, pages.get(each.anchor)) for each in self.entries]

    def departments(self) -> list[dict]:
        pages = getattr(self, "_pages", {})
        return [
            {"name": each.department, "count": each.tally.count,
             "rows": [Entry(1, code, f"r-{code}", pages.get(f"r-{code}")) for code in each.codes]}
            for each in self.report.departments
        ]  # fmt: skip

    # What stands around the text

    def _furniture(self, chapters: Sequence[Chapter]) -> Chapter:
        """A page for each running head with its tab, then the ten digits: stamped on when joining."""
        goals = [goal.number for goal in self.report.goals]
        frames = [
            {
                "chapter": chapter,
                "head": head,
                "bare": chapter.key == "cover",
                "tab": [(char, char in TURNED) for char in chapter.goal.name] if chapter.goal else [],
                "top": self._tab_top(chapter.goal, goals) if chapter.goal else 0,
            }
            for chapter in chapters
            for _, head in chapter.heads
        ]
        context = {"frames": frames, "digits": "0123456789"}
        return self._chapter("furniture", "furniture", "柱とノンブル", context, printed=False, tagged=False)

    @staticmethod
    def _tab_top(goal: Goal, goals: list[int]) -> float:
        """Tabs go down the edge goal by goal, so that a closed book shows where each begins (mm)."""
        room = 180 - tab_height(goal.name)
        return round(15 + room * goals.index(goal.number) / max(1, len(goals) - 1), 1)


TURNED = frozenset("ー〜～（）()「」『』［］【】〈〉《》－―—–-…‥：:；;＝=")


def tab_height(name: str) -> float:
    """Height in mm of a goal's tab: number, then its name upright."""
    return min(180.0, 16 + 3.75 * len(name))
