"""What members, departments and 福祉総務課 type about opinions. Nothing is cut and nothing is required while it is kept."""

from collections.abc import Mapping, Sequence

from django import forms

from accounts.models import Department
from initiatives import parsing
from initiatives.history import Conflict
from initiatives.models import Initiative, PlanYear, RatingLevel
from initiatives.text_fields import BodyText
from initiatives.versioned_forms import VersionField
from reviews.desk import Desk
from reviews.models import LONGEST, CommitteeReview, Opinion, Response


class OpinionForm(forms.Form):
    """An opinion, and of an initiative an own rating with its reason."""

    text = BodyText(
        longest=LONGEST, label="ご意見", rows=5, help_text="思ったことをそのまま書いてください。短くてもかまいません。"
    )
    rating = forms.ChoiceField(label="あなたなら、どう評価しますか", required=False, widget=forms.RadioSelect)
    rating_reason = BodyText(
        longest=LONGEST, label="そう評価した理由", rows=3, help_text="市の評価とちがうときは、理由を書いてください。"
    )

    def __init__(self, data=None, *, desk: Desk, scale: Sequence[RatingLevel], city_rating: str = ""):
        super().__init__(data, initial=desk.values)
        self.desk, self.city_rating = desk, city_rating
        self.levels = [(level.letter, level.definition) for level in scale]
        self.letters = [letter for letter, _ in self.levels]
        self.fields["rating"].choices = [*((letter, letter) for letter in self.letters), ("", "答えない")]
        for name in set(self.fields) - set(desk.fields):
            del self.fields[name]

    @property
    def seen(self) -> dict[str, str]:
        """What the fields held when the page was made; comes back with the form."""
        if not self.is_bound:
            return {name: self.initial[name] for name in self.fields}
        return {name: _clean(self.data.get(f"seen-{name}", "")) for name in self.fields}

    @property
    def other_letters(self) -> list[str]:
        return [letter for letter in self.letters if letter != self.city_rating]

    def lacks(self) -> bool:
        """Whether something is missing before it is sent; said beside its field."""
        rating, reason = (self.cleaned_data.get(name, "") for name in ("rating", "rating_reason"))
        if rating and rating != self.city_rating and not reason:
            self.add_error("rating_reason", f"市の評価とちがう{rating}を選んだので、理由を書いてください。")
        return bool(self.errors)


class ReplyForm(forms.Form):
    """What a department answers to 福祉総務課."""

    reply = BodyText(longest=LONGEST, label="課の考え", rows=8, help_text="この文は、福祉総務課が読みます。委員には、市の考え方として、福祉総務課がまとめて答えます。")  # fmt: skip

    def __init__(self, data=None, *, seen: str = ""):
        super().__init__(data, initial={"reply": seen})
        self.seen = seen if data is None else _clean(data.get("seen-reply", ""))


QUESTION = "この意見について、課の考えと、これからの見通しを教えてください。"


class AskForm(forms.Form):
    """Which department is asked, and what."""

    department = forms.ModelChoiceField(
        Department.objects.none(), label="聞く課", empty_label="課を選ぶ", widget=forms.Select(attrs={"class": "select"}),
        error_messages={"required": "聞く課を選んでください。"},
    )  # fmt: skip
    question = BodyText(
        longest=LONGEST,
        label="聞きたいこと",
        rows=3,
        help_text="意見の文は、そのまま課に届きます。委員の名前は出ません。",
    )

    def __init__(self, data=None, *, plan_year: PlanYear, first: Department | None = None, question: str = ""):
        super().__init__(data, initial={"department": first, "question": question or QUESTION})
        self.fields["department"].queryset = Department.objects.pickable(plan_year.fiscal_year)


class AnswerForm(forms.Form):
    """市の考え方. Nothing is required while it is a draft."""

    version = VersionField()
    opinion_version = VersionField()
    kind = forms.ChoiceField(label="対応", choices=[*Response.Kind.choices, ("", "まだ決めていない")], required=False, widget=forms.RadioSelect)  # fmt: skip
    text = BodyText(longest=LONGEST, label="市の考え方", rows=8, help_text="確定すると、委員が読めます。")

    def __init__(self, data=None, *, opinion: Opinion):
        answer = getattr(opinion, "response", None)
        kept = {"kind": answer.kind, "text": answer.text, "version": answer.version} if answer else {"version": 0}
        super().__init__(data, initial=kept | {"opinion_version": opinion.version})

    @property
    def values(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("kind", "text")}


class PublishForm(forms.Form):
    """In which words the opinion stands in the published table."""

    version = VersionField()
    summary = BodyText(
        longest=LONGEST,
        label="意見の要旨",
        rows=4,
        help_text="公表する表に載る言葉です。委員の名前や、だれの意見か分かる言い回しを入れないでください。",
    )

    def __init__(self, data=None, *, response: Response):
        super().__init__(data, initial={"summary": response.summary, "version": response.version})


class FollowUpForm(forms.Form):
    """What is left to the next year, beside which initiative."""

    version = VersionField()
    text = BodyText(longest=LONGEST, label="次の年度にすること", rows=3, help_text="次の年度に、担当課の記入の画面と、引き継ぎの一覧に出ます。空にすると、引き継ぎをやめます。")  # fmt: skip
    code = forms.CharField(
        label="取組の番号", required=False, max_length=20, widget=forms.TextInput(attrs={"class": "input"}),
        help_text="この取組を書く課の画面に出ます。空にすると、引き継ぎの一覧だけに出ます。",
    )  # fmt: skip

    def __init__(self, data=None, *, opinion: Opinion):
        left = getattr(opinion, "follow_up", None)
        self.opinion = opinion
        initiative = left.initiative if left else opinion.initiative
        kept = {"text": left.text if left else "", "version": left.version if left else 0}
        super().__init__(data, initial=kept | {"code": initiative.code if initiative else ""})

    def clean_code(self) -> Initiative | None:
        code = parsing.code_form(self.cleaned_data["code"])
        if not code:
            return None
        found = Initiative.objects.filter(plan=self.opinion.plan_year.plan_id, code=code).first()
        if found is None:
            raise forms.ValidationError(f"「{code}」という番号の取組は、この計画にありません。")
        return found


class DoneForm(forms.Form):
    """What was done about a follow-up."""

    version = VersionField()
    done_words = BodyText(longest=LONGEST, label="したこと", rows=2)


class ReviewForm(forms.Form):
    """講評 of a goal or of the whole."""

    version = VersionField()
    heading = forms.CharField(label="見出し", max_length=200, required=False, widget=forms.TextInput(attrs={"class": "input"}))  # fmt: skip
    text = BodyText(
        label="講評", rows=14, help_text="報告書に、委員会の講評として印刷します。1行が1つの段落になります。"
    )

    def __init__(self, data=None, *, review: CommitteeReview):
        super().__init__(
            data,
            initial={"heading": review.heading, "text": review.text, "version": review.version if review.pk else 0},
        )

    @property
    def values(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("heading", "text")}


def version_of(data: Mapping[str, str]) -> int:
    """The version that a page of one button says it shows; a page that does not say is an old one."""
    version = data.get("version", "")
    if not version.isdecimal():
        raise Conflict("版")
    return int(version[:9])


def _clean(text: str) -> str:
    try:
        return parsing.clean_text(text)
    except parsing.ParsingError:
        return text
