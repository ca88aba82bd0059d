"""The page on which a department writes its part of one initiative for a year."""

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from initiatives import completeness, permissions, saving, workflow, writing
from initiatives.history import Conflict
from initiatives.part_forms import PartForm
from initiatives.plan_years import with_plan_year
from initiatives.workflow import TransitionError


@require_http_methods(["GET", "POST"])
@with_plan_year
def part_edit(request, plan_year, pk):
    part = _read_to_save(request, plan_year, pk) if _autosaving(request) else _read(request, plan_year, pk)
    if not permissions.can_write_part(request.user, part, plan_year):
        return _closed(request, plan_year, part)
    form = PartForm(request.POST if request.method == "POST" else None, part=part)
    if not form.is_bound:
        return _page(request, plan_year, form)
    if not form.is_valid():
        return _invalid(request, plan_year, form)
    return _save(request, plan_year, form)


def _save(request, plan_year, form, *, tries=3):
    part, draft, newer = form.part, _autosaving(request), form.is_stale()
    try:
        saving.save(part, form.touched(), form.read(), by=request.user, draft=draft)
    except saving.Clashes as error:
        return _clash(request, plan_year, form, error.clashes)
    except Conflict:
        # The row moved between reading and writing; reading it again tells how.
        return _moved(request, plan_year, _read(request, plan_year, part.pk), tries - 1)
    if draft:
        return JsonResponse(writing.answer(part, newer=newer))
    return _go_on(request, plan_year, form)


@require_GET
@with_plan_year
def part_preview(request, plan_year, pk):
    """How the initiative will be printed, as saved by now: the page asks for it after an automatic save."""
    part = _read(request, plan_year, pk)
    if not permissions.can_write_part(request.user, part, plan_year):
        raise Http404  # it shows the co-owners' drafts
    context = {"plan_year": plan_year, "entry": part.entry} | writing.joint(part)
    return render(request, "initiatives/_part_preview.html", context)


@require_GET
@with_plan_year
def part_checks(request, plan_year, pk):
    """What is missing and worth a look in the part as saved by now; asked for like the preview."""
    part = _read(request, plan_year, pk)
    if not permissions.can_write_part(request.user, part, plan_year):
        raise Http404
    return render(request, "initiatives/_part_checks.html", writing.checks(part, writing.last_year(part, request.user)))


def _read(request, plan_year, pk):
    return _with_plan(get_object_or_404(writing.parts_for(request.user, plan_year), pk=pk), plan_year)


def _read_to_save(request, plan_year, pk):
    """As _read, but with less around it; any other part than an own one is answered as on the page."""
    own = writing.own_part(request.user, plan_year, pk)
    return _with_plan(own, plan_year) if own else _read(request, plan_year, pk)


def _with_plan(part, plan_year):
    part.entry.initiative.plan = plan_year.plan  # one scale for the whole page, read once
    return part


def _autosaving(request) -> bool:
    return request.headers.get("X-Autosave") == "1"


def _page(request, plan_year, form, *, status=200, versions=None, **more):
    """The page around a form. `versions`: those the form must carry on when nothing was read anew."""
    part = form.part
    for clash in more.get("clashes", ()):
        form[clash.name].clash = clash
        clash.label = form.fields[clash.name].label
    context = writing.page(part, request.user, plan_year) | {"form": form, "body_words": _seen(form)}
    for name in form.texts():
        form[name].asked = context["asked"].get(name)
    context["rating_now"] = form["self_rating"].value()
    context |= {"version": part.version, "entry_version": part.entry.version} | (versions or {}) | more
    return render(request, "initiatives/part_edit.html", context, status=status)


def _seen(form) -> list[tuple[str, str]]:
    """What each field held when the page was made; goes back with the form."""
    return [(name, form.initial[name]) for name in form.texts()]


def _invalid(request, plan_year, form):
    if _autosaving(request):
        words = [f"{form.fields[name].label or ''}：{lines[0]}" for name, lines in form.errors.items()]
        return JsonResponse({"kind": "invalid", "words": words[0].lstrip("：")}, status=422)
    # Nothing was saved, so the page goes on from what it had read: a clash must still be found next time.
    versions = {name: form.cleaned_data.get(name, 0) for name in ("version", "entry_version")}
    for name in form.texts():
        form.initial[name] = form.data.get(f"seen-{name}", form.initial[name])
    return _page(request, plan_year, form, status=422, versions=versions)


def _closed(request, plan_year, part):
    """Not to be written by this person now: a reader is led to the page to read, a writer keeps the typed words."""
    words = saving.why_closed(part, request.user, plan_year)
    if request.method == "GET":
        messages.warning(request, words)
        return _to_entry(plan_year, part)
    if _autosaving(request):
        return JsonResponse({"kind": "closed", "words": words}, status=409)
    form = PartForm(request.POST, part=part)
    if not permissions.works_in(request.user, part):
        return _not_ours(request, plan_year, form, words)
    action = workflow.ACTIONS.get(request.POST.get("then"))
    if action and action.target == part.status and form.is_valid() and not _unsaved(form):
        return _to_entry(plan_year, part)  # pressed twice: it is done already
    return _page(request, plan_year, form, status=409, closed=words)


def _not_ours(request, plan_year, form, words):
    """To a reader the page of the writers stays closed: around the form stands what is the department's alone."""
    typed = [(form.fields[name].label, form.data[name]) for name in form.texts() if form.data.get(name)]
    context = {"problem": words, "back_url": _entry_url(plan_year, form.part), "typed": typed}
    return render(request, "initiatives/review_refused.html", context, status=409)


def _unsaved(form) -> bool:
    return any(text != form.initial[name] for name, text in form.touched().items())


def _clash(request, plan_year, form, clashes):
    """Both texts, side by side. The person's own stays in the form, which now carries the newer version."""
    change, at = saving.last_writer(form.part, [clash.name for clash in clashes])
    who = _who(request, change)
    if _autosaving(request):
        return JsonResponse({"kind": "clash", "words": f"{who}が同じ欄を先に保存しました。"}, status=409)
    data = form.data.copy()
    for name in set(form.texts()) - set(form.touched()):
        data[name] = form.initial[name]
    merged = PartForm(data, part=form.part)
    return _page(request, plan_year, merged, status=409, clashes=clashes, who=who, at=at)


def _who(request, change) -> str:
    if change is None or change.by is None:
        return "ほかの人"
    if change.by == request.user:
        return "別の画面で、あなた"
    return f"{change.by}さん" + (f"（{change.on_behalf_of}さんの代理）" if change.on_behalf_of else "")


def _moved(request, plan_year, part, tries):
    """Once more with the row as it is now: another field saved at the same moment is no clash."""
    if not permissions.can_write_part(request.user, part, plan_year):
        return _closed(request, plan_year, part)
    form = PartForm(request.POST, part=part)
    form.is_valid()
    if tries:
        return _save(request, plan_year, form, tries=tries)
    return _clash(request, plan_year, form, saving.clashes_of(part, form.touched()))


def _go_on(request, plan_year, form):
    """Saved. Then send the part, if that is what was pressed and nothing is missing."""
    part, then = form.part, request.POST.get("then", "")
    if then.startswith("mend:"):
        return _mended(request, plan_year, part, then.removeprefix("mend:"))
    if then == "files":  # a button of the form, so that nothing typed stays behind
        return redirect("initiatives:part_files", plan_year.plan_id, plan_year.fiscal_year, part.pk)
    if then not in completeness.SENDING:
        messages.success(request, f"{writing.saved_at()} に保存しました")
        return redirect("initiatives:part_edit", plan_year.plan_id, plan_year.fiscal_year, part.pk)
    lacks = completeness.missing(part)
    fresh = PartForm(request.POST, part=part)
    fresh.is_valid()
    for name, words in lacks:
        fresh.add_error(name, words)
    if lacks:
        return _page(request, plan_year, fresh, status=422)
    try:
        workflow.perform(part, then, by=request.user, plan_year=plan_year)
    except TransitionError as error:
        return _page(request, plan_year, fresh, status=409, problem=str(error))
    messages.success(
        request, f"「{part.entry.initiative.name}」を送りました。今の状態は「{part.get_status_display()}」です。"
    )
    return _to_entry(plan_year, part)


def _mended(request, plan_year, part, key):
    """One press: what was typed is saved, then the word is put right in it."""
    done = writing.mend(part, key, by=request.user)
    messages.success(request, done or "その書き方は、もうありません。文を保存しました。")
    return redirect("initiatives:part_edit", plan_year.plan_id, plan_year.fiscal_year, part.pk)


def _to_entry(plan_year, part):
    return redirect(_entry_url(plan_year, part))


def _entry_url(plan_year, part) -> str:
    address = (plan_year.plan_id, plan_year.fiscal_year, part.entry.initiative_id)
    return reverse("initiatives:entry_detail", args=address)
