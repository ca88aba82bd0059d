from datetime import date

import pytest

from accounts.models import AccountEvent, User
from tests.accounts.conftest import messages_of, what_was_done
from tests.factories import UserFactory


def filled(response, **changes) -> dict:
    """What the form of a page would send, with some fields changed."""
    form = response.context["form"]
    data = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in (data | changes).items() if value is not None}


@pytest.fixture
def edit(as_admin, url):
    def send(person, **changes):
        address = url("user_edit", person.pk)
        return as_admin.post(address, filled(as_admin.get(address), **changes), follow=True)

    return send


def test_edit_writes_what_changed_with_its_record(edit, writer):
    response = edit(writer, name="書く 太郎", role="manager", email="kaku@example.jp")
    writer.refresh_from_db()
    assert (writer.name, writer.role, writer.email) == ("書く 太郎", "manager", "kaku@example.jp")
    assert messages_of(response) == ["書く 太郎さんの登録を保存しました。"]
    assert what_was_done(writer) == [
        "氏名を「書く人」から「書く 太郎」に変えました。メールアドレスを「なし」から「kaku@example.jp」に変えました。"
        "役割を「担当者」から「課長」に変えました。"
    ]
    assert "役割を「担当者」から「課長」に変えました。" in response.content.decode()


def test_edit_without_a_change_leaves_no_record(edit, writer):
    edit(writer)
    assert what_was_done(writer) == []


def test_a_transfer_in_april(edit, writer, department, elderly):
    membership = writer.memberships.get()
    edit(writer, **{f"until_{membership.pk}": "2027-03-31", "departments": [elderly.pk], "since": "2027-04-01"})
    assert list(writer.memberships.order_by("pk").values_list("department", "since", "until")) == [
        (department.pk, None, date(2027, 3, 31)),
        (elderly.pk, date(2027, 4, 1), None),
    ]
    assert what_was_done(writer) == [
        "「高齢課」の所属の期間を変えました（令和9年3月31日まで）。"
        "「高齢者いきいき課」の所属を加えました（令和9年4月1日から）。"
    ]


def test_ending_the_only_membership_of_a_staff_member_is_refused(edit, writer):
    response = edit(writer, **{f"until_{writer.memberships.get().pk}": "2026-11-21"})
    assert response.status_code == 422
    assert "担当者には、所属が1つは必要です。" in response.content.decode()
    assert writer.memberships.get().until is None


def test_a_membership_that_ends_before_it_begins_is_refused(edit, writer):
    pk = writer.memberships.get().pk
    response = edit(writer, **{f"since_{pk}": "2026-04-01", f"until_{pk}": "2026-03-31"})
    assert response.status_code == 422
    assert "最後の日が、着任日より前です。" in response.content.decode()
    assert 'value="2026-03-31"' in response.content.decode()


def test_the_membership_of_another_person_cannot_be_changed(edit, writer, other):
    theirs = other.memberships.get()
    edit(writer, **{f"until_{theirs.pk}": "2020-01-01"})
    theirs.refresh_from_db()
    assert theirs.until is None


def test_becoming_a_member_of_the_committee(edit, writer):
    assert edit(writer, role="committee", expires_on="2028-03-31").status_code == 422
    pk = writer.memberships.get().pk
    assert edit(writer, role="committee", expires_on="2028-03-31", **{f"until_{pk}": "2026-11-21"}).status_code == 200
    assert User.objects.get(pk=writer.pk).role == "committee"


def test_bad_input_is_said_and_kept_and_the_heading_stays(edit, writer):
    response = edit(writer, name="書く 次郎", username="admin")
    page = response.content.decode()
    assert response.status_code == 422
    assert "ユーザー名「admin」は、もう使われています。" in page
    assert 'value="書く 次郎"' in page
    assert "書く人さんは、使えます" in page
    writer.refresh_from_db()
    assert (writer.name, writer.username) == ("書く人", "writer")


def test_one_cannot_demote_oneself(edit, admin, second_admin):
    response = edit(admin, role="coordinator")
    assert response.status_code == 422
    assert "自分の役割は変えられません。" in response.content.decode()
    assert User.objects.get(pk=admin.pk).role == "admin"


def test_one_cannot_end_oneself(edit, admin, second_admin):
    assert edit(admin, expires_on="2026-11-21").status_code == 422


def test_another_admin_may_be_demoted(edit, second_admin):
    edit(second_admin, role="coordinator")
    assert User.objects.get(pk=second_admin.pk).role == "coordinator"


@pytest.mark.parametrize("others", [{"is_active": False}, {"expires_on": date(2030, 3, 31)}, {"role": "coordinator"}])
def test_the_last_admin_without_an_end_stays(edit, admin, others):
    UserFactory(**({"role": "admin"} | others))
    response = edit(admin, expires_on="2030-03-31")
    assert response.status_code == 422
    assert "期限のないシステム管理者が1人もいなくなるので、変えられません。" in response.content.decode()
    assert User.objects.get(pk=admin.pk).expires_on is None
    assert AccountEvent.objects.count() == 0


def test_records_cannot_be_changed_or_deleted(edit, writer):
    edit(writer, name="書く 太郎")
    event = writer.events.get()
    event.what = "何もしていません"
    for act in (event.save, event.delete):
        with pytest.raises(TypeError):
            act()


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_stay_the_same(as_admin, url, writer, admin, rows, django_assert_num_queries):
    for number in range(rows):
        AccountEvent.objects.create(what=f"{number}回目", by=admin, user=writer)
    with django_assert_num_queries(11):
        as_admin.get(url("user_edit", writer.pk))
