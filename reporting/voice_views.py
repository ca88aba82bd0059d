"""市民の意見 for 福祉総務課: the call, the list, and one opinion."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from initiatives.gate import only_for
from initiatives.history import Conflict
from initiatives.plan_years import with_plan_year
from reporting import voices
from reporting.models import ReportEdition, Voice
from reporting.permissions import can_answer_voices
from reporting.voice_forms import CallForm, VoiceForm

answerers_only = only_for(can_answer_voices)
PAGE = 50


def _edition(plan_year) -> ReportEdition | None:
    """What the public reads and writes about. Its text is long, and read only where it is asked for."""
    return ReportEdition.objects.light().public().filter(plan_year=plan_year).first()


def _tell_about(found: list[Voice], edition: ReportEdition | None) -> None:
    if found:
        voices.tell_about(found, edition and edition.report)


@require_GET
@with_plan_year
@answerers_only
def voice_list(request, plan_year):
    """All opinions, those that nobody has read first."""
    call, edition, today = voices.call_of(plan_year), _edition(plan_year), timezone.localdate()
    found = Voice.objects.filter(call__plan_year=plan_year)
    listed = Paginator(found.order_by(voices.UNREAD_FIRST, "-sent_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    _tell_about(list(listed), edition)
    context = {
        "plan_year": plan_year,
        "call": call,
        "is_public": edition is not None,
        "is_open": bool(call and edition and call.is_open(today)),
        "is_over": bool(call and call.closes_on < today),
        "voices": listed,
        "unread": found.filter(state=Voice.State.UNREAD).count(),
    }
    return render(request, "reporting/voice_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@with_plan_year
@answerers_only
def voice_call(request, plan_year):
    call = voices.call_of(plan_year)
    form = CallForm(request.POST if request.method == "POST" else None, call=call)
    status = 200
    if form.is_bound and form.is_valid():
        try:
            voices.set_call(plan_year, by=request.user, **form.cleaned_data)
            messages.success(request, "意見の募集の日を決めました。")
            return redirect("reporting:voice_list", plan_year.plan_id, plan_year.fiscal_year)
        except Conflict:
            form.carry_on(call.version if call else 0)
            status = 409
    elif form.is_bound:
        status = 422
    context = {"plan_year": plan_year, "form": form, "call": call, "is_public": _edition(plan_year) is not None}
    return render(request, "reporting/voice_call.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@with_plan_year
@answerers_only
def voice_edit(request, plan_year, pk):
    voice = get_object_or_404(Voice, pk=pk, call__plan_year=plan_year)
    form = VoiceForm(request.POST if request.method == "POST" else None, voice=voice)
    status = 200
    if form.is_bound and form.is_valid():
        try:
            saved = voices.save(voice, **form.values, by=request.user, version=form.cleaned_data["version"])
            messages.success(request, _done(voice) if saved else "変わったところはありません。")
            return redirect("reporting:voice_list", plan_year.plan_id, plan_year.fiscal_year)
        except Conflict:
            voice.refresh_from_db()
            form.carry_on(voice.version)
            status = 409
    elif form.is_bound:
        status = 422
    _tell_about([voice], _edition(plan_year))
    return render(
        request, "reporting/voice_edit.html", {"plan_year": plan_year, "voice": voice, "form": form}, status=status
    )


def _done(voice: Voice) -> str:
    return "意見を公開しました。" if voice.state == Voice.State.SHOWN else "意見を公開しないことにしました。"
