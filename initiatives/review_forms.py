"""What is sent from the pages of confirmation and review."""

from django import forms

from initiatives.models import EntryPart

REASON_MAX = 2000


class StepForm(forms.Form):
    """One step of one part. `version` is that of the words the person read; `next` where to go on."""

    version = forms.IntegerField()
    reason = forms.CharField(
        label="理由",
        max_length=REASON_MAX,
        required=False,
        error_messages={"max_length": "理由が長すぎます。%(limit_value)d字までにしてください。"},
    )
    next = forms.CharField(required=False)


class Words(forms.CharField):
    """A text exactly as typed; only the line ends that a browser sends become ours."""

    widget = forms.Textarea

    def __init__(self, **kwargs):
        super().__init__(strip=False, required=False, **kwargs)

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n").replace("\r", "\n")


class CorrectionForm(forms.Form):
    """軽微な修正: the wording of a submitted part."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    result = Words(label="実績")
    issues = Words(label="課題と次年度の予定")

    def __init__(self, data=None, *, part: EntryPart):
        super().__init__(data, initial={"version": part.version, "result": part.result, "issues": part.issues})
        self.part = part
        for name in ("result", "issues"):
            self.fields[name].widget.attrs = {"class": "textarea", "rows": 6}

    def clean_result(self):
        text = self.cleaned_data["result"]
        if self.part.result and not text.strip():
            raise forms.ValidationError("実績の文が空です。全部を消すのは軽微な修正ではないので、差し戻してください。")
        return text

    @property
    def corrected(self) -> dict[str, str]:
        """Texts that a person changed; a text that differs in its line ends alone is the same text."""
        given = {name: self.cleaned_data[name] for name in ("result", "issues")}
        return {name: text for name, text in given.items() if text != Words().to_python(getattr(self.part, name))}


class RatingForm(forms.Form):
    """Another rating for the initiative than the lead's. `entry_version` is that of the rating the person read."""

    entry_version = forms.IntegerField()
    rating = forms.CharField(label="取組の評価", max_length=4, required=False)
    rating_reason = forms.CharField(label="理由", max_length=REASON_MAX, required=False)
