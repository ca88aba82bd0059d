from axes.models import AccessAttempt
from django.conf import settings

from tests.accounts.conftest import messages_of, what_was_done
from tests.factories import UserFactory


def test_a_generated_password_is_shown_once(as_admin, url, writer):
    response = as_admin.post(url("user_password", writer.pk), {"password": ""})
    password = response.context["password"]
    writer.refresh_from_db()
    assert response.status_code == 200
    assert password in response.content.decode()
    assert writer.check_password(password)
    assert what_was_done(writer) == ["パスワードを新しくしました。"]


def test_a_typed_password_is_not_shown(as_admin, url, writer):
    response = as_admin.post(url("user_password", writer.pk), {"password": "つつじが丘の角を曲がる"})
    writer.refresh_from_db()
    assert writer.check_password("つつじが丘の角を曲がる")
    assert "つつじが丘" not in response.content.decode()


def test_a_weak_password_is_refused_and_kept(as_admin, url, writer):
    before = writer.password
    response = as_admin.post(url("user_password", writer.pk), {"password": "short"})
    page = response.content.decode()
    writer.refresh_from_db()
    assert response.status_code == 422
    assert "このパスワードは短すぎます。" in page
    assert 'value="short"' in page
    assert writer.password == before
    assert what_was_done(writer) == []


def test_get_is_405(as_admin, url, writer):
    assert as_admin.get(url("user_password", writer.pk)).status_code == 405


def test_ones_own_new_password_keeps_this_session(as_admin, url, admin):
    as_admin.post(url("user_password", admin.pk), {"password": "つつじが丘の角を曲がる"})
    assert as_admin.get(url("user_list")).status_code == 200


def test_own_password_change(client, url, department):
    person = UserFactory(of=[department])
    person.set_password("いままでの長い合言葉")
    person.save()
    client.force_login(person)
    typed = {
        "old_password": "いままでの長い合言葉",
        "new_password1": "つつじが丘の角",
        "new_password2": "つつじが丘の門",
    }
    wrong = client.post(url("password_change"), typed)
    assert wrong.status_code == 422
    assert "2つの欄のパスワードが違います。" in wrong.content.decode()
    typed |= {"new_password1": "つつじが丘の角を曲がる", "new_password2": "つつじが丘の角を曲がる"}
    assert client.post(url("password_change"), typed).status_code == 302
    person.refresh_from_db()
    assert person.check_password("つつじが丘の角を曲がる")
    assert what_was_done(person) == ["パスワードを新しくしました。"]
    assert client.get(url("password_change")).status_code == 200  # still signed in here


def fail_to_sign_in(client, url, username: str, times: int) -> list[int]:
    typed = {"username": username, "password": "ちがうパスワード"}
    return [client.post(url("login"), typed).status_code for _ in range(times)]


def test_the_fifth_wrong_password_stops_the_account_for_a_while(client, url, writer, other):
    other.set_password("いままでの長い合言葉")
    other.save()
    assert fail_to_sign_in(client, url, "writer", settings.AXES_FAILURE_LIMIT) == [200, 200, 200, 200, 429]
    page = client.post(url("login"), {"username": "writer", "password": "x"})
    assert (page.status_code, "15分間、サインインできません" in page.content.decode()) == (429, True)
    # The same address, another person: the whole city hall sits behind one address.
    assert client.post(url("login"), {"username": "other", "password": "いままでの長い合言葉"}).status_code == 302


def test_the_administrator_ends_the_wait(as_admin, client, url, writer):
    page = url("user_edit", writer.pk)
    assert "15分待たずに" not in as_admin.get(page).content.decode()
    fail_to_sign_in(type(client)(), url, "writer", settings.AXES_FAILURE_LIMIT)
    assert "15分待たずに" in as_admin.get(page).content.decode()
    response = as_admin.post(url("user_unlock", writer.pk), follow=True)
    assert messages_of(response) == ["書く人さんは、今すぐサインインできます。"]
    assert AccessAttempt.objects.count() == 0
    assert what_was_done(writer) == ["パスワードのまちがいによる15分の停止を解きました。"]
    as_admin.post(url("user_unlock", writer.pk))
    assert len(what_was_done(writer)) == 1


def test_a_new_password_ends_the_wait(as_admin, client, url, writer):
    fail_to_sign_in(type(client)(), url, "writer", settings.AXES_FAILURE_LIMIT)
    as_admin.post(url("user_password", writer.pk), {"password": ""})
    assert AccessAttempt.objects.count() == 0
