"""What the pages of 成果指標 show, every cell in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import DecimalField
from django.urls import reverse

from accounts.models import User
from indicators import charts, defining, entering, permissions, words
from indicators.calculation import round_half_up
from indicators.models import FigureRule, Indicator
from indicators.rules import BUILT_IN, Rulebook, rule_of, rules_of
from indicators.series import Indicator as Series
from indicators.series import IndicatorYear, series_in
from initiatives import business_days, history
from initiatives import fiscal_year as fy
from initiatives.models import FieldChange, Plan, PlanYear

# --- The list ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One indicator in the list, of the year in view."""

    pk: int
    series: Series
    year: IndicatorYear
    may_write: bool

    @property
    def is_missing(self) -> bool:
        return self.series.owes(self.year.fiscal_year)

    @property
    def actual(self) -> str:
        return words.actual(self.series, self.year)

    @property
    def target(self) -> str:
        return words.target(self.series, self.year)

    @property
    def rate(self) -> str:
        return words.rate(self.year)

    @property
    def change(self) -> str:
        return words.short_change(self.series, self.year.fiscal_year)


def list_page(plan_year: PlanYear, user: User) -> dict:
    everything = series_in(plan_year)
    models = {each.pk: each for each in Indicator.objects.filter(plan=plan_year.plan_id)}
    lines = [
        Line(pk, series, year, permissions.can_write_value(user, models[pk], plan_year))
        for pk, series in everything.items()
        if (year := series.year(plan_year.fiscal_year))
    ]
    missing = [line for line in lines if line.is_missing]
    own = [line for line in missing if line.may_write]
    return {
        "plan_year": plan_year,
        "rating_scale": plan_year.plan.scale,
        "lines": lines,
        "heading": _heading(lines, missing, own, plan_year),
        "may_write": any(line.may_write for line in lines),
        "may_define": permissions.can_define(user),
        "elsewhere": _elsewhere(models.keys() - everything.keys(), models, plan_year, user),
    }


@dataclass(frozen=True)
class Elsewhere:
    """An indicator that the plan has in other years only."""

    name: str
    when: str  # 令和5年度まで
    url: str  # its page in the nearest year that can be looked at; "" for none
    settings_url: str  # "" for whoever may not define


def _elsewhere(keys: Iterable[int], models: dict[int, Indicator], plan_year: PlanYear, user: User) -> list[Elsewhere]:
    """Those that have ended or have not begun: they stay readable in the years in which they count."""
    if not keys:
        return []
    years = PlanYear.objects.visible_to(user).filter(plan=plan_year.plan_id)
    known = sorted(years.values_list("fiscal_year", flat=True), key=lambda year: abs(year - plan_year.fiscal_year))
    told = []
    for key, indicator in models.items():
        if key not in keys:
            continue
        ended = indicator.last_year is not None and indicator.last_year < plan_year.fiscal_year
        when = f"{fy.label(indicator.last_year)}まで" if ended else f"{fy.label(indicator.first_year)}から"
        year = next((year for year in known if indicator.is_in_force(year)), None)
        args = [plan_year.plan_id, year, key]
        told.append(
            Elsewhere(
                indicator.name,
                when,
                reverse("indicators:indicator_detail", args=args) if year else "",
                reverse("indicators:indicator_settings", args=[plan_year.plan_id, plan_year.fiscal_year, key])
                if permissions.can_define(user)
                else "",
            )
        )
    return told


def _heading(lines: list[Line], missing: list[Line], own: list[Line], plan_year: PlanYear) -> str:
    if own:
        return f"あと{len(own)}つの成果指標の、{plan_year.label}の実績を書いてください"
    if missing:
        return f"{len(lines)}の成果指標のうち、{len(missing)}つの実績がまだです"
    return f"{len(lines)}の成果指標の、{plan_year.label}の実績です"


# --- One indicator ----------------------------------------------------------------------------------


def detail_page(indicator: Indicator, everything: dict[int, Series], plan_year: PlanYear, user: User) -> dict:
    series = everything[indicator.pk]
    now = series.year(plan_year.fiscal_year)
    book = rulebook_of(everything, plan_year.plan)
    concerned = permissions.concerns(user, indicator)
    return {
        "plan_year": plan_year,
        "rating_scale": plan_year.plan.scale,
        "indicators": [(key, other, other.year(plan_year.fiscal_year)) for key, other in everything.items()],
        "pk": indicator.pk,
        "series": series,
        "now": now,
        "caption": words.caption(series, plan_year.fiscal_year),
        "columns": [column(series, year) for year in series.years],
        "baseline": words.amount(series.baseline, series.unit, series.decimals),
        "baseline_numerator": words.amount(series.baseline_numerator, series.numerator_unit, 0),
        "baseline_denominator": words.amount(series.baseline_denominator, series.denominator_unit, 0),
        "calculation": words.calculation_of(series, now),
        "proration": words.proration_of(series, now, plan_year.plan.baseline_year),
        "recorded": fy.date_label(now.recorded_on) if now.recorded_on else "",
        "rules": _rules(series, book),
        "kind": Indicator.Kind(series.kind).label,
        "overrides": [(fy.label(y.fiscal_year), words.override_of(y)) for y in series.years if y.is_overridden],
        "charts": drawings(series),
        "may_write": permissions.can_write_value(user, indicator, plan_year),
        "may_define": permissions.can_define(user),
        "closed": why_closed(indicator, plan_year) if concerned else "",
        "doubts": book.doubts(series.code, plan_year.fiscal_year) if concerned else [],
        "note": entering.value_of(indicator, plan_year.fiscal_year).note if user.is_office else "",
        "changes": _changes(indicator) if user.is_office else [],
    }  # fmt: skip


def column(series: Series, year: IndicatorYear) -> dict:
    """One year of the table, every cell in words."""
    return {
        "year": year,
        "label": fy.label(year.fiscal_year),
        "actual": words.actual(series, year),
        "increase": words.increase(series, year) if series.is_cumulative else "",
        "target": words.figure(year.target, year.target_figure, series.unit, series.decimals),
        "rate": words.rate(year),
        "change": words.short_change(series, year.fiscal_year),
        "numerator": words.figure(year.numerator, "blank", series.numerator_unit, 0),
        "denominator": words.figure(year.denominator, "blank", series.denominator_unit, 0),
    }


def drawings(series: Series, *, text: int = 14, width: int = 920, as_of: int | None = None) -> dict:
    """The same chart drawn for wide and for narrow screens, and what to say about its axis.

    as_of: of the years after this one nothing is missing yet.
    """

    def rounded(value):
        return None if value is None else round_half_up(value, series.decimals)

    actual, target = [rounded(year.actual) for year in series.years], [rounded(year.target) for year in series.years]
    missing = [
        ""
        if year.actual is not None or (as_of and year.fiscal_year > as_of)
        else words.actual(series, year) or "未入力"
        for year in series.years
    ]
    unit = "％" if words.is_percent(series.unit) else series.unit
    drawn = {
        "actual": actual,
        "target": target,
        "unit": unit,
        "decimals": series.decimals,
        "missing": missing,
        "text": text,
    }
    title = f"{series.name}の推移"
    wide = [fy.label(year.fiscal_year).removesuffix("年度") for year in series.years]
    narrow = [fy.short(year.fiscal_year) for year in series.years]
    return {
        "wide": charts.actual_vs_target("w", title, wide, width=width, **drawn),
        "narrow": charts.actual_vs_target("n", title, narrow, narrow=True, **drawn),
        "note": charts.axis_note(actual, target, unit),
    }


def why_closed(indicator: Indicator, plan_year: PlanYear) -> str:
    """Why the figures cannot be written now, and whom to ask."""
    office = plan_year.plan.office_name
    if plan_year.is_locked:
        return f"{plan_year.label}は「{plan_year.get_status_display()}」なので、数字は変えられません。"
    if plan_year.status == PlanYear.Status.PREPARING:
        return f"{plan_year.label}は準備中です。受付が始まると書けます。"
    until = plan_year.deadline_for(indicator.department_id)
    over = f"提出期限（{business_days.label(until)}）を過ぎました。" if until else "受付は終わりました。"
    return f"{over}直すところがあるときは、{office}に伝えてください。"


def rulebook_of(everything: dict[int, Series], plan: Plan) -> Rulebook:
    return Rulebook({series.code: series for series in everything.values()}, rules_of(plan))


def _rules(series: Series, book: Rulebook) -> list[str]:
    """What is peculiar to the indicator, and what its figures must keep to."""
    return [*words.rules(series), *(f"{book.words(rule)}。{rule.reason}" for rule in book.of(series.code))]


# --- Writing ----------------------------------------------------------------------------------------


def value_page(form, plan_year: PlanYear, user: User) -> dict:
    """The context of indicator_edit.html around a ValueForm."""
    indicator = form.value.indicator
    everything = series_in(plan_year)
    series, book = everything[indicator.pk], rulebook_of(everything, plan_year.plan)
    return {
        "plan_year": plan_year,
        "rating_scale": plan_year.plan.scale,
        "indicator": indicator,
        "form": form,
        "series": series,
        "now": series.year(plan_year.fiscal_year),
        "columns": [column(series, year) for year in series.years if year.fiscal_year <= plan_year.fiscal_year],
        "rules": _rules(series, book),
        "doubts": book.doubts(series.code, plan_year.fiscal_year),
        "calculation": words.calculation_of(series, series.year(plan_year.fiscal_year)),
        "changes": _changes(indicator),
        "crumbs": crumbs(plan_year, indicator, f"{plan_year.label}の数字"),
    }


def settings_page(form, plan_year: PlanYear) -> dict:
    """What stands around an IndicatorForm."""
    indicator, year = form.instance, [plan_year.plan_id, plan_year.fiscal_year]
    of_list = ("成果指標", reverse("indicators:indicator_list", args=year))
    if indicator.pk is None:
        return {"crumbs": [of_list, ("加える", "")], "back": of_list[1], "changes": []}
    kept = form.kept
    trail = (
        crumbs(plan_year, kept, "決めごと") if kept.is_in_force(plan_year.fiscal_year) else [of_list, (kept.name, "")]
    )
    return {"indicator": kept, "crumbs": trail, "back": trail[-2][1], "changes": _changes(kept)}


class RulesPage:
    """What the figures of an indicator must keep to, and how the figures of the year stand to it."""

    def __init__(self, plan_year: PlanYear, indicator: Indicator):
        self.plan_year, self.indicator = plan_year, indicator
        everything = series_in(plan_year)
        found = Indicator.objects.in_bulk(everything)
        self.indicators = [found[pk] for pk in everything]
        self.book = rulebook_of(everything, plan_year.plan)
        self.rules = self.book.of(indicator.code)

    @property
    def address(self) -> str:
        place = [self.plan_year.plan_id, self.plan_year.fiscal_year, self.indicator.pk]
        return reverse("indicators:indicator_rules", args=place)

    def words(self, rule: FigureRule) -> str:
        return self.book.words(rule_of(rule))

    def context(self, form) -> dict:
        year = self.plan_year.fiscal_year
        return {
            "plan_year": self.plan_year,
            "indicator": self.indicator,
            "form": form,
            "lines": [(rule, self.book.words(rule), self.book.broken(rule, year)) for rule in self.rules],
            "built_in": BUILT_IN,
            "changes": _changes(self.indicator),
            "crumbs": crumbs(self.plan_year, self.indicator, "数の決まり"),
        }


def crumbs(plan_year: PlanYear, indicator: Indicator, here: str) -> list[tuple[str, str]]:
    year = plan_year.plan_id, plan_year.fiscal_year
    return [
        ("成果指標", reverse("indicators:indicator_list", args=year)),
        (indicator.name, reverse("indicators:indicator_detail", args=[*year, indicator.pk])),
        (here, ""),
    ]


def saved_figures(form) -> list[tuple[str, str]]:
    """What a colleague saved meanwhile, by the labels of the form; only what differs from what was typed."""
    return [
        (str(field.label), _told(field.initial))
        for field in form.visible_fields()
        if field.initial != form.cleaned_data.get(field.name)
    ]


def _told(value) -> str:
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    return (
        words.MISSING if value in (None, "") else f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
    )


# --- History ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """One change of a field, in words."""

    change: FieldChange
    label: str
    old: str
    new: str


def _changes(indicator: Indicator) -> list[Change]:
    """Every change of the indicator and of its years, newest first."""
    values = list(indicator.values.all())
    year_of = {value.pk: fy.label(value.fiscal_year) for value in values}
    rows: Iterable[FieldChange] = history.of_rows([indicator, *values])
    return [_change(change, indicator, year_of) for change in rows]


def _change(change: FieldChange, indicator: Indicator, year_of: dict[int, str]) -> Change:
    is_value = change.model != indicator._meta.label_lower
    model = indicator.values.model if is_value else Indicator
    field = model._meta.get_field(change.field)
    if change.field == defining.RULES:
        return Change(change, FigureRule._meta.verbose_name, change.old or words.MISSING, change.new or words.MISSING)
    labels = {"True": "はい", "False": "いいえ"} | {str(key): label for key, label in field.choices or ()}
    year = f"{year_of[change.object_id]} " if is_value else ""
    if change.field in ("first_year", "last_year"):
        labels = {text: fy.label(int(text)) for text in (change.old, change.new) if text}
    if isinstance(field, DecimalField):  # 56.0000 as 56
        labels = {text: f"{Decimal(text).normalize():f}" for text in (change.old, change.new) if text}
    old, new = (labels.get(text, text) or words.MISSING for text in (change.old, change.new))
    return Change(change, f"{year}{field.verbose_name}", old, new)
