"""課を閉じて、引き継ぐ課を決める: renamed, merged, split. What was written keeps the old department."""

from datetime import date

import pytest

from accounts import register
from accounts.models import Department, Membership
from tests.accounts.conftest import messages_of, what_was_done
from tests.factories import DepartmentFactory, PlanFactory, UserFactory, make_entry, make_initiative


@pytest.fixture
def officer(elderly):
    return UserFactory(name="山田", of=[elderly])


@pytest.fixture
def send(as_admin, url):
    def post(department, **typed):
        return as_admin.post(url("department_reorganise", department.pk), {"last_year": "R8"} | typed, follow=True)

    return post


def periods(user) -> list[tuple[str, date | None, date | None]]:
    return list(user.memberships.order_by("pk").values_list("department__name", "since", "until"))


def test_rename(send, elderly, officer, part):
    entry = make_entry(make_initiative(PlanFactory(), "1-1-1-1", elderly))
    response = send(elderly, kind="rename", new_name="高齢福祉課")
    new = Department.objects.get(name="高齢福祉課")
    elderly.refresh_from_db()
    assert (elderly.name, elderly.closed_after, list(elderly.successors.all())) == ("高齢者いきいき課", 2026, [new])
    assert (new.opened_in, new.closed_after, new.parent, new.position) == (2027, None, part, elderly.position)
    assert periods(officer) == [
        ("高齢者いきいき課", None, date(2027, 3, 31)),
        ("高齢福祉課", date(2027, 4, 1), None),
    ]
    assert [written.department for written in entry.parts.all()] == [elderly]
    assert messages_of(response) == [
        "「高齢者いきいき課」は令和8年度で終わり、令和9年度から「高齢福祉課」が引き継ぎます。1人の所属を4月1日から移しました。"
    ]
    assert what_was_done(elderly) == ["令和8年度で終わり、次の年度から「高齢福祉課」が引き継ぎます。"]
    assert what_was_done(new) == ["「高齢者いきいき課」を引き継ぐ課として作りました（令和9年度から）。"]
    assert what_was_done(officer) == ["令和9年4月1日から、所属を「高齢者いきいき課」から「高齢福祉課」に移しました。"]
    assert "高齢者いきいき課は、令和8年度で終わります" in response.content.decode()


def test_rename_of_a_year_that_is_over_moves_people_at_once(send, elderly, officer):
    send(elderly, kind="rename", new_name="高齢福祉課", last_year="令和7年度")
    new = Department.objects.get(name="高齢福祉課")
    assert officer.department_ids() == {new.pk}


def test_rename_of_a_division_takes_its_departments_along(send, part, elderly):
    send(part, kind="rename", new_name="福祉部")
    elderly.refresh_from_db()
    assert elderly.parent.name == "福祉部"
    assert what_was_done(elderly) == ["部を「健康福祉部」から「福祉部」に変えました。"]


def test_merge(send, elderly, welfare, officer):
    send(elderly, kind="hand_over", successors=[welfare.pk])
    elderly.refresh_from_db()
    assert (elderly.closed_after, list(elderly.successors.all())) == (2026, [welfare])
    assert periods(officer)[1] == ("生活福祉課", date(2027, 4, 1), None)
    assert what_was_done(welfare) == ["令和9年度から「高齢者いきいき課」を引き継ぎます。"]


def test_merge_of_someone_who_belongs_to_both(send, elderly, welfare, officer):
    Membership.objects.create(user=officer, department=welfare, since=date(2025, 4, 1), until=date(2027, 9, 30))
    send(elderly, kind="hand_over", successors=[welfare.pk])
    assert periods(officer) == [
        ("高齢者いきいき課", None, date(2027, 3, 31)),
        ("生活福祉課", date(2025, 4, 1), None),
    ]


def test_merge_of_someone_who_was_there_long_ago(send, elderly, welfare, officer):
    Membership.objects.create(user=officer, department=welfare, since=date(2015, 4, 1), until=date(2018, 3, 31))
    officer.memberships.filter(department=elderly).update(until=date(2028, 3, 31))
    send(elderly, kind="hand_over", successors=[welfare.pk])
    assert periods(officer)[1] == ("生活福祉課", date(2027, 4, 1), date(2028, 3, 31))


def test_someone_who_would_have_come_later_goes_to_the_successor(send, elderly, welfare, today):
    coming = UserFactory()
    Membership.objects.create(user=coming, department=elderly, since=date(2027, 6, 1))
    gone = UserFactory()
    Membership.objects.create(user=gone, department=elderly, until=date(2026, 3, 31))
    send(elderly, kind="hand_over", successors=[welfare.pk])
    assert periods(coming) == [("生活福祉課", date(2027, 6, 1), None)]
    assert periods(gone) == [("高齢者いきいき課", None, date(2026, 3, 31))]


def test_split_with_everyone_to_one(send, elderly, welfare, family, officer):
    send(elderly, kind="hand_over", successors=[welfare.pk, family.pk], people_to=family.pk)
    assert set(elderly.successors.all()) == {welfare, family}
    assert periods(officer)[1] == ("こども家庭課", date(2027, 4, 1), None)


def test_split_with_people_placed_later_points_them_out(send, elderly, welfare, family, officer):
    response = send(elderly, kind="hand_over", successors=[welfare.pk, family.pk])
    assert periods(officer) == [("高齢者いきいき課", None, None)]
    assert "課が終わったあとも所属のままの人が1人います" in response.content.decode()
    assert messages_of(response)[0].endswith("移した人はいません。")


REFUSALS = [
    ({"kind": ""}, "引き継ぎ方を選んでください。"),
    ({"last_year": ""}, "最後の年度を書いてください。"),
    ({"last_year": "R元"}, "最後の年度が、設置年度（令和2年度）より前です。"),
    ({"new_name": ""}, "新しい課の名前を書いてください。"),
    ({"new_name": "生活福祉課"}, "「生活福祉課」は、もうあります。"),
    ({"new_name": "高齢者いきいき課"}, "「高齢者いきいき課」は、もうあります。"),
    ({"kind": "hand_over"}, "引き継ぐ課を1つ以上選んでください。"),
    ({"kind": "hand_over", "successors": "ending"}, "「終わる課」は、令和9年度にはありません。"),
    (
        {"kind": "hand_over", "successors": "open", "people_to": "ending"},
        "人を移す課は、引き継ぐ課の中から選んでください。",
    ),
]


@pytest.mark.parametrize(("wrong", "message"), REFUSALS)
def test_bad_input_changes_nothing(send, elderly, welfare, officer, wrong, message):
    others = {"open": welfare.pk, "ending": DepartmentFactory(name="終わる課", closed_after=2026).pk}
    typed = {"kind": "rename", "new_name": "高齢福祉課", "last_year": "R8"} | wrong
    response = send(elderly, **{name: others.get(value, value) for name, value in typed.items()})
    page = response.content.decode()
    elderly.refresh_from_db()
    assert response.status_code == 422
    assert message in page
    assert 'value="高齢福祉課"' in page or "new_name" in wrong
    assert (elderly.closed_after, elderly.successors.count()) == (None, 0)
    assert periods(officer) == [("高齢者いきいき課", None, None)]
    assert what_was_done(elderly) == []


def test_a_division_with_departments_is_not_split(send, part, elderly, family):
    other = DepartmentFactory(name="市民部")
    response = send(part, kind="hand_over", successors=[family.pk, other.pk])
    assert response.status_code == 422
    assert "先に課の「部」を変えてください。" in response.content.decode()


def test_closing_twice_is_too_late(send, elderly, welfare):
    send(elderly, kind="hand_over", successors=[welfare.pk])
    response = send(elderly, kind="rename", new_name="高齢福祉課")
    assert response.status_code == 409
    assert "「高齢者いきいき課」を閉じることは、もう決まっています。" in response.content.decode()
    assert not Department.objects.filter(name="高齢福祉課").exists()


def test_of_two_who_close_at_once_the_second_changes_nothing(elderly, welfare, admin):
    stale = Department.objects.get(pk=elderly.pk)
    register.hand_over(elderly, [welfare], 2026, welfare, by=admin)
    with pytest.raises(register.AlreadyClosed):
        register.rename(stale, "高齢福祉課", 2025, by=admin)
    elderly.refresh_from_db()
    assert (elderly.closed_after, Department.objects.filter(name="高齢福祉課").exists()) == (2026, False)


def test_get_is_405(as_admin, url, elderly):
    assert as_admin.get(url("department_reorganise", elderly.pk)).status_code == 405
