from django import forms

from initiatives.text_fields import BodyText
from initiatives.versioned_forms import VersionedForm
from initiatives.year_forms import DateInput, near
from reporting.models import Voice, VoiceCall


class CallForm(VersionedForm):
    """From when until when the public can send opinions."""

    opens_on = forms.DateField(label="最初の日", widget=DateInput(), help_text="この日から送れます。")
    closes_on = forms.DateField(
        label="最後の日", widget=DateInput(),
        help_text="この日の終わりまで送れます。早く終えるときは、昨日までの日にしてください。",
    )  # fmt: skip

    def __init__(self, data=None, *, call: VoiceCall | None):
        kept = {"opens_on": call.opens_on, "closes_on": call.closes_on} if call else {}
        super().__init__(data, initial=kept | {"version": call.version if call else 0})

    def clean_opens_on(self):
        return near(self.cleaned_data["opens_on"])

    def clean_closes_on(self):
        return near(self.cleaned_data["closes_on"])

    def clean(self):
        opens, closes = self.cleaned_data.get("opens_on"), self.cleaned_data.get("closes_on")
        if opens and closes and closes < opens:
            self.add_error("closes_on", "最初の日か、それよりあとの日にしてください。")
        return self.cleaned_data


class VoiceForm(VersionedForm):
    """Whether an opinion is shown, and what the city thinks of it."""

    state = forms.ChoiceField(
        label="公開するかどうか",
        choices=[choice for choice in Voice.State.choices if choice[0] != Voice.State.UNREAD],
        widget=forms.RadioSelect,
        error_messages={"required": "「公開する」か「公開しない」を選んでください。"},
    )
    answer = BodyText(
        label="市の考え方", rows=5, help_text="公開する意見の下に出ます。書かなければ、意見だけが出ます。"
    )
    reason = BodyText(label="公開しない理由", rows=2, help_text="市の中の記録です。公開はしません。")

    def __init__(self, data=None, *, voice: Voice):
        state = "" if voice.state == Voice.State.UNREAD else voice.state
        kept = {"state": state, "answer": voice.answer, "reason": voice.reason, "version": voice.version}
        super().__init__(data, initial=kept)

    def clean(self):
        if self.cleaned_data.get("state") == Voice.State.HIDDEN and not self.cleaned_data.get("reason"):
            self.add_error("reason", "公開しない理由を書いてください。")
        return self.cleaned_data

    @property
    def values(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("state", "reason", "answer")}
