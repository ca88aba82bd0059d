"""Charts as SVG: pure functions without JavaScript; the same string goes into the page and into the PDF.

Colours are literal and every look is a presentation attribute, because the pages' security policy refuses
style="" and because CSS variables do not reach SVG attributes in the PDF engine. Each chart has a <title> and a
<desc> that reads the numbers; the caller prints the same numbers in a table beside it. Ids begin with `uid`,
which the caller keeps unique within a page. A value of None is a gap, never zero.
"""

import math
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from initiatives.templatetags.ayumi import fill_of, is_unrated, paint, pattern_defs

INK, INK2, INK3 = "#1a1a1a", "#4d4d4d", "#666666"
GRID, AXIS = "#e6e6e6", "#949494"
KEY, KEY_DARK = "#0055ad", "#00428c"

Number = Decimal | int | float
Row = tuple[str, Mapping[str, int]]


# ── drawing ─────────────────────────────────────────────────────────────────────────────────────────


def _join(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def _svg(uid: str, width: float, height: float, title: str, desc: str, parts: Iterable[SafeString]) -> SafeString:
    """Width and height in rem: text that the reader enlarged enlarges the chart."""
    return format_html(
        '<svg class="chart" xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{}-t {}-d" '
        'viewBox="0 0 {} {}" width="{}rem" height="{}rem" '
        "font-family=\"'Ayumi Latin','BIZ UDPGothic','Hiragino Sans','Noto Sans JP',sans-serif\">"
        '<title id="{}-t">{}</title><desc id="{}-d">{}</desc>{}</svg>',
        uid, uid, f"{width:g}", f"{height:g}", f"{width / 16:g}", f"{height / 16:g}", uid, title, uid, desc, _join(parts),
    )  # fmt: skip


def _text(
    x: float, y: float, words: str, size: int = 14, anchor: str = "start", fill: str = INK, weight: int = 400
) -> SafeString:
    return format_html(
        '<text x="{}" y="{}" font-size="{}" text-anchor="{}" fill="{}" font-weight="{}">{}</text>',
        f"{x:.1f}", f"{y:.1f}", size, anchor, fill, weight, words,
    )  # fmt: skip


def _line(x1: float, x2: float, y: float, stroke: str) -> SafeString:
    return format_html(
        '<line x1="{}" x2="{}" y1="{}" y2="{}" stroke="{}"/>', f"{x1:.1f}", f"{x2:.1f}", f"{y:.1f}", f"{y:.1f}", stroke
    )


def _circle(x: float, y: float, r: float, fill: str, stroke: str = "none") -> SafeString:
    return format_html(
        '<circle cx="{}" cy="{}" r="{}" fill="{}" stroke="{}" stroke-width="2"/>',
        f"{x:.1f}",
        f"{y:.1f}",
        r,
        fill,
        stroke,
    )


def _path(points: Sequence[tuple[float, float] | None], stroke: str, width: float, dash: str = "none") -> SafeString:
    """A line through the points, broken wherever one is None."""
    steps, pen = [], "M"
    for point in points:
        if point is None:
            pen = "M"
        else:
            steps.append(f"{pen}{point[0]:.1f},{point[1]:.1f}")
            pen = "L"
    if not steps:
        return SafeString("")
    return format_html(
        '<path d="{}" fill="none" stroke="{}" stroke-width="{}" stroke-dasharray="{}" stroke-linejoin="round"/>',
        " ".join(steps), stroke, width, dash,
    )  # fmt: skip


def _width(words: str, size: int) -> float:
    """Drawn width in px, near enough to keep words apart: a full-width character is as wide as it is high."""
    return size * sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.6 for c in words)


def _wrap(words: str, size: int, room: float, lines: int = 2) -> list[str]:
    """Words broken into at most `lines` lines that fit `room`; what is too long ends in …"""
    out, line = [], ""
    for char in words:
        if line and _width(line + char, size) > room:
            out.append(line)
            line = ""
        line += char
    out.append(line)
    if len(out) > lines:
        out = out[:lines]
        out[-1] = out[-1][:-1] + "…"
    return out


# ── numbers ─────────────────────────────────────────────────────────────────────────────────────────


def _decimals(values: Iterable[Number]) -> int:
    """Decimals that the data itself carries, two at most: 57.7 and 56 → 1."""
    exponents = (-Decimal(str(value)).normalize().as_tuple().exponent for value in values)
    return min(2, max((0, *exponents)))


@dataclass(frozen=True)
class Axis:
    lo: float
    hi: float
    step: float

    def ticks(self) -> list[float]:
        return [self.lo + i * self.step for i in range(round((self.hi - self.lo) / self.step) + 1)]

    def label(self, tick: float) -> str:
        return f"{round(tick, 6):,g}" if abs(tick) < 1e6 else f"{tick:,.0f}"


def axis_for(values: Iterable[Number], *, intervals: int = 4, whole: bool = False) -> Axis:
    """Lower end, upper end and step in round numbers (1, 2, 5 × 10ⁿ, and 2.5 × 10ⁿ from 25 up).

    The axis starts at zero unless every value lies in the upper half of its range; then it starts just below
    them, and the caller says so under the chart (axis_note). Every step divides 100, so percentages that do not
    pass 100 end there.
    """
    numbers = [float(value) for value in values]
    low, high = (min(numbers), max(numbers)) if numbers else (0.0, 1.0)
    if low == high:
        low, high = min(low, 0.0), max(high, 0.0) or 1.0
    elif low > 0 and low < high / 2:
        low = 0.0
    elif high < 0 and high > low / 2:
        high = 0.0
    step = _nice((high - low) / intervals, whole)
    lo = math.floor(low / step + 1e-9) * step
    hi = math.ceil(high / step - 1e-9) * step
    if low > 0 and low - lo < step / 2 and lo - step >= 0:
        lo -= step  # room for the number under the lowest point
    return Axis(round(lo, 9), round(hi, 9), step)


def _nice(rough: float, whole: bool) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    for factor in (1, 2, 2.5, 5, 10):
        step = factor * power
        if step >= rough - 1e-12 and not (factor == 2.5 and power < 10) and not (whole and step < 1):
            return step
    return max(1.0, 10 * power)


# ── result against target over the years ────────────────────────────────────────────────────────────


def axis_note(actual: Sequence[Number | None], target: Sequence[Number | None], unit: str = "％") -> str:
    """「縦の目盛りは45％から始めています。」, or "" when the axis starts at zero."""
    axis = _indicator_axis([v for v in (*actual, *target) if v is not None], unit)
    return f"縦の目盛りは{axis.label(axis.lo)}{unit}から始めています。" if axis.lo else ""


def _indicator_axis(values: list[Number], unit: str) -> Axis:
    return axis_for(values, whole=unit not in ("%", "％") and not _decimals(values))


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
    decimals = _decimals(values) if decimals is None else decimals
    plot = _Plot(
        years=list(years),
        axis=axis or _indicator_axis(values, unit),
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
    return _svg(uid, plot.width, plot.height, title, f"{desc}。" if desc else "数はまだありません。", parts)


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
        self.left = 10 + max(_width(self.axis.label(tick) + self.unit, small) for tick in self.axis.ticks())
        self.right = 16 + max(_width(label, self.text) for label in self.labels)

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
            yield _text(
                middle, (self.top + self.height - self.bottom) / 2, "数はまだありません", self.text, "middle", INK2
            )
            return
        yield _path(self._points(target), INK3, 2, "6 4")
        yield _path(self._points(actual), KEY, 3)
        written = self._written_years(actual, target)
        for i, (a, t) in enumerate(zip(actual, target, strict=True)):
            yield from self._year(i, a, t, i in written)
        yield from self._names(actual, target)

    def _written_years(self, actual: list, target: list) -> set[int]:
        """Years whose numbers are printed: all, or only the ends where numbers would run into each other."""
        widest = max(_width(self.written(value), self.text + 1) for value in (*actual, *target) if value is not None)
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
            yield _line(self.left, right, self.y(tick), AXIS if tick == self.axis.lo else GRID)
            yield _text(self.left - 10, self.y(tick) + 5, self.axis.label(tick) + self.unit, small, "end", INK2)
        gap = 10 if not any(missing) else 14 + self.text
        for i, year in enumerate(self.years):
            yield _text(self.x(i), self.height - gap, year, self.text, "middle")
            if missing[i]:
                yield _text(self.x(i), self.height - 8, missing[i], small, "middle", INK2)

    def _year(self, i: int, a: Number | None, t: Number | None, written: bool) -> Iterator[SafeString]:
        """The points of one year with their numbers: the higher one above its point, the lower one below."""
        above = a is None or t is None or t >= a
        if t is not None:
            yield _circle(self.x(i), self.y(t), 4, "#fff", INK3)
        if a is not None:
            yield _circle(self.x(i), self.y(a), 5, KEY)
        if t is not None and written:
            yield _text(self.x(i), self.y(t) + (-12 if above else 22), self.written(t), self.text - 1, "middle", INK2)
        if a is not None and written:
            yield _text(
                self.x(i),
                self.y(a) + (23 if above and t is not None else -13),
                self.written(a),
                self.text + 1,
                "middle",
                INK,
                700,
            )

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
        for x, y, name, fill, weight in ends:
            yield _text(x, y, name, self.text, "start", fill, weight)


def _first(series: Sequence[Number | None]) -> int | None:
    return next((i for i, value in enumerate(series) if value is not None), None)


def _last(series: Sequence[Number | None]) -> int | None:
    return max((i for i, value in enumerate(series) if value is not None), default=None)


# ── ratings ─────────────────────────────────────────────────────────────────────────────────────────


def rating_rows(
    uid: str,
    title: str,
    rows: Sequence[Row],
    *,
    scale: Iterable[Any] | None = None,
    unit: str = "件",
    width: float = 760,
    label_width: float | None = None,
    labels: bool = True,
    above: bool = False,
    by_count: bool = False,
    bar_height: float = 26,
    text: int = 14,
) -> SafeString:
    """One stacked bar per row of (label, {letter: count}), letters in the order given, best first; "" is 未評価.

    Letter and count stand in the stretch, or after the bar where it is too short. Each bar fills the width, or is
    drawn by its count (`by_count`). `above` puts the labels over the bars, for narrow screens; labels=False draws
    none (they stand in the page).
    """
    rows = [(label, {_letter(key): count for key, count in counts.items() if count}) for label, counts in rows]
    steps = list(scale or ())
    if not labels or above:
        label_width = 0
    elif label_width is None:
        label_width = min(width * 0.4, 14 + max((_width(label, text + 1) for label, _ in rows), default=0))
    tail = 12 + max((_tail_width(counts, width - label_width, text) for _, counts in rows), default=0)
    most = max((sum(counts.values()) for _, counts in rows), default=0)
    head = text + 10 if labels and above else 0
    pitch = head + bar_height + 14
    height = max(len(rows) * pitch - 14, bar_height) + 2
    parts = [pattern_defs(uid)]
    for i, (label, counts) in enumerate(rows):
        y = i * pitch + 1
        if labels:
            parts.extend(_row_label(label, y, head, bar_height, (width if above else label_width - 10), text + 1))
        full = width - label_width - tail
        if by_count and most:
            full *= sum(counts.values()) / most
        parts.extend(_stack(uid, counts, label_width, y + head, full, bar_height, text, steps))
    return _svg(uid, width, height, title, _rating_desc(rows, unit), parts)


def _letter(key: str | None) -> str:
    return "未" if is_unrated(key) else str(key)


def _rating_desc(rows: Sequence[Row], unit: str) -> str:
    spoken = (
        f"{label}は{'、'.join(f'{k}{n}{unit}' for k, n in counts.items()) or f'0{unit}'}" for label, counts in rows
    )
    return "。".join(spoken) + "。" if rows else "数はまだありません。"


def _row_label(label: str, y: float, head: float, bar_height: float, room: float, size: int) -> list[SafeString]:
    if head:
        return [_text(0, y + head - 8, _wrap(label, size, room, 1)[0], size)]
    lines = _wrap(label, size, room)
    first = y + bar_height / 2 + 5 - (len(lines) - 1) * (size + 2) / 2
    return [_text(0, first + i * (size + 2), line, size) for i, line in enumerate(lines)]


def _fits(share: float, words: str, text: int) -> bool:
    return share >= _width(words, text) + 14


def _tail_width(counts: Mapping[str, int], room: float, text: int) -> float:
    """Room after the bar for the stretches too short to carry their own words (guessed on nine tenths of the room)."""
    total = sum(counts.values())
    small = [f"{k} {n}" for k, n in counts.items() if not _fits(0.85 * room * n / total, f"{k} {n}", text)]
    return _width("  ".join(small), text) if small else 0


def _stack(
    uid: str, counts: Mapping[str, int], x: float, y: float, full: float, height: float, text: int, scale: list
) -> Iterator[SafeString]:
    total = sum(counts.values())
    if not total:
        yield _text(x, y + height / 2 + 5, "0", text, "start", INK2)
        return
    # A stretch is never under 6px; what that takes is given back by the widest one.
    shares = {key: max(full * count / total, 6.0) for key, count in counts.items()}
    widest = max(shares, key=shares.get)
    shares[widest] = max(6.0, shares[widest] - (sum(shares.values()) - full))
    small = []
    for key, share in shares.items():
        fill = fill_of(key, scale)
        dashed = fill[2] == "dash"
        yield format_html(
            '<rect x="{}" y="{}" width="{}" height="{}" fill="{}" stroke="{}" stroke-width="{}" stroke-dasharray="{}"/>',
            f"{x:.1f}", f"{y:.1f}", f"{share:.1f}", f"{height:g}", paint(fill, uid),
            INK2 if dashed else "#ffffff", 1.5 if dashed else 1, "3 2" if dashed else "none",
        )  # fmt: skip
        words = f"{key} {counts[key]}"
        if not _fits(share, words, text):
            small.append(words)
        elif fill[2] in ("", "dash"):
            yield _text(x + 8, y + height / 2 + 5, words, text, "start", fill[1], 700)
        else:
            # On a pattern the words need plain ground under them.
            yield format_html('<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>', f"{x + 4:.1f}", f"{y + 3:.1f}", f"{_width(words, text) + 6:.1f}", f"{height - 6:g}", fill[0])  # fmt: skip
            yield _text(x + 8, y + height / 2 + 5, words, text, "start", fill[1], 700)
        x += share
    if small:
        yield _text(x + 8, y + height / 2 + 5, "\u2002".join(small), text, "start", INK, 700)


# ── pace ────────────────────────────────────────────────────────────────────────────────────────────


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
    done = list(done)
    last = max(len(done) - 1, deadline, 1)
    scale = max(total, *done, 1)
    left = 14 + _width(f"{scale:,}", text - 1)
    right = 16 + max(_width(f"全{total:,}件", text - 1), _width(f"{today} {done[-1] if done else 0:,}", text) - 8)
    top, bottom = 18, 30

    def x(i: float) -> float:
        return left + (width - left - right) * i / last

    def y(count: float) -> float:
        return top + (height - top - bottom) * (1 - count / scale)

    first_day, last_day = days[0] if days else "", days[deadline] if deadline < len(days) else ""
    parts = []
    for count in sorted({0, scale // 2, scale}):
        parts.append(_line(left, width - right, y(count), GRID if count else AXIS))
        parts.append(_text(left - 8, y(count) + 5, f"{count:,}", text - 1, "end", INK2))
    parts.append(_path([(x(0), y(0)), (x(max(deadline, 1)), y(total))], INK3, 2, "2 4"))
    parts.append(_text(x(max(deadline, 1)) + 8, y(total) + 5, f"全{total:,}件", text - 1, "start", INK2))
    if done:
        end_x, end_y = x(len(done) - 1), y(done[-1])
        parts.append(_path([(x(i), y(count)) for i, count in enumerate(done)], KEY, 3))
        parts.append(_circle(end_x, end_y, 5, KEY))
        near_total = end_y + 20 > y(0) - 4
        parts.append(
            _text(
                end_x + 8,
                end_y - 10 if near_total else end_y + 20,
                f"{today} {done[-1]:,}",
                text,
                "start",
                KEY_DARK,
                700,
            )
        )
    parts.append(_text(x(0), height - 8, first_day, text - 1, "middle", INK2))
    if last_day:
        parts.append(_text(x(max(deadline, 1)), height - 8, f"期限 {last_day}", text - 1, "middle", INK2))
    so_far = (
        f"{days[len(done) - 1]}までに{done[-1]:,}件" if 0 < len(done) <= len(days) else f"{done[-1] if done else 0:,}件"
    )
    desc = f"{first_day}に受付を始め、{so_far}が提出されました。全体は{total:,}件、期限は{last_day}です。"
    return _svg(uid, width, height, title, desc, parts)


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
    parts = [_path(points(target), AXIS, 1.5, "3 2"), _path(drawn, KEY, 2)]
    if drawn:
        parts.append(_circle(*drawn[-1], 3, KEY))
    return format_html(
        '<svg class="spark" xmlns="http://www.w3.org/2000/svg" aria-hidden="true" focusable="false" viewBox="0 0 {} {}" width="{}" height="{}">{}</svg>',
        f"{width:g}", f"{height:g}", f"{width:g}", f"{height:g}", _join(parts),
    )  # fmt: skip
