"""Writing the report's chapters: the list, one chapter, how it reads and how it is printed, its history and state."""

from functools import wraps

from csp.constants import SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from initiatives import text_diff
from initiatives.gate import only_for, onward
from initiatives.history import Conflict
from initiatives.plan_years import with_plan_year
from initiatives.writing import saved_at
from reporting import chapters, easy, linking, permissions
from reporting.chapter_forms import ChapterForm
from reporting.chapters import HERE, MARKS, Draft
from reporting.checks import chapter as chapter_checks
from reporting.models import Chapter, Footnote
from reporting.pdf.chapters import Book

CHANGES = 10


def _page(view):
    """For a page about one chapter: 403 for whoever may not write any, 404 where there is no such chapter."""

    @with_plan_year
    @only_for(permissions.can_view_chapters)
    @wraps(view)
    def inner(request, plan_year, goal, kind):
        try:
            chapter = chapters.find(request.user, plan_year, goal, kind)
        except Chapter.DoesNotExist:
            raise Http404 from None
        return view(request, plan_year, chapter)

    return inner


def _address(name: str, plan_year, chapter: Chapter) -> str:
    goal = chapter.goal.number if chapter.goal else 0
    return reverse(f"reporting:{name}", args=[plan_year.plan_id, plan_year.fiscal_year, goal, chapter.kind])


@require_GET
@with_plan_year
@only_for(permissions.can_view_chapters)
def chapter_list(request, plan_year):
    groups = chapters.lines(request.user, plan_year, chapters.goals_of(plan_year))
    every = [line for _, lines in groups for line in lines]
    context = {
        "plan_year": plan_year,
        "groups": groups,
        "counts": {state: sum(line.state == state for line in every) for state in ("missing", "draft", "confirmed")},
        "numbered": chapters.numbered_notes(plan_year),
        "open": not plan_year.is_locked,
    }
    return render(request, "reporting/chapter_list.html", context)


@require_http_methods(["GET", "POST"])
@_page
def chapter_edit(request, plan_year, chapter):
    if request.method == "GET":
        return _edit(request, plan_year, ChapterForm(chapter=chapter))
    if request.headers.get("X-Autosave") == "1":
        return _autosave(request, plan_year, chapter)
    form = ChapterForm(_sent(request, plan_year, chapter), chapter=chapter)
    closed = chapters.why_closed(request.user, chapter, plan_year)
    if closed:
        return _edit(request, plan_year, form, status=409, closed=closed)
    draft = _draft(plan_year, form)
    if not form.is_valid() or form.refuse_broken(draft):
        return _edit(request, plan_year, form, draft, status=422)
    if request.POST.get("then") in ("look", "begin"):
        return _edit(request, plan_year, form, draft)
    if form.cleaned_data["version"] != chapter.version:
        return _clash(request, plan_year, form)
    values = {name: form.cleaned_data[name] for name in form.texts}
    try:
        saved = chapters.save(chapter, values, form.rows if form.has_events else None, by=request.user)
    except Conflict:
        return _clash(request, plan_year, form)
    if request.POST.get("then") == "confirm":
        _confirm(request, plan_year, chapter)
    elif request.POST.get("mend"):
        _mend(request, plan_year, chapter, "その書き方は、もうありません。文を保存しました。")
    else:
        messages.success(request, "保存しました。" if saved else "変わったところはありません。")
    return redirect(_address("chapter_edit", plan_year, chapter) + ("#events" if request.POST.get("event") else ""))


def _autosave(request, plan_year, chapter):
    """What is typed, saved while it is typed (static/js/autosave.js): also what cannot be read or printed yet."""
    if closed := chapters.why_closed(request.user, chapter, plan_year):
        return JsonResponse({"kind": "closed", "words": closed}, status=409)
    form = ChapterForm(request.POST, chapter=chapter, draft=True)
    if not form.is_valid():
        return JsonResponse({"kind": "invalid", "words": next(iter(form.errors.values()))[0]}, status=422)
    values = {name: form.cleaned_data[name] for name in form.texts}
    events = form.rows if form.has_events else None
    try:
        # Sent again because no answer came: it is saved already, under a version that the page does not know.
        if form.cleaned_data["version"] == chapter.version:
            chapters.save(chapter, values, events, by=request.user, draft=True)
        elif chapters.differs(chapter, values, events):
            raise Conflict(str(chapter))
    except Conflict:
        newest = _newest(request, plan_year, chapter)
        if closed := chapters.why_closed(request.user, newest, plan_year):
            return JsonResponse({"kind": "closed", "words": closed}, status=409)
        who = "別の画面で、あなた" if newest.author == request.user else f"{newest.author or 'ほかの人'}さん"
        return JsonResponse({"kind": "clash", "words": f"{who}がこの章を先に保存しました。"}, status=409)
    state = {"status": chapter.state, "status_label": chapter.get_state_display()}
    return JsonResponse({"version": chapter.version, "saved_at": saved_at(), **state})


def _newest(request, plan_year, chapter) -> Chapter:
    return chapters.find(request.user, plan_year, chapter.goal.number if chapter.goal else 0, chapter.kind)


def _sent(request, plan_year, chapter):
    """What was sent; for 「この文から書き始める」 with last year's words, for 「つなぐ」 with a number linked."""
    data = request.POST.copy()
    data["text"] = data.get("text", "").replace("\r\n", "\n")
    if data.get("then") == "begin" and not data["text"].strip():
        last = chapters.last_of(chapter)
        data["text"] = last.text
        if not any(data.getlist("what")):
            data.setlist("when", [when for when, _ in last.events])
            data.setlist("what", [what for _, what in last.events])
    if data.get("link"):
        _link(request, plan_year, chapter, data)
    return data


def _link(request, plan_year, chapter, data) -> None:
    """Put the marker of the offer that was chosen in the place of the number, in what was sent."""
    whats = data.getlist("what")
    rows = [at for at, row in enumerate(zip(data.getlist("when"), whats, strict=False)) if any(map(str.strip, row))]
    events = [("", whats[at]) for at in rows]
    offered = Draft(plan_year, chapter, data.get("heading", ""), data["text"], events).offers
    offer = linking.chosen(data["link"], offered)
    if offer is None:
        messages.info(request, "つなぐ数が、文の中に見つかりませんでした。")
    elif offer.row:
        at = rows[offer.row - 1]
        whats[at] = offer.put_into(whats[at])
        data.setlist("what", whats)
    else:
        data["text"] = offer.put_into(data["text"])


def _draft(plan_year, form: ChapterForm) -> Draft:
    form.is_valid()
    values = form.typed | (form.cleaned_data if form.is_bound else {})
    text = chapters.without_marks(values["text"].replace("\r\n", "\n"))
    return Draft(plan_year, form.chapter, values.get("heading", ""), text, form.rows)


def _clash(request, plan_year, form: ChapterForm):
    """Somebody saved first: both texts on one page, and the next saving is meant."""
    newest = _newest(request, plan_year, form.chapter)
    closed = chapters.why_closed(request.user, newest, plan_year)
    mine = {**form.typed, chapters.EVENTS: chapters.as_lines(form.rows)}
    saved = {
        "heading": newest.heading,
        "text": newest.text,
        chapters.EVENTS: chapters.as_lines(chapters.events_of(newest)),
    }
    clashes = [
        {"label": chapters.LABELS[name], "saved": saved[name], "pieces": text_diff.diff(saved[name], mine[name])}
        for name in mine
        if saved[name] != mine[name]
    ]
    form.chapter = newest
    return _edit(request, plan_year, form, status=409, closed=closed, clashes=clashes, who=newest.author)


def _edit(request, plan_year, form: ChapterForm, draft: Draft | None = None, *, status=200, closed="", **more):
    chapter = form.chapter
    draft = draft or _draft(plan_year, form)
    goals = chapters.goals_of(plan_year)
    groups = chapters.lines(request.user, plan_year, goals)
    beside = next(lines for goal, lines in groups if goal == chapter.goal)
    context = {
        "plan_year": plan_year,
        "chapter": chapter,
        "goals": goals,
        "number": chapter.goal.number if chapter.goal else 0,
        "beside": beside,
        "following": _following(groups, chapter),
        "part": chapters.PARTS.get(chapter.kind, ""),
        "form": form,
        "version": _version(form, meant="clashes" in more),
        "draft": draft,
        "found": chapter_checks.findings(draft),
        "last": chapters.last_of(chapter),
        "closed": closed or chapters.why_closed(request.user, chapter, plan_year),
        "refused": bool(closed),
        "can_confirm": permissions.can_confirm_chapter(request.user, plan_year),
        "changes": chapters.changes_of(chapter).count() + len(chapters.unsettled(chapter)) if chapter.pk else 0,
        "seen": _seen(form),
        "numbered": chapters.numbered_notes(plan_year),
    }
    return render(request, "reporting/chapter_edit.html", context | more, status=status)


def _seen(form: ChapterForm) -> list[tuple[str, str, str]]:
    """What is saved of each field, for the script that saves what is typed: name, label, words."""
    chapter = form.chapter
    seen = [(name, chapters.LABELS[name], getattr(chapter, name)) for name in form.texts]
    if form.has_events:
        lines = "\n".join(f"{when}\t{what}" for when, what in chapters.events_of(chapter))
        seen.append((chapters.EVENTS, chapters.LABELS[chapters.EVENTS], lines))
    return seen


def _version(form: ChapterForm, *, meant: bool):
    """What the form carries on. Only a page that shows the saved words may carry a newer version than was sent."""
    return (form["version"].value() or "") if form.is_bound and not meant else form.chapter.version


def _following(groups, chapter: Chapter):
    every = [line for _, lines in groups for line in lines]
    place = next(index for index, line in enumerate(every) if (line.goal, line.kind) == (chapter.goal, chapter.kind))
    return every[place + 1] if place + 1 < len(every) else None


@require_POST
@_page
def chapter_reading(request, plan_year, chapter):
    """How the words in the editor read, with what is wrong and what might be linked: a part of chapter_edit."""
    form = ChapterForm(request.POST, chapter=chapter)
    draft = _draft(plan_year, form)
    closed = chapters.why_closed(request.user, chapter, plan_year)
    context = {"draft": draft, "found": chapter_checks.findings(draft), "closed": closed}
    return render(request, "reporting/_chapter_reading.html", context)


@csp_replace({"frame-ancestors": [SELF]})
@xframe_options_sameorigin
@require_http_methods(["GET", "POST"])
@_page
def chapter_preview(request, plan_year, chapter):
    """The printed page: as saved, or (POST) with the words that stand in the editor. Nothing is written."""
    draft = _draft(plan_year, ChapterForm(request.POST if request.method == "POST" else None, chapter=chapter))
    if chapter.kind in Chapter.NOT_PRINTED:
        return render(request, "reporting/easy_preview.html", {"blocks": easy.blocks(draft.printed)})
    page = Book(draft.marked()).page_of(chapter.kind, draft.goal_number)
    page.context["stylesheet"] = reverse("reporting:print_css_file")
    # Escaped by the template. A mark that came in with an import could bring about a span and nothing else.
    html = page.markup()
    for mark, tag in zip((*MARKS, HERE), ('<span class="live">', "</span>", '<span id="here"></span>'), strict=True):
        html = html.replace(mark, tag)
    return HttpResponse(mark_safe(html))


@require_GET
@only_for(permissions.can_view_chapters)
def print_css_file(request):
    """The stylesheet of the printed report, for a browser: the same rules, with fonts that it can fetch."""
    folder = settings.BASE_DIR / "templates" / "reporting" / "print"
    css = (folder / "print.css").read_text(encoding="utf-8") + (folder / "preview.css").read_text(encoding="utf-8")
    for weight in ("400", "700"):
        address = static(f"fonts/ayumi-latin-{weight}.woff2")
        css = css.replace(f'url("ayumi-font:latin-{weight}") format("truetype")', f'url("{address}") format("woff2")')
        css = css.replace(f"biz-font-{weight}", static(f"fonts/biz-udpgothic-{weight}.woff2"))
    return HttpResponse(css, content_type="text/css; charset=utf-8")


@require_GET
@_page
def chapter_history(request, plan_year, chapter):
    page_obj = Paginator(chapters.changes_of(chapter) if chapter.pk else (), CHANGES).get_page(request.GET.get("page"))
    context = {
        "plan_year": plan_year,
        "chapter": chapter,
        "number": chapter.goal.number if chapter.goal else 0,
        "unsettled": [chapters.told(change) for change in chapters.unsettled(chapter)] if page_obj.number == 1 else [],
        "page_obj": page_obj,
        "changes": [chapters.told(change) for change in page_obj.object_list],
    }
    return render(request, "reporting/chapter_history.html", context)


def _confirm(request, plan_year, chapter):
    try:
        chapters.confirm(chapter, plan_year, by=request.user)
    except chapters.NotConfirmable as error:
        messages.error(request, f"「確認済」にしていません。{error}")
    else:
        messages.success(request, "保存して、「確認済」にしました。書き直すときは、「下書きに戻す」を押してください。")


def _mend(request, plan_year, chapter, gone="その書き方は、もうありません。"):
    done = chapters.mend(chapter, plan_year, request.POST["mend"], by=request.user)
    messages.success(request, f"{done}軽微な修正として、変更の記録に残ります。" if done else gone)


@require_POST
@_page
def chapter_mend(request, plan_year, chapter):
    """Put one word right in the chapter as it is saved: from the list of the consistency check."""
    if closed := chapters.why_closed(request.user, chapter, plan_year):
        messages.error(request, closed)
    elif request.POST.get("version") != str(chapter.version):
        raise Conflict(str(chapter))
    else:
        _mend(request, plan_year, chapter)
    return redirect(onward(request, request.POST.get("next", "")) or _address("chapter_edit", plan_year, chapter))


@require_POST
@_page
def chapter_reopen(request, plan_year, chapter):
    """確認済 back to 下書き."""
    if not permissions.can_confirm_chapter(request.user, plan_year):
        messages.error(request, chapters.why_closed(request.user, chapter, plan_year))
    elif request.POST.get("version") != str(chapter.version):
        raise Conflict(str(chapter))
    else:
        chapters.reopen(chapter, by=request.user)
        messages.success(request, "下書きに戻しました。書き直せます。")
    return redirect(_address("chapter_edit", plan_year, chapter))


@require_POST
@with_plan_year
@only_for(permissions.can_view_chapters)
def chapter_notes(request, plan_year):
    """The notes that have numbers of their own: move them into the texts, or (`note`) put a word right in one."""
    if closed := chapters.why_notes_closed(request.user, plan_year):
        messages.error(request, closed)
    elif "note" in request.POST:
        _mend_note(request, plan_year)
    else:
        _move_notes(request, plan_year)
    onto = onward(request, request.POST.get("next", ""))
    return redirect(onto) if onto else redirect("reporting:chapter_list", plan_year.plan_id, plan_year.fiscal_year)


def _mend_note(request, plan_year):
    number = request.POST["note"]
    notes = Footnote.objects.filter(plan=plan_year.plan_id, fiscal_year=plan_year.fiscal_year)
    note = notes.filter(number=number).first() if number.isdecimal() and len(number) < 5 else None
    word = request.POST.get("word", "")
    done = chapters.mend_note(note, word, by=request.user, plan_year=plan_year) if note else ""
    messages.success(
        request, f"{done}軽微な修正として、変更の記録に残ります。" if done else "その書き方は、もうありません。"
    )


def _move_notes(request, plan_year):
    try:
        count = chapters.move_notes(plan_year, by=request.user)
        messages.success(request, f"{count}件の注を、文の中に移しました。")
    except chapters.NotConfirmable as error:
        messages.error(request, f"注を移していません。{error}")
