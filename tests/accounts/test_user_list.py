from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from accounts import people
from accounts.models import Membership, User
from initiatives import workbook_reader
from tests.factories import UserFactory


def names(response) -> list[str]:
    return [person.name for person in response.context["page_obj"]]


def test_the_first_sentence_counts(as_admin, url, writer, today):
    UserFactory(role="committee", expires_on=today + timedelta(days=30))
    UserFactory(role="committee", expires_on=today + timedelta(days=31))
    UserFactory(role="committee", expires_on=today - timedelta(days=1))
    UserFactory(is_active=False)
    page = as_admin.get(url("user_list")).content.decode()
    assert "4人が使えます。期限が近い委員が1人います" in page
    assert "30日以内に期限が来る人（1人）" in page
    assert "期限が切れた人（1人）" in page


def test_a_person_whose_only_membership_ended_is_pointed_out(as_admin, url, writer, today):
    writer.memberships.update(until=today - timedelta(days=1))
    response = as_admin.get(url("user_list"), {"active": "unplaced"})
    assert names(response) == ["書く人"]
    assert "今日の所属がない担当者と課長（1人）" in response.content.decode()


@pytest.mark.parametrize("typed", ["ﾀﾅｶ", "タナカ", "たなか", "ＴＡＮＡＫＡ", "tanaka"])
def test_search_takes_full_and_half_width_alike(as_admin, url, typed):
    UserFactory(name="タナカ　イチロウ", username="Tanaka")
    UserFactory(name="佐藤")
    assert names(as_admin.get(url("user_list"), {"q": typed})) == ["タナカ　イチロウ"]


def test_filters(as_admin, url, writer, other, manager, department, today):
    UserFactory(name="止めた人", is_active=False)
    UserFactory(name="切れた委員", role="committee", expires_on=today - timedelta(days=1))
    UserFactory(name="近い委員", role="committee", expires_on=today)

    def found(**conditions):
        return names(as_admin.get(url("user_list"), conditions))

    assert found(role="manager") == ["課長"]
    assert found(department=department.pk) == ["課長", "書く人"]
    assert found(active="stopped") == ["止めた人"]
    assert found(active="expired") == ["切れた委員"]
    assert found(active="soon") == ["近い委員"]
    assert len(found(active="yes")) == 5
    assert len(found(role="nonsense", active="nonsense")) == 7


def test_department_filter_means_today(as_admin, url, writer, department, today):
    writer.memberships.update(since=today + timedelta(days=1))
    assert names(as_admin.get(url("user_list"), {"department": department.pk})) == []


def test_nobody_found_says_so(as_admin, url):
    assert "条件に合う人はいません" in as_admin.get(url("user_list"), {"q": "いない人"}).content.decode()


def test_fifty_to_a_page(as_admin, url):
    for _ in range(50):
        UserFactory()
    assert len(names(as_admin.get(url("user_list")))) == 50
    assert len(names(as_admin.get(url("user_list"), {"page": 2}))) == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_stay_the_same(as_admin, url, department, other_department, rows, django_assert_num_queries):
    for _ in range(rows):
        person = UserFactory(of=[department])
        Membership.objects.create(user=person, department=other_department, until=date(2027, 3, 31))
    with django_assert_num_queries(8):
        as_admin.get(url("user_list"))


# --- 棚卸し ------------------------------------------------------------------------------------------


def test_the_list_as_excel_for_the_yearly_check(as_admin, url, writer, department, other_department, today):
    signed_in = datetime(2026, 4, 1, 0, 30, tzinfo=UTC)
    User.objects.filter(pk=writer.pk).update(last_login=signed_in, expires_on=today, email="w@example.jp", name="=1+1")
    UserFactory(username="gone", name="止めた人", is_active=False)
    answer = as_admin.get(url("user_list_excel"))
    assert answer["Content-Disposition"].endswith("%E5%88%A9%E7%94%A8%E8%80%85_20261122.xlsx")
    sheet = workbook_reader.read(answer.content).sheets[0]
    assert tuple(sheet.rows[0]) == people.STOCKTAKING
    assert sheet.formulas == frozenset()
    rows = {row[1]: row for row in sheet.rows[1:]}
    made = f"{timezone.localtime(writer.created_at):%Y-%m-%d}"
    assert rows["writer"] == [
        "=1+1", "writer", "担当者", "高齢課", "使える", "令和8年11月22日", "2026-04-01 09:30", made, "w@example.jp",
    ]  # fmt: skip
    assert rows["gone"][4:7] == ["止めた", "なし", "まだありません"]


def test_the_excel_is_narrowed_as_the_list_is(as_admin, url, writer, manager):
    page = as_admin.get(url("user_list"), {"role": "manager"})
    assert "この1人をExcelで保存" in page.content.decode()
    answer = as_admin.get(url("user_list_excel"), {"role": "manager"})
    assert [row[1] for row in workbook_reader.read(answer.content).sheets[0].rows[1:]] == ["manager"]
