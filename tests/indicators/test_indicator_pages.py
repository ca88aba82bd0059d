"""成果指標: the list, one indicator, and how it is measured."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from indicators.models import Figure, Indicator
from initiatives.models import FieldChange, PlanYear
from tests.factories import make_indicator


def page_of(client, address) -> BeautifulSoup:
    return BeautifulSoup(client.get(address).content, "html.parser")


def cells(row) -> list[str]:
    return [cell.get_text(" ", strip=True) for cell in row.find_all(["td", "th"])]


@pytest.fixture
def listing(plan_year):
    return reverse("indicators:indicator_list", args=[plan_year.plan_id, plan_year.fiscal_year])


def test_the_list_tells_what_is_owed(client, writer, other, plan, plan_year, indicator, listing):
    make_indicator(plan, "I02", (1, 2), {2023: ("64", "63"), 2024: ("62", "63")}, unit="団体", name="団体数")
    make_indicator(plan, "I03", values={2024: (Figure.NOT_CONDUCTED, Figure.NOT_SET)}, name="調べなかった数")
    client.force_login(writer)
    page = page_of(client, listing)
    assert page.h1.get_text() == "あと1つの成果指標の、令和6年度の実績を書いてください"
    assert [cells(row) for row in page.select("tbody tr")] == [
        ["相談できる人の割合", "1", "高齢課", "まだ", "－", "67.2％", "－", "－", "書く ：相談できる人の割合"],
        # 62 − 64 ＝ −2; 62 ÷ 63 ＝ 98.41… ％
        ["団体数", "1・2", "－", "62団体", "−2団体", "63団体", "98.4％", "評価 A", ""],
        ["調べなかった数", "1", "－", "未実施", "－", "設定なし", "－", "－", ""],
    ]
    client.force_login(other)
    page = page_of(client, listing)
    assert page.h1.get_text() == "3の成果指標のうち、1つの実績がまだです"
    assert len(page.select("thead th")) == 8


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_list_do_not_grow(
    client, plan, plan_year, department, coordinator, listing, count, django_assert_num_queries
):
    for number in range(count):
        make_indicator(plan, f"I{number}", (1, 2), {2024: ("1", "2")}, department=department)
    client.force_login(coordinator)
    client.get(listing)  # the session remembers the year
    with django_assert_num_queries(10):
        client.get(listing)


def test_a_year_without_indicators_says_so(client, coordinator, listing):
    client.force_login(coordinator)
    assert "この計画には成果指標がまだありません" in page_of(client, listing).main.get_text()


def test_one_indicator_shows_every_year_with_its_rules(client, writer, plan, plan_year, department):
    indicator = make_indicator(
        plan, department=department, unit="%", decimals=1, survey_years="R2 R4 R6", no_change_band="2",
        prorates_target=True, source="市民アンケート",
        values={2020: ("50.0", "50.0"), 2022: ("53.0", None), 2024: ("54.9", None), 2025: (None, "60.0")},
    )  # fmt: skip
    client.force_login(writer)
    page = page_of(client, reverse("indicators:indicator_detail", args=[plan.pk, 2024, indicator.pk]))
    # 50 → 60 in five years, 2 a year; 53 ÷ 54 ＝ 98.14…, 54.9 ÷ 58 ＝ 94.65…
    assert [cells(row) for row in page.select(".scroll tbody tr")] == [
        ["実績", "－", "50.0％", "未実施", "53.0％", "未実施", "54.9％", "－"],
        ["前の調査との差", "", "－", "－", "＋3.0ポイント（R2から）", "－", "変化なし（R4から）", "－"],
        ["目標値", "", "50.0％", "52.0％ 目安", "54.0％ 目安", "56.0％ 目安", "58.0％ 目安", "60.0％"],
        ["達成率", "", "100.0％", "－", "98.1％", "－", "94.7％", "－"],
        ["評価", "", "評価 A", "－", "評価 A", "－", "評価 A", "－"],
    ]
    facts = page.select_one("dl.facts").get_text(" ", strip=True)
    for said in (
        "令和2年度の50.0％から令和7年度の目標60.0％まで：50.0％ ＋（60.0％ − 50.0％）× 4年 ÷ 5年 ＝ 58.0％",
        "実績 54.9％ ÷ 目安 58.0％ ＝ 94.7％",
        "令和2・令和4・令和6年度の調査で測ります。",
        "差が±2.0ポイントまでなら「変化なし」とします。",
        "市民アンケート",
        "高齢課",
    ):
        assert said in facts
    assert "令和4年度の調査との差は＋1.9ポイントで、変化なし" in page.main.get_text()


def test_the_committee_reads_figures_and_rating_but_neither_note_nor_history(
    client, member, plan, plan_year, department
):
    PlanYear.objects.update(status="committee")
    indicator = make_indicator(plan, department=department, values={2024: ("1", "2")})
    indicator.values.update(note="庁内だけの話", rating_override="A", override_reason="公表する理由")
    client.force_login(member)
    text = page_of(client, reverse("indicators:indicator_detail", args=[plan.pk, 2024, indicator.pk])).main.get_text()
    assert "公表する理由" in text
    assert "庁内だけの話" not in text
    assert "これまでの変更" not in text


def test_how_it_is_measured_is_changed_with_a_reason(client, coordinator, indicator, address):
    client.force_login(coordinator)
    page = page_of(client, address("indicator_settings"))
    typed = {
        each["name"]: each.get("value", "")
        for each in page.select(
            "form.form input[type=text], form.form input[type=number], form.form input[type=hidden]"
        )
    }
    typed |= {"kind": "outcome", "polarity": "lower", "accumulation": "yearly", "department": indicator.department_id}
    typed |= {"survey_years": "令和4年度、R6", "no_change_band": "1.5"}
    typed |= {"goals": [goal.pk for goal in indicator.goals.all()]}
    refused = client.post(address("indicator_settings"), typed)
    assert refused.status_code == 422
    assert Indicator.objects.get().polarity == "higher"
    assert client.post(address("indicator_settings"), typed | {"reason": "減らす目標のため"}).status_code == 302
    kept = Indicator.objects.get()
    assert (kept.polarity, kept.survey_years, str(kept.no_change_band), kept.version) == ("lower", "R4 R6", "1.5000", 2)
    assert {each.reason for each in FieldChange.objects.all()} == {"減らす目標のため"}
    assert {each.field for each in FieldChange.objects.all()} == {"polarity", "survey_years", "no_change_band"}
    stale = client.post(address("indicator_settings"), typed | {"reason": "もう一度", "polarity": "keep"})
    assert stale.status_code == 409
    history = page_of(client, address("indicator_detail")).select_one("details.more").get_text(" ", strip=True)
    assert "よい方向 高いほどよい → 低いほどよい" in history
    assert "変化なしの幅 － → 1.5" in history


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"survey_years": "R30"}, "その中の年度にしてください。"),
        ({"survey_years": "いつか"}, "いつか"),
        ({"no_change_band": "-1"}, "0か、0より大きい数にしてください。"),
        ({"decimals": "9"}, "4までの数にしてください。"),
        ({"goals": []}, "1つ以上選んでください。"),
        ({"numerator_name": "就労者数"}, "分母と分子の名前は、両方書いてください。"),
        ({"first_year": "2024", "last_year": "2023"}, "測り始める年度か、その後の年度にしてください。"),
        ({"last_year": "1999"}, "正しく選択してください"),
    ],
)
def test_a_measure_that_makes_no_sense_is_refused(client, coordinator, indicator, address, typed, problem):
    client.force_login(coordinator)
    whole = {
        "version": 1, "name": "指標", "unit": "%", "decimals": 1, "kind": "outcome", "polarity": "higher",
        "accumulation": "yearly", "reason": "ためし", "goals": [goal.pk for goal in indicator.goals.all()],
    }  # fmt: skip
    response = client.post(address("indicator_settings"), whole | typed)
    assert response.status_code == 422
    assert problem in response.content.decode()
    assert Indicator.objects.get().version == 1
