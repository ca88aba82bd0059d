from django import forms

from initiatives.text_fields import BodyText
from initiatives.versioned_forms import VersionedForm
from initiatives.year_forms import DateInput, near
from reporting.meetings import FIELDS
from reporting.models import Meeting, ReportEdition


class MeetingForm(VersionedForm):
    """When a meeting is held and what about."""

    number = forms.IntegerField(
        label="第何回", min_value=1, max_value=99, widget=forms.NumberInput(attrs={"class": "input"})
    )
    held_on = forms.DateField(label="開催日", widget=DateInput())
    place = forms.CharField(
        label="場所", required=False, max_length=100, widget=forms.TextInput(attrs={"class": "input"})
    )
    agenda = BodyText(label="議題", rows=5, help_text="1行に1つずつ書いてください。委員の画面に出ます。")
    edition = forms.IntegerField(
        label="報告書の版", required=False, min_value=1, max_value=99, widget=forms.NumberInput(attrs={"class": "input"}),
        help_text="確定した報告書を見た会議のときだけ、その版の番号を書いてください。",
    )  # fmt: skip

    def __init__(self, data=None, *, meeting: Meeting):
        self.meeting = meeting
        kept = {name: getattr(meeting, name) for name in FIELDS}
        super().__init__(data, initial=kept | {"version": meeting.version if meeting.pk else 0})

    def clean_held_on(self):
        return near(self.cleaned_data["held_on"])

    def clean_edition(self):
        number = self.cleaned_data["edition"]
        if number and not ReportEdition.objects.filter(plan_year=self.meeting.plan_year, number=number).exists():
            raise forms.ValidationError(f"この年度の報告書に、第{number}版はありません。")
        return number

    @property
    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in FIELDS}
