"""What is sent to keep a file with a part."""

from django import forms

from initiatives.attachments import MAX_SIZE
from initiatives.models import Attachment
from initiatives.text_fields import CleanText


class AttachmentForm(forms.Form):
    file = forms.FileField(
        label="ファイル",
        allow_empty_file=True,  # told in our own words (attachments.kind_of)
        help_text="PDF、写真（JPEG、PNG）、Excel（.xlsx）、Word（.docx）。1件5MBまで、1つの取組に10件までです。",
        error_messages={
            "required": "ファイルを選んでください。",
            "missing": "ファイルを選んでください。",
            "invalid": "ファイルを選んでください。",
        },
    )
    caption = CleanText(
        label="説明",
        required=False,
        max_length=Attachment._meta.get_field("caption").max_length,
        help_text="例：11月15日の研修会のちらし",
        error_messages={"max_length": "説明が長すぎます。%(limit_value)d字までにしてください。"},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs |= {
            "class": "input",
            "accept": ".pdf,.jpg,.jpeg,.png,.xlsx,.docx",
        }
        self.fields["caption"].widget.attrs["class"] = "input"

    def content(self) -> bytes:
        """As much as tells that it is too much: a file of many megabytes is not read to its end."""
        return self.cleaned_data["file"].read(MAX_SIZE + 1)
