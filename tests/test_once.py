"""Pressed twice, sent again, gone back to: a form has its effect once (accounts/once.py).

AYUMI_REPLAYS: how often each form is sent again (2; 6 for the long run). The number of replays is printed.
"""

import os
import re
import threading
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.core.files.storage import FileSystemStorage
from django.db import connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Department, HandledRequest, User
from accounts.once import FIELD, KEPT
from initiatives.models import PartMessage
from tests.factories import UserFactory
from tests.forms import Form, contents, post_routes

REPLAYS = int(os.environ.get("AYUMI_REPLAYS", "2"))
ROLES = ["admin", "writer", "other", "manager", "coordinator", "member"]  # signing in ends a lock-out


@pytest.mark.either  # takes long; what happens at the same moment has a test of its own
def test_every_form_has_its_effect_once(world, client, capsys, monkeypatch):
    monkeypatch.setattr(FileSystemStorage, "delete", lambda *args: None)  # rolling back brings no file back
    reached, replays = set(), 0
    for role in ROLES:
        person = User.objects.get(username=role)
        client.force_login(person)
        for form in world.forms(client, role):
            assert {FIELD, "mark"} & form.data.keys(), form.address  # mark: of the public form, where nobody signs in
            with transaction.atomic():
                for each, answer in _sent(form, client, world):
                    reached.add(each.route)
                    _send_again(each, client, answer)
                    replays += REPLAYS
                transaction.set_rollback(True)
            client.force_login(person)  # a form may have ended the session
    assert " ".join(sorted(post_routes() - reached)) == ""
    with capsys.disabled():
        print(f"\n  {replays} replays of {len(reached)} addresses, 0 second effects")


def _sent(form: Form, client: Client, world):
    """The form and its answer, when it was taken; then the same for the forms of a page that it led to."""
    answer = form.send(client)
    if answer.status_code < 400:
        yield form, answer
        for follower in world.forms_in(answer.content, form.address) if answer.status_code == 200 else []:
            if follower.route != form.route:
                yield from _sent(follower, client, world)


def _send_again(form: Form, client: Client, answer) -> None:
    after, sent = contents(), len(mail.outbox)
    for _ in range(REPLAYS):
        again = form.send(client)
        assert (again.status_code, again.get("Location")) == (answer.status_code, answer.get("Location"))
        assert contents() == after, form.address
    assert len(mail.outbox) == sent


def test_every_form_carries_the_token():
    bare = [
        path.name
        for path in Path(settings.BASE_DIR, "templates").rglob("*.html")
        if re.search(r"{%\s*csrf_token", path.read_text(encoding="utf-8"))
    ]
    assert sorted(bare) == ["login.html"]  # nobody is signed in


# --- What counts as the same sending ------------------------------------------------------------------


@pytest.fixture
def add(client, admin):
    """add(name, …) makes a department, as the system's administrator."""
    client.force_login(admin)

    def add(name, request_id="6f2b0a3e-0000-4000-8000-000000000001", sender=client):
        return sender.post(ADD, {"name": name, "position": 1, FIELD: request_id}, follow=True)

    return add


ADD = "/manage/departments/add/"


def names() -> list[str]:
    return list(Department.objects.order_by("pk").values_list("name", flat=True))


def test_the_second_answer_says_the_same(add):
    first, second = add("高齢課"), add("高齢課")
    assert first.redirect_chain == second.redirect_chain
    said = [[str(message) for message in answer.context["messages"]] for answer in (first, second)]
    assert said[0] == said[1] != []
    assert names() == ["高齢課"]


def test_other_words_are_another_sending(add):
    add("高齢課")
    add("防災課")
    assert names() == ["高齢課", "防災課"]


def test_a_refused_form_may_be_sent_again(add):
    refused = add("")
    assert refused.status_code == 422
    assert add("").status_code == 422
    assert HandledRequest.objects.count() == 0


def test_what_is_shown_once_is_not_shown_again(client, admin, writer):
    client.force_login(admin)
    ask = {FIELD: str(uuid.uuid4())}
    address = reverse("accounts:user_password", args=[writer.pk])
    assert client.post(address, ask).status_code == 200
    password = User.objects.get(pk=writer.pk).password
    again = client.post(address, ask)
    assert (again.status_code, again.templates[0].name) == (200, "done_before.html")
    assert User.objects.get(pk=writer.pk).password == password


def test_a_part_of_a_page_asks_for_the_page_anew(world, client):
    client.force_login(User.objects.get(username="coordinator"))
    part = reverse("initiatives:message_new", kwargs=world.targets["提出された記入"])
    ask = {"text": "件数は延べですか。", FIELD: str(uuid.uuid4())}
    first, again = (client.post(part, ask, headers={"HX-Request": "true"}) for _ in range(2))
    assert (first.status_code, again.status_code, again.get("HX-Refresh")) == (200, 200, "true")
    assert PartMessage.objects.count() == 1


def test_the_same_number_of_another_person_is_another_sending(add):
    add("高齢課")
    stranger = Client()
    stranger.force_login(UserFactory(role=User.Role.ADMIN))
    assert add("高齢課", sender=stranger).status_code == 422  # looked at, and refused: the name is taken
    assert names() == ["高齢課"]


def test_remembered_for_a_day(add):
    add("高齢課")
    HandledRequest.objects.update(at=timezone.now() - KEPT - timedelta(minutes=1))
    add("防災課")
    assert HandledRequest.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_at_the_same_moment(admin):
    """Eight copies at once, each on its own connection: one department, and every answer leads to the list."""
    begin, answers = threading.Barrier(8), []
    ask = {"name": "高齢課", "position": 1, FIELD: str(uuid.uuid4())}
    senders = [Client() for _ in range(8)]
    for sender in senders:
        sender.force_login(admin)

    def send(sender):
        begin.wait()
        answers.append(sender.post(ADD, ask).get("Location"))
        connections.close_all()

    threads = [threading.Thread(target=send, args=[sender]) for sender in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names() == ["高齢課"]
    assert answers == [reverse("accounts:department_list")] * 8
