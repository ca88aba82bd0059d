from datetime import date

import pytest

from accounts.models import User
from tests.accounts.conftest import what_was_done


@pytest.fixture
def typed(elderly):
    return {
        "name": "山田　花子", "username": "yamada", "email": "yamada@example.jp", "role": "staff",
        "departments": [elderly.pk], "since": "2027-04-01",
    }  # fmt: skip


def test_add_makes_the_person_and_shows_a_password_once(as_admin, url, typed, elderly):
    response = as_admin.post(url("user_add"), typed)
    person = User.objects.get(username="yamada")
    password = response.context["password"]
    assert response.status_code == 200
    assert password in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    assert person.check_password(password)
    assert (person.name, person.role, person.is_active) == ("山田　花子", "staff", True)
    assert list(person.memberships.values_list("department", "since", "until")) == [
        (elderly.pk, date(2027, 4, 1), None)
    ]
    assert what_was_done(person) == [
        "登録しました（役割：担当者）。「高齢者いきいき課」の所属を加えました（令和9年4月1日から）。"
    ]
    assert password not in as_admin.get(url("user_edit", person.pk)).content.decode()


def test_add_with_a_typed_password_does_not_show_it(as_admin, url, typed):
    response = as_admin.post(url("user_add"), typed | {"password": "つつじが丘の角を曲がる"})
    assert response.status_code == 200
    assert "つつじが丘" not in response.content.decode()
    assert User.objects.get(username="yamada").check_password("つつじが丘の角を曲がる")


def test_two_generated_passwords_differ_and_pass_the_rules(as_admin, url, typed):
    first = as_admin.post(url("user_add"), typed).context["password"]
    second = as_admin.post(url("user_add"), typed | {"username": "yamada2"}).context["password"]
    assert first != second
    assert len(first) == 14


REFUSALS = [
    ({"name": ""}, "氏名を書いてください。"),
    ({"name": "あ" * 61}, "60文字までで書いてください（今は61文字です）。"),
    ({"name": "山\u202e田"}, "目に見えない文字（U+202E）が入っています"),
    ({"username": ""}, "ユーザー名を書いてください。"),
    ({"username": "ADMIN"}, "ユーザー名「ADMIN」は、もう使われています。"),
    ({"username": "ａｄｍｉｎ"}, "ユーザー名「admin」は、もう使われています。"),
    ({"username": "yama da"}, "ユーザー名に空白は使えません。"),
    ({"email": "yamada"}, "メールアドレスは「name@example.jp」のように書いてください。"),
    ({"role": ""}, "役割を選んでください。"),
    ({"departments": [], "since": ""}, "担当者には、所属が1つは必要です。"),
    ({"role": "manager", "departments": [], "since": ""}, "課長には、所属が1つは必要です。"),
    ({"departments": []}, "加える課を選んでください。"),
    ({"since": "来年"}, "日付は「2027-03-31」のように書いてください。"),
    ({"until": "2026-04-01"}, "最後の日が、着任日より前です。"),
    ({"role": "committee", "departments": [], "since": ""}, "委員には、任期の最後の日が必要です。"),
    ({"role": "committee", "expires_on": "2028-03-31"}, "委員は課に所属しません。「高齢者いきいき課」を選ばない"),
    ({"password": "short"}, "このパスワードは短すぎます。"),
    ({"password": "yamada@example"}, "メールアドレス と似すぎています"),
    ({"password": "1234567890"}, "このパスワードは数字しか使われていません。"),
]


@pytest.mark.parametrize(("wrong", "message"), REFUSALS)
def test_bad_input_is_said_and_kept(as_admin, url, typed, wrong, message):
    response = as_admin.post(url("user_add"), typed | wrong)
    page = response.content.decode()
    assert response.status_code == 422
    assert message in page
    assert 'value="yamada@example.jp"' in page or "email" in wrong
    assert not User.objects.filter(email__startswith="yamada").exists()


def test_a_committee_member_has_an_end_and_no_department(as_admin, url, typed):
    as_admin.post(
        url("user_add"), typed | {"role": "committee", "departments": [], "since": "", "expires_on": "2028-03-31"}
    )
    person = User.objects.get(username="yamada")
    assert (person.expires_on, person.memberships.count()) == (date(2028, 3, 31), 0)


def test_forged_fields_have_no_effect(as_admin, url, typed):
    as_admin.post(url("user_add"), typed | {"is_active": "", "id": "1", "created_at": "2000-01-01", "user": "1"})
    person = User.objects.get(username="yamada")
    assert person.is_active
    assert person.created_at.year > 2000


def test_a_closed_department_and_a_division_are_not_on_offer(as_admin, url, elderly, welfare, part):
    welfare.closed_after = 2025
    welfare.save()
    offered = as_admin.get(url("user_add")).context["form"].fields["departments"].queryset
    assert list(offered) == [elderly]
