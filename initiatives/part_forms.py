"""What a department types into its part of an initiative."""

from django import forms

from initiatives import completeness, parsing, printed_box
from initiatives import fiscal_year as fy
from initiatives.models import EntryPart, Plan
from initiatives.text_fields import BodyText
from initiatives.versioned_forms import VersionField

PART_FIELDS = ("result", "self_rating", "issues", "not_applicable_reason")
ENTRY_FIELDS = ("low_rating_reason", "next_target")  # one for the whole initiative: the lead department's
TEXTS = (*PART_FIELDS, *ENTRY_FIELDS)  # what is saved: the person's own words and rating


def labels(plan: Plan, fiscal_year: int) -> dict[str, str]:
    """What the fields are called in a year, on the page and in the 調査票."""
    year, following = fy.label(fiscal_year), fy.label(fiscal_year + 1)
    named = {
        "result": f"{year}の実績",
        "issues": f"課題と、{following}に予定している{plan.initiative_term}",
        "next_target": f"{following}の目標",
    }
    return {name: named.get(name, field.label) for name, field in PartForm.base_fields.items() if name in TEXTS}


class Rating(forms.ChoiceField):
    """A letter of the plan's scale. What is kept already is one: the scale need not be read to take it again."""

    kept = ""

    def valid_value(self, value: str) -> bool:
        return value == self.kept or super().valid_value(value)


class PartForm(forms.Form):
    """Nothing is required: what is missing is asked for when the part is sent (completeness.missing)."""

    version = VersionField(widget=forms.NumberInput)
    entry_version = VersionField(widget=forms.NumberInput)
    result = BodyText(help_text="何を、どれだけ行ったかを書いてください。課名は、報告書で自動で付きます。")
    self_rating = Rating(
        label="評価",
        required=False,
        widget=forms.RadioSelect,
        help_text="目標にどれだけ届いたかで選んでください。",
    )
    low_rating_reason = BodyText(
        label="低評価の理由", rows=3, help_text="なぜ届かなかったか、何が妨げになったかを書いてください。"
    )
    issues = BodyText(help_text="足りなかったことと、次の年度に何をするかを書いてください。")
    next_target = BodyText(rows=2, help_text="数で表せるときは、数で書いてください。例：30件")
    not_applicable_reason = BodyText(
        label="今年度は該当がない理由",
        rows=3,
        help_text="ここに理由を書くと、実績と評価は書かなくても送れます。ふだんは空けておいてください。",
    )

    def __init__(self, data=None, *, part: EntryPart):
        values = {name: getattr(part, name) for name in PART_FIELDS}
        values |= {name: getattr(part.entry, name) for name in ENTRY_FIELDS}
        super().__init__(data, initial=values)
        self.part = part
        for name, label in labels(part.entry.initiative.plan, part.entry.fiscal_year).items():
            self.fields[name].label = label
        for name, line in printed_box.LINE.items():
            self.fields[name].line, self.fields[name].readable = line, printed_box.readable(name)
        self.fields["self_rating"].kept = part.self_rating
        self.fields["self_rating"].choices = self._letters
        if not completeness.is_lead(part):
            for name in ENTRY_FIELDS:
                del self.fields[name]

    def _letters(self) -> list[tuple[str, str]]:
        letters = [(level.letter, level.letter) for level in self.part.entry.initiative.plan.scale]
        return [*letters, ("", "まだ決めていない")]

    def texts(self) -> list[str]:
        """Those of TEXTS that this part's department writes."""
        return [name for name in TEXTS if name in self.fields]

    def is_stale(self) -> bool:
        """Whether one of the rows has moved since the page was opened."""
        return not all(map(self._is_fresh, self.texts()))

    def _is_fresh(self, name: str) -> bool:
        row, version = (self.part.entry, "entry_version") if name in ENTRY_FIELDS else (self.part, "version")
        return self.cleaned_data[version] == row.version

    def read(self) -> dict[str, str | None]:
        """What stood in each field when the person began; None when the page does not say and the row has moved.

        The version alone would not do: an answered save brings a newer one to a page that still shows an older text.
        """
        return {name: self._read(name) for name in self.texts()}

    def _read(self, name: str) -> str | None:
        seen, kept = self.seen(name), self.initial[name]
        if seen is None:
            return kept if self._is_fresh(name) else None
        return kept if seen == _cleaned(kept) else seen  # a page may write a text otherwise than it is kept

    def touched(self) -> dict[str, str]:
        """What the person really wrote: fields that were sent and differ from what the page showed at first.

        A field that was left alone must never carry an old text over a colleague's new one.
        """
        return {
            name: self.cleaned_data[name]
            for name in self.texts()
            if name in self.data and self.seen(name) != self.cleaned_data[name]
        }

    def seen(self, name: str) -> str | None:
        """The text of a field when the page was opened; None when the page does not say."""
        shown = self.data.get(f"seen-{name}")
        return None if shown is None else _cleaned(shown)


def _cleaned(text: str) -> str | None:
    try:
        return parsing.clean_text(text)
    except parsing.ParsingError:
        return None
