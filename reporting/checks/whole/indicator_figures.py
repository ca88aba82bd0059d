"""成果指標: printed rates and ratings against the figures they are computed from."""

from collections.abc import Iterator
from decimal import Decimal

from initiatives import fiscal_year as fy
from initiatives import parsing
from initiatives.checking.finding import MUST, Check, Finding, Place
from initiatives.checking.reading import number, plain
from reporting.checks.context import Context
from reporting.snapshot import Indicator, IndicatorYear

_FIX = "達成率と評価は、実績と目標値からあゆみが計算します。計算した値にしてください。"


def find(context: Context) -> Iterator[Finding]:
    indicators = {indicator.code: indicator for indicator in context.report.indicators}
    printed: dict[tuple[str, int, str], dict[str, str]] = {}
    for key, text in context.claims.items():
        table, *path = key.split("/")
        if table == "indicators" and path[0] in indicators:
            code, year, goal, column = path
            printed.setdefault((code, int(year), goal), {})[column] = text
    for (code, year, goal), columns in printed.items():
        indicator = indicators[code]
        known = indicator.year(year)
        if known is not None:
            yield from _year(context, indicator, known, goal, columns)


def _year(context: Context, indicator: Indicator, known: IndicatorYear, goal: str, columns) -> Iterator[Finding]:
    rate, rating = _percent(columns.get("rate", "")), columns.get("rating", "").strip()
    if known.fiscal_year > context.report.fiscal_year:
        if rate is not None or rating:
            label = fy.label(known.fiscal_year)
            yield _finding(
                indicator, known, goal, f"達成率{rate}％" if rate is not None else f"評価{rating}", "空欄",
                f"{label}の実績はまだありません。0％ではなく、空欄です。", "future",
            )  # fmt: skip
        return
    if _differs(rate, known.rate):
        found = "空欄" if rate is None else f"達成率{rate}％"
        yield _finding(indicator, known, goal, found, _words(known.rate), _sum(indicator, known), "rate")
    if "rating" in columns and rating != known.rating:
        why = (
            f"達成率{known.rate}％は、{known.rating}の範囲です。"
            if known.rating
            else "実績がないので、評価はできません。"
        )
        yield _finding(indicator, known, goal, f"評価{rating or 'が空欄'}", known.rating or "空欄", why, "rating")
    yield from _copied(indicator, known, goal, columns)


def _copied(indicator: Indicator, known: IndicatorYear, goal: str, columns) -> Iterator[Finding]:
    """A printed ratio that its own components do not give."""
    stated = _percent(columns.get("actual", ""))
    if stated is None or known.numerator is None or not known.denominator or known.actual is None:
        return
    right = known.actual.quantize(Decimal(1).scaleb(-max(indicator.decimals, 1)), "ROUND_HALF_UP")
    if stated != right:
        why = f"{number(known.numerator)}{indicator.numerator_unit} ÷ {number(known.denominator)}{indicator.denominator_unit} ＝ {right}％です。"
        yield _finding(indicator, known, goal, f"実績{stated}％", f"{right}％", why, "actual")


def _differs(printed: Decimal | None, computed: Decimal | None) -> bool:
    return printed != computed and (printed is not None or computed is not None)


def _words(rate: Decimal | None) -> str:
    return "空欄" if rate is None else f"{rate}％"


def _sum(indicator: Indicator, known: IndicatorYear) -> str:
    if known.rate is None:
        return "実績か目標値がないので、達成率は出せません。"
    if known.numerator is not None and known.denominator:
        parts = f"{number(known.numerator)}{indicator.numerator_unit} ÷ {number(known.denominator)}{indicator.denominator_unit}"
        return f"{parts} ÷ 目標{number(known.target)}{indicator.unit} ＝ {known.rate}％です（丸める前の割合から計算）。"
    return (
        f"{number(known.actual)}{indicator.unit} ÷ 目標{number(known.target)}{indicator.unit} ＝ {known.rate}％です。"
    )


def _percent(text: str) -> Decimal | None:
    try:
        return parsing.parse_number(plain(text).rstrip("%")) if text.strip() else None
    except parsing.ParsingError:
        return None


def _finding(indicator, known: IndicatorYear, goal: str, found: str, expected: str, why: str, subject: str) -> Finding:
    year = fy.short(known.fiscal_year)
    at = f"（目標{goal}の表）" if goal else ""
    place = Place(
        "indicator", indicator.code, year, int(goal) if goal else next(iter(indicator.goal_numbers), None),
        words=f"成果指標「{indicator.name}」{year}{at}",
    )  # fmt: skip
    return Finding(place, found, expected, why, _FIX, basis=f"{found} {expected}", subject=f"{subject} {goal}")


CHECK = Check(
    name="indicator_figures",
    title="成果指標の達成率と評価",
    looks_at="report",
    severity=MUST,
    explanation="印刷の達成率と評価を、実績と目標値から計算した値と比べます。まだ実績のない年度の0.0％も見つけます。",
    example="58人÷335件は17.3％。前の年度の17.0％が、そのまま写されています。",
    alike=("「未実施」「設定なし」「検討中」の年度の空欄", "100％を超える達成率", "四捨五入で0.1％まで合う値"),
    find=find,
)
