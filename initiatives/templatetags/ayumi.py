"""The tags and filters of every page: icons, states, ratings, small bars, and how a missing value is written.

Settings list this module under `builtins`, so a template needs no {% load %}.
"""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts import once
from initiatives import business_days
from initiatives.day_words import moment_label

register = template.Library()

MISSING = "－"
UNRATED = ("", None, "unrated", "未", "－")

# 24-unit grid, 1.75 stroke, drawn by hand; each is a list of path data, circles excepted.
ICONS: dict[str, tuple[str, ...]] = {
    "alert": ("M12 4l9 15.5H3z", "M12 10v4.5M12 17.1v.1"),
    "bold": ("M7 5h5.5a3.25 3.25 0 0 1 0 6.5H7zM7 11.5h6.5a3.75 3.75 0 0 1 0 7.5H7z",),
    "check": ("M5 12.5l4.5 4.5L19 7.5",),
    "clock": ("M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0", "M12 7v5.5l3.5 2"),
    "close": ("M6 6l12 12M18 6L6 18",),
    "columns": ("M4 5h16v14H4zM10 5v14M15 5v14",),
    "comment": ("M4 5h16v11h-9l-5 4v-4H4z",),
    "down": ("M6 9.5l6 6 6-6",),
    "download": ("M12 4v11M7 10.5l5 5 5-5M5 20h14",),
    "edit": ("M4 20l1-4.5L16.5 4 20 7.5 8.5 19z",),
    "error": ("M8.5 3.5h7l5 5v7l-5 5h-7l-5-5v-7z", "M12 8v5M12 16v.1"),
    "external": ("M10 5H5v14h14v-5M14 4h6v6M20 4l-9 9",),
    "eye": (
        "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z",
        "M9.25 12a2.75 2.75 0 1 0 5.5 0a2.75 2.75 0 1 0-5.5 0",
    ),
    "figure": ("M4 20V10M10 20V4M16 20v-7M21 20H3",),
    "file": ("M6 3.5h8l4.5 4.5v12.5H6z", "M14 3.5V8h4.5"),
    "history": ("M4 12a8 8 0 1 0 2.5-5.8L4 8.5", "M4 4v4.5h4.5M12 8v4.5l3 1.8"),
    "info": ("M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0", "M12 11v5.5M12 7.6v.1"),
    "left": ("M19 12H5M11 6l-6 6 6 6",),
    "link": ("M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 1 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 1 0 11 18.7l1-1",),
    "list": ("M9 6.5h11M9 12h11M9 17.5h11M4.5 6.5h.1M4.5 12h.1M4.5 17.5h.1",),
    "lock": ("M6 11h12v9H6z", "M8.5 11V8a3.5 3.5 0 0 1 7 0v3"),
    "mail": ("M3.5 6h17v12h-17z", "M3.5 7l8.5 6.5L20.5 7"),
    "menu": ("M4 7h16M4 12h16M4 17h16",),
    "note": ("M5 4h14v12l-5 4.5H5z", "M14 20.5V16h5"),
    "ok": ("M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0", "M8 12.3l2.8 2.8L16 9.6"),
    "plus": ("M12 5v14M5 12h14",),
    "print": ("M7 9V4h10v5M7 17H4V9h16v8h-3", "M7 14h10v6H7z"),
    "return": ("M9 5.5L4 10.5l5 5", "M4 10.5h10.5a5 5 0 0 1 0 10H11"),
    "right": ("M5 12h14M13 6l6 6-6 6",),
    "scale": ("M12 4v16M7 20h10M5 7h14M5 7l-2.5 6h5zM19 7l-2.5 6h5z",),
    "search": ("M4 10.5a6.5 6.5 0 1 0 13 0a6.5 6.5 0 1 0-13 0", "M15.5 15.5L21 21"),
    "undo": ("M8 5L4 9l4 4", "M4 9h9.5a5.5 5.5 0 0 1 0 11H9"),
    "upload": ("M12 16V5M7 9.5l5-5 5 5M5 20h14",),
    "user": ("M8 8a4 4 0 1 0 8 0a4 4 0 1 0-8 0", "M4.5 20c1-4 4-5.5 7.5-5.5s6.5 1.5 7.5 5.5"),
}

# The glyph fills as the work moves on, so a state reads without its colour. Each part: d, fill, stroke, width.
_RING = "M1.9 8a6.1 6.1 0 1 0 12.2 0a6.1 6.1 0 1 0-12.2 0"
_DISC = "M1 8a7 7 0 1 0 14 0a7 7 0 1 0-14 0"
_Glyph = tuple[tuple[str, str, str, str], ...]
STATES: dict[str, tuple[str, _Glyph]] = {
    "not_started": ("未着手", ((_RING, "#fff", "#666", "1.8"),)),
    "draft": ("作成中", ((_RING, "#fff", "#0055ad", "1.8"), ("M8 2a6 6 0 0 0 0 12z", "#0055ad", "none", "0"))),
    "awaiting_manager": (
        "課長確認中",
        ((_RING, "#fff", "#0055ad", "1.8"), ("M8 8V2a6 6 0 1 0 6 6z", "#0055ad", "none", "0")),
    ),
    "submitted": ("提出済", ((_DISC, "#0055ad", "none", "0"),)),
    "approved": ("承認済", ((_DISC, "#115a36", "none", "0"), ("M4.8 8.2l2.2 2.2 4.2-4.6", "none", "#fff", "1.8"))),
    "returned": (
        "差戻し",
        (
            (_DISC, "#8b3200", "none", "0"),
            ("M7.2 4.4L4.4 7.2l2.8 2.8M4.6 7.2h4.2a2.4 2.4 0 0 1 0 4.8H7.4", "none", "#fff", "1.5"),
        ),
    ),
    "late": ("期限超過", ((_RING, "#fff", "#8b3200", "1.8"), ("M8 4.6V8l2.3 1.6", "none", "#8b3200", "1.6"))),
    "auto": ("自動", (("M3 6.5h8.5L9 4M13 9.5H4.5L7 12", "none", "#666", "1.6"),)),
}

# What fills a stretch of a bar: colour, text colour on it, pattern. Patterns keep C, D and 差戻し apart on a
# black-and-white copier. The charts of the report take the same values.
Fill = tuple[str, str, str]
STATE_FILLS: dict[str, Fill] = {
    "not_started": ("#ffffff", "#1a1a1a", ""),
    "draft": ("#97d3ff", "#1a1a1a", ""),
    "awaiting_manager": ("#39abff", "#1a1a1a", ""),
    "submitted": ("#0066be", "#ffffff", ""),
    "approved": ("#115a36", "#ffffff", ""),
    "returned": ("#ffdfca", "#1a1a1a", "return"),
}
# By rank, best first. The letters are the city's own (data); shape and fill follow the rank alone.
RATING_FILLS: tuple[Fill, ...] = (
    ("#00428c", "#ffffff", ""),
    ("#97d3ff", "#1a1a1a", ""),
    ("#ffc199", "#1a1a1a", "hatch"),
    ("#a90000", "#ffffff", "cross"),
    ("#1a1a1a", "#ffffff", ""),
)
UNRATED_FILL: Fill = ("#ffffff", "#1a1a1a", "dash")
# Pattern name: ground, line, width of the line, whether it is crossed.
PATTERNS: dict[str, tuple[str, str, str, bool]] = {
    "hatch": ("#ffc199", "#ac3e00", "2", False),
    "cross": ("#a90000", "#ffdada", "2", True),
    "return": ("#ffdfca", "#c74700", "3.5", False),
}
DEFAULT_WORDS = {"A": "順調に実施", "B": "おおむね実施", "C": "不十分な点が多い", "D": "改善が必要"}


def is_unrated(letter: str | None) -> bool:
    return letter in UNRATED


def rank_of(letter: str, scale: Iterable[Any] | None = None) -> int:
    """Place of a rating in its scale, 1 for the best. Without a scale A is 1, B is 2 …

    A scale is any list of objects with .letter, best first (as RatingLevel is ordered) or in the order of .rank.
    """
    if scale:
        letters = [str(step.letter) for step in sorted(scale, key=lambda step: getattr(step, "rank", 0))]
        place = letters.index(letter) + 1 if letter in letters else len(letters)
    else:
        place = ord(letter[0].upper()) - ord("A") + 1
    return min(max(place, 1), len(RATING_FILLS))


def fill_of(key: str | None, scale: Iterable[Any] | None = None) -> Fill:
    """The fill of a state key or of a rating letter ("" and 未 are 未評価)."""
    if is_unrated(key):
        return UNRATED_FILL
    return STATE_FILLS.get(key) or RATING_FILLS[rank_of(key, scale) - 1]


def pattern_defs(prefix: str) -> SafeString:
    """<defs> with the patterns, their ids beginning with prefix. An SVG pattern is found by id in its own page."""
    shapes = []
    for name, (ground, line, width, crossed) in PATTERNS.items():
        shapes.append(
            format_html(
                '<pattern id="{}-{}" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
                '<rect width="7" height="7" fill="{}"/><rect width="{}" height="7" fill="{}"/>{}</pattern>',
                prefix, name, ground, width, line,
                format_html('<rect width="7" height="{}" fill="{}"/>', width, line) if crossed else "",
            )
        )  # fmt: skip
    return format_html("<defs>{}</defs>", format_html_join("", "{}", ((s,) for s in shapes)))


def paint(fill: Fill, prefix: str) -> str:
    """The value of a fill attribute: the colour itself, or the pattern defined under prefix."""
    return f"url(#{prefix}-{fill[2]})" if fill[2] in PATTERNS else fill[0]


# ── tags ────────────────────────────────────────────────────────────────────────────────────────────


# A list of 239 rows draws the same few marks over and over, so the marks are kept.
kept = lru_cache(maxsize=512)


@register.simple_tag
@kept
def icon(name: str, css: str = "") -> SafeString:
    """{% icon "download" %}: decoration beside words, never alone."""
    paths = format_html_join("", '<path d="{}"/>', ((d,) for d in ICONS[name]))
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>', f"i {css}".strip(), paths
    )


@register.simple_tag
def logo() -> SafeString:
    return format_html(
        '<svg viewBox="0 0 28 28" aria-hidden="true" focusable="false"><rect width="28" height="28" rx="7" fill="{}"/>'
        '<path d="M6 20.5h5v-5h5.2v-5H22" fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/></svg>',
        "#0055ad",
    )


@register.simple_tag
@kept
def state_glyph(key: str) -> SafeString:
    """The sign of a state without its word, for a step indicator that prints the word itself."""
    parts = format_html_join("", '<path d="{}" fill="{}" stroke="{}" stroke-width="{}"/>', STATES[key][1])
    return format_html('<svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">{}</svg>', parts)


@register.simple_tag
def state_word(key: str) -> str:
    return STATES[key][0]


@register.simple_tag
@kept
def state_badge(key: str, label: str = "") -> SafeString:
    """{% state_badge part.status %} or {% state_badge "late" "3日遅れ" %}: glyph and word."""
    if key not in STATES:
        return format_html('<span class="state">{}</span>', label or key)
    return format_html('<span class="state state--{}">{}{}</span>', key, state_glyph(key), label or STATES[key][0])


@register.simple_tag(takes_context=True)
def rate(
    context, letter: str | None, words: bool = False, scale: Iterable[Any] | None = None, size: str = ""
) -> SafeString:
    """{% rate entry.rating %}, {% rate "A" words=True scale=scale %}: letter in the shape of its rank.

    `words` adds the definition from the scale (objects with .letter and .definition, best first). A page
    that shows one plan may put its scale into the context as `rating_scale` instead of passing it each time.
    """
    css = f" rate--{size}" if size else ""
    if is_unrated(letter):
        word = format_html('<span class="{}">未評価</span>', "" if words else "vh")
        return format_html(
            '<span class="rate rate--n{}"><span class="rate__m" aria-hidden="true">未</span>{}</span>', css, word
        )
    scale = scale or context.get("rating_scale")
    rank = rank_of(letter, scale)
    if not words:
        return rating_mark(letter, rank, css)
    mark = format_html('<span class="rate__m">{}</span>', letter)
    word = next((step.definition for step in scale or () if step.letter == letter), DEFAULT_WORDS.get(letter, ""))
    return format_html('<span class="rate rate--{}{}">{}<span>{}</span></span>', rank, css, mark, word)


@kept
def rating_mark(letter: str, rank: int, css: str) -> SafeString:
    return format_html(
        '<span class="rate rate--{}{}"><span class="vh">評価</span><span class="rate__m">{}</span></span>',
        rank,
        css,
        letter,
    )


@register.simple_tag(takes_context=True)
def bar(context, distribution: Mapping[str, int], scale: Iterable[Any] | None = None, size: str = "") -> SafeString:
    """{% bar counts %}: a stacked bar of state keys or rating letters → counts, in the order given.

    Decoration: the numbers stand beside it. Widths are SVG attributes, since the page's rules forbid style="".
    """
    parts = [(key, count) for key, count in distribution.items() if count]
    shares = _shares([count for _, count in parts])
    scale = scale or context.get("rating_scale")
    x, rects = 0.0, []
    for (key, _), share in zip(parts, shares, strict=True):
        fill = fill_of(key, scale)
        # Nothing yet (未着手, 未評価) is the empty track itself.
        if fill[0] != "#ffffff":
            rects.append((f"{x:.2f}%", f"{share:.2f}%", paint(fill, "ayumi")))
        x += share
    drawn = format_html_join(
        "", '<rect x="{}" width="{}" height="100%" fill="{}" stroke="#fff" stroke-width="1"/>', rects
    )
    return format_html(
        '<svg class="bar{}" width="100%" height="12" aria-hidden="true" focusable="false">'
        '<rect width="100%" height="100%" fill="#fff" stroke="#949494" stroke-width="2"/>{}</svg>',
        f" bar--{size}" if size else "", drawn,
    )  # fmt: skip


def _shares(counts: list[int], least: float = 3.0) -> list[float]:
    """Percent of each count; a small one keeps `least` percent so that it does not vanish."""
    total = sum(counts)
    shares = [100 * count / total for count in counts]
    lack = sum(max(0.0, least - share) for share in shares)
    spare = sum(max(0.0, share - least) for share in shares)
    return [least if share < least else share - (lack * (share - least) / spare if spare else 0) for share in shares]


@register.simple_tag(takes_context=True)
def swatch(context, key: str, scale: Iterable[Any] | None = None) -> SafeString:
    """The little square of a legend: {% swatch "draft" %}作成中."""
    return format_html(
        '<svg class="sw" viewBox="0 0 14 14" aria-hidden="true" focusable="false">'
        '<rect width="14" height="14" fill="{}" stroke="#949494" stroke-width="2"/></svg>',
        paint(fill_of(key, scale or context.get("rating_scale")), "ayumi"),
    )


@register.simple_tag
def bar_patterns() -> SafeString:
    """Once per page (base.html has it): the patterns that every bar and swatch of the page refers to."""
    return format_html(
        '<svg class="defs" width="0" height="0" aria-hidden="true" focusable="false">{}</svg>', pattern_defs("ayumi")
    )


# ── filters ─────────────────────────────────────────────────────────────────────────────────────────


@register.filter
def day(value: date | None) -> str:
    """12月4日（金）; －for None."""
    return business_days.label(value) if value else MISSING


@register.filter
def blank_dash(value: Any) -> Any:
    """－ for None and ""; 0 is a value and stays 0."""
    return MISSING if value is None or value == "" else value


@register.filter
def paragraphs(text: str | None) -> SafeString:
    """What a person typed, exactly: escaped, its line breaks and spaces kept (white-space: pre-wrap in the sheet).

    Nothing typed gives "", so that {{ text|paragraphs|default:"－" }} works.
    """
    if not text:
        return SafeString("")
    return format_html('<span class="text">{}</span>', str(text).replace("\r\n", "\n").replace("\r", "\n"))


@register.filter
def moment(at: datetime | None) -> str:
    """今日 10:15, 11月20日 or まだありません."""
    return moment_label(at)


@register.filter
def left(value: date) -> str:
    """あと7営業日, 今日まで, 3日過ぎています."""
    return business_days.left_words(value, timezone.localdate())


def _decimal(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _grouped(value: Decimal, digits: int | None) -> str:
    if digits is not None:
        value = value.quantize(Decimal(1).scaleb(-int(digits)), ROUND_HALF_UP)
    return f"{value:,f}"


@register.filter
def num(value: Any, digits: int | None = None) -> Any:
    """6,443: thousands parted, decimals as stored or rounded half up to `digits`. －for None."""
    if value is None or value == "":
        return MISSING
    number = _decimal(value)
    return value if number is None else _grouped(number, digits)


@register.filter
def pct(value: Any, digits: int | None = None) -> Any:
    """Decimal("57.7") → 57.7％; {{ value|pct:0 }} rounds half up. －for None."""
    text = num(value, digits)
    return text if value is None or value == "" or _decimal(value) is None else f"{text}％"


@register.filter
def elided_pages(page) -> list[int | str]:
    """Page numbers for the pager, gaps as "…"."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1))


@register.simple_tag(takes_context=True)
def form_token(context) -> SafeString:
    """What every form that changes something carries: Django's token, and a number of its own (accounts/once.py)."""
    fields = {"csrfmiddlewaretoken": context.get("csrf_token", ""), once.FIELD: uuid.uuid4()}
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', fields.items())
