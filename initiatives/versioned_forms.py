"""Forms over a row that several people may write (models.Versioned): they bring back the version that was read."""

from django import forms

OLD_PAGE = "画面の情報が足りないので、保存していません。書いた文を控えて、画面を開き直してください。"
FIRST = "ほかの人が先に変えました。下の内容でよければ、もう一度保存してください。"


class VersionField(forms.IntegerField):
    """The version of a row as the page was made; 0 where there was none yet."""

    def __init__(self, *, widget=forms.HiddenInput):
        super().__init__(widget=widget, error_messages={"required": OLD_PAGE, "invalid": OLD_PAGE})


class VersionedForm(forms.Form):
    version = VersionField()

    def carry_on(self, version: int) -> None:
        """Somebody was first: what was typed stays, and counts when it is sent once more. `version`: as it is now."""
        self.data = self.data.copy()
        self.data["version"] = version
        self.add_error(None, FIRST)
