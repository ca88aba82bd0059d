"""Charts: what they say, what they never draw, and that no data can break them."""

import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators import charts

SVG = "{http://www.w3.org/2000/svg}"
YEARS = ["令和2", "令和3", "令和4", "令和5", "令和6", "令和7"]
ACTUAL = [None, *map(Decimal, ("52.7", "53.2", "51.8", "57.7")), None]
TARGET = [*map(Decimal, ("56.0", "58.8", "61.6", "64.4", "67.2", "70.0"))]


def tree(svg):
    return ElementTree.fromstring(svg)


def words(svg):
    return [text.text for text in tree(svg).iter(f"{SVG}text")]


def line(**changes):
    given = {"uid": "t", "title": "題", "years": YEARS, "actual": ACTUAL, "target": TARGET} | changes
    return charts.actual_vs_target(**given)


# ── every chart ─────────────────────────────────────────────────────────────────────────────────────

ALL = {
    "line": line(),
    "line_narrow": line(narrow=True),
    "rows": charts.rating_rows("t", "題", [("目標1", {"A": 16, "B": 2, "C": 1, "D": 1, "": 1})]),
    "rows_above": charts.rating_rows("t", "題", [("目標1", {"A": 16, "B": 2})], above=True, width=356),
    "pace": charts.pace("t", "題", ["11月2日", "11月3日", "11月4日"], [0, 3], 10, 2),
    "spark": charts.spark(ACTUAL, TARGET),
}


@pytest.mark.parametrize("name", ALL)
def test_chart_obeys_the_security_policy(name):
    assert re.findall(r"style=|<script|<style|\son\w+=|href=", ALL[name]) == []


@pytest.mark.parametrize("name", [name for name in ALL if name != "spark"])
def test_chart_is_named_and_described(name):
    root = tree(ALL[name])
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "t-t t-d"
    assert root.find(f"{SVG}title").text == "題"
    assert root.find(f"{SVG}desc").get("id") == "t-d"
    assert "BIZ UDPGothic" in root.get("font-family")


@pytest.mark.parametrize("name", ALL)
def test_chart_ids_begin_with_the_callers_prefix(name):
    assert [i for i in re.findall(r'\bid="([^"]+)"', ALL[name]) if not i.startswith("t-")] == []


def test_chart_text_is_at_least_13px():
    sizes = {int(size) for svg in ALL.values() for size in re.findall(r'font-size="(\d+)"', svg)}
    assert min(sizes) == 13


def test_chart_escapes_what_people_typed():
    svg = line(title='<b>"&', years=["<i>"], actual=[1], target=[2], labels=("<u>", "目標"))
    assert "<b>" not in svg and "<i>" not in svg and "<u>" not in svg
    assert tree(svg).find(f"{SVG}title").text == '<b>"&'


def test_chart_is_safe_to_print_without_a_filter():
    assert all(hasattr(svg, "__html__") for svg in ALL.values())


# ── result against target ───────────────────────────────────────────────────────────────────────────


def test_line_description_reads_the_numbers_and_the_gaps():
    desc = tree(line(missing=["未実施", "", "", "", "", "未入力"])).find(f"{SVG}desc").text
    assert desc.split("。")[:2] == ["令和2は実績未実施、目標値56.0％", "令和3は実績52.7％、目標値58.8％"]
    assert desc.endswith("令和7は実績未入力、目標値70.0％。")


def test_line_gap_is_named_and_not_drawn_as_zero():
    svg = line()
    filled = [c for c in tree(svg).iter(f"{SVG}circle") if c.get("fill") == "#0055ad"]
    assert len(filled) == 4
    assert words(svg).count("未実施") == 2
    assert "0.0" not in words(svg)


def test_line_breaks_at_a_gap():
    paths = [p.get("d") for p in tree(line(actual=[1, 2, None, 3, 4, None])).iter(f"{SVG}path")]
    assert [d.count("M") for d in paths] == [1, 2]


def test_line_names_both_series_at_their_ends():
    assert words(line())[-2:] == ["目標値", "実績"]


def test_line_names_do_not_cover_each_other_where_the_lines_meet():
    texts = {t.text: float(t.get("y")) for t in tree(line(actual=TARGET)).iter(f"{SVG}text")}
    assert abs(texts["目標値"] - texts["実績"]) >= 17.9


def test_line_decimals_follow_the_data():
    assert "6,443" in words(line(actual=[6443] * 6, target=[6500] * 6, unit="件"))
    assert "56.0" in words(line())
    assert "12.34" in words(line(actual=[Decimal("12.34")] + [None] * 5))


def test_line_crowded_numbers_are_left_to_the_table():
    svg = line(
        actual=[16443, 6500, 7000, 8200, 9100, None],
        target=[6000, 7000, 8000, 9000, 10000, 11000],
        unit="件",
        narrow=True,
    )
    written = [word for word in words(svg) if re.fullmatch(r"[\d,]+", word)]
    assert "16,443" in written and "7,000" not in written
    assert "7,000件" in tree(svg).find(f"{SVG}desc").text


def test_line_without_any_number_says_so():
    svg = line(actual=[None] * 6, target=[None] * 6)
    assert "数はまだありません" in words(svg)
    assert list(tree(svg).iter(f"{SVG}circle")) == []


def test_line_short_series_are_gaps():
    assert len(list(tree(line(actual=[1], target=[])).iter(f"{SVG}circle"))) == 1


def test_line_without_years():
    assert tree(line(years=[], actual=[], target=[])).find(f"{SVG}desc").text == "数はまだありません。"


values = st.one_of(st.none(), st.decimals(-10_000, 1_000_000, places=2), st.integers(0, 50), st.just(0))


@given(st.lists(st.tuples(values, values), min_size=1, max_size=12), st.booleans(), st.sampled_from(["％", "件"]))
def test_line_keeps_every_point_inside(pairs, narrow, unit):
    svg = line(
        years=[f"R{i}" for i in range(len(pairs))],
        actual=[a for a, _ in pairs],
        target=[t for _, t in pairs],
        narrow=narrow,
        unit=unit,
    )
    _, _, width, height = map(float, tree(svg).get("viewBox").split())
    for circle in tree(svg).iter(f"{SVG}circle"):
        assert 0 <= float(circle.get("cx")) <= width and 0 <= float(circle.get("cy")) <= height


# ── axis ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("numbers", "unit", "ends"),
    [
        ([51.8, 70.0], "％", (45, 70, 5)),
        ([69.3, 100], "％", (60, 100, 10)),
        ([0, 0], "％", (0, 1, 0.5)),
        ([100, 100], "％", (0, 100, 25)),
        ([0, 1], "戸", (0, 1, 1)),
        ([1, 2, 3], "件", (0, 3, 1)),
        ([5], "件", (0, 6, 2)),
        ([230, 239], "人", (225, 240, 5)),
        ([12000, 34000], "件", (0, 40000, 10000)),
        ([-3, 4], "件", (-4, 4, 2)),
    ],
)
def test_axis_is_round(numbers, unit, ends):
    axis = charts.indicator_axis([Decimal(str(n)) for n in numbers], unit)
    assert (axis.lo, axis.hi, axis.step) == ends


@given(st.lists(st.floats(-1e9, 1e9, allow_subnormal=False).map(lambda v: round(v, 3)), max_size=8), st.booleans())
def test_axis_holds_every_value_in_a_few_steps(numbers, whole):
    axis = charts.axis_for(numbers, whole=whole)
    assert axis.lo < axis.hi
    hair = axis.step * 1e-6
    assert all(axis.lo - hair <= n <= axis.hi + hair for n in numbers)
    assert 1 <= len(axis.ticks()) - 1 <= 8


def test_axis_note_only_when_it_does_not_start_at_zero():
    assert charts.axis_note(ACTUAL, TARGET) == "縦の目盛りは45％から始めています。"
    assert charts.axis_note([0, 5], [10], "件") == ""


# ── ratings ─────────────────────────────────────────────────────────────────────────────────────────


def rows(counts, **changes):
    return charts.rating_rows("t", "題", [("目標4", counts)], **changes)


def test_rows_description_counts_everything():
    assert (
        tree(rows({"A": 83, "B": 26, "C": 0, "D": 1, "": 3})).find(f"{SVG}desc").text
        == "目標4はA83件、B26件、D1件、未3件。"
    )


def test_rows_short_stretches_are_named_after_the_bar():
    assert words(rows({"A": 83, "B": 26, "C": 1, "D": 1})) == ["目標4", "A 83", "B 26", "C 1\u2002D 1"]


def test_rows_stretch_is_never_under_6px_and_the_bar_keeps_its_length():
    root = tree(rows({"A": 1000, "C": 1, "D": 1, "": 1}, labels=False))
    widths = [float(r.get("width")) for r in root.findall(f"{SVG}rect") if r.get("stroke-width")]
    assert min(widths) == 6.0
    assert sum(widths) < 760


def test_rows_low_ratings_carry_a_pattern():
    fills = [
        r.get("fill")
        for r in tree(rows({"A": 1, "B": 1, "C": 1, "D": 1})).findall(f"{SVG}rect")
        if r.get("stroke-width")
    ]
    assert fills == ["#00428c", "#97d3ff", "url(#t-hatch)", "url(#t-cross)"]


def test_rows_follow_the_scale_given():
    class Step:
        def __init__(self, letter):
            self.letter = letter

    root = tree(rows({"◎": 1, "○": 1}, scale=[Step("◎"), Step("○")]))
    assert [r.get("fill") for r in root.findall(f"{SVG}rect") if r.get("stroke-width")] == ["#00428c", "#97d3ff"]


@pytest.mark.parametrize("counts", [{}, {"A": 0}, {"": 0}])
def test_rows_without_ratings_say_zero(counts):
    assert words(rows(counts)) == ["目標4", "0"]


def test_rows_none_at_all():
    assert tree(charts.rating_rows("t", "題", [])).find(f"{SVG}desc").text == "数はまだありません。"


@given(
    st.lists(st.dictionaries(st.sampled_from(["A", "B", "C", "D", ""]), st.integers(0, 500)), min_size=1, max_size=6),
    st.booleans(),
)
def test_rows_stay_inside(counts, above):
    svg = charts.rating_rows("t", "題", [("目標の名前が長いとき", c) for c in counts], above=above, width=356)
    for rect in tree(svg).findall(f"{SVG}rect"):
        assert float(rect.get("x")) + float(rect.get("width")) <= 356.1


# ── pace and spark ──────────────────────────────────────────────────────────────────────────────────


def test_pace_says_how_far():
    svg = charts.pace("t", "題", ["11月2日", "11月3日", "11月4日"], [0, 3], 10, 2)
    assert (
        tree(svg).find(f"{SVG}desc").text
        == "11月2日に受付を始め、11月3日までに3件が提出されました。全体は10件、期限は11月4日です。"
    )
    assert "今日 3" in words(svg)


@pytest.mark.parametrize(
    ("days", "done", "total", "deadline"),
    [([], [], 0, 0), (["11月2日"], [0], 0, 0), (["11月2日", "3"], [0, 5, 9], 4, 1)],
)
def test_pace_survives_the_edges(days, done, total, deadline):
    assert tree(charts.pace("t", "題", days, done, total, deadline)).get("role") == "img"


def test_spark_without_numbers_is_nothing():
    assert charts.spark([None, None], []) == ""
    assert charts.spark([Decimal(5)], []).count("<circle") == 1


# ── nothing cut, nothing on top of something else ───────────────────────────────────────────────────


def placed(svg):
    return {(text.text, text.get("fill")): text for text in tree(svg).iter(f"{SVG}text")}


@pytest.mark.parametrize(
    "unit, actual",
    [("％", ACTUAL), ("人", [Decimal(n) for n in (1623, 1810, 1906, 2051, 2000)]), ("団体", [Decimal(61)])],
)
def test_words_of_the_axis_begin_inside_the_drawing(unit, actual):
    ends = [
        text for text in tree(line(actual=actual, unit=unit)).iter(f"{SVG}text") if text.get("text-anchor") == "end"
    ]
    assert ends
    for text in ends:  # BIZ UDPGothic: a figure is 0.76 wide, a comma 0.31
        size = float(text.get("font-size"))
        width = sum({",": 0.31, ".": 0.31}.get(c, 0.76 if c.isdigit() else 1.0) for c in text.text) * size
        assert float(text.get("x")) >= width, text.text


def test_name_of_the_result_is_not_crossed_by_the_target():
    svg = line(actual=[Decimal(n) for n in (10, 20, 30, 40, 50)], target=[Decimal(50)] * 6, unit="人")
    name, number = (
        text
        for text in tree(svg).iter(f"{SVG}text")
        if text.text == "実績" or (text.text == "50" and text.get("font-weight") == "700")
    )
    if name.text != "実績":
        name, number = number, name
    assert name.get("y") == number.get("y")
    assert float(name.get("x")) > float(number.get("x"))


def test_number_of_the_result_is_not_crossed_by_the_axis():
    svg = line(actual=[1, 1, 3], target=[3, 3, 5, 5, 8, 10], unit="戸", width=642, height=212)
    bottom = max(float(rule.get("y1")) for rule in tree(svg).iter(f"{SVG}line"))
    for text in tree(svg).iter(f"{SVG}text"):
        if text.get("font-weight") == "700" and text.text in {"1", "3"}:
            below = float(text.get("y")) - bottom
            assert below <= 0 or below >= 12
