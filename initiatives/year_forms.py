from datetime import date, timedelta

from django import forms
from django.utils import timezone

from accounts.models import Department
from initiatives import business_days, opening
from initiatives import fiscal_year as fy
from initiatives.models import DeadlineExtension, Plan, PlanYear


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self):
        super().__init__(attrs={"class": "input"}, format="%Y-%m-%d")


# A date so far off is a slip of the keyboard; counting the business days until then would take a while, too.
FAR = timedelta(days=3 * 366)


def near(day: date) -> date:
    if abs(day - timezone.localdate()) > FAR:
        raise forms.ValidationError("今日から3年以内の日にしてください。")
    return day


class DeadlinesForm(forms.ModelForm):
    """The deadlines of the departments and of their 課長 and the days of the committee, with proposals in business days."""

    # After what, and how many business days later, a deadline is proposed.
    PROPOSED = {
        "department_deadline": ("", 20),
        "manager_deadline": ("department_deadline", 3),
        "committee_start": ("manager_deadline", 10),
        "committee_deadline": ("committee_start", 20),
    }

    class Meta:
        model = PlanYear
        fields = ["department_deadline", "manager_deadline", "committee_start", "committee_deadline"]
        widgets = {name: DateInput() for name in fields}
        help_texts = {
            "department_deadline": "この日の終わりまで書けます。過ぎると書けなくなります。",
            "manager_deadline": "この日までに、課長が確認して送ります。過ぎても送れますが、遅れとして知らせます。",
            "committee_start": "この日から、委員が意見を書けます。決めなければ、委員に開いた日からです。",
            "committee_deadline": "この日の終わりまで、委員が意見を書けます。過ぎると書けなくなります。",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        day, today = None, timezone.localdate()
        for name, (after, count) in self.PROPOSED.items():
            begin = getattr(self.instance, after, None) or day or today
            day = business_days.after(max(begin, today), count)
            since = "今日" if begin <= today else business_days.label(begin)
            if not getattr(self.instance, name):
                self.fields[name].help_text += f"{since}から{count}営業日後は、{business_days.label(day)}です。"

    def clean(self):
        latest = None
        for name in self.Meta.fields:
            day = self.cleaned_data.get(name)
            if day and name in self.changed_data:
                try:
                    near(day)
                except forms.ValidationError as error:
                    self.add_error(name, error)
            if day and latest and day < self.cleaned_data[latest]:
                self.add_error(name, f"{self.fields[latest].label}と同じ日か、後の日にしてください。")
            if day:
                latest = name
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
        until, deadline = near(self.cleaned_data["until"]), self.plan_year.department_deadline
        if deadline is None:
            raise forms.ValidationError("各課の提出期限が、まだありません。先に期限を決めてください。")
        if until < timezone.localdate():
            raise forms.ValidationError("今日か、今日より後の日にしてください。")
        if until <= deadline:
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
