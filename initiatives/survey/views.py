"""Excelで書く: download → fill offline → choose the file → see cell by cell what would change → take it in."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from initiatives import permissions, writing
from initiatives.forms import printable_name
from initiatives.gate import only_for
from initiatives.models import SurveyUpload
from initiatives.models.upload import AlreadyDone
from initiatives.plan_years import with_plan_year
from initiatives.survey import compare
from initiatives.survey.book import book
from initiatives.survey.columns import CLEAR, FILLED, columns_of, file_name
from initiatives.survey.forms import SurveyForm
from initiatives.survey.rows import departments_for, rows_of
from initiatives.workbook_reader import UNCHANGED, WorkbookRefused
from initiatives.workbook_writer import xlsx_response

Status = SurveyUpload.Status
SHOWN = 200  # changes on the page; the rest behind a link
CHANGED = (
    "確認のあとで、ほかの人が変えました。何も取り込んでいません。下の新しい確認を見てから、もう一度押してください。"
)
UNDECIDED = "どちらの文にするか、まだ決めていないところがあります。何も取り込んでいません。"
DONE = "このファイルの取り込みは、もう終わっています。"

for_writers = only_for(permissions.can_use_survey)


@require_http_methods(["GET", "HEAD", "POST"])
@with_plan_year
@for_writers
def survey(request, plan_year):
    """What may be downloaded, and where the filled file is chosen."""
    form = SurveyForm(request.POST, request.FILES) if request.method == "POST" else SurveyForm()
    if form.is_valid():
        file = form.cleaned_data["file"]
        content, name = file.read(), printable_name(file)
        try:
            compare.preview(content, request.user, plan_year)
            upload = SurveyUpload.keep(content, name, by=request.user, plan_year=plan_year)
            return redirect("initiatives:survey_preview", plan_year.plan_id, plan_year.fiscal_year, upload.pk)
        except WorkbookRefused as refused:
            form.add_error("file", str(refused))
    context = {
        "plan_year": plan_year,
        "form": form,
        "departments": departments_for(request.user, plan_year),
        "clear": CLEAR,
    }
    return render(request, "initiatives/survey.html", context, status=422 if form.errors else 200)


def _department(request, plan_year, department_id: int):
    """A department whose 調査票 the person may have; else there is none."""
    departments = departments_for(request.user, plan_year)
    department = next((department for department in departments if department.pk == department_id), None)
    if department is None:
        raise Http404
    return department


@require_GET
@with_plan_year
@for_writers
def survey_excel(request, plan_year, department_id):
    department = _department(request, plan_year, department_id)
    content = book(plan_year, department.name, rows_of(request.user, plan_year, department))
    return xlsx_response(content, file_name(plan_year, department))


@require_GET
@with_plan_year
@for_writers
def survey_print(request, plan_year, department_id):
    """The same rows on paper: as they are filled, or with empty boxes (?blank=1)."""
    department = _department(request, plan_year, department_id)
    columns = {column.name: column for column in columns_of(plan_year)}
    blank = "blank" in request.GET
    context = {
        "plan_year": plan_year,
        "department": department,
        "blank": blank,
        "forms": [_form(row, columns, blank) for row in rows_of(request.user, plan_year, department)],
        "levels": writing.levels(plan_year),
        "rating_scale": plan_year.plan.scale,
    }
    return render(request, "initiatives/survey_print.html", context)


def _form(row, columns, blank: bool) -> dict:
    """One initiative as a form: (name, heading, text, last year's text) of what this department writes."""
    last = {"result": row.last.result, "issues": row.last.issues, "self_rating": row.last.rating}
    last |= {"low_rating_reason": row.last.low_rating_reason, "next_target": row.part.entry.target}
    lines = [
        (name, columns[name].heading, "" if blank else row.texts[name], last.get(name, ""))
        for name in FILLED
        if row.may_fill(name) and (blank or name != "not_applicable_reason" or row.texts[name])
    ]
    return {"row": row, "initiative": row.part.entry.initiative, "target": row.part.entry.target, "lines": lines}


# --- What was filled in, on its way back -------------------------------------------------------------


def _upload(request, plan_year, pk) -> SurveyUpload:
    """One's own: a file on its way in is nobody else's."""
    return get_object_or_404(SurveyUpload, pk=pk, plan_year=plan_year, created_by=request.user)


@require_http_methods(["GET", "HEAD"])
@with_plan_year
@for_writers
def survey_preview(request, plan_year, pk):
    upload = _upload(request, plan_year, pk)
    if upload.status != Status.PREVIEWED:
        messages.info(request, DONE)
        return _to_start(plan_year)
    return _show(request, plan_year, upload)


def _show(request, plan_year, upload, *, warning="", status=200):
    try:
        seen = compare.reread(upload, request.user, plan_year)
    except WorkbookRefused as refused:
        messages.warning(request, str(refused))
        return _to_start(plan_year)
    for clash in seen.clashes:
        clash.answer = request.POST.get(clash.key, "")
    everything = "all" in request.GET
    context = {
        "plan_year": plan_year,
        "upload": upload,
        "seen": seen,
        "form": SurveyForm(),
        "changes": seen.changes if everything else seen.changes[:SHOWN],
        "hidden_changes": 0 if everything else max(0, len(seen.changes) - SHOWN),
        "warning": warning,
        "clear": CLEAR,
        "rating_scale": plan_year.plan.scale,
    }
    return render(request, "initiatives/survey_preview.html", context, status=status)


@require_POST
@with_plan_year
@for_writers
def survey_confirm(request, plan_year, pk):
    upload = _upload(request, plan_year, pk)
    base = request.POST.get("base", "")
    try:
        written = compare.take_in(upload, request.POST, base=base, by=request.user, plan_year=plan_year)
    except AlreadyDone:
        messages.info(request, DONE)
        return _to_start(plan_year)
    except compare.ChangedMeanwhile:
        return _show(request, plan_year, upload, warning=CHANGED, status=409)
    except compare.Undecided:
        return _show(request, plan_year, upload, warning=UNDECIDED, status=422)
    except WorkbookRefused as refused:
        messages.warning(request, str(refused))
        return _to_start(plan_year)
    count = len({cell.code for cell in written})
    messages.success(
        request,
        f"{count}件の{plan_year.plan.initiative_term}の{len(written)}つの欄を取り込みました。まだ提出していません。",
    )
    return redirect("initiatives:year_home", plan_year.plan_id, plan_year.fiscal_year)


@require_POST
@with_plan_year
@for_writers
def survey_abandon(request, plan_year, pk):
    _upload(request, plan_year, pk).abandon()
    messages.info(request, f"取り込みをやめました。{UNCHANGED}")
    return _to_start(plan_year)


def _to_start(plan_year):
    return redirect("initiatives:survey", plan_year.plan_id, plan_year.fiscal_year)
