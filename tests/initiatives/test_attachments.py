"""Evidence beside a part: who sees it, what is taken in, how it goes again."""

import io
import zipfile

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from initiatives import attachments, history, permissions
from initiatives.models import Attachment, EntryPart, PlanYear
from tests.factories import PDF, make_attachment, make_entry, make_initiative

S = EntryPart.Status
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 20


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def part(plan, plan_year, department):
    return make_entry(make_initiative(plan, "1-1-1-1", department), status=S.DRAFT, result="下書き").parts.get()


def archive(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for name in names:
            packed.writestr(name, "x")
    return content.getvalue()


XLSX = archive("[Content_Types].xml", "xl/workbook.xml")
DOCX = archive("[Content_Types].xml", "word/document.xml")


def url(name: str, part, pk: int | None = None) -> str:
    entry = part.entry
    return reverse(f"initiatives:{name}", args=[entry.initiative.plan_id, entry.fiscal_year, pk or part.pk])


def send(client, part, content=PDF, name="ちらし.pdf", caption=""):
    data = {"file": SimpleUploadedFile(name, content), "caption": caption}
    return client.post(url("part_files", part), data)


def words(response, selector="[role=alert]") -> str:
    return BeautifulSoup(response.content, "html.parser").select_one(selector).get_text(" ", strip=True)


def files_of(media) -> list[bytes]:
    return [path.read_bytes() for path in media.rglob("*") if path.is_file()]


# --- Adding -----------------------------------------------------------------------------------------


def test_works(client, writer, part, media):
    client.force_login(writer)
    response = send(client, part, PNG, "写真 1.png", "研修会のようす")
    assert response["Location"] == url("part_files", part)
    found = Attachment.objects.get()
    assert (found.name, found.kind, found.caption, found.size, found.uploaded_by) == (
        "写真 1.png", "png", "研修会のようす", len(PNG), writer,
    )  # fmt: skip
    assert "写真" not in found.file.name
    assert files_of(media) == [PNG]
    assert [(change.field, change.old, change.new, change.by) for change in history.of_rows([part])] == [
        ("attachments", "", "写真 1.png", writer)
    ]
    page = BeautifulSoup(client.get(url("part_files", part)).content, "html.parser")
    assert page.h1.get_text() == "高齢課の資料　1件"


@pytest.mark.parametrize(
    ("content", "kind"),
    [(PDF, "pdf"), (JPEG, "jpg"), (PNG, "png"), (XLSX, "xlsx"), (DOCX, "docx")],
    ids=["pdf", "jpg", "png", "xlsx", "docx"],
)
def test_kind_by_content(content, kind):
    assert attachments.kind_of(content) == kind


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "このファイルは空です。付けていません。"),
        (PDF + b"0" * attachments.MAX_SIZE, "このファイルは約6MBあります（上限5MB）。付けていません。小さくするか、分けてください。"),
        (b"MZ\x90\x00", "付けていません。付けられるのは、PDF、写真（JPEG、PNG）、Excel（.xlsx）、Word（.docx）です。"),
        (b"<html><script>", "付けていません。付けられるのは、PDF、写真（JPEG、PNG）、Excel（.xlsx）、Word（.docx）です。"),
        (b"<svg xmlns=", "付けていません。付けられるのは、PDF、写真（JPEG、PNG）、Excel（.xlsx）、Word（.docx）です。"),
        (archive("readme.txt"), "付けていません。付けられるのは、PDF、写真（JPEG、PNG）、Excel（.xlsx）、Word（.docx）です。"),
        (b"PK\x03\x04 cut off", "このファイルは途中で切れているか、壊れています。付けていません。"),
        (
            archive("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"),
            "マクロの入ったファイルは付けられません。付けていません。マクロを除いて保存してください。",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "パスワードの付いたファイルか、古い形式（.xls、.doc）です。付けていません。"
            "パスワードを外し、今の形式（.xlsx、.docx）で保存したものを選んでください。",
        ),
    ],
)  # fmt: skip
def test_refused_in_words_and_nothing_is_kept(client, writer, part, media, content, why):
    client.force_login(writer)
    response = send(client, part, content, "報告.pdf", "説明は残る")
    assert response.status_code == 422
    assert why in words(response)
    page = BeautifulSoup(response.content, "html.parser")
    assert page.select_one("[name=caption]")["value"] == "説明は残る"
    assert (Attachment.objects.count(), files_of(media)) == (0, [])


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\人\\表.PDF", "表.PDF"),
        ("写真.exe", "写真.exe.pdf"),
        ("\u202efdp.exe", "fdp.exe.pdf"),
        ("...", "資料.pdf"),
        (".pdf", "pdf.pdf"),
        ("長" * 300 + ".pdf", "長" * 146 + ".pdf"),
    ],
)
def test_a_name_that_can_do_no_harm(name, kept):
    assert attachments.clean_name(name, Attachment.Kind.PDF) == kept


def test_no_file_chosen(client, writer, part):
    client.force_login(writer)
    response = client.post(url("part_files", part), {"caption": "x"})
    assert response.status_code == 422
    assert "ファイルを選んでください。" in words(response)


def test_pressed_twice_is_one(client, writer, part, media):
    client.force_login(writer)
    for _ in range(2):
        assert send(client, part).status_code == 302
    assert (Attachment.objects.count(), len(files_of(media))) == (1, 1)


def test_ten_at_most(client, writer, part, media):
    for number in range(attachments.MAX_COUNT):
        make_attachment(part, writer, PDF + b"%d" % number)
    client.force_login(writer)
    response = send(client, part)
    assert response.status_code == 422
    assert "1つの取組に付けられるのは10件までです。" in words(response)
    assert len(files_of(media)) == 10


def test_what_was_sent_meanwhile_keeps_its_evidence(part, writer, media):
    EntryPart.objects.filter(pk=part.pk).update(status=S.AWAITING_MANAGER)
    with pytest.raises(history.Conflict):
        make_attachment(part, writer)
    assert files_of(media) == []


# --- Taking off -------------------------------------------------------------------------------------


def test_removing_keeps_the_row_and_the_file(client, writer, part, media):
    attachment = make_attachment(part, writer)
    client.force_login(writer)
    for _ in range(2):  # the second time it is gone: like what never was
        response = client.post(url("attachment_remove", part, attachment.pk))
    assert response.status_code == 404
    attachment.refresh_from_db()
    assert (attachment.removed_by, files_of(media)) == (writer, [PDF])
    assert [(change.old, change.new) for change in history.of_rows([part])] == [("ちらし.pdf", ""), ("", "ちらし.pdf")]
    assert client.get(url("attachment_file", part, attachment.pk)).status_code == 404
    page = client.get(url("part_files", part))
    assert "書く人が" in words(page, "[aria-labelledby=h-removed]")
    make_attachment(part, writer)  # it may come back
    assert Attachment.objects.standing().count() == 1


def test_after_sending_nothing_is_taken_off(client, writer, part):
    attachment = make_attachment(part, writer)
    EntryPart.objects.filter(pk=part.pk).update(status=S.SUBMITTED)
    client.force_login(writer)
    response = client.post(url("attachment_remove", part, attachment.pk))
    assert response.status_code == 409
    assert words(response).startswith("外していません。福祉総務課に提出したので、")
    assert Attachment.objects.standing().exists()


# --- Reading ----------------------------------------------------------------------------------------


def test_a_download_is_never_shown_inside_a_page(client, writer, part):
    attachment = make_attachment(part, writer, PNG, "写真.png")
    client.force_login(writer)
    response = client.get(url("attachment_file", part, attachment.pk))
    assert b"".join(response.streaming_content) == PNG
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%E5%86%99%E7%9C%9F.png"
    assert (response["Content-Type"], response["X-Content-Type-Options"], response["Cache-Control"]) == (
        "application/octet-stream", "nosniff", "no-store",
    )  # fmt: skip


def test_a_file_that_is_lost_is_told(client, writer, part, media):
    attachment = make_attachment(part, writer)
    (media / attachment.file.name).unlink()
    client.force_login(writer)
    response = client.get(url("attachment_file", part, attachment.pk))
    assert response.status_code == 404
    assert "いま取り出せません。システム管理者に知らせてください。" in words(response)


def test_the_part_of_another_year_is_404(client, writer, plan, part):
    attachment = make_attachment(part, writer)
    PlanYear.objects.create(plan=plan, fiscal_year=2023)
    client.force_login(writer)
    assert client.get(reverse("initiatives:attachment_file", args=[plan.pk, 2023, attachment.pk])).status_code == 404


@pytest.mark.parametrize("role", ["writer", "other", "manager", "coordinator", "member", "admin"])
@pytest.mark.parametrize("status", S.values)
@pytest.mark.parametrize("year_status", [PlanYear.Status.COLLECTING, PlanYear.Status.PUBLISHED])
def test_seeing_is_the_same_for_one_and_for_a_list(request, plan_year, part, writer, role, status, year_status):
    attachment = make_attachment(part, writer)
    approved_at = part.updated_at if status == S.APPROVED else None
    EntryPart.objects.filter(pk=part.pk).update(status=status, approved_at=approved_at)
    plan_year.status = year_status
    plan_year.save()
    user, part = request.getfixturevalue(role), EntryPart.objects.get(pk=part.pk)
    listed = Attachment.objects.visible_to(user).filter(pk=attachment.pk).exists()
    assert listed == permissions.can_view_attachments(user, part, plan_year)
    assert listed == (role != "member" and (status == S.APPROVED or role in ("writer", "manager", "coordinator")))


def test_the_committee_sees_no_trace(client, writer, member, part):
    make_attachment(part, writer, PDF, "内部資料.pdf", "見せない説明")
    EntryPart.objects.update(status=S.APPROVED, approved_at=part.updated_at)
    PlanYear.objects.update(status=PlanYear.Status.PUBLISHED)
    client.force_login(member)
    body = client.get(url("entry_detail", part, part.entry.initiative_id)).content.decode()
    assert "下書き" in body
    assert [word for word in ("内部資料", "見せない説明", "資料　") if word in body] == []


def test_shown_where_people_read(client, writer, coordinator, plan_year, part):
    make_attachment(part, writer, PDF, "ちらし.pdf", "秋のちらし")
    client.force_login(writer)
    rail = words(client.get(url("part_edit", part)), "[aria-labelledby=h-files]")
    assert rail.startswith("資料　1件 ちらし.pdf PDF")
    EntryPart.objects.update(status=S.SUBMITTED)
    client.force_login(coordinator)
    for name, pk in (("review_part", part.pk), ("entry_detail", part.entry.initiative_id)):
        assert "ちらし.pdf" in words(client.get(url(name, part, pk)), "[aria-labelledby=h-files]")


def test_the_button_saves_what_was_typed_first(client, writer, part):
    client.force_login(writer)
    data = {"version": 1, "entry_version": 1, "result": "打った文", "seen-result": "下書き", "then": "files"}
    assert client.post(url("part_edit", part), data)["Location"] == url("part_files", part)
    assert EntryPart.objects.get(pk=part.pk).result == "打った文"
