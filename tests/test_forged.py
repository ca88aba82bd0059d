"""A field that a form does not show is not written, whoever sends it (promise: 送られていない項目は書き換わらない).

Each form of each role is sent as it is, and then again from the same state with fields laid over it that it does not
have: both must leave the same rows and get the same answer. The number of forged posts is printed.

AYUMI_FORGED=1: lay over a few at a time, so that no field hides behind another (three times the posts).
"""

import os
from collections.abc import Iterator
from functools import cache, reduce
from operator import or_

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import models, transaction
from django.utils import timezone

from accounts.models import Department, User
from initiatives.models import EntryPart, Initiative
from ledger.models import LedgerEntry
from tests.forms import NO_EFFECT, Form, World, tables

pytestmark = pytest.mark.either

ROLES = ["admin", "writer", "other", "manager", "coordinator", "member"]


def forgeries() -> list[dict[str, object]]:
    """What an attacker would like to set, by name of the column or of the relation."""
    stranger = User.objects.get(username="other").pk
    department = Department.objects.get(name="防災課").pk
    now = timezone.now().isoformat()
    groups = [
        {"status": "approved", "state": "approved", "approved_at": now, "approved_by": stranger},
        {"department": department, "department_id": department, "departments": department, "owner": department},
        {"id": 10**6, "pk": 10**6, "entry": 1, "entry_id": 1, "part_id": 1, "initiative": Initiative.objects.last().pk},
        {"year": "2020", "fiscal_year": 2020, "plan_year": 1, "plan_id": 10**6, "original": 1, "position": 99},
        {"by": stranger, "user": stranger, "user_id": stranger, "on_behalf_of": stranger, "submitted_by": stranger},
        {"role": "admin", "is_superuser": "on", "is_staff": "on", "is_active": "", "username": "root"},
        {"rating": "A", "self_rating": "A", "rating_reason": "x", "points": 4, "at": now, "created_at": now},
    ]  # fmt: skip
    if os.environ.get("AYUMI_FORGED"):
        return groups
    return [reduce(or_, groups[:4]), reduce(or_, groups[4:])]


def rows() -> dict[str, list]:
    """Every row as it reads: times, numbers given by the database and names made by chance are left out."""
    found = {model: list(model._base_manager.order_by("pk").values()) for model in tables()}
    places = {model: {row[model._meta.pk.attname]: at for at, row in enumerate(held)} for model, held in found.items()}
    return {
        model._meta.label_lower: [
            {column.name: _told(column, row[column.attname], places) for column in _telling(model)} for row in held
        ]
        for model, held in found.items()
        if model._meta.label_lower not in NO_EFFECT
    }


@cache
def _telling(model: type[models.Model]) -> list[models.Field]:
    return [column for column in model._meta.concrete_fields if not _by_chance(column)]


def _by_chance(column: models.Field) -> bool:
    kinds = models.DateTimeField | models.FileField | models.UUIDField
    if column.model is LedgerEntry:
        return column.name not in ("position", "model")  # hashes over times and numbers
    return isinstance(column, kinds) or column.name in ("password", "occasion", "object_id")


def _told(column: models.Field, value, places: dict):
    if value is not None and column.remote_field:
        return places[column.related_model][value]
    return places[column.model][value] if column.primary_key else repr(value)


def forged_differences(world: World, client, role: str) -> Iterator[tuple[Form, dict, str]]:
    """(form, what was laid over it, what differed; "" for nothing) for each forged post of the role."""
    person = User.objects.get(username=role)
    client.force_login(person)
    for form in world.forms(client, role):
        honest = _outcome(form, client, person, {})
        for names in forgeries():
            forged = {name: value for name, value in names.items() if name not in form.data}
            outcome = _outcome(form, client, person, forged)
            differing = [name for name, value in honest.items() if outcome[name] != value]
            yield form, forged, " ".join(differing)


def _outcome(form: Form, client, person: User, forged: dict) -> dict:
    with transaction.atomic():
        answer = form.send(client, **forged)
        outcome = rows() | {
            "answer": (answer.status_code, answer.get("Location", "").split("?")[0].rstrip("0123456789/"))
        }
        transaction.set_rollback(True)
    client.force_login(person)  # a form may have ended the session
    return outcome


@pytest.fixture(autouse=True)
def files_stay(monkeypatch):
    monkeypatch.setattr(FileSystemStorage, "delete", lambda *args: None)  # rolling back brings no file back


def test_no_forged_field_is_written(world, client, capsys):
    posts, written = 0, []
    for role in ROLES:
        for form, forged, differing in forged_differences(world, client, role):
            posts += 1
            if differing:
                written.append((role, form.address, sorted(forged), differing))
    assert written == []
    assert posts >= 200
    with capsys.disabled():
        print(f"\n  {posts} forged posts, 0 effects")


class Gullible:
    """A server that takes whatever it is told."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if "status" in request.POST:
            EntryPart.objects.filter(status="draft").update(status="returned")
        return response


def test_a_server_that_writes_them_is_found(world, client, settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.test_forged.Gullible"]
    found = {differing for *_, differing in forged_differences(world, client, "member")}
    assert found == {"", "initiatives.entrypart"}
