"""Writing 講評: the list, and one with what the members said beside it."""

from functools import wraps

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from initiatives import text_diff
from initiatives.gate import only_for, onward
from initiatives.history import Conflict
from initiatives.plan_years import with_plan_year
from initiatives.workflow import TransitionError
from reviews import gathering, permissions, reviewing
from reviews.forms import ReviewForm, version_of
from reviews.models import CommitteeReview, Opinion
from reviews.opinion_views import opinions_of

State = CommitteeReview.State


@require_GET
@with_plan_year
@only_for(permissions.can_gather)
def review_list(request, plan_year):
    lines = reviewing.lines(plan_year, opinions_of(request, plan_year))
    left = sum(line.state == "missing" for line in lines)
    context = {"plan_year": plan_year, "lines": lines, "missing": left}
    return render(request, "reviews/review_list.html", context)


def _review(view):
    @with_plan_year
    @only_for(permissions.can_gather)
    @wraps(view)
    def inner(request, plan_year, goal):
        try:
            return view(request, plan_year, reviewing.find(plan_year, goal))
        except CommitteeReview.DoesNotExist:
            raise Http404 from None

    return inner


@require_http_methods(["GET", "POST"])
@_review
def review_edit(request, plan_year, review):
    form = ReviewForm(request.POST if request.method == "POST" else None, review=review)
    if not form.is_bound:
        return _page(request, plan_year, review, form)
    if not form.is_valid():
        return _page(request, plan_year, review, form, status=422)
    try:
        saved = reviewing.save(
            review, form.values, by=request.user, version=form.cleaned_data["version"], plan_year=plan_year
        )  # fmt: skip
    except TransitionError as error:
        return _page(request, plan_year, review, form, status=409, refused=str(error))
    except Conflict:
        return _clash(request, plan_year, review, form)
    if request.POST.get("then") == "confirm":
        version = review.version if review.pk else 0
        return _move(request, plan_year, review, State.CONFIRMED, version, "確認済にしました。委員が読めます。")
    messages.success(request, "保存しました。" if saved else "変わったところはありません。")
    return _back(plan_year, review)


@require_POST
@_review
def review_reopen(request, plan_year, review):
    return _move(
        request, plan_year, review, State.DRAFT, version_of(request.POST), "下書きに戻しました。書き直せます。"
    )


@require_POST
@_review
def review_mend(request, plan_year, review):
    """Put one word right in it: from the list of the consistency check."""
    word, version = request.POST.get("word", ""), version_of(request.POST)
    try:
        done = reviewing.mend(review, word, by=request.user, version=version, plan_year=plan_year)
    except TransitionError as error:
        messages.error(request, str(error))
    else:
        gone = "その書き方は、もうありません。"
        messages.success(request, f"{done}軽微な修正として、変更の記録に残ります。" if done else gone)
    onto = onward(request, request.POST.get("next", ""))
    return redirect(onto) if onto else _back(plan_year, review)


def _move(request, plan_year, review, state, version, words):
    try:
        reviewing.move(review, state, by=request.user, version=version, plan_year=plan_year)
    except TransitionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words)
    return _back(plan_year, review)


def _clash(request, plan_year, review, form):
    newest = reviewing.find(plan_year, review.goal.number if review.goal else 0)
    data = form.data.copy()
    data["version"] = newest.version
    again = ReviewForm(data, review=newest)
    again.is_valid()
    clashes = [
        {"label": form.fields[name].label, "saved": saved, "pieces": text_diff.diff(saved, mine)}
        for name, mine in form.values.items()
        if (saved := getattr(newest, name)) != mine
    ]
    return _page(request, plan_year, newest, again, status=409, clashes=clashes)


def _back(plan_year, review):
    number = review.goal.number if review.goal else 0
    return redirect("reviews:review_edit", plan_year.plan_id, plan_year.fiscal_year, number)


def _page(request, plan_year, review, form, *, status=200, **more):
    said = opinions_of(request, plan_year).filter(goal=review.goal, state=Opinion.State.SUBMITTED)
    said = gathering.with_inquiries(said)
    context = {
        "plan_year": plan_year,
        "review": review,
        "number": review.goal.number if review.goal else 0,
        "form": form,
        "said": [gathering.Line(opinion, gathering.stage_of(opinion), is_own=False) for opinion in said],
        "closed": reviewing.why_closed(review, plan_year),
        "goals": reviewing.goals_of(plan_year),
    }
    return render(request, "reviews/review_edit.html", context | more, status=status)
