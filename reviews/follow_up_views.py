"""引き継ぎ: what the opinions of earlier years left to do, until somebody says what was done."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from initiatives.gate import only_for
from initiatives.history import Conflict
from initiatives.plan_years import with_plan_year
from initiatives.workflow import TransitionError
from reviews import following, permissions, workflow
from reviews.forms import DoneForm


@require_GET
@with_plan_year
@only_for(permissions.can_gather)
def follow_up_list(request, plan_year):
    return _page(request, plan_year)


@require_POST
@with_plan_year
@only_for(permissions.can_gather)
def follow_up_done(request, plan_year, pk):
    """Mark as done with words, or (without) as open again."""
    follow_up = next((each for each in following.left_to(plan_year) if each.pk == pk), None)
    if follow_up is None:
        raise Http404
    form = DoneForm(request.POST, prefix=f"f{pk}")
    if not form.is_valid():
        return _page(request, plan_year, form, pk, status=422)
    words = "" if request.POST.get("then") == "open" else form.cleaned_data["done_words"]
    if not words and not follow_up.done_at:
        form.add_error("done_words", "したことを書いてから、済みにしてください。")
        return _page(request, plan_year, form, pk, status=422)
    try:
        workflow.finish(follow_up, words, by=request.user, version=form.cleaned_data["version"])
    except TransitionError as error:
        form.add_error(None, str(error))
        return _page(request, plan_year, form, pk, status=409)
    except Conflict:
        form.data = form.data.copy()
        form.data[f"f{pk}-version"] = str(follow_up.version)
        form.add_error(None, "ほかの人が先に変えました。今の内容を確かめて、もう一度押してください。")
        return _page(request, plan_year, form, pk, status=409)
    messages.success(request, "済みにしました。" if words else "まだ済んでいないことにしました。")
    return redirect("reviews:follow_up_list", plan_year.plan_id, plan_year.fiscal_year)


def _page(request, plan_year, bound=None, pk=None, *, status=200):
    rows = following.left_to(plan_year)
    for row in rows:
        row.form = bound if row.pk == pk else DoneForm(prefix=f"f{row.pk}", initial={"version": row.version})
    context = {
        "plan_year": plan_year,
        "open": [row for row in rows if row.done_at is None],
        "done": [row for row in rows if row.done_at is not None],
        "leaving": following.leaving(plan_year),
    }
    return render(request, "reviews/follow_up_list.html", context, status=status)
