"""The administrator's pages are the administrator's alone; changing is by POST alone."""

import re

import pytest

LISTS = ["user_list", "user_add", "department_list", "department_add"]
OF_A_USER = ["user_edit", "user_stop", "user_resume"]
OF_A_DEPARTMENT = ["department_edit"]
ONLY_POST = ["user_password", "user_unlock"]


@pytest.fixture
def addresses(url, writer, department):
    pages = [url(name) for name in LISTS]
    pages += [url(name, writer.pk) for name in OF_A_USER]
    pages += [url(name, department.pk) for name in OF_A_DEPARTMENT]
    posts = [url(name, writer.pk) for name in ONLY_POST] + [url("department_reorganise", department.pk)]
    return pages, posts


def test_pages_open_for_the_administrator(as_admin, addresses):
    pages, posts = addresses
    assert {as_admin.get(page).status_code for page in pages} == {200}
    assert {as_admin.get(page).status_code for page in posts} == {405}


def test_no_id_stands_twice_on_a_page(as_admin, addresses, elderly, welfare):
    """Two forms of one page must not share ids: a label would tick the box of the other form."""
    pages, _ = addresses
    for page in pages:
        ids = re.findall(r' id="([^"]+)"', as_admin.get(page).content.decode())
        assert sorted(ids) == sorted(set(ids))


def test_pages_need_signing_in(client, addresses, url):
    pages, posts = addresses
    answers = [client.get(page) for page in pages] + [client.post(page) for page in pages + posts]
    assert {(answer.status_code, answer.url.split("?")[0]) for answer in answers if answer.status_code != 405} == {
        (302, url("login"))
    }


@pytest.mark.parametrize("role", ["writer", "manager", "coordinator", "member"])
def test_other_roles_are_refused(client, request, addresses, role):
    pages, posts = addresses
    client.force_login(request.getfixturevalue(role))
    answers = [client.get(page) for page in pages]
    answers += [client.post(page) for page in pages + posts]
    assert {answer.status_code for answer in answers} <= {403, 405}
    assert [client.post(page).status_code for page in posts] == [403] * len(posts)
    assert "システム管理者だけです" in client.get(pages[0]).content.decode()


@pytest.mark.parametrize("name", ["user_edit", "user_stop", "user_resume", "department_edit"])
def test_a_row_that_is_not_there_is_404(as_admin, url, name):
    assert as_admin.get(url(name, 10**6)).status_code == 404


def test_lists_refuse_post(as_admin, url):
    assert as_admin.post(url("user_list")).status_code == 405
    assert as_admin.post(url("department_list")).status_code == 405
