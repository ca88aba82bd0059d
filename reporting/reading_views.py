"""The pages of the committee: what to read, one thing at a time, and the opinion beside it."""

from functools import wraps

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indicators import pages as indicator_pages
from indicators import words
from initiatives.gate import only_for
from initiatives.models import Goal
from initiatives.plan_years import with_plan_year
from initiatives.workflow import TransitionError
from reporting import opened
from reporting.reading import CHAPTER, GOAL, INDICATOR, INITIATIVE, Thing
from reviews import desk as desks
from reviews import permissions, ratings, workflow
from reviews.desk import Desk
from reviews.forms import OpinionForm
from reviews.models import Opinion
from reviews.workflow import Subject


@require_GET
@with_plan_year
@only_for(permissions.can_read)
def reading_list(request, plan_year):
    """Everything the person is asked to read, with how far it has come."""
    found = opened.reading_list(plan_year, request.user)
    context = {
        "plan_year": plan_year,
        "rating_scale": plan_year.plan.scale,
        "list": found,
        "next": found.following_unread,
        "heading": opened.heading(plan_year, found, request.user),
        "lead": opened.lead(found, request.user),
    }
    return render(request, "reporting/reading_list.html", context | _days(plan_year, request.user))


@require_GET
@with_plan_year
@only_for(permissions.can_read)
def reading_print(request, plan_year):
    """The whole list on one page, for paper."""
    found = opened.reading_list(plan_year, request.user)
    return render(
        request, "reporting/reading_print.html",
        {"plan_year": plan_year, "rating_scale": plan_year.plan.scale, "list": found} | _days(plan_year, request.user),
    )  # fmt: skip


def _days(plan_year, user) -> dict:
    return {
        "is_open": permissions.can_begin_opinion(user, plan_year),
        "closed": workflow.why_closed(plan_year) if user.is_committee else "",
        "is_member": permissions.is_member(user),
    }


def _thing(view):
    """For a page about one thing that is opened to the committee; 404 for everything else."""

    @with_plan_year
    @only_for(permissions.can_read)
    @wraps(view)
    def inner(request, plan_year, key):
        found = opened.reading_list(plan_year, request.user)
        if key not in found.reading.things:
            return _closed(request, plan_year, key)
        return view(request, plan_year, found, found.reading.things[key])

    return inner


def _closed(request, plan_year, key):
    """What was opened once and is not any more (a chapter that is written anew): what was said about it still stands."""
    said = Opinion.objects.visible_to(request.user).filter(plan_year=plan_year, anchor=key).first()
    if said is None:
        raise Http404
    messages.info(request, f"「{said.about}」は、いまは開いていません。意見と市の答えは、ここで読めます。")
    return redirect("reviews:opinion_list", plan_year.plan_id, plan_year.fiscal_year)


@require_POST
@_thing
def reading_mark(request, plan_year, found, thing):
    """読みました, and on to the next; or back to not yet."""
    if not permissions.is_member(request.user):
        raise Http404
    read = request.POST.get("then") != "unread"
    opened.mark(plan_year, request.user, thing, read=read)
    _, following = found.around(thing.key)
    if not read or following is None:
        words = "最後まで読みました。" if read else "「まだ読んでいない」に戻しました。"
        messages.success(request, words)
        return redirect("reporting:reading_list", plan_year.plan_id, plan_year.fiscal_year)
    return redirect("reporting:reading", plan_year.plan_id, plan_year.fiscal_year, following.key)


# --- One thing, and an opinion about it -------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@_thing
def reading(request, plan_year, found, thing):
    if not permissions.is_member(request.user):
        if request.method == "POST":
            raise Http404
        return _page(request, plan_year, found, thing)
    desk = _desk(request, plan_year, thing)
    if request.method == "GET":
        if desk.opinion and not permissions.can_write_opinion(request.user, desk.opinion, plan_year):
            messages.info(request, workflow.why_not_rewritten(desk.opinion))
            return redirect(_address(plan_year, thing))
        return _page(request, plan_year, found, thing, _form(desk, thing))
    return _keep(request, plan_year, found, _form(desk, thing, request.POST), thing)


def _desk(request, plan_year, thing: Thing) -> Desk:
    """The form that the address names: ?paragraph=3 of a chapter, ?opinion=12 to put right what was sent."""
    opinion, quoted = None, ""
    if request.GET.get("opinion", "").isdecimal():
        own = Opinion.objects.filter(plan_year=plan_year, author=request.user, anchor=thing.key)
        opinion = get_object_or_404(own.select_related("response", "plan_year__plan"), pk=int(request.GET["opinion"]))
        quoted = opinion.quoted
    elif thing.kind == CHAPTER and request.GET.get("paragraph", "").isdecimal():
        number = int(request.GET["paragraph"])
        if not 1 <= number <= len(thing.paragraphs):
            raise Http404
        quoted = thing.paragraphs[number - 1]
    return Desk(plan_year, request.user, _subject(plan_year, thing), opinion, quoted)


def _subject(plan_year, thing: Thing) -> Subject:
    row = int(thing.key.partition("-")[2]) if thing.kind in (INITIATIVE, INDICATOR) else None
    return Subject(
        thing.key,
        thing.title,
        goal=Goal.objects.filter(plan=plan_year.plan_id, number=thing.goal).first() if thing.goal else None,
        initiative_id=row if thing.kind == INITIATIVE else None,
        indicator_id=row if thing.kind == INDICATOR else None,
    )


def _form(desk: Desk, thing: Thing, data=None) -> OpinionForm:
    return OpinionForm(data, desk=desk, scale=desk.plan_year.plan.scale, city_rating=thing.rating)


def _keep(request, plan_year, found, form, thing):
    automatic, then = request.headers.get("X-Autosave") == "1", request.POST.get("then", "save")
    if not form.is_valid():
        return _invalid(request, plan_year, found, form, thing, automatic)
    try:
        form.desk.keep(form.cleaned_data, form.seen)
    except desks.Clash as clash:
        return _clash(request, plan_year, found, form, thing, clash, automatic)
    except TransitionError as error:
        if automatic:
            return JsonResponse({"kind": "closed", "words": str(error)}, status=409)
        return _page(request, plan_year, found, thing, form, status=409, refused=str(error))
    if automatic:
        return JsonResponse({"saved_at": timezone.localtime().strftime("%H:%M")})
    if then == "send":
        return _send(request, plan_year, found, form, thing)
    if then == "drop":
        form.desk.drop()
        messages.success(request, "書きかけを消しました。")
        return redirect(_address(plan_year, thing))
    messages.success(request, "下書きを保存しました。まだ送っていません。")
    return redirect(f"{_address(plan_year, thing)}{_query(request)}#write")


def _send(request, plan_year, found, form, thing):
    if form.lacks():
        return _page(request, plan_year, found, thing, form, status=422)
    try:
        went = form.desk.send()
    except TransitionError as error:
        form.add_error(None, str(error))
        return _page(request, plan_year, found, thing, form, status=409)
    opened.mark(plan_year, request.user, thing, read=True)
    until = plan_year.committee_deadline
    until = f"{until.month}月{until.day}日まで" if until else "市の答えが出るまで"
    messages.success(request, f"{'と'.join(went)}を送りました。{until}直せます。")
    return redirect(f"{_address(plan_year, thing)}#h-opinions")


def _invalid(request, plan_year, found, form, thing, automatic):
    if automatic:
        return JsonResponse({"kind": "invalid", "words": next(iter(form.errors.values()))[0]}, status=422)
    return _page(request, plan_year, found, thing, form, status=422)


def _clash(request, plan_year, found, form, thing, clash, automatic):
    """Typed on two pages of the same person: the saved words stand beside, and the form goes on from them."""
    if automatic:
        return JsonResponse({"kind": "clash", "words": "別の画面で、同じ欄を先に保存しています。"}, status=409)
    saved = form.desk.values
    data = form.data.copy()
    for name in form.fields:
        data[f"seen-{name}"] = saved[name]
    again = _form(form.desk, thing, data)
    again.is_valid()
    clashes = [(form.fields[name].label, saved[name]) for name in clash.names]
    return _page(request, plan_year, found, thing, again, status=409, clashes=clashes)


def _page(request, plan_year, found, thing, form=None, *, status=200, **more):
    before, following = found.around(thing.key)
    beside, items = found.beside(thing.key)
    context = {
        "plan_year": plan_year,
        "rating_scale": plan_year.plan.scale,
        "thing": thing,
        "goal": found.reading.goal(thing.goal),
        "list": found,
        "item": found.item(thing.key),
        "previous": before,
        "following": following,
        "beside": beside,
        "beside_items": items,
        "address": _address(plan_year, thing),
        "form": form,
        "here": f"{_address(plan_year, thing)}{_query(request)}",
        "opinions": _opinions(request.user, plan_year, thing),
        "ratings": ratings.of_initiative(plan_year, thing.key, request.user) if thing.kind == INITIATIVE else None,
        **_days(plan_year, request.user),
        **_of_kind(plan_year, found, thing),
    } | more
    context["is_open"] = context["is_open"] and "refused" not in more
    if form and not context["is_open"]:
        context["kept"] = form.desk.draft
    return render(request, "reporting/reading.html", context, status=status)


def _of_kind(plan_year, found, thing: Thing) -> dict:
    """What the page of a kind shows beside the thing itself."""
    if thing.kind == INDICATOR:
        series, now = thing.series, thing.series.year(plan_year.fiscal_year)
        return {
            "series": series,
            "now": now,
            "caption": words.caption(series, plan_year.fiscal_year),
            "columns": [indicator_pages.column(series, year) for year in series.years],
            "charts": indicator_pages.drawings(series),
            "calculation": words.calculation_of(series, now) if now else "",
            "rules": words.rules(series),
        }
    if thing.kind in (GOAL, "report"):
        goal = thing.goal
        return {
            "chapters": found.reading.of(goal, CHAPTER),
            "indicators": found.reading.of(goal, INDICATOR),
            "initiatives": found.reading.of(goal, INITIATIVE),
            "goals": found.reading.goals if goal is None else (),
        }
    return {}


def _opinions(user, plan_year, thing: Thing) -> list[Opinion]:
    """What was said about the thing, the oldest first, with what this person may do with it."""
    standing = (
        Opinion.objects.visible_to(user).of_year(plan_year).filter(anchor=thing.key).order_by("submitted_at", "pk")
    )
    opinions = list(standing)
    for opinion in opinions:
        opinion.plan_year = plan_year
        opinion.is_own = opinion.author_id == user.pk
        opinion.may_change = permissions.can_write_opinion(user, opinion, plan_year)
        opinion.may_read_answer = permissions.is_answered(opinion)
        opinion.paragraph = (
            thing.paragraphs.index(opinion.quoted) + 1
            if thing.kind == CHAPTER and opinion.quoted in thing.paragraphs
            else None
        )
    return opinions


def _address(plan_year, thing: Thing) -> str:
    return reverse("reporting:reading", args=[plan_year.plan_id, plan_year.fiscal_year, thing.key])


def _query(request) -> str:
    """?paragraph=3 or ?opinion=12, as it came."""
    named = next(((name, request.GET[name]) for name in ("opinion", "paragraph") if request.GET.get(name)), None)
    return f"?{named[0]}={named[1]}" if named else ""
