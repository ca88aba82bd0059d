"""The report as Word, Excel and open data, and a Word file that came back."""

import io
import zipfile

import docx
import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from reporting.models import Chapter
from tests.factories import make_entry, make_initiative

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client, coordinator):
    client.force_login(coordinator)
    return client


@pytest.fixture
def year(plan_year, plan, department):
    make_entry(make_initiative(plan, "1-1-1-1", department), rating="A", result="会議を3回開いた。")
    Chapter.objects.create(plan=plan, fiscal_year=plan_year.fiscal_year, kind="overall", text="よい1年でした。")
    return plan_year


def address(name: str, year, *more) -> str:
    return reverse(f"reporting:{name}", args=[year.plan_id, year.fiscal_year, *more])


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "lxml")


@pytest.mark.parametrize(
    "kind, extension, part",
    [("word", "docx", "word/document.xml"), ("excel", "xlsx", "xl/workbook.xml"), ("data", "zip", "initiatives.csv")],
)
def test_each_file_is_offered_and_is_what_it_says(office, year, kind, extension, part):
    link = soup(office.get(address("build_list", year))).find("a", href=address("report_file", year, kind))
    response = office.get(link["href"])
    assert f".{extension}" in response["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert part in archive.namelist()


def test_an_unknown_kind_is_not_there(office, year):
    assert office.get(address("report_file", year, "exe")).status_code == 404


def edited(content: bytes, before: str, after: str) -> bytes:
    document = docx.Document(io.BytesIO(content))
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    for paragraph in [*document.paragraphs, *(each for cell in cells for each in cell.paragraphs)]:
        if before in paragraph.text:
            paragraph.runs[0].text = paragraph.text.replace(before, after)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def send(office, year, content: bytes):
    file = SimpleUploadedFile("報告書（決裁）.docx", content)
    return office.post(address("word_compare", year), {"file": file})


def test_differences_lead_to_where_they_are_written(office, year):
    content = office.get(address("report_file", year, "word")).content
    content = edited(
        edited(content, "会議を3回開いた。", "会議を4回開いた。"), "よい1年でした。", "とてもよい1年でした。"
    )
    page = soup(send(office, year, content))
    assert page.h1.text == "Wordで直されたところが2か所あります"
    rows = page.select("tbody tr")
    assert [each.text for each in page.select("tbody ins")] == ["とても", "4"]
    assert [each.text for each in page.select("tbody del")] == ["3"]
    assert rows[0].a["href"] == address("chapter_edit", year, 0, "overall")
    assert "1-1-1-1" in rows[1].th.text and "/initiatives/" in rows[1].a["href"]


def test_an_untouched_file_has_no_differences(office, year):
    content = office.get(address("report_file", year, "word")).content
    assert soup(send(office, year, content)).h1.text == "違うところはありません"


def test_what_is_no_word_file_is_refused_in_words(office, year):
    response = send(office, year, b"PK\x03\x04 broken")
    assert response.status_code == 422
    assert "Word（.docx）として読めません" in soup(response).text
