"""集計 as a page and as a workbook, from the frozen report."""

from decimal import Decimal

from indicators import calculation
from initiatives.workbook_writer import Sheet
from reporting.snapshot import Report, Tally


def summary_page(report: Report) -> dict:
    """Words and rows of summary.html that are more than a lookup."""
    best = report.scale[0].letter if report.scale else ""
    count, rated = report.tally.count, report.tally.ratings.get(best, 0)
    share = _share(report.tally, best)
    heading = (
        f"{count}の{report.terms['initiative']}のうち、{rated}件（{share}％）が{best}評価です"
        if count
        else "まだ評価がありません"
    )
    return {
        "heading": heading,
        "lead": _lead(report),
        "letters": [step.letter for step in report.scale],
        "points": "、".join(f"{step.letter} {step.points}点" for step in report.scale),
        "departments": [(line, _share(line.tally, best)) for line in report.departments],
        "indicator_counts": [(step, report.indicator_ratings[step.letter]) for step in report.scale],
        "best": best,
        "cross_listed": report.tally.count - report.tally_without_cross_listings.count,
    }


def _share(tally: Tally, letter: str) -> Decimal | None:
    """A rating's share of all rows, in whole percent."""
    return calculation.percent(tally.ratings.get(letter, 0), tally.count, calculation.SHARE_PLACES)


def _lead(report: Report) -> str:
    ratings = report.tally.ratings
    low = "、".join(f"{step.letter}は{ratings[step.letter]}件" for step in report.scale[2:])
    unrated = f"未評価は{ratings['unrated']}件です。" if ratings["unrated"] else "未評価はありません。"
    return f"{low}、{unrated}" if low else unrated


def goal_sheet(report: Report) -> list[Sheet]:
    """Three sheets: goals, policies, departments. Counts are numbers, not text."""
    letters = [step.letter for step in report.scale]
    head = [*letters, "未評価", "点数", "満点", "達成率（％）", "総合評価"]

    def cells(tally: Tally) -> list:
        return [
            *(tally.ratings[letter] for letter in letters),
            tally.ratings["unrated"],
            tally.points,
            tally.full_points,
            tally.rate,
            tally.overall_rating,
        ]

    goals = [[goal.number, goal.name, goal.tally.count, *cells(goal.tally)] for goal in report.goals]
    totals = [
        ["", "合計", report.tally.count, *cells(report.tally)],
        [
            "",
            "合計（再掲を除く）",
            report.tally_without_cross_listings.count,
            *cells(report.tally_without_cross_listings),
        ],
    ]
    policies = [
        [policy.code, policy.name, policy.tally.count, *cells(policy.tally)]
        for goal in report.goals
        for policy in goal.policies
    ]
    departments = [[line.department, line.tally.count, *cells(line.tally)] for line in report.departments]
    terms = report.terms
    return [
        Sheet(f"{terms['goal']}ごと", ["番号", "名称", "件数", *head], [*goals, *totals], [6, 40, 8, *[9] * len(head)]),
        Sheet(f"{terms['policy']}ごと", ["番号", "名称", "件数", *head], policies, [6, 40, 8, *[9] * len(head)]),
        Sheet("課ごと", ["担当課", "件数", *head], departments, [24, 8, *[9] * len(head)]),
    ]
