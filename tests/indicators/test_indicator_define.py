"""Adding an indicator and ending one: by whom, why, and in which years it counts."""

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, transaction
from django.urls import reverse

from indicators.models import Indicator
from indicators.series import all_series, scale_of
from initiatives.models import FieldChange, PlanYear
from reporting.assemble import assemble
from reporting.checks.year import context_of, judged
from reporting.models import Chapter, PrintedClaim
from tests.factories import PlanYearFactory, make_direction, make_indicator

pytestmark = pytest.mark.django_db


@pytest.fixture
def years(plan):
    """令和5年度 published, 令和6年度 and 令和7年度 under way."""
    PlanYearFactory(plan=plan, fiscal_year=2023, status=PlanYear.Status.PUBLISHED)
    return {year: PlanYearFactory(plan=plan, fiscal_year=year) for year in (2024, 2025)}


@pytest.fixture
def goals(plan):
    return [make_direction(plan, number).policy.goal for number in (1, 2)]


@pytest.fixture
def office(client, coordinator):
    client.force_login(coordinator)
    return client


def address(plan, name, *more, year=2024) -> str:
    return reverse(f"indicators:{name}", args=[plan.pk, year, *more])


def page_of(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def add(client, plan, chosen, year=2024, **more):
    typed = {
        "version": 0, "name": "居場所の数", "unit": "か所", "decimals": 0, "source": "福祉課調べ", "kind": "outcome",
        "polarity": "higher", "accumulation": "yearly", "goals": [goal.pk for goal in chosen], "baseline": "３",
        "first_year": "2025", "reason": "委員会の求め",
    }  # fmt: skip
    return client.post(address(plan, "indicator_add", year=year), typed | more)


def end(client, indicator, last_year, *, year=2024, **more):
    page = page_of(client.get(address(indicator.plan, "indicator_settings", indicator.pk, year=year)))
    form = page.select_one("form.form")
    typed = {
        each["name"]: each.get("value", "")
        for each in form.select("input[type=text], input[type=number], input[name=version]")
    }
    typed |= {each["name"]: each["value"] for each in form.select("input[type=radio][checked]")}
    typed |= {
        each["name"]: (each.select_one("option[selected]") or {}).get("value", "") for each in form.select("select")
    }
    typed |= {"goals": [each["value"] for each in form.select("input[name=goals][checked]")]}
    typed |= {"last_year": last_year, "reason": "事業が終わる"} | more
    return client.post(address(indicator.plan, "indicator_settings", indicator.pk, year=year), typed)


def codes(plan, year) -> list[str]:
    return [series.code for series in all_series(plan, year, scale_of(plan)).values()]


# --- Adding -------------------------------------------------------------------------------------------


def test_an_indicator_is_added_from_a_year_on(office, coordinator, plan, years, goals):
    make_indicator(plan, "I01")
    response = add(office, plan, goals)
    assert response["Location"] == address(plan, "indicator_list")  # 令和6年度 does not count it yet
    made = Indicator.objects.get(name="居場所の数")
    assert (made.code, made.position, made.first_year, made.last_year, made.baseline) == ("I02", 2, 2025, None, 3)
    assert [link.goal.number for link in made.goal_links.order_by("goal__number")] == [1, 2]
    assert (codes(plan, 2024), codes(plan, 2025)) == (["I01"], ["I01", "I02"])
    changes = FieldChange.objects.filter(model="indicators.indicator", object_id=made.pk)
    assert {change.reason for change in changes} == {"委員会の求め"}
    told = {change.field: (change.old, change.new) for change in changes}
    assert (told["name"], told["goals"], told["first_year"]) == (("", "居場所の数"), ("", "1・2"), ("", "2025"))
    series = all_series(plan, 2025, scale_of(plan))[made.pk]
    assert [year.actual_figure for year in series.years] == ["not_set"] * 5 + ["blank"]
    page = page_of(office.get(address(plan, "indicator_detail", made.pk, year=2025)))
    assert "令和7年度から測っています。" in page.select_one("dl.facts").get_text()
    assert "始まる年度 － → 令和7年度" in page.select_one("details.more").get_text(" ", strip=True)


def test_a_free_number_is_taken(office, plan, years, goals):
    make_indicator(plan, "I02")
    add(office, plan, goals)
    assert sorted(Indicator.objects.values_list("code", flat=True)) == ["I02", "I03"]


def test_a_ratio_is_added_with_its_parts(office, plan, years, goals):
    parts = {
        "unit": "%", "baseline": "", "ratio_name": "就労の割合", "denominator_name": "相談件数", "denominator_unit": "件",
        "numerator_name": "就労者数", "numerator_unit": "人", "baseline_denominator": "40", "baseline_numerator": "10",
    }  # fmt: skip
    add(office, plan, goals, **parts)
    made = Indicator.objects.get()
    assert made.is_ratio
    assert all_series(plan, 2025, scale_of(plan))[made.pk].baseline == 25


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"reason": " "}, "加える理由：ここを書いてください。"),
        ({"goals": []}, "1つ以上選んでください。"),
        ({"name": "指標 I０１"}, "同じ名前の成果指標があります。"),
        ({"first_year": ""}, "令和5年度（公表）の成果指標の数が変わってしまいます。"),
        ({"first_year": "2023"}, "令和5年度（公表）の成果指標の数が変わってしまいます。"),
    ],
)
def test_what_is_refused_and_what_was_typed_stays(office, plan, years, goals, more, why):
    make_indicator(plan, "I01")
    response = add(office, plan, goals, **more)
    page = page_of(response)
    assert response.status_code == 422
    assert why in page.select_one(".notice--err").get_text()
    assert page.select_one("[name=source]")["value"] == "福祉課調べ"
    assert Indicator.objects.count() == 1


@pytest.mark.parametrize("name", ["indicator_add", "indicator_settings"])
def test_only_the_office_defines(client, writer, plan, years, goals, name):
    more = [make_indicator(plan).pk] if name == "indicator_settings" else []
    client.force_login(writer)
    before = Indicator.objects.values().get() if more else None
    assert client.post(address(plan, name, *more), {}).status_code == 403
    assert Indicator.objects.values().first() == before
    assert "成果指標を加える" not in client.get(address(plan, "indicator_list")).content.decode()


# --- Changing -----------------------------------------------------------------------------------------


def test_goals_change_with_a_reason(office, plan, years, goals):
    indicator = make_indicator(plan)
    assert end(office, indicator, "", goals=[goals[1].pk], reason="載せる目標を移す").status_code == 302
    (change,) = FieldChange.objects.all()
    assert (change.field, change.old, change.new, change.reason) == ("goals", "1", "2", "載せる目標を移す")
    indicator.refresh_from_db()
    assert (indicator.version, [goal.number for goal in indicator.goals.all()]) == (2, [2])
    page = page_of(office.get(address(plan, "indicator_detail", indicator.pk)))
    assert "目標 1 → 2" in page.select_one("details.more").get_text(" ", strip=True)
    assert end(office, indicator, "", goals=[goals[0].pk], version=1).status_code == 409
    assert [goal.number for goal in indicator.goals.all()] == [2]


def test_nothing_changed_leaves_no_trace(office, plan, years):
    indicator = make_indicator(plan, baseline="3.5", no_change_band=1, survey_years="R4 R6", first_year=2024)
    end(office, indicator, "")
    indicator.refresh_from_db()
    assert (indicator.version, FieldChange.objects.count()) == (1, 0)


# --- Ending -------------------------------------------------------------------------------------------


@pytest.fixture
def ended(office, plan, years):
    """Two indicators; the second one's last year is 令和6年度."""
    values = {2023: (5, 10), 2024: (9, 10), 2025: (None, 10)}
    make_indicator(plan, "I01", values=values)
    indicator = make_indicator(plan, "I02", values=values, name="終わる指標")
    assert end(office, indicator, "2024").status_code == 302
    return indicator


def test_an_ended_indicator_counts_in_its_years_alone(office, plan, years, ended):
    (change,) = FieldChange.objects.all()
    assert (change.field, change.new, change.reason) == ("last_year", "2024", "事業が終わる")
    then, after = assemble(years[2024]), assemble(years[2025])
    assert ([each.code for each in then.indicators], then.indicator_ratings["A"]) == (["I01", "I02"], 2)
    assert ([each.code for each in after.indicators], sum(after.indicator_ratings.values())) == (["I01"], 1)
    assert (then.goals[0].indicator_codes, after.goals[0].indicator_codes) == (("I01", "I02"), ("I01",))
    assert b"I02" not in office.get(reverse("reporting:summary", args=[plan.pk, 2025])).content


def test_it_stays_readable_where_it_counted(office, plan, years, ended):
    assert office.get(address(plan, "indicator_detail", ended.pk)).status_code == 200
    for name in ("indicator_detail", "indicator_edit"):
        assert office.get(address(plan, name, ended.pk, year=2025)).status_code == 404
    section = page_of(office.get(address(plan, "indicator_list", year=2025))).select_one(
        "section[aria-labelledby=h-elsewhere]"
    )
    assert section.li.get_text(" ", strip=True) == "終わる指標 令和6年度まで 決めごと ：終わる指標"
    assert section.a["href"] == address(plan, "indicator_detail", ended.pk)
    assert page_of(office.get(address(plan, "indicator_list"))).select_one("#h-elsewhere") is None


def test_nobody_owes_what_has_ended(client, writer, department, plan, years, ended):
    Indicator.objects.update(department=department)
    client.force_login(writer)
    page = page_of(client.get(reverse("initiatives:year_home", args=[plan.pk, 2025])))
    assert [step.get_text() for step in page.select(".todo__t")] == ["成果指標1つの、令和7年度の実績を書く"]


def test_checks_and_live_figures_of_a_later_year_know_nothing_of_it(office, plan, years, ended):
    goal = plan.goals.get()
    Chapter.objects.create(plan=plan, fiscal_year=2025, goal=goal, kind="vision", text="{{成果指標I02.実績}}")
    PrintedClaim.objects.create(plan=plan, fiscal_year=2025, key="indicators/I02/2024//rate", text="1.0％")
    PrintedClaim.objects.create(plan=plan, fiscal_year=2024, key="indicators/I02/2024//rate", text="1.0％")
    assert [one.finding.check for one in judged(years[2025], ["live_figures", "indicator_figures"])] == ["live_figures"]
    assert [one.finding.check for one in judged(years[2024], ["indicator_figures"])] == ["indicator_figures"]
    assert len(context_of(years[2025]).report.indicators) == 1


def test_it_may_go_on_again(office, plan, years, ended):
    assert end(office, ended, "", year=2025).status_code == 302
    assert codes(plan, 2025) == ["I01", "I02"]


def test_a_year_that_is_out_keeps_its_indicators(office, plan, years):
    indicator = make_indicator(plan)
    response = end(office, indicator, "2022")
    assert response.status_code == 422
    assert "令和5年度（公表）の成果指標の数が変わってしまいます。" in response.content.decode()
    assert end(office, indicator, "2023").status_code == 302
    refused = end(office, indicator, "2022", year=2025)
    assert (refused.status_code, Indicator.objects.get().last_year) == (422, 2023)


def test_the_database_knows_the_order_of_the_years(plan):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_indicator(plan, first_year=2024, last_year=2023)
