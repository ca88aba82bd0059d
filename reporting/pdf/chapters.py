"""What is printed, in the order of the printed report, each chapter an HTML document of its own.

A chapter is the unit that is rendered, kept and joined. What stands in it depends on nothing but the report, so a
change in one row touches the chapters that show the row and no other; page numbers stand only in the contents and
in the index, which are made last.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string

from indicators import calculation, charts
from initiatives import fiscal_year as fy
from reporting.low_ratings import low_ratings
from reporting.opinion_table import published_by_goal
from reporting.pdf.figures import Counted, IndicatorPage, mark
from reporting.pdf.fonts import drawable
from reporting.pdf.table import Column, PrintedRow, Slice, columns, slices, weight
from reporting.pdf.text import Written, blocks, numbered, opening, written
from reporting.snapshot import Goal, Indicator, Report, Section, Tally

GOALS_TOGETHER = 3

# Sections in the printed order and the headings they get when none is written.
FRONT = (
    ("process", "進捗管理・評価"),
    ("goal_progress", "各目標の進捗状況・評価の結果"),
    ("achievement", "取組事業の達成度"),
)


def stylesheet() -> str:
    return (Path(settings.BASE_DIR) / "templates" / "reporting" / "print" / "print.css").read_text(encoding="utf-8")


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

    def markup(self) -> str:
        return render_to_string(f"reporting/print/{self.template}.html", self.context | {"chapter": self})

    def html(self) -> str:
        """The markup with nothing in it that the fonts cannot draw."""
        return drawable(self.markup())


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


@dataclass
class Book:
    """All chapters of a report, in the printed order."""

    report: Report
    edition: str = ""
    issued: str = ""
    excerpt: str = ""  # what the report is an excerpt about: printed without the parts that are about the whole
    errata: Sequence = ()  # reporting.errata.Correction, since the edition of that name
    errata_since: str = ""
    digest: str = ""  # of the edition; a draft has none
    ledger: str = ""  # where the edition stands in the ledger
    entries: list[Entry] = field(default_factory=list)
    late_contexts: list[dict] = field(default_factory=list)

    @property
    def title(self) -> str:
        return f"{self.report.title}{self.edition}{f'　抜粋：{self.excerpt}' if self.excerpt else ''}"

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
            "glossary": "用語の説明",
            "opinions": "主な意見と市の考え方",
            "index": "担当課別の索引",
            "structure": "計画の体系",
            "errata": "正誤表",
            "colophon": "この報告書について",
        }

    def goal_title(self, goal: Goal) -> str:
        return f"{self.terms['goal']}{goal.number}　{goal.name}"

    def chapters(self) -> list[Chapter]:
        self.entries = []
        contents = self._chapter("contents", "contents", "目次", {}, part="目次", late=True, is_contents=True)
        whole = [] if self.excerpt else [self._structure(), self._front(), self._overall(), *self._goal_chapters()]
        body = [
            *whole,
            self._ratings(),
            *self._low(),
            *[chapter for goal in self.report.goals for chapter in self._tables(goal)],
            *self._indicators(),
            *self._opinions(),
            *self._glossary(),
        ]
        index = self._index()
        made = [self._cover(), contents, *self._errata(), *body, index, *self._colophon()]
        return [*made, self._furniture(made)]

    def page_of(self, kind: str, goal_number: int | None) -> Chapter:
        """The printed pages on which a section of that kind stands, by themselves: for the preview beside the editor."""
        if kind in ("overall", "goal_summary"):
            return self._overall()
        goal = next((goal for goal in self.report.goals if goal.number == goal_number), None)
        if goal is None:
            return self._front()
        return self._chapter("goals", "goals", self.goal_title(goal), {"goals": [self._goal(goal)]})

    def _chapter(self, key: str, template: str, title: str, context: dict, *, head: str = "", **more) -> Chapter:
        more.setdefault("heads", (("", head),))
        base = {"report": self.report, "book": self, "terms": self.terms, "title": self.title}
        return Chapter(key, title, template, base | context, **more)

    def _enter(self, level: int, title: str, anchor: str) -> str:
        self.entries.append(Entry(level, title, anchor))
        return anchor

    def counted(self, name: str, tally: Tally, number: int | None = None) -> Counted:
        return Counted(name, tally, mark(tally.overall_rating, self.report) if tally.count else "", number)

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
            "agreed_otherwise": [row for row in self.report.rows if row.lead_rating],
            "overridden": [
                page for each in self.report.indicators if (page := IndicatorPage(each, self.report, "")).is_overridden
            ],
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
                label_width=280,
                bar_height=19,
                text=13,
            ),
        }
        return self._chapter("ratings", "ratings", title, context, part=part, head=title)

    def _low(self) -> list[Chapter]:
        """Low ratings with their reasons, and what became of last year's: where there is any."""
        found = low_ratings(self.report)
        if found.is_empty:
            return []
        self._enter(2, found.title, "low")
        context = {
            "heading": found.title,
            "found": found,
            "low": [(mark(each.row.rating, self.report), each) for each in found.low],
            "followed": [
                (mark(each.before.rating, self.report), mark(each.row.rating, self.report) if each.row else "", each)
                for each in found.followed
            ],
        }
        part = self.parts["tables"]
        return [self._chapter("low", "low", found.title, context, part=part, head=found.title, weight=3000)]

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
            policies = [self._slice(each, shape) for each in group]
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
                    weight=3 * weight(rows),
                )
            )
        return chapters

    def _slice(self, each: Slice, shape: Sequence[Column]) -> dict:
        policy, title = each.policy, f"{self.terms['policy']}{each.policy.code}　{each.policy.name}"
        anchor = "" if each.continued else self._enter(3, title, f"p{policy.code}")
        directions = [
            {"direction": direction, "rows": [PrintedRow(row, self.report, shape) for row in direction.rows],
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
            [self._chapter("indicators", "indicators", part, context, part=part, heads=heads, weight=30000)]
            if goals
            else []
        )

    def _glossary(self) -> list[Chapter]:
        """What words mean that not everybody knows: where any is used."""
        if not self.report.glossary:
            return []
        part = self.parts["glossary"]
        self._enter(1, part, "glossary")
        return [self._chapter("glossary", "glossary", part, {"heading": part}, part=part, head=part)]

    def _opinions(self) -> list[Chapter]:
        """What the committee said and the city answers, where something is published."""
        if not self.report.opinions:
            return []
        part = self.parts["opinions"]
        self._enter(1, part, "opinions")
        context = {"heading": part, "groups": published_by_goal(self.report)}
        return [self._chapter("opinions", "opinions", part, context, part=part, head=part, weight=3000)]

    def _index(self) -> Chapter:
        part = self.parts["index"]
        self._enter(1, part, "index")
        return self._chapter("index", "index", part, {}, part=part, head=part, late=True)

    def _errata(self) -> list[Chapter]:
        """What the edition before printed otherwise, right behind the contents."""
        if not self.errata:
            return []
        part = self.parts["errata"]
        self.entries.insert(0, Entry(1, part, "errata"))
        return [self._chapter("errata", "errata", part, {"heading": part}, part=part, head=part, weight=2000)]

    def _colophon(self) -> list[Chapter]:
        """What tells an edition from every other: at the very end, where a book has it, and so without a line in the
        contents, which know no page behind the index (its own length is not known when they are numbered)."""
        if not self.digest:
            return []
        part = self.parts["colophon"]
        return [self._chapter("colophon", "colophon", part, {"heading": part}, part=part, head=part)]

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
