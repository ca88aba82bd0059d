import json
from decimal import Decimal

import pytest
from django.utils import timezone

from indicators.models import Figure
from initiatives.models import Goal, PlanYear, Term
from reporting.assemble import assemble
from reporting.models import Chapter, CityEvent, Footnote
from reporting.snapshot import dumps
from reviews.models import CommitteeReview
from tests.factories import (
    DepartmentFactory,
    PlanYearFactory,
    UserFactory,
    make_entry,
    make_indicator,
    make_initiative,
    make_part,
)


@pytest.fixture
def year(plan):
    return PlanYearFactory(plan=plan, status=PlanYear.Status.REVIEWING)


def rows(plan_year) -> dict:
    return {row.code: row for row in assemble(plan_year).rows}


def test_an_approved_initiative_is_printed_and_counted(plan, year, department):
    make_entry(
        make_initiative(plan, "1-1-1-1", department), rating="B", target="10件", next_target="12件", result="9件"
    )
    report = assemble(year)
    row = report.rows[0]
    assert (row.code, row.rating, row.target, row.next_target, row.result) == ("1-1-1-1", "B", "10件", "12件", "9件")
    assert report.tally.ratings == {"A": 0, "B": 1, "C": 0, "D": 0, "unrated": 0}
    assert (report.tally.points, report.tally.full_points, report.tally.rate) == (2, 3, Decimal(67))
    assert report.goals[0].policies[0].tally == report.tally


@pytest.mark.parametrize("status", ["not_started", "draft", "awaiting_manager", "submitted", "returned"])
def test_what_is_not_approved_brings_no_word_and_counts_as_unrated(plan, year, department, status):
    make_entry(
        make_initiative(plan, "1-1-1-1", department), status=status, rating="A", result="下書き", shared_result="共通"
    )
    report = assemble(year)
    assert "下書き" not in dumps(report)
    assert "共通" not in dumps(report)
    assert report.tally.ratings["unrated"] == report.tally.count == 1


def test_a_joint_initiative_is_composed_under_department_names(plan, year, department, other_department):
    initiative = make_initiative(plan, "1-1-1-1", department, other_department)
    make_entry(initiative, rating="A", shared_result="共通の文。")
    row = rows(year)["1-1-1-1"]
    assert row.result == "共通の文。\n【高齢課】\n高齢課の実績\n【防災課】\n防災課の実績"
    assert [(owner.department, owner.role) for owner in row.owners] == [("高齢課", "lead"), ("防災課", "related")]


def test_one_part_not_approved_leaves_the_other_and_no_rating(plan, year, department, other_department):
    entry = make_entry(make_initiative(plan, "1-1-1-1", department, other_department), rating="A")
    entry.parts.filter(department=other_department).update(status="draft", approved_at=None)
    row = rows(year)["1-1-1-1"]
    assert (row.result, row.rating, row.approved) == ("【高齢課】\n高齢課の実績", "", False)


def test_a_cross_listing_reads_its_original_and_counts_in_its_own_goal(plan, year, department):
    original = make_initiative(plan, "1-1-1-1", department)
    make_entry(original, rating="B", target="目標", result="元の文")
    make_initiative(plan, "2-1-1-1", department, original=original)
    report = assemble(year)
    row = rows(year)["2-1-1-1"]
    assert (row.original_code, row.result, row.rating, row.target, row.holds_own) == (
        "1-1-1-1",
        "元の文",
        "B",
        "目標",
        False,
    )
    assert [goal.tally.ratings["B"] for goal in report.goals] == [1, 1]
    assert (report.tally.count, report.tally_without_cross_listings.count) == (2, 1)


def test_a_cross_listing_may_hold_its_own(plan, year, department):
    original = make_initiative(plan, "1-1-1-1", department)
    make_entry(original, rating="B")
    listing = make_initiative(plan, "2-1-1-1", department, original=original)
    make_entry(listing, rating="A", result="自分の文", holds_own=True, own_reason="視点が違うため")
    row = rows(year)["2-1-1-1"]
    assert (row.result, row.rating, row.own_reason) == ("自分の文", "A", "視点が違うため")


def test_a_past_year_keeps_the_department_that_wrote(plan, year, department):
    old = DepartmentFactory(name="昔の課", closed_after=2024)
    initiative = make_initiative(plan, "1-1-1-1", department)
    entry = make_entry(initiative, rating="A")
    entry.parts.all().delete()
    make_part(entry, old, result="昔の文")
    report = assemble(year)
    assert [owner.department for owner in report.rows[0].owners] == ["昔の課"]
    assert [line.department for line in report.departments] == ["昔の課"]


def test_goals_and_initiatives_stand_only_in_their_years(plan, year, department):
    make_initiative(plan, "1-1-1-1", department, last_year=2023)
    make_initiative(plan, "1-1-1-2", department, first_year=2021)
    make_initiative(plan, "2-1-1-1", department, first_year=2025)
    make_initiative(plan, "3-1-1-1", department)
    Goal.objects.filter(plan=plan, number=3).update(first_year=2025)
    report = assemble(year)
    assert [(row.code, row.new_in) for row in report.rows] == [("1-1-1-2", 2021)]
    assert [goal.number for goal in report.goals] == [1, 2]


def test_a_goal_that_joined_this_year_is_marked(plan, year, department):
    make_initiative(plan, "1-1-1-1", department)
    make_initiative(plan, "2-1-1-1", department)
    Goal.objects.filter(plan=plan, number=2).update(first_year=2024)
    assert [goal.is_new for goal in assemble(year).goals] == [False, True]


def test_an_indicator_of_two_goals_is_counted_once(plan, year):
    make_indicator(plan, goals=(1, 2), unit="%", decimals=1, values={2024: ("57.7", "67.2"), 2025: ("99.9", "70.0")})
    report = assemble(year)
    indicator = report.indicators[0]
    assert report.indicator_ratings == {"A": 1, "B": 0, "C": 0, "D": 0, "unrated": 0}
    assert [goal.indicator_codes for goal in report.goals] == [("I01",), ("I01",)]
    assert (indicator.year(2024).rate, indicator.year(2024).rating) == (Decimal("85.9"), "A")
    assert (indicator.year(2025).actual, indicator.year(2025).rate) == (None, None)
    assert indicator.year(2025).target == Decimal("70.0")


def test_words_in_place_of_a_figure_stay_words(plan, year):
    make_indicator(plan, values={2023: (Figure.NOT_CONDUCTED, Figure.NOT_SET), 2024: ("0", Figure.UNDER_REVIEW)})
    before, now = (assemble(year).indicators[0].year(y) for y in (2023, 2024))
    assert (before.actual_figure, before.target_figure, before.rating) == ("not_conducted", "not_set", "")
    assert (now.actual, now.target_figure, now.rate) == (Decimal(0), "under_review", None)


def test_chapters_go_to_their_goal(plan, year, department):
    make_initiative(plan, "1-1-1-1", department)
    goal = Goal.objects.get()
    of_year = {"plan": plan, "fiscal_year": 2024}
    Chapter.objects.create(**of_year, kind="foreword", text="はじめに")
    Chapter.objects.create(**of_year, kind="vision", goal=goal, heading="姿", text="・めざす")
    Chapter.objects.create(plan=plan, fiscal_year=2023, kind="vision", goal=goal, text="去年")
    CityEvent.objects.create(**of_year, goal=goal, position=1, when="令和6年4月", what="始めた")
    Footnote.objects.create(**of_year, goal=goal, number=1, text="注の文")
    CommitteeReview.objects.create(**of_year, goal=goal, text="講評")
    CommitteeReview.objects.create(**of_year, text="全体の講評")
    report = assemble(year)
    assert report.sections["foreword"].text == "はじめに"
    assert report.goals[0].sections["vision"].text == "・めざす"
    assert (report.goals[0].events[0].what, report.goals[0].footnotes[0].text) == ("始めた", "注の文")
    assert (report.goals[0].committee_review.text, report.committee_review.text) == ("講評", "全体の講評")


def test_json_is_the_documented_form(plan, year, department):
    make_entry(make_initiative(plan, "1-1-1-1", department), rating="A")
    make_indicator(plan, unit="%", decimals=1, values={2024: ("57.7", "67.2")})
    data = json.loads(dumps(assemble(year)))
    assert data["goals"][0]["tally"]["ratings"] == {"A": 1, "B": 0, "C": 0, "D": 0, "unrated": 0}
    assert data["goals"][0]["policies"][0]["directions"][0]["rows"][0]["code"] == "1-1-1-1"
    assert data["indicators"][0]["years"][4] == {
        "fiscal_year": 2024, "actual": "57.7", "actual_figure": "value", "target": "67.2", "target_figure": "value",
        "numerator": None, "denominator": None, "rate": "85.9", "rating": "A", "computed_rating": "A",
        "override_reason": "", "target_prorated": False, "recorded_on": str(timezone.localdate()),
    }  # fmt: skip


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow(plan, year, department, other_department, count, django_assert_num_queries):
    for number in range(1, count + 1):
        make_entry(make_initiative(plan, f"{number}-1-1-1", department, other_department), rating="A")
        make_indicator(plan, f"I{number}", goals=(number,), values={2024: ("1", "2")})
    fresh = PlanYear.objects.select_related("plan").get(pk=year.pk)
    with django_assert_num_queries(14):
        assemble(fresh)


def test_the_city_s_own_words_are_explained_when_they_are_used(plan, year, department):
    Term.objects.create(kind="loan", word="スキーム", right="しくみ", created_by=UserFactory())
    make_entry(make_initiative(plan, "1-1-1-1", department), rating="A", result="新しいスキームを作った。")
    assert ("スキーム", "しくみ") in [(each.word, each.meaning) for each in assemble(year).glossary]
