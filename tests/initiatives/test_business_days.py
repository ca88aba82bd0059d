from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from initiatives import business_days

DAYS = st.dates(date(2020, 1, 1), date(2050, 12, 31))


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 11, 20), ""),
        (date(2026, 11, 21), "土曜日"),
        (date(2026, 11, 22), "日曜日"),
        (date(2026, 11, 23), "勤労感謝の日"),
        (date(2026, 9, 22), "国民の休日"),  # between two holidays
        (date(2026, 5, 6), "憲法記念日 振替休日"),
        (date(2026, 12, 28), ""),
        (date(2026, 12, 29), "年末年始"),
        (date(2027, 1, 1), "元日"),
        (date(2027, 1, 3), "年末年始"),
        (date(2027, 1, 4), ""),
    ],
)
def test_why_the_office_is_closed(day, why):
    assert business_days.why_closed(day) == why
    assert business_days.is_business_day(day) is (why == "")


def test_the_days_around_a_long_holiday():
    assert business_days.next_business_day(date(2026, 12, 28)) == date(2027, 1, 4)
    assert business_days.previous_business_day(date(2027, 1, 4)) == date(2026, 12, 28)
    assert business_days.after(date(2026, 11, 20), 10) == date(2026, 12, 7)


@pytest.mark.parametrize(
    ("until", "words"),
    [
        (date(2026, 12, 4), "あと9営業日"),  # 11月23日 is a holiday
        (date(2026, 11, 24), "あと1営業日"),
        (date(2026, 11, 23), "営業日は今日まで"),
        (date(2026, 11, 20), "今日まで"),
        (date(2026, 11, 17), "3日過ぎています"),
    ],
)
def test_how_long_it_is_until_a_deadline(until, words):
    assert business_days.left_words(until, date(2026, 11, 20)) == words


def test_on_a_weekend_no_business_day_may_be_left():
    assert business_days.left_words(date(2026, 11, 22), date(2026, 11, 21)) == "残りの営業日はありません"


def test_a_deadline_on_a_holiday_is_told_with_the_days_around_it():
    assert business_days.advice(date(2026, 11, 23)) == (
        "11月23日（月）は勤労感謝の日です。前の営業日は11月20日（金）、次の営業日は11月24日（火）です。"
    )
    assert business_days.advice(date(2026, 11, 24)) == ""


@given(DAYS, st.integers(1, 40))
def test_counting_forward_and_counting_back_agree(day, count):
    until = business_days.after(day, count)
    assert business_days.is_business_day(until)
    assert business_days.left(until, day) == count
    assert business_days.left(until - timedelta(days=1), day) == count - 1


@given(DAYS)
def test_between_a_day_and_the_next_business_day_all_is_closed(day):
    following = business_days.next_business_day(day)
    assert not any(business_days.is_business_day(day + timedelta(days=n)) for n in range(1, (following - day).days))
    assert business_days.previous_business_day(following) <= day
