"""Small time lines: submissions against the deadline, and the word-sized spark."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from indicators.charts.svg import (
    AXIS,
    GRID,
    INK2,
    INK3,
    KEY,
    KEY_DARK,
    Number,
    circle,
    join,
    line,
    polyline,
    svg,
    text_at,
    text_width,
)


def pace(
    uid: str,
    title: str,
    days: Sequence[str],
    done: Sequence[int],
    total: int,
    deadline: int,
    *,
    width: float = 440,
    height: float = 250,
    today: str = "今日",
    text: int = 14,
) -> SafeString:
    """Cumulative counts (solid) against the even pace to the deadline (dotted).

    `days` names every day from the first to the deadline and beyond, `done` holds the counts until today,
    `deadline` is the index of the deadline among the days.
    """
    plot = _Pace(list(days), list(done), total, deadline, width, height, today, text)
    return svg(uid, width, height, title, plot.description(), plot.draw())


@dataclass
class _Pace:
    days: list[str]
    done: list[int]
    total: int
    deadline: int
    width: float
    height: float
    today: str
    text: int

    def __post_init__(self):
        self.end = max(self.deadline, 1)
        self.top_value = max(self.total, *self.done, 1)
        self.reached = self.done[-1] if self.done else 0
        self.first_day = self.days[0] if self.days else ""
        self.last_day = self.days[self.deadline] if self.deadline < len(self.days) else ""
        self.all_words, self.today_words = f"全{self.total:,}件", f"{self.today} {self.reached:,}"
        self.left = 14 + text_width(f"{self.top_value:,}", self.text - 1)
        self.right = 16 + max(text_width(self.all_words, self.text - 1), text_width(self.today_words, self.text) - 8)

    def x(self, i: float) -> float:
        return self.left + (self.width - self.left - self.right) * i / max(len(self.done) - 1, self.end)

    def y(self, count: float) -> float:
        return 18 + (self.height - 48) * (1 - count / self.top_value)

    def description(self) -> str:
        known = 0 < len(self.done) <= len(self.days)
        so_far = f"{self.days[len(self.done) - 1] if known else self.today}までに{self.reached:,}件が提出されました。"
        return f"{self.first_day}に受付を始め、{so_far}全体は{self.total:,}件、期限は{self.last_day}です。"

    def draw(self) -> Iterator[SafeString]:
        small = self.text - 1
        for count in sorted({0, self.top_value // 2, self.top_value}):
            yield line(self.left, self.width - self.right, self.y(count), GRID if count else AXIS)
            yield text_at(self.left - 8, self.y(count) + 5, f"{count:,}", small, "end", INK2)
        yield polyline([(self.x(0), self.y(0)), (self.x(self.end), self.y(self.total))], INK3, 2, "2 4")
        yield text_at(self.x(self.end) + 8, self.y(self.total) + 5, self.all_words, small, "start", INK2)
        if self.done:
            yield from self._until_today()
        yield text_at(self.x(0), self.height - 8, self.first_day, small, "middle", INK2)
        if self.last_day:
            yield text_at(self.x(self.end), self.height - 8, f"期限 {self.last_day}", small, "middle", INK2)

    def _until_today(self) -> Iterator[SafeString]:
        x, y = self.x(len(self.done) - 1), self.y(self.reached)
        yield polyline([(self.x(i), self.y(count)) for i, count in enumerate(self.done)], KEY, 3)
        yield circle(x, y, 5, KEY)
        # Under the point, where the dotted line is not; above it when the axis is near.
        yield text_at(
            x + 8, y - 10 if y + 24 > self.y(0) else y + 20, self.today_words, self.text, "start", KEY_DARK, 700
        )


def spark(
    actual: Sequence[Number | None], target: Sequence[Number | None] = (), *, width: float = 92, height: float = 26
) -> SafeString:
    """A word-sized line. Decoration: the figures it draws stand beside it. "" when there is nothing to draw."""
    values = [float(v) for v in (*actual, *target) if v is not None]
    if not values:
        return SafeString("")
    lo, hi = min(values), max(values)
    last = max(len(actual), len(target)) - 1

    def points(series: Sequence[Number | None]) -> list[tuple[float, float] | None]:
        return [
            (
                3 + (width - 6) * (i / last if last else 0.5),
                height / 2 if hi == lo else 4 + (height - 8) * (1 - (float(v) - lo) / (hi - lo)),
            )
            for i, v in enumerate(series)
            if v is not None
        ]

    drawn = points(actual)
    parts = [polyline(points(target), AXIS, 1.5, "3 2"), polyline(drawn, KEY, 2)]
    if drawn:
        parts.append(circle(*drawn[-1], 3, KEY))
    return format_html(
        '<svg class="spark" xmlns="http://www.w3.org/2000/svg" aria-hidden="true" focusable="false" viewBox="0 0 {} {}" width="{}" height="{}">{}</svg>',
        f"{width:g}", f"{height:g}", f"{width:g}", f"{height:g}", join(parts),
    )  # fmt: skip
