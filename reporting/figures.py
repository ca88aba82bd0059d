"""Live figures: every number that a chapter may take from the data, by a name that people read and type.

`{{目標1.A評価.件数}}` in a chapter prints 16件. A name is looked up in a list (Catalogue) and nowhere else: nothing that
is typed is ever run. Values are those of the frozen report; rounding is `calculation.round_half_up` alone.
"""

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from itertools import chain

from indicators import calculation
from indicators.words import LAST_YEAR, compared_with, is_percent
from initiatives import fiscal_year as fy
from reporting.snapshot import Indicator, Report, Tally

MISSING = "－"
BEFORE, CHANGE = LAST_YEAR, f"{LAST_YEAR}との差"
ABOUT, WHOLE, BARE, AMOUNT, PLAIN, POLITE = "約", "整数", "数だけ", "幅", "した", "しました"
WORDS = {"blank": "", "not_conducted": "未実施", "not_set": "設定なし", "under_review": "検討中"}
_PLACES = re.compile(r"小数(\d)位")
_OPTIONS = (ABOUT, WHOLE, "小数1位", BARE)
_OF_CHANGE = (AMOUNT, PLAIN, POLITE)


class FigureError(ValueError):
    """A marker that names no figure, or asks for what the figure cannot give. The message is for the writer."""


@dataclass(frozen=True)
class Figure:
    """One number, or the word in its place. `key` is typed, `name` is read in the menu.

    value: as it is printed without options; None when there is none, and then `word` may say why (未実施).
    exact: not rounded; None when only the rounded value is known, which then is not rounded again.
    """

    key: str
    name: str
    group: str
    value: Decimal | str | None
    unit: str = ""
    places: int = 0
    exact: Decimal | None = None
    how: str = ""  # 16件 ÷ 18件
    word: str = ""
    aside: str = ""  # printed behind it, so that no sentence can make another year of it

    @property
    def is_number(self) -> bool:
        return isinstance(self.value, Decimal)

    def printed(self, options: Sequence[str] = ()) -> str:
        """Raises FigureError for an option that there is not."""
        chosen = _chosen(options, _OPTIONS)
        if not self.is_number:
            return self.value or self.word or MISSING
        number = f"{self._rounded(chosen):,}"
        return f"{ABOUT if ABOUT in chosen else ''}{number}{'' if BARE in chosen else f'{self.unit}{self.aside}'}"

    def _rounded(self, options: set[str]) -> Decimal:
        places = _places(options, self.places)
        if places == self.places:
            return self.value
        if self.exact is None:
            raise FigureError(f"「{self.key}」は、{_place_words(self.places)}でだけ印刷できます。")
        return calculation.round_half_up(self.exact, places)


@dataclass(frozen=True)
class Change(Figure):
    """The difference of two numbers as they are printed, or the reader could not follow it.

    since: what it is compared with. Another than 前年度 is printed with it: the sentence around it cannot know.
    """

    since: str = BEFORE
    is_within_band: bool = False  # the city calls it no change

    def printed(self, options: Sequence[str] = ()) -> str:
        chosen = _chosen(options, (*_OPTIONS, *_OF_CHANGE))
        if self.value is None:
            return self.word or MISSING
        # The numbers it was made of are the printed ones: to round their difference again is 「約」, and may be.
        change = calculation.round_half_up(self.value, min(_places(chosen, self.places), self.places))
        about = ABOUT if ABOUT in chosen else ""
        unit = "" if BARE in chosen else self.unit
        amount = f"{about}{abs(change):,}{unit}"
        if BARE in chosen or AMOUNT in chosen:
            aside = f"（{self._from}）" if self._from and BARE not in chosen else ""
            return f"{'▲' if change < 0 else ''}{amount}{aside}"
        verb, is_so = (
            ("した", "だった") if PLAIN in chosen else ("しました", "でした") if POLITE in chosen else ("", "")
        )
        if not change:
            return f"{self.since}と同じ{is_so}"
        if self.is_within_band:
            return f"{self._from}変化なし（{'＋' if change > 0 else '−'}{amount}）{is_so}"
        rise, fall = ("上昇", "低下") if self.unit == "ポイント" else ("増加", "減少")
        return f"{self._from}{amount}{rise if change > 0 else fall}{verb}"

    @property
    def _from(self) -> str:
        return "" if self.since == BEFORE else f"{self.since}から"


def _chosen(options: Sequence[str], known: Iterable[str]) -> set[str]:
    for option in options:
        if option not in known and not _PLACES.fullmatch(option):
            raise FigureError(f"「{option}」という印刷のしかたはありません。使えるのは、{'、'.join(known)}です。")
    return set(options)


def _places(options: set[str], usual: int) -> int:
    asked = [int(match[1]) for option in options if (match := _PLACES.fullmatch(option))]
    return 0 if WHOLE in options else asked[0] if asked else usual


def _place_words(places: int) -> str:
    return f"小数{places}位" if places else WHOLE


def fold(name: str) -> str:
    """Full and half width, spaces and letter case do not matter in a name."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", name)).casefold()


class Catalogue:
    """The figures of one year's report. `before` gives last year's report, or None; it is asked only when needed."""

    def __init__(self, report: Report, before: Callable[[], Report | None] = lambda: None):
        self.report = report
        self._before = before

    @cached_property
    def figures(self) -> dict[str, Figure]:
        """This year's, by key, in the order of the menu."""
        report = self.report
        measured = (_of_indicator(each, report.fiscal_year) for each in report.indicators)
        return {figure.key: figure for figure in (*_counted(report), *chain.from_iterable(measured))}

    @cached_property
    def last(self) -> dict[str, Figure]:
        """The same figures a year ago; of an indicator with survey years those of the survey before.

        An indicator's come from its own series, which may have been corrected since.
        """
        before = self._before()
        counted = _counted(before) if before else ()
        measured = (_of_indicator(each, self._year_before(each)) for each in self.report.indicators)
        return {figure.key: figure for figure in (*counted, *chain.from_iterable(measured))}

    def _year_before(self, indicator: Indicator) -> int:
        before = indicator.before(self.report.fiscal_year) if indicator.survey_years else None
        return before.fiscal_year if before else self.report.fiscal_year - 1

    @cached_property
    def _indicators(self) -> dict[str, Indicator]:
        return {indicator.code: indicator for indicator in self.report.indicators}

    def _since(self, figure: Figure) -> str:
        """前年度; of an indicator what its figures are compared with."""
        indicator = self._indicators.get(figure.group)
        return compared_with(indicator, self.report.fiscal_year) if indicator and indicator.survey_years else BEFORE

    @cached_property
    def _folded(self) -> dict[str, str]:
        return {fold(key): key for key in self.figures}

    def find(self, name: str) -> Figure:
        """The figure of a typed name. Raises FigureError, naming those that are near."""
        told = fold(name)
        for suffix, made in ((f".{CHANGE}", self.change_of), (f".{BEFORE}", self.before_of)):
            if told.endswith(suffix):
                return made(self._named(told.removesuffix(suffix), name))
        return self._named(told, name)

    def _named(self, told: str, name: str) -> Figure:
        if told in self._folded:
            return self.figures[self._folded[told]]
        near = difflib.get_close_matches(told, self._folded, n=3, cutoff=0.5)
        hint = (
            f"近い名前は、{'、'.join(self._folded[each] for each in near)}です。"
            if near
            else "名前は「データの数」から選べます。"
        )
        raise FigureError(f"「{name.strip()}」という数はありません。{hint}")

    def before_of(self, figure: Figure) -> Figure:
        last, since = self.last.get(figure.key), self._since(figure)
        named = {"key": f"{figure.key}.{BEFORE}", "name": f"{figure.name}（{since}）"}
        if last is None:
            return Figure(**named, group=figure.group, value=None)
        return replace(last, **named, aside="" if since == BEFORE else f"（{since}）")

    def change_of(self, figure: Figure) -> Figure:
        if isinstance(figure.value, str):
            raise FigureError(f"「{figure.key}」は数でないので、前年度との差はありません。")
        last = self.last.get(figure.key)
        known = figure.is_number and last is not None and last.is_number
        value = calculation.change(last.value, figure.value, figure.places) if known else None
        since = self._since(figure)
        return Change(
            key=f"{figure.key}.{CHANGE}",
            name=f"{figure.name}の、{since}との差",
            group=figure.group,
            value=value,
            unit="ポイント" if is_percent(figure.unit) else figure.unit,
            places=figure.places,
            how=f"{last.printed()} → {figure.printed()}" if known else "",
            since=since,
            is_within_band=known and self._is_within_band(figure, value),
        )

    def _is_within_band(self, figure: Figure, change: Decimal) -> bool:
        indicator = self._indicators.get(figure.group)
        return indicator is not None and figure.key == actual_key(indicator) and indicator.is_unchanged(change)

    def menu(self, groups: Iterable[str]) -> Iterator[Figure]:
        """The figures of some groups, each number followed by its difference from last year where that is known."""
        wanted = set(groups)
        for figure in self.figures.values():
            if figure.group in wanted:
                yield figure
                if figure.is_number and figure.key in self.last and self.last[figure.key].is_number:
                    yield self.change_of(figure)


# --- From the report ----------------------------------------------------------------------------------


def _counted(report: Report) -> Iterator[Figure]:
    """The year, counts, shares, points and rates: of the whole, each goal and policy, and the indicators' ratings."""
    terms = report.terms
    whole = "全体"
    for key, name, year in (("年度", "この年度", 0), (BEFORE, "前の年度", -1), ("次年度", "次の年度", 1)):
        yield Figure(key, name, whole, fy.label(report.fiscal_year + year))
    sizes = {
        "goal": len(report.goals),
        "policy": sum(len(goal.policies) for goal in report.goals),
        "direction": sum(len(policy.directions) for goal in report.goals for policy in goal.policies),
    }
    for level, size in sizes.items():
        yield Figure(f"{whole}.{terms[level]}の数", f"{terms[level]}の数", whole, Decimal(size), exact=Decimal(size))
    yield from _of_tally(whole, whole, report.tally, report)
    yield from _of_tally("再掲を除く全体", whole, report.tally_without_cross_listings, report)
    for goal in report.goals:
        group = goal_group(report, goal.number)
        yield from _of_tally(group, group, goal.tally, report)
        for policy in goal.policies:
            yield from _of_tally(f"{terms['policy']}{policy.code}", group, policy.tally, report)
    ratings = report.indicator_ratings
    yield _count("成果指標.件数", "成果指標の数", whole, sum(ratings.values()))
    yield from _distribution("成果指標", whole, ratings)


def goal_group(report: Report, number: int) -> str:
    return f"{report.terms['goal']}{number}"


def _of_tally(subject: str, group: str, tally: Tally, report: Report) -> Iterator[Figure]:
    yield _count(f"{subject}.件数", f"{subject}の{report.terms['initiative']}の件数", group, tally.count)
    yield from _distribution(subject, group, tally.ratings)
    points, full = Decimal(tally.points), Decimal(tally.full_points)
    yield Figure(f"{subject}.点数", f"{subject}の点数", group, points, "点", exact=points)
    yield Figure(f"{subject}.満点", f"{subject}の満点", group, full, "点", exact=full)
    yield Figure(
        f"{subject}.達成率", f"{subject}の達成率", group, tally.rate, "％", calculation.GOAL_RATE_PLACES,
        calculation.ratio(points, full), f"{tally.points}点 ÷ {tally.full_points}点",
    )  # fmt: skip
    yield Figure(f"{subject}.総合評価", f"{subject}の総合評価", group, tally.overall_rating or None)


def _distribution(subject: str, group: str, ratings: dict[str, int]) -> Iterator[Figure]:
    shares, total = calculation.shares(ratings), sum(ratings.values())
    for letter, count in ratings.items():
        rating = "未評価" if letter == calculation.UNRATED else f"{letter}評価"
        yield _count(f"{subject}.{rating}.件数", f"{subject}の{rating}の件数", group, count)
        yield Figure(
            f"{subject}.{rating}.割合", f"{subject}の{rating}の割合", group, shares[letter], "％",
            calculation.SHARE_PLACES, calculation.ratio(Decimal(count), Decimal(total)), f"{count}件 ÷ {total}件",
        )  # fmt: skip


def _count(key: str, name: str, group: str, count: int) -> Figure:
    return Figure(key, name, group, Decimal(count), "件", exact=Decimal(count))


def actual_key(indicator: Indicator) -> str:
    return f"成果指標{indicator.code}.実績"


def _of_indicator(indicator: Indicator, fiscal_year: int) -> Iterator[Figure]:
    """An indicator's figures of one year. Its group is its code: a chapter's menu shows those of its goal."""
    key, group = f"成果指標{indicator.code}", indicator.code
    unit = "％" if is_percent(indicator.unit) else indicator.unit
    year = indicator.year(fiscal_year)

    def measure(word: str, value: Decimal | None, kind: str = "", how: str = "") -> Figure:
        shown = None if value is None else calculation.round_half_up(value, indicator.decimals)
        name = f"「{indicator.name}」の{word}"
        return Figure(f"{key}.{word}", name, group, shown, unit, indicator.decimals, value, how, WORDS.get(kind, ""))

    if year is None:
        return
    yield measure("実績", year.actual, year.actual_figure, _division(indicator, year))
    yield measure("目標値", year.target, year.target_figure)
    yield measure("初期値", indicator.baseline)
    # Rounded where it is computed, from numbers finer than those at hand here.
    yield Figure(
        f"{key}.達成率", f"「{indicator.name}」の達成率", group, year.rate, "％", calculation.ACHIEVEMENT_PLACES,
        how="" if year.rate is None else f"{measure('', year.actual).printed()} ÷ {measure('', year.target).printed()}",
    )  # fmt: skip
    yield Figure(f"{key}.評価", f"「{indicator.name}」の評価", group, year.rating or None)
    if indicator.numerator_name or indicator.denominator_name:
        for name, part, of in (
            ("分子", year.numerator, indicator.numerator_unit),
            ("分母", year.denominator, indicator.denominator_unit),
        ):
            words = f"「{indicator.name}」の{name}"
            shown = None if part is None else calculation.round_half_up(part, 0)
            yield Figure(f"{key}.{name}", words, group, shown, of, exact=part)


def _division(indicator: Indicator, year) -> str:
    if year.numerator is None or year.denominator is None:
        return ""
    return f"{year.numerator:,f}{indicator.numerator_unit} ÷ {year.denominator:,f}{indicator.denominator_unit}"
