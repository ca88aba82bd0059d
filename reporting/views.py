import logging
from io import BytesIO

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from indicators import charts
from initiatives import permissions
from initiatives.gate import only_for
from initiatives.models import Initiative, PlanYear, YearlyEntry
from initiatives.plan_years import remember, with_plan_year
from initiatives.workbook_writer import write_book, xlsx_response
from reporting import builds
from reporting import low_ratings as low
from reporting import summary as summaries
from reporting.assemble import assemble
from reporting.checks.context import Context
from reporting.checks.page import count, items
from reporting.checks.run import CHECKS
from reporting.checks.year import ACCEPTED, judged
from reporting.editions import last_report_of, report_of
from reporting.excerpt import choices, find
from reporting.files import KINDS, QUICK
from reporting.models import ReportBuild, ReportEdition
from reporting.opinion_table import counts as opinion_counts
from reporting.opinion_table import published_by_goal
from reporting.permissions import can_view_file

log = logging.getLogger(__name__)

# What 集計 says of ratings that lie oddly: all the best in one 課, last year's text, better than the number says.
_LEANING = ("clustering", "rating_number", "same_as_last_year")


@with_plan_year
def summary(request, plan_year):
    """集計: ratings by goal, policy and department against last year, counted from what is approved."""
    found = _summary(request, plan_year)
    rows = [(f"{line.number} {line.name}", line.tally.ratings) for line in found.goals]
    title = f"{found.report.terms['goal']}ごとの評価の件数"
    scale = found.report.scale
    context = {
        "plan_year": plan_year,
        "found": found,
        "report": found.report,
        "rating_scale": scale,
        "points": "、".join(f"{step.letter} {step.points}点" for step in scale),
        "chart_wide": charts.rating_rows("w", title, rows, scale=scale, width=900),
        "chart_narrow": charts.rating_rows("n", title, rows, scale=scale, width=340, above=True),
        "years_wide": found.chart("yw", width=900),
        "years_narrow": found.chart("yn", width=340, above=True),
        "may_check": permissions.can_check_report(request.user),
        "edition": ReportEdition.objects.light().visible_to(request.user).filter(plan_year=plan_year).first(),
    }
    address, reasons = _addresses(plan_year), _reasons(request, plan_year)
    for name, matrix in (("years", found.years), ("ratings", found.ratings)):
        context[name] = {
            "matrix": matrix,
            "down": [(pair, address.get(pair.row.code, ""), reasons.get(pair.row.code, "")) for pair in matrix.down],
            "up": [(pair, address.get(pair.row.code, ""), reasons.get(pair.row.code, "")) for pair in matrix.up],
        }
    if context["may_check"]:
        context["leaning"] = _leaning(plan_year, found, request.user)
    return render(request, "reporting/summary.html", context)


def _addresses(plan_year):
    """The page of each initiative by its code, as the plan numbers it today; an edition may know others."""
    codes = Initiative.objects.filter(plan=plan_year.plan_id).values_list("code", "pk")
    year = plan_year.plan_id, plan_year.fiscal_year
    return {code: reverse("initiatives:entry_detail", args=[*year, pk]) for code, pk in codes}


def _reasons(request, plan_year):
    """Why 福祉総務課 set another rating than the lead's, by code: for itself alone, so it is no part of the report."""
    if not permissions.is_coordinating(request.user):
        return {}
    entries = YearlyEntry.objects.filter(initiative__plan=plan_year.plan_id, fiscal_year=plan_year.fiscal_year)
    return dict(entries.exclude(rating_reason="").values_list("initiative__code", "rating_reason"))


def _summary(request, plan_year):
    """The year counted as the address asks: with the cross-listings, or without (?cross=without)."""
    return summaries.summary(
        report_of(plan_year), _last_year(request, plan_year), cross=request.GET.get("cross") != "without"
    )


def _last_year(request, plan_year):
    """The year before, for who may see it."""
    years = PlanYear.objects.visible_to(request.user)
    before = years.filter(plan=plan_year.plan_id, fiscal_year=plan_year.fiscal_year - 1)
    return last_report_of(plan_year) if before.exists() else None


def _leaning(plan_year, found, user):
    """The findings by check, those left out that somebody has accepted."""
    context = Context(found.report, last=found.last)
    judgements = [one for one in judged(plan_year, _LEANING, context=context) if one.state != ACCEPTED]
    told = items(judgements, plan_year, context, user)
    return [(CHECKS[name], [item for item in told if item.check.name == name]) for name in _LEANING]


@with_plan_year
def summary_excel(request, plan_year):
    found = _summary(request, plan_year)
    kind = "" if found.cross else "_再掲を除く"
    return xlsx_response(write_book(summaries.sheets(found)), f"集計_{plan_year.short}{kind}.xlsx")


@with_plan_year
def low_ratings(request, plan_year):
    """What was rated low and why, and what became of last year's."""
    report, address = report_of(plan_year), _addresses(plan_year)
    found = low.low_ratings(report)
    context = {
        "plan_year": plan_year,
        "rating_scale": report.scale,
        "found": found,
        "low": [(each, address.get(each.row.code, "")) for each in found.low],
        "followed": [(each, address.get(each.before.code, "")) for each in found.followed],
    }
    return render(request, "reporting/low_ratings.html", context)


@with_plan_year
def opinion_table(request, plan_year):
    """主な意見と市の考え方, as it is published."""
    report = assemble(plan_year)
    context = {
        "plan_year": plan_year,
        "report": report,
        "groups": published_by_goal(report),
        "counts": opinion_counts(report),
    }
    return render(request, "reporting/opinion_table.html", context)


# --- The report's file ------------------------------------------------------------------------------


@with_plan_year
@only_for(permissions.can_build_report)
def build_list(request, plan_year):
    return _build_list(request, plan_year)


def _build_list(request, plan_year, *, problem="", status=200):
    builds.give_up_lost(plan_year)
    standing = ReportEdition.objects.standing(plan_year)
    report = standing.report if standing else assemble(plan_year)
    context = {
        "plan_year": plan_year,
        "standing": standing,
        "editions": ReportEdition.objects.light().with_steps().filter(plan_year=plan_year),
        "may_finalize": plan_year.status == PlanYear.Status.COMMITTEE,
        "builds": plan_year.report_builds.select_related("requested_by", "edition")[:20],
        "unwritten": [] if standing else builds.unwritten(plan_year),
        "checks": None if standing else count(judged(plan_year)),
        "kinds": QUICK,
        "excerpts": choices(report),
        "problem": problem,
    }
    return render(request, "reporting/build_list.html", context, status=status)


@require_POST
@with_plan_year
@only_for(permissions.can_build_report)
def build_start(request, plan_year):
    """The whole report, or the excerpt that was chosen."""
    excerpt = request.POST.get("excerpt", "")
    if excerpt and find(report_of(plan_year), excerpt) is None:
        return _build_list(request, plan_year, problem="その課や施策は、この報告書にありません。", status=422)
    try:
        build = builds.start(plan_year, by=request.user, excerpt=excerpt)
    except builds.QueueFull:
        return _build_list(request, plan_year, problem=builds.FULL, status=409)
    return redirect("reporting:build_detail", build.pk)


def _build(request, pk: int) -> ReportBuild:
    """The build, for whoever may build; to everyone else it does not exist."""
    if not permissions.can_build_report(request.user):
        raise Http404
    build = get_object_or_404(ReportBuild.objects.select_related("plan_year__plan", "requested_by", "edition"), pk=pk)
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
    """The file as it was made and as its digest says; else it is not handed out."""
    made = ReportBuild.objects.filter(status=ReportBuild.Status.DONE).select_related("plan_year__plan", "edition")
    build = get_object_or_404(made, pk=pk)
    if not can_view_file(request.user, build):
        raise Http404
    try:
        content = builds.content_of(build)
    except builds.Damaged as error:
        log.error("the file of report build %s is damaged: %s", pk, error)
        context = {"build": build, "may_build": permissions.can_build_report(request.user)}
        return render(request, "reporting/build_damaged.html", context, status=409)
    kind = KINDS[build.kind]
    name = build.name or f"{build.plan_year.plan.name}_推進状況報告書_{build.plan_year.short}{kind.extension}"
    return FileResponse(BytesIO(content), filename=name, content_type=kind.content_type)
