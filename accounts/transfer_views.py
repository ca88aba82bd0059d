"""人事異動: many people at once, first looked at, then all or nothing."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import transfers
from accounts.forms import TransferForm
from accounts.views import crumbs, for_account_managers


@require_http_methods(["GET", "HEAD", "POST"])
@for_account_managers
def transfer_new(request):
    """The lines, pasted or as a file; POST shows what they would do and changes nothing."""
    form = TransferForm(request.POST, request.FILES) if request.method == "POST" else TransferForm()
    if form.is_bound and form.is_valid():
        return _preview(request, form.table)
    context = {"form": form, "columns": transfers.COLUMNS, "crumbs": _crumbs()}
    return render(request, "accounts/transfer_new.html", context, status=422 if form.errors else 200)


@require_POST
@for_account_managers
def transfer_apply(request):
    """Exactly what was shown, or nothing. New passwords are shown in this very answer: they are kept nowhere."""
    form = TransferForm({"rows": request.POST.get("rows", "")})
    if not form.is_valid():
        return render(
            request, "accounts/transfer_new.html",
            {"form": form, "columns": transfers.COLUMNS, "crumbs": _crumbs()}, status=422,
        )  # fmt: skip
    try:
        made = transfers.apply(form.table, seen=request.POST.get("seen", ""), by=request.user)
    except transfers.ChangedMeanwhile:
        return _preview(request, form.table, problem=True)
    if made:
        return render(request, "accounts/transfer_done.html", {"made": made, "crumbs": _crumbs()})
    messages.success(request, "人事異動を取り込みました。")
    return redirect("accounts:user_list")


def _preview(request, table: transfers.Table, *, problem: bool = False):
    lines = transfers.plan(table)
    refused = [line for line in lines if line.refused]
    context = {
        "lines": lines,
        "columns": transfers.COLUMNS,
        "refused": refused,
        "changing": [line for line in lines if line.changes],
        "new": sum(line.is_new and line.changes for line in lines),
        "rows": transfers.as_text(table),
        "seen": transfers.digest(lines),
        "problem": problem,
        "crumbs": _crumbs(),
    }
    status = 409 if problem else 422 if refused else 200
    return render(request, "accounts/transfer_preview.html", context, status=status)


def _crumbs() -> list[tuple[str, str]]:
    return crumbs("accounts:user_list", "利用者", "人事異動")
