"""Bare numbers that are offered for linking, and those that are left alone."""

import pytest

from reporting.figures import Catalogue
from reporting.linking import chosen, offers, offers_in
from tests.reporting.checks.report_factory import goal, indicator, report, row

NAME = "相談できる人や場があると思う市民の割合"


@pytest.fixture
def catalogue():
    rows = [row(f"1-1-1-{number}", rating="A" if number <= 16 else "B") for number in range(1, 19)]
    measured = indicator("I01", {2023: ("51.8", "60"), 2024: ("57.7", "67.2")}, name=NAME)
    return Catalogue(report(goal(1, *rows, indicator_codes=("I01",)), indicators=[measured]))


def offered(text: str, catalogue: Catalogue, number: int | None = 1) -> list[tuple[str, str, str]]:
    return [(offer.words, offer.marker, offer.printed) for offer in offers(text, catalogue, number)]


@pytest.mark.parametrize(
    ("text", "words", "marker", "printed"),
    [
        ("具体的な取組18件のうち", "18件", "{{目標1.件数}}", "18件"),
        ("１８件の取組", "１８件", "{{目標1.件数}}", "18件"),
        ("A評価は16件です。", "16件", "{{目標1.A評価.件数}}", "16件"),
        ("A評価は15件です。", "15件", "{{目標1.A評価.件数}}", "16件"),
        ("A評価は16人ではなく16件", "16件", "{{目標1.A評価.件数}}", "16件"),
        ("A評価は多く、全体の約88%を占める。", "約88%", "{{目標1.A評価.割合|約}}", "約89％"),
        ("達成率は96％", "96％", "{{目標1.達成率}}", "96％"),
        ("前年度と比べ約6%上昇している。", "約6%", "{{成果指標I01.実績.前年度との差|約|幅|整数}}", "約6ポイント"),
        ("市民は57.7％で", "57.7％", "{{成果指標I01.実績}}", "57.7％"),
        (f"「{NAME}」は57％", "57％", "{{成果指標I01.実績}}", "57.7％"),
        ("目標の67.2％に", "67.2％", "{{成果指標I01.目標値}}", "67.2％"),
    ],
)
def test_a_number_that_is_a_figure_is_offered(catalogue, text, words, marker, printed):
    assert offered(text, catalogue) == [(words, marker, printed)]


@pytest.mark.parametrize(
    "text",
    [
        "相談は16件でした。", "18人が加わった。", "A評価は{{目標1.A評価.件数}}です。", "A評価は40件です。", "令和6年度", "達成率は60％",
        "前年度と比べ約6%下がった。", "前年度は18件の申請", "［注：18件の取組］",
    ],
)  # fmt: skip
def test_other_numbers_are_left_alone(catalogue, text):
    assert offered(text, catalogue) == []


def test_a_survey_of_another_year_is_not_last_year():
    values = {2022: ("51.8", "60"), 2024: ("57.7", "67.2")}
    survey = indicator("I01", values, name=NAME, survey_years=tuple(values))
    catalogue = Catalogue(report(goal(1, indicator_codes=("I01",)), indicators=[survey]))
    assert offered("前年度と比べ約6%上昇している。", catalogue) == []


def test_what_is_offered_can_be_put_in_with_nothing_else_changed(catalogue):
    text = "取組18件のうち、A評価は15件（89％）。\n相談は15件。"
    first, second, third = offers(text, catalogue, 1)
    assert second.put_into(text) == "取組18件のうち、A評価は{{目標1.A評価.件数}}（89％）。\n相談は15件。"
    assert (first.is_equal, second.is_equal, third.is_equal) == (True, False, True)
    assert [offer.words for offer in offers(second.put_into(text), catalogue, 1)] == ["18件", "89％"]


def test_an_offer_is_found_again_after_words_were_typed(catalogue):
    _, second = offers("取組18件。取組18件。", catalogue, 1)
    later = offers("前の文。取組18件。取組18件。", catalogue, 1)
    assert chosen(second.key, later) == later[0]  # nearer to where it stood
    assert chosen(later[1].key, later) == later[1]
    assert chosen(second.key, offers("取組19件。", catalogue, 1)) is None


def test_the_whole_report_is_meant_in_its_own_chapters(catalogue):
    assert offered("18の取組のうち、A評価は16件で、全体の89％です。", catalogue, None) == [
        ("16件", "{{全体.A評価.件数}}", "16件"),
        ("89％", "{{全体.A評価.割合}}", "89％"),
    ]


def test_events_are_looked_through_as_the_text_is(catalogue):
    text, events = "取組18件。", [("4月", "集いの場を開設"), ("6月", "取組18件。取組18件。")]
    told = offers_in(text, events, catalogue, 1)
    assert [(offer.row, offer.place) for offer in told] == [(0, ""), *[(2, "市の動向の2行目")] * 2]
    assert chosen(told[2].key, told) == told[2]
    assert chosen(told[0].key, told[1:]) is None  # what was offered for the text is not put into a row
