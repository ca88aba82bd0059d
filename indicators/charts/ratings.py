"""Ratings: one stacked bar per goal, policy or department."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from indicators.charts.svg import INK, INK2, svg, text_at, text_width, wrap
from initiatives.templatetags.ayumi import fill_of, is_unrated, paint, pattern_defs

Row = tuple[str, Mapping[str, int]]


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
        label_width = min(width * 0.4, 14 + max((text_width(label, text + 1) for label, _ in rows), default=0))
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
    return svg(uid, width, height, title, _rating_desc(rows, unit), parts)


def _letter(key: str | None) -> str:
    return "未" if is_unrated(key) else str(key)


def _rating_desc(rows: Sequence[Row], unit: str) -> str:
    spoken = (
        f"{label}は{'、'.join(f'{k}{n}{unit}' for k, n in counts.items()) or f'0{unit}'}" for label, counts in rows
    )
    return "。".join(spoken) + "。" if rows else "数はまだありません。"


def _row_label(label: str, y: float, head: float, bar_height: float, room: float, size: int) -> list[SafeString]:
    if head:
        return [text_at(0, y + head - 8, wrap(label, size, room, 1)[0], size)]
    lines = wrap(label, size, room)
    first = y + bar_height / 2 + 5 - (len(lines) - 1) * (size + 2) / 2
    return [text_at(0, first + i * (size + 2), line, size) for i, line in enumerate(lines)]


def _fits(share: float, words: str, text: int) -> bool:
    return share >= text_width(words, text) + 14


def _tail_width(counts: Mapping[str, int], room: float, text: int) -> float:
    """Room after the bar for the stretches too short to carry their own words (the bar is guessed at 85% of the room)."""
    total = sum(counts.values())
    small = [f"{k} {n}" for k, n in counts.items() if not _fits(0.85 * room * n / total, f"{k} {n}", text)]
    return text_width("  ".join(small), text) if small else 0


def _ground(x: float, y: float, width: float, height: float, fill: str) -> SafeString:
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>',
        f"{x:.1f}",
        f"{y:.1f}",
        f"{width:.1f}",
        f"{height:g}",
        fill,
    )


def _stack(
    uid: str, counts: Mapping[str, int], x: float, y: float, full: float, height: float, text: int, scale: list
) -> Iterator[SafeString]:
    total = sum(counts.values())
    if not total:
        yield text_at(x, y + height / 2 + 5, "0", text, "start", INK2)
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
        else:
            if fill[2] not in ("", "dash"):  # on a pattern the words need plain ground under them
                yield _ground(x + 4, y + 3, text_width(words, text) + 6, height - 6, fill[0])
            yield text_at(x + 8, y + height / 2 + 5, words, text, "start", fill[1], 700)
        x += share
    if small:
        yield text_at(x + 8, y + height / 2 + 5, "\u2002".join(small), text, "start", INK, 700)
