import io

import openpyxl
import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from tests.factories import PlanYearFactory, make_entry, make_initiative


@pytest.fixture
def address(plan_year):
    return reverse("initiatives:entry_list", args=[plan_year.plan_id, plan_year.fiscal_year])


@pytest.fixture
def listed(plan, plan_year, department, other_department):
    """Three initiatives: approved A, approved B of two departments, a draft; and a cross-listing of the first."""
    first = make_initiative(plan, "1-1-1-1", department, name="見守りの推進", description="ﾎﾞﾗﾝﾃｨｱと歩きます")
    make_entry(first, 2023, rating="B")
    make_entry(first, rating="A", target="10件", result="会議を5回開いた")
    make_entry(make_initiative(plan, "1-1-2-1", department, other_department, name="訓練の実施"), rating="B")
    make_entry(make_initiative(plan, "2-1-1-1", other_department, name="防災の啓発"), status="draft", rating="C")
    make_initiative(plan, "2-1-1-2", department, original=first, name="見守りの推進")


def codes(response) -> list[str]:
    page = BeautifulSoup(response.content, "html.parser")
    return [cell.get_text() for cell in page.select("tbody td.code")]


def test_works(client, coordinator, address, listed):
    client.force_login(coordinator)
    response = client.get(address)
    page = BeautifulSoup(response.content, "html.parser")
    assert codes(response) == ["1-1-1-1", "1-1-2-1", "2-1-1-1", "2-1-1-2"]
    assert page.select_one("h1").get_text() == "取組の一覧"
    assert "4件" in page.select_one("p[role=status]").get_text()
    cells = [cell.get_text(" ", strip=True) for cell in page.select("tbody tr")[0].find_all(["td", "th"])]
    assert cells == ["1-1-1-1", "見守りの推進", "高齢課", "10件", "B", "評価 A", "承認済"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("goal=2", ["2-1-1-1", "2-1-1-2"]),
        ("policy=1-1", ["1-1-1-1", "1-1-2-1"]),
        ("rating=A", ["1-1-1-1", "2-1-1-2"]),
        ("rating=unrated", []),
        ("status=draft", ["2-1-1-1"]),
        ("cross=only", ["2-1-1-2"]),
        ("cross=without", ["1-1-1-1", "1-1-2-1", "2-1-1-1"]),
        ("q=訓練", ["1-1-2-1"]),
        ("q=2-1-1", ["2-1-1-1", "2-1-1-2"]),
        ("q=ボランティア", ["1-1-1-1"]),
        ("q=ぼらんてぃあ", ["1-1-1-1"]),
        ("q=会議を５回", ["1-1-1-1", "2-1-1-2"]),
        ("q=防災課", ["1-1-2-1", "2-1-1-1"]),
        ("q=防災課+訓練", ["1-1-2-1"]),
        ("q=100%", []),
        ("goal=1&rating=B", ["1-1-2-1"]),
        ("goal=99", ["1-1-1-1", "1-1-2-1", "2-1-1-1", "2-1-1-2"]),  # not on offer: narrows nothing
        ("sort=-code", ["2-1-1-2", "2-1-1-1", "1-1-2-1", "1-1-1-1"]),
        ("sort=rating&cross=without", ["1-1-1-1", "1-1-2-1", "2-1-1-1"]),
        ("sort=nonsense", ["1-1-1-1", "1-1-2-1", "2-1-1-1", "2-1-1-2"]),
    ],
)
def test_filters_and_sorting(client, coordinator, address, listed, query, found):
    client.force_login(coordinator)
    assert codes(client.get(f"{address}?{query}")) == found


def test_filter_by_department(client, coordinator, address, listed, other_department):
    client.force_login(coordinator)
    assert codes(client.get(address, {"department": other_department.pk})) == ["1-1-2-1", "2-1-1-1"]


def test_each_condition_can_be_taken_away(client, coordinator, address, listed):
    client.force_login(coordinator)
    page = BeautifulSoup(client.get(f"{address}?q=訓練&goal=1").content, "html.parser")
    chips = {chip.contents[0]: chip["href"] for chip in page.select("a.chip")}
    assert list(chips) == ["「訓練」を含む", "目標：1 目標その1"]
    assert codes(client.get(address + chips["目標：1 目標その1"])) == ["1-1-2-1"]
    assert codes(client.get(address + chips["「訓練」を含む"])) == ["1-1-1-1", "1-1-2-1"]


def test_columns_are_chosen(client, coordinator, address, listed):
    client.force_login(coordinator)
    page = BeautifulSoup(client.get(f"{address}?column=code&column=result&q=会議&cross=without").content, "html.parser")
    assert [head.get_text() for head in page.select("thead th")] == ["番号 ▲", "令和6年度の実績"]
    assert page.select("tbody td")[1].get_text() == "会議を5回開いた"


@pytest.mark.parametrize("count", [49, 51])
def test_fifty_on_a_page_or_all(client, coordinator, plan, plan_year, department, address, count):
    for number in range(1, count + 1):
        make_initiative(plan, f"1-1-1-{number}", department)
    client.force_login(coordinator)
    assert len(codes(client.get(address))) == min(count, 50)
    assert len(codes(client.get(f"{address}?page=2"))) == (1 if count > 50 else count)
    assert len(codes(client.get(f"{address}?per=all"))) == count


def test_excel_holds_what_the_list_shows(client, coordinator, address, listed, plan_year):
    client.force_login(coordinator)
    excel = reverse("initiatives:entry_list_excel", args=[plan_year.plan_id, plan_year.fiscal_year])
    response = client.get(f"{excel}?goal=2&column=code&column=name&column=rating")
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    assert list(sheet.values) == [
        ("番号", "取組", "今年度評価"),
        ("2-1-1-1", "防災の啓発", "C"),
        ("2-1-1-2", "【再掲 1-1-1-1】見守りの推進", "A"),
    ]
    assert "filename*=utf-8''" in response["Content-Disposition"].lower()


@pytest.mark.parametrize(
    "text", ["=1+1", "==1+1", "+1", "-1", "@x", "\t=1", "http://example.jp", "=HYPERLINK(1)", "00123", "①Ａ"]
)
def test_excel_is_inert(client, coordinator, plan, plan_year, department, text):
    make_initiative(plan, "1-1-1-1", department, name=text)
    client.force_login(coordinator)
    response = client.get(reverse("initiatives:entry_list_excel", args=[plan_year.plan_id, plan_year.fiscal_year]))
    cell = openpyxl.load_workbook(io.BytesIO(response.content)).active["B2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow(
    client, coordinator, plan, plan_year, department, address, count, django_assert_num_queries
):
    for number in range(1, count + 1):
        initiative = make_initiative(plan, f"{number}-1-1-1", department)
        make_entry(initiative, rating="A")
        make_entry(initiative, 2023, rating="A")
    client.force_login(coordinator)
    client.get(address)
    with django_assert_num_queries(11):
        client.get(address)


def test_markup_in_a_name_is_shown_literally(client, coordinator, plan, plan_year, department, address):
    make_initiative(plan, "1-1-1-1", department, name="<script>alert(1)</script>")
    client.force_login(coordinator)
    body = client.get(address).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in body
    assert "<script>alert(1)" not in body


def test_an_unknown_year_is_404(client, coordinator, plan_year):
    client.force_login(coordinator)
    assert client.get(f"/plans/{plan_year.plan_id}/R3/initiatives/").status_code == 404
    assert client.get(f"/plans/{plan_year.plan_id}/R0/initiatives/").status_code == 404


def test_last_year_is_read_from_last_year(client, coordinator, plan, plan_year, department, address):
    initiative = make_initiative(plan, "1-1-1-1", department)
    PlanYearFactory(plan=plan, fiscal_year=2022)
    make_entry(initiative, 2022, rating="D")
    client.force_login(coordinator)
    page = BeautifulSoup(client.get(address).content, "html.parser")
    assert "D" not in page.select_one("tbody tr").get_text()
