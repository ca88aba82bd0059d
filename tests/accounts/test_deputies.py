"""The pages of 代理: who may decide what, until when, and what the records say."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup

from accounts import register
from accounts.models import Deputyship, User
from tests.accounts.conftest import TODAY, messages_of, what_was_done
from tests.factories import DepartmentFactory, UserFactory, make_deputy

UNTIL = date(2027, 3, 31)


def typed(**more) -> dict:
    return {"since": "2026-11-22", "until": "2027-03-31", "reason": "育児休業"} | more


def page_of(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def options(page, name: str) -> list[str]:
    return [option.get_text() for option in page.select(f"select[name={name}] option")][1:]


# --- Deciding ---------------------------------------------------------------------------------------


def test_a_person_asks_a_colleague(client, url, writer, manager, other):
    client.force_login(writer)
    page = page_of(client.get(url("deputy_add")))
    assert options(page, "deputy") == ["課長（高齢課・課長）"]
    assert page.select("select[name=principal]") == []
    answer = client.post(url("deputy_add"), typed(deputy=manager.pk), follow=True)
    assert messages_of(answer) == ["課長さんを、書く人さんの代理にしました（令和8年11月22日から令和9年3月31日まで）。"]
    made = Deputyship.objects.get()
    assert (made.principal, made.deputy, made.since, made.until) == (writer, manager, TODAY, UNTIL)
    assert (made.reason, made.appointed_by) == ("育児休業", writer)
    period = "（令和8年11月22日から令和9年3月31日まで。理由：育児休業）"
    assert what_was_done(writer) == [f"課長さんを代理にしました{period}。"]
    assert what_was_done(manager) == [f"書く人さんの代理になりました{period}。"]
    assert page_of(answer).h1.get_text() == "課長さんが、あなたの代理です"


def test_nobody_of_another_department_can_be_chosen_by_oneself(client, url, writer, other, coordinator):
    client.force_login(writer)
    for person in (other, coordinator, writer):
        answer = client.post(url("deputy_add"), typed(deputy=person.pk))
        assert answer.status_code == 422
    assert not Deputyship.objects.exists()


def test_a_principal_in_the_post_of_a_writer_is_of_no_effect(client, url, writer, manager, other):
    client.force_login(writer)
    client.post(url("deputy_add"), typed(deputy=manager.pk, principal=other.pk))
    assert Deputyship.objects.get().principal == writer


@pytest.mark.parametrize("person", ["coordinator", "admin"])
def test_the_office_decides_for_anyone(client, request, url, person, writer, other, coordinator, member):
    by = request.getfixturevalue(person)
    User.objects.filter(pk=writer.pk).update(is_active=False)  # that is the point: somebody is away
    client.force_login(by)
    page = page_of(client.get(url("deputy_add") + f"?principal={writer.pk}"))
    assert options(page, "principal") == ["よその人（防災課・担当者）", "書く人（高齢課・担当者）"]
    assert page.select_one("select[name=principal] option[selected]").get_text() == "書く人（高齢課・担当者）"
    assert options(page, "deputy") == ["とりまとめ（福祉総務課）", "よその人（防災課・担当者）"]
    client.post(url("deputy_add"), typed(principal=writer.pk, deputy=coordinator.pk))
    made = Deputyship.objects.get()
    assert (made.principal, made.deputy, made.appointed_by) == (writer, coordinator, by)


# Each with what is wrong about it, and the sentence.
REFUSED = {
    "no end": ({"until": ""}, "いつまでを書いてください。"),
    "no reason": ({"reason": ""}, "理由を書いてください。"),
    "more than a year": ({"until": "2027-11-23"}, "代理は1年までです。1年以内の日にしてください。"),
    "backwards": ({"until": "2026-11-21"}, "最後の日が、始まる日より前です。"),
    "in the past": ({"since": "2026-11-21"}, "今日からあとの日にしてください。"),
    "no day": ({"until": "来年まで"}, "日付は「2027-03-31」のように書いてください。"),
    "nobody": ({"deputy": ""}, "代理の人を選んでください。"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_said_in_words(client, url, writer, manager, case):
    wrong, words = REFUSED[case]
    client.force_login(writer)
    answer = client.post(url("deputy_add"), typed(deputy=manager.pk) | wrong)
    assert answer.status_code == 422
    assert words in page_of(answer).select_one(".notice--err").get_text()
    assert not Deputyship.objects.exists()


def test_a_year_to_the_day_is_possible(client, url, writer, manager):
    client.force_login(writer)
    client.post(url("deputy_add"), typed(deputy=manager.pk, until="2027-11-22"))
    assert Deputyship.objects.get().until == date(2027, 11, 22)


def test_twice_at_the_same_time_is_refused(client, url, writer, manager):
    make_deputy(writer, manager, since=TODAY, until=TODAY + timedelta(days=3))
    client.force_login(writer)
    answer = client.post(url("deputy_add"), typed(deputy=manager.pk, since="2026-11-25"))
    assert "課長さんは、もう書く人さんの代理です" in page_of(answer).select_one(".notice--err").get_text()
    answer = client.post(url("deputy_add"), typed(deputy=manager.pk, since="2026-11-26"))
    assert (answer.status_code, Deputyship.objects.count()) == (302, 2)


@pytest.mark.parametrize("role", ["committee", "admin"])
def test_committee_and_administrators_are_never_one(writer, department, role, coordinator):
    never = UserFactory(role=role, of=[department])
    for absent, deputy in ((writer, never), (never, writer)):
        new = Deputyship(principal=absent, deputy=deputy, since=TODAY, until=UNTIL, reason="休み")
        with pytest.raises(register.ValidationError, match="代理を決めることはできません"):
            register.appoint_deputy(new, by=coordinator)
    assert not Deputyship.objects.exists()


def test_who_belongs_nowhere_or_cannot_sign_in(writer, coordinator):
    nowhere, stopped = UserFactory(), UserFactory(is_active=False)
    for absent, deputy, words in ((nowhere, writer, "どの課にも所属していません"), (writer, stopped, "使えないので")):
        new = Deputyship(principal=absent, deputy=deputy, since=TODAY, until=UNTIL, reason="休み")
        with pytest.raises(register.ValidationError, match=words):
            register.appoint_deputy(new, by=coordinator)


# --- Seeing and ending ------------------------------------------------------------------------------


@pytest.fixture
def standing(writer, manager, other):
    """The writer's, and one of another department."""
    far = UserFactory(name="遠い人", of=[DepartmentFactory(name="遠い課")])
    return make_deputy(writer, manager, since=TODAY, until=UNTIL), make_deputy(other, far, since=TODAY, until=UNTIL)


@pytest.mark.parametrize(
    ("person", "seen", "heading"),
    [
        ("writer", ["書く人"], "課長さんが、あなたの代理です"),
        ("manager", ["書く人"], "あなたは、書く人さんの代理です"),
        ("other", ["よその人"], "遠い人さんが、あなたの代理です"),
        ("coordinator", ["書く人", "よその人"], "いま、2件の代理があります"),
        ("admin", ["書く人", "よその人"], "いま、2件の代理があります"),
    ],
)
def test_who_sees_which(client, request, url, standing, person, seen, heading):
    client.force_login(request.getfixturevalue(person))
    page = page_of(client.get(url("deputy_list")))
    assert page.h1.get_text() == heading
    assert [row.th.get_text() for row in page.select("tbody tr")] == seen


@pytest.mark.parametrize("person", ["writer", "manager", "coordinator", "admin"])
def test_it_is_ended_at_once(client, request, url, standing, person, writer, manager):
    by = request.getfixturevalue(person)
    client.force_login(by)
    mine = standing[0]
    answer = client.post(url("deputy_end", mine.pk), follow=True)
    assert messages_of(answer) == ["課長さんは、書く人さんの代理ではなくなりました。"]
    mine.refresh_from_db()
    assert (mine.ended_by, mine.state) == (by, "over")
    assert User.objects.get(pk=manager.pk).deputized() == []
    assert what_was_done(writer) == ["課長さんの代理を終えました。"]
    assert messages_of(client.post(url("deputy_end", mine.pk), follow=True)) == ["この代理は、もう終わっています。"]
    assert len(what_was_done(writer)) == 1
    assert "終わった代理（1件）" in page_of(client.get(url("deputy_list"))).get_text()


def test_a_stranger_ends_nothing(client, url, standing, other):
    client.force_login(other)
    assert client.post(url("deputy_end", standing[0].pk)).status_code == 403
    assert Deputyship.objects.filter(ended_at__isnull=True).count() == 2


def test_the_name_says_it_on_every_page(client, url, writer, manager, member, standing):
    client.force_login(manager)
    notes = [note.get_text() for note in page_of(client.get(url("password_change"))).select(".person__role")]
    assert notes == ["課長、書く人さんの代理"] * 2
    client.force_login(writer)
    assert page_of(client.get(url("password_change"))).select_one(".person__role").get_text() == "担当者"
    client.force_login(member)
    page = page_of(client.get(url("password_change")))
    assert (page.select_one(".person__role").get_text(), page.select(f"a[href='{url('deputy_list')}']")) == ("委員", [])


def test_one_that_begins_later_says_so(client, url, writer, manager):
    make_deputy(writer, manager, since=TODAY + timedelta(days=1), until=UNTIL)
    client.force_login(writer)
    assert "まだ始まっていません" in client.get(url("deputy_list")).content.decode()
    assert User.objects.get(pk=manager.pk).deputized() == []


@pytest.mark.parametrize("count", [1, 4])
def test_queries_do_not_grow(client, url, coordinator, writer, count, django_assert_num_queries):
    for _ in range(count):
        make_deputy(writer, UserFactory(), since=TODAY, until=UNTIL)
    client.force_login(coordinator)
    client.get(url("deputy_list"))
    with django_assert_num_queries(8):
        client.get(url("deputy_list"))
