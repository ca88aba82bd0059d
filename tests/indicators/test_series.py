"""An indicator over its years: hand-worked examples of every kind of indicator, from the rows to the rating."""

from decimal import Decimal as D

import pytest
from django.db import IntegrityError, transaction

from indicators import words
from indicators.models import Figure
from indicators.series import all_series, scale_of
from tests.factories import make_indicator

NC = Figure.NOT_CONDUCTED


def series_of(plan, values, as_of=2024, **fields):
    indicator = make_indicator(plan, values=values, **fields)
    return all_series(plan, as_of, scale_of(plan))[indicator.pk]


def told(series, *names) -> list[tuple]:
    return [tuple(getattr(year, name) for name in names) for year in series.years]


# --- 調査のある年だけ実績がある ---------------------------------------------------------------------


def test_a_year_without_a_survey_is_not_owed(plan):
    series = series_of(plan, {2020: ("50", "50"), 2022: ("53", "52")}, survey_years="R2 R4 R6")
    assert [year.actual_figure for year in series.years] == [
        "value", "not_conducted", "value", "not_conducted", "blank", "blank",
    ]  # fmt: skip
    assert words.caption(series, 2023) == "令和5年度の実績は「未実施」です。"


def test_a_survey_is_compared_with_the_survey_before(plan):
    values = {2020: ("50.0", "50"), 2021: (NC, "51"), 2022: ("53.0", "52"), 2024: ("52.2", "54")}
    series = series_of(plan, values, unit="%", decimals=1, survey_years="R2 R4 R6")
    assert words.change(series, 2022) == "令和2年度の調査から3.0ポイント上がりました"
    assert words.change(series, 2024) == "令和4年度の調査から0.8ポイント下がりました"
    assert words.change(series, 2020) == ""
    assert words.short_change(series, 2024) == "−0.8ポイント（R4から）"


def test_without_survey_years_only_the_year_before_is_compared_with(plan):
    series = series_of(plan, {2022: ("53", "52"), 2023: (NC, "52"), 2024: ("52", "54")})
    assert words.change(series, 2024) == ""


# --- 変化なしの幅 -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "long", "short"),
    [
        ("53.8", "前年度との差は＋2.0ポイントで、変化なし（±2.0ポイントの中）です", "変化なし"),  # 53.8 − 51.8 ＝ 2.0
        ("53.9", "前年度から2.1ポイント上がりました", "＋2.1ポイント"),
        ("49.8", "前年度との差は−2.0ポイントで、変化なし（±2.0ポイントの中）です", "変化なし"),
        ("49.7", "前年度から2.1ポイント下がりました", "−2.1ポイント"),
        ("51.8", "前年度と同じです", "変化なし"),
    ],
)
def test_no_change_band(plan, now, long, short):
    values = {2023: ("51.8", "64.4"), 2024: (now, "67.2")}
    series = series_of(plan, values, unit="%", decimals=1, no_change_band=D("2.0"))
    assert (words.change(series, 2024), words.short_change(series, 2024)) == (long, short)


# --- 中間年の目安 -----------------------------------------------------------------------------------


def test_targets_between_two_stated_ones_are_prorated_and_marked(plan):
    # 56.0 in R2, 70.0 in R7; R6 is four of five years on: 56.0 ＋ 14.0 × 4 ÷ 5 ＝ 67.2. 57.7 ÷ 67.2 ＝ 85.86… ％
    values = {2020: (NC, "56.0"), 2024: ("57.7", None), 2025: (None, "70.0")}
    series = series_of(plan, values, unit="%", decimals=1, prorates_target=True)
    assert [str(target) for (target,) in told(series, "target")] == ["56.0", "58.8", "61.6", "64.4", "67.2", "70.0"]
    assert [mark for (mark,) in told(series, "target_prorated")] == [False, True, True, True, True, False]
    now = series.year(2024)
    assert (now.rate, now.rating, now.target_figure) == (D("85.9"), "A", "value")
    assert words.target(series, now) == "67.2％（目安）"
    assert words.proration_of(series, now, 2019) == (
        "令和2年度の56.0％から令和7年度の目標70.0％まで：56.0％ ＋（70.0％ − 56.0％）× 4年 ÷ 5年 ＝ 67.2％"
    )
    assert words.calculation_of(series, now) == "実績 57.7％ ÷ 目安 67.2％ ＝ 85.9％"


def test_the_line_begins_at_the_first_value(plan):
    # 20 in R1 (初期値), 32 in R7: 2 a year. R6 is five years on: 30. 24 ÷ 30 ＝ 80 ％.
    series = series_of(plan, {2024: ("24", None), 2025: (None, "32")}, baseline=D(20), prorates_target=True)
    assert [target for (target,) in told(series, "target")] == [D(22), D(24), D(26), D(28), D(30), D(32)]
    assert (series.year(2024).rate, series.year(2024).rating) == (D("80.0"), "A")
    assert words.proration_of(series, series.year(2024), 2019) == (
        "令和元年度の20から令和7年度の目標32まで：20 ＋（32 − 20）× 5年 ÷ 6年 ＝ 30"
    )


def test_nothing_is_prorated_unasked_nor_where_a_word_stands(plan):
    asked = series_of(plan, {2020: ("1", "10"), 2022: ("1", Figure.NOT_SET), 2024: ("1", "30")}, prorates_target=True)
    assert [(year.target, year.target_figure) for year in asked.years][1:4] == [
        (D(15), "value"), (None, "not_set"), (D(25), "value"),
    ]  # fmt: skip
    unasked = series_of(plan, {2020: ("1", "10"), 2024: ("1", "30")}, code="I02")
    assert unasked.year(2022).target is None


# --- 低いほどよい、目標0、近いほどよい、累計 --------------------------------------------------------


def test_lower_is_better(plan):
    # 待機児童: 40 of at most 30: 30 ÷ 40 ＝ 75 ％, just A. Then none at all, with a target of 10.
    series = series_of(plan, {2023: ("40", "30"), 2024: ("0", "10")}, unit="人", polarity="lower")
    assert [(year.rate, year.rating) for year in series.years[3:5]] == [(D("75.0"), "A"), (D("100.0"), "A")]
    assert words.calculation_of(series, series.year(2023)) == "目標 30人 ÷ 実績 40人 ＝ 75.0％"
    assert words.calculation_of(series, series.year(2024)) == (
        "実績 0人は目標 10人を達成しています。0では割れないので、達成率は100.0％とします"
    )


def test_target_zero(plan):
    # As few as possible, target 0: one accident is 0 ÷ 1 ＝ 0 ％, D. As many as possible, target 0: no rate, no rating.
    fewer = series_of(plan, {2023: ("1", "0"), 2024: ("0", "0")}, unit="件", polarity="lower")
    assert [(year.rate, year.rating) for year in fewer.years[3:5]] == [(D("0.0"), "D"), (D("100.0"), "A")]
    more = series_of(plan, {2024: ("3", "0")}, unit="戸", code="I02")
    assert (more.year(2024).rate, more.year(2024).rating) == (None, "")
    assert words.calculation_of(more, more.year(2024)) == "目標 0戸では割れないので、達成率と評価は出しません"


def test_what_is_to_be_kept(plan):
    values = {2022: ("96", "100"), 2023: ("140", "100"), 2024: ("60", "100")}
    series = series_of(plan, values, unit="か所", polarity="keep", no_change_band=D(5))
    # 4 away is within ±5; 100 ÷ 140 ＝ 71.4 ％ (B); 60 ÷ 100 ＝ 60 ％ (B)
    assert [(year.rate, year.rating) for year in series.years[2:5]] == [
        (D("100.0"), "A"), (D("71.4"), "B"), (D("60.0"), "B"),
    ]  # fmt: skip
    assert words.calculation_of(series, series.year(2022)) == (
        "実績 96か所は目標 100か所から±5か所の中なので、達成率は100.0％とします"
    )
    assert words.calculation_of(series, series.year(2023)) == "目標 100か所 ÷ 実績 140か所 ＝ 71.4％"


def test_a_running_total_says_what_the_year_added(plan):
    # I09 of the printed report: 146 dwellings by R5, 201 by R6: 55 more. 201 ÷ 206 ＝ 97.57… ％
    series = series_of(plan, {2023: ("146", "146"), 2024: ("201", "206")}, unit="戸", accumulation="cumulative")
    assert words.increase(series, series.year(2024)) == "55戸"
    assert (series.year(2024).rate, series.year(2024).rating) == (D("97.6"), "A")
    assert words.caption(series, 2024) == (
        "令和6年度の実績は累計201戸で、目標206戸に対する達成率は97.6％（A）です。前年度から55戸増えました。"
    )


# --- 計算と違う評価 ---------------------------------------------------------------------------------


def test_an_override_stands_with_what_was_computed(plan):
    series = series_of(plan, {2024: ("1", "10")})
    assert (series.year(2024).rating, series.year(2024).is_overridden) == ("D", False)
    plan.indicators.get().values.update(rating_override="C", override_reason="施設の休止が半年あったため")
    now = next(iter(all_series(plan, 2024, scale_of(plan)).values())).year(2024)
    assert (now.rating, now.computed_rating, now.rate) == ("C", "D", D("10.0"))
    assert words.override_of(now) == "計算ではDですが、Cとしています。理由：施設の休止が半年あったため"


def test_an_override_without_a_rate_says_so(plan):
    make_indicator(plan, values={2024: ("3", "0")})
    plan.indicators.get().values.update(rating_override="A", override_reason="目標を置かない年度だが、広がったため")
    now = next(iter(all_series(plan, 2024, scale_of(plan)).values())).year(2024)
    assert words.override_of(now).startswith("計算では評価が出ませんが、Aとしています。")


@pytest.mark.parametrize(("rating", "reason"), [("A", ""), ("", "理由だけ")])
def test_no_override_without_a_reason_in_the_database(plan, rating, reason):
    make_indicator(plan, values={2024: ("1", "2")})
    with pytest.raises(IntegrityError), transaction.atomic():
        plan.indicators.get().values.update(rating_override=rating, override_reason=reason)
