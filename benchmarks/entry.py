"""Writing: what opening a part and one automatic save cost against an empty view of the same stack.

The empty view has every middleware, the session and the signed-in user, and does nothing. A save also has to get its
words onto the disk: what one transaction with one UPDATE costs in the same stack stands beside it.
"""

import json
from datetime import timedelta

from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from benchmarks import world
from benchmarks.measure import in_turn, queries, table
from initiatives.models import EntryPart, PlanYear

LEAST = "UPDATE 1つを書き終える"


def run() -> None:
    small, writer = _collecting(41, world.INITIATIVES), _writer()
    calls = _calls(small, writer)
    times = in_turn(calls, rounds=60, warm_up=5)
    empty, least = times["空の画面"], times[LEAST]
    table(
        "書く画面　空の画面との比（自動の保存の目標 3 以下、問い合わせ 12 以下）",
        ["", "ms", "比", "UPDATEとの比", "問い合わせ"],
        [[name, times[name], times[name] / empty, times[name] / least, queries(call)] for name, call in calls.items()],
    )
    large = _collecting(42, world.INITIATIVES * 8)
    one, eight = _calls(small, writer) | _lists(small), _calls(large, writer) | _lists(large)
    counts = [(name, queries(one[name]), queries(eight[name])) for name in one]
    rows = [[name, few, many, "同じ" if few == many else "違う"] for name, few, many in counts]
    sizes = "、".join(f"{_parts(year).count()}件" for year in (small, large))
    table(f"課の記入が8倍になっても、問い合わせは同じ（{sizes}）", ["画面", "1倍", "8倍", ""], rows)


def _collecting(number: int, initiatives: int) -> PlanYear:
    """A year that is being written, with last year's texts beside it; a third of it waits for 福祉総務課."""
    plan_year = world.make_plan(number, years=2, initiatives=initiatives)[-1]
    soon = timezone.localdate() + timedelta(days=20)
    PlanYear.objects.filter(pk=plan_year.pk).update(status=PlanYear.Status.COLLECTING, department_deadline=soon)
    parts = _parts(plan_year)
    parts.update(status=EntryPart.Status.DRAFT, approved_at=None, self_rating="A")
    waiting = list(parts.values_list("pk", flat=True))[2::3]
    parts.filter(pk__in=waiting).update(status=EntryPart.Status.SUBMITTED)
    return plan_year


def _parts(plan_year: PlanYear):
    return EntryPart.objects.filter(
        entry__initiative__plan=plan_year.plan_id, entry__fiscal_year=plan_year.fiscal_year
    ).order_by("entry__initiative__position", "position")


def _writer() -> User:
    """Somebody of the department that leads the first initiative."""
    writer = User.objects.filter(username="writer").first()
    if writer is None:
        writer = User.objects.create_user("writer", name="書く人")
        Membership.objects.create(user=writer, department=world.departments()[0])
    return writer


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _get(client: Client, address: str):
    def call():
        response = client.get(address)
        assert response.status_code == 200, (address, response.status_code)
        return response

    return call


def _calls(plan_year: PlanYear, writer: User) -> dict:
    client, part = _client(writer), _parts(plan_year).first()
    address = reverse("initiatives:part_edit", args=[plan_year.plan_id, plan_year.fiscal_year, part.pk])
    update = _get(client, f"/bench/update/{_parts(plan_year).last().pk}/")
    return {
        "空の画面": _get(client, "/bench/empty/"),
        LEAST: update,
        "書く画面を開く": _get(client, address),
        "自動の保存": _autosave(client, address),
    }


def _autosave(client: Client, address: str):
    """As the page sends it (static/js/autosave.js): the field that is written; each answer brings the next versions."""
    page = BeautifulSoup(client.get(address).content, "lxml").find("form", id="part-form")
    sent = ["csrfmiddlewaretoken", "version", "entry_version", "seen-result"]
    fields, number = {name: page.select_one(f"[name={name}]").get("value", "") for name in sent}, 0

    def call():
        nonlocal number
        number += 1
        typed = fields | {"result": f"{world.SENTENCE * 4}{number}回目。"}
        response = client.post(address, typed, headers={"X-Autosave": "1"})
        assert response.status_code == 200, response.content
        answer = json.loads(response.content)
        fields.update(version=answer["version"], entry_version=answer["entry_version"])
        fields["seen-result"] = typed["result"]

    return call


def _lists(plan_year: PlanYear) -> dict:
    client, year = _client(world.coordinator()), [plan_year.plan_id, plan_year.fiscal_year]
    return {
        "課ごとの状況": _get(client, reverse("initiatives:year_home", args=year)),
        "確認": _get(client, reverse("initiatives:review_queue", args=year)),
    }
