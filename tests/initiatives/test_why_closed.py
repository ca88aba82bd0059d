"""F43: wherever something is locked the page says in words why, and whom to ask.

The table is read and corrected by people: it is not made from the code.
"""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from initiatives import permissions, saving, workflow
from initiatives.models import EntryPart, PlanYear
from initiatives.workflow import ACTIONS
from tests.factories import make_entry, make_initiative

STATUSES = EntryPart.Status.values
OURS = ["writer", "manager", "deputy", "office_deputy"]
FOREIGN = {
    "other": "この欄を書けるのは、高齢課の人です。直してほしいことは、高齢課に伝えてください。",
    "member": "この欄を書けるのは、高齢課の人です。直してほしいことは、高齢課に伝えてください。",
    "admin": "この欄を書けるのは、高齢課の人です。直してほしいことは、高齢課に伝えてください。",
    "coordinator": "この欄を書けるのは、高齢課の人です。かわりに書くときは、高齢課の人の代理になってください。",
}
AWAITING = "課長が確認しているので、書きかえられません。直したいときは、"
SUBMITTED = "福祉総務課に提出したので、書きかえられません。直したいときは、"
APPROVED = (
    "承認されたので、書きかえられません。直したいときは、福祉総務課に理由を伝え、承認の取り消しを頼んでください。"
)
PICKED_UP = "福祉総務課が確認を始めたので、取り下げられません。直したいときは、福祉総務課に差し戻しを頼んでください。"
ASK_MANAGER, ASK_OFFICE = "課長に差し戻しを頼んでください。", "福祉総務課に差し戻しを頼んでください。"
LATE = "提出の期限を過ぎました（{}）。福祉総務課に、期限を延ばせるか聞いてください。"
ENDED = "令和6年度の受付は終わりました。書き足すことがあるときは、福祉総務課に聞いてください。"
PREPARING = "令和6年度は、まだ準備中です。福祉総務課が受付を始めると、書けるようになります。"
CLOSED = "令和6年度は「{}」なので、変えられません。まちがいを見つけたときは、福祉総務課に知らせてください。"

in_time = {
    "not_started": "", "draft": "", "returned": "",
    "awaiting_manager": f"{AWAITING}取り下げるか、{ASK_MANAGER}",
    "submitted": f"{SUBMITTED}取り下げるか、{ASK_OFFICE}",
    "approved": APPROVED,
}  # fmt: skip
too_late = {"returned": "", "awaiting_manager": AWAITING + ASK_MANAGER, "submitted": SUBMITTED + ASK_OFFICE}
# (year, past the deadline) → status → what the people of the department are told; "" where they can write.
TABLE = {
    ("preparing", False): dict.fromkeys(STATUSES, PREPARING),
    ("collecting", False): in_time,
    ("collecting", True): in_time | too_late | dict.fromkeys(("not_started", "draft"), LATE),
    ("reviewing", False): in_time | too_late | dict.fromkeys(("not_started", "draft"), ENDED),
    ("committee", False): in_time | too_late | dict.fromkeys(("not_started", "draft"), ENDED),
    ("finalized", False): dict.fromkeys(STATUSES, CLOSED.format("確定")),
    ("published", False): dict.fromkeys(STATUSES, CLOSED.format("公表")),
}


@pytest.fixture
def part(plan, plan_year, department):
    return make_entry(make_initiative(plan, "1-1-1-1", department), status="draft").parts.get()


def year_as(status: str, late: bool) -> PlanYear:
    yesterday = timezone.localdate() - timedelta(days=1)
    PlanYear.objects.update(status=status, department_deadline=yesterday if late else None)
    return PlanYear.objects.get()


def part_as(status: str) -> EntryPart:
    now = timezone.now()
    EntryPart.objects.update(
        status=status, submitted_at=now, approved_at=now if status == "approved" else None, picked_up_at=None
    )
    return EntryPart.objects.select_related("department", "entry").get()


@pytest.mark.parametrize(("year", "late"), TABLE)
@pytest.mark.parametrize("person", [*OURS, *FOREIGN])
def test_why_it_cannot_be_written(part, request, person, year, late):
    user, plan_year = request.getfixturevalue(person), year_as(year, late)
    yesterday = timezone.localdate() - timedelta(days=1)
    for status in STATUSES:
        told = FOREIGN.get(person) or TABLE[year, late][status].format(f"{yesterday.month}月{yesterday.day}日まで")
        part = part_as(status)
        assert saving.why_closed(part, user, plan_year) == told, status
        assert permissions.can_write_part(user, part, plan_year) == (told == "")


@pytest.mark.parametrize("person", OURS)
def test_what_is_picked_up_does_not_come_back_by_itself(part, plan_year, coordinator, request, person):
    part = part_as("submitted")
    workflow.pick_up(part, coordinator)
    assert saving.why_closed(part, request.getfixturevalue(person), plan_year) == PICKED_UP


@pytest.mark.parametrize(("year", "late"), TABLE)
@pytest.mark.parametrize("person", [*OURS, *FOREIGN])
def test_every_step_that_cannot_be_taken_says_whom_to_ask(part, request, person, year, late):
    """No step of any person in any state is refused without a sentence that fits: it names someone, or the button."""
    user, plan_year = request.getfixturevalue(person), year_as(year, late)
    told = 0
    for status in STATUSES:
        part = part_as(status)
        offered = workflow.available_actions(part, user, plan_year)
        for name, action in ACTIONS.items():
            if name in offered or status not in action.sources:
                continue
            words = workflow.why_not(part, name, user, plan_year)
            assert words != "この操作は、あなたの役割ではできません。福祉総務課に聞いてください。", (name, status)
            asked = ("福祉総務課", "高齢課に頼んで", "課長に頼んで", "「課長に送る」を押して")
            assert any(whom in words for whom in asked), (name, status, words)
            if year in ("preparing", "finalized", "published"):
                assert plan_year.label in words
            told += 1
    assert told >= 4


def test_the_page_of_the_initiative_says_it_to_the_department_alone(
    client, plan_year, part, writer, other, coordinator
):
    part = part_as("approved")
    address = reverse("initiatives:entry_detail", args=[plan_year.plan_id, 2024, part.entry.initiative_id])
    for person, told in ((writer, True), (other, False), (coordinator, False)):
        client.force_login(person)
        text = BeautifulSoup(client.get(address).content, "html.parser").select_one("#h-now").parent.parent.get_text()
        assert (APPROVED in text) == told, person


def test_a_writer_withdraws_on_the_page_of_the_initiative(client, plan_year, part, writer):
    part = part_as("submitted")
    address = reverse("initiatives:entry_detail", args=[plan_year.plan_id, 2024, part.entry.initiative_id])
    client.force_login(writer)
    page = BeautifulSoup(client.get(address).content, "html.parser")
    forms = page.select("section.rv form")
    assert [form.button.get_text() for form in forms] == ["取り下げる：高齢課"]
    client.post(forms[0]["action"], {"version": part.version})
    assert EntryPart.objects.get().status == "draft"
    # What is being written is sent from the page on which it is written, where nothing is overlooked.
    assert BeautifulSoup(client.get(address).content, "html.parser").select("section.rv form") == []
