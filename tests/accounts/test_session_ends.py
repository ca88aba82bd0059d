"""A session ends at the next request once its account no longer holds (promise 12)."""

from datetime import timedelta

import pytest

from accounts import middleware, register
from accounts.models import User
from tests.accounts.conftest import messages_of


@pytest.fixture
def signed_in(client, writer):
    client.force_login(writer)
    return client


def stop(writer, admin, today):
    register.set_active(writer, False, by=admin)


def new_password(writer, admin, today):
    register.set_password(writer, "つつじが丘の角を曲がる", by=admin)


def new_role(writer, admin, today):
    writer.role = User.Role.MANAGER
    register.change_user(writer, [], by=admin)


def end_of_term(writer, admin, today):
    writer.expires_on = today - timedelta(days=1)
    register.change_user(writer, [], by=admin)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (stop, middleware.STOPPED),
        (new_password, middleware.CHANGED),
        (new_role, middleware.CHANGED),
        (end_of_term, middleware.EXPIRED),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_session_ends_within_one_request(signed_in, url, writer, admin, today, change, message, method):
    assert signed_in.get(url("password_change")).status_code == 200
    change(writer, admin, today)
    response = getattr(signed_in, method)(url("password_change"))
    assert (response.status_code, response.url.split("?")[0]) == (302, url("login"))
    assert messages_of(signed_in.get(response.url)) == [message]
    assert "_auth_user_id" not in signed_in.session


def test_a_stopped_session_does_not_come_back(signed_in, url, writer, admin, today):
    stop(writer, admin, today)
    signed_in.get(url("password_change"))
    register.set_active(writer, True, by=admin)
    assert signed_in.get(url("password_change")).status_code == 302


def test_the_last_day_still_counts(signed_in, url, writer, today):
    User.objects.filter(pk=writer.pk).update(expires_on=today)
    assert signed_in.get(url("password_change")).status_code == 200


def test_a_public_page_still_opens(signed_in, url, writer, admin, today):
    stop(writer, admin, today)
    assert messages_of(signed_in.get(url("login"))) == [middleware.STOPPED]


def test_another_department_counts_at_the_next_request(signed_in, writer, elderly, admin):
    membership = writer.memberships.get()
    membership.department = elderly
    register.change_user(writer, [membership], by=admin)
    assert User.objects.get(pk=writer.pk).department_ids() == {elderly.pk}


def test_the_check_costs_no_query(signed_in, url, django_assert_num_queries):
    with django_assert_num_queries(2):  # the session and the person, read anyway
        signed_in.get(url("login"))
