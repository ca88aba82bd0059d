"""知らせる: choose, look, send; and the record of what went to whom. For 福祉総務課."""

import re

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Min, Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Department
from initiatives.models import Mail, Notice
from initiatives.notice_forms import LogFilterForm, WordsForm
from initiatives.notices import delivery, recipients, words
from initiatives.notices.announce import Announcement
from initiatives.plan_years import with_plan_year
from initiatives.year_views import coordinators_only

PER_PAGE = 50


def _departments(request, plan_year) -> list[Department]:
    """The departments of `?department=1&department=2`, which must write in this year; none asked for is all."""
    asked = request.GET.getlist("department")
    if not all(re.fullmatch(r"[0-9]{1,18}", number) for number in asked):
        raise Http404
    writing = Department.objects.filter(
        parts__entry__initiative__plan=plan_year.plan_id, parts__entry__fiscal_year=plan_year.fiscal_year
    )
    found = list(writing.filter(pk__in=asked).distinct()) if asked else []
    if {str(department.pk) for department in found} != set(asked):
        raise Http404
    return found


@require_GET
@with_plan_year
@coordinators_only
def notices(request, plan_year):
    departments = _departments(request, plan_year)
    offers = [
        Announcement(plan_year, kind, words.of(plan_year, kind), request.user, departments) for kind in words.KINDS
    ]
    loads = recipients.loads(plan_year, departments)
    context = {
        "plan_year": plan_year,
        "departments": departments,
        "offers": [offer for offer in offers if offer.may_send or offer.may_prepare],
        "unfinished": [load for load in loads if not load.is_finished],
        "finished": [load for load in loads if load.is_finished],
        "latest": _latest(plan_year),
        "trouble": _mails(plan_year).filter(state__in=(Mail.State.FAILED, Mail.State.UNSURE)).count(),
        "mail_is_on": offers[0].mail_is_on,
    }
    return render(request, "initiatives/notices.html", context)


def _latest(plan_year) -> list[dict]:
    """The last times that people were told something, with how many."""
    told = Notice.objects.filter(plan_year=plan_year).order_by().values("kind", "occasion", "by__name")
    times = told.annotate(at=Min("created_at"), people=Count("recipient", distinct=True)).order_by("-at")[:5]
    return [each | {"label": Notice.Kind(each["kind"]).label} for each in times]


@require_http_methods(["GET", "POST"])
@with_plan_year
@coordinators_only
def notice_preview(request, plan_year):
    """GET and 「見直す」 show what would be sent to whom; nothing goes before 「送る」."""
    kind = request.GET.get("kind", Notice.Kind.REMINDER)
    if kind not in words.KINDS:
        raise Http404
    departments = _departments(request, plan_year)
    form = WordsForm(request.POST or None, initial=words.of(plan_year, kind))
    valid = form.is_valid()
    given = form.cleaned_data if valid else form.initial
    announcement = Announcement(plan_year, kind, given, request.user, departments)
    then = request.POST.get("then") if valid else ""
    if then == "send":
        return _send(request, plan_year, announcement)
    if then == "keep":
        announcement.keep()
        messages.success(request, "文を保存しました。受付を始めたときに使います。")
        return redirect(f"{request.path}?kind={kind}")
    context = {"plan_year": plan_year, "announcement": announcement, "form": form, "departments": departments}
    return render(request, "initiatives/notice_preview.html", context, status=422 if form.errors else 200)


def _send(request, plan_year, announcement):
    if not announcement.may_send or not announcement.letters:
        messages.info(request, "いま知らせる相手はいません。もう知らせてあるか、受付中ではありません。")
        return redirect("initiatives:notices", plan_year.plan_id, plan_year.fiscal_year)
    count = announcement.send()
    done = (
        "知らせました。メールは、このあと順に送られます。"
        if announcement.mail_is_on
        else "、することリストで知らせました。"
    )
    messages.success(request, f"{count}人に{done}")
    return redirect("initiatives:notice_log", plan_year.plan_id, plan_year.fiscal_year)


def _mails(plan_year):
    """Mails that carry a notice of this year, with what they tell."""
    told = Notice.objects.filter(plan_year=plan_year).select_related("department", "by")
    carrying = Notice.objects.filter(plan_year=plan_year, mail__isnull=False).values("mail")
    return (
        Mail.objects.filter(pk__in=carrying)
        .select_related("recipient")
        .prefetch_related(Prefetch("notices", told, to_attr="told"))
    )


@require_GET
@with_plan_year
@coordinators_only
def notice_log(request, plan_year):
    departments = _departments(request, plan_year)
    form = LogFilterForm(request.GET)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    mails = _mails(plan_year)
    if state == LogFilterForm.TROUBLE:
        mails = mails.filter(state__in=(Mail.State.FAILED, Mail.State.UNSURE))
    elif state:
        mails = mails.filter(state=state)
    if departments:
        mails = mails.filter(notices__department__in=departments, notices__plan_year=plan_year).distinct()
    page = Paginator(mails, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "plan_year": plan_year,
        "form": form,
        "state": LogFilterForm.STATES[state] if state else "",
        "departments": departments,
        "page_obj": page,
        "uncomposed": Notice.objects.filter(plan_year=plan_year, mail__isnull=True).count(),
        "repeatable": Mail.REPEATABLE,
    }
    return render(request, "initiatives/notice_log.html", context)


@require_POST
@with_plan_year
@coordinators_only
def notice_again(request, plan_year, pk):
    mail = get_object_or_404(_mails(plan_year), pk=pk)
    if problem := delivery.send_again(mail):
        messages.warning(request, problem)
    else:
        messages.success(request, f"{mail.recipient}さんに、もう一度送ります。")
    return redirect("initiatives:notice_log", plan_year.plan_id, plan_year.fiscal_year)
