"""集計 as a page and as a workbook, from the frozen report of a year and that of the year before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

from indicators import calculation, charts
from indicators.series import IndicatorYear
from initiatives import fiscal_year as fy
from initiatives.workbook_writer import Sheet
from reporting import counting
from reporting.snapshot import Report, Row, Tally

MANY = 80  # percent of one rating from which the page says that ratings lie close together


@dataclass(frozen=True)
class Line:
    """A goal, a policy, a department or all of it: counted this year and, where it was there, the year before."""

    key: str  # names it within the page
    number: str
    name: str
    rows: Sequence[Row]
    tally: Tally
    before: Tally | None
    best: str
    conditions: str = ""  # of the list of initiatives

    @property
    def cells(self) -> list[tuple[int, str]]:
        """Count of each rating, best first, 未評価 last, with the difference from last year (＋3)."""
        return [(count, self._difference(letter)) for letter, count in self.tally.ratings.items()]

    def _difference(self, letter: str) -> str:
        return "" if self.before is None else signed(self.tally.ratings[letter] - self.before.ratings.get(letter, 0))

    @property
    def count_change(self) -> str:
        return "" if self.before is None else signed(self.tally.count - self.before.count)

    @property
    def rate_change(self) -> Decimal | None:
        """In points, of the rates as printed."""
        if self.before is None or self.before.rate is None or self.tally.rate is None:
            return None
        return self.tally.rate - self.before.rate

    @property
    def rate_change_words(self) -> str:
        return points(self.rate_change) if self.rate_change else ""

    @property
    def share(self) -> Decimal | None:
        """The best rating's share of all rows, in whole percent."""
        return share(self.tally, self.best)

    @property
    def share_change_words(self) -> str:
        before = share(self.before, self.best) if self.before else None
        return points(None if before is None or self.share is None else self.share - before)


def share(tally: Tally, letter: str) -> Decimal | None:
    return calculation.percent(tally.ratings.get(letter, 0), tally.count, calculation.SHARE_PLACES)


def signed(difference: int | Decimal) -> str:
    """＋3, −2; "" for 0."""
    return f"{'＋' if difference > 0 else '−'}{abs(difference)}" if difference else ""


def points(difference: Decimal | None) -> str:
    """＋2ポイント, 同じ; "" when nothing can be compared."""
    if difference is None:
        return ""
    return f"{signed(difference)}ポイント" if difference else "同じ"


# --- How a figure came to be ------------------------------------------------------------------------


@dataclass(frozen=True)
class Calculation:
    """How the figures of a line came to be: steps in words, the rows by rating, and when they were approved."""

    line: Line
    steps: list[str]
    rows: list[tuple[str, int, str]]  # rating or 未評価, how many, their codes
    approved: str


def calculation_of(line: Line, report: Report) -> Calculation:
    """16×3＋2×2＝52点。満点は18×3＝54点。52÷54＝96.30％…; the rows behind each count."""
    return Calculation(line, _steps(line.tally, report), _by_rating(line.rows, report), _approved(line.rows))


def _steps(tally: Tally, report: Report) -> list[str]:
    if tally.rate is None:
        return ["数える取組がありません。"]
    scale = counting.scale_of(report.scale)
    terms = [
        f"{tally.ratings[step.letter]}×{step.points}"
        for step in report.scale
        if tally.ratings[step.letter] and step.points
    ]
    exact = calculation.round_half_up(calculation.ratio(Decimal(tally.points), Decimal(tally.full_points)), 2)
    step = next((each for each in report.scale if each.letter == tally.overall_rating), None)
    steps = [
        f"点数：{'＋'.join(terms)}＝{tally.points}点" if terms else "点数：0点",
        f"満点：{tally.count}件×{scale.full_points}点＝{tally.full_points}点",
        f"達成率：{tally.points}÷{tally.full_points}＝{exact}％。四捨五入して{tally.rate}％",
    ]
    if step:
        steps.append(f"総合評価：{exact}％は{step.min_rate}％以上なので{step.letter}（四捨五入する前の割合で決めます）")
    return steps


def _by_rating(rows: Iterable[Row], report: Report) -> list[tuple[str, int, str]]:
    codes = {step.letter: [] for step in report.scale} | {"": []}
    for row in rows:
        codes[row.rating].append(row.code)
    return [(letter or "未評価", len(found), "、".join(found)) for letter, found in codes.items() if found]


def _approved(rows: Sequence[Row]) -> str:
    days = sorted(row.approved_on for row in rows if row.approved_on)
    waiting = sum(not row.approved for row in rows)
    if not days:
        return "承認された取組は、まだありません。"
    first, last = fy.date_label(days[0]), fy.date_label(days[-1])
    words = f"{first}に承認されました。" if first == last else f"{first}から{last}までに承認されました。"
    return words + (f"まだ承認されていない{waiting}件は、未評価に数えています。" if waiting else "")


# --- Two ratings against each other -----------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """One row with two ratings: last year's and this year's, or a department's own and the agreed one."""

    row: Row
    first: str
    second: str
    steps: int  # how many steps the second is better (negative: worse)
    department: str = ""

    @property
    def words(self) -> str:
        """2段階低い"""
        return f"{abs(self.steps)}段階{'高い' if self.steps > 0 else '低い'}"


@dataclass(frozen=True)
class Matrix:
    """Pairs counted: a line for each first rating, a cell for each second."""

    letters: tuple[str, ...]
    pairs: tuple[Pair, ...] = field(default=())

    @property
    def up(self) -> list[Pair]:
        return self._differing(better=True)

    @property
    def down(self) -> list[Pair]:
        return self._differing(better=False)

    def _differing(self, *, better: bool) -> list[Pair]:
        """Those farthest apart first."""
        found = [pair for pair in self.pairs if pair.steps and (pair.steps > 0) == better]
        return sorted(found, key=lambda pair: -abs(pair.steps))

    @property
    def same(self) -> int:
        return sum(not pair.steps for pair in self.pairs)

    @cached_property
    def lines(self) -> list[tuple[str, int, list[tuple[int, str]]]]:
        """First rating, how many, and for each second the count with its look (same, up, down)."""
        made = []
        for place, first in enumerate(self.letters):
            counts = [
                sum(pair.first == first and pair.second == second for pair in self.pairs) for second in self.letters
            ]
            looks = ["same" if at == place else "up" if at < place else "down" for at in range(len(self.letters))]
            made.append((first, sum(counts), list(zip(counts, looks, strict=True))))
        return made


def against_last_year(report: Report, last: Report | None, rows: Iterable[Row]) -> Matrix:
    """Rows that were rated in both years; a row is known by its code, which is that of the plan today."""
    before = {row.code: row.rating for row in last.rows} if last else {}
    return _matrix(report, ((row, before.get(row.code, ""), row.rating, "") for row in rows))


def self_against_agreed(report: Report) -> Matrix:
    """Each department's own rating against the initiative's; a cross-listing that shows its original is not counted again."""
    return _matrix(
        report,
        (
            (row, part.self_rating, row.rating, part.department)
            for row in report.rows
            if row.shows_own
            for part in row.parts
        ),
    )


def _matrix(report: Report, pairs: Iterable[tuple[Row, str, str, str]]) -> Matrix:
    rank = {step.letter: step.rank for step in report.scale}
    return Matrix(
        tuple(rank),
        tuple(
            Pair(row, first, second, rank[first] - rank[second], department)
            for row, first, second, department in pairs
            if first in rank and second in rank
        ),
    )


# --- The whole ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Summary:
    """Everything on the page and in the workbook. `cross`: whether cross-listings (再掲) are counted."""

    report: Report
    last: Report | None
    cross: bool
    goals: list[Line]
    policies: list[Line]
    departments: list[Line]
    totals: list[Line]
    years: Matrix
    ratings: Matrix

    @property
    def best(self) -> str:
        return self.report.scale[0].letter if self.report.scale else ""

    @property
    def total(self) -> Line:
        return self.totals[0]

    @property
    def cross_listed(self) -> int:
        return self.report.tally.count - self.report.tally_without_cross_listings.count

    @property
    def calculations(self) -> list[Calculation]:
        lines = [*self.goals, *self.totals, *self.policies, *self.departments]
        return [calculation_of(line, self.report) for line in lines]

    @property
    def heading(self) -> str:
        tally, term = self.total.tally, self.report.terms["initiative"]
        if not tally.count:
            return "まだ評価がありません"
        rated = tally.ratings.get(self.best, 0)
        return f"{tally.count}の{term}のうち、{rated}件（{self.total.share}％）が{self.best}評価です"

    @property
    def lead(self) -> str:
        ratings = self.total.tally.ratings
        low = "、".join(f"{step.letter}は{ratings[step.letter]}件" for step in self.report.scale[2:])
        unrated = f"未評価は{ratings['unrated']}件です。" if ratings["unrated"] else "未評価はありません。"
        return f"{low}、{unrated}" if low else unrated

    @property
    def leaning(self) -> list[str]:
        """How the ratings are spread, against last year; a sentence when nearly all are one."""
        tally, before = self.total.tally, self.total.before
        if not tally.count:
            return []
        own = self.total.share
        told = [f"{self.best}の割合は{own}％です。"]
        if before is not None and before.count:
            then = share(before, self.best)
            change = (
                f"{abs(own - then)}ポイント{'増えました' if own > then else '減りました'}"
                if own != then
                else "同じです"
            )
            told = [f"{self.best}の割合は{own}％で、前年度の{then}％{'と' if own == then else 'から'}{change}。"]
        for letter in (step.letter for step in self.report.scale):
            if (found := share(tally, letter)) >= MANY:
                told.append(
                    f"評価の{found}％が{letter}に集まっています。進み方の違いが、評価からは読み取りにくくなっています。"
                )
        return told

    def chart(self, uid: str, **size):
        """The distribution of both years, a bar each."""
        rows = [(self.report.fiscal_year_label, self.total.tally.ratings)]
        if self.total.before is not None:
            rows.insert(0, (self.last.fiscal_year_label, self.total.before.ratings))
        return charts.rating_rows(uid, "評価の分布", rows, scale=self.report.scale, **size)

    @property
    def indicators(self) -> list[tuple[object, int]]:
        return [(step, self.report.indicator_ratings[step.letter]) for step in self.report.scale]

    @property
    def overridden(self) -> list[tuple[str, IndicatorYear]]:
        """Indicators whose rating of this year is not the computed one."""
        years = [(each.name, each.year(self.report.fiscal_year)) for each in self.report.indicators]
        return [(name, year) for name, year in years if year and year.is_overridden]


def summary(report: Report, last: Report | None, *, cross: bool = True) -> Summary:
    """Count a year. `last`: the report of the year before, None when the plan has none."""
    now, then = _Counted(report, cross), _Counted(last, cross) if last else None

    def line(kind: str, key: str, name: str, rows: Sequence[Row], before: Tally | None, **more) -> Line:
        best = report.scale[0].letter if report.scale else ""
        return Line(f"{kind}-{key}", key, name, rows, now.tally(rows), before, best, **more)

    goals, policies, departments = ([], [], [])
    for goal in report.goals:
        key = str(goal.number)
        before = then.goals.get(key) if then else None
        goals.append(line("goal", key, goal.name, now.wanted(goal.rows), before, conditions=f"goal={key}"))
        for policy in goal.policies:
            rows = now.wanted(row for direction in policy.directions for row in direction.rows)
            before = then.policies.get(policy.code) if then else None
            policies.append(line("policy", policy.code, policy.name, rows, before, conditions=f"policy={policy.code}"))
    owned = counting.by_department(now.rows)
    for number, each in enumerate(report.departments):
        before = then.departments.get(each.department) if then else None
        if each.department in owned:
            made = line("department", str(number), each.department, owned[each.department], before)
            departments.append(replace(made, conditions=f"q={each.department}"))
    totals = [line("total", "all", "合計", now.rows, then.tally(then.rows) if then else None)]
    originals = counting.originals(report.rows)
    if cross and len(originals) != len(now.rows):
        before = then.tally(counting.originals(last.rows)) if then else None
        name = f"合計（再掲の{len(now.rows) - len(originals)}件を除く）"
        totals.append(line("total", "originals", name, originals, before))
    return Summary(
        report, last, cross, goals, policies, departments, totals,
        years=against_last_year(report, last, now.rows), ratings=self_against_agreed(report),
    )  # fmt: skip


class _Counted:
    """A report with its rows counted, with or without cross-listings."""

    def __init__(self, report: Report, cross: bool):
        self.report, self.cross, self.scale = report, cross, counting.scale_of(report.scale)
        self.rows = self.wanted(report.rows)

    def wanted(self, rows: Iterable[Row]) -> list[Row]:
        return list(rows) if self.cross else counting.originals(rows)

    def tally(self, rows: Sequence[Row]) -> Tally:
        return counting.tally(rows, self.scale)

    @cached_property
    def goals(self) -> dict[str, Tally]:
        return {str(goal.number): self.tally(self.wanted(goal.rows)) for goal in self.report.goals}

    @cached_property
    def policies(self) -> dict[str, Tally]:
        return {
            policy.code: self.tally(self.wanted(row for direction in policy.directions for row in direction.rows))
            for goal in self.report.goals
            for policy in goal.policies
        }

    @cached_property
    def departments(self) -> dict[str, Tally]:
        return {name: self.tally(rows) for name, rows in counting.by_department(self.rows).items()}


# --- Excel --------------------------------------------------------------------------------------------


def sheets(found: Summary) -> list[Sheet]:
    """What the page shows, counts as numbers."""
    report, terms = found.report, found.report.terms
    letters = [step.letter for step in report.scale]
    head = ["件数", *letters, "未評価", "点数", "満点", "達成率（％）", "総合評価", *_CHANGES]
    widths = [8] * (len(letters) + 6) + [14] * len(_CHANGES)
    named = [("番号", 8), ("名称", 40)]
    return [
        _lines(f"{terms['goal']}ごと", named, head, widths, [*found.goals, *found.totals]),
        _lines(f"{terms['policy']}ごと", named, head, widths, found.policies),
        _lines("課ごと", [("担当課", 24)], head, widths, found.departments),
        _pairs("前年度との比較", found.years, "前年度の評価", "この年度の評価", _CHANGED),
        _pairs("自己評価との差", found.ratings, "自己評価", "取組の評価", _DIFFERING),
        _indicators(report),
    ]


_CHANGES = ("件数の差", "達成率の差（ポイント）")
_CHANGED = ("上がった段階（下がったときは負）",)
_DIFFERING = ("取組の評価が高い段階（低いときは負）",)


def _lines(name: str, named, head: list[str], widths: list[int], lines: list[Line]) -> Sheet:
    rows = [[*_names(line, named), *_cells(line)] for line in lines]
    return Sheet(name, [*(label for label, _ in named), *head], rows, [*(width for _, width in named), *widths])


def _names(line: Line, named) -> list:
    number = int(line.number) if line.number.isdigit() else "" if line.key.startswith("total") else line.number
    return [number, line.name] if len(named) == 2 else [line.name]


def _cells(line: Line) -> list:
    tally, before = line.tally, line.before
    changes = ["", ""] if before is None else [tally.count - before.count, line.rate_change]
    return [
        tally.count, *tally.ratings.values(), tally.points, tally.full_points, tally.rate, tally.overall_rating, *changes,
    ]  # fmt: skip


def _pairs(name: str, matrix: Matrix, first: str, second: str, last: tuple[str, ...]) -> Sheet:
    rows = [
        [pair.row.code, pair.row.name, pair.department or "、".join(owner.department for owner in pair.row.owners),
         pair.first, pair.second, pair.steps]
        for pair in matrix.pairs
    ]  # fmt: skip
    return Sheet(name, ["番号", "取組名", "担当課", first, second, *last], rows, [12, 40, 24, 14, 14, 20])


def _indicators(report: Report) -> Sheet:
    head = [
        "成果指標",
        "担当課",
        "実績",
        "目標値",
        "単位",
        "達成率（％）",
        "評価",
        "計算した評価",
        "計算と違う評価にした理由",
    ]
    years = [(each, each.year(report.fiscal_year)) for each in report.indicators]
    rows = [
        [each.name, each.department, year.actual, year.target, each.unit, year.rate, year.rating, year.computed_rating, year.override_reason]
        for each, year in years
        if year
    ]  # fmt: skip
    return Sheet("成果指標", head, rows, [40, 20, 10, 10, 8, 12, 8, 12, 40])
