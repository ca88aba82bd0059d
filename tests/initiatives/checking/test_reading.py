from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from initiatives.checking.reading import bare, figures_in, likeness, plain, years_in


def told(text: str) -> list[tuple]:
    return [(one.name, one.value, one.unit, one.measure) for one in figures_in(text)]


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("総合相談件数：２，６３２件", [("総合相談件数", Decimal(2632), "件", "")]),
        ("多職種ミーティング 2回 延163人", [("多職種ミーティング", 2, "回", ""), ("", 163, "人", "延べ")]),
        ("登録数187名", [("登録数", 187, "名", "")]),
        ("情報かわら版を年4回発行", [("情報かわら版", 4, "回", "")]),
        ("終結割合 約29%", [("終結割合", 29, "%", "")]),
        ("補助金を対象者(16名)に交付", [("補助金を対象者", 16, "名", "")]),
        ("(公開講座) 1回", [("公開講座", 1, "回", "")]),
        ("協議体数8\n続けた。", [("協議体数", 8, "", "")]),
        ("24の自治会館", [("", 24, "", "")]),
        ("R6実績\n88組織", [("", 88, "組織", "")]),
        ("令和6年11月17日(日)", []),
        ("第2回の会議", []),
        ("3G×3回", []),
        ("1点検、5社会福祉法人", []),
        ("未定", []),
    ],
)
def test_figures(text, figures):
    assert told(text) == figures


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("相談 20〜30件", [("相談", 20, 30, "件")]),
        ("参加者10人から15人", [("参加者", 10, 15, "人")]),
        ("延べ20～30人", [("", 20, 30, "人")]),
        ("10件以上20件未満", [("", 10, 20, "件")]),
        ("参加者は10人から15人に増えた", [("参加者", None, 15, "人")]),  # a change: what it came to
        ("利用者は30件から20件", [("利用者", None, 20, "件")]),
        ("10件以上、参加者は20人", [("", None, 10, "件"), ("参加者", None, 20, "人")]),
        ("1回から30人", [("", None, 1, "回"), ("から", None, 30, "人")]),  # two things
        ("午前8時から2時間", [("午前8時から", None, 2, "時間")]),
        ("R6から3回", [("から", None, 3, "回")]),
        ("第1～3回の会議", []),
        ("第1回から第3回", []),
    ],
)
def test_ranges(text, figures):
    assert [(one.name, one.low, one.value, one.unit) for one in figures_in(text)] == figures


@pytest.mark.parametrize(
    ("text", "about", "bound"),
    [
        ("約20件以上", True, "以上"),
        ("20人程度", True, ""),
        ("延べ約500人", True, ""),
        ("3時間強", True, ""),
        ("20人まで", False, "まで"),
        ("1,000円を超えた", False, "を超"),
        ("3回強化した", False, ""),
        ("20人", False, ""),
    ],
)
def test_numbers_that_are_not_exact(text, about, bound):
    [one] = figures_in(text)
    assert (one.about, one.bound, one.is_exact) == (about, bound, not about and not bound)


def test_a_range_stands_where_it_is_written():
    [one] = figures_in("参加者は10人から15人程度")
    assert (one.start, one.words, one.is_exact) == (4, "10人から15人", False)


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("R5実績と、令和元年度", [2023, 2019]),
        ("Ｒ６年度", [2024]),
        ("令和6年4月から", []),
        ("R7.3月末", []),
        ("PR5と3R6", []),
    ],
)
def test_years(text, years):
    assert [year for _, year in years_in(plain(text))] == years


@given(st.text())
def test_plain_keeps_every_place(text):
    assert len(plain(text)) == len(text)
    assert plain(plain(text)) == plain(text)


def test_a_number_of_a_list_stays():
    assert plain("①ＡＢ（１）") == "①AB(1)"


@given(st.text(alphabet="利用者相談件数、。 （）ＡB12３\n"))
def test_figures_stand_where_they_say(text):
    for one in figures_in(text):
        digits = plain(text[one.start : one.end])
        assert digits.startswith(str(one.value)[:1]) or digits.startswith("0")


def test_bare_is_blind_to_form_alone():
    assert bare("R6実績値\n初回相談件数 310件、ST99件") == bare("初回相談件数：310件・ＳＴ99件")
    assert bare("R7も行う") == bare("令和7年度も行う")
    assert bare("2回行う") != bare("3回行う")


def test_likeness():
    assert likeness("総合相談件数", "相談の件数") == 1
    assert likeness("就労支援部会", "全体会") == 0
    assert likeness("", "全体会") == 0
