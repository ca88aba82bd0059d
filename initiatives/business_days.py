"""Business days (営業日) of a city office: Monday to Friday, but for the nation's holidays and 12月29日 to 1月3日.

Pure: a day comes in, a day or words go out. Holidays are worked out by jpholiday, without asking anybody.
"""

from datetime import date, timedelta
from functools import lru_cache

import jpholiday

WEEKDAYS = "月火水木金土日"
NEW_YEAR = "年末年始"
ONE = timedelta(days=1)


def label(day: date) -> str:
    """12月4日（金）"""
    return f"{day.month}月{day.day}日（{WEEKDAYS[day.weekday()]}）"


@lru_cache(maxsize=4096)
def why_closed(day: date) -> str:
    """What keeps the office closed on a day (祝日の名前, 年末年始, 土曜日); "" on a business day."""
    if holiday := jpholiday.is_holiday_name(day):
        return holiday
    if (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3):
        return NEW_YEAR
    return f"{WEEKDAYS[day.weekday()]}曜日" if day.weekday() >= 5 else ""


def is_business_day(day: date) -> bool:
    return not why_closed(day)


def next_business_day(day: date) -> date:
    """The first business day after a day."""
    return after(day, 1)


def previous_business_day(day: date) -> date:
    """The last business day before a day."""
    day -= ONE
    while not is_business_day(day):
        day -= ONE
    return day


def after(day: date, count: int) -> date:
    """The business day that comes `count` business days after a day (count of 1 or more)."""
    for _ in range(count):
        day += ONE
        while not is_business_day(day):
            day += ONE
    return day


def left(until: date, today: date) -> int:
    """Business days after today up to and with `until`; 0 once that day has come."""
    return sum(is_business_day(today + ONE * number) for number in range(1, (until - today).days + 1))


def left_words(until: date, today: date) -> str:
    """あと7営業日, 今日まで, 3日過ぎています."""
    days = (until - today).days
    if days < 0:
        return f"{-days}日過ぎています"
    if days == 0:
        return "今日まで"
    if count := left(until, today):
        return f"あと{count}営業日"
    return "営業日は今日まで" if is_business_day(today) else "残りの営業日はありません"


def advice(day: date) -> str:
    """For a deadline on a day when the office is closed: why, and the business days around it; "" on a business day."""
    if not (why := why_closed(day)):
        return ""
    around = f"前の営業日は{label(previous_business_day(day))}、次の営業日は{label(next_business_day(day))}です。"
    return f"{label(day)}は{why}です。{around}"
