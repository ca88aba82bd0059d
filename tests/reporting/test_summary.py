import io

import openpyxl
import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from tests.factories import make_entry, make_indicator, make_initiative


@pytest.fixture
def rated(plan, plan_year, department, other_department):
    original = make_initiative(plan, "1-1-1-1", department)
    make_entry(original, rating="A")
    make_entry(make_initiative(plan, "1-2-1-1", department, other_department), rating="C")
    make_entry(make_initiative(plan, "2-1-1-1", other_department), status="draft", rating="A")
    make_initiative(plan, "2-1-1-2", department, original=original)
    make_indicator(plan, values={2024: ("1", "2")})
    return plan_year


def cells(row) -> list[str]:
    return [cell.get_text(" ", strip=True) for cell in row.find_all(["td", "th"])]


def test_counts_by_goal_policy_and_department(client, coordinator, rated):
    client.force_login(coordinator)
    address = reverse("reporting:summary", args=[rated.plan_id, rated.fiscal_year])
    page = BeautifulSoup(client.get(address).content, "html.parser")
    goals, policies, departments, indicators = page.select("table")
    assert page.h1.get_text() == "4の取組のうち、2件（50％）がA評価です"
    assert [cells(row) for row in goals.select("tbody tr, tfoot tr")] == [
        ["1", "目標その1", "2", "", "1", "0", "1", "0", "0", "4／6", "67％", "評価 B"],
        ["2", "目標その2", "2", "", "1", "0", "0", "0", "1", "3／6", "50％", "評価 B"],
        ["", "合計", "4", "", "2", "0", "1", "0", "1", "7／12", "58％", "評価 B"],
        ["", "合計（再掲の1件を除く）", "3", "", "1", "0", "1", "0", "1", "4／9", "44％", "評価 C"],
    ]
    assert [cells(row)[:3] for row in policies.select("tbody tr")] == [
        ["1-1", "施策その1", "1"],
        ["1-2", "施策その2", "1"],
        ["2-1", "施策その1", "2"],
    ]
    assert [cells(row) for row in departments.select("tbody tr")] == [
        ["高齢課", "3", "", "2", "0", "1", "0", "0", "67％"],
        ["防災課", "2", "", "0", "0", "1", "0", "1", "0％"],
    ]
    assert [cells(row)[2] for row in indicators.select("tbody tr")] == ["0", "1", "0", "0", "0"]


def test_excel_holds_the_same_counts_as_numbers(client, coordinator, rated):
    client.force_login(coordinator)
    response = client.get(reverse("reporting:summary_excel", args=[rated.plan_id, rated.fiscal_year]))
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    assert book.sheetnames == ["目標ごと", "施策ごと", "課ごと"]
    assert list(book["目標ごと"].values)[1] == (1, "目標その1", 2, 1, 0, 1, 0, 0, 4, 6, 67, "B")


def test_a_year_without_rows_has_words(client, coordinator, plan_year):
    client.force_login(coordinator)
    address = reverse("reporting:summary", args=[plan_year.plan_id, plan_year.fiscal_year])
    assert "まだ評価がありません" in client.get(address).content.decode()
