"""What the pages of 成果指標 show, every cell in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import DecimalField
from django.urls import reverse

from accounts.models import User
from indicators import charts, entering, permissions, words
from indicators.calculation import round_half_up
from indicators.models import Indicator
from indicators.series import Indicator as Series
from indicators.series import IndicatorYear, all_series, scale_of
from initiatives import business_days, history
from initiatives import fiscal_year as fy
from initiatives.models import FieldChange, PlanYear

_PERCENT_FULL = Decimal(100)


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
        return self.year.actual_figure == "blank"

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
    everything = all_series(plan_year.plan, plan_year.fiscal_year, scale_of(plan_year.plan))
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
    }


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
        "rules": words.rules(series),
        "kind": Indicator.Kind(series.kind).label,
        "overrides": [(fy.label(y.fiscal_year), words.override_of(y)) for y in series.years if y.is_overridden],
        "charts": charts_of(series),
        "may_write": permissions.can_write_value(user, indicator, plan_year),
        "may_define": permissions.can_define(user),
        "closed": why_closed(indicator, plan_year) if concerned else "",
        "doubts": doubts(series, now) if concerned else [],
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


def charts_of(series: Series) -> dict:
    """The same chart drawn for wide and for narrow screens, and what to say about its axis."""

    def rounded(value):
        return None if value is None else round_half_up(value, series.decimals)

    actual, target = [rounded(year.actual) for year in series.years], [rounded(year.target) for year in series.years]
    missing = [words.actual(series, year) or "未入力" if year.actual is None else "" for year in series.years]
    unit = "％" if words.is_percent(series.unit) else series.unit
    drawn = {"actual": actual, "target": target, "unit": unit, "decimals": series.decimals, "missing": missing}
    title = f"{series.name}の推移"
    wide = [fy.label(year.fiscal_year).removesuffix("年度") for year in series.years]
    narrow = [fy.short(year.fiscal_year) for year in series.years]
    return {
        "wide": charts.actual_vs_target("w", title, wide, width=920, **drawn),
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


def doubts(series: Series, year: IndicatorYear) -> list[str]:
    """What is worth a second look in a year's figures; nothing is refused for it."""
    if year.actual is None:
        return []
    told = []
    before = series.before(year.fiscal_year)
    then = words.actual(series, before) if before else ""
    if before and series.is_cumulative and year.actual < before.actual:
        told.append(f"累計なのに、前の{then}より小さくなっています。減った理由を備考に書いてください。")
    if before and before.actual > 0 and not before.actual <= 2 * year.actual <= 4 * before.actual:
        told.append(f"前の{then}と比べて、2倍より大きいか、半分より小さくなっています。桁と単位を確かめてください。")
    if words.is_percent(series.unit) and year.actual > _PERCENT_FULL:
        told.append("割合が100％を超えています。")
    return told


# --- Writing ----------------------------------------------------------------------------------------


def value_page(form, plan_year: PlanYear, user: User) -> dict:
    """The context of indicator_edit.html around a ValueForm."""
    indicator = form.value.indicator
    series = all_series(plan_year.plan, plan_year.fiscal_year, scale_of(plan_year.plan))[indicator.pk]
    return {
        "plan_year": plan_year,
        "rating_scale": plan_year.plan.scale,
        "indicator": indicator,
        "form": form,
        "series": series,
        "now": series.year(plan_year.fiscal_year),
        "columns": [column(series, year) for year in series.years if year.fiscal_year <= plan_year.fiscal_year],
        "rules": words.rules(series),
        "calculation": words.calculation_of(series, series.year(plan_year.fiscal_year)),
        "changes": _changes(indicator),
        "crumbs": crumbs(plan_year, indicator, f"{plan_year.label}の数字"),
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
    labels = {"True": "はい", "False": "いいえ"} | {str(key): label for key, label in field.choices or ()}
    year = f"{year_of[change.object_id]} " if is_value else ""
    if isinstance(field, DecimalField):  # 56.0000 as 56
        labels = {text: f"{Decimal(text).normalize():f}" for text in (change.old, change.new) if text}
    old, new = (labels.get(text, text) or words.MISSING for text in (change.old, change.new))
    return Change(change, f"{year}{field.verbose_name}", old, new)
