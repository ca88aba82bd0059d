from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.models import Department
from indicators import defining, entering, pages, permissions
from indicators.forms import IndicatorForm, RuleForm, ValueForm
from indicators.models import Indicator
from indicators.series import series_in
from initiatives import history
from initiatives.gate import only_for
from initiatives.plan_years import with_plan_year


@with_plan_year
def indicator_list(request, plan_year):
    """Every indicator with what the year brought, and what is still to be written."""
    return render(request, "indicators/indicator_list.html", pages.list_page(plan_year, request.user))


@with_plan_year
def indicator_detail(request, plan_year, pk):
    everything = series_in(plan_year)
    if pk not in everything:
        raise Http404
    context = pages.detail_page(_indicator(plan_year, pk), everything, plan_year, request.user)
    return render(request, "indicators/indicator_detail.html", context)


def _indicator(plan_year, pk: int) -> Indicator:
    """One that the year has."""
    return _of(plan_year, pk, Indicator.objects.in_force(plan_year.fiscal_year))


def _of(plan_year, pk: int, indicators) -> Indicator:
    indicator = get_object_or_404(indicators.select_related("department"), pk=pk, plan=plan_year.plan_id)
    indicator.plan = plan_year.plan
    return indicator


# --- Writing ----------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@with_plan_year
def indicator_edit(request, plan_year, pk):
    """The figures of the year: for the 担当課 and 福祉総務課."""
    indicator = _indicator(plan_year, pk)
    if not permissions.concerns(request.user, indicator):
        raise PermissionDenied
    value = entering.value_of(indicator, plan_year.fiscal_year)
    decides = permissions.can_decide_value(request.user)
    data = request.POST if request.method == "POST" else None
    form = ValueForm(data, value=value, plan=plan_year.plan, decides=decides)
    if not permissions.can_write_value(request.user, indicator, plan_year):
        return _value_page(request, plan_year, form, 409, closed=pages.why_closed(indicator, plan_year))
    if not form.is_bound:
        return _value_page(request, plan_year, form, 200)
    if not form.is_valid():
        return _value_page(request, plan_year, form, 422)
    try:
        if form.cleaned_data["version"] != value.version:
            raise history.Conflict(str(value))
        changed = entering.save(value, form.values(), by=request.user)
    except history.Conflict:
        return _clash(request, plan_year, indicator, decides)
    if changed:
        messages.success(request, f"{plan_year.label}の数字を保存しました。")
    else:
        messages.info(request, "何も変わっていません。")
    return redirect("indicators:indicator_detail", plan_year.plan_id, plan_year.fiscal_year, pk)


def _value_page(request, plan_year, form, status, **more):
    context = pages.value_page(form, plan_year, request.user) | more
    return render(request, "indicators/indicator_edit.html", context, status=status)


def _clash(request, plan_year, indicator, decides):
    """What was typed stays in the form, which now stands on the colleague's row; hers is shown above it."""
    saved = entering.value_of(indicator, plan_year.fiscal_year)
    data = request.POST.copy()
    data["version"] = saved.version
    form = ValueForm(data, value=saved, plan=plan_year.plan, decides=decides)
    form.is_valid()
    return _value_page(request, plan_year, form, 409, clash=pages.saved_figures(form))


# --- What is measured -------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@with_plan_year
@only_for(permissions.can_define)
def indicator_add(request, plan_year):
    """A new indicator, from a year on."""
    indicator = defining.begun(plan_year.plan)
    indicator.first_year = plan_year.fiscal_year
    return _define(request, plan_year, indicator, "成果指標を加えました。")


@require_http_methods(["GET", "POST"])
@with_plan_year
@only_for(permissions.can_define)
def indicator_settings(request, plan_year, pk):
    """How the indicator is measured and computed, for every year, and until when; also of one that has ended."""
    indicator = _of(plan_year, pk, Indicator.objects)
    return _define(
        request,
        plan_year,
        indicator,
        "指標の決めごとを変えました。確定した報告書のある年度のほかは、すべて計算し直しています。",
    )


def _define(request, plan_year, indicator, done):
    data = request.POST if request.method == "POST" else None
    departments = Department.objects.pickable(plan_year.fiscal_year)
    form = IndicatorForm(data, instance=indicator, initial={"version": indicator.version}, departments=departments)
    if not form.is_bound:
        return _settings_page(request, plan_year, form, 200)
    if not form.is_valid():
        return _settings_page(request, plan_year, form, 422)
    # The form has already set them on its instance; history wants to see what they were.
    kept = _of(plan_year, indicator.pk, Indicator.objects) if indicator.pk else defining.begun(plan_year.plan)
    try:
        if form.cleaned_data["version"] != kept.version:
            raise history.Conflict(str(kept))
        by, reason = request.user, form.cleaned_data["reason"]
        changed = defining.save(kept, form.values(), list(form.cleaned_data["goals"]), by=by, reason=reason)
    except history.Conflict:
        form.add_error(None, "ほかの人が先に変えました。画面を開き直して、今の内容を確かめてください。")
        return _settings_page(request, plan_year, form, 409)
    messages.success(request, done) if changed else messages.info(request, "何も変わっていません。")
    year = plan_year.plan_id, plan_year.fiscal_year
    if kept.is_in_force(plan_year.fiscal_year):
        return redirect("indicators:indicator_detail", *year, kept.pk)
    return redirect("indicators:indicator_list", *year)


def _settings_page(request, plan_year, form, status):
    context = {"plan_year": plan_year, "form": form} | pages.settings_page(form, plan_year)
    return render(request, "indicators/indicator_settings.html", context, status=status)


@require_http_methods(["GET", "POST"])
@with_plan_year
@only_for(permissions.can_define)
def indicator_rules(request, plan_year, pk):
    """What the indicator's figures must keep to: the rules, one more, one less."""
    indicator = _indicator(plan_year, pk)
    page = pages.RulesPage(plan_year, indicator)
    if "remove" in request.POST:
        return _remove_rule(request, page)
    form = RuleForm(request.POST if request.method == "POST" else None, indicator=indicator, others=page.indicators)
    if not form.is_bound or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "indicators/indicator_rules.html", page.context(form), status=status)
    rule = form.rule()
    words = page.words(rule)
    if words in map(page.book.words, page.rules):
        messages.info(request, f"「{words}」という決まりは、もうあります。")
    else:
        defining.add_rule(rule, words, by=request.user)
        messages.success(request, f"決まりを加えました：{words}")
    return redirect(page.address)


def _remove_rule(request, page):
    typed = request.POST["remove"]
    rule = page.indicator.figure_rules.filter(pk=typed).first() if typed.isdecimal() else None
    words = page.words(rule) if rule else ""
    if rule and defining.remove_rule(rule, words, by=request.user):
        messages.success(request, f"決まりを外しました：{words}")
    else:
        messages.info(request, "その決まりは、もうありません。")
    return redirect(page.address)
