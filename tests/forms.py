"""Every form that the program shows, filled and sent as a person would: for rules that must hold for all of them."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import docx
from axes.models import AccessAttempt
from bs4 import BeautifulSoup
from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from accounts.models import User
from initiatives.models import EntryPart, Plan, PlanYear, SurveyUpload
from reporting.importing.compare import Answers
from reporting.importing.uploads import remember_answers
from reporting.models import Chapter, Footnote, ReportBuild, ReportImport
from reviews.models import CommitteeReview, Opinion
from tests.factories import PDF, UserFactory, make_entry, make_initiative
from tests.initiatives.survey.sheets import download, filled
from tests.reporting.importing import small

TABLE = list(csv.DictReader((Path(__file__).parent / "access.csv").open(encoding="utf-8")))
GETS = [row for row in TABLE if row["method"] == "GET"]
# Signing in and out make no change that could be made twice; how a text reads is asked for by a script.
OUTSIDE = {"accounts:login", "accounts:logout", "reporting:chapter_reading"}
PASSWORD = "ima-no-kotoba-7"  # of everybody
# What is typed where not any words will do.
TYPED = {
    "old_password": PASSWORD,
    "new_password1": "atarashii-kotoba-7",
    "new_password2": "atarashii-kotoba-7",
    "username": "yamada",
    "fiscal_year": "R6",
}
# The same, where it depends on the form. None: left blank.
TYPED_IN = {
    "accounts:deputy_add": {"until": str(timezone.localdate() + timezone.timedelta(days=60))},
    "accounts:department_add": {"parent": "", "successors": None},
    "accounts:department_edit": {"parent": "", "successors": None},
    "accounts:department_reorganise": {"new_name": "あたらしい課", "successors": None, "people_to": None},
    "indicators:indicator_add": {"last_year": "", "survey_years": ""},
    "indicators:indicator_settings": {"last_year": "", "survey_years": ""},
    "indicators:indicator_rules": {"measure": "actual", "kind": "at_least", "number": "1", "other": ""},
    "initiatives:term_add": {"word": "子ども", "right": "こども", "allowed": ""},
    "initiatives:term_edit": {"word": "子ども", "right": "こども", "allowed": ""},
    "initiatives:term_use": {"reason": "条例に合わせる"},
    "initiatives:year_extension": {"reason": "台風のため", "until": "2027-06-30"},
    "accounts:transfer_new": {"file": None, "rows": "suzuki\t鈴木 花子\t高齢課\t担当者\t2026-11-01"},
}
# What changes by itself and is no effect: sessions, who signed in, and the memory of what was handled.
NO_EFFECT = {"sessions.session", "axes.accesslog", "accounts.handledrequest"}


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


@dataclass
class World:
    """The city of tests/access.csv, with what it lacks for every form to be shown and taken."""

    targets: dict[str, dict]  # as in conftest.targets
    survey: bytes  # a 調査票 of 高齢課 in which something is new
    pages: list[tuple[str, str]]  # (role, address) beside those of the table

    def forms(self, client: Client, role: str) -> Iterator[Form]:
        """The forms of every page that the role may open, each with each of its buttons; the same form only once."""
        seen = set()
        table = [(row[role], reverse(row["name"], kwargs=self.targets[row["target"]])) for row in GETS]
        more = [("200", address) for who, address in self.pages if who == role]
        for status, page in table + more:
            answer = client.get(page) if status == "200" else None
            if answer and answer.get("Content-Type", "").startswith("text/html"):
                for form in self.forms_in(answer.content, page):
                    key = (form.address, *sorted(set(form.data) - {"request_id"}), *form.data.get("then", []))
                    if key not in seen:
                        seen.add(key)
                        yield form

    def forms_in(self, content: bytes, address: str) -> list[Form]:
        forms = [form for form in _forms(BeautifulSoup(content, "lxml"), address) if form.route not in OUTSIDE]
        for form in forms:
            if form.route == "initiatives:survey" and form.files:
                form.files["file"] = ("調査票.xlsx", self.survey)
        return forms


def make_world(targets: dict, writer: User, department, other_department) -> World:
    plan = Plan.objects.get()
    colleague = UserFactory(role=User.Role.COORDINATOR)
    User.objects.update(password=make_password(PASSWORD))
    PlanYear.objects.update(department_deadline="2027-05-31")
    year = PlanYear.objects.get(**targets["受付中の年度"])
    joint = make_entry(make_initiative(plan, "1-1-1-4", department, other_department), 2025, status="submitted")
    for part, letter in zip(joint.parts.all(), "AB", strict=True):
        EntryPart.objects.filter(pk=part.pk).update(self_rating=letter)
    EntryPart.objects.filter(pk=targets["提出された記入"]["pk"]).update(result="子供の会を開いた。")
    of_year = {"plan": plan, "fiscal_year": 2025, "goal": plan.goals.first()}
    confirmed = {"state": Chapter.State.CONFIRMED, "confirmed_by": colleague, "confirmed_at": timezone.now()}
    Chapter.objects.create(**of_year, kind="vision", text="届くまち", **confirmed)
    Chapter.objects.create(**of_year, kind="needed_direction", text="アウトリーチ（注1）を広報誌で広げる。")
    Footnote.objects.create(**of_year, number=1, text="支援を届けに行くこと。")
    AccessAttempt.objects.create(username="writer", failures_since_start=settings.AXES_FAILURE_LIMIT)
    survey = filled(download(writer, year, department), year, {("1-1-1-1", "result"): "8回行った。"})
    opened = PlanYear.objects.get(**targets["審議中の年度"])
    about = {"plan_year": opened, "anchor": "report", "about": "報告書の全体", "submitted_at": timezone.now()}
    unasked = Opinion.objects.create(**about, author=User.objects.get(username="member"), text="見やすい。")
    CommitteeReview.objects.create(plan=plan, fiscal_year=2024, text="よい。", state=CommitteeReview.State.CONFIRMED)
    CommitteeReview.objects.create(plan=plan, fiscal_year=2024, goal=plan.goals.first(), text="広報誌で知らせる。")
    of_opinions = [
        reverse("reviews:opinion_detail", kwargs=targets["答えた意見"] | {"pk": pk})
        for pk in (unasked.pk, targets["答えた意見"]["pk"])
    ]
    upload = SurveyUpload.keep(survey, "調査票.xlsx", by=writer, plan_year=year)
    ready = ReportImport.keep(small.content(), "調査票.xlsx", fiscal_year=2024, by=colleague)
    remember_answers(ready, Answers("みなと市福祉計画", add=frozenset({"福祉課", "防災課", "こども課"})))
    making = ReportBuild.objects.create(plan_year=year, requested_by=colleague)
    return World(
        targets,
        survey,
        pages=[
            ("coordinator", f"{reverse('initiatives:year_open')}?plan={plan.pk}&year=R5"),
            ("coordinator", reverse("initiatives:review_part", kwargs=targets["提出された記入"] | {"pk": part.pk})),
            ("coordinator", reverse("reporting:chapter_edit", kwargs=targets["受付中の章"] | {"kind": "vision"})),
            ("writer", reverse("initiatives:survey_preview", kwargs=targets["受付中の年度"] | {"pk": upload.pk})),
            ("coordinator", reverse("reporting:import_preview", kwargs={"pk": ready.pk})),
            ("coordinator", reverse("reporting:build_detail", args=[making.pk])),
            *(("coordinator", address) for address in of_opinions),
            ("coordinator", reverse("reviews:review_edit", kwargs=targets["審議中の講評"] | {"goal": 0})),
            ("coordinator", reverse("reporting:check_list", kwargs=targets["審議中の年度"])),
        ],
    )


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
                form.files.pop(name, None)
            yield form


def _fill(form: Form, element, pressed) -> None:
    name, kind = element.get("name"), element.get("type", "text")
    if element.name == "button":
        if element is pressed and name:
            form.data[name] = [element.get("value", "")]
    elif not name:
        return
    elif kind == "file":
        made = {".xlsx": ("調査票.xlsx", small.content), ".docx": ("報告書.docx", word_file)}
        accepted = element.get("accept", "").split(",")[0]
        file_name, content = made.get(accepted, ("ちらし.pdf", lambda: PDF))
        form.files[name] = (file_name, content())
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


def word_file() -> bytes:
    file = io.BytesIO()
    docx.Document().save(file)
    return file.getvalue()


def _words(element, kind: str, name: str) -> str:
    if name in TYPED:
        return TYPED[name]
    if element.name != "textarea" and not element.has_attr("required"):
        return ""
    return "2027-03-26" if kind == "date" else "ためしに書いた言葉"


def tables() -> list[type[Model]]:
    return [model for model in apps.get_models() if model._meta.managed]


def contents() -> dict[str, list[tuple]]:
    """Every row of every table, as it stands now."""
    found = {}
    for model in tables():
        if model._meta.label_lower not in NO_EFFECT:
            columns = [column.attname for column in model._meta.concrete_fields]
            rows = model._base_manager.order_by("pk").values_list(*columns)
            found[model._meta.label_lower] = [tuple(map(repr, row)) for row in rows]
    return found
