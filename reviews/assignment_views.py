"""The page on which 福祉総務課 says who reads what."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from initiatives.gate import only_for
from initiatives.history import Conflict
from initiatives.plan_years import with_plan_year
from reviews import assigning, permissions
from reviews.assigning import AssignmentForm


@require_http_methods(["GET", "POST"])
@with_plan_year
@only_for(permissions.can_gather)
def assignment_edit(request, plan_year):
    may = permissions.can_assign(request.user, plan_year)
    form = AssignmentForm(plan_year, request.POST if request.method == "POST" else None)
    if request.method == "GET":
        return _page(request, plan_year, form, may)
    if not may:
        return _page(request, plan_year, form, may, status=409)
    if form.errors:
        return _page(request, plan_year, form, may, status=422)
    try:
        changed = assigning.save(plan_year, form.wanted(), seen=form.seen)
    except Conflict:
        form.seen = assigning.digest(form.now)
        return _page(request, plan_year, form, may, status=409, clash=True)
    messages.success(request, f"{changed}人の分担を変えました。" if changed else "分担は変わっていません。")
    return redirect("reviews:assignment_edit", plan_year.plan_id, plan_year.fiscal_year)


def _page(request, plan_year, form, may, *, status=200, **more):
    without = [sheet.member for sheet in form.sheets if not sheet.ticked and not sheet.codes]
    context = {"plan_year": plan_year, "form": form, "may": may, "without": without} | more
    return render(request, "reviews/assignment_edit.html", context, status=status)
