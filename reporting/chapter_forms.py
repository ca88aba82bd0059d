"""What is typed into a chapter: heading, text, and the rows of 市の動向."""

from django import forms

from initiatives import parsing
from initiatives.text_fields import BodyText
from initiatives.versioned_forms import VersionField
from reporting import chapters
from reporting.chapters import Draft, Row
from reporting.models import Chapter, CityEvent

MOVES = ("up", "down", "remove")


def cleaned(text: str) -> str:
    """Raises forms.ValidationError."""
    try:
        return chapters.without_marks(parsing.clean_body(text)).strip()
    except parsing.ParsingError as error:
        raise forms.ValidationError(str(error)) from error


class ChapterForm(forms.Form):
    """One chapter. `rows` are the events as they were sent, moved as the button that was pressed says.

    draft: saved while somebody types; a row may be half written, as a sentence may.
    """

    version = VersionField(widget=forms.NumberInput)
    heading = forms.CharField(
        label="見出し", required=False, max_length=200, help_text="空けておくと、いつもの見出しになります。"
    )
    text = BodyText(label="本文", rows=14)

    def __init__(self, data=None, *, chapter: Chapter, draft: bool = False):
        super().__init__(data, initial={"version": chapter.version, "heading": chapter.heading, "text": chapter.text})
        self.chapter, self.draft = chapter, draft
        if chapter.kind not in chapters.HEADED and not chapter.heading:
            del self.fields["heading"]
        self.has_events = chapters.has_events(chapter)
        saved = chapters.events_of(chapter)
        self.rows: list[Row] = self._sent_rows() if self.is_bound and self.has_events else saved
        self.row_errors: list[str] = []

    def _sent_rows(self) -> list[Row]:
        pairs = zip(self.data.getlist("when"), self.data.getlist("what"), strict=False)
        rows = [(when.strip(), what.strip()) for when, what in pairs]
        self._move(rows)
        return [row for row in rows if any(row)]

    def _move(self, rows: list[Row]) -> None:
        """up-2, down-2, remove-2: with the number of the row from 0. Nonsense moves nothing."""
        name, _, place = self.data.get("event", "").partition("-")
        if name not in MOVES or not place.isdecimal() or int(place) >= len(rows):
            return
        row, at = rows.pop(int(place)), int(place)
        if name != "remove":
            rows.insert(max(0, at - 1) if name == "up" else at + 1, row)

    def clean_heading(self) -> str:
        return cleaned(self.cleaned_data["heading"])

    def clean_text(self) -> str:
        return chapters.without_marks(self.cleaned_data["text"])

    def clean(self):
        data = super().clean()
        if self.has_events:
            self._clean_rows()
        return data

    def _clean_rows(self) -> None:
        longest = CityEvent._meta.get_field("when").max_length
        rows = []
        for number, (when, what) in enumerate(self.rows, 1):
            try:
                rows.append((cleaned(when), cleaned(what.replace("\n", " "))))
            except forms.ValidationError as error:
                self._refuse(number, " ".join(error.messages))
                rows.append((when, what))
            if not self.draft and (not when or not what):
                self._refuse(number, "時期とできごとの両方を書いてください。")
            if len(when) > longest:
                self._refuse(number, f"時期は{longest}字までにしてください。")
        self.rows = rows

    def _refuse(self, number: int, words: str) -> None:
        self.row_errors.append(f"{number}行目：{words}")
        self.add_error(None, f"市の動向の{number}行目：{words}")

    def refuse_broken(self, draft: Draft) -> bool:
        """Tell each marker that cannot be read beside the words it stands in. Returns whether there was one."""
        broken = [problem for problem in draft.problems if problem.is_broken]
        for problem in broken:
            if problem.kind == chapters.EVENTS:
                self._refuse(problem.row, problem.words)
            else:
                self.add_error("text", problem.words)
        return bool(broken)

    @property
    def typed(self) -> dict[str, str]:
        """Heading and text as they stand in the form, whether or not they may be saved."""
        return {name: self[name].value() or "" for name in self.texts}

    @property
    def texts(self) -> list[str]:
        return [name for name in ("heading", "text") if name in self.fields]
