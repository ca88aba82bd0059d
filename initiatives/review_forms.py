"""What is sent from the pages of confirmation and review."""

from django import forms


class StepForm(forms.Form):
    """One step of one part. `version` is that of the words the person read; `next` where to go on."""

    version = forms.IntegerField()
    reason = forms.CharField(
        label="理由",
        max_length=2000,
        required=False,
        error_messages={"max_length": "理由が長すぎます。%(limit_value)d字までにしてください。"},
    )
    next = forms.CharField(required=False)
