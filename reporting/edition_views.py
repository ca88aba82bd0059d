"""版: what was 確定, with its digest, files and 正誤; and the moves that make one, show it and open the year again."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from initiatives import permissions, year_cycle
from initiatives.gate import only_for
from initiatives.history import Conflict
from initiatives.models import PlanYear
from initiatives.plan_years import with_plan_year
from initiatives.workflow import TransitionError
from reporting import builds, edition_cycle
from reporting.checks.year import open_errors
from reporting.errata import errata
from reporting.files import KINDS
from reporting.models import ReportBuild, ReportEdition
from reporting.permissions import can_move_edition

movers_only = only_for(can_move_edition)
CHANGED = "ほかの人が、先に年度を進めました。いまの状態を確かめてから、もう一度選んでください。"


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="理由",
        max_length=2000,
        widget=forms.Textarea(attrs={"class": "textarea", "rows": 3}),
        help_text="版の記録に残ります。",
        error_messages={"required": "理由を書いてください。版の記録に残ります。"},
    )

    def __init__(self, *args, required: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = required


def _sent(request):
    return request.POST if request.method == "POST" else None


@dataclass(frozen=True)
class Move:
    """A step of an edition as its page shows it. from_state: the edition's state in which it is offered."""

    name: str
    label: str
    title: str
    words: str
    done: str
    needs_reason: bool = False


MOVES = {
    move.name: move
    for move in (
        Move("publish", "公表する", "{}を公表します", "だれでも読めるようになります。内容は変わりません。", "{}を公表しました。"),
        Move(
            "reopen", "再開する", "{}を直すために、年度をもう一度開きます",
            "年度は「確認中」に戻り、直せるようになります。次に確定すると、新しい版になり、違うところが正誤表になります。"
            "公表している版は、取り下げるまで、だれでも読めます。",
            "年度をもう一度開きました。直したら、もう一度確定してください。", needs_reason=True,
        ),
        Move(
            "withdraw", "取り下げる", "{}を取り下げます",
            "市の外の人は、この版を読めなくなります。年度の状態は変わりません。", "{}を取り下げました。", needs_reason=True,
        ),
    )
}  # fmt: skip


def moves_of(edition: ReportEdition, standing: ReportEdition | None) -> list[Move]:
    status, found = edition.plan_year.status, []
    if edition == standing and status == PlanYear.Status.FINALIZED:
        found.append(MOVES["publish"])
    if edition == standing and edition.plan_year.is_locked:
        found.append(MOVES["reopen"])
    if edition.is_public:
        found.append(MOVES["withdraw"])
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@with_plan_year
@movers_only
def edition_new(request, plan_year):
    """確定: GET shows what that means and what is still doubtful; POST does it."""
    errors = open_errors(plan_year) if plan_year.status == PlanYear.Status.COMMITTEE else []
    doubts = edition_cycle.doubts(plan_year, errors) if plan_year.status == PlanYear.Status.COMMITTEE else []
    form = ReasonForm(_sent(request), required=bool(doubts))
    problem, status = "", 422 if form.errors else 200
    if form.is_valid():
        try:
            told = {"reason": form.cleaned_data["reason"], "seen": request.POST.get("seen", "")}
            edition = edition_cycle.finalize(plan_year, by=request.user, **told)
            _make_files(request, edition)
            messages.success(request, f"{plan_year.label}を確定し、{edition.label}を作りました。")
            return redirect("reporting:edition_detail", plan_year.plan_id, plan_year.fiscal_year, edition.number)
        except (TransitionError, Conflict) as error:
            problem, status = str(error) if isinstance(error, TransitionError) else CHANGED, 409
            plan_year.refresh_from_db(fields=["status"])
    may = plan_year.status == PlanYear.Status.COMMITTEE
    context = {
        "plan_year": plan_year, "doubts": doubts, "form": form, "problem": problem, "may": may,
        "seen": edition_cycle.would_be(plan_year) if may else "", "words": year_cycle.WORDS[plan_year.status],
    }  # fmt: skip
    return render(request, "reporting/edition_new.html", context, status=status)


def _edition(request, plan_year, number: int) -> ReportEdition:
    """404 for an edition that the person may not read."""
    seen = ReportEdition.objects.with_steps().visible_to(request.user).filter(plan_year=plan_year)
    edition = get_object_or_404(seen, number=number)
    edition.plan_year = plan_year
    return edition


@require_GET
@with_plan_year
def edition_detail(request, plan_year, number):
    edition = _edition(request, plan_year, number)
    office = can_move_edition(request.user)
    standing = ReportEdition.objects.light().standing(plan_year)
    before = edition.before or (edition.predecessor if office else None)
    made = {build.kind: build for build in reversed(edition.builds.filter(excerpt=""))}  # the newest of each
    context = {
        "plan_year": plan_year,
        "edition": edition,
        "report": edition.report,
        "before": before,
        "why": _why_again(edition) if office else "",
        "is_printed": before is not None and before == edition.before,
        "corrections": errata(before.report, edition.report) if before else (),
        "files": [(kind, made.get(key)) for key, kind in KINDS.items()],
        "is_whole": all(build and build.status == "done" for build in map(made.get, KINDS)),
        "moves": moves_of(edition, standing) if office else [],
        "office": office,
        "others": ReportEdition.objects.light()
        .visible_to(request.user)
        .filter(plan_year=plan_year)
        .exclude(pk=edition.pk),
    }
    return render(request, "reporting/edition_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@with_plan_year
@movers_only
def edition_step(request, plan_year, number, action):
    edition = _edition(request, plan_year, number)
    move = MOVES.get(action)
    if move is None:
        raise Http404
    errors = edition.step("finalize").open_errors if action == "publish" else []
    form = ReasonForm(_sent(request), required=move.needs_reason or bool(errors))
    offered = move in moves_of(edition, ReportEdition.objects.light().standing(plan_year))
    problem, status = "", 422 if form.errors else 200
    if form.is_valid():
        try:
            getattr(edition_cycle, action)(edition, by=request.user, reason=form.cleaned_data["reason"])
            messages.success(request, move.done.format(edition.label))
            return redirect("reporting:edition_detail", plan_year.plan_id, plan_year.fiscal_year, number)
        except (TransitionError, Conflict) as error:
            problem, status = str(error) if isinstance(error, TransitionError) else CHANGED, 409
    context = {
        "plan_year": plan_year, "edition": edition, "move": move, "title": move.title.format(edition.label),
        "errors": errors, "form": form, "problem": problem, "may": offered,
        "told_by": _told_by(edition) if action == "withdraw" else [],
    }  # fmt: skip
    return render(request, "reporting/edition_step.html", context, status=status)


def _why_again(edition: ReportEdition) -> str:
    """Why the year was opened again for this edition."""
    step = edition.predecessor and edition.predecessor.step("reopen")
    return step.reason if step else ""


def _told_by(edition: ReportEdition) -> list[ReportEdition]:
    """Later editions whose 正誤 list prints what was wrong in this one."""
    later = ReportEdition.objects.light().filter(plan_year=edition.plan_year, number__gt=edition.number)
    return [each for each in later.order_by("number") if each.before == edition]


@require_POST
@with_plan_year
@movers_only
def edition_files(request, plan_year, number):
    """Make what is missing of an edition's files."""
    _make_files(request, _edition(request, plan_year, number))
    return redirect("reporting:edition_detail", plan_year.plan_id, plan_year.fiscal_year, number)


def _make_files(request, edition: ReportEdition) -> None:
    try:
        builds.start_all(edition, by=request.user)
    except builds.QueueFull:
        messages.warning(request, builds.FULL)


@require_POST
def build_cancel(request, pk):
    if not permissions.can_build_report(request.user):
        raise Http404
    build = get_object_or_404(ReportBuild, pk=pk)
    if builds.cancel(build):
        messages.success(request, "作るのをやめました。")
    else:
        messages.info(request, "もう終わっています。")
    return redirect("reporting:build_detail", pk)
