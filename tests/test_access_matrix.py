"""tests/access_matrix.csv: who may do what with a part in which state. Every case is sent to the real address.

The table is read and mended by people; what is compared is the answer, what it changed in the database, and every
planted text in what came back (tests/canaries.py). Each case starts from the same city and is undone.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

import accounts.models
from accounts.models import Department, DeputyshipQuerySet, User
from initiatives import part_views, permissions, review_views, workflow
from initiatives.models import EntryPart
from initiatives.models.entry import EntryPartQuerySet
from initiatives.survey import views as survey_views
from tests.access_city import OWN, STATES, City, Spot, undone
from tests.canaries import MARK, body_of, names_in
from tests.factories import PDF
from tests.forms import contents

pytestmark = pytest.mark.either

TABLE = Path(__file__).parent / "access_matrix.csv"
NOBODY = 10**9  # no row has this number
NO_YEAR = 2029  # the plan has no such year
NEW, REASON = "あたらしい文", "数を確かめてください。"
# What changes by itself and is no effect: who has read what, and a file that waits to be looked at.
ASIDE = {"initiatives.threadread", "initiatives.surveyupload", "accounts.department"}
LEDGER = "ledger.ledgerentry"  # goes with every record; alone it would be an effect like any other
PART, STEP, CHANGE = "initiatives.entrypart", "initiatives.transition", "initiatives.fieldchange"
TOLD = {CHANGE, "initiatives.pendingchange", "initiatives.fieldcomment", "initiatives.notice", "initiatives.mail"}


# --- The table ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    actor: str
    state: str
    action: str
    answer: str
    effect: str

    def __str__(self):
        return f"{self.actor}が「{self.state}」で「{self.action}」"


def read_table() -> tuple[dict[str, list[str]], list[Case]]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    named = [line.removeprefix("# ").split(" = ") for line in lines if line.startswith("#") and " = " in line]
    groups = {name: members.split("・") for name, members in named}

    def all_of(cell: str) -> list[str]:
        return [
            one for name in cell.split("・") for one in (all_of("・".join(groups[name])) if name in groups else [name])
        ]

    cases = [
        Case(*names, row["答え"], row["起きること"])
        for row in csv.DictReader(line for line in lines if not line.startswith("#"))
        for names in product(all_of(row["人"]), all_of(row["状態"]), all_of(row["操作"]))
    ]
    return {name: all_of(name) for name in groups}, cases


GROUPS, CASES = read_table()
PEOPLE = [*GROUPS["庁内の人"], "委員", *GROUPS["サインインできない人"]]


def test_table_says_everything_once():
    said = Counter((case.actor, case.state, case.action) for case in CASES)
    assert set(said) == set(product(PEOPLE, STATES, ACTIONS))
    assert [case for case, times in said.items() if times > 1] == []
    assert {case.effect for case in CASES} == set(EFFECTS)
    rows = csv.DictReader(line for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    assert all(row["理由"] for row in rows)


# --- The actions, as a browser sends them -------------------------------------------------------------


class Sender:
    """One person's requests about one spot; `missing` asks for a number that no row has."""

    def __init__(self, city: City, client, spot: Spot, *, missing: bool = False, year: int | None = None):
        self.city, self.client, self.spot, self.missing = city, client, spot, missing
        self.year = year or spot.plan_year.fiscal_year

    def url(self, name: str, pk: int | None = None, *more) -> str:
        number = () if pk is None else (NOBODY if self.missing else pk,)
        return reverse(f"initiatives:{name}", args=[self.city.plan.pk, self.year, *number, *more])

    def entry(self):
        return self.client.get(self.url("entry_detail", self.spot.initiative.pk))

    def open_part(self):
        return self.client.get(self.url("part_edit", self.spot.part.pk))

    def save(self, **headers):
        part = self.spot.part
        typed = {"result": NEW, "seen-result": part.result, "version": part.version}
        return self.client.post(
            self.url("part_edit", part.pk), typed | {"entry_version": self.spot.entry.version}, headers=headers
        )

    def autosave(self):
        return self.save(**{"X-Autosave": "1"})

    def step(self, action: str, **typed):
        part = self.spot.part
        return self.client.post(self.url("part_transition", part.pk, action), typed | {"version": part.version})

    def submit_without_manager(self):
        Department.objects.filter(name=OWN).update(manager_step=False)
        return self.step("submit")

    def correct(self):
        part = self.spot.part
        typed = {"version": part.version, "result": NEW, "issues": part.issues}
        return self.client.post(self.url("part_correct", part.pk), typed)

    def rate(self):
        typed = {"entry_version": self.spot.entry.version, "rating": "B", "rating_reason": REASON}
        return self.client.post(self.url("rating_set", self.spot.part.pk), typed)

    def say(self):
        return self.client.post(self.url("message_new", self.spot.part.pk), {"text": REASON})

    def attach(self):
        typed = {"file": SimpleUploadedFile("しりょう.pdf", PDF), "caption": ""}
        return self.client.post(self.url("part_files", self.spot.part.pk), typed)

    def file(self):
        return self.client.get(self.url("attachment_file", self.spot.attachment.pk))

    def detach(self):
        return self.client.post(self.url("attachment_remove", self.spot.attachment.pk))

    def survey(self, name: str):
        return self.client.get(self.url(name, self.city.departments[OWN].pk))

    def upload(self):
        """調査票 chosen, looked at, agreed to: the answer is the last one's."""
        file = SimpleUploadedFile("調査票.xlsx", self.city.survey_of(self.spot))
        answer = self.client.post(self.url("survey"), {"file": file})
        if answer.status_code != 302 or not answer["Location"].startswith(self.url("survey")):
            return answer
        preview = self.client.get(answer["Location"])
        return self.client.post(f"{answer['Location']}confirm/", {"base": preview.context["seen"].digest})


ACTIONS = {
    "読む": Sender.entry,
    "履歴を見る": Sender.entry,
    "やりとりを読む": Sender.entry,
    "書く画面を開く": Sender.open_part,
    "保存": Sender.save,
    "自動保存": Sender.autosave,
    "課長に送る": lambda sender: sender.step("request_confirmation"),
    "提出": Sender.submit_without_manager,
    "課長が通す": lambda sender: sender.step("submit"),
    "取り下げ": lambda sender: sender.step("withdraw"),
    "差戻し": lambda sender: sender.step("return", reason=REASON),
    "欄の指摘": lambda sender: sender.step("return", **{"comment-result": REASON}),
    "承認": lambda sender: sender.step("approve"),
    "承認取消": lambda sender: sender.step("reopen", reason=REASON),
    "軽微な修正": Sender.correct,
    "合意評価を決める": Sender.rate,
    "やりとりに書く": Sender.say,
    "資料を見る": Sender.file,
    "資料を加える": Sender.attach,
    "資料を消す": Sender.detach,
    "調査票を出す": lambda sender: sender.survey("survey_excel"),
    "調査票を印刷": lambda sender: sender.survey("survey_print"),
    "調査票を入れる": Sender.upload,
}
# Asked with a GET that changes nothing: one answer serves all that read it.
READ = {"読む", "履歴を見る", "やりとりを読む"}
# What is seen when it is seen.
SEEN = {"履歴を見る": "直す前の実績", "やりとりを読む": "やりとりの返事", "資料を見る": "資料の中身"}


# --- What happened -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Effect:
    """The table that changes, which others may change with it, and what then stands in the part or its entry."""

    table: str = ""
    beside: frozenset[str] = frozenset()
    holds: tuple[str, str] = ("", "")


def _becomes(status: str) -> Effect:
    return Effect(PART, frozenset({STEP, *TOLD}), ("status", status))


EFFECTS = {
    "何も変わらない": Effect(),
    "見える": Effect(),
    "見えない": Effect(),
    "文が変わる": Effect(PART, frozenset(TOLD), ("result", "")),
    "課長確認中になる": _becomes("awaiting_manager"),
    "提出済になる": _becomes("submitted"),
    "作成中になる": _becomes("draft"),
    "差戻し中になる": _becomes("returned"),
    "承認済になる": _becomes("approved"),
    "評価が決まる": Effect("initiatives.yearlyentry", frozenset({CHANGE})),
    "やりとりが増える": Effect("initiatives.partmessage"),
    "資料が増える": Effect("initiatives.attachment", frozenset({CHANGE})),
    "資料が外れる": Effect("initiatives.attachment", frozenset({CHANGE})),
}


_NO_MATTER = ('"django_session"', *(f'"{table.replace(".", "_")}"' for table in ASIDE))


class Written(ExitStack):
    """Whether a request wrote anything that may count: only then the whole database is compared."""

    any = False

    def __enter__(self):
        super().__enter__()
        self.enter_context(connection.execute_wrapper(self._look))
        return self

    def _look(self, execute, sql, params, many, context):
        if sql.startswith(("INSERT", "UPDATE", "DELETE")) and not any(table in sql for table in _NO_MATTER):
            self.any = True
        return execute(sql, params, many, context)


def wrong_effect(city: City, spot: Spot, effect: Effect) -> str:
    """How the database differs from what the table says; "" when it does not."""
    now = contents()
    changed = {
        table: set(rows) ^ set(city.before[table])
        for table, rows in now.items()
        if table not in ASIDE and rows != city.before[table]
    }
    if not effect.table:
        return f"変わった表：{sorted(changed)}" if changed else ""
    if effect.table not in changed or not set(changed) <= {effect.table, *effect.beside, LEDGER}:
        return f"変わった表：{sorted(changed)}"
    if {row[0] for row in changed.get(PART, ())} - {repr(spot.part.pk)}:
        return "ほかの課や取組の記入も変わった"
    name, value = effect.holds
    stands = getattr(EntryPart.objects.get(pk=spot.part.pk), name) if name else ""
    if name == "status" and stands != value:
        return f"状態は{stands}"
    return "文は変わっていない" if name == "result" and stands == spot.part.result else ""


_TOKENS = re.compile(rb'(csrfmiddlewaretoken" value="|X-CSRFToken": "|request_id" value=")[\w-]+')


def told(response) -> tuple:
    """An answer without what differs from request to request."""
    heads = {name: value for name, value in response.items() if name != "Content-Length"}
    return response.status_code, heads, _TOKENS.sub(rb"\1", body_of(response))


def answer_of(response) -> str:
    if response.status_code == 302 and response["Location"].startswith(reverse("accounts:login") + "?next="):
        return "login"
    return str(response.status_code)


def wrongs(city: City, cases: Iterable[Case]) -> list[str]:
    """Everything in which the program differs from the table, and every planted text that got out."""
    found, kept, missing = [], {}, {}
    for case in cases:
        key = (case.actor, case.state)
        with undone():
            if case.action in READ and key in kept:
                response, effect = kept[key]
            else:
                response, effect, leaks = _send(city, case)
                found += [f"{case}：{leak}が漏れた" for leak in leaks]
            if case.action in READ:
                kept[key] = response, effect
        if answer_of(response) != case.answer:
            found.append(f"{case}：{answer_of(response)}（表は{case.answer}）")
        if effect:
            found.append(f"{case}：{effect}（表は「{case.effect}」）")
        if case.effect in ("見える", "見えない"):
            text = city.spots[case.state].canary(SEEN.get(case.action, "実績"))
            if (text in names_in(body_of(response))) != (case.effect == "見える"):
                found.append(f"{case}：{text}が{'見えない' if case.effect == '見える' else '見える'}")
        if case.answer == "404" and answer_of(response) == "404":
            for other in _missing(city, case, missing):
                if told(response) != other:
                    found.append(f"{case}：404がないときの404と違う")
    return found


def _send(city: City, case: Case):
    """The answer, what is wrong with what it changed, and what it told that it must not."""
    actor, spot = city.actors[case.actor], city.spots[case.state]
    actor.client.cookies.pop("messages", None)
    with Written() as written:
        response = ACTIONS[case.action](Sender(city, actor.client, spot))
    effect = EFFECTS[case.effect]
    wrong = wrong_effect(city, spot, effect) if written.any or effect.table else ""
    return response, wrong, city.scanner.leaks_of_response(actor.person, response)


def _missing(city: City, case: Case, kept: dict) -> list[tuple]:
    """What the same person is answered who asks for what does not exist: the number, and the year when that is hidden."""
    spot = city.spots[case.state]
    hidden = case.actor == "委員" and spot.plan_year.status not in spot.plan_year.OPEN_TO_COMMITTEE
    key = (case.actor, case.action, spot.plan_year.pk)
    if key not in kept:
        client = city.actors[case.actor].client
        client.cookies.pop("messages", None)
        asked = [Sender(city, client, spot, missing=True)] if case.action != "調査票を入れる" else []
        if hidden:
            asked.append(Sender(city, client, spot, year=NO_YEAR))
        with undone():
            kept[key] = [told(ACTIONS[case.action](sender)) for sender in asked]
    return kept[key]


# --- The whole table, person by person -----------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("actor", PEOPLE)
def test_matrix(actor, access_city, heard):
    city = access_city
    cases = [case for case in CASES if case.actor == actor]
    looked_at, met = city.scanner.looked_at, city.scanner.met
    wrong = wrongs(city, cases)
    assert wrong == [], "\n".join(wrong)
    assert [record.getMessage() for record in heard if MARK in record.getMessage()] == []
    print(
        f"{actor}：{len(cases)}件（まちがった答え0、漏れ0。"
        f"調べた応答{city.scanner.looked_at - looked_at}、出会った検知の文{city.scanner.met - met}）"
    )


# --- What must go red: one guard of the program taken away, and the table or the scanner says so ------------


def _all_departments(user, plan_year):
    return list(Department.objects.all())


def _refuse(*args, **kwargs):
    raise PermissionDenied


def _on_the_page_of_writers(request, plan_year, form, words):
    return part_views._page(request, plan_year, form, status=409, closed=words)


# What is broken → where, by what, and the cases that must notice.
BROKEN = {
    "どの記入も見える": (
        EntryPartQuerySet, "visible_to", lambda parts, user: parts, ("他課の担当者", "作成中", "書く画面を開く・資料を見る・差戻し"),
    ),
    "どの文も読める": (permissions, "can_read", lambda *args: True, ("他課の担当者", "作成中", "読む")),
    "書き直す前の文も読める": (permissions, "can_view_drafts", lambda *args: True, ("他課の担当者", "承認済", "履歴を見る")),
    "やりとりをだれでも読める": (permissions, "can_talk", lambda *args: True, ("関係課の担当者", "作成中", "やりとりを読む・やりとりに書く")),
    "二人の目がない": (
        workflow.ACTIONS, "approve", replace(workflow.ACTIONS["approve"], may=permissions.can_reopen), ("提出した福祉総務課", "提出済", "承認"),
    ),
    "代理で書いたことを忘れる": (permissions, "acted_as_deputy", lambda *args: False, ("代理で書いた福祉総務課", "提出済", "承認")),
    "期限で閉じない": (permissions, "is_open_for", lambda *args: True, ("担当者", "期限後の作成中", "保存・資料を加える")),
    "代理が終わらない": (DeputyshipQuerySet, "current", lambda rows, today: rows, ("終わった代理", "作成中", "読む・保存・課長に送る")),
    "委員も庁内": (User, "is_office", True, ("委員", "審議中の承認済", "資料を見る・履歴を見る")),
    "見えない記入に「ない」と言わない": (review_views, "get_object_or_404", _refuse, ("他課の担当者", "作成中", "承認")),
    "どの課の調査票も出る": (survey_views, "departments_for", _all_departments, ("他課の担当者", "作成中", "調査票を出す")),
    "書く画面で断る": (part_views, "_not_ours", _on_the_page_of_writers, ("他課の担当者", "承認済", "保存")),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_gate_is_noticed(broken, access_city, heard, monkeypatch):
    city = access_city
    where, name, instead, (actor, state, actions) = BROKEN[broken]
    cases = [
        case for case in CASES if (case.actor, case.state) == (actor, state) and case.action in actions.split("・")
    ]
    assert len(cases) == len(actions.split("・"))
    assert wrongs(city, cases) == []
    monkeypatch.setattr(accounts.models._places, "_made", {})  # its SQL is made of the broken rule, and not kept
    if isinstance(where, dict):
        monkeypatch.setitem(where, name, instead)
    else:
        monkeypatch.setattr(where, name, instead)
    found = "\n".join(wrongs(city, cases))
    assert all(f"「{case.action}」" in found for case in cases), found
