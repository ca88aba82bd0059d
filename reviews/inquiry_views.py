"""回答の依頼: the department reads what it was asked and answers; 福祉総務課 takes a question back."""

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from initiatives.gate import only_for
from initiatives.history import Conflict
from initiatives.plan_years import with_plan_year
from initiatives.workflow import TransitionError
from reviews import asked, permissions, workflow
from reviews.forms import ReplyForm, version_of
from reviews.models import Inquiry


@require_GET
@with_plan_year
@only_for(permissions.can_be_asked)
def inquiry_list(request, plan_year):
    found = asked.asked_of(request.user, plan_year)
    waiting = sum(each.is_waiting for each in found)
    return render(request, "reviews/inquiry_list.html", {"plan_year": plan_year, "asked": found, "waiting": waiting})


@require_http_methods(["GET", "POST"])
@with_plan_year
@only_for(permissions.can_be_asked)
def inquiry_edit(request, plan_year, pk):
    found = next(iter(asked.asked_of(request.user, plan_year, pk=pk)), None)
    if found is None:
        raise Http404
    if request.method == "GET":
        return _page(request, plan_year, found, ReplyForm(seen=found.in_hand))
    form, automatic = ReplyForm(request.POST), request.headers.get("X-Autosave") == "1"
    if not form.is_valid():
        words = next(iter(form.errors.values()))[0]
        if automatic:
            return JsonResponse({"kind": "invalid", "words": words}, status=422)
        return _page(request, plan_year, found, form, status=422)
    inquiry, then = Inquiry.objects.select_related("plan_year__plan").get(pk=pk), request.POST.get("then", "save")
    do = workflow.reply if then == "send" and not automatic else workflow.keep_reply
    try:
        do(inquiry, form.cleaned_data["reply"], by=request.user, seen=form.seen)
    except TransitionError as error:
        return _refused(request, plan_year, found, form, str(error), automatic)
    except Conflict:
        return _clash(request, plan_year, pk, form, automatic)
    if automatic:
        return JsonResponse({"saved_at": timezone.localtime().strftime("%H:%M")})
    if then != "send":
        messages.success(request, "下書きを保存しました。まだ送っていません。")
        return redirect("reviews:inquiry_edit", plan_year.plan_id, plan_year.fiscal_year, pk)
    messages.success(request, f"「{found.about}」についての回答を送りました。")
    return redirect("reviews:inquiry_list", plan_year.plan_id, plan_year.fiscal_year)


def _refused(request, plan_year, found, form, words, automatic):
    if automatic:
        return JsonResponse({"kind": "closed", "words": words}, status=409)
    if found.may_reply:
        form.add_error("reply", words)
        return _page(request, plan_year, found, form, status=422)
    return _page(request, plan_year, found, form, status=409, refused=words)


def _clash(request, plan_year, pk, form, automatic):
    """A colleague of the department typed meanwhile: both texts, and the form goes on from the saved one."""
    if automatic:
        return JsonResponse({"kind": "clash", "words": "課のほかの人が、先に保存しました。"}, status=409)
    found = asked.asked_of(request.user, plan_year, pk=pk)[0]
    data = form.data.copy()
    data["seen-reply"] = found.in_hand
    again = ReplyForm(data)
    again.is_valid()
    return _page(request, plan_year, found, again, status=409, clash=found.in_hand)


def _page(request, plan_year, found, form, *, status=200, **more):
    context = {"plan_year": plan_year, "asked": found, "form": form, "rating_scale": plan_year.plan.scale} | more
    return render(request, "reviews/inquiry_edit.html", context, status=status)


@require_POST
@with_plan_year
@only_for(permissions.can_gather)
def inquiry_cancel(request, plan_year, pk):
    inquiry = get_object_or_404(Inquiry.objects.visible_to(request.user).filter(plan_year=plan_year), pk=pk)
    inquiry.plan_year = plan_year
    try:
        workflow.cancel(inquiry, by=request.user, version=version_of(request.POST))
    except TransitionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{inquiry.department}への依頼を取り消しました。課の画面には、もう出ません。")
    year = plan_year.plan_id, plan_year.fiscal_year
    if inquiry.opinion_id:
        return redirect("reviews:opinion_detail", *year, inquiry.opinion_id)
    return redirect("reviews:divergence", *year)
