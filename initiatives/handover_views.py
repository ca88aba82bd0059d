"""引継ぎメモ of a department: on its work as a whole, and on one initiative."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.models import Department
from initiatives import handover, permissions, text_diff
from initiatives.handover_forms import HandoverForm
from initiatives.history import Conflict
from initiatives.models import Initiative


@require_http_methods(["GET", "POST"])
def handover_edit(request, department_id, initiative_id=None):
    """For the people of the department (and their 代理) alone; for everyone else there is no such page."""
    if not permissions.can_write_handover(request.user, department_id):
        raise Http404
    department = get_object_or_404(Department, pk=department_id)
    initiative = _initiative(department, initiative_id)
    shown = handover.of_department(department_id, initiative)
    history = handover.versions(department_id, initiative)
    seen = history[0].pk if history else None
    first = {"text": shown.own.text if shown.own else "", "seen": seen}
    form = HandoverForm(request.POST if request.method == "POST" else None, initial=first)
    context = {"clash": ""}
    if form.is_bound and form.is_valid():
        text = form.cleaned_data["text"]
        try:
            note = handover.write(department, initiative, text, seen=form.cleaned_data["seen"], by=request.user)
        except Conflict:
            # Both texts: the colleague's beside the own one, which stays in the field and now stands on the newer.
            data = form.data.copy()
            data["seen"] = seen or ""
            form = HandoverForm(data, initial=first)
            context = {"clash": "ほかの人", "saved": first["text"], "pieces": text_diff.diff(first["text"], text)}
            if history:
                context["clash"] = f"{history[0].by}さん"
        else:
            messages.success(request, "引継ぎメモを保存しました。" if note else "引継ぎメモは変わっていません。")
            return redirect(request.path)
    status = 409 if context["clash"] else 422 if form.errors else 200
    context |= {
        "department": department,
        "initiative": initiative,
        "form": form,
        "shown": shown,
        "history": history,
        "on_initiatives": [] if initiative else handover.on_initiatives(department_id),
        "crumbs": _crumbs(department, initiative),
    }
    return render(request, "initiatives/handover_edit.html", context, status=status)


def _initiative(department: Department, pk: int | None) -> Initiative | None:
    """One that the department works on; it need not be in force any more."""
    return None if pk is None else get_object_or_404(Initiative, pk=pk, owners__department=department)


def _crumbs(department: Department, initiative: Initiative | None) -> list[tuple[str, str]]:
    name = f"{department}の引継ぎメモ"
    if initiative is None:
        return [("ホーム", reverse("initiatives:home")), (name, "")]
    return [(name, reverse("initiatives:handover_edit", args=[department.pk])), (initiative.code, "")]
