"""Drawing: the few SVG elements of the charts, with every colour literal and every look an attribute."""

import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

INK, INK2, INK3 = "#1a1a1a", "#4d4d4d", "#666666"
FONTS = "'Ayumi Latin','BIZ UDPGothic','Hiragino Sans','Noto Sans JP',sans-serif"
GRID, AXIS = "#e6e6e6", "#949494"
KEY, KEY_DARK = "#0055ad", "#00428c"

Number = Decimal | int | float


def join(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def svg(
    uid: str,
    width: float,
    height: float,
    title: str,
    desc: str,
    parts: Iterable[SafeString],
    fonts: str = FONTS,
) -> SafeString:
    """Width and height in rem: text that the reader enlarged enlarges the chart."""
    return format_html(
        '<svg class="chart" xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{}-t {}-d" '
        'viewBox="0 0 {} {}" width="{}rem" height="{}rem" '
        'font-family="{}">'
        '<title id="{}-t">{}</title><desc id="{}-d">{}</desc>{}</svg>',
        uid, uid, f"{width:g}", f"{height:g}", f"{width / 16:g}", f"{height / 16:g}", fonts,
        uid, title, uid, desc, join(parts),
    )  # fmt: skip


def text_at(
    x: float, y: float, words: str, size: int = 14, anchor: str = "start", fill: str = INK, weight: int = 400
) -> SafeString:
    return format_html(
        '<text x="{}" y="{}" font-size="{}" text-anchor="{}" fill="{}" font-weight="{}">{}</text>',
        f"{x:.1f}", f"{y:.1f}", size, anchor, fill, weight, words,
    )  # fmt: skip


def line(x1: float, x2: float, y: float, stroke: str) -> SafeString:
    return format_html(
        '<line x1="{}" x2="{}" y1="{}" y2="{}" stroke="{}"/>', f"{x1:.1f}", f"{x2:.1f}", f"{y:.1f}", f"{y:.1f}", stroke
    )


def circle(x: float, y: float, r: float, fill: str, stroke: str = "none") -> SafeString:
    return format_html(
        '<circle cx="{}" cy="{}" r="{}" fill="{}" stroke="{}" stroke-width="2"/>',
        f"{x:.1f}",
        f"{y:.1f}",
        r,
        fill,
        stroke,
    )


def polyline(points: Sequence[tuple[float, float] | None], stroke: str, width: float, dash: str = "none") -> SafeString:
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


NARROW = {"%": 1.0, ",": 0.35, ".": 0.35, " ": 0.35}  # 1 is full width; the other half-width characters are 0.76


def text_width(words: str, size: int) -> float:
    """Drawn width in px, near enough to keep words apart and uncut: as in BIZ UDPGothic, the widest font in use."""
    return size * sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else NARROW.get(c, 0.76) for c in words)


def wrap(words: str, size: int, room: float, lines: int = 2) -> list[str]:
    """Words broken into at most `lines` lines that fit `room`; what is too long ends in …"""
    out, line = [], ""
    for char in words:
        if line and text_width(line + char, size) > room:
            out.append(line)
            line = ""
        line += char
    out.append(line)
    if len(out) > lines:
        out = out[:lines]
        out[-1] = out[-1][:-1] + "…"
    return out
