"""The report as an Excel file in the city's own layout: what is read by importing/workbook.py, written.

One sheet a goal and a sheet of indicators as officers know them, so that the file may be taken in again (here or in
another city's Ayumi) without a change; behind them sheets of sums with charts. No cell calculates.
"""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import xlsxwriter

from indicators import calculation
from initiatives import fiscal_year as fy
from initiatives.workbook_writer import FONT, fitting, height_of
from reporting.low_ratings import low_ratings
from reporting.pdf.figures import FIGURE_WORDS
from reporting.snapshot import Goal, Indicator, IndicatorYear, Report, Row, Tally

_WIDTHS = {"goal": 14, "policy": 16, "direction": 18, "code": 9, "name": 22, "description": 32, "owners": 16,
           "baseline": 16, "target": 16, "next_target": 16, "result": 48, "rating": 6, "issues": 40}  # fmt: skip
_USUAL = ("goal", "code", "name", "description", "owners", "baseline", "target", "next_target", "result", "rating",
          "issues")  # fmt: skip
_NEW = ("goal", "policy", "direction", "code", "name", "description", "owners", "result", "next_target", "rating",
        "issues")  # fmt: skip
_LOOKS = {
    "title": {"bold": True, "font_size": 14, "text_wrap": False, "border": 0},
    "plain": {},
    "head": {"bold": True, "bg_color": "#F2F2F2", "valign": "vcenter", "align": "center"},
    "middle": {"align": "center"},
    "bold": {"bold": True},
    "note": {"font_size": 9, "border": 0, "text_wrap": False},
}
_ROWS_AND_CHART = 12  # lines that leave room for their chart on the page
_NAME = 46  # characters of an indicator's name on a line
_BLOCK = 20  # rows of an indicator: its figures and its chart
A_FIXED_DATE = datetime(2000, 1, 1, tzinfo=UTC)  # the same report gives the same file
_INK, _BLUE = "#949494", "#00428C"
_RANKS = ("#00428C", "#5C9BD8", "#F0A35E", "#C0392B", "#7F7F7F")  # of the ratings from the best down; paler prints too


def render(report: Report) -> bytes:
    """The workbook (.xlsx) of a year's report."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties({"title": report.title, "author": report.publisher, "created": A_FIXED_DATE})
    _Book(book, report).write()
    book.close()
    return file.getvalue()


class _Book:
    def __init__(self, book, report: Report):
        self.book, self.report = book, report
        always = {
            "text_wrap": True,
            "valign": "top",
            "border": 1,
            "border_color": "#A6A6A6",
            "font_name": FONT,
            "font_size": 10,
        }
        self.always = always
        self.looks = {name: book.add_format(always | look) for name, look in _LOOKS.items()}
        self.numbers: dict[str, object] = {}
        self.now, self.next = fy.short(report.fiscal_year), fy.short(report.fiscal_year + 1)

    def write(self) -> None:
        for goal in self.report.goals:
            self._goal(goal)
        self._indicators()
        self._sums()
        self._departments()
        self._low_ratings()
        self._indicator_charts()

    def _sheet(self, name: str, widths: Sequence[int], *, landscape: bool = True):
        page = self.book.add_worksheet(name)
        for column, width in enumerate(widths):
            page.set_column(column, column, width)
        page.set_paper(9)  # A4
        page.fit_to_pages(1, 0)
        page.set_footer("&C&P / &N")
        if landscape:
            page.set_landscape()
        return page

    def _text(self, page, row: int, column: int, text: str, look: str = "plain") -> None:
        write = page.write_string if text else page.write_blank
        write(row, column, fitting(text) if text else None, self.looks[look])

    # --- A goal ---------------------------------------------------------------------------------------

    def _goal(self, goal: Goal) -> None:
        columns = _NEW if goal.is_new else _USUAL
        page = self._sheet(f"目標{goal.number}", [_WIDTHS[name] for name in columns])
        year = self.report.fiscal_year_label
        title = f"{self.report.plan_name}　取組調査票（{year}実施分）　目標{goal.number}　{goal.name}"
        self._text(page, 0, 0, title, "title")
        self._text(page, 1, 0, self._scale_line(), "note")
        heads = [self._heading(name, goal) for name in columns]
        for column, words in enumerate(heads):
            self._text(page, 2, column, words, "head")
        page.set_row(2, height_of(heads, [_WIDTHS[name] for name in columns]))
        page.freeze_panes(3, columns.index("code") + 2)
        page.repeat_rows(2)
        self._rows(page, goal, columns)

    def _scale_line(self) -> str:
        steps = "　".join(f"{step.letter}：{step.min_rate}%～ {step.definition}" for step in self.report.scale)
        return f"評価区分（各取組の{self.now}目標に対する達成率）　{steps}"

    def _heading(self, name: str, goal: Goal) -> str:
        baseline = fy.short(self.report.baseline_year or self.report.first_year - 1)
        return {
            "goal": "目標", "policy": "施策", "direction": "具体的な方向性", "code": "番号", "name": "取組名",
            "description": "取組内容", "owners": "担当課名", "baseline": f"{baseline}実績\n(初期値)",
            "target": f"{self.now}目標", "next_target": f"{self.next}目標",
            "result": f"{self.now}実績\n(初期値)" if goal.is_new else f"{self.now}実績",
            "rating": f"{self.now}\n評価",
            "issues": f"{self.now}の取組における課題と課題解決に向けて{self.next}に予定している取組（対応）",
        }[name]  # fmt: skip

    def _rows(self, page, goal: Goal, columns: Sequence[str]) -> None:
        at, starts = 3, {"goal": 3}
        for policy in goal.policies:
            starts["policy"] = at
            for direction in policy.directions:
                starts["direction"] = at
                for row in direction.rows:
                    at = self._row(page, at, row, columns)
                number = int(direction.code.rpartition("-")[2])
                self._group(page, columns, "direction", starts, at, f"{_circled(number)}{direction.name}")
            number = policy.code.rpartition("-")[2]
            self._group(page, columns, "policy", starts, at, f"({number}) {policy.name}")
        self._group(page, columns, "goal", starts, at, f"{goal.number}\n（目標{goal.number}）\n{goal.name}")

    def _group(self, page, columns, name: str, starts: dict, end: int, words: str) -> None:
        """A cell over all rows of a goal, policy or direction."""
        if name not in columns or end == starts[name]:
            return
        column = columns.index(name)
        if end - starts[name] > 1:
            page.merge_range(starts[name], column, end - 1, column, "", self.looks["plain"])
        self._text(page, starts[name], column, words)

    def _row(self, page, at: int, row: Row, columns: Sequence[str]) -> int:
        values = {
            "code": row.code, "name": self._name(row), "description": row.description, "owners": _owners(row),
            "baseline": row.baseline, "target": row.target, "next_target": row.next_target, "result": row.result,
            "rating": row.rating, "issues": row.issues,
        }  # fmt: skip
        for column, name in enumerate(columns):
            if name in values:
                self._text(page, at, column, values[name], "middle" if name == "rating" else "plain")
        page.set_row(at, height_of([values.get(name, "") for name in columns], [_WIDTHS[name] for name in columns]))
        if not row.note:
            return at + 1
        left = columns.index("name")  # without a number: it belongs to the row above
        self._text(page, at + 1, left - 1, "")
        page.merge_range(at + 1, left, at + 1, len(columns) - 1, "", self.looks["plain"])
        self._text(page, at + 1, left, row.note)
        page.set_row(at + 1, height_of([row.note], [sum(_WIDTHS[name] for name in columns[left:])]))
        return at + 2

    def _name(self, row: Row) -> str:
        original = f"【再掲{row.original_code}】\n" if row.original_code else ""
        return f"{original}{row.name}{f'※{fy.short(row.new_in)}新規' if row.new_in else ''}"

    # --- Indicators -------------------------------------------------------------------------------------

    def _indicators(self) -> None:
        years = range(self.report.first_year, self.report.last_year + 1)
        page = self._sheet("成果指標", [34, *[11] * (len(years) + 1)], landscape=False)
        title = f"{self.report.plan_name}　成果指標（{self.report.fiscal_year_label}実施分）"
        self._text(page, 0, 0, title, "title")
        at = 2
        by_code = {indicator.code: indicator for indicator in self.report.indicators}
        for goal in self.report.goals:
            self._text(page, at, 0, f"目標 {goal.number}", "bold")
            self._text(page, at, 1, goal.name, "bold")
            self._text(page, at + 1, 0, "成果指標", "bold")
            at += 2
            for code in goal.indicator_codes:
                at = self._block(page, at, by_code[code], years) + 1

    def _block(self, page, at: int, each: Indicator, years: Sequence[int]) -> int:
        self._text(page, at, 0, f"◆ {each.name}", "bold")
        self._text(page, at + 1, 0, "", "head")
        for column, words in enumerate(["初期値", *map(fy.short, years)], 1):
            self._text(page, at + 1, column, words, "head")
        at += 2
        found = [each.year(year) for year in years]
        if each.numerator_name or each.denominator_name:
            upper = [each.baseline_numerator, *(year and year.numerator for year in found)]
            lower = [each.baseline_denominator, *(year and year.denominator for year in found)]
            at = self._figures(page, at, each.denominator_name, lower, each.denominator_unit, 0)
            at = self._figures(page, at, each.numerator_name, upper, each.numerator_unit, 0)
        actual = [each.baseline, *(year and _said(year.actual, year.actual_figure) for year in found)]
        if each.numerator_name or each.denominator_name:  # computed, so as long as division makes it: as it is printed
            actual = [calculation.round_half_up(n, each.decimals) if isinstance(n, Decimal) else n for n in actual]
        target = [None, *(year and _target(year) for year in found)]
        label = f"{each.ratio_name} A" if each.ratio_name else "実績 A"
        at = self._figures(page, at, label, actual, each.unit, each.decimals)
        at = self._figures(page, at, "目標値 B", target, each.unit, each.decimals)
        at = self._figures(page, at, "達成率 A/B", [None, *(year and year.rate for year in found)], "%", 1)
        ratings = [None, *(year and year.rating for year in found)]
        at = self._figures(page, at, "評価", ratings, "", 0)
        if each.source:
            self._text(page, at, 0, each.source if each.source.startswith("出典") else f"出典：{each.source}", "note")
            at += 1
        return at

    def _figures(self, page, at: int, label: str, values: Sequence, unit: str, decimals: int) -> int:
        self._text(page, at, 0, label)
        for column, value in enumerate(values, 1):
            if isinstance(value, Decimal):
                page.write_number(at, column, value / 100 if unit == "%" else value, self._number(unit, decimals))
            else:
                self._text(page, at, column, value or "", "middle")
        return at + 1

    def _number(self, unit: str, decimals: int):
        digits = "0" if not decimals else f"0.{'0' * decimals}"
        code = f"{digits}%" if unit == "%" else f'#,##{digits}"{unit}"' if unit else digits
        if code not in self.numbers:
            self.numbers[code] = self.book.add_format(self.always | {"num_format": code, "align": "right"})
        return self.numbers[code]

    # --- Sums ---------------------------------------------------------------------------------------------

    def _sums(self) -> None:
        """Counted by the report, not by Excel; the chart shows the counts."""
        goals = [(f"目標{goal.number}　{goal.name}", goal.tally) for goal in self.report.goals]
        originals = self.report.tally_without_cross_listings
        totals = [("合計", self.report.tally)]
        if originals.count != self.report.tally.count:
            totals.append(("再掲を除く合計", originals))
        page, first = self._tallies("集計", "目標ごとの評価", "目標の名前", goals + totals)
        self._stacked(page, "集計", first, len(goals), "目標ごとの評価の件数", below=first + len(goals + totals) + 1)
        policies = [
            (f"{policy.code}　{policy.name}", policy.tally) for goal in self.report.goals for policy in goal.policies
        ]
        self._tallies("施策ごとの集計", "施策ごとの評価", "施策の名前", policies)

    def _departments(self) -> None:
        lines = [(each.department, each.tally) for each in self.report.departments]
        page, first = self._tallies(
            "課ごとの集計", "課ごとの評価（2つ以上の課の取組は、それぞれの課で数えます）", "課の名前", lines
        )
        self._stacked(page, "課ごとの集計", first, len(lines), "課ごとの評価の件数", below=first + len(lines) + 1)

    def _low_ratings(self) -> None:
        found = low_ratings(self.report)
        if found.is_empty:
            return
        page = self._sheet("低い評価", widths := [34, 8, 44, 44, 26])
        self._text(page, 0, 0, f"{found.title}（{self.report.fiscal_year_label}実施分）", "title")
        self._text(page, 1, 0, found.finding, "note")
        lines = [[found.term, "評価", "低評価の理由", "課題と改善策", "年度"]]
        lines += [
            [
                f"{each.row.code}　{each.row.name}",
                each.row.rating,
                each.row.low_rating_reason,
                each.row.issues,
                found.year,
            ]
            for each in found.low
        ]
        lines += [
            [f"{each.before.code}　{each.before.name}", each.before.rating, each.before.low_rating_reason,
             each.before.issues, f"{found.year_before}（{each.outcome}）"]
            for each in found.followed
        ]  # fmt: skip
        for at, line in enumerate(lines, 2):
            for column, words in enumerate(line):
                self._text(page, at, column, words, "head" if at == 2 else "plain")
            page.set_row(at, height_of(line, widths))
        page.freeze_panes(3, 1)

    def _tallies(self, name: str, title: str, head: str, lines: Sequence[tuple[str, Tally]]):
        """Returns the sheet and the number of its first row of figures."""
        letters = [step.letter for step in self.report.scale]
        widths = [44, 8, *[7] * (len(letters) + 1), 8, 8, 10, 10]
        page = self._sheet(name, widths, landscape=len(lines) <= _ROWS_AND_CHART)
        self._text(page, 0, 0, f"{title}（{self.report.fiscal_year_label}実施分）", "title")
        heads = [head, "件数", *letters, "未評価", "点数", "満点", "達成率", "総合評価"]
        for column, words in enumerate(heads):
            self._text(page, 2, column, words, "head")
        for at, (words, tally) in enumerate(lines, 3):
            self._text(page, at, 0, words)
            counts = [tally.count, *tally.ratings.values(), tally.points, tally.full_points]
            self._figures_of(page, at, counts, tally)
        page.freeze_panes(3, 1)
        return page, 3

    def _figures_of(self, page, at: int, counts: Sequence[int], tally: Tally) -> None:
        for column, count in enumerate(counts, 1):
            page.write_number(at, column, count, self._number("", 0))
        column = len(counts) + 1
        if tally.rate is None:
            self._text(page, at, column, "－", "middle")
        else:
            page.write_number(at, column, tally.rate / 100, self._number("%", 0))
        self._text(page, at, column + 1, tally.overall_rating or "－", "middle")

    def _stacked(self, page, name: str, first: int, count: int, title: str, *, below: int) -> None:
        chart = self.book.add_chart({"type": "bar", "subtype": "stacked"})
        last, letters = first + count - 1, [*(step.letter for step in self.report.scale), "未評価"]
        for rank, letter in enumerate(letters):
            column = 2 + rank
            chart.add_series({
                "name": letter, "categories": [name, first, 0, last, 0], "values": [name, first, column, last, column],
                "fill": {"color": _RANKS[min(rank, 4) if letter != "未評価" else 4]}, "gap": 60,
            })  # fmt: skip
        chart.set_title({"name": title, "name_font": {"name": FONT, "size": 12}})
        chart.set_y_axis({"reverse": True, "num_font": {"name": FONT, "size": 9}})
        chart.set_x_axis(
            {
                "label_position": "high",
                "num_font": {"name": FONT, "size": 9},
                "major_gridlines": {"visible": True, "line": {"color": "#E6E6E6"}},
            }
        )
        chart.set_legend({"position": "bottom", "font": {"name": FONT, "size": 9}})
        chart.set_size({"width": 900, "height": 140 + (26 if count <= _ROWS_AND_CHART else 20) * count})
        page.insert_chart(below, 0, chart, {"description": title})
        if count > _ROWS_AND_CHART:
            page.set_h_pagebreaks([below])

    def _indicator_charts(self) -> None:
        """Actual against target of each indicator, its figures as plain numbers above its chart."""
        years = range(self.report.first_year, self.report.last_year + 1)
        page = self._sheet("成果指標のグラフ", [_NAME, 10, *[10] * len(years)])
        self._text(page, 0, 0, f"成果指標の推移（{self.report.fiscal_year_label}実施分）", "title")
        at = 2
        for each in self.report.indicators:
            self._text(page, at, 0, each.name, "head")
            page.set_row(at, height_of([each.name], [_NAME]))
            self._text(page, at, 1, "単位", "head")
            for column, year in enumerate(years, 2):
                self._text(page, at, column, fy.short(year), "head")
            for offset, label in enumerate(("実績", "目標値"), 1):
                self._text(page, at + offset, 0, label)
                self._text(page, at + offset, 1, each.unit, "middle")
                for column, year in enumerate(map(each.year, years), 2):
                    value = None if year is None else year.actual if offset == 1 else year.target
                    if value is not None:
                        page.write_number(at + offset, column, value, self._number("", each.decimals))
            self._lines(page, at, len(years), each.name)
            at += _BLOCK
        page.freeze_panes(2, 1)
        page.set_h_pagebreaks(range(2 + 2 * _BLOCK, at, 2 * _BLOCK))

    def _lines(self, page, at: int, years: int, title: str) -> None:
        chart, name = self.book.add_chart({"type": "line"}), "成果指標のグラフ"
        for offset, color, dash in ((1, _BLUE, "solid"), (2, _INK, "dash")):
            chart.add_series({
                "name": [name, at + offset, 0], "categories": [name, at, 2, at, 1 + years],
                "values": [name, at + offset, 2, at + offset, 1 + years],
                "line": {"color": color, "width": 2.25, "dash_type": dash},
                "marker": {"type": "circle", "size": 6, "fill": {"color": color}, "border": {"color": color}},
            })  # fmt: skip
        chart.set_title({"name": title, "name_font": {"name": FONT, "size": 11}})
        chart.show_blanks_as("gap")
        chart.set_legend({"position": "bottom", "font": {"name": FONT, "size": 9}})
        chart.set_size({"width": 760, "height": 270})
        page.insert_chart(at + 3, 0, chart, {"description": f"{title}の実績と目標値"})


def _owners(row: Row) -> str:
    """One department a line, its note behind it, each partner in brackets under it."""
    lines = []
    for owner in row.owners:
        lines.append(f"{owner.department}（{owner.note}）" if owner.note else owner.department)
        lines += [f"({partner})" for partner in owner.partners]
    return "\n".join(lines)


def _said(number: Decimal | None, figure: str) -> Decimal | str:
    return FIGURE_WORDS.get(figure, "") if number is None else number


def _target(year: IndicatorYear) -> Decimal | str:
    """A 目安 is computed: what was set is blank."""
    return "" if year.target_prorated else _said(year.target, year.target_figure)


def _circled(number: int) -> str:
    return chr(ord("①") + number - 1) if 1 <= number <= 20 else ""
