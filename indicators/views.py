from django.http import Http404
from django.shortcuts import redirect, render

from indicators import charts, words
from indicators.calculation import round_half_up
from indicators.models import Indicator
from indicators.series import all_series, scale_of
from initiatives import fiscal_year as fy
from initiatives.plan_years import with_plan_year


@with_plan_year
def indicator_list(request, plan_year):
    """The first indicator, with the list of all beside it."""
    first = Indicator.objects.filter(plan=plan_year.plan).order_by("position").first()
    if first:
        return redirect("indicators:indicator_detail", plan_year.plan_id, plan_year.fiscal_year, first.pk)
    return render(request, "indicators/indicator_empty.html", {"plan_year": plan_year})


@with_plan_year
def indicator_detail(request, plan_year, pk):
    scale = scale_of(plan_year.plan)
    everything = all_series(plan_year.plan, plan_year.fiscal_year, scale)
    if pk not in everything:
        raise Http404
    series = everything[pk]
    context = {
        "plan_year": plan_year,
        "rating_scale": plan_year.plan.scale,
        "indicators": [(key, other, other.year(plan_year.fiscal_year)) for key, other in everything.items()],
        "pk": pk,
        "series": series,
        "caption": words.caption(series, plan_year.fiscal_year),
        "columns": [_column(series, year) for year in series.years],
        "baseline": words.amount(series.baseline, series.unit, series.decimals),
        "baseline_numerator": words.amount(series.baseline_numerator, series.numerator_unit, 0),
        "baseline_denominator": words.amount(series.baseline_denominator, series.denominator_unit, 0),
        "calculation": words.calculation_of(series, series.year(plan_year.fiscal_year)),
        "charts": _charts(series),
    }
    return render(request, "indicators/indicator_detail.html", context)


def _column(series, year) -> dict:
    """One year of the table, every cell in words."""
    return {
        "year": year,
        "label": fy.label(year.fiscal_year),
        "actual": words.actual(series, year),
        "target": words.target(series, year),
        "rate": words.rate(year),
        "numerator": words.figure(year.numerator, "blank", series.numerator_unit, 0),
        "denominator": words.figure(year.denominator, "blank", series.denominator_unit, 0),
    }


def _charts(series) -> dict:
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
