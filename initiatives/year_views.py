"""年度: open it, set its deadlines, move it on. For 福祉総務課."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from initiatives import business_days, opening, permissions, year_cycle
from initiatives import deadlines as deadlines_of
from initiatives import fiscal_year as fy
from initiatives.gate import only_for
from initiatives.models import Plan
from initiatives.plan_years import with_plan_year
from initiatives.workflow import TransitionError
from initiatives.year_forms import DeadlinesForm, ExtensionForm, OpenYearForm

coordinators_only = only_for(permissions.can_run_year)


def _page(request, plan_year, *, deadlines=None, extension=None, problem="", status=200):
    context = {
        "plan_year": plan_year,
        "words": year_cycle.WORDS[plan_year.status],
        "actions": year_cycle.available_actions(plan_year, request.user),
        "unfinished": year_cycle.unfinished(plan_year),
        "deadlines": deadlines or DeadlinesForm(instance=plan_year),
        "extension": extension or ExtensionForm(plan_year=plan_year),
        "extensions": plan_year.extensions.select_related("department", "by").order_by("until"),
        "advice": deadlines_of.advice(plan_year),
        "changes": deadlines_of.changes(plan_year),
        "steps": plan_year.transitions.select_related("by"),
        "problem": problem,
    }
    return render(request, "initiatives/year_settings.html", context, status=status)


@with_plan_year
@coordinators_only
def year_settings(request, plan_year):
    return _page(request, plan_year)


@require_POST
@with_plan_year
@coordinators_only
def year_deadlines(request, plan_year):
    form = DeadlinesForm(request.POST, instance=plan_year)
    if not form.is_valid():
        return _page(request, plan_year, deadlines=form, status=422)
    # The form has already set them on its instance; history wants to see what they were.
    plan_year.refresh_from_db(fields=form.fields)
    if deadlines_of.change(plan_year, form.cleaned_data, by=request.user):
        messages.success(request, "期限を変えました。各課の画面に、すぐ出ます。")
    else:
        messages.info(request, "期限は変わっていません。")
    return redirect("initiatives:year_settings", plan_year.plan_id, plan_year.fiscal_year)


@require_POST
@with_plan_year
@coordinators_only
def year_extension(request, plan_year):
    form = ExtensionForm(request.POST, plan_year=plan_year)
    if not form.is_valid():
        return _page(request, plan_year, extension=form, status=422)
    given = form.cleaned_data
    deadlines_of.extend(plan_year, given["department"], given["until"], reason=given["reason"], by=request.user)
    messages.success(request, f"{given['department']}の期限を{business_days.label(given['until'])}に延ばしました。")
    return redirect("initiatives:year_settings", plan_year.plan_id, plan_year.fiscal_year)


@require_POST
@with_plan_year
@coordinators_only
def year_transition(request, plan_year, action):
    if action not in year_cycle.ACTIONS:
        return _page(request, plan_year, problem="その操作はありません。", status=404)
    try:
        year_cycle.perform(plan_year, action, by=request.user, reason=request.POST.get("reason", "")[:2000])
    except TransitionError as error:
        return _page(request, plan_year, problem=str(error), status=409)
    messages.success(request, f"{plan_year.label}を「{plan_year.get_status_display()}」にしました。")
    return redirect("initiatives:year_settings", plan_year.plan_id, plan_year.fiscal_year)


@require_http_methods(["GET", "POST"])
@coordinators_only
def year_open(request):
    """GET shows what opening would make; POST makes it."""
    form = OpenYearForm(request.POST if request.method == "POST" else request.GET or _next_year() or None)
    seen = None
    if form.is_bound and form.is_valid():
        plan, year, prefill = (form.cleaned_data[name] for name in ("plan", "year", "prefill"))
        if request.method == "POST":
            made = opening.open_year(plan, year, prefill)
            messages.success(
                request, f"{fy.label(year)}に、取組{len(made.entries)}件、課の記入{len(made.parts)}件を作りました。"
            )
            return redirect("initiatives:year_settings", plan.pk, year)
        seen = opening.preview(plan, year, prefill)
    context = {"form": form, "seen": seen, "label": fy.label(seen.fiscal_year) if seen else ""}
    return render(request, "initiatives/year_open.html", context, status=422 if form.errors else 200)


def _next_year() -> dict:
    """The year after the latest of the latest plan, if the plan has one."""
    plan = Plan.objects.order_by("-last_year").first()
    latest = plan.years.order_by("-fiscal_year").first() if plan else None
    if plan is None:
        return {}
    year = latest.fiscal_year + 1 if latest else plan.first_year
    return {"plan": plan.pk, "year": fy.label(min(year, plan.last_year))}
