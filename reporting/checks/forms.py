from django import forms

from initiatives.checking.finding import SEVERITIES
from initiatives.models import PlanYear
from initiatives.text_fields import CleanText
from reporting.checks.run import CHECKS
from reporting.checks.year import STATES, Judged
from reporting.models import CheckDecision


class FilterForm(forms.Form):
    """Which findings to list. Nonsense in the address is no condition."""

    state = forms.ChoiceField(label="状態", required=False)
    severity = forms.ChoiceField(label="重さ", required=False)
    kind = forms.ChoiceField(label="種類", required=False)
    goal = forms.ChoiceField(label="目標", required=False)
    department = forms.ChoiceField(label="課", required=False)

    def __init__(self, data, *, plan_year: PlanYear, found: list[Judged], goals: list[tuple[int, str]]):
        super().__init__(data)
        kinds = {one.finding.check for one in found}
        departments = sorted({name for one in found for name in one.finding.departments})
        term = plan_year.plan.goal_term
        self.fields["goal"].label = term
        self._choices("state", [("todo", "まだのもの"), *STATES.items(), ("all", "すべて")], blank=None)
        self._choices("severity", list(SEVERITIES.items()))
        self._choices("kind", [(name, check.title) for name, check in CHECKS.items() if name in kinds])
        self._choices(
            "goal", [("0", "報告書全体"), *((str(number), f"{term}{number} {name}") for number, name in goals)]
        )
        self._choices("department", [(name, name) for name in departments])

    def _choices(self, name: str, choices: list[tuple[str, str]], blank: str | None = "すべて") -> None:
        self.fields[name].choices = choices if blank is None else [("", blank), *choices]

    @property
    def conditions(self) -> dict[str, str]:
        self.full_clean()
        given = {name: value for name, value in getattr(self, "cleaned_data", {}).items() if value}
        return {"state": "todo"} | given


class DecisionForm(forms.Form):
    """What was decided about one finding, and for which words it was seen."""

    kind = forms.ChoiceField(choices=CheckDecision.Kind)
    basis = forms.CharField(max_length=24)
    reason = CleanText(label="理由", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def clean(self):
        data = super().clean()
        if data.get("kind") == CheckDecision.Kind.ACCEPT and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "このままでよい理由を書いてください。あとで見る人に、わけが伝わります。")
        return data
