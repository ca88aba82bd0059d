"""Days and moments in words."""

from datetime import date, datetime

from django.utils import timezone


def day_label(day: date) -> str:
    """12月4日（金）"""
    return f"{day.month}月{day.day}日（{'月火水木金土日'[day.weekday()]}）"


def days_left(day: date) -> str:
    """あと9日, 今日まで, 3日過ぎています"""
    left = (day - timezone.localdate()).days
    if left < 0:
        return f"{-left}日過ぎています"
    return "今日まで" if left == 0 else f"あと{left}日"


def moment_label(at: datetime | None) -> str:
    """今日 10:15, 11月20日, 2025年11月20日, まだありません: when something last moved."""
    if at is None:
        return "まだありません"
    at, today = timezone.localtime(at), timezone.localdate()
    if at.date() == today:
        return f"今日 {at.hour}:{at.minute:02}"
    year = f"{at.year}年" if at.year != today.year else ""
    return f"{year}{at.month}月{at.day}日"
