"""The steps of a part, and the pages on which 課長 and 福祉総務課 take them."""

from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from initiatives import agreed_rating, permissions, reading, review, text_diff, thread, workflow
from initiatives import fiscal_year as fy
from initiatives.gate import onward
from initiatives.history import Conflict
from initiatives.models import EntryPart
from initiatives.plan_years import with_plan_year
from initiatives.review_forms import CorrectionForm, MessageForm, QueueForm, RatingForm, StepForm
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


def _refused(request, problem: str, back_url: str, typed: list[tuple[str, str]] = (), status: int = 409):
    """409 in words. What was typed is shown with its labels, so that it need not be written again."""
    context = {"problem": problem, "back_url": back_url, "typed": typed}
    return render(request, "initiatives/review_refused.html", context, status=status)


@require_POST
@with_plan_year
def part_transition(request, plan_year, pk, action):
    """Every step of every part: workflow.ACTIONS says who may."""
    if action not in workflow.ACTIONS:
        raise Http404
    part = get_object_or_404(review.parts_of(plan_year, request.user), pk=pk)
    form = StepForm(request.POST)
    back = _url("entry_detail", plan_year, part.entry.initiative_id)
    if form.problem:
        return _refused(request, form.problem, back, form.typed)
    if form.cleaned_data.get("version") != part.version:
        return _refused(request, review.STALE, back, form.typed)
    comments = {name: text for name, text in form.comments.items() if name in reading.commentable(part)}
    _, refused = review.take_steps(
        [part], action, by=request.user, plan_year=plan_year, reason=form.cleaned_data["reason"], comments=comments
    )
    if refused:
        return _refused(request, refused[0].why, back, form.typed)
    messages.success(request, review.words_of(part, action))
    return redirect(onward(request, form.cleaned_data.get("next", "")) or back)


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


@require_POST
@with_plan_year
def message_new(request, plan_year, pk):
    """A question or an answer about a part, from its department or from 福祉総務課."""
    part = get_object_or_404(review.parts_of(plan_year, request.user), pk=pk)
    if not permissions.can_talk(request.user, part):
        raise Http404
    form = MessageForm(request.POST, from_office=permissions.is_coordinating(request.user))
    back = f"{_url('entry_detail', plan_year, part.entry.initiative_id)}#thread-{part.pk}"
    if not permissions.can_say(request.user, part, plan_year):
        problem = f"{plan_year.label}は「{plan_year.get_status_display()}」なので、やりとりは終わっています。"
        return _unsaid(request, plan_year, part, form, problem, back, 409)
    if not form.is_valid():
        return _unsaid(request, plan_year, part, form, form.errors["text"][0], back, 422)
    thread.say(part, form.cleaned_data["text"], by=request.user)
    if _swapping(request):
        return _thread(request, plan_year, part, said=True)
    messages.success(request, "送りました。")
    return redirect(onward(request, form.cleaned_data.get("next", "")) or back)


def _swapping(request) -> bool:
    """Whether a script puts the answer into the page (htmx)."""
    return request.headers.get("HX-Request") == "true"


def _thread(request, plan_year, part, *, status=200, **more):
    context = {"plan_year": plan_year, "thread": thread.of_part(part, request.user, plan_year)} | more
    return render(request, "initiatives/_thread.html", context, status=status)


def _unsaid(request, plan_year, part, form, problem, back, status):
    """The words typed are shown again, in their place or on a page of their own."""
    typed = form.data.get("text", "")
    if _swapping(request):
        return _thread(request, plan_year, part, status=status, problem=problem, typed=typed)
    return _refused(request, problem, back, [("質問や返事", typed)], status=status)


# --- 課長 -------------------------------------------------------------------------------------------


@require_GET
@with_plan_year
@managers_only
def confirm_list(request, plan_year):
    parts = list(review.to_confirm(plan_year, request.user))
    context = {
        "plan_year": plan_year,
        "readings": reading.readings(parts, plan_year, held=EntryPart.Status.AWAITING_MANAGER),
        "last_label": fy.label(plan_year.fiscal_year - 1),
        "refused": request.session.pop(REFUSED, []),
        "rating_scale": plan_year.plan.scale,
    }
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
    waiting = list(review.to_review(plan_year, request.user))
    narrow = QueueForm(request.GET).conditions
    mine = review.parts_of(plan_year, request.user)
    context = {
        "plan_year": plan_year,
        "parts": review.with_last_year(review.narrowed(waiting, narrow), plan_year),
        "waiting": len(waiting),
        "narrow": narrow,
        "narrowing": _narrowing(narrow),
        "departments": sorted({part.department for part in waiting}, key=lambda department: department.position),
        "goals": sorted(
            {part.entry.initiative.direction.policy.goal for part in waiting}, key=lambda goal: goal.number
        ),
        "questions": list(thread.awaiting_answer(mine)),
        "unanswered": list(review.unanswered(plan_year, request.user)),
        "refused": request.session.pop(REFUSED, []),
        "rating_scale": plan_year.plan.scale,
    }
    return render(request, "initiatives/review_queue.html", context)


@require_POST
@with_plan_year
@coordinators_only
def approve_many(request, plan_year):
    _take_many(request, plan_year, review.parts_of(plan_year, request.user), "approve", "{}件を承認しました。")
    return redirect(_url("review_queue", plan_year) + _narrowing(QueueForm(request.GET).conditions))


def _narrowing(conditions) -> str:
    """The end of an address that keeps the queue narrowed; "" without a condition."""
    return f"?{urlencode(conditions)}" if conditions else ""


def _page(request, plan_year, part, *, correction=None, rating=None, problem="", status=200):
    narrow = QueueForm(request.GET).conditions
    waiting = review.narrowed(review.to_review(plan_year, request.user), narrow)
    context = review.page_of(part, plan_year, request.user, request.GET.get("with", "before"), waiting)
    context |= {
        "plan_year": plan_year,
        "narrowing": _narrowing(narrow),
        "thread": thread.of_part(part, request.user, plan_year),
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
    return redirect(_url("review_part", plan_year, part.pk) + _narrowing(QueueForm(request.GET).conditions))


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
    form = RatingForm(request.POST)
    back = _url("review_part", plan_year, pk) + _narrowing(QueueForm(request.GET).conditions)
    if not permissions.can_reopen(request.user, part, plan_year):
        return _refused(request, workflow.why_not(part, "reopen", request.user, plan_year), back)
    if not form.is_valid() or form.cleaned_data["entry_version"] != part.entry.version:
        return _refused(
            request,
            "画面を開いたあとに、取組の評価が変わっていました。",
            back,
            [("理由", form.data.get("rating_reason", ""))],
        )
    given = form.cleaned_data
    try:
        agreed_rating.set_rating(part.entry, given["rating"], given["rating_reason"], request.user)
    except agreed_rating.RatingError as error:
        return _page(request, plan_year, part, rating=given, problem=str(error), status=422)
    except Conflict:
        return _refused(request, "ほかの人が先に評価を変えました。", back, [("理由", given["rating_reason"])])
    messages.success(request, "取組の評価を決めました。" if given["rating"] else "主担当の評価に戻しました。")
    return redirect(back)
