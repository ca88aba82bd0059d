"""低い評価の取組: what was rated low this year and why, and what became of last year's. For the page and the PDF."""

from dataclasses import dataclass

from initiatives import fiscal_year as fy
from reporting.snapshot import LowBefore, Report, Row


@dataclass(frozen=True)
class Low:
    """An initiative with a low rating, and the codes under which it is listed again (再掲)."""

    row: Row
    also: tuple[str, ...]


@dataclass(frozen=True)
class Followed:
    """An initiative that was rated low a year ago; `row` is this year's, None when there is none any more."""

    before: LowBefore
    row: Row | None
    outcome: str  # Bに上がりました
    way: str  # up, same or down; "" while it cannot be said


@dataclass(frozen=True)
class LowRatings:
    letters: str  # C・D
    low: tuple[Low, ...]
    followed: tuple[Followed, ...]
    year: str  # 令和6年度
    year_before: str
    term: str  # 取組

    @property
    def is_empty(self) -> bool:
        return not self.low and not self.followed

    @property
    def title(self) -> str:
        return f"評価が{self.letters}の{self.term}"

    @property
    def finding(self) -> str:
        """令和6年度にC・Dの取組は2件です。令和5年度にC・Dだった5件のうち、3件の評価が上がりました。"""
        words = f"{self.year}に{self.letters}の{self.term}は{len(self.low)}件です。"
        without = sum(not each.row.low_rating_reason.strip() for each in self.low)
        words += f"このうち{without}件に、低評価の理由がありません。" if without else ""
        if not self.followed:
            return f"{words}{self.year_before}に{self.letters}だった{self.term}はありません。"
        better = sum(each.way == "up" for each in self.followed)
        return f"{words}{self.year_before}に{self.letters}だった{len(self.followed)}件のうち、{better}件の評価が上がりました。"


def low_ratings(report: Report) -> LowRatings:
    letters = [step.letter for step in report.scale if step.reason_required]
    own = [row for row in report.rows if row.shows_own]
    shown_again = [row for row in report.rows if not row.shows_own]
    rows = {row.code: row for row in report.rows}
    return LowRatings(
        letters="・".join(letters),
        low=tuple(
            Low(row, tuple(other.code for other in shown_again if other.original_code == row.code))
            for row in own
            if row.rating in letters
        ),
        followed=tuple(_followed(before, rows.get(before.code), report) for before in report.low_before),
        year=report.fiscal_year_label,
        year_before=fy.label(report.fiscal_year - 1),
        term=report.terms["initiative"],
    )


def _followed(before: LowBefore, row: Row | None, report: Report) -> Followed:
    if not before.in_force or row is None:
        return Followed(before, None, f"{fy.label(report.fiscal_year - 1)}で終わりました", "")
    ranks = {step.letter: step.rank for step in report.scale}
    if row.rating not in ranks:
        return Followed(before, row, "まだ評価がありません", "")
    if row.rating == before.rating:
        return Followed(before, row, f"{row.rating}のままです", "same")
    if ranks[row.rating] < ranks[before.rating]:
        return Followed(before, row, f"{row.rating}に上がりました", "up")
    return Followed(before, row, f"{row.rating}に下がりました", "down")
