"""When something last moved, in words. (Days are named and counted in business_days.)"""

from datetime import datetime

from django.utils import timezone


def moment_label(at: datetime | None) -> str:
    """今日 10:15, 11月20日, 2025年11月20日, まだありません: when something last moved."""
    if at is None:
        return "まだありません"
    at, today = timezone.localtime(at), timezone.localdate()
    if at.date() == today:
        return f"今日 {at.hour}:{at.minute:02}"
    year = f"{at.year}年" if at.year != today.year else ""
    return f"{year}{at.month}月{at.day}日"
