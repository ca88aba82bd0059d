"""What both readers share: gathering problems instead of stopping at the first, and making indicators of figures."""

from dataclasses import dataclass, field, replace
from decimal import Decimal

from indicators import calculation
from initiatives import fiscal_year as fy
from initiatives import parsing
from reporting.importing import cells
from reporting.importing.source import (
    UNSAID,
    Figure,
    Indicator,
    IndicatorYear,
    Initiative,
    Level,
    Note,
    Place,
    Problem,
    Refused,
)


@dataclass
class Findings:
    """Problems and notes of one reading."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    _cleaned: dict[str, str] = field(default_factory=dict)  # 継続, A, - stand in hundreds of cells

    def problem(self, where: str, value, why) -> None:
        self.problems.append(Problem(where, str(value), str(why)))

    def note(self, kind: str, where: str, words: str) -> None:
        self.notes.append(Note(kind, where, words))

    def refuse_if_any(self) -> None:
        if self.problems:
            raise Refused(self.problems)

    def text(self, value: str, place: Place, name: str) -> str:
        """Body text as it is kept; a problem for characters that cannot be seen."""
        clean = self._cleaned.get(value)
        if clean is None:
            try:
                clean = self._cleaned[value] = parsing.clean_text(value)
            except parsing.ParsingError as error:
                self.problem(place.at(name), value, error)
                return ""
        return clean


def read_initiative(found: Findings, place: Place, texts: dict[str, str], **known) -> Initiative | None:
    """A row's texts (code, name, owners and the body texts) → Initiative; None with a problem noted.

    `known` holds what the source says otherwise (direction …) and overrides what the texts say.
    """
    try:
        code = cells.parse_code(texts["code"])
    except parsing.ParsingError as error:
        found.problem(place.at("code"), texts["code"], error)
        return None
    if code != texts["code"].strip():
        found.note(Note.UNDERSTOOD, place.at("code"), f"番号「{texts['code']}」を「{code}」として読みました")
    try:
        name = cells.parse_name(texts["name"])
    except parsing.ParsingError as error:
        found.problem(place.at("name"), texts["name"], error)
        return None
    owners = cells.parse_owners(texts["owners"])
    if not owners.owners:
        found.problem(place.at("owners"), texts["owners"], "担当課がありません。課の名前を書いてください。")
    names = [parsing.key(owner.name) for owner in owners.owners]
    if len(set(names)) < len(names):
        found.problem(place.at("owners"), texts["owners"], "同じ課が2回書いてあります。1回にしてください。")
    goal, policy, direction, _ = (int(number) for number in code.split("-"))
    body = {key: value for key, value in texts.items() if key not in ("code", "name", "owners")}
    values = {
        "direction": (goal, policy, direction),
        "original": name.original,
        "first_year": name.first_year or UNSAID,
        "owners": tuple(owners.owners),
        "partners": tuple(owners.partners),
        "note": "\n".join(owners.remarks),
        "baseline": UNSAID,
        "target": UNSAID,
    }
    return Initiative(code=code, name=name.name, place=place, **values | body | known)


def refuse_doubles_and_strays(found: Findings, initiatives: list[Initiative]) -> None:
    """A number twice, and a cross-listing of itself."""
    first: dict[str, Initiative] = {}
    for initiative in initiatives:
        if initiative.code in first:
            found.problem(
                initiative.place.at("code"),
                initiative.code,
                f"同じ番号が{first[initiative.code].place.at('code')}にもあります。どちらかの番号を直してください。",
            )
        first.setdefault(initiative.code, initiative)
        if initiative.original == initiative.code:
            found.problem(
                initiative.place.at("name"),
                initiative.code,
                "自分自身の再掲になっています。再掲元の番号を直してください。",
            )


# --- Indicators -----------------------------------------------------------------------------------


@dataclass
class Block:
    """The figures of one printing of an indicator, by row and year (None: 初期値)."""

    name: str
    place: Place
    goal: int | None
    source: str = ""
    actual: dict[int | None, tuple[Figure, Place]] = field(default_factory=dict)
    target: dict[int | None, tuple[Figure, Place]] = field(default_factory=dict)
    rate: dict[int | None, Figure] = field(default_factory=dict)
    rating: dict[int | None, str] = field(default_factory=dict)
    ratio_name: str = ""
    components: dict[str, dict[int | None, tuple[Figure, Place]]] = field(default_factory=dict)
    years: tuple[int, ...] = ()

    def figures(self) -> list[tuple[Figure, Place]]:
        return [*self.actual.values(), *self.target.values()]


def indicator_of(found: Findings, block: Block, goals: tuple[int, ...]) -> Indicator | None:
    unit = _unit(found, [figure for figure in block.figures()])
    decimals = max((figure.decimals for figure, _ in block.actual.values()), default=0)
    indicator = Indicator(
        name=block.name,
        unit=unit,
        decimals=min(decimals, 1) if unit == "%" else decimals,
        source=block.source,
        goals=goals,
        baseline=_number(block.actual, None),
        years=tuple(_year(block, year) for year in block.years),
        place=block.place,
    )
    return _with_ratio(found, indicator, block) if block.components else indicator


def _number(row: dict, year: int | None) -> Decimal | None:
    return row[year][0].number if year in row else None


def _figure(row: dict, year: int) -> Figure:
    return row[year][0] if year in row else Figure()


def _year(block: Block, year: int) -> IndicatorYear:
    place = block.actual[year][1] if year in block.actual else block.place
    rate = block.rate.get(year)
    return IndicatorYear(
        fiscal_year=year,
        actual=_figure(block.actual, year),
        target=_figure(block.target, year),
        numerator=None,
        denominator=None,
        place=place,
        target_place=block.target[year][1] if year in block.target else place,
        printed_rate=rate.number if rate else None,
        printed_rating=block.rating.get(year, ""),
    )


def _unit(found: Findings, figures: list[tuple[Figure, Place]]) -> str:
    """The one unit of a row's numbers. A number without a unit is taken for one, but not for a percentage."""
    numbers = [(figure, place) for figure, place in figures if figure.number is not None]
    unit = next((figure.unit for figure, _ in numbers if figure.unit), "")
    for figure, place in numbers:
        if figure.unit != unit and (figure.unit or unit == "%"):
            stated = f"単位が「{figure.unit}」です" if figure.unit else "単位がありません"
            found.problem(
                place.at("value"),
                f"{figure.number.normalize():f}{figure.unit}",
                f"{stated}。この指標の単位は「{unit}」です。単位をそろえてください。",
            )
    return unit


def _with_ratio(found: Findings, indicator: Indicator, block: Block) -> Indicator | None:
    """A ratio and its two components: which is the numerator is what fits the stated ratio."""
    if len(block.components) != 2:
        names = "」「".join(block.components)
        found.problem(block.place.at(), block.name, f"割合のもとになる行は2つ（分子と分母）です。いまの行：「{names}」")
        return None
    names = list(block.components)
    errors = {order: _misfit(block, *order) for order in (tuple(names), tuple(reversed(names)))}
    numerator, denominator = min(errors, key=errors.get)
    rows = {name: block.components[name] for name in names}
    return replace(
        indicator,
        ratio_name=block.ratio_name,
        numerator_name=numerator,
        numerator_unit=_unit(found, list(rows[numerator].values())),
        denominator_name=denominator,
        denominator_unit=_unit(found, list(rows[denominator].values())),
        baseline_numerator=_number(rows[numerator], None),
        baseline_denominator=_number(rows[denominator], None),
        years=tuple(
            replace(
                year,
                numerator=_number(rows[numerator], year.fiscal_year),
                denominator=_number(rows[denominator], year.fiscal_year),
            )
            for year in indicator.years
        ),
    )


def _misfit(block: Block, numerator: str, denominator: str) -> Decimal:
    total = Decimal(0)
    for year, (stated, _) in block.actual.items():
        computed = calculation.ratio(
            _number(block.components[numerator], year), _number(block.components[denominator], year)
        )
        if computed is not None and stated.number is not None:
            total += abs(computed - stated.number)
    return total


def merge_printings(found: Findings, blocks: list[Block]) -> tuple[Indicator, ...]:
    """One indicator for all printings of the same name; the first counts, differences are noted."""
    first: dict[str, Block] = {}
    goals: dict[str, list[int]] = {}
    for block in blocks:
        name = parsing.key(block.name)
        if name in first:
            _note_differences(found, first[name], block)
        first.setdefault(name, block)
        if block.goal is not None and block.goal not in goals.setdefault(name, []):
            goals[name].append(block.goal)
    made = (indicator_of(found, block, tuple(sorted(goals.get(name, ())))) for name, block in first.items())
    return tuple(indicator for indicator in made if indicator)


def _note_differences(found: Findings, first: Block, other: Block) -> None:
    for row, label in (("actual", "実績"), ("target", "目標値"), ("rate", "達成率"), ("rating", "評価")):
        mine, theirs = getattr(first, row), getattr(other, row)
        for year in first.years:
            before, after = _shown(mine.get(year)), _shown(theirs.get(year))
            if before != after:
                words = f"{other.name}の{label}：目標{first.goal}では「{before}」、目標{other.goal}では「{after}」です。目標{first.goal}のほうを使います"
                found.note(Note.PRINTINGS, other.place.at(), f"{fy.short(year)} {words}")
    if first.source != other.source:
        found.note(
            Note.PRINTINGS,
            other.place.at(),
            f"{other.name}の出典：目標{first.goal}では「{first.source}」、目標{other.goal}では「{other.source}」です。目標{first.goal}のほうを使います",
        )


def _shown(value) -> str:
    figure = value[0] if isinstance(value, tuple) else value
    if not isinstance(figure, Figure):
        return figure or ""
    return figure.word or ("" if figure.number is None else f"{figure.number.normalize():f}{figure.unit}")


def scale_of(levels: list[tuple[str, int, str]]) -> tuple[Level, ...]:
    """(letter, lower bound, definition) → levels with points by rank, best first (A 3, B 2, C 1, D 0)."""
    ordered = sorted(levels, key=lambda level: -level[1])
    return tuple(
        Level(letter, bound, words, len(ordered) - 1 - rank) for rank, (letter, bound, words) in enumerate(ordered)
    )
