"""What is sent from the pages of confirmation and review."""

from django import forms

from initiatives import thread
from initiatives.models import EntryPart, FieldComment

REASON_MAX = 2000
COMMENT = "comment-"


class ShortText(forms.CharField):
    """A reason, a comment or a message."""

    def __init__(self, label: str, *, most: int = REASON_MAX, **kwargs):
        too_long = f"{label}が長すぎます。%(limit_value)d字までにしてください。"
        super().__init__(label=label, max_length=most, error_messages={"max_length": too_long}, **kwargs)


class StepForm(forms.Form):
    """One step of one part. `version` is that of the words the person read; `next` where to go on.

    A comment on a field comes as comment-<field>.
    """

    version = forms.IntegerField()
    reason = ShortText("理由", required=False)
    next = forms.CharField(required=False)

    def __init__(self, data=None):
        super().__init__(data)
        for name, label in FieldComment.Field.choices:
            self.fields[COMMENT + name] = ShortText(f"「{label}」への指摘", required=False)

    @property
    def comments(self) -> dict[str, str]:
        """What was asked, by field."""
        return {name: self.cleaned_data.get(COMMENT + name, "") for name in FieldComment.Field.values}

    @property
    def problem(self) -> str:
        """What is wrong with a text, in words; "" when all may be kept."""
        self.is_valid()
        return next((lines[0] for name, lines in self.errors.items() if name not in ("version", "next")), "")

    @property
    def typed(self) -> list[tuple[str, str]]:
        """The texts as they were typed, with their labels, to be shown again when the step was not taken."""
        texts = ((name, self.data.get(name, "")) for name in self.fields if name not in ("version", "next"))
        return [(self.fields[name].label, text) for name, text in texts if text.strip()]


class MessageForm(forms.Form):
    """A question or an answer; 福祉総務課 may also say that no answer is needed."""

    text = ShortText("質問や返事", most=thread.LONGEST, required=False)
    settled = forms.BooleanField(required=False)
    next = forms.CharField(required=False)

    def __init__(self, data, *, from_office: bool):
        super().__init__(data)
        self.from_office = from_office

    def clean(self):
        given = self.cleaned_data
        if given.get("settled") and self.from_office and not given.get("text"):
            given["text"] = thread.NO_ANSWER_NEEDED
        if "text" in given and not given["text"]:
            self.add_error("text", "文が空です。書いてから送ってください。")
        return given


class QueueForm(forms.Form):
    """What the queue is narrowed by. A value that is no number narrows nothing."""

    department = forms.IntegerField(required=False, min_value=1, max_value=10**9)
    goal = forms.IntegerField(required=False, min_value=1, max_value=10**4)

    @property
    def conditions(self) -> dict[str, int]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value is not None}


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
