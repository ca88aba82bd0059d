"""What is said in sentences about the figures."""

from dataclasses import replace
from decimal import Decimal

import pytest

from reporting.public import words
from tests.reporting import pdf_factory as factory


def test_headline_says_how_many_did_best():
    report = factory.report()
    assert words.headline(report.tally, report) == "8の取組のうち、7がいちばん良い評価（A）でした"
    all_best = factory.tally([factory.row("1"), factory.row("2")])
    assert words.headline(all_best, report) == "2の取組のすべてが、いちばん良い評価（A）でした"
    assert words.headline(factory.tally([]), report) == "取組はまだありません"


def test_low_ratings_and_what_is_not_rated():
    report = factory.report()
    counted = factory.tally([factory.row("1", rating="D"), factory.row("2", rating="")])
    assert words.low_words(counted, report) == "Cは0件、Dは1件です。まだ評価がないものは1件です。"


def test_share_of_the_best_over_two_years():
    now = factory.report()
    then = replace(factory.changed(now, "1-1-1-1", rating="B"), fiscal_year=2023, fiscal_year_label="令和5年度")
    assert words.years_finding([now, then]) == (
        "いちばん良い評価（A）の割合は、令和5年度の75％から令和6年度の88％に増えました"
    )
    assert words.years_finding([now, replace(then, tally=now.tally)]) == (
        "いちばん良い評価（A）の割合は、令和5年度の88％と同じです"
    )
    assert words.years_finding([now]) == ""


def test_range_of_each_step_of_the_scale():
    report = factory.report()
    assert [words.scale_words(step, report) for step in report.scale] == [
        "達成率75％以上", "達成率50％以上", "達成率25％以上", "達成率25％未満",
    ]  # fmt: skip


def year(indicator, **changes):
    """The indicator with 令和6年度 changed."""
    *before, last = indicator.years
    return replace(indicator, years=(*before, replace(last, **changes)))


@pytest.mark.parametrize(
    ("indicator", "said"),
    [
        (factory.indicator(), "は57.7％です。前年度から5.2ポイント上がりましたが、目標の60.0％には届いていません。"),
        (
            factory.indicator(lower_is_better=True, polarity="lower"),
            "は57.7％です。前年度から5.2ポイント上がりました。目標の60.0％に届きました。",
        ),
        (
            year(factory.indicator(), actual=Decimal("50")),
            "は50.0％です。前年度から2.5ポイント下がりました。目標の60.0％には届いていません。",
        ),
        (
            year(factory.indicator(), actual=Decimal("59.96")),
            "は60.0％です。前年度から7.5ポイント上がりました。目標の60.0％に届きました。",
        ),
        (
            factory.indicator(polarity="keep", no_change_band=Decimal("3")),
            "は57.7％です。前年度から5.2ポイント上がりました。目標の60.0％を保っています。",
        ),
        (year(factory.indicator(), target=None, target_figure="not_set", rate=None), "は57.7％です。前年度から5.2ポイント上がりました。"),
        (year(factory.indicator(), actual=None, actual_figure="not_conducted"), "の令和6年度の実績は「未実施」です。"),
        (year(factory.indicator(), actual=None, actual_figure="blank"), "の令和6年度の実績はまだありません。"),
    ],
)  # fmt: skip
def test_finding_of_an_indicator(indicator, said):
    assert words.finding(indicator, 2024) == f"「{indicator.name}」{said}"


def test_the_first_page_prefers_what_came_of_it_for_people():
    done = factory.indicator(code="I1", kind="output")
    felt = factory.indicator(code="I2")
    unmeasured = year(factory.indicator(code="I3"), actual=None)
    report = factory.report(indicators=(unmeasured, done, felt))
    assert words.featured(report).code == "I2"
    assert words.featured(factory.report(indicators=())) is None


def test_quotation_ends_with_a_sentence():
    section = factory.report().committee_review
    assert words.quotation(section) == "来年も続けましょう。"
    assert words.first_sentences("一つめの文。" + "長い文" * 50 + "。", 20) == "一つめの文。"
    assert words.first_sentences("長い文" * 50, 20) == "長い文" * 50


@pytest.mark.parametrize(("count", "said"), [(180, "1KB"), (310_400, "310KB"), (4_149_999, "4.1MB")])
def test_size_of_a_file(count, said):
    assert words.size(count) == said
