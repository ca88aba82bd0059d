"""The steps of a part, and the pages on which 課長 and 福祉総務課 take them."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from initiatives import review, workflow
from initiatives.history import Conflict
from initiatives.plan_years import with_plan_year
from initiatives.review_forms import StepForm
from initiatives.workflow import TransitionError

STALE = "画面を開いたあとに、文が変わっていました。読んだ文と違う文を送ったり承認したりしないように、止めました。"
FIRST = "ほかの人が先に進めていました。"


def _entry_url(plan_year, part) -> str:
    address = [plan_year.plan_id, plan_year.fiscal_year, part.entry.initiative_id]
    return reverse("initiatives:entry_detail", args=address)


def _refused(request, problem: str, back_url: str, typed: str = ""):
    """409 in words. What was typed is shown, so that it need not be written again."""
    context = {"problem": problem, "back_url": back_url, "typed": typed}
    return render(request, "initiatives/review_refused.html", context, status=409)


@require_POST
@with_plan_year
def part_transition(request, plan_year, pk, action):
    """Every step of every part: workflow.ACTIONS says who may."""
    if action not in workflow.ACTIONS:
        raise Http404
    part = get_object_or_404(review.parts_of(plan_year, request.user), pk=pk)
    form = StepForm(request.POST)
    typed, back = request.POST.get("reason", ""), _entry_url(plan_year, part)
    if not form.is_valid() and "reason" in form.errors:
        return _refused(request, form.errors["reason"][0], back, typed)
    if form.cleaned_data.get("version") != part.version:
        return _refused(request, STALE, back, typed)
    reason, following = form.cleaned_data["reason"], form.cleaned_data["next"]
    try:
        done = review.take_step(part, action, by=request.user, plan_year=plan_year, reason=reason)
    except TransitionError as error:
        return _refused(request, str(error), back, typed)
    except Conflict:
        return _refused(request, FIRST, back, typed)
    messages.success(request, done)
    safe = url_has_allowed_host_and_scheme(following, {request.get_host()}, require_https=request.is_secure())
    return redirect(following if safe else back)
