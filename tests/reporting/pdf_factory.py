"""Small reports for the tests of the PDF: own sentences, figures computed by the app's own rules."""

from dataclasses import replace
from decimal import Decimal

from indicators import calculation
from reporting import snapshot

SCALE = calculation.Scale(
    [
        calculation.Band(*band)
        for band in (("A", 75, 3, "順調"), ("B", 50, 2, "おおむね"), ("C", 25, 1, "不十分"), ("D", 0, 0, "要改善"))
    ]
)
YEAR = 2024


def tally(rows) -> snapshot.Tally:
    made = calculation.tally([row.rating for row in rows], SCALE)
    return snapshot.Tally(
        dict(made.distribution), made.count, made.points, made.full_points, made.rate, made.overall_rating
    )


def row(code: str, **changes) -> snapshot.Row:
    base = snapshot.Row(
        code=code,
        name=f"第{code.replace('-', '')}の見守り",
        description="地域の見守りをすすめます。",
        note="",
        original_code="",
        holds_own=False,
        own_reason="",
        new_in=None,
        owners=(snapshot.Owner("みまもり課", "lead", "", ()),),
        baseline="12回",
        target="継続",
        next_target="継続",
        parts=(snapshot.Part("みまもり課", "見守りを24回行った。", "担い手をふやす。", "A"),),
        result="見守りを24回行った。",
        issues="担い手をふやす。",
        rating="A",
        low_rating_reason="",
        approved=True,
    )
    return replace(base, **changes)


def goal(number: int, rows: list[snapshot.Row], **changes) -> snapshot.Goal:
    """One policy with one direction for each pair of rows."""
    directions = tuple(
        snapshot.Direction(f"{number}-1-{place // 2 + 1}", f"方向{place // 2 + 1}", tuple(rows[place : place + 2]))
        for place in range(0, len(rows), 2)
    )
    kinds = (
        "social_trends", "progress_indicators", "progress_initiatives", "main_efforts", "needed_direction", "vision", "goal_summary",
    )  # fmt: skip
    base = snapshot.Goal(
        number=number,
        name=f"見守るまち{number}",
        overview="・だれも一人にしません。",
        is_new=False,
        tally=tally(rows),
        tally_without_cross_listings=tally([row for row in rows if not row.original_code]),
        policies=(snapshot.Policy(f"{number}-1", "見守りの輪をひろげる", tally(rows), directions),),
        sections={kind: snapshot.Section(kind, "", f"{kind}の文です。\n・ひとつめ。") for kind in kinds},
        events=(snapshot.Event("令和6年4月", "見守り隊を始めた"),),
        footnotes=(snapshot.Footnote(number, "見守り隊は市民のあつまりです。"),),
        committee_review=snapshot.Section("committee_review", f"({number}) 目標{number}について", "よく続いています。"),
        indicator_codes=("I1",),
    )
    return replace(base, **changes)


def indicator(**changes) -> snapshot.Indicator:
    def year(fiscal_year: int, actual: str | None, target: str) -> snapshot.IndicatorYear:
        value = None if actual is None else Decimal(actual)
        rate = calculation.achievement_rate(value, Decimal(target))
        figure = "value" if actual else "not_conducted"
        return snapshot.IndicatorYear(
            fiscal_year, value, figure, Decimal(target), "value", None, None, rate, SCALE.rating_for(rate)
        )

    base = snapshot.Indicator(
        code="I1", name="声をかけ合う人の割合", unit="%", decimals=1, source="市民アンケート", lower_is_better=False,
        goal_numbers=(1, 2), ratio_name="", numerator_name="", numerator_unit="", denominator_name="",
        denominator_unit="", baseline=Decimal("50"), baseline_numerator=None, baseline_denominator=None,
        years=(year(2022, None, "55"), year(2023, "52.5", "57.5"), year(2024, "57.7", "60")),
    )  # fmt: skip
    return replace(base, **changes)


def departments(rows) -> tuple[snapshot.DepartmentTally, ...]:
    names = dict.fromkeys(owner.department for each in rows for owner in each.owners)
    own = {name: [each for each in rows if name in [owner.department for owner in each.owners]] for name in names}
    return tuple(
        snapshot.DepartmentTally(name, tuple(each.code for each in found), tally(found)) for name, found in own.items()
    )


def report(goals: list[snapshot.Goal] | None = None, **changes) -> snapshot.Report:
    """Two goals of four rows, one of them a cross-listing, one unrated."""
    if goals is None:
        first = [row(f"1-1-{n // 2 + 1}-{n % 2 + 1}") for n in range(4)]
        second = [row(f"2-1-{n // 2 + 1}-{n % 2 + 1}") for n in range(2)]
        second.append(row("2-1-2-1", original_code="1-1-1-1", name="第1111の見守り"))
        second.append(row("2-1-2-2", rating="", result="", issues="", parts=()))
        goals = [goal(1, first), goal(2, second)]
    rows = [each for one in goals for each in one.rows]
    kinds = ("foreword", "process", "goal_progress", "achievement", "overall")
    indicators = (indicator(),)
    base = snapshot.Report(
        schema=snapshot.SCHEMA,
        title="みどり市見守り計画 推進状況報告書（令和6年度実施分）",
        plan_name="みどり市見守り計画",
        city_name="みどり市",
        publisher="みどり市 福祉課",
        committee_name="見守り委員会",
        philosophy="声をかけ合う\nまち",
        fiscal_year=YEAR,
        fiscal_year_label="令和6年度",
        first_year=2022,
        last_year=2024,
        baseline_year=2021,
        terms={"goal": "目標", "policy": "施策", "direction": "方向性", "initiative": "取組"},
        scale=tuple(
            snapshot.RatingStep(band.letter, band.definition, band.min_rate, band.points, rank)
            for rank, band in enumerate(SCALE.bands)
        ),
        sections={kind: snapshot.Section(kind, "", f"{kind}の文です。") for kind in kinds},
        committee_review=snapshot.Section("committee_review", "全体を通して", "来年も続けましょう。"),
        goals=tuple(goals),
        tally=tally(rows),
        tally_without_cross_listings=tally([each for each in rows if not each.original_code]),
        indicators=indicators,
        indicator_ratings=dict(calculation.tally([each.year(YEAR).rating for each in indicators], SCALE).distribution),
        departments=departments(rows),
        opinions=(
            snapshot.PublishedOpinion(
                1,
                "1-1-1-1",
                "1-1-1-1　第1111の見守り",
                "回数をふやしてほしい。",
                "adopted",
                "反映",
                "次の年度は30回にする。",
            ),
            snapshot.PublishedOpinion(
                None, "", "報告書の全体", "写真をふやしてほしい。", "noted", "参考", "来年の報告書で考える。"
            ),
        ),
    )
    return replace(base, **changes)


def changed(made: snapshot.Report, code: str, **changes) -> snapshot.Report:
    """The report with one row changed and counted anew."""

    def rows(found):
        return [replace(each, **changes) if each.code == code else each for each in found]

    return replace(report([goal(one.number, rows(one.rows)) for one in made.goals]), title=made.title)
