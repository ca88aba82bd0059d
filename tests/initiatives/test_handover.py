"""引継ぎメモ: kept in all versions, handed to those who come after, read by nobody else."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from accounts import register
from accounts.models import Department
from initiatives import handover
from initiatives.history import Conflict
from initiatives.models import HandoverNote, Initiative
from tests.factories import UserFactory, make_entry, make_initiative

CANARY = "漏えい検知-引継ぎメモ"


@pytest.fixture
def initiative(plan, department):
    return make_initiative(plan, "1-1-1-1", department, name="見守り")


@pytest.fixture
def url(department, initiative):
    return {
        "department": reverse("initiatives:handover_edit", args=[department.pk]),
        "initiative": reverse("initiatives:handover_of_initiative", args=[department.pk, initiative.pk]),
    }


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


@pytest.mark.parametrize("of", ["department", "initiative"])
def test_a_note_is_written_and_changed_and_nothing_is_lost(client, writer, manager, url, of):
    client.force_login(writer)
    assert client.get(url[of]).status_code == 200
    assert client.post(url[of], {"text": "数え方は、台帳の件数です。\r\n"}).status_code == 302
    client.force_login(manager)
    page = soup(client.get(url[of]))
    assert page.select_one("#id_text").get_text().strip() == "数え方は、台帳の件数です。"
    seen = page.select_one("[name=seen]")["value"]
    client.post(url[of], {"text": "数え方は、延べ人数です。", "seen": seen})
    assert [(note.text, note.by) for note in HandoverNote.objects.order_by("pk")] == [
        ("数え方は、台帳の件数です。", writer),
        ("数え方は、延べ人数です。", manager),
    ]
    assert HandoverNote.objects.current().get().by == manager
    told = [line.get_text(" ", strip=True) for line in soup(client.get(url[of])).select(".rail .thread li")]
    assert ["延べ人数" in told[0], "台帳" in told[1]] == [True, True]


def test_saving_the_same_words_writes_nothing(client, writer, url):
    client.force_login(writer)
    client.post(url["department"], {"text": "メモ"})
    seen = HandoverNote.objects.get().pk
    client.post(url["department"], {"text": "メモ", "seen": seen})
    assert HandoverNote.objects.count() == 1


def test_an_emptied_note_is_gone_but_remembered(client, writer, department, url):
    client.force_login(writer)
    client.post(url["department"], {"text": "もういらない"})
    client.post(url["department"], {"text": "", "seen": HandoverNote.objects.get().pk})
    assert handover.of_department(department.pk, None).is_blank
    assert "もういらない" in client.get(url["department"]).content.decode()


def test_two_people_at_once_see_both_texts(client, writer, manager, department, url):
    client.force_login(writer)
    client.get(url["department"])
    handover.write(department, None, "課長の文", seen=None, by=manager)
    answer = client.post(url["department"], {"text": "わたしの文", "seen": ""})
    page = soup(answer)
    assert answer.status_code == 409
    assert page.select_one("#id_text").get_text().strip() == "わたしの文"
    assert [page.select_one(f".text {kind}").get_text() for kind in ("ins", "del")] == ["わたし", "課長"]
    assert HandoverNote.objects.get().text == "課長の文"
    client.post(url["department"], {"text": "2人の文", "seen": page.select_one("[name=seen]")["value"]})
    assert HandoverNote.objects.current().get().text == "2人の文"


def test_a_first_note_written_at_the_very_same_moment_is_a_conflict(department, writer, manager, monkeypatch):
    handover.write(department, None, "先", seen=None, by=manager)
    monkeypatch.setattr(handover, "versions", lambda *args: [])  # as the second one had read it
    with pytest.raises(Conflict):
        handover.write(department, None, "後", seen=None, by=writer)


def test_characters_that_cannot_be_kept_are_told(client, writer, url):
    client.force_login(writer)
    answer = client.post(url["department"], {"text": "見えない\u202e文字"})
    assert answer.status_code == 422
    assert "目に見えない文字" in answer.content.decode()
    assert not HandoverNote.objects.exists()


def test_a_deputy_writes_it_with_both_names(client, deputy, writer, url):
    client.force_login(deputy)
    client.post(url["department"], {"text": "代わりに書いた"})
    note = HandoverNote.objects.get()
    assert (note.by, note.on_behalf_of) == (deputy, writer)
    assert "代わりの人（書く人さんの代理）" in client.get(url["department"]).content.decode()


def test_an_initiative_of_another_department_has_no_note_here(client, writer, plan, other_department, department):
    foreign = make_initiative(plan, "1-1-1-2", other_department)
    client.force_login(writer)
    address = reverse("initiatives:handover_of_initiative", args=[department.pk, foreign.pk])
    assert client.get(address).status_code == 404


# --- To those who come after ------------------------------------------------------------------------


def test_the_writing_page_and_home_show_it(client, writer, department, initiative, plan_year):
    part = make_entry(initiative, status="draft").parts.get()
    handover.write(department, initiative, "数え方のメモ", seen=None, by=writer)
    handover.write(department, None, "課全体のメモ", seen=None, by=writer)
    client.force_login(writer)
    base = [plan_year.plan_id, plan_year.fiscal_year]
    writing = client.get(reverse("initiatives:part_edit", args=[*base, part.pk])).content.decode()
    home = client.get(reverse("initiatives:year_home", args=base)).content.decode()
    assert ("数え方のメモ" in writing, "課全体のメモ" in writing) == (True, False)
    assert ("数え方のメモ" in home, "課全体のメモ" in home) == (False, True)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_notes_follow_a_department_that_is_renamed(client, writer, admin, department, initiative, times):
    handover.write(department, None, CANARY, seen=None, by=writer)
    handover.write(department, initiative, CANARY + "取組", seen=None, by=writer)
    last = department
    for number in range(times):
        last, _ = register.rename(last, f"新しい課{number}", 2020 + number, by=admin)
    heir = UserFactory(of=[last])
    shown = handover.of_department(last.pk, None)
    assert (shown.own, [note.text for note in shown.inherited]) == (None, [CANARY])
    client.force_login(heir)
    page = client.get(reverse("initiatives:handover_edit", args=[last.pk])).content.decode()
    assert page.count(CANARY + "取組") == 1
    assert set(HandoverNote.objects.readable_by(heir)) == set(HandoverNote.objects.all())


def test_a_split_hands_them_to_both_and_a_merger_keeps_them_apart(writer, admin, department, other_department):
    third = Department.objects.create(name="第三の課")
    handover.write(department, None, "分かれる課", seen=None, by=writer)
    register.hand_over(department, [other_department, third], 2024, None, by=admin)
    for heir in (other_department, third):
        assert [note.text for note in handover.of_department(heir.pk, None).inherited] == ["分かれる課"]
    reader = UserFactory(of=[third])
    handover.write(third, None, "第三の課の文", seen=None, by=reader)
    assert [note.text for note in handover.on_the_work(reader)] == ["第三の課の文", "分かれる課"]
    assert handover.on_the_work(UserFactory(of=[other_department]))[0].text == "分かれる課"


# --- To nobody else ---------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["other", "coordinator", "member", "admin"])
def test_nobody_else_meets_a_word_of_it(client, request, person, writer, department, targets, hidden_pages):
    initiative = Initiative.objects.get(pk=targets["取組の引継ぎメモ"]["initiative_id"])
    url = ["initiatives:handover_edit", "initiatives:handover_of_initiative"]
    handover.write(department, initiative, CANARY, seen=None, by=writer)
    handover.write(department, None, CANARY, seen=None, by=writer)
    user = request.getfixturevalue(person)
    client.force_login(user)
    assert not HandoverNote.objects.readable_by(user).exists()
    assert [
        client.get(reverse(name, kwargs=targets[target])).status_code
        for name, target in zip(url, ("課の引継ぎメモ", "取組の引継ぎメモ"), strict=True)
    ] == [404, 404]
    opened = 0
    for address in hidden_pages(person):
        answer = client.get(address)
        opened += answer.status_code == 200
        assert CANARY not in answer.getvalue().decode("utf-8", "replace"), address
    assert opened >= 10


@pytest.fixture
def hidden_pages(targets):
    """Every page that the access table lets somebody open."""
    from tests.test_urls import TABLE

    def of(person: str) -> list[str]:
        rows = [row for row in TABLE if row["method"] == "GET" and row[person] == "200"]
        return [reverse(row["name"], kwargs=targets[row["target"]]) for row in rows]

    return of
