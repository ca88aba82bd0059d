"""The three deadlines of a year on its page: their order, holidays, who changed them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from config.context import plan_bar
from initiatives import business_days, deadlines, permissions, workflow
from initiatives.models import DeadlineExtension, FieldChange, PlanYear
from tests.factories import make_entry, make_initiative


@pytest.fixture
def today(monkeypatch):
    """20 November 2026, a Friday; Monday is a holiday."""
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 20, 1, 0, tzinfo=UTC))
    return date(2026, 11, 20)


def page(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def post(office, address, department="", manager="", committee=""):
    given = {"department_deadline": department, "manager_deadline": manager, "committee_deadline": committee}
    return office.post(address("year_deadlines"), given)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (("2026-12-04", "2026-12-03", ""), "各課の提出期限と同じ日か、後の日にしてください。"),
        (("", "2026-12-09", "2026-12-08"), "課長の期限と同じ日か、後の日にしてください。"),
        (("2026-12-04", "", "2026-12-03"), "各課の提出期限と同じ日か、後の日にしてください。"),
        (("9999-12-31", "", ""), "今日から3年以内の日にしてください。"),
        (("0001-01-01", "", ""), "今日から3年以内の日にしてください。"),
        (("来週", "", ""), "日付を正しく入力してください。"),
    ],
)
def test_deadlines_that_cannot_be_are_refused_and_change_nothing(office, address, today, days, words):
    response = post(office, address, *days)
    assert response.status_code == 422
    assert words in response.content.decode()
    row = PlanYear.objects.get()
    assert (row.department_deadline, row.manager_deadline, row.committee_deadline) == (None, None, None)


def test_the_same_day_for_all_is_fine(office, address, today):
    assert post(office, address, "2026-12-04", "2026-12-04", "2026-12-04").status_code == 302
    assert PlanYear.objects.get().manager_deadline == date(2026, 12, 4)


def test_a_deadline_on_a_holiday_is_kept_and_said(office, address, today):
    post(office, address, "2026-11-23", "2026-11-27")
    assert PlanYear.objects.get().department_deadline == date(2026, 11, 23)
    notice = page(office.get(address("year_settings"))).select_one(".notice--warn")
    assert [item.get_text() for item in notice.select("li")] == [
        "11月23日（月）は勤労感謝の日です。前の営業日は11月20日（金）、次の営業日は11月24日（火）です。"
    ]


def test_business_days_are_proposed_where_nothing_is_set(office, address, today):
    hints = [hint.get_text() for hint in page(office.get(address("year_settings"))).select("form .hint")]
    assert hints[0].endswith("今日から20営業日後は、12月21日（月）です。")
    assert hints[1].endswith("12月21日（月）から3営業日後は、12月24日（木）です。")
    post(office, address, "2026-12-04")
    hints = [hint.get_text() for hint in page(office.get(address("year_settings"))).select("form .hint")]
    assert "営業日後" not in hints[0]
    assert hints[1].endswith("12月4日（金）から3営業日後は、12月9日（水）です。")


def test_who_changed_a_deadline_is_on_the_page(office, address, today, plan, department):
    make_entry(make_initiative(plan, "1-1-1-1", department), status="draft")
    post(office, address, "2026-12-04")
    post(office, address, "2026-12-08")
    given = {"department": department.pk, "until": "2026-12-11", "reason": "災害対応"}
    office.post(address("year_extension"), given)
    office.post(address("year_extension"), given | {"until": "2026-12-14"})
    side = page(office.get(address("year_settings"))).select_one("section[aria-labelledby=h-changes]")
    assert [item.select("p")[1].get_text() for item in side.select("li")] == [
        "高齢課の延長：12月11日（金） → 12月14日（月）。災害対応",
        "高齢課の延長：なし → 12月11日（金）。災害対応",
        "各課の提出期限：12月4日（金） → 12月8日（火）",
        "各課の提出期限：なし → 12月4日（金）",
    ]
    assert {item.b.get_text() for item in side.select("li")} == {"とりまとめ"}
    assert DeadlineExtension.objects.get().until == date(2026, 12, 14)


def test_the_same_deadlines_leave_no_record(office, address, today):
    post(office, address, "2026-12-04")
    response = post(office, address, "2026-12-04")
    assert "期限は変わっていません。" in page(office.get(response["Location"])).get_text()
    assert FieldChange.objects.count() == 1


def test_without_a_deadline_there_is_nothing_to_extend(office, address, today, plan, department):
    make_entry(make_initiative(plan, "1-1-1-1", department), status="draft")
    response = office.post(address("year_extension"), {"department": department.pk, "until": "2026-12-11"})
    assert response.status_code == 422
    assert "先に期限を決めてください。" in response.content.decode()


def test_a_later_deadline_for_all_is_not_cut_by_an_older_extension(plan_year, department, coordinator, today):
    plan_year.department_deadline = date(2026, 12, 4)
    plan_year.save()
    deadlines.extend(plan_year, department, date(2026, 12, 8), reason="", by=coordinator)
    deadlines.change(plan_year, {"department_deadline": date(2026, 12, 18)}, by=coordinator)
    assert plan_year.deadline_for(department.pk) == date(2026, 12, 18)


def test_a_manager_may_pass_on_after_every_deadline(plan_year, plan, manager, department, today):
    part = make_entry(make_initiative(plan, "1-1-1-1", department), status="awaiting_manager").parts.get()
    plan_year.department_deadline = plan_year.manager_deadline = today - timedelta(days=1)
    plan_year.save()
    assert permissions.can_submit(manager, part, plan_year)
    workflow.perform(part, "submit", by=manager, plan_year=plan_year)
    assert part.status == "submitted"


# --- The bar above every page -----------------------------------------------------------------------


@pytest.fixture
def dated(plan_year, today):
    plan_year.department_deadline, plan_year.manager_deadline = date(2026, 12, 4), date(2026, 12, 9)
    plan_year.save()
    return plan_year


@pytest.mark.parametrize(
    ("who", "label", "left"),
    [
        ("writer", "提出期限 12月4日（金）", "あと9営業日"),
        ("manager", "課長の期限 12月9日（水）", "あと12営業日"),
        ("coordinator", "各課の提出期限 12月4日（金）", "あと9営業日"),
    ],
)
def test_everyone_sees_the_deadline_that_concerns_them(dated, who, label, left, request):
    bar = plan_bar(dated, request.getfixturevalue(who))
    assert (bar.deadline_label, bar.days_left_label) == (label, left)


def test_a_manager_who_confirms_nothing_sees_the_departments_deadline(dated, manager, department):
    type(department).objects.update(manager_step=False)
    assert plan_bar(dated, manager).deadline_label == "提出期限 12月4日（金）"


def test_an_extension_shows_for_its_department_alone(dated, department, writer, manager, other, coordinator):
    deadlines.extend(dated, department, date(2026, 12, 11), reason="", by=coordinator)
    assert plan_bar(dated, writer).deadline_label == "提出期限 12月11日（金）"
    assert plan_bar(dated, manager).deadline_label == "課長の期限 12月11日（金）"
    assert plan_bar(dated, other).deadline_label == "提出期限 12月4日（金）"


@given(
    st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31)),
)  # fmt: skip
def test_the_managers_day_is_never_before_the_departments_extension(first, second, extension):
    year = PlanYear(department_deadline=min(first, second), manager_deadline=max(first, second))
    year.extended = {1: extension} if extension else {}
    assert year.deadline_for(1) <= year.manager_deadline_for(1)
    assert year.deadline_for(1) == max(filter(None, [min(first, second), extension]))
    assert business_days.left(year.deadline_for(1), year.manager_deadline_for(1)) == 0


def test_the_days_of_the_committee_stand_in_order(office, address, plan_year, today):
    given = {
        "department_deadline": "",
        "manager_deadline": "",
        "committee_start": "2027-01-12",
        "committee_deadline": "2027-01-08",
    }
    refused = office.post(address("year_deadlines"), given)
    assert refused.status_code == 422
    assert "委員の意見の始まりと同じ日か、後の日にしてください。" in refused.content.decode()
    office.post(address("year_deadlines"), given | {"committee_deadline": "2027-02-12"})
    plan_year.refresh_from_db()
    assert (plan_year.committee_start, plan_year.committee_deadline) == (date(2027, 1, 12), date(2027, 2, 12))


def test_a_member_is_told_when_opinions_begin_and_then_until_when(plan_year, member, today):
    plan_year.status = "committee"
    plan_year.committee_start, plan_year.committee_deadline = today + timedelta(days=1), today + timedelta(days=9)
    assert deadlines.for_person(plan_year, member) == ("委員の意見の始まり", today + timedelta(days=1))
    plan_year.committee_start = today
    assert deadlines.for_person(plan_year, member) == ("委員の意見の期限", today + timedelta(days=9))
