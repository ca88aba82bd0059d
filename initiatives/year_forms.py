from django import forms
from django.utils import timezone

from accounts.models import Department
from initiatives import fiscal_year as fy
from initiatives import opening
from initiatives.models import DeadlineExtension, Plan, PlanYear


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self):
        super().__init__(attrs={"class": "input"}, format="%Y-%m-%d")


class DeadlinesForm(forms.ModelForm):
    """提出期限 of the departments and 意見の期限 of the committee."""

    class Meta:
        model = PlanYear
        fields = ["department_deadline", "committee_deadline"]
        widgets = {"department_deadline": DateInput(), "committee_deadline": DateInput()}
        help_texts = {
            "department_deadline": "この日の終わりまで書けます。",
            "committee_deadline": "委員に知らせる日です。",
        }

    def clean(self):
        first, second = (self.cleaned_data.get(name) for name in self.Meta.fields)
        if first and second and second < first:
            self.add_error("committee_deadline", "各課の提出期限より後の日にしてください。")
        return self.cleaned_data


class ExtensionForm(forms.ModelForm):
    class Meta:
        model = DeadlineExtension
        fields = ["department", "until", "reason"]
        widgets = {
            "department": forms.Select(attrs={"class": "select"}),
            "until": DateInput(),
            "reason": forms.TextInput(attrs={"class": "input"}),
        }

    def __init__(self, *args, plan_year: PlanYear, **kwargs):
        super().__init__(*args, **kwargs)
        self.plan_year = plan_year
        writing = Department.objects.filter(
            parts__entry__initiative__plan=plan_year.plan, parts__entry__fiscal_year=plan_year.fiscal_year
        )
        self.fields["department"].queryset = writing.distinct()
        self.fields["department"].empty_label = "課を選ぶ"

    def clean_until(self):
        until, deadline = self.cleaned_data["until"], self.plan_year.department_deadline
        if until < timezone.localdate():
            raise forms.ValidationError("今日か、今日より後の日にしてください。")
        if deadline and until <= deadline:
            raise forms.ValidationError("提出期限より後の日にしてください。")
        return until


class OpenYearForm(forms.Form):
    """Which year to open, and which of last year's texts to copy."""

    plan = forms.ModelChoiceField(
        Plan.objects.all(), label="計画", empty_label=None, widget=forms.Select(attrs={"class": "select"})
    )
    year = forms.CharField(
        label="年度",
        max_length=10,
        help_text="「令和8年度」「R8」「2026」のように書いてください。",
        widget=forms.TextInput(attrs={"class": "input"}),
    )
    prefill = forms.MultipleChoiceField(
        label="前の年度から写す文",
        choices=list(opening.PREFILLED.items()),
        required=False,
        help_text="選ばなければ空欄から始まります。写さなくても、書くときに前の年度の文が横に出ます。",
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_year(self) -> int:
        try:
            return fy.parse(self.cleaned_data["year"])
        except fy.FiscalYearError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self):
        plan, year = self.cleaned_data.get("plan"), self.cleaned_data.get("year")
        if plan and year and not plan.first_year <= year <= plan.last_year:
            period = f"{fy.label(plan.first_year)}から{fy.label(plan.last_year)}まで"
            self.add_error("year", f"この計画は{period}です。その中の年度にしてください。")
        return self.cleaned_data
