"""会議 of the committee: the list, one meeting, and what it had before it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from initiatives.gate import only_for
from initiatives.history import Conflict
from initiatives.plan_years import with_plan_year
from reporting import meetings
from reporting.meeting_forms import MeetingForm
from reporting.models import Meeting, MeetingSnapshot, ReportEdition
from reviews import permissions


@require_GET
@with_plan_year
@only_for(permissions.can_read)
def meeting_list(request, plan_year):
    editions = ReportEdition.objects.visible_to(request.user).filter(plan_year=plan_year)
    context = {
        "plan_year": plan_year,
        "meetings": meetings.of_year(plan_year),
        "editions": set(editions.values_list("number", flat=True)),
        "may": permissions.can_gather(request.user),
    }
    return render(request, "reporting/meeting_list.html", context)


@require_http_methods(["GET", "POST"])
@with_plan_year
@only_for(permissions.can_gather)
def meeting_add(request, plan_year):
    last = Meeting.objects.filter(plan_year=plan_year).order_by("-number").first()
    meeting = Meeting(plan_year=plan_year, number=last.number + 1 if last else 1)
    return _edit(request, plan_year, meeting)


@require_http_methods(["GET", "POST"])
@with_plan_year
@only_for(permissions.can_gather)
def meeting_edit(request, plan_year, pk):
    return _edit(request, plan_year, get_object_or_404(Meeting, plan_year=plan_year, pk=pk))


def _edit(request, plan_year, meeting):
    form = MeetingForm(request.POST if request.method == "POST" else None, meeting=meeting)
    if not form.is_bound:
        return _page(request, plan_year, meeting, form)
    if not form.is_valid():
        return _page(request, plan_year, meeting, form, status=422)
    try:
        saved = meetings.save(meeting, form.values, by=request.user, version=form.cleaned_data["version"])
    except meetings.NumberTaken:
        form.add_error("number", f"第{form.cleaned_data['number']}回の会議は、もうあります。")
        return _page(request, plan_year, meeting, form, status=422)
    except Conflict:
        form.carry_on(meeting.version if meeting.pk else 0)
        return _page(request, plan_year, meeting, form, status=409)
    messages.success(request, "会議を保存しました。" if saved else "変わったところはありません。")
    return redirect("reporting:meeting_list", plan_year.plan_id, plan_year.fiscal_year)


def _page(request, plan_year, meeting, form, *, status=200):
    context = {"plan_year": plan_year, "meeting": meeting, "form": form}
    return render(request, "reporting/meeting_edit.html", context, status=status)


@require_POST
@with_plan_year
@only_for(permissions.can_gather)
def meeting_freeze(request, plan_year, pk):
    """Keep what is opened to the committee now as what this meeting has before it."""
    meeting = get_object_or_404(Meeting, plan_year=plan_year, pk=pk)
    meeting.plan_year = plan_year
    kept = meetings.freeze(meeting, by=request.user)
    if kept:
        messages.success(
            request, f"いまの内容を、{meeting}の資料として残しました。あとで文や数が変わっても、このまま読めます。"
        )
    else:
        messages.info(request, "前に残したときから、何も変わっていません。")
    return redirect("reporting:meeting_list", plan_year.plan_id, plan_year.fiscal_year)


@require_GET
@with_plan_year
@only_for(permissions.can_read)
def meeting_version(request, plan_year, pk):
    """What a meeting had before it, as it was then, goal by goal."""
    kept = MeetingSnapshot.objects.select_related("meeting", "by")
    version = get_object_or_404(kept, pk=pk, meeting__plan_year=plan_year)
    found = meetings.reading(version)
    goal = int(request.GET["goal"]) if request.GET.get("goal", "").isdecimal() else None
    if goal is not None and found.goal(goal) is None:
        raise Http404
    earlier = meetings.before(version)
    context = {
        "plan_year": plan_year,
        "rating_scale": plan_year.plan.scale,
        "version": version,
        "is_whole": meetings.is_whole(version),
        "reading": found,
        "goal": goal,
        "things": meetings.shown(found, goal),
        "whole": found.things["report"],
        "earlier": earlier,
        "changed": meetings.changes(meetings.reading(earlier), found) if earlier and goal is None else [],
    }
    return render(request, "reporting/meeting_version.html", context)
