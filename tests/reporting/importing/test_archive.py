"""The directory of CSV and JSON, chosen on the screen as one zip file."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from initiatives.models import Initiative
from reporting.importing.read import read_upload
from reporting.importing.source import Refused
from reporting.models import Chapter, ReportImport
from tests.reporting.importing import small
from tests.reporting.importing.dump import everything

pytestmark = pytest.mark.django_db


def archive(folder, prefix="r6/", more=None) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(folder.iterdir()):
            packed.write(path, prefix + path.name)
        for name, data in (more or {}).items():
            packed.writestr(name, data)
    return file.getvalue()


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "source"
    path.mkdir()
    return small.write_directory(path)


def test_an_archive_is_read_as_the_directory(folder):
    source = read_upload(archive(folder, more={"r6/読んでください.txt": b"x"}), "r6.zip", 2024)
    assert source == read_upload(archive(folder, prefix=""), "R6.ZIP", 2024)
    assert len(source.initiatives) == 5 and source.chapters


def test_from_archive_to_result(client, coordinator, folder, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    client.force_login(coordinator)
    file = SimpleUploadedFile("r6.zip", archive(folder))
    client.post(reverse("reporting:import_new"), {"fiscal_year": "R6", "file": file})
    upload = ReportImport.objects.get()
    page = client.get(reverse("reporting:import_preview", args=[upload.pk]))
    client.post(reverse("reporting:import_confirm", args=[upload.pk]), {"base": page.context["seen"].digest})
    assert Initiative.objects.count() == 5
    assert Chapter.objects.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04broken", "途中で切れているか、壊れています"),
        (b"no archive", "Excelではないファイル"),
        ("two", "1つのフォルダーにまとまっていません"),
        ("none", "1つのフォルダーにまとまっていません"),
        ("bomb", "広げると"),
        ("outside", "置き場所のおかしい部品"),
    ],
)
def test_a_broken_archive_is_refused_in_words(folder, content, words):
    before = everything()
    made = {
        "two": lambda: archive(folder, more={"other/goals.csv": b"number,name\n"}),
        "none": lambda: small.content(),
        "bomb": lambda: archive(folder, more={"r6/big.csv": b"0" * 40_000_000}),
        "outside": lambda: archive(folder, more={"../../goals.csv": b"x"}),
    }
    data = made[content]() if isinstance(content, str) else content
    with pytest.raises(Refused) as refused:
        read_upload(data, "資料.zip", 2024)
    assert words in "".join(map(str, refused.value.problems))
    assert everything() == before
