"""The database is away, or there is no space left: words, 503 or 507, and everything that was typed comes back."""

import errno
import html
import json
import sqlite3

import psycopg
import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from django.db.backends.signals import connection_created
from django.urls import reverse

from accounts.models import HandledRequest
from config.unavailable import trouble
from initiatives.models import EntryPart, FieldChange, Transition
from tests.factories import make_entry, make_initiative
from tests.forms import PASSWORD
from tests.test_accessibility import findings

TEXT = "① 打合せを<3回>開いた。\r\n「見守り」の声は10件 & 返事も出した。"


def caused(error, cause):
    error.__cause__ = cause
    return error


def sqlite(code):
    cause = sqlite3.OperationalError("no")
    cause.sqlite_errorcode = code
    return caused(OperationalError("no"), cause)


AWAY = sqlite(sqlite3.SQLITE_BUSY)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (sqlite(sqlite3.SQLITE_BUSY), 503),
        (sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT), 503),
        (sqlite(sqlite3.SQLITE_FULL), 507),
        (sqlite(sqlite3.SQLITE_IOERR_WRITE), 507),
        (sqlite(sqlite3.SQLITE_ERROR), None),  # no such table: a fault of ours
        (caused(OperationalError("no"), psycopg.errors.AdminShutdown("no")), 503),
        (caused(OperationalError("no"), psycopg.OperationalError("connection refused")), 503),
        (caused(OperationalError("no"), psycopg.errors.DiskFull("no")), 507),
        (InterfaceError("the connection is closed"), 503),
        (OSError(errno.ENOSPC, "no space"), 507),
        (OSError(errno.EDQUOT, "quota"), 507),
        (OSError(errno.EACCES, "no"), None),
        (ProgrammingError("no such column"), None),
        (ValueError("no"), None),
    ],
)
def test_what_a_person_can_wait_for(error, status):
    assert trouble(error) == status


class Away:
    """The database answers nothing that begins with `what`."""

    def __init__(self, what, error=AWAY):
        self.what, self.error = what, error

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith(self.what):
            raise self.error
        return execute(sql, params, many, context)


@pytest.fixture
def away():
    return lambda *what, error=AWAY: connection.execute_wrapper(Away(what, error))


@pytest.fixture
def part(plan, plan_year, department):
    return make_entry(make_initiative(plan, "1-1-1-1", department), status="draft", result="前").parts.get()


@pytest.fixture
def address(part, plan_year):
    return reverse("initiatives:part_edit", args=[plan_year.plan_id, plan_year.fiscal_year, part.pk])


@pytest.fixture
def desk(client, writer):
    client.force_login(writer)
    client.raise_request_exception = False
    return client


def form_of(answer) -> dict[str, list[str]]:
    """The form of the page as a browser would send it: every line break as CR LF."""
    form = BeautifulSoup(answer.content, "lxml").form
    fields = {}
    for each in form.select("input[name], button[name]"):
        value = each.get("value", "").replace("\r\n", "\n").replace("\n", "\r\n")
        fields.setdefault(each["name"], []).append(value)
    return fields


def filled(desk, address, **typed) -> dict[str, list[str]]:
    """The form of the writing page as a browser would send it."""
    page = BeautifulSoup(desk.get(address).content, "lxml")
    form = page.select_one("#part-form")
    fields = {each["name"]: [each.get("value", "")] for each in form.select("input[type=hidden]")}
    fields |= {each["name"]: [each.get_text().removeprefix("\n")] for each in form.select("textarea")}
    return fields | {name: [value] for name, value in typed.items()}


@pytest.mark.parametrize("what", ["SELECT", "INSERT", "UPDATE", ("INSERT", "UPDATE", "DELETE")])
def test_the_form_comes_back_whole(desk, address, part, away, what):
    sent = filled(desk, address, result=TEXT, then="submit")
    with away(*([what] if isinstance(what, str) else what)):
        answer = desk.post(address, sent)
    page = BeautifulSoup(answer.content, "lxml")
    assert answer.status_code == 503
    assert (answer["Retry-After"], answer["Cache-Control"]) == ("30", "no-store")
    assert form_of(answer) == sent
    assert (page.form["action"], page.form["method"]) == (address, "post")
    assert page.h1.get_text() == "混み合っています"
    assert "入力した内容はこの画面に残っています。" in page.get_text()
    assert [each.get_text() for each in page.form.select("button")] == ["もう一度送る"]
    assert TEXT.replace("\r\n", "\n") in page.get_text().replace("\r\n", "\n")
    assert "<3回>" not in answer.content.decode()
    part.refresh_from_db()
    assert part.result == "前"


def test_what_came_back_is_sent_again_with_one_effect(desk, address, part, away):
    sent = filled(desk, address, result=TEXT)
    with away("UPDATE"):
        again = form_of(desk.post(address, sent))
    answers = [desk.post(address, again) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {302}
    part.refresh_from_db()
    assert part.result == TEXT.replace("\r\n", "\n")
    assert FieldChange.objects.filter(object_id=part.pk, field="result").count() == 1


def test_an_approval_whose_answer_was_lost_is_answered_again(client, coordinator, plan, plan_year, department):
    """The first answer got lost on its way; the same form gets it again, not 409 「ほかの人が先に」."""
    part = make_entry(make_initiative(plan, "1-1-1-2", department), status="submitted").parts.get()
    client.force_login(coordinator)
    address = reverse("initiatives:part_transition", args=[plan.pk, plan_year.fiscal_year, part.pk, "approve"])
    sent = {"version": part.version, "request_id": "6d0c1d5e-6a0b-4b2e-9d9f-0d6f3a0c1111"}
    first, second = (client.post(address, sent) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert second["Location"] == first["Location"]
    assert Transition.objects.filter(part=part, action="approve").count() == 1


def test_other_words_under_the_same_number_are_another_sending(desk, address, part):
    """戻る, other words, sent again: the page still carries the number of the first sending."""
    sent = filled(desk, address, result="はじめの文")
    desk.post(address, sent)
    desk.post(address, filled(desk, address, result="あとの文") | {"request_id": sent["request_id"]})
    assert EntryPart.objects.get(pk=part.pk).result == "あとの文"


def test_nothing_is_remembered_of_what_failed(desk, address, away):
    sent = filled(desk, address, result=TEXT)
    with away("UPDATE"):
        desk.post(address, sent)
    assert not HandledRequest.objects.exists()


def test_no_space_is_said_and_given_back(desk, address, part, away):
    sent = filled(desk, address, result=TEXT)
    with away("UPDATE", error=sqlite(sqlite3.SQLITE_FULL)):
        answer = desk.post(address, sent)
    assert answer.status_code == 507
    assert form_of(answer) == sent
    words = BeautifulSoup(answer.content, "lxml").get_text()
    assert "サーバーに空きがなく、保存できませんでした" in words
    assert "システム管理者に「サーバーの空きがない」と知らせてください。" in words


def test_a_page_to_read_says_to_open_it_again(desk, address, away):
    with away("SELECT"):
        answer = desk.get(f"{address}?a=1&b=2")
    page = BeautifulSoup(answer.content, "lxml")
    assert answer.status_code == 503
    assert page.form is None
    assert page.select_one("a.btn")["href"] == f"{address}?a=1&b=2"
    assert "少し待って、もう一度開いてください。" in page.get_text()


def test_an_automatic_save_is_told_in_short(desk, address, part, away):
    sent = filled(desk, address, result=TEXT)
    with away("UPDATE"):
        answer = desk.post(address, sent, headers={"X-Autosave": "1"})
    assert answer.status_code == 503
    assert json.loads(answer.content) == {"kind": "away", "words": "混み合っています。"}


def test_passwords_are_asked_for_again_and_never_given_back(desk, away):
    address = reverse("accounts:password_change")
    typed = {
        "old_password": PASSWORD,
        "new_password1": "atarashii-7",
        "new_password2": "atarashii-7",
        "other": "のこる",
    }
    with away("SELECT"):
        answer = desk.post(address, typed)
    page = BeautifulSoup(answer.content, "lxml")
    assert answer.status_code == 503
    assert PASSWORD not in answer.content.decode() and "atarashii-7" not in answer.content.decode()
    again = {each["name"]: each["type"] for each in page.form.select("input")}
    assert again == {"other": "hidden"} | {name: "password" for name in typed if name != "other"}
    labels = [each.get_text() for each in page.select("label")]
    assert labels == [
        f"{name}（もう一度入れてください）"
        for name in ("いまのパスワード", "新しいパスワード", "新しいパスワード（確認）")
    ]


def test_signing_in_keeps_the_name_alone(client, writer, away):
    client.raise_request_exception = False
    with away("SELECT"):
        answer = client.post(reverse("accounts:login"), {"username": "writer", "password": PASSWORD})
    assert answer.status_code == 503
    assert form_of(answer) == {"username": ["writer"], "password": [""]}


def test_a_file_is_asked_for_again(desk, part, plan_year, away):
    address = reverse("initiatives:part_files", args=[plan_year.plan_id, plan_year.fiscal_year, part.pk])
    file = SimpleUploadedFile("ちらし.pdf", b"%PDF-1")
    with away("UPDATE", "INSERT"):
        answer = desk.post(address, {"file": file, "caption": "写真", "request_id": "x"})
    page = BeautifulSoup(answer.content, "lxml")
    assert answer.status_code == 503
    assert page.form["enctype"] == "multipart/form-data"
    assert page.select_one("input[type=file]")["name"] == "file"
    assert form_of(answer)["caption"] == ["写真"]


def test_other_faults_stay_faults(desk, address, away):
    with away("SELECT", error=ProgrammingError("no such column")):
        answer = desk.get(address)
    assert answer.status_code == 500
    assert "あゆみの側の不具合" in html.unescape(answer.content.decode())


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_page_in_a_browser(page, context, client, live_server, address, part, writer):
    """Without JavaScript: typed, sent into a busy database, sent again with the one button; and axe finds nothing."""
    client.force_login(writer)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    database = Away(("nothing",))

    def wrap(connection, **kwargs):
        connection.execute_wrappers.append(database)

    connection_created.connect(wrap)
    try:
        page.goto(live_server.url + address)
        page.locator("textarea[name=result]").fill(TEXT.replace("\r\n", "\n"))
        database.what = ("UPDATE",)
        page.evaluate("document.getElementById('part-form').submit()")
        page.wait_for_selector("text=入力した内容はこの画面に残っています")
    finally:
        connection_created.disconnect(wrap)
        database.what = ("nothing",)
    assert findings(page) == []
    page.get_by_role("button", name="もう一度送る").click()
    page.wait_for_selector("text=に保存しました")
    assert EntryPart.objects.get(pk=part.pk).result == TEXT.replace("\r\n", "\n")
