import io

import openpyxl
import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from initiatives import fiscal_year as fy
from initiatives.models import EntryPart, PlanYear
from reporting.checks.year import decide, judged
from reporting.models import CheckDecision
from tests.factories import PlanYearFactory, make_entry, make_indicator, make_initiative


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
    """The words of a row, without what only a screen reader says and without the differences from last year."""
    found = BeautifulSoup(str(row), "html.parser")
    for hidden in found.select("button .vh, .delta"):
        hidden.decompose()
    return [cell.get_text(" ", strip=True) for cell in found.find_all(["td", "th"])]


def deltas(row) -> list[str]:
    return [each.get_text() for each in row.select(".delta")]


def page_of(client, plan_year, query="") -> BeautifulSoup:
    address = reverse("reporting:summary", args=[plan_year.plan_id, plan_year.fiscal_year])
    return BeautifulSoup(client.get(address + query).content, "html.parser")


def test_counts_by_goal_policy_and_department(client, coordinator, rated):
    client.force_login(coordinator)
    page = page_of(client, rated)
    goals, policies, departments, indicators = page.select("table.tbl")
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


def test_without_the_cross_listings(client, coordinator, rated):
    client.force_login(coordinator)
    page = page_of(client, rated, "?cross=without")
    goals, _, departments, _ = page.select("table.tbl")
    assert page.h1.get_text() == "3の取組のうち、1件（33％）がA評価です"
    assert [cells(row) for row in goals.select("tbody tr, tfoot tr")] == [
        ["1", "目標その1", "2", "", "1", "0", "1", "0", "0", "4／6", "67％", "評価 B"],
        ["2", "目標その2", "1", "", "0", "0", "0", "0", "1", "0／3", "0％", "評価 D"],
        ["", "合計", "3", "", "1", "0", "1", "0", "1", "4／9", "44％", "評価 C"],
    ]
    assert [cells(row)[:3] for row in departments.select("tbody tr")] == [["高齢課", "2", ""], ["防災課", "2", ""]]
    assert page.select_one('[aria-label="再掲の数え方"] [aria-current]').get_text() == "再掲を除く"
    assert page.select_one("a[href$='summary.xlsx?cross=without']")


def test_a_calculation_names_its_rows_and_their_approval(client, coordinator, rated):
    client.force_login(coordinator)
    told = page_of(client, rated).select_one("#how-total-all").get_text(" ", strip=True)
    day = fy.date_label(timezone.localdate())
    # A 2 × 3 ＋ C 1 × 1 ＝ 7 of 4 × 3 ＝ 12; 7 ÷ 12 ＝ 58.333… ％
    for said in (
        "点数：2×3＋1×1＝7点",
        "満点：4件×3点＝12点",
        "達成率：7÷12＝58.33％。四捨五入して58％",
        "総合評価：58.33％は50％以上なのでB",
        "A 2件 1-1-1-1、2-1-1-2",
        "C 1件 1-2-1-1",
        "未評価 1件 2-1-1-1",
        f"{day}に承認されました。まだ承認されていない1件は、未評価に数えています。",
    ):
        assert said in told.replace("\u3000", " ")


# --- Against last year ------------------------------------------------------------------------------


@pytest.fixture
def two_years(plan, department, other_department):
    """R5: A C B (6 of 9 points); R6: B A B with a new A (10 of 12). The last one ended with R5."""
    PlanYearFactory(plan=plan, fiscal_year=2023, status="published")
    now = PlanYearFactory(plan=plan, fiscal_year=2024, status="committee")
    for code, before, this in (("1-1-1-1", "A", "B"), ("1-1-1-2", "C", "A"), ("1-1-1-3", "B", "B")):
        initiative = make_initiative(plan, code, department)
        make_entry(initiative, 2023, rating=before)
        make_entry(initiative, 2024, rating=this)
    make_entry(make_initiative(plan, "1-1-1-4", department, first_year=2024), 2024, rating="A")
    return now


def test_differences_from_last_year(client, coordinator, two_years):
    client.force_login(coordinator)
    page = page_of(client, two_years)
    goals = page.select_one("table.tbl")
    # 3 → 4 rows; A 1 → 2, B 1 → 2, C 1 → 0; 6÷9 ＝ 66.7 → 67 ％, 10÷12 ＝ 83.3 → 83 ％: 16 points
    assert deltas(goals.select_one("tbody tr")) == ["＋1", "＋1", "＋1", "−1", "＋16ポイント"]
    # A's share 1 of 3 ＝ 33 ％, 2 of 4 ＝ 50 ％
    assert cells(page.select("table.tbl")[2].select_one("tbody tr"))[-2:] == ["50％", "＋17ポイント"]
    assert "Aの割合は50％で、前年度の33％から17ポイント増えました。" in page.main.get_text()


def test_who_rose_and_who_fell(client, coordinator, two_years):
    client.force_login(coordinator)
    section = page_of(client, two_years).find(id="years").find_parent("section")
    assert "上がった取組が1件、下がった取組が1件、同じ取組が1件です。" in section.get_text()
    assert [cells(row) for row in section.select("tbody tr")] == [
        ["A 1".replace(" ", "\u3000"), "0", "↘ 1", "0", "0"],
        ["B\u30001", "0", "1", "0", "0"],
        ["C\u30001", "↗ 1", "0", "0", "0"],
        ["D\u30000", "0", "0", "0", "0"],
    ]
    assert [each.get_text(" ", strip=True).split("\u3000")[0].split()[0] for each in section.select("li")] == [
        "1-1-1-1",
        "1-1-1-2",
    ]


def test_a_year_that_the_committee_may_not_see_is_not_compared_with(client, member, two_years):
    PlanYear.objects.filter(fiscal_year=2023).update(status="reviewing")
    client.force_login(member)
    page = page_of(client, two_years)
    assert page.select(".delta") == []
    assert "前年度の集計がありません。" in page.main.get_text()


# --- Self-rating against the agreed one -------------------------------------------------------------


@pytest.fixture
def disagreeing(plan, plan_year, department, other_department):
    """Two departments gave A and C, the office decided B; a second initiative where all agree."""
    entry = make_entry(
        make_initiative(plan, "1-1-1-1", department, other_department), rating="B", rating_reason="庁内での話し合い"
    )
    for part, letter in zip(entry.parts.order_by("position"), "AC", strict=True):
        EntryPart.objects.filter(pk=part.pk).update(self_rating=letter)
    make_entry(make_initiative(plan, "1-1-1-2", department), rating="A").parts.update(self_rating="A")
    make_initiative(plan, "2-1-1-1", department, original=plan.initiatives.get(code="1-1-1-1"))
    return plan_year


def test_self_ratings_that_differ_from_the_agreed_one(client, writer, disagreeing):
    client.force_login(writer)
    section = page_of(client, disagreeing).find(id="ratings").find_parent("section")
    text = section.get_text(" ", strip=True)
    assert "課の自己評価3件" in text
    assert "同じ評価が1件です。取組の評価のほうが低いものが1件、高いものが1件あります。" in text
    lower, higher = (each.get_text(" ", strip=True) for each in section.select("li"))
    assert "（高齢課）" in lower and "自己評価A → 取組の評価B" in lower and "1段階低い" in lower
    assert "（防災課）" in higher and "自己評価C → 取組の評価B" in higher and "1段階高い" in higher


@pytest.mark.parametrize(("username", "told"), [("coordinator", True), ("writer", False), ("member", False)])
def test_why_another_rating_was_set_stands_there_for_the_office_alone(
    client, coordinator, writer, member, disagreeing, username, told
):
    PlanYear.objects.update(status="committee")
    client.force_login(User.objects.get(username=username))
    page = page_of(client, disagreeing).main.get_text()
    assert "自己評価A" in page
    assert ("庁内での話し合い" in page) == told


# --- How ratings are spread -------------------------------------------------------------------------


def test_ratings_that_lie_close_together_are_told(client, coordinator, writer, plan, plan_year, department):
    for number in range(1, 6):
        entry = make_entry(
            make_initiative(plan, f"1-1-1-{number}", department),
            rating="A",
            target="30件",
            result=f"{number}件だった。",
        )
        entry.parts.update(self_rating="A")
    client.force_login(coordinator)
    section = page_of(client, plan_year).find(id="spread").find_parent("section")
    text = section.get_text(" ", strip=True)
    assert "評価の100％がAに集まっています。" in text
    assert "担当する5件の評価が、すべてAです。" in text
    assert [each.get_text(strip=True) for each in section.select("summary")] == [
        "評価のかたより　1件",
        "数と評価の食い違い　5件",
    ]
    assert "昨年度と同じ文はありません。" in text
    client.force_login(writer)
    told = page_of(client, plan_year).find(id="spread").find_parent("section").get_text()
    assert "評価の100％がAに集まっています。" in told
    assert "担当する5件" not in told


def test_what_was_accepted_is_left_out(client, coordinator, plan, plan_year, department):
    for number in range(1, 6):
        make_entry(make_initiative(plan, f"1-1-1-{number}", department), rating="A", target="継続", result="行った。")
    (found,) = judged(plan_year, ["clustering"])
    decide(plan_year, found.finding, CheckDecision.Kind.ACCEPT, by=coordinator, reason="課と確かめた")
    client.force_login(coordinator)
    assert (
        "評価のかたよりはありません。" in page_of(client, plan_year).find(id="spread").find_parent("section").get_text()
    )


def test_an_indicator_rated_otherwise_than_computed_is_named(client, coordinator, rated):
    rated.plan.indicators.get().values.update(rating_override="A", override_reason="期間が半年だったため")
    client.force_login(coordinator)
    page = page_of(client, rated).main.get_text()
    assert "※「指標I01」は、計算ではBですが、理由を書いてAとしています。" in page
    assert list(book_of(client, rated)["成果指標"].values)[1] == (
        "指標I01", None, 1, 2, None, 50, "A", "B", "期間が半年だったため",
    )  # fmt: skip


# --- Excel and queries ------------------------------------------------------------------------------


def book_of(client, plan_year, query="") -> openpyxl.Workbook:
    address = reverse("reporting:summary_excel", args=[plan_year.plan_id, plan_year.fiscal_year])
    return openpyxl.load_workbook(io.BytesIO(client.get(address + query).content))


def test_excel_holds_what_is_shown_as_numbers(client, coordinator, two_years):
    client.force_login(coordinator)
    book = book_of(client, two_years)
    assert book.sheetnames == ["目標ごと", "施策ごと", "課ごと", "前年度との比較", "自己評価との差", "成果指標"]
    assert list(book["目標ごと"].values) == [
        (
            "番号",
            "名称",
            "件数",
            "A",
            "B",
            "C",
            "D",
            "未評価",
            "点数",
            "満点",
            "達成率（％）",
            "総合評価",
            "件数の差",
            "達成率の差（ポイント）",
        ),
        (1, "目標その1", 4, 2, 2, 0, 0, 0, 10, 12, 83, "A", 1, 16),
        (None, "合計", 4, 2, 2, 0, 0, 0, 10, 12, 83, "A", 1, 16),
    ]
    assert list(book["前年度との比較"].values)[1:] == [
        ("1-1-1-1", "取組1-1-1-1", "高齢課", "A", "B", -1),
        ("1-1-1-2", "取組1-1-1-2", "高齢課", "C", "A", 2),
        ("1-1-1-3", "取組1-1-1-3", "高齢課", "B", "B", 0),
    ]


def test_excel_without_the_cross_listings(client, coordinator, rated):
    client.force_login(coordinator)
    assert [row[2] for row in book_of(client, rated)["目標ごと"].values] == ["件数", 2, 2, 4, 3]
    assert [row[2] for row in book_of(client, rated, "?cross=without")["目標ごと"].values] == ["件数", 2, 1, 3]


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow(
    client, writer, plan, plan_year, department, other_department, count, django_assert_num_queries
):
    PlanYearFactory(plan=plan, fiscal_year=2023)
    for number in range(1, count + 1):
        initiative = make_initiative(plan, f"{number}-1-1-1", department, other_department)
        for year in (2023, 2024):
            make_entry(initiative, year, rating="C").parts.update(self_rating="A")
    client.force_login(writer)
    page_of(client, plan_year)  # the session remembers the year
    with django_assert_num_queries(36):
        page_of(client, plan_year)


def test_a_year_without_rows_has_words(client, coordinator, plan_year):
    client.force_login(coordinator)
    address = reverse("reporting:summary", args=[plan_year.plan_id, plan_year.fiscal_year])
    assert "まだ評価がありません" in client.get(address).content.decode()
