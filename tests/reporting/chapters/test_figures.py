"""Live figures: what each name prints, with which options, and what is said of a name that there is not."""

from dataclasses import replace
from decimal import Decimal

import pytest

from reporting.figures import Catalogue, FigureError
from reporting.prose import Prose, options_of
from tests.reporting.checks.report_factory import goal, indicator, report, row


def rated(letters: str, number: int = 1):
    return [row(f"{number}-1-1-{place}", rating=letter) for place, letter in enumerate(letters, 1)]


def year(letters: str = "A" * 16 + "BB", fiscal_year: int = 2024, **fields):
    measured = indicator("I01", {2023: ("51.8", "60"), 2024: ("57.7", "67.2")}, name="相談できる市民")
    people = indicator("I02", {2023: ("1250", None), 2024: ("1187", None)}, unit="人", decimals=0)
    missing = indicator("I03", {2023: ("3", None), 2024: (None, "5")}, unit="か所", decimals=0)
    return report(
        goal(1, *rated(letters), indicator_codes=("I01", "I02", "I03"), **fields),
        indicators=(measured, people, missing), year=fiscal_year,
    )  # fmt: skip


@pytest.fixture
def catalogue():
    before = year("A" * 14 + "BBC", 2023)
    return Catalogue(year(), lambda: before)


def printed(catalogue: Catalogue, typed: str) -> str:
    name, options = options_of(typed)
    return catalogue.find(name).printed(options)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("年度", "令和6年度"),
        ("前年度", "令和5年度"),
        ("次年度", "令和7年度"),
        ("目標1.件数", "18件"),
        ("目標1.A評価.件数", "16件"),
        ("目標1.A評価.件数|数だけ", "16"),
        ("目標1.C評価.件数", "0件"),
        ("目標1.A評価.割合", "89％"),
        ("目標1.A評価.割合|約", "約89％"),
        ("目標1.A評価.割合|小数1位", "88.9％"),
        ("目標1.点数", "52点"),
        ("目標1.満点", "54点"),
        ("目標1.達成率", "96％"),
        ("目標1.達成率|小数2位", "96.30％"),
        ("目標1.総合評価", "A"),
        ("施策1-1.A評価.件数", "16件"),
        ("全体.件数", "18件"),
        ("全体.目標の数", "1"),
        ("再掲を除く全体.件数", "18件"),
        ("成果指標.件数", "3件"),
        ("成果指標.未評価.件数", "2件"),
        ("成果指標I01.実績", "57.7％"),
        ("成果指標I01.実績|整数|約", "約58％"),
        ("成果指標I01.目標値", "67.2％"),
        ("成果指標I01.達成率", "85.9％"),
        ("成果指標I01.評価", "A"),
        ("成果指標I02.実績", "1,187人"),
        ("成果指標I01.実績.前年度", "51.8％"),
        ("成果指標I01.実績.前年度との差", "5.9ポイント上昇"),
        ("成果指標I01.実績.前年度との差|しました", "5.9ポイント上昇しました"),
        ("成果指標I01.実績.前年度との差|幅", "5.9ポイント"),
        ("成果指標I01.実績.前年度との差|約|整数|した", "約6ポイント上昇した"),
        ("成果指標I02.実績.前年度との差", "63人減少"),
        ("成果指標I02.実績.前年度との差|幅", "▲63人"),
        ("目標1.件数.前年度", "17件"),
        ("目標1.A評価.件数.前年度との差", "2件増加"),
        ("目標1.A評価.割合.前年度との差", "7ポイント上昇"),
        ("目標1.D評価.件数.前年度との差|した", "前年度と同じだった"),
        (" 目標１．Ａ評価．件数｜約 ", "約16件"),
        ("目標1.a評価.件数", "16件"),
    ],
)
def test_what_is_printed(catalogue, typed, words):
    assert printed(catalogue, typed) == words


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("目標1.A評価.件", "近い名前は、目標1.A評価.件数、"),
        ("目標9.件数", "近い名前は、目標1.件数、"),
        ("", "「」という数はありません。"),
        ("settings.SECRET_KEY", "「settings.SECRET_KEY」という数はありません。"),
        ("目標1.件数|およそ", "「およそ」という印刷のしかたはありません。"),
        ("目標1.件数|しました", "「しました」という印刷のしかたはありません。"),
        ("成果指標I01.達成率|整数", "小数1位でだけ印刷できます。"),
        ("目標1.総合評価.前年度との差", "数でないので"),
    ],
)
def test_what_is_refused(catalogue, typed, why):
    with pytest.raises(FigureError) as error:
        printed(catalogue, typed)
    assert why in str(error.value)


def test_a_rate_is_not_rounded_twice():
    """8,545 of 10,000 is 85.45: printed 85.5 by the one rule, and so never 86."""
    once = report(
        goal(1, indicator_codes=("I01",)), indicators=[indicator("I01", {2024: ("8545", "10000")}, unit="人")]
    )
    assert printed(Catalogue(once), "成果指標I01.達成率") == "85.5％"


def test_without_last_year_a_difference_is_not_yet_known():
    assert printed(Catalogue(year()), "目標1.件数.前年度との差") == "－"


# --- Surveys made every few years -----------------------------------------------------------------------


def surveyed(values, **fields) -> Catalogue:
    survey = indicator("I01", values, survey_years=tuple(values), **fields)
    return Catalogue(report(goal(1, indicator_codes=("I01",)), indicators=[survey]))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("前年度との差", "令和4年度の調査から5.9ポイント上昇"),
        ("前年度との差|しました", "令和4年度の調査から5.9ポイント上昇しました"),
        ("前年度との差|約|整数|した", "令和4年度の調査から約6ポイント上昇した"),
        ("前年度との差|幅", "5.9ポイント（令和4年度の調査から）"),
        ("前年度との差|数だけ", "5.9"),
        ("前年度", "51.8％（令和4年度の調査）"),
        ("前年度|数だけ", "51.8"),
    ],
)
def test_a_survey_is_compared_with_the_survey_before_and_says_so(typed, words):
    catalogue = surveyed({2022: ("51.8", "60"), 2023: (None, None), 2024: ("57.7", "67.2")})
    assert printed(catalogue, f"成果指標I01.実績.{typed}") == words


def test_the_same_as_in_the_survey_before():
    catalogue = surveyed({2022: ("57.7", "60"), 2024: ("57.7", "67.2")})
    assert printed(catalogue, "成果指標I01.実績.前年度との差|しました") == "令和4年度の調査と同じでした"
    assert printed(catalogue, "成果指標I01.目標値.前年度との差") == "令和4年度の調査から7.2ポイント上昇"


def test_the_menu_names_the_survey():
    catalogue = surveyed({2022: ("51.8", "60"), 2024: ("57.7", "67.2")}, name="相談できる市民")
    names = [figure.name for figure in catalogue.menu(["I01"])]
    assert names[:2] == ["「相談できる市民」の実績", "「相談できる市民」の実績の、令和4年度の調査との差"]


def test_a_survey_of_the_year_before_is_last_year():
    assert (
        printed(surveyed({2023: ("51.8", "60"), 2024: ("57.7", "67")}), "成果指標I01.実績.前年度との差")
        == "5.9ポイント上昇"
    )


def test_within_the_no_change_band_nothing_rises():
    catalogue = surveyed({2022: ("57.0", "60"), 2024: ("57.7", "67")}, no_change_band=Decimal(1))
    words = "令和4年度の調査から変化なし（＋0.7ポイント）でした"
    assert printed(catalogue, "成果指標I01.実績.前年度との差|しました") == words
    falls = surveyed({2023: ("58", "60"), 2024: ("57.7", "67")}, no_change_band=Decimal(1))
    assert printed(falls, "成果指標I01.実績.前年度との差") == "変化なし（−0.3ポイント）"
    assert printed(falls, "成果指標I01.実績.前年度との差|幅") == "▲0.3ポイント"


def test_last_year_is_asked_for_only_when_a_text_needs_it():
    def before():
        raise AssertionError("asked")

    text = "{{目標1.件数}}、{{成果指標I01.実績}}"
    assert Prose(year(sections={"vision": text}), before).report.goals[0].sections["vision"].text == "18件、57.7％"


def test_every_figure_of_the_menu_can_be_typed_back(catalogue):
    menu = list(catalogue.menu(["全体", "目標1", "I01", "I02", "I03"]))
    assert len({figure.key for figure in menu}) == len(menu) > 60
    assert [catalogue.find(figure.key) for figure in menu] == menu


# --- In a report --------------------------------------------------------------------------------------


def test_the_printed_report_keeps_what_was_typed():
    typed = year(sections={"vision": "A評価は{{目標1.A評価.件数}}です。", "main_efforts": "そのまま。"})
    sections = Prose(typed).report.goals[0].sections
    assert (sections["vision"].text, sections["vision"].source) == (
        "A評価は16件です。",
        "A評価は{{目標1.A評価.件数}}です。",
    )
    assert (sections["main_efforts"].text, sections["main_efforts"].source) == ("そのまま。", "")


def test_a_report_once_made_keeps_its_figures():
    frozen = Prose(year(sections={"vision": "{{目標1.件数}}"})).report
    assert Prose(year("A", sections={"vision": "{{目標1.件数}}"})).report.goals[0].sections["vision"].text == "1件"
    assert frozen.goals[0].sections["vision"].text == "18件"


def test_what_was_put_in_is_not_read_again():
    """A unit is typed by people too: it must not be able to name a figure."""
    sly = indicator("I01", {2024: ("3", "5")}, unit="{{目標1.件数}}", decimals=0)
    made = Prose(report(goal(1, *rated("AB"), sections={"vision": "{{成果指標I01.実績}}"}), indicators=[sly]))
    assert made.report.goals[0].sections["vision"].text == "3{{目標1.件数}}"


@pytest.mark.parametrize(
    "text",
    ["{{目標1.件数", "目標1.件数}}", "{{{目標1.件数}}}", "{{}}", "{% load x %}{{ x }}", "{{目標1.__class__}}", "{{目標\n1.件数}}", "{{目標1.件数|__call__}}"],
)  # fmt: skip
def test_a_marker_that_is_none_stays_as_typed_and_is_told(text):
    prose = Prose(year(sections={"vision": f"文。{text}"}))
    told = prose.report.goals[0].sections["vision"].text
    assert told.replace("18件", "{{目標1.件数}}") == f"文。{text}"
    assert prose.problems
    assert all(problem.is_broken and (problem.goal, problem.kind) == (1, "vision") for problem in prose.problems)


def test_a_figure_without_a_value_is_told_and_no_error_of_typing():
    prose = Prose(year(sections={"vision": "相談の場は{{成果指標I03.実績}}です。"}))
    assert prose.report.goals[0].sections["vision"].text == "相談の場は－です。"
    (problem,) = prose.problems
    assert (problem.source, problem.is_broken) == ("{{成果指標I03.実績}}", False)
    assert problem.words == "「指標I03」の実績は、まだ値がありません。数が決まるまで、「－」と印刷されます。"


def test_a_word_in_place_of_a_value_is_printed():
    of_year = year(sections={"vision": "{{成果指標I03.実績}}"})
    *others, missing = of_year.indicators
    years = tuple(
        replace(each, actual_figure="not_conducted") if each.actual is None else each for each in missing.years
    )
    prose = Prose(replace(of_year, indicators=(*others, replace(missing, years=years))))
    assert prose.report.goals[0].sections["vision"].text == "未実施"
    assert [problem.words.partition("。")[0] for problem in prose.problems] == [
        "「指標I03」の実績は、今は「未実施」です"
    ]


def test_figures_are_decimals_of_the_report(catalogue):
    assert catalogue.figures["目標1.達成率"].value == Decimal(96)
    assert catalogue.figures["目標1.達成率"].how == "52点 ÷ 54点"
