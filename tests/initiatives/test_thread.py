"""The talk between a department and 福祉総務課 about a part: who reads it, who answers, and what is told at home."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from accounts.models import User
from initiatives import permissions, thread
from initiatives.models import EntryPart, PartMessage, PlanYear, ThreadRead
from tests.factories import DepartmentFactory, UserFactory, make_entry, make_initiative

QUESTION, ANSWER = "数え方は去年と同じですか。", "はい、同じ数え方でお願いします。"


@pytest.fixture
def part(plan, plan_year, department, other_department):
    """A draft of 高齢課, written together with 防災課."""
    entry = make_entry(make_initiative(plan, "1-1-1-1", department, other_department), status="draft")
    return entry.parts.select_related("department", "entry__initiative").get(department=department)


@pytest.fixture
def address(plan_year):
    return lambda name, *args: reverse(f"initiatives:{name}", args=[plan_year.plan_id, plan_year.fiscal_year, *args])


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def say(client, address, part, text, **more):
    return client.post(address("message_new", part.pk), {"text": text} | more, follow=not more.get("HX"))


def steps(client, address) -> list[str]:
    return [step.get_text() for step in soup(client.get(address("year_home"))).select(".todo__t")]


def test_asked_answered_and_read(client, writer, coordinator, address, part):
    client.force_login(writer)
    page = soup(say(client, address, part, QUESTION))
    assert "送りました。" in page.select_one(".messages").get_text()
    assert QUESTION in page.select_one(f"#thread-{part.pk}").get_text()  # the initiative's page

    client.force_login(coordinator)
    assert "課からの質問1件に答える" in steps(client, address)
    queue = soup(client.get(address("review_queue")))
    link = queue.select_one("section[aria-labelledby=h-questions] a")["href"]
    assert link == f"{address('review_part', part.pk)}#thread-{part.pk}"
    here = address("review_part", part.pk)
    answered = say(client, address, part, ANSWER, next=f"{here}#thread-{part.pk}")
    assert answered.redirect_chain == [(f"{here}#thread-{part.pk}", 302)]
    assert "課からの質問1件に答える" not in steps(client, address)

    client.force_login(writer)
    assert "福祉総務課から返事があります" in steps(client, address)
    said = soup(client.get(address("part_edit", part.pk))).select(f"#thread-{part.pk} .thread > li")
    assert [line.select("p")[1].get_text() for line in said] == [QUESTION, ANSWER]
    assert [line.b.get_text() for line in said] == ["書く人（高齢課）", "とりまとめ（福祉総務課）"]
    assert "福祉総務課から返事があります" not in steps(client, address)
    assert list(PartMessage.objects.values_list("from_office", "by__username")) == [
        (False, "writer"), (True, "coordinator"),
    ]  # fmt: skip


def test_what_a_colleague_has_read_is_still_new_to_me(client, writer, coordinator, address, part, department):
    thread.say(part, QUESTION, by=writer)
    thread.say(part, ANSWER, by=coordinator)
    colleague = UserFactory(of=[department])
    client.force_login(colleague)
    client.get(address("entry_detail", part.entry.initiative_id))
    assert "福祉総務課から返事があります" not in steps(client, address)
    client.force_login(writer)
    assert "福祉総務課から返事があります" in steps(client, address)


def test_reading_again_writes_nothing(writer, coordinator, part, plan_year, django_assert_num_queries):
    thread.say(part, QUESTION, by=writer)
    thread.of_part(part, coordinator, plan_year)
    with django_assert_num_queries(1):
        thread.of_part(part, coordinator, plan_year)
    assert ThreadRead.objects.count() == 1


def test_no_answer_is_needed(client, writer, coordinator, address, part):
    thread.say(part, "分かりました。", by=writer)
    client.force_login(coordinator)
    client.post(address("message_new", part.pk), {"text": "", "settled": "1"})
    assert "課からの質問1件に答える" not in steps(client, address)
    assert PartMessage.objects.last().text == "確認しました。"
    client.force_login(writer)
    assert client.post(address("message_new", part.pk), {"text": "", "settled": "1"}).status_code == 422


def test_pressed_twice_is_said_once(writer, part):
    thread.say(part, QUESTION, by=writer)
    thread.say(part, QUESTION, by=writer)
    assert PartMessage.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (" \n", "文が空です。書いてから送ってください。"),
        ("あ" * 2001, "質問や返事が長すぎます。2000字までにしてください。"),
    ],
)
def test_what_cannot_be_sent_is_shown_again(client, writer, address, part, text, words):
    client.force_login(writer)
    whole = client.post(address("message_new", part.pk), {"text": text})
    assert (whole.status_code, words in whole.content.decode()) == (422, True)
    piece = client.post(address("message_new", part.pk), {"text": text}, headers={"HX-Request": "true"})
    assert (piece.status_code, words in piece.content.decode()) == (422, True)
    for response in (whole, piece):
        assert text.strip() in response.content.decode()
    assert soup(piece).html is None and soup(piece).textarea.has_attr("data-focus")
    assert PartMessage.objects.count() == 0


def test_a_script_gets_the_talk_alone(client, writer, address, part):
    client.force_login(writer)
    response = client.post(address("message_new", part.pk), {"text": QUESTION}, headers={"HX-Request": "true"})
    piece = soup(response)
    assert piece.html is None
    assert QUESTION in piece.select_one(f"#thread-{part.pk} li[data-focus]").get_text()


def test_a_finished_year_is_told_and_keeps_the_talk(client, writer, address, part):
    thread.say(part, QUESTION, by=writer)
    EntryPart.objects.update(status="draft")
    PlanYear.objects.update(status=PlanYear.Status.FINALIZED)
    client.force_login(writer)
    refused = client.post(address("message_new", part.pk), {"text": "あとから"})
    assert refused.status_code == 409
    assert (
        "「確定」なので、やりとりは終わっています。" in refused.content.decode()
        and "あとから" in refused.content.decode()
    )
    page = soup(client.get(address("entry_detail", part.entry.initiative_id))).select_one(f"#thread-{part.pk}")
    assert QUESTION in page.get_text() and page.form is None


@pytest.mark.parametrize("role", ["other", "member", "admin"])
@pytest.mark.parametrize("status", ["draft", "approved"])
def test_nobody_else_reads_or_writes_it(client, request, writer, address, part, role, status):
    """`other` writes the same initiative: a co-owner reads the text, not the talk."""
    PlanYear.objects.update(status=PlanYear.Status.COMMITTEE)
    thread.say(part, "漏えい検知の文", by=writer)
    if status == "approved":
        EntryPart.objects.update(status=status, approved_at="2026-01-01T00:00Z")
    client.force_login(request.getfixturevalue(role))
    assert client.post(address("message_new", part.pk), {"text": "わたしも"}).status_code == 404
    pages = [
        address("year_home"),
        address("entry_list"),
        address("entry_list_excel"),
        address("entry_list") + "?q=漏えい検知の文&column=code",
    ]
    pages += [address("entry_detail", part.entry.initiative_id), address("part_edit", part.pk)]
    for page in pages:
        body = client.get(page, follow=True).content.decode("utf-8", "replace")
        assert "漏えい検知の文" not in body.replace('value="漏えい検知の文"', "").replace("「漏えい検知の文」", ""), (
            page
        )
        assert f"thread-{part.pk}" not in body, page
    assert PartMessage.objects.count() == 1


def test_reading_is_the_same_for_one_and_for_a_list(plan, plan_year, writer):
    own, stranger = DepartmentFactory(name="自分の課"), DepartmentFactory(name="よその課")
    for number, department in enumerate((own, stranger), start=1):
        part = make_entry(make_initiative(plan, f"2-1-1-{number}", department), status="draft").parts.get()
        PartMessage.objects.create(part=part, by=writer, from_office=False, text=QUESTION)
    messages = list(PartMessage.objects.select_related("part"))
    people = [UserFactory(role=role, of=[own] if role in ("staff", "manager") else []) for role in User.Role.values]
    people += [UserFactory(role="coordinator", is_active=False), UserFactory(of=[own], is_active=False), UserFactory()]
    seen = []
    for person in people:
        listed = set(PartMessage.objects.visible_to(person))
        assert listed == {message for message in messages if permissions.can_talk(person, message.part)}
        seen.append(len(listed))
    assert seen == [1, 1, 2, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_messages_and_departments(
    client, coordinator, writer, address, part, count, django_assert_num_queries
):
    for number in range(count):
        for each in part.entry.parts.select_related("department"):
            thread.say(each, f"{QUESTION}{number}", by=writer)
    client.force_login(coordinator)
    client.get(address("entry_detail", part.entry.initiative_id))
    with django_assert_num_queries(21):
        client.get(address("entry_detail", part.entry.initiative_id))


def test_without_a_script_the_writing_page_leads_elsewhere(client, writer, address, part):
    """A form of its own beside the text would carry the reader off and leave what was typed unsaved."""
    client.force_login(writer)
    talk = soup(client.get(address("part_edit", part.pk))).select_one(f"#thread-{part.pk}")
    assert talk.details.has_attr("hidden") and talk.details.has_attr("data-with-script")
    assert talk.noscript.a["href"] == f"{address('entry_detail', part.entry.initiative_id)}#thread-{part.pk}"
    page = soup(client.get(address("entry_detail", part.entry.initiative_id))).select_one(f"#thread-{part.pk}")
    assert not page.details.has_attr("hidden")
