from django import forms

from initiatives.forms import UploadField


class SurveyForm(forms.Form):
    file = UploadField(
        label="書いた調査票（.xlsx）",
        help_text="このページからダウンロードして書いたファイルを選びます。5MBまでです。",
    )
