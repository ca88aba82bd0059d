"""Every form that the program shows, filled and sent as a person would: for rules that must hold for all of them."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from accounts.models import User
from tests.factories import PDF
from tests.reporting.importing import small

TABLE = list(csv.DictReader((Path(__file__).parent / "access.csv").open(encoding="utf-8")))
# Signing in and out make no change that could be made twice.
OUTSIDE = {"accounts:login", "accounts:logout"}
PASSWORD = "ima-no-kotoba-7"  # of everybody
# What is typed where not any words will do.
TYPED = {
    "old_password": PASSWORD,
    "new_password1": "atarashii-kotoba-7",
    "new_password2": "atarashii-kotoba-7",
    "username": "yamada",
    "fiscal_year": "R6",
    "rows": "yamada\t山田 花子\t高齢課\t担当者\t2027-04-01",
}
# The same, where it depends on the form. None: left blank.
TYPED_IN = {
    "accounts:deputy_add": {"until": str(timezone.localdate() + timezone.timedelta(days=60))},
    "accounts:department_add": {"parent": "", "successors": None},
    "accounts:department_edit": {"parent": "", "successors": None},
    "accounts:department_reorganise": {"new_name": "あたらしい課", "successors": None, "people_to": None},
    "initiatives:year_extension": {"reason": "台風のため", "until": "2027-06-30"},
    "accounts:transfer_new": {"rows": "yamada\t山田 花子\t高齢課\t担当者\t2026-12-01"},
}
# What changes by itself and is no effect: sessions, and the memory of what was handled.
NO_EFFECT = {"sessions.session", "accounts.handledrequest"}


@dataclass
class Form:
    """A form of a page with one of its buttons, filled."""

    address: str
    data: dict[str, list[str]]
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    @property
    def route(self) -> str:
        return resolve(urlsplit(self.address).path).view_name

    def send(self, client: Client, **more):
        """Send it; `more` are fields laid over its own."""
        files = {name: SimpleUploadedFile(*file) for name, file in self.files.items()}
        return client.post(self.address, {**self.data, **more, **files})


def post_routes() -> set[str]:
    """The addresses that take a POST, by the table of access."""
    refused = {"405", "login", "404", "403"}
    roles = ("writer", "other", "manager", "coordinator", "member", "admin")
    posts = [row for row in TABLE if row["method"] == "POST"]
    return {row["name"] for row in posts if any(row[role] not in refused for role in roles)} - OUTSIDE


@pytest.fixture
def world(targets, other, member, admin):
    """Everybody with a password, and the city of tests/access.csv."""
    User.objects.update(password=make_password(PASSWORD))
    return targets


def forms_of(client: Client, role: str, targets: dict) -> Iterator[Form]:
    """The forms of every page that the role may open, each with each of its buttons; the same form only once."""
    seen = set()
    for row in TABLE:
        if row["method"] != "GET" or row[role] != "200":
            continue
        page = reverse(row["name"], kwargs=targets[row["target"]])
        answer = client.get(page)
        if not answer.get("Content-Type", "").startswith("text/html"):
            continue
        for form in _forms(BeautifulSoup(answer.content, "lxml"), page):
            key = (form.address, tuple(sorted(set(form.data) - {"request_id"})), form.data.get("then", [""])[0])
            if form.route not in OUTSIDE and key not in seen:
                seen.add(key)
                yield form


def _forms(page: BeautifulSoup, address: str) -> Iterator[Form]:
    for element in page.select("form[method=post]"):
        inside = element.select("input, textarea, select, button")
        outside = page.select(f'[form="{element["id"]}"]') if element.get("id") else []
        fields = [each for each in dict.fromkeys([*inside, *outside]) if not each.has_attr("disabled")]
        for pressed in [each for each in fields if each.name == "button" and each.get("type") != "button"]:
            action = pressed.get("formaction") or element.get("action") or address
            form = Form(urljoin(address, action), {})
            for each in fields:
                _fill(form, each, pressed)
            for name, value in TYPED_IN.get(form.route, {}).items():
                form.data[name] = [] if value is None else [value]
            yield form


def _fill(form: Form, element, pressed) -> None:
    name, kind = element.get("name"), element.get("type", "text")
    if element.name == "button":
        if element is pressed and name:
            form.data[name] = [element.get("value", "")]
    elif not name:
        return
    elif kind == "file":
        xlsx = "xlsx" in element.get("accept", "")
        form.files[name] = ("調査票.xlsx", small.content()) if xlsx else ("ちらし.pdf", PDF)
    elif element.name == "select":
        options = [option.get("value", "") for option in element.find_all("option")]
        chosen = element.select_one("option[selected]")
        value = chosen["value"] if chosen and chosen["value"] else next(filter(None, options), "")
        form.data[name] = [value]
    elif kind in ("checkbox", "radio"):
        if kind == "checkbox" or name not in form.data or element.has_attr("checked"):
            keep = form.data.get(name, []) if kind == "checkbox" else []
            form.data[name] = [*keep, element.get("value", "on")]
    else:
        said = element.get_text() if element.name == "textarea" else element.get("value", "")
        form.data[name] = [said.strip() or _words(element, kind, name)]


def _words(element, kind: str, name: str) -> str:
    if name in TYPED:
        return TYPED[name]
    if element.name != "textarea" and not element.has_attr("required"):
        return ""
    return "2027-03-26" if kind == "date" else "ためしに書いた言葉"


def contents() -> dict[str, list[tuple]]:
    """Every row of every table, as it stands now."""
    found = {}
    for model in apps.get_models():
        if model._meta.label_lower not in NO_EFFECT and model._meta.managed:
            columns = [column.attname for column in model._meta.concrete_fields]
            rows = model._default_manager.order_by("pk").values_list(*columns)
            found[model._meta.label_lower] = [tuple(map(repr, row)) for row in rows]
    return found
