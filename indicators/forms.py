from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError

from indicators import defining
from indicators.models import Figure, FigureRule, Indicator, IndicatorValue
from initiatives import fiscal_year as fy
from initiatives import parsing
from initiatives.models import Plan
from initiatives.text_fields import CleanText

REASON_MAX = 2000
LIMIT = Decimal(10) ** 12  # far beyond any count of a city, well within the column


class Number(forms.CharField):
    """A number as officers write it: full width, with commas or ▲. None for blank. `decimals`: at most so many."""

    width = "n"  # of _field.html

    def __init__(self, *, decimals: int = 4, **kwargs):
        self.decimals = decimals
        attrs = {"class": "input", "inputmode": "decimal", "autocomplete": "off"}
        super().__init__(required=False, widget=forms.TextInput(attrs=attrs), **kwargs)

    def to_python(self, value) -> Decimal | None:
        try:
            number = parsing.parse_number(super().to_python(value))
        except parsing.ParsingError as error:
            raise ValidationError(str(error)) from error
        if number is not None and -number.as_tuple().exponent > self.decimals:
            places = f"小数第{self.decimals}位までの数" if self.decimals else "小数のない数"
            raise ValidationError(f"{places}で書いてください。")
        if number is not None and abs(number) >= LIMIT:
            raise ValidationError("数が大きすぎます。単位を確かめてください。")
        return number

    def prepare_value(self, value):
        """56.0000 of the database as 56."""
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def _text(label: str, rows: int, **kwargs) -> CleanText:
    widget = forms.Textarea(attrs={"class": "textarea", "rows": rows})
    return CleanText(label=label, required=False, max_length=REASON_MAX, widget=widget, **kwargs)


class ValueForm(forms.Form):
    """An indicator's figures of one year. `decides`: also the target, and another rating than the computed one."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    denominator = Number()
    numerator = Number()
    actual = Number()
    not_conducted = forms.BooleanField(label="この年度は未実施", required=False)
    target = Number(label="目標値")
    target_word = forms.ChoiceField(
        label="目標値がないとき",
        required=False,
        choices=[("", "書かない"), (Figure.NOT_SET, "設定なし"), (Figure.UNDER_REVIEW, "検討中")],
        widget=forms.Select(attrs={"class": "select"}),
    )
    note = _text("備考", 2, help_text="数え方が変わったときなどに書きます。庁内の人だけが読めます。")
    rating_override = forms.ChoiceField(
        label="計算と違う評価にする", required=False, widget=forms.Select(attrs={"class": "select"})
    )
    override_reason = _text(
        "計算と違う評価にする理由", 3, help_text="評価を変えるときは、必ず書きます。画面と報告書に、そのまま出ます。"
    )

    def __init__(self, data=None, *, value: IndicatorValue, plan: Plan, decides: bool):
        super().__init__(data, initial=self._shown(value))
        indicator, self.value = value.indicator, value
        self.fields[
            "not_conducted"
        ].help_text = "調査や事業を行わなかった年度です。0とは違い、達成率と評価は出しません。"
        for name, decimals, unit, label in (
            ("denominator", 4, indicator.denominator_unit, indicator.denominator_name),
            ("numerator", 4, indicator.numerator_unit, indicator.numerator_name),
            ("actual", indicator.decimals, indicator.unit, "実績（年度の終わりの累計）" if _cumulates(indicator) else "実績"),
            ("target", indicator.decimals, indicator.unit, "目標値"),
        ):  # fmt: skip
            field = self.fields[name]
            field.decimals, field.label = decimals, f"{label}（{unit}）" if unit else label
        if _cumulates(indicator):
            self.fields["actual"].help_text = "この年度の分ではなく、年度の終わりまでの合計を書きます。"
        unwanted = ["actual"] if indicator.is_ratio else ["numerator", "denominator"]
        if not decides:
            unwanted += ["target", "target_word", "rating_override", "override_reason"]
        else:
            letters = [(level.letter, f"{level.letter}　{level.definition}") for level in plan.scale]
            self.fields["rating_override"].choices = [("", "計算した評価のまま"), *letters]
        for name in unwanted:
            del self.fields[name]

    @staticmethod
    def _shown(value: IndicatorValue) -> dict:
        names = (
            "version",
            "actual",
            "numerator",
            "denominator",
            "target",
            "rating_override",
            "override_reason",
            "note",
        )
        shown = {name: getattr(value, name) for name in names}
        shown["not_conducted"] = value.actual_figure == Figure.NOT_CONDUCTED
        shown["target_word"] = "" if value.target_figure in (Figure.VALUE, Figure.BLANK) else value.target_figure
        return shown

    def clean(self):
        given = self.cleaned_data
        numbers = [given.get(name) for name in ("actual", "numerator", "denominator")]
        if given.get("not_conducted") and any(number is not None for number in numbers):
            self.add_error("not_conducted", "未実施の年度には、数を書けません。どちらかにしてください。")
        if given.get("denominator") == 0:
            self.add_error("denominator", "0では割れません。0だった年度は「未実施」にしてください。")
        if given.get("target") is not None and given.get("target_word"):
            self.add_error("target_word", "目標値の数があるので、「書かない」にしてください。")
        if given.get("rating_override") and not given.get("override_reason"):
            self.add_error("override_reason", "計算と違う評価にする理由を書いてください。")
        return given

    def values(self) -> dict:
        """The fields of IndicatorValue as they were written."""
        given = self.cleaned_data
        values = {"note": given["note"]}
        if self.value.indicator.is_ratio:
            values |= {name: given[name] for name in ("numerator", "denominator")}
            actual = None if given["not_conducted"] else self.value.actual  # what the source states
        else:
            actual = given["actual"]
        word = Figure.NOT_CONDUCTED.label if given["not_conducted"] else ""
        values |= {"actual": actual, "actual_figure": IndicatorValue.figure_of(actual, word)}
        if "target" in given:
            figure = given["target_word"] or IndicatorValue.figure_of(given["target"])
            values |= {"target": given["target"], "target_figure": figure}
            override = given["rating_override"]
            values |= {"rating_override": override, "override_reason": given["override_reason"] if override else ""}
        return {name: str(value) if isinstance(value, Figure) else value for name, value in values.items()}


def _cumulates(indicator: Indicator) -> bool:
    return indicator.accumulation == Indicator.Accumulation.CUMULATIVE


class IndicatorForm(forms.ModelForm):
    """What is measured, how it is computed, and from when until when. It changes figures, so it needs a reason."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    goals = forms.ModelMultipleChoiceField(
        None,
        widget=forms.CheckboxSelectMultiple,
        help_text="2つ以上に載せても、全体では1つと数えます。",
        error_messages={"required": "1つ以上選んでください。"},
    )
    no_change_band = Number(
        label="変化なしの幅",
        help_text="前の値との差がこの幅までなら「変化なし」とします。目標値に近いほどよい指標では、目標値との差にも使います。",
    )
    baseline = Number(
        label="初期値", help_text="計画ができたときの値です。割合で測るときは、下の分母と分子に書きます。"
    )
    baseline_denominator = Number(label="初期値の分母")
    baseline_numerator = Number(label="初期値の分子")
    reason = CleanText(
        max_length=200,
        widget=forms.TextInput(attrs={"class": "input"}),
        help_text="変更の記録に残ります。",
    )

    RATIO = (
        "ratio_name", "denominator_name", "denominator_unit", "numerator_name", "numerator_unit", "baseline_denominator",
        "baseline_numerator",
    )  # fmt: skip

    class Meta:
        model = Indicator
        fields = [
            "name", "unit", "decimals", "source", "department", "kind", "polarity", "accumulation", "survey_years",
            "no_change_band", "prorates_target", "baseline", "ratio_name", "denominator_name", "denominator_unit",
            "numerator_name", "numerator_unit", "baseline_denominator", "baseline_numerator", "first_year", "last_year",
        ]  # fmt: skip
        help_texts = {
            "survey_years": "調査のある年度だけに実績があるとき、「R3 R5 R7」のように書きます。毎年度あるときは、書きません。",
            "prorates_target": "前と後の目標値を直線で結んだ値を、目標値のない年度の「目安」として使います。",
            "ratio_name": "2つの数えた数から割合を計算するときだけ、この欄から下を書きます。例：就労自立者の割合",
            "denominator_name": "例：新規相談件数",
            "numerator_name": "例：就労自立者数",
        }
        widgets = {
            "kind": forms.RadioSelect,
            "polarity": forms.RadioSelect,
            "accumulation": forms.RadioSelect,
            "department": forms.Select(attrs={"class": "select"}),
        }

    field_order = ["version", "name", "goals", "department", "kind", "unit", "decimals", "source", "baseline"]

    def __init__(self, *args, departments, **kwargs):
        super().__init__(*args, **kwargs)
        indicator, plan = self.instance, self.instance.plan
        self.fields["goals"].queryset = plan.goals.order_by("number")
        self.fields["goals"].label = plan.goal_term
        self.fields["goals"].initial = list(indicator.goals.all()) if indicator.pk else []
        self.fields["department"].queryset = departments
        self.fields["department"].empty_label = "決めていない"
        self.fields["reason"].label = "変える理由" if indicator.pk else "加える理由"
        years = [(str(year), fy.label(year)) for year in range(plan.first_year, plan.last_year + 1)]
        for name, label, blank, told in (
            ("first_year", "測り始める年度", "計画のはじめから", "この年度の報告書から、集計に入ります。"),
            ("last_year", "測り終える年度", "決めていない", "この年度まで数えます。その後の年度の一覧、集計、報告書には出ません。"),
        ):  # fmt: skip
            self.fields[name] = forms.TypedChoiceField(
                label=label, choices=[("", blank), *years], coerce=int, empty_value=None, required=False,
                widget=forms.Select(attrs={"class": "select"}), help_text=told,
            )  # fmt: skip
        self.order_fields([name for name in self.fields if name not in (*self.RATIO, "reason")])
        texts = ("name", "unit", "decimals", "source", "survey_years", *self.RATIO[:5])
        for name in texts:
            self.fields[name].widget.attrs["class"] = "input"
        self.fields["decimals"].max_value = 4

    @property
    def main(self):
        """The fields of every indicator."""
        return [field for field in self.visible_fields() if field.name not in (*self.RATIO, "reason")]

    @property
    def ratio(self):
        """Those of one that is computed from two counts."""
        return [self[name] for name in self.RATIO]

    @property
    def is_ratio_open(self) -> bool:
        return any(field.value() or field.errors for field in self.ratio)

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        others = Indicator.objects.filter(plan=self.instance.plan_id).exclude(pk=self.instance.pk)
        if parsing.key(name) in {parsing.key(other) for other in others.values_list("name", flat=True)}:
            raise ValidationError("同じ名前の成果指標があります。終わったものを含めて、名前は1つずつ変えてください。")
        return name

    def clean_decimals(self) -> int:
        decimals = self.cleaned_data["decimals"]
        if decimals > 4:
            raise ValidationError("4までの数にしてください。")
        return decimals

    def clean_no_change_band(self) -> Decimal | None:
        band = self.cleaned_data["no_change_band"]
        if band is not None and band < 0:
            raise ValidationError("0か、0より大きい数にしてください。")
        return band

    def clean_survey_years(self) -> str:
        typed = self.cleaned_data["survey_years"].replace("、", " ").replace("，", " ").replace(",", " ").split()
        plan = self.instance.plan
        try:
            years = sorted({fy.parse(each) for each in typed})
        except fy.FiscalYearError as error:
            raise ValidationError(str(error)) from error
        if any(not plan.first_year <= year <= plan.last_year for year in years):
            raise ValidationError(
                f"この計画は{fy.label(plan.first_year)}から{fy.label(plan.last_year)}までです。その中の年度にしてください。"
            )
        return " ".join(map(fy.short, years))

    def clean(self):
        given = super().clean()
        names = [given.get("denominator_name"), given.get("numerator_name")]
        for name, own, other in (("denominator_name", *names), ("numerator_name", *reversed(names))):
            if other and not own:
                self.add_error(name, "分母と分子の名前は、両方書いてください。")
        if given.get("baseline_denominator") == 0:
            self.add_error("baseline_denominator", "0では割れません。")
        self._clean_years(given.get("first_year"), given.get("last_year"))
        return given

    def _clean_years(self, first: int | None, last: int | None) -> None:
        if first and last and last < first:
            self.add_error("last_year", "測り始める年度か、その後の年度にしてください。")
        elif years := defining.touched_years(self.kept, first, last):
            told = "、".join(f"{year.label}（{year.get_status_display()}）" for year in years)
            self.add_error(
                None,
                f"{told}の成果指標の数が変わってしまいます。確定した年度が変わらないように、年度を選んでください。",
            )

    @property
    def kept(self) -> Indicator:
        """As it is kept: the form sets its own instance."""
        return Indicator.objects.get(pk=self.instance.pk) if self.instance.pk else Indicator(plan=self.instance.plan)

    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class RuleForm(forms.Form):
    """One rule for a figure of an indicator: compared with a number, or with another figure of the same year."""

    NUMBERED = (
        (FigureRule.Kind.AT_LEAST, "次の値以上（最小）"),
        (FigureRule.Kind.AT_MOST, "次の値以下（最大）"),
        (FigureRule.Kind.CHANGE, "前の値からの増減が、次の％まで"),
    )
    PAIRED = (
        (FigureRule.Kind.NOT_ABOVE, "ほかの数以下"),
        (FigureRule.Kind.TOGETHER, "書くときは、ほかの数も書く"),
    )

    measure = forms.ChoiceField(label="どの数", widget=forms.Select(attrs={"class": "select"}))
    kind = forms.ChoiceField(
        label="決まり", choices=(*NUMBERED, *PAIRED), widget=forms.Select(attrs={"class": "select"})
    )
    number = Number(label="くらべる値", help_text="「以上」「以下」「増減」のときに書きます。増減は％の数です。")
    other = forms.ChoiceField(
        label="ほかの数",
        required=False,
        help_text="「ほかの数以下」「ほかの数も書く」のときに選びます。同じ年度の数とくらべます。",
        widget=forms.Select(attrs={"class": "select"}),
    )
    is_must = forms.BooleanField(
        label="公表までに直す",
        required=False,
        help_text="付けると、整合性チェックで「直すところ」になります。付けなければ「確認してほしいところ」です。",
    )
    reason = CleanText(
        label="わけ",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "input"}),
        help_text="決まりに合わないときに、いっしょに出ます。例：市内の施設は23か所です。",
    )

    def __init__(self, data=None, *, indicator: Indicator, others: list[Indicator]):
        """others: the plan's indicators of the year, the indicator among them."""
        super().__init__(data)
        self.indicator, self._pairs = indicator, {}
        self.fields["measure"].choices = _measures(indicator)
        groups = []
        for each in sorted(others, key=lambda other: other.pk != indicator.pk):
            own = [(f"{each.pk}:{measure}", label) for measure, label in _measures(each)]
            self._pairs |= {key: (each, key.partition(":")[2]) for key, _ in own}
            groups.append((f"{each.name}（この指標）" if each.pk == indicator.pk else each.name, own))
        self.fields["other"].choices = [("", "選んでください"), *groups]

    def clean(self):
        given = super().clean()
        numbered = given.get("kind") in dict(self.NUMBERED)
        number, other = given.get("number"), given.get("other")
        if numbered and number is None and "number" not in self.errors:
            self.add_error("number", "くらべる値を書いてください。")
        elif given.get("kind") == FigureRule.Kind.CHANGE and number is not None and number < 0:
            self.add_error("number", "0か、0より大きい数にしてください。")
        elif not numbered and "kind" in given:
            if not other and "other" not in self.errors:
                self.add_error("other", "くらべる数を選んでください。")
            elif other == f"{self.indicator.pk}:{given.get('measure')}":
                self.add_error("other", "同じ数とはくらべられません。ほかの数を選んでください。")
        return given

    def rule(self) -> FigureRule:
        """The rule as it was written, not kept yet. What its kind does not compare with is left out."""
        given, kept = self.cleaned_data, {}
        if given["kind"] in dict(self.NUMBERED):
            kept = {"number": given["number"]}
        else:
            other, measure = self._pairs[given["other"]]
            kept = {"other": other, "other_measure": measure}
        names = ("measure", "kind", "is_must", "reason")
        return FigureRule(indicator=self.indicator, **{name: given[name] for name in names}, **kept)


def _measures(indicator: Indicator) -> list[tuple[str, str]]:
    """The figures that the indicator has, by the names people know them by."""
    own = {"numerator": indicator.numerator_name, "denominator": indicator.denominator_name}
    return [
        (value, own.get(value) or label)
        for value, label in FigureRule.Measure.choices
        if indicator.is_ratio or value not in own
    ]
