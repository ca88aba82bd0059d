from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from indicators import charts
from initiatives import permissions
from initiatives.gate import only_for
from initiatives.plan_years import remember, with_plan_year
from initiatives.workbook_writer import write_book, xlsx_response
from reporting import builds
from reporting.assemble import assemble
from reporting.checks.page import count
from reporting.checks.year import judged
from reporting.models import ReportBuild
from reporting.summary import goal_sheet, summary_page


@with_plan_year
def summary(request, plan_year):
    """集計: ratings by goal, policy and department, counted from what is approved."""
    report = assemble(plan_year)
    rows = [(f"{goal.number} {goal.name}", goal.tally.ratings) for goal in report.goals]
    title = f"{plan_year.plan.goal_term}ごとの評価の件数"
    context = {
        "plan_year": plan_year,
        "report": report,
        "rating_scale": report.scale,
        "chart_wide": charts.rating_rows("w", title, rows, scale=report.scale, width=900),
        "chart_narrow": charts.rating_rows("n", title, rows, scale=report.scale, width=340, above=True),
    }
    return render(request, "reporting/summary.html", context | summary_page(report))


@with_plan_year
def summary_excel(request, plan_year):
    content = write_book(goal_sheet(assemble(plan_year)))
    return xlsx_response(content, f"集計_{plan_year.short}.xlsx")


# --- The report's file ------------------------------------------------------------------------------


@with_plan_year
@only_for(permissions.can_build_report)
def build_list(request, plan_year):
    builds.give_up_lost(plan_year)
    context = {
        "plan_year": plan_year,
        "builds": plan_year.report_builds.select_related("requested_by")[:20],
        "unwritten": builds.unwritten(plan_year),
        "checks": count(judged(plan_year)),
    }
    return render(request, "reporting/build_list.html", context)


@require_POST
@with_plan_year
@only_for(permissions.can_build_report)
def build_start(request, plan_year):
    build = builds.start(plan_year, by=request.user)
    return redirect("reporting:build_detail", build.pk)


def _build(request, pk: int) -> ReportBuild:
    """The build, for whoever may build; to everyone else it does not exist."""
    if not permissions.can_build_report(request.user):
        raise Http404
    build = get_object_or_404(ReportBuild.objects.select_related("plan_year__plan", "requested_by"), pk=pk)
    remember(request, build.plan_year)
    if not build.is_finished:
        builds.give_up_lost(build.plan_year)
        build.refresh_from_db(fields=["status", "problem", "finished_at"])
    return build


@require_GET
def build_detail(request, pk):
    return render(request, "reporting/build_detail.html", {"build": _build(request, pk)})


@require_GET
def build_progress(request, pk):
    """The part of build_detail that htmx asks for again until the build is finished."""
    return render(request, "reporting/_build_progress.html", {"build": _build(request, pk)})


@require_GET
def build_file(request, pk):
    build = _build(request, pk)
    if build.status != ReportBuild.Status.DONE:
        raise Http404
    name = f"{build.plan_year.plan.name}_推進状況報告書_{build.plan_year.short}.pdf"
    return FileResponse(build.file.open("rb"), filename=name, content_type="application/pdf")
