from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from initiatives import fiscal_year as fy


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("R6", 2024), ("r6", 2024), ("Ｒ６", 2024), ("令和6年度", 2024), ("令和６年", 2024), ("令和元年度", 2019),
        ("R1", 2019), ("令和 6 年度", 2024), ("2024", 2024), ("２０２４年度", 2024), (2024, 2024), ("H30", 2018),
        ("平成30年度", 2018), ("平成元年度", 1989), ("H31", 2019), ("S63", 1988), ("昭和64年", 1989),
    ],
)  # fmt: skip
def test_parse(text, year):
    assert fy.parse(text) == year


@pytest.mark.parametrize("text", ["", "R", "R0", "令和0年度", "平成40年度", "6", "20244", "次年度", "R6-7", "昭和70年"])
def test_parse_refuses_in_words(text):
    with pytest.raises(fy.FiscalYearError, match="年度"):
        fy.parse(text)


@given(st.integers(1926, 2117))
def test_every_way_to_write_a_year_is_read_back(year):
    assert fy.parse(fy.short(year)) == fy.parse(fy.label(year)) == fy.parse(str(year)) == year


def test_labels():
    assert fy.label(2019) == "令和元年度"
    assert fy.label(2024) == "令和6年度"
    assert fy.short(2024) == "R6"
    assert fy.date_label(date(2026, 12, 4)) == "令和8年12月4日"


@pytest.mark.parametrize(
    ("day", "year"), [(date(2024, 4, 1), 2024), (date(2025, 3, 31), 2024), (date(2025, 4, 1), 2025)]
)
def test_a_fiscal_year_begins_in_april(day, year):
    assert fy.of_date(day) == year


@pytest.mark.parametrize(
    "text", ["2027-04-01", "2027/4/1", "2027.4.1", "2027年4月1日", "令和9年4月1日", "R9.4.1", "r9/4/1", "２０２７／４／１", " R9. 4. 1 "]
)  # fmt: skip
def test_parse_day(text):
    assert fy.parse_day(text) == date(2027, 4, 1)


@pytest.mark.parametrize("text", ["", "4月1日", "2027-13-01", "2027-02-30", "平成40年4月1日", "R0.4.1", "2027-4-1-2"])
def test_parse_day_refuses_in_words(text):
    with pytest.raises(fy.FiscalYearError, match=f"「{text}」は日付として読めません"):
        fy.parse_day(text)


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_parse_day_reads_what_date_label_writes(day):
    assert fy.parse_day(fy.date_label(day)) == day
