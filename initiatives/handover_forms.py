from django import forms
from django.core.exceptions import ValidationError

from initiatives import parsing


class HandoverForm(forms.Form):
    """A note, and the one it was written on (`seen`)."""

    text = forms.CharField(
        label="引継ぎメモ", required=False, strip=False, max_length=10_000,
        widget=forms.Textarea(attrs={"class": "textarea", "rows": 8}),
        help_text="次にこの仕事をする人のために書きます。数え方、資料の場所、相手の連絡先などです。読めるのは課の人と、課を引き継ぐ課の人だけです。",
        error_messages={"max_length": "%(limit_value)d文字までで書いてください（今は%(show_value)d文字です）。"},
    )  # fmt: skip
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean_text(self) -> str:
        try:
            return parsing.clean_text(self.cleaned_data["text"])
        except parsing.ParsingError as error:
            raise ValidationError(str(error)) from error
