"""成果指標の数: against the rules that the city keeps for them, and what is odd in any figure (indicators.rules)."""

from collections.abc import Iterator

from indicators.rules import Rulebook
from initiatives import fiscal_year as fy
from initiatives.checking.finding import LOOK, MUST, Check, Finding, Place
from reporting.checks.context import Context


def find(context: Context) -> Iterator[Finding]:
    year = context.report.fiscal_year
    book = Rulebook({indicator.code: indicator for indicator in context.report.indicators}, context.rules)
    for indicator in context.report.indicators:
        place = Place(
            "indicator", indicator.code, fy.short(year), next(iter(indicator.goal_numbers), None),
            indicator.department, f"成果指標「{indicator.name}」{fy.short(year)}",
        )  # fmt: skip
        for doubt in book.doubts(indicator.code, year):
            yield Finding(
                place, doubt.found, doubt.expected, doubt.why, doubt.fix, basis=f"{doubt.found} {doubt.expected}",
                subject=doubt.subject, severity=MUST if doubt.is_must else LOOK,
            )  # fmt: skip


CHECK = Check(
    name="indicator_doubts",
    title="成果指標の数の決まり",
    looks_at="report",
    severity=LOOK,
    explanation="成果指標の数を、市が決めた決まり（最小、最大、前の値からの増減、ほかの数との大小、両方書く数）と比べます。決まりがなくても、前の値の2倍より大きい、半分より小さい、割合が100％を超えた、累計が減ったときに出します。",
    example="昨年度146戸、今年度1,460戸。けたの間違いかもしれません。",
    alike=("決まりの値とちょうど同じ数", "「未実施」や空欄で、くらべられない数", "増減の決まりの中の、2倍を超える数"),
    find=find,
)
