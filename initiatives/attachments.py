"""Evidence beside a part: what is taken in, told by its content alone, and how it is removed again."""

import hashlib
import io
import zipfile
from pathlib import Path

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import User
from initiatives import history, permissions
from initiatives.history import Conflict
from initiatives.models import Attachment, EntryPart, FieldChange
from ledger.chain import recording

MAX_SIZE = 5 * 1024 * 1024
MAX_COUNT = 10
NAME_LENGTH = Attachment._meta.get_field("name").max_length
FIELD = "attachments"  # in the history of the part
NOTHING_DONE = "付けていません。"

Kind = Attachment.Kind
_BEGINNINGS = ((b"%PDF-", Kind.PDF), (b"\xff\xd8\xff", Kind.JPEG), (b"\x89PNG\r\n\x1a\n", Kind.PNG))
_OFFICE = (("xl/workbook.xml", Kind.XLSX), ("word/document.xml", Kind.DOCX))
_ENDINGS = {Kind.JPEG: (".jpg", ".jpeg")}


class AttachmentRefused(Exception):
    """The file is not taken in; the message tells the person why and what to do."""


def kind_of(content: bytes) -> Kind:
    """The kind of a file by its content; its name is never believed. Raises AttachmentRefused."""
    if not content:
        raise AttachmentRefused(f"このファイルは空です。{NOTHING_DONE}")
    if len(content) > MAX_SIZE:
        size = -(-len(content) // 1_000_000)
        raise AttachmentRefused(
            f"このファイルは約{size}MBあります（上限5MB）。{NOTHING_DONE}小さくするか、分けてください。"
        )
    kind = next((kind for beginning, kind in _BEGINNINGS if content.startswith(beginning)), None)
    return kind or _office_kind(content)


def _office_kind(content: bytes) -> Kind:
    """Excel or Word by the names of what is packed in it; nothing is unpacked."""
    if content[:4] == b"\xd0\xcf\x11\xe0":
        raise AttachmentRefused(
            f"パスワードの付いたファイルか、古い形式（.xls、.doc）です。{NOTHING_DONE}"
            "パスワードを外し、今の形式（.xlsx、.docx）で保存したものを選んでください。"
        )
    names: set[str] = set()
    if content.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                names = set(archive.namelist())
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise AttachmentRefused(f"このファイルは途中で切れているか、壊れています。{NOTHING_DONE}") from error
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise AttachmentRefused(
            f"マクロの入ったファイルは付けられません。{NOTHING_DONE}マクロを除いて保存してください。"
        )
    kind = next((kind for entry, kind in _OFFICE if entry in names and "[Content_Types].xml" in names), None)
    if kind is None:
        raise AttachmentRefused(
            f"{NOTHING_DONE}付けられるのは、PDF、写真（JPEG、PNG）、Excel（.xlsx）、Word（.docx）です。"
        )
    return kind


def clean_name(name: str, kind: Kind) -> str:
    """The name to show and to save under: no path, nothing invisible, the ending of what it really is."""
    plain = "".join(filter(str.isprintable, name.replace("\\", "/").rsplit("/", 1)[-1])).strip(" .")
    endings = _ENDINGS.get(kind, (f".{kind}",))
    ending = Path(plain).suffix if plain.lower().endswith(endings) else endings[0]
    stem = plain.removesuffix(ending) or "資料"
    return f"{stem[: NAME_LENGTH - len(ending)]}{ending}"


def add(part: EntryPart, content: bytes, name: str, caption: str, *, by: User) -> Attachment:
    """Keep a file with a part. The same file once more is the one that is there. Raises AttachmentRefused, Conflict."""
    kind = kind_of(content)
    digest = hashlib.sha256(content).hexdigest()
    attachment = Attachment(
        part=part, name=clean_name(name, kind), kind=kind, size=len(content), sha256=digest, caption=caption, uploaded_by=by,
    )  # fmt: skip
    try:
        with recording():
            _hold(part)
            standing = {other.sha256: other for other in part.attachments.standing()}
            if digest in standing:
                return standing[digest]
            if len(standing) >= MAX_COUNT:
                raise AttachmentRefused(f"1つの取組に付けられるのは{MAX_COUNT}件までです。{NOTHING_DONE}")
            attachment.file.save("", ContentFile(content), save=False)
            attachment.save()
            _remember(attachment, by, new=attachment.name)
    except BaseException:
        if attachment.file and attachment.file._committed:
            attachment.file.delete(save=False)
        raise
    return attachment


@recording()
def remove(attachment: Attachment, *, by: User) -> bool:
    """Take a file off its part; the row and the file stay. False when it was off already. Raises Conflict."""
    _hold(attachment.part)
    if not Attachment.objects.standing().filter(pk=attachment.pk).update(removed_at=timezone.now(), removed_by=by):
        return False
    _remember(attachment, by, old=attachment.name)
    return True


def _hold(part: EntryPart) -> None:
    """The part stands where it stood when it was read: what was sent meanwhile keeps its evidence."""
    if not EntryPart.objects.filter(pk=part.pk, status=part.status).update(status=part.status):
        raise Conflict(str(part))


def _remember(attachment: Attachment, by: User, old: str = "", new: str = "") -> None:
    row = attachment.part
    history.remember(
        [
            FieldChange(
                model=row._meta.label_lower,
                object_id=row.pk,
                field=FIELD,
                old=old,
                new=new,
                by=by,
                on_behalf_of=permissions.writes_for(by, row),
            )
        ]
    )
