import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from accounts.models import Department
from initiatives import history
from initiatives.models import EntryPart, Transition
from tests.factories import make_entry, make_initiative


@pytest.fixture
def address(plan_year):
    return lambda name, *args: reverse(f"initiatives:{name}", args=[plan_year.plan_id, plan_year.fiscal_year, *args])


@pytest.fixture
def chief(client, manager):
    client.force_login(manager)
    return client


@pytest.fixture
def waiting(plan, plan_year, department):
    def inner(number: int = 1, *departments, status="awaiting_manager") -> EntryPart:
        initiative = make_initiative(plan, f"1-1-1-{number}", *(departments or (department,)))
        return make_entry(initiative, status=status, target=f"{number}0件").parts.first()

    return inner


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def tick(part) -> str:
    return f"{part.pk}:{part.version}"


def test_all_that_waits_is_read_on_one_page(chief, address, waiting, other_department):
    part = waiting(1)
    EntryPart.objects.update(self_rating="A")
    make_entry(part.entry.initiative, 2023, rating="C", target="去年の目標", result="去年の実績", issues="去年の課題")
    waiting(2, status="draft")
    waiting(3, other_department)
    page = soup(chief.get(address("confirm_list")))
    assert page.h1.get_text() == "1件が、課長の確認を待っています"
    text = page.select_one("section.confirm").get_text()
    for words in (
        "高齢課の実績",
        "高齢課の課題",
        "順調に実施",
        "10件",
        "去年の目標",
        "不十分な点が多い",
        "1-1-1-1",
        "去年の実績",
        "去年の課題",
    ):
        assert words in text, words
    assert page.select_one(".gnav [aria-current]").get_text() == "確認 1件"


def test_many_are_sent_and_those_that_could_not_are_named(chief, address, waiting, manager):
    parts = [waiting(1), waiting(2), waiting(3)]
    history.save_changes(parts[1], {"result": "あとの文"}, by=None)
    ticks = [tick(parts[0]), f"{parts[1].pk}:1", tick(parts[2])]
    EntryPart.objects.filter(pk=parts[2].pk).update(status="draft")
    page = soup(chief.post(address("confirm_many"), {"part": ticks}, follow=True))
    assert "1件を福祉総務課に送りました。" in page.select_one(".messages").get_text()
    refused = [item.get_text() for item in page.select(".notice--warn li")]
    assert len(refused) == 2
    assert "文が変わっていました" in refused[0]
    assert "この課では、先に課長の確認がいります" in refused[1]
    statuses = EntryPart.objects.order_by("pk").values_list("status", "submitted_by")
    assert list(statuses) == [("submitted", manager.pk), ("awaiting_manager", None), ("draft", None)]


def test_one_is_returned_with_a_reason(chief, address, waiting):
    part = waiting()
    sent = {"version": part.version, "reason": "数を書いてください。", "next": address("confirm_list")}
    page = soup(chief.post(address("part_transition", part.pk, "return"), sent, follow=True))
    assert page.h1.get_text() == "確認を待っているものはありません"
    assert (EntryPart.objects.get().status, Transition.objects.get().reason) == ("returned", "数を書いてください。")


def test_a_part_of_another_department_does_not_move(chief, address, waiting, other_department):
    part = waiting(1, other_department)
    chief.post(address("confirm_many"), {"part": [tick(part)]})
    assert EntryPart.objects.get().status == "awaiting_manager"


@pytest.mark.parametrize("role", ["writer", "other", "coordinator", "admin"])
def test_only_managers_confirm(client, request, address, waiting, role):
    part = waiting()
    client.force_login(request.getfixturevalue(role))
    assert client.get(address("confirm_list")).status_code == 403
    assert client.post(address("confirm_many"), {"part": [tick(part)]}).status_code == 403
    assert EntryPart.objects.get().status == "awaiting_manager"


def test_a_department_without_the_step_has_no_such_page(chief, address, plan_year):
    assert chief.get(address("confirm_list")).status_code == 200
    Department.objects.update(manager_step=False)
    assert chief.get(address("confirm_list")).status_code == 403
    assert "確認" not in soup(chief.get(address("year_home"))).select_one(".gnav").get_text()


def test_sign_in_and_post_only(client, chief, address, plan_year):
    assert chief.get(address("confirm_many")).status_code == 405
    client.logout()
    assert client.get(address("confirm_list")).status_code == 302


def test_home_leads_here(chief, address, waiting):
    waiting()
    button = soup(chief.get(address("year_home"))).select_one(".btn--primary")
    assert (button.get_text(), button["href"]) == ("1件を確認する", address("confirm_list"))


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow(chief, address, waiting, count, django_assert_num_queries):
    for number in range(1, count + 1):
        waiting(number)
    chief.get(address("confirm_list"))
    with django_assert_num_queries(13):
        chief.get(address("confirm_list"))


def test_what_a_writer_left_blank_is_asked_for_by_every_way_of_sending(client, writer, plan, plan_year, department):
    part = make_entry(make_initiative(plan, "1-1-1-1", department), status="draft").parts.get()
    client.force_login(writer)
    year = {"plan_id": plan.pk, "fiscal_year": plan_year.fiscal_year}
    address = reverse("initiatives:part_transition", kwargs=year | {"pk": part.pk, "action": "request_confirmation"})
    response = client.post(address, {"version": part.version})
    part.refresh_from_db()
    assert (response.status_code, part.status) == (409, "draft")
    assert "評価を選んでください。" in response.content.decode()
