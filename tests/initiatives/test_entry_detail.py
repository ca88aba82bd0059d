import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from initiatives import history
from initiatives.models import InitiativePartner, Partner
from tests.factories import PlanYearFactory, make_entry, make_initiative


def address(plan_year, initiative) -> str:
    return reverse("initiatives:entry_detail", args=[plan_year.plan_id, plan_year.fiscal_year, initiative.pk])


def page_of(client, plan_year, initiative) -> BeautifulSoup:
    return BeautifulSoup(client.get(address(plan_year, initiative)).content, "html.parser")


def test_works(client, writer, plan, plan_year, department, other_department):
    initiative = make_initiative(plan, "1-1-1-1", department, other_department, name="見守り", baseline="3件")
    make_entry(initiative, rating="B", target="10件", next_target="12件")
    InitiativePartner.objects.create(initiative=initiative, partner=Partner.objects.create(name="社協"))
    client.force_login(writer)
    text = page_of(client, plan_year, initiative).get_text(" ", strip=True)
    for words in (
        "1-1-1-1",
        "見守り",
        "【高齢課】",
        "高齢課の実績",
        "防災課の課題",
        "10件",
        "12件",
        "3件",
        "社協",
        "関係課",
        "おおむね実施できた",
    ):
        assert words.replace(" ", "") in text.replace(" ", ""), words


def test_all_years_newest_first(client, writer, plan, plan_year, department):
    initiative = make_initiative(plan, "1-1-1-1", department)
    PlanYearFactory(plan=plan, fiscal_year=2023)
    make_entry(initiative, 2023, rating="C", result="去年の文")
    make_entry(initiative, rating="A", result="今年の文")
    client.force_login(writer)
    page = page_of(client, plan_year, initiative)
    rows = [row.get_text(" ", strip=True) for row in page.select("section[aria-labelledby=h-years] tbody tr")]
    assert [row.split()[0] for row in rows] == ["令和6年度", "令和5年度", "初期値"]
    assert "去年の文" in rows[1] and rows[1].endswith("C")


def test_a_cross_listing_and_its_original_point_at_each_other(client, writer, plan, plan_year, department):
    original = make_initiative(plan, "1-1-1-1", department, name="元の取組")
    make_entry(original, rating="B", result="元の文")
    listing = make_initiative(plan, "2-1-1-1", department, original=original, name="再掲の取組")
    client.force_login(writer)
    page = page_of(client, plan_year, listing)
    assert "元の文" in page.get_text()
    assert (
        page.select_one(f"section[aria-labelledby=h-cross] a[href='{address(plan_year, original)}']").get_text()
        == "1-1-1-1 元の取組"
    )
    assert page_of(client, plan_year, original).select_one(f"a[href='{address(plan_year, listing)}']") is not None


def test_changes_are_listed_for_those_who_may_read_the_text(client, writer, other, member, plan, plan_year, department):
    initiative = make_initiative(plan, "1-1-1-1", department)
    part = make_entry(initiative, status="draft").parts.get()
    history.save_changes(part, {"result": "直した文"}, by=writer)
    client.force_login(writer)
    assert (
        "直した文" in page_of(client, plan_year, initiative).select_one("section[aria-labelledby=h-history]").get_text()
    )
    client.force_login(other)
    assert "直した文" not in page_of(client, plan_year, initiative).get_text()


def test_an_initiative_of_another_plan_or_year_is_404(client, writer, plan, plan_year, department):
    other_year = PlanYearFactory(fiscal_year=2024)
    initiative = make_initiative(plan, "1-1-1-1", department, last_year=2023)
    foreign = make_initiative(other_year.plan, "1-1-1-1", department)
    client.force_login(writer)
    assert client.get(address(plan_year, initiative)).status_code == 404
    assert client.get(address(plan_year, foreign)).status_code == 404


@pytest.mark.parametrize("years", [1, 8])
def test_queries_do_not_grow(
    client, writer, plan, plan_year, department, other_department, years, django_assert_num_queries
):
    initiative = make_initiative(plan, "1-1-1-1", department, other_department)
    make_entry(initiative)
    for year in range(2024 - years + 1, 2024):
        PlanYearFactory(plan=plan, fiscal_year=year)
        make_entry(initiative, year)
    client.force_login(writer)
    client.get(address(plan_year, initiative))
    with django_assert_num_queries(21):
        client.get(address(plan_year, initiative))
