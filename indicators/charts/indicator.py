"""Result against target over the years."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from indicators.charts.axis import Axis, axis_for, decimals_of
from indicators.charts.svg import (
    AXIS,
    FONTS,
    GRID,
    INK,
    INK2,
    INK3,
    KEY,
    KEY_DARK,
    Number,
    circle,
    line,
    polyline,
    svg,
    text_at,
    text_width,
)


def axis_note(actual: Sequence[Number | None], target: Sequence[Number | None], unit: str = "％") -> str:
    """「縦の目盛りは45％から始めています。」, or "" when the axis starts at zero."""
    axis = indicator_axis([v for v in (*actual, *target) if v is not None], unit)
    return f"縦の目盛りは{axis.label(axis.lo)}{unit}から始めています。" if axis.lo else ""


def indicator_axis(values: list[Number], unit: str) -> Axis:
    return axis_for(values, whole=unit not in ("%", "％") and not decimals_of(values))


def actual_vs_target(
    uid: str,
    title: str,
    years: Sequence[str],
    actual: Sequence[Number | None],
    target: Sequence[Number | None],
    *,
    unit: str = "％",
    missing: str | Sequence[str] = "未実施",
    labels: tuple[str, str] = ("実績", "目標値"),
    decimals: int | None = None,
    axis: Axis | None = None,
    narrow: bool = False,
    width: float | None = None,
    height: float | None = None,
    text: int = 14,
    fonts: str = FONTS,
) -> SafeString:
    """Result (solid, filled points, bold) against target (dashed, hollow points), each named at its last point.

    years, actual and target go together by position; `missing` is the word under a year without a result, one for
    all or one per year ("" for none). `narrow` is the second drawing for small screens; `text` is 16 on public
    pages. `decimals` and `axis` are chosen from the data unless given.
    """
    count = len(years)
    actual, target = (list(series)[:count] + [None] * (count - len(series)) for series in (actual, target))
    words = [missing] * count if isinstance(missing, str) else list(missing) + [""] * (count - len(missing))
    values = [value for value in (*actual, *target) if value is not None]
    decimals = decimals_of(values) if decimals is None else decimals
    plot = _Plot(
        years=list(years),
        axis=axis or indicator_axis(values, unit),
        width=width or (356 if narrow else 760),
        height=height or (300 if narrow else 320),
        side=16 if narrow else 26,
        text=text,
        unit=unit,
        labels=labels,
        decimals=decimals,
    )
    desc = "。".join(
        f"{year}は{labels[0]}{plot.spoken(a) if a is not None else (word or 'なし')}、{labels[1]}{plot.spoken(t) if t is not None else 'なし'}"
        for year, a, t, word in zip(years, actual, target, words, strict=True)
    )
    parts = plot.draw(actual, target, [word if a is None else "" for word, a in zip(words, actual, strict=True)])
    return svg(uid, plot.width, plot.height, title, f"{desc}。" if desc else "数はまだありません。", parts, fonts)


@dataclass
class _Plot:
    years: list[str]
    axis: Axis
    width: float
    height: float
    side: float
    text: int
    unit: str
    labels: tuple[str, str]
    decimals: int
    top: float = 28
    bottom: float = 34

    def __post_init__(self):
        small = self.text - 1
        self.left = 10 + max(text_width(self.axis.label(tick) + self.unit, small) for tick in self.axis.ticks())
        self.right = 16 + max(text_width(label, self.text) for label in self.labels)

    def x(self, i: int) -> float:
        room = self.width - self.left - self.right - 2 * self.side
        return self.left + self.side + (room * i / (len(self.years) - 1) if len(self.years) > 1 else room / 2)

    def y(self, value: Number) -> float:
        axis = self.axis
        return self.top + (self.height - self.top - self.bottom) * (1 - (float(value) - axis.lo) / (axis.hi - axis.lo))

    def written(self, value: Number) -> str:
        return f"{value:,.{self.decimals}f}"

    def spoken(self, value: Number) -> str:
        return self.written(value) + self.unit

    def draw(self, actual: list, target: list, missing: list[str]) -> Iterator[SafeString]:
        if any(missing):
            self.bottom += self.text + 4
        # A label below the lowest points would run into the years: then the years make room.
        if any(low is not None and self.height - self.bottom - self.y(low) < 28 for low in self._lower(actual, target)):
            self.bottom += 20
        drawn = any(value is not None for value in (*actual, *target))
        yield from self._frame(missing, drawn)
        if not drawn:
            middle = (self.left + self.width - self.right) / 2
            yield text_at(
                middle, (self.top + self.height - self.bottom) / 2, "数はまだありません", self.text, "middle", INK2
            )
            return
        yield polyline(self._points(target), INK3, 2, "6 4")
        yield polyline(self._points(actual), KEY, 3)
        written = self._written_years(actual, target)
        for i, (a, t) in enumerate(zip(actual, target, strict=True)):
            yield from self._year(i, a, t, i in written)
        yield from self._names(actual, target)

    def _written_years(self, actual: list, target: list) -> set[int]:
        """Years whose numbers are printed: all, or only the ends where numbers would run into each other."""
        widest = max(
            text_width(self.written(value), self.text + 1) for value in (*actual, *target) if value is not None
        )
        if len(self.years) < 2 or widest + 6 <= self.x(1) - self.x(0):
            return set(range(len(self.years)))
        ends = (i for series in (actual, target) for i in (_first(series), _last(series)))
        return {i for i in ends if i is not None}

    def _lower(self, actual: list, target: list) -> list:
        return [min(a, t) if a is not None and t is not None else None for a, t in zip(actual, target, strict=True)]

    def _points(self, series: list) -> list[tuple[float, float] | None]:
        return [None if value is None else (self.x(i), self.y(value)) for i, value in enumerate(series)]

    def _frame(self, missing: list[str], drawn: bool) -> Iterator[SafeString]:
        small, right = self.text - 1, self.width - self.right
        for tick in self.axis.ticks() if drawn else [self.axis.lo]:
            yield line(self.left, right, self.y(tick), AXIS if tick == self.axis.lo else GRID)
            yield text_at(self.left - 10, self.y(tick) + 5, self.axis.label(tick) + self.unit, small, "end", INK2)
        gap = 10 if not any(missing) else 14 + self.text
        for i, year in enumerate(self.years):
            yield text_at(self.x(i), self.height - gap, year, self.text, "middle")
            if missing[i]:
                yield text_at(self.x(i), self.height - 8, missing[i], small, "middle", INK2)

    def _year(self, i: int, a: Number | None, t: Number | None, written: bool) -> Iterator[SafeString]:
        """The points of one year with their numbers: the higher one above its point, the lower one below."""
        above = _target_above(a, t)
        if t is not None:
            yield circle(self.x(i), self.y(t), 4, "#fff", INK3)
        if a is not None:
            yield circle(self.x(i), self.y(a), 5, KEY)
        if t is not None and written:
            yield text_at(self.x(i), self.y(t) + (-12 if above else 22), self.written(t), self.text - 1, "middle", INK2)
        if a is not None and written:
            yield text_at(
                self.x(i),
                self._number_y(a, t),
                self.written(a),
                self.text + 1,
                "middle",
                INK,
                700,
            )

    def _number_y(self, a: Number, t: Number | None) -> float:
        """The result's number is under its point when the target's is above, but never across the axis."""
        y, axis = self.y(a), self.y(self.axis.lo)
        if t is None or not _target_above(a, t):
            return y - 13
        if not 23 - self.text < axis - y < 25:
            return y + 23
        return y - 13 if y - self.y(t) > self.text + 18 else axis + self.text + 3

    def _names(self, actual: list, target: list) -> Iterator[SafeString]:
        """Names at the last points instead of a legend, kept apart where the lines meet."""
        ends = []
        for series, name, fill, weight in (
            (target, self.labels[1], INK2, 400),
            (actual, self.labels[0], KEY_DARK, 700),
        ):
            last = _last(series)
            if last is not None:
                ends.append([self.x(last) + 14, self.y(series[last]) + 5, name, fill, weight])
        if len(ends) == 2 and ends[0][0] == ends[1][0] and abs(ends[0][1] - ends[1][1]) < self.text + 4:
            upper, lower = sorted(ends, key=lambda end: end[1])
            shift = (self.text + 4 - (lower[1] - upper[1])) / 2
            upper[1] -= shift
            lower[1] += shift
        if self._crossed(actual, target):
            i = _last(actual)
            half = text_width(self.written(actual[i]), self.text + 1) / 2
            ends[-1][:2] = self.x(i) + half + 4, self._number_y(actual[i], target[i])
        for x, y, name, fill, weight in ends:
            yield text_at(x, y, name, self.text, "start", fill, weight)

    def _crossed(self, actual: list, target: list) -> bool:
        """Whether the target's line goes on through the place where the result's name would stand."""
        i = _last(actual)
        if i is None or i + 1 >= len(target) or target[i] is None or target[i + 1] is None:
            return False
        start, room = self.y(target[i]), 14 + text_width(self.labels[0], self.text)
        slope = (self.y(target[i + 1]) - start) / (self.x(i + 1) - self.x(i))
        middle = self.y(actual[i])
        return min(abs(start + slope * dx - middle) for dx in (14, room)) < self.text / 2 + 2


def _target_above(a: Number | None, t: Number | None) -> bool:
    return a is None or t is None or t >= a


def _first(series: Sequence[Number | None]) -> int | None:
    return next((i for i, value in enumerate(series) if value is not None), None)


def _last(series: Sequence[Number | None]) -> int | None:
    return max((i for i, value in enumerate(series) if value is not None), default=None)
