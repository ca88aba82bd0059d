"""Opinions gathered: for 福祉総務課 with what is to be done, for the committee with the city's answers."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from initiatives.gate import only_for
from initiatives.history import Conflict
from initiatives.plan_years import with_plan_year
from initiatives.workflow import TransitionError
from reviews import gathering, permissions, workflow
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
        workflow.perform(opinion, "withdraw", by=request.user, version=_version(request))
    except TransitionError:
        messages.error(request, f"取り下げていません。{workflow.why_not_rewritten(opinion)}")
    else:
        messages.success(request, "取り下げました。文はあなただけに見えています。直して、もう一度送れます。")
    return redirect("reporting:reading", plan_year.plan_id, plan_year.fiscal_year, opinion.anchor)


def _version(request) -> int:
    """As the page said it; a page that does not say is an old one."""
    version = request.POST.get("version", "")
    if not version.isdecimal():
        raise Conflict("意見")
    return int(version[:9])
