"""整合性チェック of a year: the list, the overview, and what is decided about a finding."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from initiatives import permissions
from initiatives.gate import only_for, onward
from initiatives.plan_years import with_plan_year
from reporting.checks import page, year
from reporting.checks.forms import DecisionForm, FilterForm
from reporting.models import CheckDecision

PER_PAGE = 50
_DONE = {
    CheckDecision.Kind.ACCEPT: "「このままでよい」にしました。文が変わると、また出ます。",
    CheckDecision.Kind.FOLLOW_UP: "「あとで見る」の印を付けました。",
    CheckDecision.Kind.REOPEN: "「まだ」に戻しました。",
}


@require_GET
@with_plan_year
@only_for(permissions.can_check_report)
def check_list(request, plan_year):
    seen = year.context_of(plan_year)
    found = year.judged(plan_year, context=seen)
    goals = list(plan_year.plan.goals.in_force(plan_year.fiscal_year).order_by("number").values_list("number", "name"))
    form = FilterForm(request.GET, plan_year=plan_year, found=found, goals=goals)
    chosen = page.chosen(found, form.conditions)
    page_obj = Paginator(chosen, PER_PAGE).get_page(request.GET.get("page"))
    counts = page.count(found)
    context = {
        "plan_year": plan_year,
        "heading": page.heading(counts),
        "counts": counts,
        "form": form,
        "conditions": form.conditions,
        "found": len(chosen),
        "page_obj": page_obj,
        "items": page.items(page_obj.object_list, plan_year, seen, request.user),
    }
    return render(request, "reporting/check_list.html", context)


@require_GET
@with_plan_year
@only_for(permissions.can_check_report)
def check_overview(request, plan_year):
    found = year.judged(plan_year)
    context = {"plan_year": plan_year, "counts": page.count(found)} | page.overview(found)
    return render(request, "reporting/check_overview.html", context)


@require_POST
@with_plan_year
@only_for(permissions.can_check_report)
def check_decide(request, plan_year, key):
    form = DecisionForm(request.POST)
    back = _back(request, plan_year)
    seen = year.context_of(plan_year)
    one = next((one for one in year.judged(plan_year, context=seen) if one.finding.key == key), None)
    if one is None:
        messages.info(request, "この指摘は、もうありません。文か数が直されたためです。")
        return redirect(back)
    stale = form.data.get("basis") != one.finding.basis_digest
    if stale or not form.is_valid():
        context = {
            "plan_year": plan_year,
            "items": page.items([one], plan_year, seen, request.user),
            "problem": "見ているあいだに、文が変わりました。下の今の文を見て、もう一度決めてください。"
            if stale
            else " ".join(message for errors in form.errors.values() for message in errors),
            "typed": request.POST.get("reason", ""),
            "back": back,
        }
        return render(request, "reporting/check_decide.html", context, status=409 if stale else 200)
    year.decide(plan_year, one.finding, form.cleaned_data["kind"], by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, _DONE[form.cleaned_data["kind"]])
    return redirect(back)


def _back(request, plan_year) -> str:
    """The list with the conditions it had."""
    return onward(request, request.POST.get("next", "")) or reverse(
        "reporting:check_list", args=[plan_year.plan_id, plan_year.fiscal_year]
    )
