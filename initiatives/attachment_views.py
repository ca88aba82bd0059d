"""Files beside a part: see them, add one, take one off. For the office; to the committee they do not exist."""

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from initiatives import attachments, permissions, saving, writing
from initiatives.attachment_forms import AttachmentForm
from initiatives.models import Attachment
from initiatives.plan_years import with_plan_year

GONE = "このファイルは、いま取り出せません。システム管理者に知らせてください。"


def _part(request, plan_year, pk):
    part = get_object_or_404(writing.parts_for(request.user, plan_year), pk=pk)
    if not permissions.can_view_attachments(request.user, part, plan_year):
        raise Http404
    return part


def _attachment(request, plan_year, pk) -> Attachment:
    found = Attachment.objects.visible_to(request.user).standing()
    of_year = {
        "part__entry__initiative__plan": plan_year.plan_id,
        "part__entry__fiscal_year": plan_year.fiscal_year,
    }
    return get_object_or_404(
        found.select_related("part__department", "part__entry__initiative__plan"), pk=pk, **of_year
    )


def _removed(part):
    return part.attachments.filter(removed_at__isnull=False).select_related("uploaded_by", "removed_by")


def _why_closed(request, plan_year, part) -> str:
    return saving.why_closed(part, request.user, plan_year, "資料を付けたり外したりできる")


def _page(request, plan_year, part, *, form=None, problem="", status=200):
    may_write = permissions.can_write_part(request.user, part, plan_year)
    context = {
        "plan_year": plan_year,
        "part": part,
        "entry": part.entry,
        "initiative": part.entry.initiative,
        "files": part.attachments.standing().select_related("uploaded_by"),
        "removed": _removed(part) if permissions.can_view_drafts(request.user, part, plan_year) else (),
        "may_write": may_write,
        "why_closed": "" if may_write else _why_closed(request, plan_year, part),
        "form": form or AttachmentForm(),
        "problem": problem,
    }
    return render(request, "initiatives/part_files.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@with_plan_year
def part_files(request, plan_year, pk):
    part = _part(request, plan_year, pk)
    if request.method != "POST":
        return _page(request, plan_year, part)
    form = AttachmentForm(request.POST, request.FILES)
    if not permissions.can_write_part(request.user, part, plan_year):
        problem = f"{attachments.NOTHING_DONE}{_why_closed(request, plan_year, part)}"
        return _page(request, plan_year, part, form=form, problem=problem, status=409)
    if not form.is_valid():
        return _page(request, plan_year, part, form=form, status=422)
    file, caption = form.cleaned_data["file"], form.cleaned_data["caption"]
    try:
        added = attachments.add(part, form.content(), file.name, caption, by=request.user)
    except attachments.AttachmentRefused as refused:
        form.add_error("file", str(refused))
        return _page(request, plan_year, part, form=form, status=422)
    messages.success(request, f"「{added.name}」を付けました。")
    return redirect("initiatives:part_files", plan_year.plan_id, plan_year.fiscal_year, part.pk)


@require_GET
@with_plan_year
def attachment_file(request, plan_year, pk):
    """The file as it came: always to be saved, never shown inside our pages."""
    attachment = _attachment(request, plan_year, pk)
    try:
        file = attachment.file.open("rb")
    except OSError:
        part = _part(request, plan_year, attachment.part_id)
        return _page(request, plan_year, part, problem=f"「{attachment.name}」：{GONE}", status=404)
    return FileResponse(file, as_attachment=True, filename=attachment.name, content_type="application/octet-stream")


@require_POST
@with_plan_year
def attachment_remove(request, plan_year, pk):
    attachment = _attachment(request, plan_year, pk)
    if not permissions.can_write_part(request.user, attachment.part, plan_year):
        part = _part(request, plan_year, attachment.part_id)
        problem = f"外していません。{_why_closed(request, plan_year, part)}"
        return _page(request, plan_year, part, problem=problem, status=409)
    attachments.remove(attachment, by=request.user)
    messages.success(request, f"「{attachment.name}」を外しました。だれがいつ外したかは、記録に残ります。")
    return redirect("initiatives:part_files", plan_year.plan_id, plan_year.fiscal_year, attachment.part_id)
