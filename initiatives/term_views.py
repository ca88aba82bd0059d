"""用語集: the dictionary, and the year's texts in which its words are wrong. For 福祉総務課."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from initiatives import dictionary, history, permissions, word_uses
from initiatives.gate import only_for, onward
from initiatives.history import Conflict
from initiatives.models import Term
from initiatives.plan_years import with_plan_year
from initiatives.term_forms import TermFilterForm, TermForm, UseForm

coordinators_only = only_for(permissions.can_keep_dictionary)


@require_GET
@with_plan_year
@coordinators_only
def term_list(request, plan_year):
    return _list(request, plan_year)


def _list(request, plan_year, *, refused=None, status=200):
    """`refused`: the form for whether a word is used, with what was wrong in it."""
    found = dictionary.lines(plan_year.plan.city_name)
    form = TermFilterForm(request.GET)
    uses = word_uses.counts(plan_year, dictionary.terms_of(plan_year.plan.city_name))
    context = {
        "plan_year": plan_year,
        "form": form,
        "lines": [(line, uses.get(line.words.key, 0)) for line in form.chosen(found)],
        "total": len(found),
        "found": sum(uses.values()),
        "refused": refused,
        "changes": dictionary.changes([line.own for line in found if line.own]),
    }
    return render(request, "initiatives/term_list.html", context, status=status)


@require_http_methods(["GET", "POST"])
@with_plan_year
@coordinators_only
def term_add(request, plan_year):
    form = TermForm(
        request.POST if request.method == "POST" else None,
        instance=Term(created_by=request.user),
        city=plan_year.plan.city_name,
    )
    if form.is_bound and form.is_valid():
        form.save()
        messages.success(request, f"「{form.instance.word}」を用語集に加えました。")
        return _to_list(plan_year)
    return _edit(request, plan_year, form)


@require_http_methods(["GET", "POST"])
@with_plan_year
@coordinators_only
def term_edit(request, plan_year, pk):
    term = get_object_or_404(Term, pk=pk, is_shipped=False)
    form = TermForm(request.POST if request.method == "POST" else None, instance=term, city=plan_year.plan.city_name)
    if not form.is_bound or not form.is_valid():
        return _edit(request, plan_year, form)
    values = {name: form.cleaned_data[name] for name in form.Meta.fields}
    term.refresh_from_db()  # the form has already set them on its instance; history wants to see what they were
    if term.version != form.cleaned_data["version"]:
        raise Conflict(str(term))
    changed = history.save_changes(term, values, by=request.user)
    messages.success(request, f"「{term.word}」を直しました。" if changed else "変わっていません。")
    return _to_list(plan_year)


@require_POST
@with_plan_year
@coordinators_only
def term_use(request, plan_year):
    """Stop looking for a word, or look for it again."""
    form = UseForm(request.POST)
    if not form.is_valid():
        return _list(request, plan_year, refused=form, status=422)
    given = form.cleaned_data
    key = given["kind"], given["word"]
    line = next((line for line in dictionary.lines(plan_year.plan.city_name) if line.words.key == key), None)
    if line is None:
        raise Http404
    dictionary.use(line, given["used"], by=request.user, reason=given["reason"].strip())
    done = "見つけるようにしました" if given["used"] else "見つけないようにしました"
    messages.success(request, f"「{line.words.word}」を{done}。")
    return _to_list(plan_year)


@require_http_methods(["GET", "POST"])
@with_plan_year
@coordinators_only
def term_uses(request, plan_year):
    """Every text of the year with a wrong word and what it would read like; POST mends the ticked ones."""
    found = word_uses.uses(plan_year, dictionary.terms_of(plan_year.plan.city_name))
    if request.method == "POST":
        return _mend(request, plan_year, found)
    word = request.GET.get("word", "")
    shown = [use for use in found if word in ("", use.words.word)]
    context = {
        "plan_year": plan_year,
        "word": word,
        "groups": word_uses.grouped(shown, request.user, plan_year),
        "count": len(shown),
    }
    return render(request, "initiatives/term_uses.html", context)


def _mend(request, plan_year, found):
    ticked = set(request.POST.getlist("use"))
    chosen = [use for use in found if use.key in ticked]
    done, left = word_uses.mend(chosen, by=request.user, plan_year=plan_year)
    gone = len(ticked) - len(chosen)
    if done:
        messages.success(request, f"{len(done)}件の文を直しました。軽微な修正として、変更の記録に残ります。")
    if left or gone:
        messages.warning(request, f"{len(left) + gone}件は、見ているあいだに変わったので、直していません。")
    if not ticked:
        messages.warning(request, "1件も選ばれていません。左の四角で選んでください。")
    return redirect(onward(request, request.POST.get("next", "")) or request.get_full_path())


def _edit(request, plan_year, form):
    context = {
        "plan_year": plan_year,
        "form": form,
        "term": form.instance if form.instance.pk else None,
        "changes": dictionary.changes([form.instance]) if form.instance.pk else [],
    }
    return render(request, "initiatives/term_edit.html", context, status=422 if form.errors else 200)


def _to_list(plan_year):
    return redirect("initiatives:term_list", plan_year.plan_id, plan_year.fiscal_year)
