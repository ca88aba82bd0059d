"""What a department downloads."""

import io

import openpyxl
import pytest
from django.urls import reverse

from initiatives.models import EntryPart
from initiatives.part_forms import PartForm
from initiatives.survey.columns import columns_of
from tests.factories import make_entry, make_initiative
from tests.initiatives.survey.sheets import cell_of, columns, download, values

pytestmark = pytest.mark.django_db


@pytest.fixture
def sheet(content):
    return openpyxl.load_workbook(io.BytesIO(content))["調査票"]


def test_one_row_for_each_own_part_with_last_year_beside(content, plan_year):
    rows = values(content)
    at = {name: number - 1 for name, number in columns(plan_year).items()}
    assert rows[0] == [column.heading for column in columns_of(plan_year)]
    assert [row[at["code"]] for row in rows[1:]] == ["1-1-1-1", "1-1-1-2", "1-1-1-3"]
    shown = {name: rows[1][at[name]] for name in at if name not in ("check",)}
    assert shown == {
        "code": "1-1-1-1", "name": "見守り", "owners": "この課だけ",
        "last_target": "8件", "last_result": "去年は9件。", "last_rating": "B", "last_issues": "人が足りない。",
        "target": "10件", "result": "10件行った。", "self_rating": None, "low_rating_reason": None,
        "issues": "課題がある。", "next_target": "12件", "not_applicable_reason": None, "state": "作成中",
        "plan": "試験市地域福祉計画", "year": "令和6年度", "department": "高齢課",
    }  # fmt: skip
    assert rows[2][at["owners"]] == "共同（主担当は防災課）\nほかに書く課：防災課"
    assert rows[2][at["next_target"]] is None  # the lead department's, not ours to write


def test_headings_and_help_are_the_forms_own(sheet, parts, plan_year):
    form = PartForm(part=parts["1-1-1-1"])
    at = columns(plan_year)
    for name in form.texts():
        assert sheet.cell(1, at[name]).value == form.fields[name].label
        note = next(
            v for v in sheet.data_validations.dataValidation if f"{sheet.cell(2, at[name]).coordinate}" in v.sqref
        )
        assert note.prompt.startswith(form.fields[name].help_text)


def test_only_what_may_be_written_now_can_be_typed_in(sheet, plan_year):
    at = columns(plan_year)
    open_cells = {
        (sheet.cell(row, at["code"]).value, name)
        for row in range(2, sheet.max_row + 1)
        for name in at
        if not sheet.cell(row, at[name]).protection.locked
    }
    texts = {"result", "self_rating", "issues", "not_applicable_reason"}
    lead = texts | {"low_rating_reason", "next_target"}
    assert open_cells == {("1-1-1-1", name) for name in lead} | {("1-1-1-2", name) for name in texts}
    assert sheet.protection.sheet
    assert cell_of(sheet, plan_year, "1-1-1-3", "state").value == (
        "提出済\n福祉総務課に提出したので、書きかえられません。直したいときは、取り下げるか、福祉総務課に差し戻しを頼んでください。"
    )


def test_ratings_are_offered_from_the_plans_scale(sheet, plan_year):
    place = cell_of(sheet, plan_year, "1-1-1-1", "self_rating").coordinate
    offered = [v for v in sheet.data_validations.dataValidation if v.type == "list"]
    assert [(v.formula1, place in v.sqref) for v in offered if place in v.sqref] == [('"A,B,C,D,（消す）"', True)]


def test_the_counter_is_in_words(sheet, plan_year):
    place = cell_of(sheet, plan_year, "1-1-1-1", "result").coordinate
    note = next(v for v in sheet.data_validations.dataValidation if place in v.sqref)
    assert note.prompt.endswith("250字までが読みやすい長さです。昨年度は6字でした。")


def test_paper_and_guidance(content, sheet, parts):
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.merged_cells.ranges) == ("C2", "$1:$1", set())
    guidance = dict(row[:2] for row in values(content, "記入のしかた")[1:])
    assert guidance["令和6年度の実績"].startswith(str(PartForm.base_fields["result"].help_text))
    assert guidance["評価 A"] == "75％以上　目標に向け順調に実施できた。"
    assert guidance["低評価の理由"].endswith("評価がCとDのときに書きます。")


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow(rows, client, writer, plan, plan_year, department, django_assert_num_queries):
    for number in range(1, rows + 1):
        initiative = make_initiative(plan, f"1-1-1-{number}", department)
        make_entry(initiative, 2023)
        make_entry(initiative, status=EntryPart.Status.DRAFT)
    client.force_login(writer)
    address = reverse("initiatives:survey_excel", args=[plan.pk, 2024, department.pk])
    client.get(address)  # the year is remembered
    with django_assert_num_queries(10):
        assert len(values(client.get(address).content)) == rows + 1


def test_the_office_may_have_everyones(coordinator, plan_year, other_department, parts):
    content = download(coordinator, plan_year, other_department)
    at = columns(plan_year)["code"] - 1
    assert [row[at] for row in values(content)[1:]] == ["1-1-1-2", "1-1-1-4"]
