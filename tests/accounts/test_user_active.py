import pytest
from django.core.exceptions import ValidationError

from accounts import register
from accounts.models import User
from tests.accounts.conftest import messages_of, what_was_done


def test_stopping_asks_first(as_admin, url, writer):
    page = as_admin.get(url("user_stop", writer.pk)).content.decode()
    assert "書く人さんのアカウントを止めますか" in page
    assert User.objects.get(pk=writer.pk).is_active


def test_stop_and_resume(as_admin, url, writer):
    response = as_admin.post(url("user_stop", writer.pk), follow=True)
    assert messages_of(response) == ["書く人さんのアカウントを止めました。"]
    assert "書く人さんは、止められていて使えません" in response.content.decode()
    assert not User.objects.get(pk=writer.pk).is_active
    response = as_admin.post(url("user_resume", writer.pk), follow=True)
    assert messages_of(response) == ["書く人さんのアカウントをまた使えるようにしました。"]
    assert User.objects.get(pk=writer.pk).is_active
    assert what_was_done(writer) == ["アカウントを止めました。", "アカウントをまた使えるようにしました。"]


def test_stopping_twice_leaves_one_record(as_admin, url, writer):
    for _ in range(2):
        as_admin.post(url("user_stop", writer.pk))
    assert what_was_done(writer) == ["アカウントを止めました。"]


def test_one_cannot_stop_oneself(as_admin, url, admin, second_admin):
    assert "自分のアカウントは止められません" in as_admin.get(url("user_stop", admin.pk)).content.decode()
    response = as_admin.post(url("user_stop", admin.pk))
    assert response.status_code == 422
    assert "自分のアカウントは止められません。" in response.content.decode()
    assert User.objects.get(pk=admin.pk).is_active


def test_another_admin_may_be_stopped(as_admin, url, second_admin):
    as_admin.post(url("user_stop", second_admin.pk))
    assert not User.objects.get(pk=second_admin.pk).is_active


def test_the_last_admin_stays(admin, second_admin, today):
    """The one who stops has an end, so the other is the last who can always let people in again."""
    User.objects.filter(pk=second_admin.pk).update(expires_on=today)
    with pytest.raises(ValidationError, match="1人もいなくなるので"):
        register.set_active(admin, False, by=second_admin)
    assert User.objects.get(pk=admin.pk).is_active
    assert what_was_done(admin) == []
