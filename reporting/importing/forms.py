from django import forms
from django.core.exceptions import ValidationError

from initiatives import fiscal_year as fy
from initiatives.forms import UploadField
from reporting.importing.compare import Answers, Question

NEW = "+"


class UploadForm(forms.Form):
    """Which year, which file."""

    fiscal_year = forms.CharField(
        label="年度",
        max_length=20,
        help_text="「令和6年度」「R6」「2024」のように書いてください。ファイルの題の年度と同じにします。",
        error_messages={"required": "年度を書いてください。"},
    )
    file = UploadField(
        label="取組調査票のExcel、またはCSVとJSONのフォルダー",
        help_text="5MBまでの .xlsx です。計算式、マクロ、パスワードは取り除いておいてください。フォルダーは .zip に圧縮して選びます。",
        accept=".xlsx,.zip",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["fiscal_year"].widget.attrs["class"] = "input"

    def clean_fiscal_year(self) -> int:
        try:
            year = fy.parse(self.cleaned_data["fiscal_year"])
            fy.label(year)
            return year
        except fy.FiscalYearError as error:
            raise ValidationError(str(error)) from error


class AnswersForm(forms.Form):
    """One select for each question; `answers` adds what was answered to what was known."""

    def __init__(self, questions: list[Question], departments: list[str], *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.questions = {f"q{number}": question for number, question in enumerate(questions)}
        for name, question in self.questions.items():
            self.fields[name] = (
                self._plan(question) if question.kind == "plan" else self._department(question, departments)
            )
            self.fields[name].widget.attrs["class"] = "select"

    @staticmethod
    def _plan(question: Question) -> forms.ChoiceField:
        choices = [
            ("", "選んでください"),
            *((name, name) for name in question.choices),
            (NEW, f"新しい計画「{question.name}」をつくる"),
        ]
        return forms.ChoiceField(
            label="計画",
            choices=choices,
            help_text=str(question),
            error_messages={"required": "計画を選んでください。"},
        )

    @staticmethod
    def _department(question: Question, departments: list[str]) -> forms.ChoiceField:
        others = [name for name in departments if name not in question.choices]
        choices = [
            ("", "選んでください"),
            *((name, name) for name in (*question.choices, *others)),
            (NEW, f"新しい課「{question.name}」として登録する"),
        ]
        return forms.ChoiceField(
            label=f"資料の「{question.name}」",
            choices=choices,
            help_text=f"{question.where}にあります。登録にない名前です。",
            error_messages={"required": "どの課のことか、選んでください。"},
        )

    def answers(self, known: Answers) -> Answers:
        plan, departments, add = known.plan, dict(known.departments), set(known.add)
        for name, question in self.questions.items():
            answer = self.cleaned_data[name]
            if question.kind == "plan":
                plan = question.name if answer == NEW else answer
            elif answer == NEW:
                add.add(question.name)
            else:
                departments[question.name] = answer
        return Answers(plan, departments, frozenset(add))
