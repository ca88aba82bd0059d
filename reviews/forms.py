"""What members, departments and 福祉総務課 type about opinions. Nothing is cut and nothing is required while it is kept."""

from collections.abc import Sequence

from django import forms

from initiatives import parsing
from initiatives.models import RatingLevel
from initiatives.part_forms import BodyText
from reviews.desk import Desk
from reviews.models import LONGEST


class Words(BodyText):
    """A text of at most LONGEST letters; a longer one is refused with its length, never cut."""

    def to_python(self, value) -> str:
        text = super().to_python(value)
        if len(text) > LONGEST:
            raise forms.ValidationError(f"長すぎます（{len(text)}字）。{LONGEST}字までにしてください。")
        return text


class OpinionForm(forms.Form):
    """An opinion, and of an initiative an own rating with its reason."""

    text = Words(label="ご意見", rows=5, help_text="思ったことをそのまま書いてください。短くてもかまいません。")
    rating = forms.ChoiceField(label="あなたなら、どう評価しますか", required=False, widget=forms.RadioSelect)
    rating_reason = Words(label="そう評価した理由", rows=3, help_text="市の評価とちがうときは、理由を書いてください。")

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


def _clean(text: str) -> str:
    try:
        return parsing.clean_text(text)
    except parsing.ParsingError:
        return text
