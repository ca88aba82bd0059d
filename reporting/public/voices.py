"""意見を送る: the one public page that takes something in, and what the city has shown of it.

Nobody is signed in here and no cookie is set, so there is nothing that another site could misuse by sending a form in
a reader's name. That a form comes from a page of ours tells the mark in it, which is ours and a day old at most; it
also makes of two presses one opinion.
"""

import secrets

from django import forms
from django.conf import settings
from django.core import signing
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from initiatives.text_fields import BodyText, CleanText
from reporting import voices as opinions
from reporting.models import Voice, VoiceCall
from reporting.public import answers, pages, source
from reporting.public.answers import NotThere, public
from reporting.public.search import pager
from reporting.public.source import SEND, Site

METHODS = (*answers.READING, "POST")
PAGE = 50  # opinions on a page
_DAY = 24 * 60 * 60
_signer = signing.TimestampSigner(salt="reporting.public.voices")


class VoiceForm(forms.Form):
    """What a reader sends. `sending`: which page it comes from, once the mark was found to be ours."""

    sending = ""

    mark = forms.CharField(required=False, widget=forms.HiddenInput)
    about = forms.ChoiceField(
        label="何についての意見ですか", required=False, widget=forms.Select(attrs={"class": "select"})
    )
    text = BodyText(
        label="意見", required=True, longest=opinions.LONGEST, widget=forms.Textarea(attrs={"class": "textarea", "rows": 8}),
        help_text=f"{opinions.LONGEST:,}字までです。住所や電話番号など、ほかの人に知られて困ることは書かないでください。",
        error_messages={"required": "意見を書いてください。"},
    )  # fmt: skip
    name = CleanText(
        label="名前", required=False, max_length=40, widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
        help_text="書いた名前は、意見といっしょに公開することがあります。",
        error_messages={"max_length": "名前は40字までにしてください。"},
    )  # fmt: skip
    # Nobody sees it; programs that fill in every field do.
    address = forms.CharField(
        label="ここには何も書かないでください", required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )  # fmt: skip

    def __init__(self, data=None, *, site: Site, asked: str):
        asked = data.get("about", "") if data else asked
        offered = opinions.subjects(site.report, (row for row in site.report.rows if row.code == asked))
        super().__init__(data, initial={"about": asked if asked in offered else ""})
        self.fields["about"].choices = offered.items()
        self.fields["about"].error_messages["invalid_choice"] = "一覧の中から選んでください。"

    def clean(self):
        """The mark is of this page and of the last day, and what nobody sees is empty."""
        try:
            self.sending = _signer.unsign(self.data.get("mark", ""), max_age=_DAY)
        except signing.BadSignature:
            self.add_error(
                None,
                "この画面を開いてから時間がたちました。書いた文は残っています。もう一度「意見を送る」を押してください。",
            )
        if self.data.get("address"):
            self.add_error(
                None, "見えない欄に文字が入っていたので、消しました。もう一度「意見を送る」を押してください。"
            )
        return self.cleaned_data

    def renew(self) -> None:
        """As it goes back to the reader: with a mark that holds, and nothing where nothing belongs."""
        mark = self.data.get("mark") if self.sending else _signer.sign(secrets.token_urlsafe(16))
        if self.is_bound:
            self.data = self.data.copy()
            self.data.setlist("mark", [mark])
            self.data.setlist("address", [""])
        self.initial["mark"] = mark


def _voices(request, plan_id, fiscal_year, number=None):
    site = source.site(plan_id, fiscal_year, number)
    if site is None or not site.edition.voices or not site.is_newest:
        raise NotThere
    call = VoiceCall.objects.get(plan_year__plan=plan_id, plan_year__fiscal_year=fiscal_year)
    if request.method == "POST":
        return _send(request, site, call)
    form = VoiceForm(site=site, asked=request.GET.get("about", "")) if site.edition.voices == SEND else None
    return _page(request, site, call, form)


voices = public(_voices, methods=METHODS)


def _send(request: HttpRequest, site: Site, call: VoiceCall) -> HttpResponse:
    form = VoiceForm(request.POST, site=site, asked="")
    if not form.is_valid():
        return _page(request, site, call, form, status=422)
    values = {name: form.cleaned_data[name] for name in ("about", "name", "text")}
    try:
        opinions.send(call, values, sending=form.sending, address=_address(request))
    except opinions.Closed as error:
        form.add_error(None, f"{error}書いた文は、下に残っています。")
        return _page(request, site, call, form, status=409)
    except opinions.TooMany as error:
        form.add_error(None, str(error))
        return _page(request, site, call, form, status=429)
    return HttpResponseRedirect(site.address("voices_sent"), headers={"Cache-Control": "no-store"})


def _address(request: HttpRequest) -> str:
    """Of the reader: behind a proxy what that one saw, which it writes last; never what a reader may write before it."""
    seen = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.BEHIND_PROXY else ""
    return seen.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")


def _page(request, site: Site, call: VoiceCall, form: VoiceForm | None, *, status: int = 200) -> HttpResponse:
    if form is not None:
        form.renew()
    shown = Voice.objects.filter(call=call, state=Voice.State.SHOWN).order_by("-sent_at", "-pk")
    listed = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    opinions.tell_about(listed, site.report)
    title = "意見を送る" if site.edition.voices == SEND else "寄せられた意見"
    body = pages.render(
        site, "voices", title, f"{site.report.title}への意見と、市の考え方。", page="voices",
        form=form, call=call, voices=listed, pager=pager(listed, lambda number: f"page={number}"), places=site.content.places, heading=title,
    )  # fmt: skip
    return HttpResponse(body, status=status, content_type=answers.HTML, headers={"Cache-Control": "no-store"})


def sent_page(site: Site) -> str:
    if not site.edition.voices:
        raise NotThere
    return pages.render(site, "voices_sent", "意見を受け取りました", "意見を受け取りました。", page="voices_sent")


sent = answers.page(sent_page)
