from django import forms

from initiatives.text_fields import BodyText


class HandoverForm(forms.Form):
    """A note, and the one it was written on (`seen`)."""

    text = BodyText(
        label="引継ぎメモ", longest=10_000, widget=forms.Textarea(attrs={"class": "textarea", "rows": 8}),
        help_text="次にこの仕事をする人のために書きます。数え方、資料の場所、相手の連絡先などです。読めるのは課の人と、課を引き継ぐ課の人だけです。",
    )  # fmt: skip
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
