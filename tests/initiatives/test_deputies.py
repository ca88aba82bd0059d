"""代理 at work: what they read and write, and that both names are kept and shown everywhere."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from accounts.models import Deputyship, User
from initiatives import history, workflow
from initiatives.models import EntryPart, FieldChange, Transition
from tests.factories import UserFactory, make_deputy, make_entry, make_initiative
from tests.initiatives.test_part_edit import autosave, sent


@pytest.fixture
def part(plan, plan_year, department):
    entry = make_entry(make_initiative(plan, "1-1-1-1", department, name="見守り"), status="draft", result="下書き")
    return EntryPart.objects.select_related("entry__initiative", "department").get(entry=entry)


@pytest.fixture
def address(plan_year):
    return lambda name, *args: reverse(f"initiatives:{name}", args=[plan_year.plan_id, plan_year.fiscal_year, *args])


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


@pytest.mark.parametrize("person", ["deputy", "office_deputy"])
def test_writing_keeps_both_names(client, request, person, writer, part, address):
    user = request.getfixturevalue(person)
    client.force_login(user)
    page = soup(client.get(address("part_edit", part.pk)))
    assert "書く人さんの代理として書いています" in page.select_one("main").get_text()
    assert "書く人さんの代理" in page.select_one(".person__role").get_text()
    assert autosave(client, part, result="代わりに書いた", next_target="12件").status_code == 200
    assert (
        "（書く人さんの代理）"
        in soup(client.get(address("entry_detail", part.entry.initiative_id)))
        .select_one("#h-history ~ .msg")
        .get_text()
    )
    history.settle([part.entry, part])
    changes = FieldChange.objects.values_list("field", "by", "on_behalf_of")
    assert set(changes) == {("result", user.pk, writer.pk), ("next_target", user.pk, writer.pk)}
    page = soup(client.get(address("entry_detail", part.entry.initiative_id)))
    assert page.select_one("#h-history").parent.select_one(".by b").get_text() == f"{user}（書く人さんの代理）"


def test_ones_own_right_comes_first(client, writer, manager, part, address):
    """A colleague of the same department who is also the 代理 writes in the own name."""
    make_deputy(writer, manager)
    client.force_login(manager)
    assert "代理として" not in soup(client.get(address("part_edit", part.pk))).select_one("main").get_text()
    autosave(client, part, result="自分で書いた")
    history.settle([part])
    assert FieldChange.objects.get().on_behalf_of is None


def test_a_step_is_told_with_both_names(client, deputy, manager_deputy, writer, coordinator, part, plan_year, address):
    workflow.perform(part, "request_confirmation", by=deputy, plan_year=plan_year)
    workflow.perform(part, "submit", by=manager_deputy, plan_year=plan_year)
    client.force_login(coordinator)
    page = soup(client.get(address("review_part", part.pk)))
    assert "課長の代わり（課長さんの代理）が提出" in page.select_one(".page-head").get_text()
    told = [line.get_text(" ", strip=True) for line in page.select("section[aria-labelledby=h-events] li")]
    assert [line.partition(" ")[0] for line in told] == [
        "課長の代わり（課長さんの代理）",
        "代わりの人（書く人さんの代理）",
    ]
    client.force_login(writer)
    told = soup(client.get(address("entry_detail", part.entry.initiative_id))).select("[id^=h-told] ~ ol .by b")
    assert [name.get_text() for name in told] == ["課長の代わり（課長さんの代理）", "代わりの人（書く人さんの代理）"]


def test_a_return_by_a_deputy_is_told_with_both_names(client, manager_deputy, writer, part, plan_year, address):
    EntryPart.objects.update(status="awaiting_manager")
    part.refresh_from_db()
    workflow.perform(part, "return", by=manager_deputy, plan_year=plan_year, reason="件数を書いてください。")
    client.force_login(writer)
    notice = soup(client.get(address("part_edit", part.pk))).select_one(".notice--warn").get_text(" ", strip=True)
    assert notice == "課長の代わりさんが課長さんの代理で差し戻しました 件数を書いてください。"


def test_why_it_was_sent_back_stays_between_the_department_and_the_office(
    client, coordinator, writer, other, part, plan_year, address
):
    EntryPart.objects.update(status="submitted")
    part.refresh_from_db()
    workflow.perform(part, "return", by=coordinator, plan_year=plan_year, reason="課だけへの理由")
    EntryPart.objects.update(status="approved", approved_at=timezone.now())
    for person, told in ((writer, True), (coordinator, True), (other, False)):
        client.force_login(person)
        text = soup(client.get(address("entry_detail", part.entry.initiative_id))).get_text()
        assert ("差し戻しました" in text, "課だけへの理由" in text) == (True, told), person


def test_a_deputy_of_the_manager_confirms(client, manager_deputy, manager, part, address):
    EntryPart.objects.update(status="awaiting_manager", self_rating="A")
    client.force_login(manager_deputy)
    home = soup(client.get(address("year_home")))
    assert home.h1.get_text() == "1件が、課長の確認を待っています"
    assert home.select_one(".gnav a[href$='/confirm/']").get_text() == "確認 1件"
    client.post(address("confirm_many"), {"part": [f"{part.pk}:{part.version}"]})
    step = Transition.objects.get()
    assert (step.action, step.by, step.on_behalf_of) == ("submit", manager_deputy, manager)


def test_a_deputy_of_a_writer_confirms_nothing(client, deputy, part, address):
    EntryPart.objects.update(status="awaiting_manager")
    client.force_login(deputy)
    assert client.get(address("confirm_list")).status_code == 403


def test_the_office_is_led_to_what_it_took_on(client, manager, part, address):
    office = UserFactory(role=User.Role.COORDINATOR)
    make_deputy(manager, office)
    client.force_login(office)
    home = soup(client.get(address("year_home")))
    assert [title.get_text() for title in home.select(".todo__t")][:2] == [
        "課長さん（高齢課）の代理で書く",
        "課長さん（高齢課）の代理で確認する",
    ]
    for button in home.select(".todo a")[:2]:
        assert client.get(button["href"]).status_code == 200


def test_submitted_on_behalf_by_telephone(client, office_deputy, writer, coordinator, department, part, address):
    """F39: written and submitted by 福祉総務課 in the writer's place; a colleague approves, never the same person."""
    department.manager_step = False
    department.save()
    client.force_login(office_deputy)
    told = sent(part, result="電話で聞いた。", self_rating="B", then="submit")
    assert client.post(address("part_edit", part.pk), told).status_code == 302
    part.refresh_from_db()
    assert (part.status, part.submitted_by, Transition.objects.get().on_behalf_of) == (
        "submitted",
        office_deputy,
        writer,
    )
    answer = client.post(address("part_transition", part.pk, "approve"), {"version": part.version})
    assert answer.status_code == 409
    assert "自分が提出したものは、自分では承認できません" in answer.content.decode()
    client.force_login(coordinator)
    client.post(address("part_transition", part.pk, "approve"), {"version": part.version})
    part.refresh_from_db()
    assert (part.status, part.approved_by) == ("approved", coordinator)


@pytest.mark.parametrize("end", ["day", "early", "membership"])
def test_it_is_over_at_the_next_request(client, deputy, writer, part, address, end):
    client.force_login(deputy)
    assert client.get(address("part_edit", part.pk)).status_code == 200
    yesterday = timezone.localdate() - timezone.timedelta(days=1)
    if end == "day":
        Deputyship.objects.update(since=yesterday, until=yesterday)
    elif end == "early":
        Deputyship.objects.update(ended_at=timezone.now(), ended_by=writer)
    else:
        writer.memberships.update(until=yesterday)
    assert client.get(address("part_edit", part.pk)).status_code == 404
    assert autosave(client, part, result="あとから").status_code == 404
    assert EntryPart.objects.get().result == "下書き"


def test_the_absent_persons_account_may_be_stopped(client, deputy, writer, part, address):
    User.objects.filter(pk=writer.pk).update(is_active=False)
    client.force_login(deputy)
    assert client.get(address("part_edit", part.pk)).status_code == 200


def test_a_role_that_is_never_a_deputy_has_no_right(client, deputy, part, address):
    User.objects.filter(pk=deputy.pk).update(role=User.Role.ADMIN)
    assert User.objects.get(pk=deputy.pk).deputized() == []


def test_a_correction_picks_the_part_up(client, coordinator, writer, part, address, plan_year):
    """F33: until then the department may take it back; from then on the words say whom to ask."""
    EntryPart.objects.update(status="submitted")
    part.refresh_from_db()
    client.force_login(coordinator)
    data = {"version": part.version, "result": "下書き", "issues": part.issues}
    client.post(address("part_correct", part.pk), data)
    assert EntryPart.objects.get().picked_up_at is None  # nothing was changed
    client.post(address("part_correct", part.pk), data | {"result": "下書きです"})
    part.refresh_from_db()
    assert part.picked_up_by == coordinator
    client.force_login(writer)
    answer = client.post(address("part_transition", part.pk, "withdraw"), {"version": part.version})
    assert (answer.status_code, EntryPart.objects.get().status) == (409, "submitted")
    assert "福祉総務課が確認を始めたので、取り下げられません" in answer.content.decode()
