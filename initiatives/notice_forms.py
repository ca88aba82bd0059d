from django import forms

from initiatives.models import Mail


class WordsForm(forms.Form):
    """The paragraphs around a mass notice."""

    opening = forms.CharField(
        label="はじめの文",
        required=False,
        max_length=2000,
        help_text="名前のあと、件数と期限の前に入ります。",
        widget=forms.Textarea(attrs={"class": "textarea", "rows": 4}),
    )
    closing = forms.CharField(
        label="おわりの文",
        required=False,
        max_length=2000,
        help_text="件数と期限のあとに入ります。この2つの文は、送ると次の回の文になります。",
        widget=forms.Textarea(attrs={"class": "textarea", "rows": 3}),
    )

    def clean(self):
        return {name: text.replace("\r\n", "\n").strip() for name, text in self.cleaned_data.items()}


class LogFilterForm(forms.Form):
    TROUBLE = "trouble"
    STATES = {"": "すべて", TROUBLE: "届いていないかもしれないもの"} | dict(Mail.State.choices)

    state = forms.ChoiceField(label="状態", required=False, choices=list(STATES.items()))
