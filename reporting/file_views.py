"""The report as Word, Excel and open data; and a Word file that was edited outside, held against the report."""

import re
from dataclasses import dataclass

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods

from initiatives import permissions
from initiatives.forms import UploadField, printable_name
from initiatives.gate import only_for
from initiatives.models import Initiative
from initiatives.plan_years import with_plan_year
from initiatives.text_diff import Piece, diff
from reporting.files import KINDS, QUICK, source_of
from reporting.models import ReportEdition
from reporting.snapshot import Report
from reporting.word.compare import Difference, NotWord, compare

_CODE = re.compile(r"\d+(-\d+){3}")


class WordForm(forms.Form):
    file = UploadField(
        label="手を入れたWordファイル",
        help_text="この画面から保存したWord（.docx、5MBまで）に手を入れたものです。変更履歴は、反映したものとして読みます。",
        accept=".docx",
    )


@require_GET
@with_plan_year
@only_for(permissions.can_build_report)
def report_file(request, plan_year, kind):
    """A file of the report as it stands now."""
    if kind not in [each.key for each in QUICK]:
        raise Http404
    source, made = source_of(plan_year, ReportEdition.objects.standing(plan_year)), KINDS[kind]
    response = HttpResponse(made.make(source, lambda percent, step: None), content_type=made.content_type)
    response["Content-Disposition"] = content_disposition_header(True, source.file_name(made))
    return response


@dataclass(frozen=True)
class Line:
    """A difference as the page shows it. link: where the text is mended, "" where that is not known."""

    difference: Difference
    place: str
    pieces: list[Piece]
    link: str


@require_http_methods(["GET", "HEAD", "POST"])
@with_plan_year
@only_for(permissions.can_build_report)
def word_compare(request, plan_year):
    """What somebody changed in Word: nothing is taken over, every difference leads to where it can be written."""
    form = WordForm(request.POST, request.FILES) if request.method == "POST" else WordForm()
    context = {"plan_year": plan_year, "form": form}
    if form.is_valid():
        file, source = form.cleaned_data["file"], source_of(plan_year, ReportEdition.objects.standing(plan_year))
        try:
            found = compare(KINDS["word"].make(source, lambda percent, step: None), file.read())
            context |= {"lines": _lines(found, source.report, plan_year), "file_name": printable_name(file)}
        except NotWord as error:
            form.add_error("file", str(error))
    return render(request, "reporting/word_compare.html", context, status=422 if form.errors else 200)


def _lines(found: list[Difference], report: Report, plan_year) -> list[Line]:
    links = _Links(report, plan_year)
    return [Line(each, "　".join(each.place[-3:]), diff(each.before, each.after), links.of(each)) for each in found]


class _Links:
    """Where a text of the report is written: its initiative by the row's number, its chapter by the words."""

    def __init__(self, report: Report, plan_year):
        self.year = plan_year.plan_id, plan_year.fiscal_year
        self.initiatives = dict(Initiative.objects.filter(plan=plan_year.plan_id).values_list("code", "pk"))
        self.chapters = {}
        for goal in (None, *report.goals):
            for section in (goal or report).sections.values():
                for line in section.text.splitlines():
                    self.chapters[line.strip()] = (goal.number if goal else 0, section.kind)

    def of(self, difference: Difference) -> str:
        code = next((each for each in difference.place if _CODE.fullmatch(each)), "")
        if code in self.initiatives:
            return reverse("initiatives:entry_detail", args=[*self.year, self.initiatives[code]])
        if chapter := self.chapters.get(difference.before):
            return reverse("reporting:chapter_edit", args=[*self.year, *chapter])
        return ""
