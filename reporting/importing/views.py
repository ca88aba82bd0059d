"""取り込み: choose a file → see what would happen, answer what is asked → take it in → what came in."""

import re

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from initiatives import fiscal_year as fy
from initiatives import permissions, plan_years
from initiatives.forms import printable_name
from initiatives.gate import only_for
from initiatives.models.upload import AlreadyDone
from initiatives.text_diff import diff
from initiatives.workbook_reader import UNCHANGED
from reporting.importing import uploads
from reporting.importing.compare import ChangedMeanwhile, Preview, preview
from reporting.importing.forms import AnswersForm, UploadForm
from reporting.importing.read import read_upload
from reporting.importing.source import Refused
from reporting.models import ReportImport

SHOWN = 200  # changes on the page; the rest behind a link
CHANGED = (
    "確認のあとで、ほかの人が変えました。何も取り込んでいません。下の新しい確認を見てから、もう一度押してください。"
)


coordinators_only = only_for(permissions.can_import_report)


@require_http_methods(["GET", "HEAD", "POST"])
@coordinators_only
def import_new(request):
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    problems = []
    if form.is_valid():
        file = form.cleaned_data["file"]
        content, year = file.read(), form.cleaned_data["fiscal_year"]
        name = printable_name(file)
        try:
            preview(read_upload(content, name, year), by=request.user)
            return redirect(
                "reporting:import_preview", ReportImport.keep(content, name, fiscal_year=year, by=request.user).pk
            )
        except Refused as refused:
            problems = refused.problems
    context = {"form": form, "problems": problems, "recent": _recent()}
    return render(request, "reporting/import_new.html", context, status=422 if problems or form.errors else 200)


def _recent():
    return ReportImport.objects.exclude(status=ReportImport.Status.ABANDONED).select_related(
        "created_by", "applied_by"
    )[:10]


@require_http_methods(["GET", "HEAD", "POST"])
@coordinators_only
def import_preview(request, pk):
    upload = get_object_or_404(ReportImport.objects.select_related("created_by"), pk=pk)
    if upload.status != ReportImport.Status.PREVIEWED:
        return redirect("reporting:import_result", pk)
    seen, problems = _look(upload, request.user)
    if seen is None or not seen.questions:
        return _show(request, upload, seen, problems)
    departments = list(seen.held.departments)
    form = AnswersForm(seen.questions, departments, request.POST if request.method == "POST" else None)
    if form.is_valid():
        uploads.remember_answers(upload, form.answers(uploads.answers_of(upload)))
        return redirect("reporting:import_preview", pk)
    return _show(request, upload, seen, problems, form=form, status=422 if form.is_bound else 200)


def _look(upload: ReportImport, user) -> tuple[Preview | None, list]:
    try:
        return preview(uploads.reread(upload), uploads.answers_of(upload), user, with_digest=True), []
    except Refused as refused:
        return None, refused.problems


def _show(request, upload, seen, problems, *, form=None, warning="", status=200):
    changes = seen.changes if seen else []
    shown = changes if "all" in request.GET else changes[:SHOWN]
    context = {
        "upload": upload,
        "seen": seen,
        "year_label": fy.label(upload.fiscal_year),
        "problems": problems,
        "form": form,
        "warning": warning,
        "summary": uploads.summary_of(seen) if seen else {},
        "changes": [(change, diff(change.before, change.after)) for change in shown],
        "change_count": len(changes),
        "hidden_changes": len(changes) - len(shown),
    }
    return render(request, "reporting/import_preview.html", context, status=422 if problems else status)


def _digest(text: str) -> str:
    """A digest as the preview page sends it back; "-", which never holds, for anything else."""
    return text if re.fullmatch(r"[0-9a-f]{64}", text) else "-"


@require_POST
@coordinators_only
def import_confirm(request, pk):
    upload = get_object_or_404(ReportImport.objects.select_related("created_by"), pk=pk)
    try:
        uploads.apply(upload, base=_digest(request.POST.get("base", "")), by=request.user)
    except AlreadyDone:
        messages.info(request, "この取り込みは、もう終わっています。")
    except ChangedMeanwhile:
        seen, problems = _look(upload, request.user)
        return _show(request, upload, seen, problems, warning=CHANGED, status=409)
    except Refused as refused:
        return _show(request, upload, None, refused.problems)
    return redirect("reporting:import_result", pk)


@require_POST
@coordinators_only
def import_abandon(request, pk):
    get_object_or_404(ReportImport, pk=pk).abandon()
    messages.info(request, f"取り込みをやめました。{UNCHANGED}")
    return redirect("reporting:import_new")


@require_GET
@coordinators_only
def import_result(request, pk):
    rows = ReportImport.objects.select_related("created_by", "applied_by", "plan_year__plan")
    upload = get_object_or_404(rows, pk=pk)
    if upload.status == ReportImport.Status.PREVIEWED:
        return redirect("reporting:import_preview", pk)
    if upload.plan_year:
        plan_years.remember(request, upload.plan_year)
    return render(request, "reporting/import_result.html", {"upload": upload, "summary": upload.summary})
