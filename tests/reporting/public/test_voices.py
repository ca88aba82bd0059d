"""意見を送る: off until 福祉総務課 calls for opinions, and nothing is shown before somebody has read it."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from initiatives.models import FieldChange
from initiatives.notices.todo import todo_for
from reporting import voices
from reporting.models import Voice, VoiceCall, VoiceSender
from reporting.public import voices as public
from tests.reporting import pdf_factory as factory

OFFICE = {"plan_id": 1, "fiscal_year": 2024}


@pytest.fixture
def edition(editions):
    return editions.publish(factory.report())


@pytest.fixture
def here(at):
    return at("voices")


def call_for(edition, since=-1, until=10) -> VoiceCall:
    today = timezone.localdate()
    days = {"opens_on": today + timedelta(since), "closes_on": today + timedelta(until)}
    return VoiceCall.objects.update_or_create(plan_year=edition.plan_year, defaults=days)[0]


def page(client, here, **query) -> BeautifulSoup:
    return BeautifulSoup(client.get(here, query).content, "lxml")


def fields_of(soup) -> dict[str, str]:
    form = soup.select_one("main form")
    typed = {each["name"]: each.get("value", "") for each in form.select("input")}
    typed |= {each["name"]: each.get_text().removeprefix("\n") for each in form.select("textarea")}
    chosen = form.select_one("option[selected]")
    return typed | {"about": chosen["value"] if chosen else ""}


def send(client, here, text="窓口の時間を延ばしてほしい。", **typed):
    return client.post(here, fields_of(page(client, here)) | {"text": text} | typed)


def words(answer) -> str:
    return BeautifulSoup(answer.content, "lxml").find("main").get_text(" ", strip=True)


# --- When ----------------------------------------------------------------------------------------------


def test_off_until_it_is_called_for(edition, here, at, client):
    assert client.get(here).status_code == client.post(here, {"text": "意見"}).status_code == 404
    assert here not in client.get(at("overview")).content.decode()
    call_for(edition)
    assert here in client.get(at("overview")).content.decode()
    assert client.get(here).status_code == 200


@pytest.mark.parametrize(("since", "until", "status"), [(1, 5, 404), (0, 0, 302), (-5, 0, 302), (-5, -1, 409)])
def test_open_from_the_first_day_to_the_end_of_the_last(edition, here, client, since, until, status):
    call_for(edition)
    form = fields_of(page(client, here))
    call_for(edition, since, until)
    answer = client.post(here, form | {"text": "期間の意見"})
    assert (answer.status_code, Voice.objects.count()) == (status, status == 302)
    if status == 409:
        assert "募集は終わりました" in words(answer)
        assert "期間の意見" in BeautifulSoup(answer.content, "lxml").find("textarea").get_text()


def test_without_a_public_edition_there_is_nothing(editions, here, client):
    edition = editions.finalize(factory.report())
    call_for(edition)
    assert client.get(here).status_code == 404
    editions.withdraw(editions.publish(replace(factory.report(), fiscal_year=2023, fiscal_year_label="令和5年度")))
    assert client.get(here.replace("R6", "R5")).status_code == 404


def test_over_it_stays_to_be_read(edition, here, at, client):
    call = call_for(edition, -9, -2)
    Voice.objects.create(call=call, text="読まれた意見", state="shown", sending="1")
    assert page(client, here).find("main").find("form") is None
    assert "読まれた意見" in words(client.get(here))
    assert "寄せられた意見" in BeautifulSoup(client.get(at("overview")).content, "lxml").find("footer").get_text()


def test_a_corrected_edition_goes_on_with_it(editions, edition, here, at, client):
    call_for(edition)
    editions.publish(factory.changed(factory.report(), "1-1-1-1", rating="B"), number=2)
    assert send(client, here).status_code == 302
    assert client.get(at("voices", number=1)).status_code == 404  # what is old is not asked about


# --- Sending -------------------------------------------------------------------------------------------


def test_sent_and_not_shown_to_anybody(edition, here, at, client):
    call_for(edition)
    answer = send(client, here, "<b>太字</b>にしない。", name="海野 波子", about="1")
    assert (answer.status_code, answer["Location"]) == (302, at("voices_sent"))
    assert "受け取りました" in words(client.get(answer["Location"]))
    voice = Voice.objects.get()
    assert (voice.text, voice.name, voice.about, voice.state) == ("<b>太字</b>にしない。", "海野 波子", "1", "unread")
    for address in (here, at("overview"), at("goal", goal=1), "/public/feed.xml"):
        assert "太字" not in client.get(address).content.decode()
    assert not client.cookies
    assert client.get(here)["Cache-Control"] == answer["Cache-Control"] == "no-store"


def test_shown_as_it_was_written_with_the_answer(edition, here, at, client):
    call = call_for(edition)
    Voice.objects.create(
        call=call, text="<script>1行目\n2行目", name="<i>名", about="1-1-1-1", state="shown", answer="検討します。", sending="1"
    )  # fmt: skip
    shown = page(client, here)
    assert shown.find("main").find(["script", "i"]) is None
    assert shown.select_one(f'a[href="{at("initiative", code="1-1-1-1")}"]')
    assert all(
        part in words(client.get(here))
        for part in ("<script>1行目", "2行目", "<i>名さん", "市の考え方", "検討します。")
    )


def test_pressed_twice_it_is_there_once(edition, here, client):
    call_for(edition)
    form = fields_of(page(client, here)) | {"text": "一度だけ"}
    assert [client.post(here, form).status_code for _ in range(3)] == [302] * 3
    assert Voice.objects.count() == VoiceSender.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"text": ""}, "意見を書いてください。"),
        ({"text": " \n　"}, "意見を書いてください。"),
        ({"text": "あ" * 2001}, "長すぎます（2,001字）。2,000字までにしてください。"),
        ({"text": "逆さ\u202e"}, "目に見えない文字"),
        ({"name": "な" * 41}, "名前は40字までにしてください。"),
        ({"about": "9"}, "一覧の中から選んでください。"),
        ({"about": "9-9-9-9"}, "一覧の中から選んでください。"),
        ({"address": "https://spam.example"}, "見えない欄に文字が入っていたので、消しました。"),
        ({"mark": ""}, "この画面を開いてから時間がたちました。"),
        ({"mark": "x:1:y"}, "この画面を開いてから時間がたちました。"),
    ],
)
def test_refused_in_words_and_nothing_typed_is_lost(edition, here, client, typed, said):
    call_for(edition)
    answer = send(client, here, **{"text": "残る文", "name": "残る名", **typed})
    assert answer.status_code == 422
    assert said in words(answer)
    assert not Voice.objects.exists()
    back = fields_of(BeautifulSoup(answer.content, "lxml"))
    kept = {name: typed.get(name, text) for name, text in (("text", "残る文"), ("name", "残る名"))}
    assert {name: back[name] for name in kept} == kept
    # What came back can be sent as soon as it is put right.
    mended = back | {"text": kept["text"][:9].strip(" \n　\u202e") or "書いた", "name": "", "about": ""}
    assert client.post(here, mended).status_code == 302


def test_a_page_of_yesterday_is_renewed(edition, here, client, monkeypatch):
    call_for(edition)
    form = fields_of(page(client, here)) | {"text": "ゆっくり書いた"}
    monkeypatch.setattr(public, "_DAY", -1)
    answer = client.post(here, form)
    monkeypatch.undo()
    assert answer.status_code == 422
    again = fields_of(BeautifulSoup(answer.content, "lxml"))
    assert again["mark"] != form["mark"]
    assert client.post(here, again).status_code == 302


def test_one_address_sends_so_many_a_day(edition, here, client, monkeypatch):
    call_for(edition)
    monkeypatch.setattr(voices, "EACH", 3)
    assert [send(client, here, f"意見{n}").status_code for n in range(5)] == [302, 302, 302, 429, 429]
    assert "明日、もう一度" in words(send(client, here, "控える文"))
    assert send(client, here, REMOTE_ADDR="192.0.2.9").status_code == 429  # a field of that name says nothing
    form = fields_of(page(client, here)) | {"text": "別の人"}
    assert client.post(here, form, REMOTE_ADDR="192.0.2.9").status_code == 302
    VoiceSender.objects.update(at=timezone.now() - timedelta(days=1, minutes=1))
    assert send(client, here).status_code == 302
    assert VoiceSender.objects.count() == 1  # what is a day old is gone
    assert not re.search(r"127\.0\.0\.1|192\.0\.2\.9", str(list(VoiceSender.objects.values())))


def test_all_together_send_so_many_a_day(edition, here, client, monkeypatch):
    call_for(edition)
    monkeypatch.setattr(voices, "ALL", 2)
    sent = []
    for n in range(3):
        form = fields_of(page(client, here)) | {"text": f"意見{n}"}
        sent.append(client.post(here, form, REMOTE_ADDR=f"192.0.2.{n}").status_code)
    assert sent == [302, 302, 429]


@pytest.mark.parametrize(
    ("behind", "forwarded", "alike"),
    [(True, ["9.9.9.9, 192.0.2.1", "8.8.8.8, 192.0.2.1"], True), (True, ["192.0.2.1", "192.0.2.2"], False),
     (False, ["192.0.2.1", "192.0.2.2"], True)],
)  # fmt: skip
def test_whose_address_it_is(edition, here, client, settings, monkeypatch, behind, forwarded, alike):
    """Only the proxy is believed, and only what it wrote itself."""
    call_for(edition)
    settings.BEHIND_PROXY = behind
    monkeypatch.setattr(voices, "EACH", 1)
    sent = []
    for address in forwarded:
        form = fields_of(page(client, here)) | {"text": address}
        sent.append(client.post(here, form, headers={"X-Forwarded-For": address}).status_code)
    assert sent == [302, 429 if alike else 302]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.text(max_size=200), st.text(max_size=30), st.text(max_size=12))
def test_whatever_is_sent_it_is_taken_as_it_is_or_refused(edition, here, client, text, name, about):
    call_for(edition)
    VoiceSender.objects.all().delete()
    before = Voice.objects.count()
    form = fields_of(page(client, here))
    answer = client.post(here, form | {"text": text.encode("utf-8", "replace").decode(), "name": name.encode("utf-8", "replace").decode(), "about": about.encode("utf-8", "replace").decode()})  # fmt: skip
    taken = Voice.objects.count() - before
    assert (answer.status_code, taken) in {(302, 1), (422, 0)}
    if taken:
        assert Voice.objects.latest("pk").about in {"", "1", "2", "1-1-1-1"} | {
            row.code for row in factory.report().rows
        }


# --- For 福祉総務課 ---------------------------------------------------------------------------------------


@pytest.fixture
def office(client, coordinator):
    client.force_login(coordinator)
    return client


def at_office(name, **more):
    return reverse(f"reporting:{name}", kwargs=OFFICE | more)


def post(client, address, **typed):
    form = BeautifulSoup(client.get(address).content, "lxml").select_one("main form")
    hidden = {each["name"]: each.get("value", "") for each in form.select("input[type=hidden]")}
    return client.post(address, hidden | typed)


def test_calling_for_opinions_and_ending_it(edition, office, here):
    today = timezone.localdate()
    assert "いま募集していません" in words(office.get(at_office("voice_list")))
    days = {"opens_on": today.isoformat(), "closes_on": (today + timedelta(9)).isoformat()}
    assert post(office, at_office("voice_call"), **days).status_code == 302
    assert office.get(here).status_code == 200
    earlier = days | {"opens_on": (today - timedelta(3)).isoformat(), "closes_on": (today - timedelta(1)).isoformat()}
    assert post(office, at_office("voice_call"), **earlier).status_code == 302
    assert page(office, here).find("main").find("form") is None
    assert FieldChange.objects.filter(model="reporting.voicecall", field="closes_on").count() == 1


@pytest.mark.parametrize(
    ("opens", "closes", "said"),
    [(None, 1, "ここを書いてください。"), (1, 0, "最初の日か、それよりあとの日にしてください。"), (-9999, 1, "今日から3年以内の日")],
)  # fmt: skip
def test_days_that_cannot_be(edition, office, opens, closes, said):
    today = timezone.localdate()
    days = {"opens_on": "" if opens is None else today + timedelta(opens), "closes_on": today + timedelta(closes)}
    answer = post(office, at_office("voice_call"), **days)
    assert (answer.status_code, VoiceCall.objects.count()) == (422, 0)
    assert said in words(answer)


def test_read_shown_and_answered(edition, office, here, coordinator):
    voice = Voice.objects.create(call=call_for(edition), text="待っている意見", sending="1")
    assert "まだ読まれていません" in words(office.get(at_office("voice_list")))
    assert "市民の意見" in [each.kind for each in todo_for(coordinator, edition.plan_year)]
    one = at_office("voice_edit", pk=voice.pk)
    assert post(office, one, state="hidden").status_code == 422  # not without a reason
    assert post(office, one, state="hidden", reason="個人の名前がある").status_code == 302
    assert "待っている意見" not in words(office.get(here))
    assert post(office, one, state="shown", answer="来年度に行います。").status_code == 302
    assert "待っている意見" in words(office.get(here))
    assert "来年度に行います。" in words(office.get(here))
    assert [each.kind for each in todo_for(coordinator, edition.plan_year) if each.kind == "市民の意見"] == []
    changed = FieldChange.objects.filter(model="reporting.voice", by=coordinator).values_list("field", flat=True)
    assert set(changed) == {"state", "reason", "answer"}


def test_two_readers_at_once(edition, office):
    voice = Voice.objects.create(call=call_for(edition), text="意見", sending="1")
    one = at_office("voice_edit", pk=voice.pk)
    stale = {"version": voice.version, "state": "hidden", "reason": "広告"}
    assert post(office, one, state="shown").status_code == 302
    answer = office.post(one, stale)
    assert (answer.status_code, Voice.objects.get().state) == (409, "shown")
    assert "広告" in words(answer)
    assert post(office, one, **{k: v for k, v in stale.items() if k != "version"}).status_code == 302


def test_the_edition_stays_as_it_is(edition, office, here, client):
    before = (edition.digest, edition.report)
    call_for(edition)
    send(client, here)
    post(office, at_office("voice_edit", pk=Voice.objects.get().pk), state="shown", answer="はい。")
    again = type(edition).objects.get(pk=edition.pk)
    assert (again.digest, again.report) == before


def test_a_list_of_any_length_asks_as_often(edition, office, here):
    call = call_for(edition)
    for address in (here, at_office("voice_list")):
        counts = set()
        for many in (1, 7):
            Voice.objects.all().delete()
            for n in range(many):
                Voice.objects.create(call=call, text=f"意見{n}", state="shown", sending=f"{address}{n}")
            office.get(address)
            with CaptureQueriesContext(connection) as captured:
                office.get(address)
            counts.add(len(captured))
        assert len(counts) == 1


def test_many_stand_on_several_pages(edition, here, client, office):
    call = call_for(edition)
    for n in range(public.PAGE + 3):
        Voice.objects.create(call=call, text=f"意見その{n}号", state="shown", sending=str(n))
    assert len(page(client, here).select(".voices > li")) == public.PAGE
    assert len(page(client, here, page=2).select(".voices > li")) == 3
    assert len(page(office, at_office("voice_list"), page=2).select("tbody tr")) == 3


def test_what_the_report_no_longer_has_is_told_by_its_number(edition, here, client, office):
    Voice.objects.create(
        call=call_for(edition), text="なくなった取組の意見", about="8-8-8-8", state="shown", sending="1"
    )
    for address in (here, at_office("voice_list")):
        assert "8-8-8-8" in words(client.get(address))
