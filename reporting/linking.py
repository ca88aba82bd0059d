"""A bare number in a chapter or its events that is, or nearly is, a figure of the data: offered to be linked to it.

Offered only where the words beside the number say what it counts; a count of something else is left alone.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from indicators import calculation
from indicators.words import is_percent
from initiatives.checking.reading import Figure as Number
from initiatives.checking.reading import figures_in, likeness, plain
from reporting.figures import ABOUT, AMOUNT, BARE, BEFORE, Catalogue, Figure, FigureError, actual_key, goal_group
from reporting.prose import TOKEN

_NEAR_POINTS = Decimal("1.5")  # of percent, and of points between two years
_NEAR_SHARE = Decimal("0.1")  # of a count; and two more, for small ones
_YEARS_APART = re.compile(r"前年度|前の年度|昨年度|前年")
_ROSE = re.compile(r"上昇|増加|増え|上がっ|伸び")  # of a fall the sentence itself would have to be written anew
_RATED = re.compile(r"([A-Za-z])評価")
_NAMED = re.compile(r"「([^」]{4,80})」")
_ALIKE = 0.8
_LINKED = "◆"


@dataclass(frozen=True)
class Offer:
    """Replace `words`, which begin at `start` of the text, by `marker`, which prints `printed`.

    `row`: of the events, from 1; 0: the chapter's own text.
    """

    start: int
    words: str
    marker: str
    printed: str
    name: str
    how: str
    row: int = 0

    @property
    def place(self) -> str:
        return f"市の動向の{self.row}行目" if self.row else ""

    @property
    def is_equal(self) -> bool:
        return plain(self.words) == plain(self.printed)

    @property
    def key(self) -> str:
        return f"{self.row}.{self.start}:{self.words}:{self.marker}"

    def put_into(self, text: str) -> str:
        return text[: self.start] + self.marker + text[self.start + len(self.words) :]


def offers(text: str, catalogue: Catalogue, goal: int | None) -> list[Offer]:
    """In the order of the text, one for each number at most."""
    bare = TOKEN.sub(lambda match: _LINKED * len(match[0]), text)  # what is linked already is not looked at
    found = (
        _offer(number, bare, catalogue, goal) for number in figures_in(bare) if number.low is None
    )  # a range is no figure
    return [offer for offer in found if offer is not None]


def offers_in(text: str, events: Sequence[tuple[str, str]], catalogue: Catalogue, goal: int | None) -> list[Offer]:
    """Of a chapter's text, then of what its events tell."""
    told = enumerate((text, *(what for _, what in events)))
    return [replace(offer, row=row) for row, words in told for offer in offers(words, catalogue, goal)]


def chosen(key: str, offered: list[Offer]) -> Offer | None:
    """The offer of a key; where words were typed before it since, the nearest one for the same words."""
    place, _, what = key.partition(":")
    row, _, start = place.partition(".")
    alike = [offer for offer in offered if (f"{offer.row}", f"{offer.words}:{offer.marker}") == (row, what)]
    return min(alike, key=lambda offer: abs(offer.start - int(start)), default=None) if start.isdecimal() else None


def _offer(number: Number, text: str, catalogue: Catalogue, goal: int | None) -> Offer | None:
    told = plain(text)
    begin = max(told.rfind(sign, 0, number.start) for sign in "。\n") + 1
    end = min((at for sign in "。\n" if (at := told.find(sign, number.end)) >= 0), default=len(told))
    before, after = told[begin : number.start], told[number.end : end]
    about = before.endswith(ABOUT)
    ranked = []
    for figure, options in _meant(number, before.removesuffix(ABOUT), after, catalogue, goal):
        options = [*([ABOUT] if about else []), *options]
        fit = _fit(number, figure, options)
        if fit is not None:
            ranked.append((abs(fit[0] - number.value), len(ranked), figure, fit[1]))
    if not ranked:
        return None
    _, _, figure, options = min(ranked)
    start = number.start - about
    marker = "{{" + "|".join([figure.key, *options]) + "}}"
    return Offer(start, text[start : number.end], marker, figure.printed(options), figure.name, figure.how)


def _meant(number: Number, before: str, after: str, catalogue: Catalogue, goal: int | None) -> Iterator[tuple[Figure, list[str]]]:  # fmt: skip
    """Figures that the words beside the number speak of, with the options they would be printed with."""
    report, figures = catalogue.report, catalogue.figures
    subject = goal_group(report, goal) if goal else "全体"
    percent = is_percent(number.unit)
    if _YEARS_APART.search(before + after) and _ROSE.search(after[:12]) and (percent or number.unit == "ポイント"):
        yield from _changes(before, catalogue, goal)
        return
    initiative = report.terms["initiative"]
    rated = _RATED.findall(before)
    near = before[-14:]
    if number.unit == "件" and rated and _RATED.search(near):
        yield from _known(
            figures, f"{subject}.{rated[-1]}評価.件数", f"成果指標.{rated[-1]}評価.件数" if "指標" in before else ""
        )
    elif number.unit == "件" and (near.endswith(initiative) or after.startswith(f"の{initiative}")):
        yield from _known(figures, f"{subject}.件数")
    elif percent and "達成率" in near:
        yield from _known(figures, f"{subject}.達成率")
    elif percent and rated and re.search(rf"件|全体|割合|{_LINKED}", before[before.rfind("評価") :]):
        yield from _known(figures, f"{subject}.{rated[-1]}評価.割合")
    yield from _of_indicators(number, before, near, catalogue, goal)


def _known(figures: dict[str, Figure], *keys: str) -> Iterator[tuple[Figure, list[str]]]:
    yield from ((figures[key], []) for key in keys if key in figures and figures[key].is_number)


def _changes(before: str, catalogue: Catalogue, goal: int | None) -> Iterator[tuple[Figure, list[str]]]:
    for indicator in _indicators(catalogue, goal):
        actual = catalogue.figures.get(actual_key(indicator))
        if actual is not None and actual.is_number and is_percent(actual.unit):
            change = catalogue.change_of(actual)
            if change.since == BEFORE:  # a survey of other years is not what the sentence speaks of
                yield change, [AMOUNT]


def _of_indicators(number: Number, before: str, near: str, catalogue: Catalogue, goal: int | None):
    """An indicator is spoken of when it is named, or when the number is its own to the decimal."""
    named = _NAMED.findall(before)
    measure = "目標値" if "目標" in near else "達成率" if "達成率" in near else "実績"
    for indicator in _indicators(catalogue, goal):
        figure = catalogue.figures.get(f"成果指標{indicator.code}.{measure}")
        if figure is None or not figure.is_number or plain(figure.unit) != plain(number.unit):
            continue
        if any(likeness(name, plain(indicator.name)) > _ALIKE for name in named) or (
            number.value == figure.value and (figure.places or figure.value >= 10)
        ):
            yield figure, []


def _indicators(catalogue: Catalogue, goal: int | None):
    return [one for one in catalogue.report.indicators if goal is None or goal in one.goal_numbers]


def _fit(number: Number, figure: Figure, options: list[str]) -> tuple[Decimal, list[str]] | None:
    """The figure's value as it would stand there, with as few decimals as were typed; None when it is far away."""
    typed = -number.value.as_tuple().exponent
    if ABOUT in options and typed < figure.places:
        options = [*options, "整数" if typed == 0 else f"小数{typed}位"]
    try:
        printed = figure.printed([*options, BARE])
    except FigureError:
        options = [option for option in options if option == ABOUT]
        printed = figure.printed([*options, BARE])
    value = Decimal(re.sub(r"[約,]", "", printed).replace("▲", "-"))
    is_rate = is_percent(figure.unit) or figure.unit == "ポイント"
    room = _NEAR_POINTS if is_rate else calculation.round_half_up(number.value * _NEAR_SHARE, 0) + 2
    if AMOUNT in options and value < 0:
        return None
    return (value, options) if abs(value - number.value) <= room else None
