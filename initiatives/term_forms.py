from django import forms

from initiatives import dictionary
from initiatives.checking import terms
from initiatives.models import Term
from initiatives.text_fields import CleanText


class TermFilterForm(forms.Form):
    """Which lines of the dictionary to show. Nonsense in the address is no condition."""

    q = forms.CharField(label="ことば", required=False, max_length=60)
    kind = forms.ChoiceField(label="種類", required=False, choices=[("", "すべて"), *terms.KINDS.items()])

    def chosen(self, lines: list[dictionary.Line]) -> list[dictionary.Line]:
        self.full_clean()
        given = getattr(self, "cleaned_data", {})
        words, kind = given.get("q", "").strip(), given.get("kind", "")
        return [
            line
            for line in lines
            if (not kind or line.words.kind == kind)
            and any(words in text for text in (line.words.word, line.words.right, line.words.why))
        ]


class TermForm(forms.ModelForm):
    """A word of the city's own. `city`: the dictionary must not hold the word twice, Ayumi's own included."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Term
        fields = ["kind", "word", "right", "why", "allowed"]
        field_classes = dict.fromkeys(("word", "right", "why", "allowed"), CleanText)
        widgets = {
            "kind": forms.Select(attrs={"class": "select"}),
            "word": forms.TextInput(attrs={"class": "input"}),
            "right": forms.TextInput(attrs={"class": "input"}),
            "why": forms.TextInput(attrs={"class": "input"}),
            "allowed": forms.Textarea(attrs={"class": "textarea", "rows": 3}),
        }
        help_texts = {
            "kind": "「委員会の決まり」は「直すところ」に、ほかは「確認してほしいところ」に出ます。",
            "word": "この書き方を、文の中から見つけます。",
            "right": "代わりに書くことば。「カタカナ語」では、添える説明です。「呼び方の混在」では、もう1つの呼び方です。",
            "why": "書く人に見せます。",
            "allowed": "このことばの中にあるときは、見つけません。1行に1つ。例：「障がい」に「障がい者スポーツ協会」",
        }

    def __init__(self, data=None, *, instance: Term, city: str):
        super().__init__(data, instance=instance, initial={"version": instance.version})
        self.city = city
        self.fields["kind"].choices = list(terms.KINDS.items())

    def clean_allowed(self):
        return "\n".join(filter(None, map(str.strip, self.cleaned_data["allowed"].splitlines())))

    def clean(self):
        given = self.cleaned_data
        word, right = given.get("word"), given.get("right")
        if word and word == right:
            self.add_error("right", "見つける書き方と同じです。違うことばを書いてください。")
        strange = [longer for longer in given.get("allowed", "").splitlines() if word and word not in longer]
        if strange:
            self.add_error(
                "allowed", f"「{strange[0]}」の中に「{word}」がありません。「{word}」を含むことばを書いてください。"
            )
        key = given.get("kind"), word
        others = [line for line in dictionary.lines(self.city) if line.own is None or line.own.pk != self.instance.pk]
        if any(line.words.key == key for line in others):
            self.add_error("word", f"「{word}」は、もう用語集にあります。")
        return given

    def validate_constraints(self):
        """Told in clean, in words that also cover Ayumi's own."""


class UseForm(forms.Form):
    """Whether a word is to be looked for. Stopping needs a reason."""

    kind = forms.ChoiceField(choices=list(terms.KINDS.items()))
    word = forms.CharField(max_length=60)
    used = forms.TypedChoiceField(choices=[("1", "使う"), ("0", "使わない")], coerce=lambda value: value == "1")
    reason = forms.CharField(required=False, max_length=200)

    def clean(self):
        given = self.cleaned_data
        if given.get("used") is False and not given.get("reason", "").strip():
            self.add_error("reason", "使わない理由を書いてください。変更の記録に残ります。")
        return given
