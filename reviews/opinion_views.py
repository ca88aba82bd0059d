"""Opinions gathered: for 福祉総務課 with what is to be done, for the committee with the city's answers."""

from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from initiatives import text_diff
from initiatives.gate import only_for
from initiatives.history import Conflict
from initiatives.models import PlanYear
from initiatives.plan_years import with_plan_year
from initiatives.workflow import TransitionError
from reviews import gathering, permissions, workflow
from reviews.forms import AnswerForm, AskForm, FollowUpForm, PublishForm, version_of
from reviews.models import Opinion


def opinions_of(request, plan_year):
    """Those of the year that the person may see."""
    return Opinion.objects.visible_to(request.user).of_year(plan_year)


@require_GET
@with_plan_year
@only_for(permissions.can_read)
def opinion_list(request, plan_year):
    found = gathering.gathered(plan_year, opinions_of(request, plan_year), request.user, request.GET)
    template = "opinion_list" if request.user.is_coordinator else "opinion_list_member"
    return render(request, f"reviews/{template}.html", {"plan_year": plan_year, "found": found})


@require_POST
@with_plan_year
@only_for(permissions.can_read)
def opinion_withdraw(request, plan_year, pk):
    """Taken back by its author: from now on nobody else sees it."""
    opinion = get_object_or_404(opinions_of(request, plan_year), pk=pk)
    if opinion.author_id != request.user.pk:
        raise PermissionDenied
    opinion.plan_year = plan_year
    try:
        workflow.perform(opinion, "withdraw", by=request.user, version=version_of(request.POST))
    except TransitionError:
        messages.error(request, f"取り下げていません。{workflow.why_not_rewritten(opinion)}")
    else:
        messages.success(request, "取り下げました。文はあなただけに見えています。直して、もう一度送れます。")
    return redirect("reporting:reading", plan_year.plan_id, plan_year.fiscal_year, opinion.anchor)


# --- 福祉総務課: one opinion ------------------------------------------------------------------------------


def _opinion(view):
    """For a page about one opinion, for whoever answers it."""

    @with_plan_year
    @only_for(permissions.can_gather)
    @wraps(view)
    def inner(request, plan_year, pk):
        opinion = get_object_or_404(gathering.with_inquiries(opinions_of(request, plan_year)), pk=pk)
        opinion.plan_year = plan_year
        return view(request, plan_year, opinion)

    return inner


@require_GET
@_opinion
def opinion_detail(request, plan_year, opinion):
    return _page(request, plan_year, opinion)


@require_POST
@_opinion
def opinion_answer(request, plan_year, opinion):
    """Save 市の考え方, and make it 確定 if that was pressed."""
    form = AnswerForm(request.POST, opinion=opinion)
    if not form.is_valid():
        return _page(request, plan_year, opinion, status=422, answer=form)
    try:
        saved = workflow.answer(opinion, form.values, by=request.user, version=form.cleaned_data["version"])
    except TransitionError as error:
        return _refused(request, plan_year, opinion, "answer", form, error)
    except Conflict:
        return _clash(request, plan_year, opinion.pk, form)
    if request.POST.get("then") == "confirm":
        try:
            workflow.perform(opinion, "confirm", by=request.user, version=form.cleaned_data["opinion_version"])
        except TransitionError as error:
            messages.error(request, f"下書きは保存しましたが、確定していません。{error}")
        except Conflict:
            messages.error(
                request, "確定していません。委員が意見を直しました。直した意見を読んでから、もう一度確定してください。"
            )
        else:
            messages.success(request, "確定しました。委員が読めます。")
    else:
        messages.success(request, "下書きを保存しました。" if saved else "変わったところはありません。")
    return _back(plan_year, opinion)


def _clash(request, plan_year, pk, form):
    """A colleague saved first: both texts on one page, and the next saving is meant."""
    opinion = gathering.with_inquiries(opinions_of(request, plan_year)).get(pk=pk)
    opinion.plan_year = plan_year
    data = form.data.copy()
    data["version"] = opinion.response.version
    again = AnswerForm(data, opinion=opinion)
    again.is_valid()
    clash = {
        "by": opinion.response.by,
        "kind": opinion.response.get_kind_display(),
        "text": opinion.response.text,
        "pieces": text_diff.diff(opinion.response.text, form.cleaned_data["text"]),
    }
    return _page(request, plan_year, opinion, status=409, answer=again, clash=clash)


@require_POST
@_opinion
def opinion_reopen(request, plan_year, opinion):
    """確定 back to a draft; what was published is so no more."""
    try:
        workflow.perform(opinion, "reopen", by=request.user, version=version_of(request.POST))
    except TransitionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "下書きに戻しました。委員には見えなくなり、公表する表からも外れました。")
    return _back(plan_year, opinion)


@require_POST
@_opinion
def opinion_publish(request, plan_year, opinion):
    """Decide whether the opinion stands in the published table."""
    if not hasattr(opinion, "response"):
        messages.error(request, "市の考え方を確定してから、公表するかどうかを決めてください。")
        return _back(plan_year, opinion)
    form = PublishForm(request.POST, response=opinion.response)
    if not form.is_valid():
        return _page(request, plan_year, opinion, status=422, publish=form)
    published = request.POST.get("then") == "publish"
    try:
        workflow.publish(
            opinion, form.cleaned_data["summary"], published=published, by=request.user, version=form.cleaned_data["version"]
        )  # fmt: skip
    except TransitionError as error:
        return _refused(request, plan_year, opinion, "publish", form, error)
    except Conflict:
        return _overtaken(request, plan_year, pk=opinion.pk, name="publish", form=form)
    messages.success(request, "公表する表に載せました。" if published else "公表する表には載せません。")
    return _back(plan_year, opinion)


@require_POST
@_opinion
def opinion_ask(request, plan_year, opinion):
    form = AskForm(request.POST, plan_year=plan_year)
    if not form.is_valid():
        return _page(request, plan_year, opinion, status=422, ask=form)
    department = form.cleaned_data["department"]
    try:
        workflow.ask(
            department, form.cleaned_data["question"], by=request.user, plan_year=plan_year, opinion=opinion
        )  # fmt: skip
    except TransitionError as error:
        return _refused(request, plan_year, opinion, "ask", form, error)
    messages.success(request, f"{department}に聞きました。課の人に知らせが届きます。")
    return _back(plan_year, opinion)


@require_POST
@_opinion
def opinion_follow_up(request, plan_year, opinion):
    """Leave to the next year what the opinion asks for, or take that back."""
    form = FollowUpForm(request.POST, opinion=opinion)
    if not form.is_valid():
        return _page(request, plan_year, opinion, status=422, follow_up=form)
    given = form.cleaned_data
    try:
        left = workflow.leave(opinion, given["text"], given["code"], by=request.user, version=given["version"])
    except TransitionError as error:
        return _refused(request, plan_year, opinion, "follow_up", form, error)
    except Conflict:
        return _overtaken(request, plan_year, pk=opinion.pk, name="follow_up", form=form)
    messages.success(request, "次の年度に引き継ぎます。" if left else "引き継ぎはありません。")
    return _back(plan_year, opinion)


def _refused(request, plan_year, opinion, name, form, error):
    form.add_error(None, str(error))
    return _page(request, plan_year, opinion, status=409, **{name: form})


def _overtaken(request, plan_year, pk, name, form):
    """A colleague was first: what is saved is told, what was typed stays, and the next saving is meant."""
    opinion = gathering.with_inquiries(opinions_of(request, plan_year)).get(pk=pk)
    opinion.plan_year = plan_year
    row = getattr(opinion, "response" if name == "publish" else "follow_up", None)
    saved = (row.summary if name == "publish" else row.text) if row else ""
    form.data = form.data.copy()
    form.data["version"] = row.version if row else 0
    form.add_error(
        None,
        f"ほかの人が先に保存しました。保存されている文は「{saved or '（空欄）'}」です。見比べて、もう一度保存してください。",
    )
    return _page(request, plan_year, opinion, status=409, **{name: form})


def _back(plan_year: PlanYear, opinion: Opinion):
    return redirect("reviews:opinion_detail", plan_year.plan_id, plan_year.fiscal_year, opinion.pk)


def _page(request, plan_year, opinion, *, status=200, **forms):
    order = list(opinions_of(request, plan_year).values_list("pk", flat=True))
    place = order.index(opinion.pk)
    inquiries = gathering.Line(opinion, gathering.stage_of(opinion), is_own=False).asked
    context = {
        "plan_year": plan_year,
        "rating_scale": plan_year.plan.scale,
        "opinion": opinion,
        "stage": gathering.stage_of(opinion),
        "inquiries": inquiries,
        "may": permissions.can_answer(request.user, plan_year),
        "answer": AnswerForm(opinion=opinion),
        "ask": AskForm(plan_year=plan_year, first=_owner(opinion, inquiries)),
        "publish": PublishForm(response=opinion.response) if opinion.answer_state == "confirmed" else None,
        "follow_up": FollowUpForm(opinion=opinion),
        "place": place + 1,
        "count": len(order),
        "previous": order[place - 1] if place else None,
        "following": order[place + 1] if place + 1 < len(order) else None,
    }  # fmt: skip
    return render(request, "reviews/opinion_detail.html", context | forms, status=status)


def _owner(opinion: Opinion, inquiries):
    """The department that is offered first: of those that work on the thing, the first not asked yet."""
    asked = {inquiry.department_id for inquiry in inquiries}
    owners = []
    if opinion.initiative_id:
        owners = [owner.department for owner in opinion.initiative.owners.select_related("department")]
    elif opinion.indicator_id and opinion.indicator.department:
        owners = [opinion.indicator.department]
    return next((owner for owner in owners if owner.pk not in asked), None)
