"""The city's rating against the committee's: the list, and one initiative with its reasons and the department's reply."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from initiatives.gate import only_for
from initiatives.plan_years import with_plan_year
from initiatives.workflow import TransitionError
from reviews import divergence as divergences
from reviews import permissions, workflow
from reviews.forms import AskForm
from reviews.models import CommitteeRating, Inquiry

QUESTION = "委員の評価は、市の評価とちがいます。この評価とした理由を教えてください。"


@require_GET
@with_plan_year
@only_for(permissions.can_gather)
def divergence(request, plan_year):
    found = divergences.divergence(plan_year, request.GET)
    context = {"plan_year": plan_year, "rating_scale": plan_year.plan.scale, "found": found}
    return render(request, "reviews/divergence.html", context)


@require_http_methods(["GET", "POST"])
@with_plan_year
@only_for(permissions.can_gather)
def rating_detail(request, plan_year, pk):
    """One initiative: who rates how and why; and a question to the department about it."""
    line = next(iter(divergences.lines(plan_year, pk)), None)
    if line is None:
        raise Http404
    if request.method == "GET":
        return _page(request, plan_year, line)
    form = AskForm(request.POST, plan_year=plan_year)
    if not form.is_valid():
        return _page(request, plan_year, line, form, status=422)
    department = form.cleaned_data["department"]
    try:
        workflow.ask(
            department, form.cleaned_data["question"], by=request.user, plan_year=plan_year, initiative=line.initiative
        )  # fmt: skip
    except TransitionError as error:
        form.add_error(None, str(error))
        return _page(request, plan_year, line, form, status=409)
    messages.success(request, f"{department}に聞きました。課の人に知らせが届きます。")
    return redirect("reviews:rating_detail", plan_year.plan_id, plan_year.fiscal_year, pk)


def _page(request, plan_year, line, form=None, *, status=200):
    rank = {level.letter: level.rank for level in plan_year.plan.scale}
    given = CommitteeRating.objects.filter(plan_year=plan_year, initiative=line.initiative).exclude(rating="")
    asked = {each.department_id for each in line.inquiries if each.state == Inquiry.State.ASKED}
    owners = [owner.department for owner in line.initiative.owners.select_related("department")]
    first = next((owner for owner in owners if owner.pk not in asked), None)
    context = {
        "plan_year": plan_year,
        "rating_scale": plan_year.plan.scale,
        "line": line,
        "given": sorted(given.select_related("author"), key=lambda row: rank.get(row.rating, 99)),
        "may": permissions.can_answer(request.user, plan_year),
        "ask": form or AskForm(plan_year=plan_year, first=first, question=QUESTION),
    }
    return render(request, "reviews/rating_detail.html", context, status=status)
