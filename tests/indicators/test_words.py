from decimal import Decimal

import pytest

from indicators import words
from indicators.models import Figure
from indicators.series import all_series, scale_of
from tests.factories import make_indicator


def series_of(plan, **fields):
    indicator = make_indicator(plan, **fields)
    return all_series(plan, 2024, scale_of(plan))[indicator.pk]


@pytest.mark.parametrize(
    ("before", "now", "sentence"),
    [
        (
            "51.8",
            "57.7",
            "令和6年度の実績は57.7％で、目標67.2％に対する達成率は85.9％（A）です。前年度から5.9ポイント上がりました。",
        ),
        ("57.7", "57.7", "令和6年度の実績は57.7％で、目標67.2％に対する達成率は85.9％（A）です。前年度と同じです。"),
        (None, "10.0", "令和6年度の実績は10.0％で、目標67.2％に対する達成率は14.9％（D）です。"),
        ("1", None, "令和6年度の実績はまだ入っていません。"),
        ("1", Figure.NOT_CONDUCTED, "令和6年度の実績は「未実施」です。"),
    ],
)
def test_caption(plan, before, now, sentence):
    series = series_of(plan, unit="%", decimals=1, values={2023: (before, "64.4"), 2024: (now, "67.2")})
    assert words.caption(series, 2024) == sentence


def test_caption_of_a_count(plan):
    series = series_of(plan, unit="団体", values={2023: ("64", "63"), 2024: ("62", "63")})
    assert words.caption(series, 2024).endswith("前年度から2団体減りました。")


def test_calculation_is_spelled_out(plan):
    series = series_of(
        plan, unit="%", decimals=1, values={2024: ("17.0", "30.0")},
        numerator_name="就労者数", numerator_unit="人", denominator_name="相談件数", denominator_unit="件",
    )  # fmt: skip
    assert words.calculation_of(series, series.year(2024)) == "実績 17.0％ ÷ 目標 30.0％ ＝ 56.7％"
    plan.indicators.get().values.update(numerator=58, denominator=335)
    again = next(iter(all_series(plan, 2024, scale_of(plan)).values()))
    assert words.calculation_of(again, again.year(2024)) == (
        "就労者数 58人 ÷ 相談件数 335件 ＝ 17.3％。実績 17.3％ ÷ 目標 30.0％ ＝ 57.7％"
    )


def test_amounts():
    assert words.amount(Decimal("2000"), "人", 0) == "2,000人"
    assert words.amount(Decimal("0"), "戸", 0) == "0戸"
    assert words.amount(None, "戸", 0) == "－"
    assert words.amount(Decimal("62.45"), "%", 1) == "62.5％"
