from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Department
from initiatives.models import EntryPart, Goal, PlanYear, Policy, RatingLevel
from initiatives.workbook_reader import MAX_UPLOAD, UNCHANGED


class UploadField(forms.FileField):
    """A file of the kinds that are read here; its size is looked at before its content."""

    default_error_messages = {
        "required": "ファイルを選んでください。",
        "empty": f"このファイルは空です。{UNCHANGED}",
        "missing": "ファイルを選んでください。",
        "invalid": "ファイルを選んでください。",
    }

    def __init__(self, *, accept: str = ".xlsx", **kwargs):
        super().__init__(**kwargs)
        self.widget.attrs |= {"class": "input", "accept": accept}

    def clean(self, data, initial=None):
        file = super().clean(data, initial)
        if file and file.size > MAX_UPLOAD:
            raise ValidationError(
                f"このファイルは約{round(file.size / 1_000_000)}MBあります（上限5MB）。受け付けていません。{UNCHANGED}"
            )
        return file


def printable_name(file) -> str:
    """The file's name as it may be shown."""
    return "".join(filter(str.isprintable, file.name))


class EntryFilterForm(forms.Form):
    """What 一覧 is narrowed by. Every field may be left out; unknown values are refused, not guessed."""

    q = forms.CharField(label="ことば・番号", required=False, max_length=100)
    goal = forms.ChoiceField(label="目標", required=False)
    policy = forms.ChoiceField(label="施策", required=False)
    department = forms.ChoiceField(label="担当課", required=False)
    status = forms.ChoiceField(label="状態", required=False, choices=[("", "すべて"), *EntryPart.Status.choices])
    rating = forms.ChoiceField(label="評価", required=False)
    cross = forms.ChoiceField(
        label="再掲",
        required=False,
        choices=[("", "含める"), ("without", "除く"), ("only", "再掲だけ"), ("written", "課が書くものだけ")],
    )

    def __init__(self, data, *, plan_year: PlanYear):
        super().__init__(data)
        plan = plan_year.plan
        self.fields["goal"].label = plan.goal_term
        self.fields["policy"].label = plan.policy_term
        policies = Policy.objects.filter(goal__plan=plan).select_related("goal").order_by("goal__number", "number")
        goals = Goal.objects.filter(plan=plan).order_by("number")
        departments = Department.objects.filter(ownerships__initiative__plan=plan).distinct()
        self.choose("goal", [(str(goal.number), f"{goal.number} {goal.name}") for goal in goals])
        self.choose("policy", [(policy.code, f"{policy.code} {policy.name}".strip()) for policy in policies])
        self.choose("department", [(str(department.pk), department.name) for department in departments])
        letters = RatingLevel.objects.filter(plan=plan).values_list("letter", flat=True)
        self.choose("rating", [*((letter, letter) for letter in letters), ("unrated", "未評価")])
        for name, field in self.fields.items():
            kind = "input input--sm" if name == "q" else "select select--sm"
            field.widget.attrs["class"] = kind
        self.fields["q"].widget.input_type = "search"

    def choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = [("", "すべて"), *choices]

    @property
    def conditions(self) -> dict:
        """The conditions that hold; a value that is not on offer narrows nothing."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def chips(self) -> list[tuple[str, str]]:
        """(field name, words) of each condition, to show and to take away one by one."""
        words = []
        for name, value in self.conditions.items():
            if name == "q":
                words.append((name, f"「{value}」を含む"))
            else:
                words.append((name, f"{self.fields[name].label}：{dict(self.fields[name].choices)[value]}"))
        return words
