"""Form fields for what people write in words: kept as parsing.clean_text has it, refused in words, never cut."""

from django import forms

from initiatives import parsing


class CleanText(forms.CharField):
    """Words without letters that nobody can see. `longest`: how many letters it may have; none: as max_length says."""

    def __init__(self, *, longest: int | None = None, **kwargs):
        self.longest = longest
        super().__init__(**kwargs)

    def to_python(self, value) -> str:
        text = super().to_python(value)
        try:
            return parsing.clean_body(text, self.longest) if self.longest else parsing.clean_text(text)
        except parsing.ParsingError as error:
            raise forms.ValidationError(str(error)) from error


class BodyText(CleanText):
    """A text of several lines. No maxlength in the page: a browser would cut what is typed."""

    def __init__(self, *, rows: int = 4, longest: int = parsing.LONGEST, **kwargs):
        widget = forms.Textarea(attrs={"class": "textarea mt-2", "rows": rows})
        super().__init__(longest=longest, **{"required": False, "strip": False, "widget": widget} | kwargs)
