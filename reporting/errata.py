"""正誤: what two editions of a year print differently, place by place, in the order of the report. Pure.

Told is what stands in print; what only says when or why something was written (NOT_TOLD) is not. A text is compared
paragraph by paragraph, a count as one line of the figures that changed.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from indicators import calculation, words
from indicators.models import Indicator as IndicatorModel
from initiatives import fiscal_year as fy
from initiatives.checking.finding import FIELDS
from initiatives.text_diff import Piece, diff, excerpt
from reporting.models import Chapter
from reporting.snapshot import Event, Footnote, Goal, Indicator, IndicatorYear, LowBefore, Report, Row, Section, Tally

# Fields of reporting.snapshot that no line here tells of, and why.
NOT_TOLD = {
    "Report": {"schema", "fiscal_year"},
    "RatingStep": {"rank", "reason_required"},  # the shape of the mark; whether a reason is asked for
    "Goal": {"tally_without_cross_listings"},  # only the sum over all goals is printed
    "Policy": {"tally"},  # printed as the number of rows, which the rows themselves tell
    "DepartmentTally": {"tally"},
    "Owner": {"role"},
    "Row": {"holds_own", "own_reason", "approved", "approved_on"},
    "Section": {"kind", "source"},
    "Event": {"source"},
    "PublishedOpinion": {"kind"},  # printed by its label
    "Footnote": {"source"},
    "Indicator": {"kind"},
    "IndicatorYear": {"recorded_on"},
}


@dataclass(frozen=True)
class Correction:
    """One line of the list. Blank `wrong`: it was not there; blank `right`: it is there no more."""

    part: str  # of the book: 各取組の進捗状況
    place: str  # 目標1, 1-1-1-2　見守りの輪, 合計
    field: str  # 実績の2段落目
    wrong: str
    right: str
    goal: int | None = None
    code: str = ""  # of an initiative, a policy, a direction or an indicator
    department: str = ""

    @property
    def label(self) -> str:
        return "　".join(filter(None, (self.place, self.department, self.field)))

    @property
    def wrong_pieces(self) -> list[Piece]:
        """The wrong words with what is taken out marked; what is the same at length is cut short."""
        return [piece for piece in self._pieces if piece.kind != "ins"]

    @property
    def right_pieces(self) -> list[Piece]:
        return [piece for piece in self._pieces if piece.kind != "del"]

    @property
    def _pieces(self) -> list[Piece]:
        return excerpt(diff(self.wrong, self.right))


def errata(before: Report, after: Report) -> tuple[Correction, ...]:
    """What to correct in `before` so that it prints as `after`; empty for equal reports."""
    goals = list(_paired(before.goals, after.goals, lambda goal: goal.number))
    return (
        *_cover(before, after),
        *_structure(goals, after),
        *_front(before, after, goals),
        *(line for pair in goals for line in _goal(*pair, after)),
        *_opinions(before, after),
        *_counts(before, after, goals),
        *_low_before(before, after),
        *(line for pair in goals for line in _rows(*pair, after)),
        *_indicators(before, after),
        *_glossary(before, after),
        *_index(before, after),
    )


# --- Comparing ----------------------------------------------------------------------------------------


def _paired(before: Iterable, after: Iterable, key: Callable[[Any], Any]) -> Iterator[tuple]:
    """Things of the same key beside each other, None where there is no other, in the later order; what is gone stands
    where it was."""
    old, new = ({key(each): each for each in things} for things in (before, after))
    order, place = list(new), 0
    for name in old:
        if name in new:
            place = order.index(name) + 1
        else:
            order.insert(place, name)
            place += 1
    return ((old.get(name), new.get(name)) for name in order)


def _value(at: Correction, field: str, wrong: str, right: str) -> Iterator[Correction]:
    if wrong != right:
        yield replace(at, field=field, wrong=wrong, right=right)


def _text(at: Correction, field: str, wrong: str, right: str) -> Iterator[Correction]:
    return _lines(at, field, "段落目", *(filter(None, map(str.strip, text.splitlines())) for text in (wrong, right)))


def _lines(at: Correction, field: str, unit: str, wrong: Iterable[str], right: Iterable[str]) -> Iterator[Correction]:
    """A line is numbered as in the later text; one that is gone, as in the earlier."""
    old, new = list(wrong), list(right)
    numbered = max(len(old), len(new)) > 1
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            for first, second in zip_longest(range(a, b), range(c, d)):
                number = first if second is None else second
                yield replace(
                    at,
                    field=f"{field}の{number + 1}{unit}" if numbered else field,
                    wrong="" if first is None else old[first],
                    right="" if second is None else new[second],
                )


def _values(at: Correction, before: Any, after: Any, labels: dict[str, str]) -> Iterator[Correction]:
    """Fields that are texts; None is a thing that is not there."""
    for name, label in labels.items():
        yield from _text(at, label, *(getattr(thing, name) if thing else "" for thing in (before, after)))


def _tally(at: Correction, before: Tally | None, after: Tally | None) -> Iterator[Correction]:
    """A 16件、B 2件、52点 → A 15件、B 3件、51点: the figures that changed."""
    old, new = _figures(before), _figures(after)
    changed = [name for name in {**new, **old} if old.get(name) != new.get(name)]
    if changed:
        told = ("、".join(filter(None, (found.get(name) for name in changed))) for found in (old, new))
        yield from _value(at, "集計", *told)


def _figures(tally: Tally | None) -> dict[str, str]:
    if tally is None:
        return {}
    rate = "－" if tally.rate is None else f"{tally.rate}％"
    return {"count": f"計{tally.count}件"} | _distribution(tally.ratings) | {
        "points": f"{tally.points}点",
        "full": f"満点{tally.full_points}点",
        "rate": f"達成率{rate}",
        "overall": f"総合評価{tally.overall_rating or '－'}",
    }  # fmt: skip


def _distribution(ratings: dict[str, int]) -> dict[str, str]:
    return {
        f"rating {letter}": f"{'未評価' if letter == calculation.UNRATED else letter} {count}件"
        for letter, count in ratings.items()
    }


def _at(part: str, place: str = "", **more) -> Correction:
    """Where, before it is known what."""
    return Correction(part, place, "", "", "", **more)


# --- The book, from its cover on ----------------------------------------------------------------------


def _cover(before: Report, after: Report) -> Iterator[Correction]:
    labels = {
        "title": "題名", "plan_name": "計画名", "city_name": "市の名前", "publisher": "発行", "committee_name": "委員会の名前",
        "philosophy": "基本理念", "fiscal_year_label": "年度",
    }  # fmt: skip
    yield from _values(_at("表紙"), before, after, labels)
    yield from _value(_at("表紙"), "階層の呼び名", *("、".join(one.terms.values()) for one in (before, after)))
    yield from _value(_at("表紙"), "計画の年度", *(_period(one) for one in (before, after)))


def _period(report: Report) -> str:
    first = fy.label(report.baseline_year) if report.baseline_year else "－"
    return f"{fy.label(report.first_year)}から{fy.label(report.last_year)}まで（初期値は{first}）"


def _structure(goals: Sequence[tuple], report: Report) -> Iterator[Correction]:
    part, terms = "計画の体系", report.terms
    for before, after in goals:
        goal = (after or before).number
        old, new = (f"{one.number}　{one.name}" if one else "" for one in (before, after))
        yield from _value(_at(part, f"{terms['goal']}{goal}", goal=goal), "名称", old, new)
        yield from _value(
            _at(part, f"{terms['goal']}{goal}", goal=goal), "新しく加わったか", *map(_is_new, (before, after))
        )
        for policies in _paired(*(one.policies if one else () for one in (before, after)), _code):
            yield from _named(part, terms["policy"], goal, *policies)
            for directions in _paired(*(one.directions if one else () for one in policies), _code):
                yield from _named(part, terms["direction"], goal, *directions)


def _code(thing) -> str:
    return thing.code


def _is_new(goal: Goal | None) -> str:
    return "この年度から" if goal and goal.is_new else ""


def _named(part: str, term: str, goal: int, before, after) -> Iterator[Correction]:
    code = (after or before).code
    at = _at(part, f"{term}{code}", goal=goal, code=code)
    yield from _value(at, "名称", *(f"{one.code}　{one.name}" if one else "" for one in (before, after)))


def _front(before: Report, after: Report, goals: Sequence[tuple]) -> Iterator[Correction]:
    """事業の総括: the chapters of the whole report, each goal's 総括, and what the committee said."""
    part = f"{after.fiscal_year_label}事業の総括"
    for kind in Chapter.OF_REPORT:
        if kind == Chapter.Kind.OVERALL:
            yield from _scale(part, before, after)
        at = _at("公開ページ" if kind in Chapter.NOT_PRINTED else part, kind.label)
        yield from _section(at, *(one.sections.get(kind) for one in (before, after)))
    for pair in goals:
        at = _of_goal(part, after, *pair)
        summaries = (one.sections.get(Chapter.Kind.GOAL_SUMMARY) if one else None for one in pair)
        yield from _section(replace(at, place=f"{at.place}　総括"), *summaries)
    for pair in goals:
        at = _of_goal(part, after, *pair)
        yield from _section(replace(at, place=f"{at.place}　講評"), *(one and one.committee_review for one in pair))
    yield from _section(_at(part, "全体の講評"), before.committee_review, after.committee_review)


def _scale(part: str, before: Report, after: Report) -> Iterator[Correction]:
    at = _at(part, "評価区分")
    for pair in _paired(before.scale, after.scale, lambda step: step.letter):
        told = (f"{one.letter}　{one.definition}（{one.min_rate}％〜、{one.points}点）" if one else "" for one in pair)
        yield from _value(at, next(filter(None, pair)).letter, *told)
    old, new = (_distribution(one.indicator_ratings) for one in (before, after))
    for name in {**new, **old}:
        yield from _value(_at(part, "成果指標の評価実績"), "件数", old.get(name, ""), new.get(name, ""))


def _of_goal(part: str, report: Report, before: Goal | None, after: Goal | None) -> Correction:
    number = (after or before).number
    return _at(part, f"{report.terms['goal']}{number}", goal=number)


def _section(at: Correction, before: Section | None, after: Section | None) -> Iterator[Correction]:
    return _values(at, before, after, {"heading": "見出し", "text": "文"})


def _goal(before: Goal | None, after: Goal | None, report: Report) -> Iterator[Correction]:
    """The chapters of one goal."""
    at = _of_goal(f"各{report.terms['goal']}の進捗状況", report, before, after)
    pair = (before, after)
    yield from _values(at, before, after, {"overview": "概要"})
    yield from _value(at, "のせる成果指標", *("、".join(one.indicator_codes) if one else "" for one in pair))
    for kind in Chapter.Kind:
        if kind not in (*Chapter.OF_REPORT, Chapter.Kind.GOAL_SUMMARY):
            found = (one.sections.get(kind) if one else None for one in pair)
            yield from _section(replace(at, place=f"{at.place}　{kind.label}"), *found)
        if kind == Chapter.Kind.SOCIAL_TRENDS:
            yield from _lines(at, "市の動向", "行目", *(map(_event, one.events if one else ()) for one in pair))
    yield from _lines(at, "注釈", "つ目", *(map(_note, one.footnotes if one else ()) for one in pair))


def _event(event: Event) -> str:
    return f"{event.when}　{event.what}"


def _note(note: Footnote) -> str:
    return f"（注{note.number}）{note.text}"


def _opinions(before: Report, after: Report) -> Iterator[Correction]:
    """主な意見と市の考え方, line by line as they stand."""
    labels = {"code": "番号", "about": "何について", "summary": "意見", "kind_label": "区分", "answer": "市の考え方"}
    for number, pair in enumerate(zip_longest(before.opinions, after.opinions), 1):
        at = _at("主な意見と市の考え方", f"{number}つ目")
        goals = (f"{after.terms['goal']}{one.goal}" if one and one.goal else "" for one in pair)
        yield from _value(at, after.terms["goal"], *goals)
        yield from _values(at, *pair, labels)


def _counts(before: Report, after: Report, goals: Sequence[tuple]) -> Iterator[Correction]:
    part = f"各{after.terms['initiative']}の総括"
    for pair in goals:
        at = _of_goal(part, after, *pair)
        yield from _tally(at, *(one and one.tally for one in pair))
    yield from _tally(_at(part, "合計"), before.tally, after.tally)
    totals = (one.tally_without_cross_listings for one in (before, after))
    yield from _tally(_at(part, "再掲を除く合計"), *totals)


def _low_before(before: Report, after: Report) -> Iterator[Correction]:
    labels = {
        "name": FIELDS["name"],
        "rating": "評価",
        "low_rating_reason": FIELDS["low_rating_reason"],
        "issues": "改善策",
    }
    part = f"{fy.label(after.fiscal_year - 1)}に低い評価だった{after.terms['initiative']}"
    for pair in _paired(before.low_before, after.low_before, _code):
        code = next(filter(None, pair)).code
        at = _at(part, code, code=code)
        yield from _value(at, "続いているか", *map(_goes_on, pair))
        yield from _values(at, *pair, labels)


def _goes_on(low: LowBefore | None) -> str:
    return "" if low is None else "続いている" if low.in_force else "終わった"


# --- Initiatives --------------------------------------------------------------------------------------

_BEFORE_PARTS = ("description", "baseline", "target", "next_target")
_AFTER_PARTS = ("low_rating_reason", "note")


def _rows(before: Goal | None, after: Goal | None, report: Report) -> Iterator[Correction]:
    part = f"各{report.terms['initiative']}の進捗状況"
    for pair in _paired(*(one.rows if one else () for one in (before, after)), _code):
        row = pair[1] or pair[0]
        at = _at(part, f"{row.code}　{row.name}".rstrip("　"), goal=(after or before).number, code=row.code)
        yield from _row(at, *pair)


def _row(at: Correction, before: Row | None, after: Row | None) -> Iterator[Correction]:
    pair = (before, after)
    if before is None or after is None:
        yield from _value(at, FIELDS["code"], *(one.code if one else "" for one in pair))
    yield from _values(at, before, after, {"name": FIELDS["name"]})
    yield from _value(at, FIELDS["original"], *(one.original_code if one else "" for one in pair))
    yield from _value(at, "新規", *(fy.label(one.new_in) if one and one.new_in else "" for one in pair))
    yield from _value(at, FIELDS["owners"], *(_owners(one) for one in pair))
    yield from _values(at, before, after, {name: FIELDS[name] for name in _BEFORE_PARTS})
    yield from _written(at, "result", before, after)
    yield from _values(at, before, after, {"rating": FIELDS["rating"]})
    yield from _value(at, "主担当課の自己評価（評価と違うとき）", *(one.lead_rating if one else "" for one in pair))
    yield from _written(at, "issues", before, after)
    yield from _values(at, before, after, {name: FIELDS[name] for name in _AFTER_PARTS})


def _owners(row: Row | None) -> str:
    """高齢課（R5より）（市社協）、防災課"""
    owners = row.owners if row else ()
    beside = [(each.note, "、".join(each.partners)) for each in owners]
    return "、".join(
        each.department + "".join(f"（{text}）" for text in texts if text)
        for each, texts in zip(owners, beside, strict=True)
    )


def _written(at: Correction, name: str, before: Row | None, after: Row | None) -> Iterator[Correction]:
    """What each department wrote; if no department wrote otherwise, how it is put together."""
    told = False
    for pair in _paired(*(one.parts if one else () for one in (before, after)), lambda part: part.department):
        department = next(filter(None, pair)).department
        for line in _values(replace(at, department=department), *pair, {name: FIELDS[name]}):
            told = True
            yield line
    if not told:
        yield from _values(at, before, after, {name: FIELDS[name]})


# --- Indicators and index -----------------------------------------------------------------------------

_INDICATOR_TEXTS = {
    "name": "指標名", "unit": "単位", "source": "出典", "department": "担当課", "ratio_name": "割合の名前",
    "numerator_name": "分子の名前", "numerator_unit": "分子の単位", "denominator_name": "分母の名前",
    "denominator_unit": "分母の単位",
}  # fmt: skip


def _indicators(before: Report, after: Report) -> Iterator[Correction]:
    for pair in _paired(before.indicators, after.indicators, _code):
        one = pair[1] or pair[0]
        at = _at("成果指標", one.name, code=one.code)
        yield from _value(at, "番号", *(each.code if each else "" for each in pair))
        yield from _values(at, *pair, _INDICATOR_TEXTS)
        yield from _value(at, "のせる目標", *("、".join(map(str, each.goal_numbers)) if each else "" for each in pair))
        yield from _value(at, "よい方向", *(_direction(each) for each in pair))
        yield from _lines(at, "きまり", "つ目", *(words.rules(each) if each else [] for each in pair))
        for field, told in _BASELINE.items():
            yield from _value(at, field, *(told(each) if each else "" for each in pair))
        for years in _paired(*(each.years if each else () for each in pair), lambda year: year.fiscal_year):
            yield from _year(at, pair, years)


def _direction(indicator: Indicator | None) -> str:
    return IndicatorModel.Polarity(indicator.polarity).label if indicator else ""


def _amount(value, unit: str, decimals: int = 0) -> str:
    return "" if value is None else words.amount(value, unit, decimals)


_BASELINE: dict[str, Callable[[Indicator], str]] = {
    "初期値": lambda one: _amount(one.baseline, one.unit, one.decimals),
    "初期値の分子": lambda one: _amount(one.baseline_numerator, one.numerator_unit),
    "初期値の分母": lambda one: _amount(one.baseline_denominator, one.denominator_unit),
}
_YEAR: dict[str, Callable[[Indicator, IndicatorYear], str]] = {
    "分母": lambda one, year: _amount(year.denominator, one.denominator_unit),
    "分子": lambda one, year: _amount(year.numerator, one.numerator_unit),
    "実績": words.actual,
    "目標値": words.target,
    "達成率": lambda one, year: words.rate(year),
    "評価": lambda one, year: year.rating,
    "評価の注": lambda one, year: words.override_of(year),
}


def _year(at: Correction, indicators: tuple, years: tuple) -> Iterator[Correction]:
    year = next(filter(None, years)).fiscal_year
    for field, told in _YEAR.items():
        wrong, right = (
            told(indicator, each) if each else "" for indicator, each in zip(indicators, years, strict=True)
        )
        yield from _value(at, f"{fy.label(year)}の{field}", wrong, right)


def _glossary(before: Report, after: Report) -> Iterator[Correction]:
    for pair in _paired(before.glossary, after.glossary, lambda each: each.word):
        at = _at("用語の説明", next(filter(None, pair)).word)
        yield from _values(at, *pair, {"word": "言葉", "meaning": "意味"})


def _index(before: Report, after: Report) -> Iterator[Correction]:
    for pair in _paired(before.departments, after.departments, lambda one: one.department):
        name = next(filter(None, pair)).department
        at = _at("担当課別の索引", name)
        yield from _value(at, "課名", *(one.department if one else "" for one in pair))
        yield from _value(at, "番号", *("、".join(one.codes) if one else "" for one in pair))
