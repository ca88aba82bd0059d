"""The pace of a collection: what should be in by a day, who may not be in time, and where it is heading.

Pure: dates and numbers in, figures and words out. "In" is what 福祉総務課 has (提出済 and 承認済).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import floor

HALF = Fraction(1, 2)


def share_due(start: date, deadline: date, today: date) -> Fraction:
    """What share should be in by today on an even pace: 0 until the start, 1 from the day of the deadline on."""
    if today >= deadline:
        return Fraction(1)
    return Fraction(max((today - start).days, 0), (deadline - start).days) if start < deadline else Fraction(0)


def least_share(share: Fraction) -> Fraction:
    """The latest course that still arrives: nothing until half way, then an even pace to the deadline."""
    return max(Fraction(0), 2 * share - 1)


def is_at_risk(total: int, sent: int, *, begun: bool, share: Fraction) -> bool:
    """Whether a department may miss its deadline.

    From half way on: when nothing has moved yet, or less is in than the latest course asks for. `share`: share_due
    for the department's own deadline. On the day of the deadline and after it: whenever anything is missing.
    """
    if sent >= total or share < HALF:
        return False
    return not begun or sent < floor(total * least_share(share))


def expected_at_deadline(reached: int, total: int, share: Fraction) -> int | None:
    """How many will be in at the deadline if it goes on as fast as until now; None before the first day is over."""
    return min(total, _nearest(reached / share)) if share else None


def _nearest(value: Fraction) -> int:
    """Rounded half up."""
    return floor(value + HALF)


def about(count: int) -> int:
    """A guess is no exact number: from 100 on to the nearest ten."""
    return count if count < 100 else _nearest(Fraction(count, 10)) * 10


@dataclass(frozen=True)
class Course:
    """How the collection went, day by day: `done` holds the count at the end of each day from `start` until today."""

    start: date
    deadline: date
    today: date
    total: int
    done: tuple[int, ...]

    @property
    def days(self) -> list[date]:
        """Every day from the start to the deadline, or to today when that is later."""
        last = max(self.deadline, self.today)
        return [self.start + timedelta(days=n) for n in range((last - self.start).days + 1)]

    @property
    def share(self) -> Fraction:
        return share_due(self.start, self.deadline, self.today)

    @property
    def reached(self) -> int:
        return self.done[-1]

    @property
    def steps(self) -> list[tuple[date, int]]:
        """The days on which the count changed, to be read beside the drawing."""
        before = (0, *self.done)
        return [(day, count) for day, count, last in zip(self.days, self.done, before, strict=False) if count != last]

    @property
    def finding(self) -> str:
        """What the drawing says, in words."""
        dotted = "点線は、期限までに同じ速さで出た場合です。"
        if self.reached >= self.total:
            return f"{self.total}件すべてが出ました。"
        if self.today >= self.deadline:
            return f"{day_words(self.deadline)}が期限です。{self.total}件のうち{self.reached}件が出ています。"
        return f"{dotted}今は{self._against_even()}、{self._heading()}。"

    def _against_even(self) -> str:
        gap = _nearest(self.total * self.share) - self.reached
        if gap == 0:
            return "点線とほぼ同じで"
        return f"点線より約{about(abs(gap))}件{'少なく' if gap > 0 else '多く'}"

    def _heading(self) -> str:
        expected = expected_at_deadline(self.reached, self.total, self.share)
        if expected is None:
            return "受付を始めたばかりです"
        if expected >= self.total:
            return f"この速さのままだと{day_words(self.deadline)}までに全部がそろいます"
        return f"この速さのままだと{day_words(self.deadline)}に約{about(expected)}件です"


def day_words(day: date) -> str:
    return f"{day.month}月{day.day}日"


def course(
    changes: Iterable[tuple[date, int]], *, start: date, deadline: date, today: date, total: int, reached: int
) -> Course | None:
    """The course that ends at `reached` today. `changes`: by how much the count changed on a day.

    What came in without a step (taken in from a workbook) was there from the start. None before the start.
    """
    if today < start:
        return None
    by_day: Counter[date] = Counter()
    for day, change in changes:
        by_day[min(max(day, start), today)] += change
    count, done = reached - by_day.total(), []
    for n in range((today - start).days + 1):
        count += by_day[start + timedelta(days=n)]
        done.append(count)
    return Course(start, deadline, today, total, tuple(done))
