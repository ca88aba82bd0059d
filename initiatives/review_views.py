"""The steps of a part, and the pages on which 課長 and 福祉総務課 take them."""

from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from initiatives import agreed_rating, permissions, review, text_diff, workflow
from initiatives.history import Conflict
from initiatives.plan_years import with_plan_year
from initiatives.review_forms import CorrectionForm, RatingForm, StepForm
from initiatives.year_views import coordinators_only

REFUSED = "review_refused"  # in the session: what could not be done, for the page that comes next


def managers_only(view):
    """課長 of a department that works with the 課長 step, and who is the 代理 of one."""

    @wraps(view)
    def inner(request, *args, plan_year, **kwargs):
        if review.confirmation_count(request.user, plan_year) is None:
            raise PermissionDenied
        return view(request, *args, plan_year=plan_year, **kwargs)

    return inner


def _url(name: str, plan_year, *args) -> str:
    return reverse(f"initiatives:{name}", args=[plan_year.plan_id, plan_year.fiscal_year, *args])


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
    typed, back = request.POST.get("reason", ""), _url("entry_detail", plan_year, part.entry.initiative_id)
    if not form.is_valid() and "reason" in form.errors:
        return _refused(request, form.errors["reason"][0], back, typed)
    if form.cleaned_data.get("version") != part.version:
        return _refused(request, review.STALE, back, typed)
    reason, onward = form.cleaned_data["reason"], form.cleaned_data["next"]
    _, refused = review.take_steps([part], action, by=request.user, plan_year=plan_year, reason=reason)
    if refused:
        return _refused(request, refused[0].why, back, typed)
    messages.success(request, review.words_of(part, action))
    safe = url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure())
    return redirect(onward if safe else back)


def _take_many(request, plan_year, parts, action: str, done_words: str) -> None:
    """The ticked parts, each by itself; what went and what did not is told on the page that comes next."""
    found, stale = review.picked(request.POST.getlist("part"), parts)
    done, refused = review.take_steps(found, action, by=request.user, plan_year=plan_year)
    if done:
        messages.success(request, done_words.format(len(done)))
    elif not stale and not refused:
        messages.warning(request, "1件も選ばれていないか、もう済んでいます。左の四角で選んでください。")
    request.session[REFUSED] = [
        {"code": item.part.entry.initiative.code, "department": item.part.department.name, "why": item.why}
        for item in (*stale, *refused)
    ]


# --- 課長 -------------------------------------------------------------------------------------------


@require_GET
@with_plan_year
@managers_only
def confirm_list(request, plan_year):
    parts = review.with_last_year(review.to_confirm(plan_year, request.user), plan_year)
    refused = request.session.pop(REFUSED, [])
    context = {"plan_year": plan_year, "parts": parts, "refused": refused, "rating_scale": plan_year.plan.scale}
    return render(request, "initiatives/confirm_list.html", context)


@require_POST
@with_plan_year
@managers_only
def confirm_many(request, plan_year):
    parts = review.parts_of(plan_year, request.user).filter(department__in=request.user.managed_ids())
    _take_many(request, plan_year, parts, "submit", "{}件を福祉総務課に送りました。")
    return redirect("initiatives:confirm_list", plan_year.plan_id, plan_year.fiscal_year)


# --- 福祉総務課 -------------------------------------------------------------------------------------


@require_GET
@with_plan_year
@coordinators_only
def review_queue(request, plan_year):
    parts = review.with_last_year(review.to_review(plan_year, request.user), plan_year)
    refused = request.session.pop(REFUSED, [])
    context = {"plan_year": plan_year, "parts": parts, "refused": refused, "rating_scale": plan_year.plan.scale}
    return render(request, "initiatives/review_queue.html", context)


@require_POST
@with_plan_year
@coordinators_only
def approve_many(request, plan_year):
    _take_many(request, plan_year, review.parts_of(plan_year, request.user), "approve", "{}件を承認しました。")
    return redirect("initiatives:review_queue", plan_year.plan_id, plan_year.fiscal_year)


def _page(request, plan_year, part, *, correction=None, rating=None, problem="", status=200):
    context = review.page_of(part, plan_year, request.user, request.GET.get("with", "before"))
    context |= {
        "plan_year": plan_year,
        "rating_scale": plan_year.plan.scale,
        "correction": correction or CorrectionForm(part=part),
        "rating": rating,
        "problem": problem,
    }
    return render(request, "initiatives/review_part.html", context, status=status)


@require_GET
@with_plan_year
@coordinators_only
def review_part(request, plan_year, pk):
    return _page(request, plan_year, get_object_or_404(review.parts_of(plan_year, request.user), pk=pk))


@require_POST
@with_plan_year
@coordinators_only
def part_correct(request, plan_year, pk):
    """軽微な修正 by 福祉総務課, flagged in the history."""
    part = get_object_or_404(review.parts_of(plan_year, request.user), pk=pk)
    form = CorrectionForm(request.POST, part=part)
    if not review.may_correct(request.user, part, plan_year):
        problem = f"いまの状態は「{part.get_status_display()}」なので、文を直せません。"
        return _page(request, plan_year, part, correction=form, problem=problem, status=409)
    valid = form.is_valid()
    if form.cleaned_data.get("version") != part.version:
        return _stale(request, plan_year, part, form)
    if not valid:
        return _page(request, plan_year, part, correction=form, status=422)
    try:
        changed = review.correct(part, form.corrected, by=request.user)
    except Conflict:
        return _stale(request, plan_year, review.parts_of(plan_year, request.user).get(pk=pk), form)
    messages.success(request, "文を直しました。" if changed else "文は変わっていません。")
    return redirect("initiatives:review_part", plan_year.plan_id, plan_year.fiscal_year, part.pk)


def _stale(request, plan_year, part, form):
    """Both texts with their difference: nothing typed is lost, nothing saved is overwritten."""
    pairs = [
        {
            "label": form.fields[name].label,
            "typed": request.POST.get(name, ""),
            "pieces": text_diff.diff(getattr(part, name), form.cleaned_data.get(name, request.POST.get(name, ""))),
        }
        for name in ("result", "issues")
    ]
    context = {"pairs": pairs, "back_url": _url("review_part", plan_year, part.pk)}
    return render(request, "initiatives/review_stale.html", context, status=409)


@require_POST
@with_plan_year
@coordinators_only
def rating_set(request, plan_year, pk):
    """Another rating for the initiative than the lead's, with a reason."""
    part = get_object_or_404(review.parts_of(plan_year, request.user), pk=pk)
    form, back = RatingForm(request.POST), _url("review_part", plan_year, pk)
    if not permissions.can_reopen(request.user, part, plan_year):
        return _refused(request, workflow.why_not(part, "reopen", request.user, plan_year), back)
    if not form.is_valid() or form.cleaned_data["entry_version"] != part.entry.version:
        return _refused(
            request, "画面を開いたあとに、取組の評価が変わっていました。", back, form.data.get("rating_reason")
        )
    given = form.cleaned_data
    try:
        agreed_rating.set_rating(part.entry, given["rating"], given["rating_reason"], request.user)
    except agreed_rating.RatingError as error:
        return _page(request, plan_year, part, rating=given, problem=str(error), status=422)
    except Conflict:
        return _refused(request, "ほかの人が先に評価を変えました。", back, given["rating_reason"])
    messages.success(request, "取組の評価を決めました。" if given["rating"] else "主担当の評価に戻しました。")
    return redirect(back)
