"""What the pages say for citizens: findings in plain sentences, from the frozen report. Pure."""

import re
from decimal import Decimal

from indicators import calculation
from indicators import words as indicator_words
from indicators.models import Figure
from initiatives import fiscal_year as fy
from reporting.snapshot import Indicator, IndicatorYear, RatingStep, Report, Row, Section, Tally
from reporting.summary import share

QUOTED = 120  # characters of what the committee said, on the first page


def plan_short(report: Report) -> str:
    """鎌倉市地域福祉計画 → 地域福祉計画"""
    return report.plan_name.removeprefix(report.city_name).strip() or report.plan_name


def period(report: Report) -> str:
    """2024年4月から2025年3月まで"""
    return f"{report.fiscal_year}年4月から{report.fiscal_year + 1}年3月まで"


def headline(tally: Tally, report: Report) -> str:
    """237の取組のうち、195がいちばん良い評価（A）でした"""
    term = report.terms["initiative"]
    if not tally.count or not report.scale:
        return f"{term}はまだありません"
    best = report.scale[0].letter
    found = tally.ratings.get(best, 0)
    if found == tally.count:
        return f"{tally.count}の{term}のすべてが、いちばん良い評価（{best}）でした"
    return f"{tally.count}の{term}のうち、{found}がいちばん良い評価（{best}）でした"


def years_finding(reports: list[Report]) -> str:
    """いちばん良い評価（A）の割合は、令和5年度の77％から令和6年度の82％になりました. Newest first; "" for one year."""
    if len(reports) < 2 or not reports[0].scale:
        return ""
    now, then = reports[:2]
    best = now.scale[0].letter
    shares = [share(each.tally, best) for each in (then, now)]
    if None in shares:
        return ""
    told = f"いちばん良い評価（{best}）の割合は、{then.fiscal_year_label}の{shares[0]}％"
    if shares[0] == shares[1]:
        return f"{told}と同じです"
    return f"{told}から{now.fiscal_year_label}の{shares[1]}％に{'増え' if shares[1] > shares[0] else '減り'}ました"


def purpose(report: Report) -> str:
    aim = "".join(report.philosophy.split("\n")).strip()
    terms = report.terms
    what = f"{len(report.goals)}の{terms['goal']}と{report.tally.count}の{terms['initiative']}を決めています"
    return f"{report.city_name}は、{f'「{aim}」をめざして、' if aim else ''}{what}。{report.fiscal_year_label}の結果をお知らせします。"


def low_words(tally: Tally, report: Report) -> str:
    """Cは1件、Dは1件です。まだ評価がないものは1件です。"""
    letters = [step.letter for step in report.scale[2:]]
    told = "、".join(f"{letter}は{tally.ratings[letter]}件" for letter in letters)
    unrated = tally.ratings.get(calculation.UNRATED, 0)
    return f"{told}です。" * bool(told) + f"まだ評価がないものは{unrated}件です。" * bool(unrated)


def scale_words(step: RatingStep, report: Report) -> str:
    """達成率75％以上 for the best, 25％未満 for the worst."""
    above = [each for each in report.scale if each.min_rate > step.min_rate]
    if step.min_rate == 0 and above:
        return f"達成率{min(each.min_rate for each in above)}％未満"
    return f"達成率{step.min_rate}％以上"


def points_words(report: Report) -> str:
    """A 3点、B 2点、C 1点、D 0点"""
    return "、".join(f"{step.letter} {step.points}点" for step in report.scale)


# --- Indicators ---------------------------------------------------------------------------------------


def finding(indicator: Indicator, fiscal_year: int) -> str:
    """「…と思う市民の割合」は57.7％です。前年度から5.9ポイント上がりましたが、目標の67.2％には届いていません。"""
    year, name = indicator.year(fiscal_year), f"「{indicator.name}」"
    if year is None or year.actual is None:
        word = "" if year is None or year.actual_figure == Figure.BLANK else Figure(year.actual_figure).label
        return f"{name}の{fy.label(fiscal_year)}の実績は{f'「{word}」です' if word else 'まだありません'}。"
    told = f"{name}は{'、累計で' if indicator.is_cumulative else ''}{indicator_words.actual(indicator, year)}です。"
    return told + _change_and_aim(indicator, year)


def _change_and_aim(indicator: Indicator, year: IndicatorYear) -> str:
    change, aim = indicator_words.change(indicator, year.fiscal_year), aim_words(indicator, year)
    if aim and change.endswith("ました") and _is_better(indicator, year) and not is_reached(indicator, year):
        return f"{change}が、{aim}。"
    return "".join(f"{words}。" for words in (change, aim) if words)


def aim_words(indicator: Indicator, year: IndicatorYear) -> str:
    """目標の67.2％には届いていません; "" where nothing can be said."""
    if year.actual is None or year.target is None:
        return ""
    aim = indicator_words.amount(year.target, indicator.unit, indicator.decimals)
    named = f"目安の{aim}" if year.target_prorated else f"目標の{aim}"
    if indicator.is_kept:
        return f"{named}を{'保っています' if is_reached(indicator, year) else '保てていません'}"
    return f"{named}に{'届きました' if is_reached(indicator, year) else 'は届いていません'}"


def is_reached(indicator: Indicator, year: IndicatorYear) -> bool:
    """Of the figures as printed: a rate rounded up to 100.0 is no reached target."""
    actual, target = (calculation.round_half_up(value, indicator.decimals) for value in (year.actual, year.target))
    if indicator.is_kept:
        return abs(actual - target) <= (indicator.no_change_band or 0)
    return actual <= target if indicator.lower_is_better else actual >= target


def _is_better(indicator: Indicator, year: IndicatorYear) -> bool:
    change = indicator.change(year.fiscal_year)
    return not indicator.is_kept and change is not None and (change < 0) == indicator.lower_is_better


def featured(report: Report) -> Indicator | None:
    """The indicator of the first page: what came of it for people, rather than what was done, if it was measured."""

    def order(indicator: Indicator) -> tuple:
        year = indicator.year(report.fiscal_year)
        measured = year is not None and year.actual is not None
        return not measured, indicator.kind != "outcome", not indicator_words.is_percent(indicator.unit)

    return min(report.indicators, key=order, default=None)


def indicator_headline(report: Report) -> str:
    """12の成果指標のうち、9がいちばん良い評価（A）でした"""
    count = len(report.indicators)
    if not count or not report.scale:
        return "成果指標はありません"
    best = report.scale[0].letter
    return f"{count}の成果指標のうち、{report.indicator_ratings.get(best, 0)}がいちばん良い評価（{best}）でした"


# --- Texts --------------------------------------------------------------------------------------------


def owners(row: Row) -> str:
    return "、".join(dict.fromkeys(owner.department for owner in row.owners))


def reason(row: Row) -> str:
    """Why a rating is low, in one piece."""
    return first_sentences(row.low_rating_reason or row.issues, QUOTED)


def quotation(section: Section | None) -> str:
    """The first sentences of what the committee said."""
    return first_sentences(section.text, QUOTED) if section else ""


def first_sentences(text: str, most: int) -> str:
    """As many whole sentences as fit, one at least."""
    told = ""
    for sentence in re.findall(r"[^。\n]+(?:。|\n|$)", text.strip()):
        sentence = sentence.strip().lstrip("・")
        if told and len(told) + len(sentence) > most:
            break
        told += sentence
    return told


def description(text: str, most: int = 120) -> str:
    """One line for search engines and previews."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def size(count: int) -> str:
    """4.1MB, 310KB"""
    if count >= 1_000_000:
        return f"{calculation.round_half_up(Decimal(count) / 1_000_000, 1)}MB"
    return f"{max(1, round(count / 1000)):,}KB"
