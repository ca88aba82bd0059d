"""Two people on one part: nothing is overwritten silently, and the words of whoever comes second are kept.

AYUMI_INTERLEAVINGS=1000 takes that many random interleavings, AYUMI_PAIRS=200 that many pairs at the same moment.
"""

import os
import threading
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from initiatives import history
from initiatives.history import save_changes
from initiatives.models import EntryPart, FieldChange, PlanYear, YearlyEntry
from tests.factories import make_entry, make_initiative

S = EntryPart.Status
OF_PART = ("result", "self_rating", "issues", "not_applicable_reason")
OF_ENTRY = ("low_rating_reason", "next_target")
FIELDS = (*OF_PART, *OF_ENTRY)
TYPED = ("result", "issues", "next_target")
WORDS = ("甲", "乙", "甲\n乙", "長い文。" * 3, '"<b>&', "")


def read(pk: int) -> EntryPart:
    return EntryPart.objects.select_related("entry__initiative", "department").get(pk=pk)


def held(part: EntryPart) -> dict[str, str]:
    return {name: getattr(part, name) for name in OF_PART} | {name: getattr(part.entry, name) for name in OF_ENTRY}


class Page:
    """A person's open page: what it shows, what was typed, what it sends. As the browser has it."""

    def __init__(self, person, client, pk: int):
        self.person, self.client, self.pk = person, client, pk
        self.open()

    def open(self):
        part = read(self.pk)
        self.shown = held(part)
        self.values = dict(self.shown)
        self.versions = {"version": part.version, "entry_version": part.entry.version}
        self.address = reverse(
            "initiatives:part_edit", args=[part.entry.initiative.plan_id, part.entry.fiscal_year, part.pk]
        )

    def post(self, *, draft: bool, then: str = ""):
        data = self.versions | self.values | {f"seen-{name}": text for name, text in self.shown.items()}
        headers = {"X-Autosave": "1"} if draft else {}
        return self.client.post(self.address, data | ({"then": then} if then else {}), headers=headers)

    def typed(self) -> dict[str, str]:
        return {name: text for name, text in self.values.items() if text != self.shown[name]}

    def take_over(self, response):
        """Go on from the page that answered: its fields, hidden ones and all."""
        form = BeautifulSoup(response.content, "html.parser").select_one("#part-form")
        hidden = {box["name"]: box["value"] for box in form.select("input[type=hidden]")}
        self.versions = {name: hidden[name] for name in self.versions}
        self.shown = {name: hidden[f"seen-{name}"] for name in FIELDS}
        self.values = texts_of(response)


def texts_of(response) -> dict[str, str]:
    """What stands in the fields of an answered page."""
    form = BeautifulSoup(response.content, "html.parser").select_one("#part-form")
    chosen = form.select_one("input[name=self_rating][checked]")
    texts = {box["name"]: box.get_text().removeprefix("\n") for box in form.select("textarea")}
    return texts | {"self_rating": chosen["value"] if chosen else ""}


# --- Interleavings ----------------------------------------------------------------------------------

ACTS = st.one_of(
    st.tuples(st.just("type"), st.integers(0, 1), st.sampled_from(TYPED), st.sampled_from(WORDS)),
    st.tuples(st.sampled_from(["autosave", "autosave", "save", "open"]), st.integers(0, 1)),
    st.tuples(st.just("send"), st.integers(0, 1)),
    st.tuples(st.sampled_from(["return", "submit", "approve", "reopen", "withdraw", "deadline", "import"])),
)


class World:
    def __init__(self, writer, manager, coordinator, plan_year, pk):
        self.year, self.pk, self.coordinator, self.manager, self.writer = plan_year, pk, coordinator, manager, writer
        self.clients = []
        for person in (writer, manager, coordinator):
            client = Client()
            client.force_login(person)
            self.clients.append(client)
        self.count = Counter()

    def begin(self):
        self.first = held(read(self.pk))
        self.pages = [
            Page(person, client, self.pk)
            for person, client in zip((self.writer, self.manager), self.clients, strict=False)
        ]

    def act(self, name, *how):
        before, part = held(read(self.pk)), read(self.pk)
        if name == "type":
            who, field, text = how
            self.pages[who].values[field] = text
        elif name == "open":
            self.pages[how[0]].open()
        elif name in ("autosave", "save", "send"):
            self.save(self.pages[how[0]], name, before)
            return
        elif name == "deadline":
            gone = timezone.localdate() - timedelta(days=1)
            year = PlanYear.objects.get(pk=self.year.pk)
            year.department_deadline = None if year.department_deadline else gone
            year.save()
        elif name == "import":
            save_changes(part, {"result": "資料の文"}, by=self.coordinator, source=FieldChange.Source.IMPORT)
            before["result"] = "資料の文"
        else:
            client = self.clients[1 if name in ("submit", "withdraw") else 2]
            address = reverse("initiatives:part_transition", args=[self.year.plan_id, 2024, self.pk, name])
            client.post(address, {"version": part.version, "reason": "直してください。"})
        assert held(read(self.pk)) == before  # no step changes a word
        self.check_history()

    def save(self, page, name, before):
        typed = page.typed()
        response = page.post(draft=name == "autosave", then="request_confirmation" if name == "send" else "")
        after = held(read(self.pk))
        self.count[response.status_code] += 1
        if response.status_code in (200, 302) or (name == "send" and b"alert" in response.content and after != before):
            # Accepted: all that was typed stands, nothing else moved, and nothing that the person had not seen fell.
            assert after == before | typed
            for field, text in typed.items():
                assert before[field] in (page.shown[field], text), "silent overwrite"
        else:
            assert after == before
        if response.status_code == 200:
            answer = response.json()
            page.versions = {key: answer[key] for key in page.versions}
            page.shown = dict(page.values)
        elif response.status_code == 302:
            page.open()
        elif name == "autosave":
            self.save(page, "save", before)  # the loser presses 見比べる
        else:
            # The loser's words, byte for byte, in the answer.
            kept = texts_of(response)
            assert {field: kept[field] for field in typed} == typed
            page.take_over(response)
        self.check_history()

    def check_history(self):
        """Each field's history begins where it began, has no gap, and ends with what stands there now."""
        part = read(self.pk)
        now, rows = held(part), [part, part.entry]
        begun = {change.field: change.old for change in history.pending(rows)}
        for field in FIELDS:
            text = self.first[field]
            for change in reversed(history.of_rows(rows).filter(field=field)):
                assert (change.old, change.new != text) == (text, True)
                text = change.new
            assert begun.get(field, now[field]) == text


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_random_interleavings(plan, plan_year, department, writer, manager, coordinator):
    entry = make_entry(make_initiative(plan, "1-1-1-1", department), status=S.DRAFT, result="はじめの実績")
    entry.parts.update(self_rating="A")
    world = World(writer, manager, coordinator, plan_year, entry.parts.get().pk)
    number = os.environ.get("AYUMI_INTERLEAVINGS")

    @settings(
        max_examples=int(number or 40),
        derandomize=number is None,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(ACTS, min_size=6, max_size=14))
    def interleave(acts):
        world.count["interleavings"] += 1
        with undone():
            world.begin()
            for act in acts:
                world.act(*act)

    interleave()
    print(f"interleavings {world.count['interleavings']}, saves by answer {dict(world.count)}")
    assert world.count[200] and world.count[302] and world.count[409]


# --- At the same moment -----------------------------------------------------------------------------


def at_once(*calls):
    """Each call in a thread of its own, let go together; their answers in order."""
    gate, answers = threading.Barrier(len(calls)), [None] * len(calls)

    def run(index, call):
        try:
            gate.wait()
            answers[index] = call()
        except Exception as error:  # told to the test, which compares it with an answer
            answers[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_pairs_at_the_same_moment(plan, plan_year, department, writer, manager):
    """Autosave or the button against the same or against sending: one wins, the other is told, nothing is half done."""
    entry = make_entry(make_initiative(plan, "1-1-1-1", department), status=S.DRAFT, result="はじめ")
    pk, clients = entry.parts.get().pk, []
    for person in (writer, manager):
        client = Client()
        client.force_login(person)
        client.get("/")
        clients.append(client)
    found = Counter()
    for number in range(int(os.environ.get("AYUMI_PAIRS", 8))):
        EntryPart.objects.filter(pk=pk).update(status=S.DRAFT, self_rating="A")
        before = held(read(pk))
        one, two = (Page(person, client, pk) for person, client in zip((writer, manager), clients, strict=True))
        field = TYPED[number % 3]
        one.values[field], two.values[field] = f"一人目{number}", f"二人目{number}"
        draft, then = number % 2 == 0, "request_confirmation" if number % 4 == 3 else ""
        answers = at_once(
            lambda page=one, draft=draft: page.post(draft=draft),
            lambda page=two, draft=draft, then=then: page.post(draft=draft and not then, then=then),
        )
        codes = tuple(answer.status_code for answer in answers)
        won = [page for page, code in zip((one, two), codes, strict=True) if code in (200, 302)]
        assert len(won) == 1, codes
        assert held(read(pk)) == before | {field: won[0].values[field]}
        lost, answer = next((page, answers[at]) for at, page in enumerate((one, two)) if page is not won[0])
        assert answer.status_code == 409
        if not draft:
            assert texts_of(answer)[field] == lost.values[field]
        changes = list(history.of_rows([read(pk), entry]).filter(field=field))
        begun = list(history.pending([read(pk), entry]).filter(field=field))
        assert (
            [change.new for change in changes[:1]] == [before[field]] or begun or changes[0].new == won[0].values[field]
        )
        history.settle([read(pk), YearlyEntry.objects.get(pk=entry.pk)])
        found[codes] += 1
    print(f"pairs {found.total()}, answers {dict(found)}")


@pytest.mark.django_db(transaction=True)
def test_two_fields_at_the_same_moment_are_no_clash(plan, plan_year, department, writer, manager):
    entry = make_entry(make_initiative(plan, "1-1-1-1", department), status=S.DRAFT, result="はじめ")
    pk, clients = entry.parts.get().pk, []
    for person in (writer, manager):
        client = Client()
        client.force_login(person)
        client.get("/")
        clients.append(client)
    pairs = int(os.environ.get("AYUMI_PAIRS", 8))
    for number in range(pairs):
        one, two = (Page(person, client, pk) for person, client in zip((writer, manager), clients, strict=True))
        one.values["result"], two.values["issues"] = f"実績{number}", f"課題{number}"
        answers = at_once(lambda page=one: page.post(draft=True), lambda page=two: page.post(draft=True))
        assert [answer.status_code for answer in answers] == [200, 200]
        part = read(pk)
        assert (part.result, part.issues) == (f"実績{number}", f"課題{number}")
    print(f"pairs in two fields {pairs}")
