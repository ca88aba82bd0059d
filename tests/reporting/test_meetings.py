"""会議: date and agenda, and the exact words that each meeting had before it."""

import pytest
from bs4 import BeautifulSoup
from django.db import models
from django.urls import reverse
from django.utils import timezone

from initiatives.models import EntryPart, Initiative, PlanYear
from ledger import guard
from reporting import meetings
from reporting.models import Chapter, Meeting, MeetingSnapshot, ReportEdition
from tests.factories import PlanYearFactory, UserFactory, make_entry, make_indicator, make_initiative

pytestmark = pytest.mark.django_db


@pytest.fixture
def year(plan, department):
    row = PlanYearFactory(plan=plan, fiscal_year=2024, status=PlanYear.Status.COMMITTEE)
    make_entry(make_initiative(plan, "1-1-1-1", department, name="見守り"), 2024, rating="A", result="24回行った。")
    make_indicator(plan, values={2024: (50, 60)})
    goal = plan.goals.get()
    Chapter.objects.create(plan=plan, fiscal_year=2024, goal=goal, kind="vision", text="書きかけの章。")
    return row


@pytest.fixture
def meeting(year):
    return Meeting.objects.create(plan_year=year, number=1, held_on="2026-01-20", agenda="報告書の案")


@pytest.fixture
def address(year):
    return lambda name, *more: reverse(f"reporting:{name}", args=[year.plan_id, 2024, *more])


@pytest.fixture
def office(client, coordinator):
    client.force_login(coordinator)
    return client


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def correct(text: str) -> None:
    EntryPart.objects.filter(entry__fiscal_year=2024).update(result=text)


def test_what_a_meeting_saw_stays_as_it_was(office, client, address, meeting, member):
    office.post(address("meeting_freeze", meeting.pk))
    correct("30回行った。")
    Initiative.objects.update(name="べつの名前")
    client.force_login(member)
    version = MeetingSnapshot.objects.get()
    page = soup(client.get(address("meeting_version", version.pk), {"goal": 1}))
    text = page.select_one("main").get_text()
    assert ("24回行った。" in text, "30回行った。" in text) == (True, False)
    assert ("見守り" in text, "べつの名前" in text) == (True, False)
    assert "書きかけの章。" not in text
    assert "指標I01" in text


def test_kept_twice_without_a_change_it_is_kept_once(office, address, meeting):
    for _ in range(2):
        office.post(address("meeting_freeze", meeting.pk))
    assert MeetingSnapshot.objects.count() == 1
    correct("30回行った。")
    office.post(address("meeting_freeze", meeting.pk))
    assert MeetingSnapshot.objects.count() == 2


def test_the_next_meeting_is_told_what_changed(office, address, year, plan, department, coordinator, meeting):
    meetings.freeze(meeting, by=coordinator)
    make_entry(make_initiative(plan, "1-1-1-0", department, name="新しい取組"), 2024, rating="B")
    Initiative.objects.filter(code="1-1-1-0").update(position=0)  # it comes first, and moves the others
    second = Meeting.objects.create(plan_year=year, number=2, held_on="2026-02-20")
    version = meetings.freeze(second, by=coordinator)
    page = soup(office.get(address("meeting_version", version.pk)))
    assert [line.get_text() for line in page.select("#h-changed + ul li")] == [
        "1-1-1-0　新しい取組　新しく加わりました"
    ]
    correct("30回行った。")
    third = meetings.freeze(second, by=coordinator)
    page = soup(office.get(address("meeting_version", third.pk)))
    assert {link.get_text() for link in page.select("#h-changed + ul a")} == {"1-1-1-0　新しい取組", "1-1-1-1　見守り"}


def test_a_text_that_was_tampered_with_is_noticed(office, address, meeting, coordinator):
    version = meetings.freeze(meeting, by=coordinator)
    assert "残したときの内容と合いません" not in office.get(address("meeting_version", version.pk)).content.decode()
    content = version.content.replace("24回", "99回")
    with guard.lifted():
        models.QuerySet(MeetingSnapshot).filter(pk=version.pk).update(content=content)
    assert "残したときの内容と合いません" in office.get(address("meeting_version", version.pk)).content.decode()


def test_meetings_are_added_and_put_right(office, address, year):
    given = {"version": 0, "number": 1, "held_on": str(timezone.localdate()), "place": "市役所", "agenda": "報告書の案"}
    office.post(address("meeting_add"), given)
    meeting = Meeting.objects.get()
    assert (meeting.number, meeting.place, meeting.agenda) == (1, "市役所", "報告書の案")
    again = office.post(address("meeting_add"), given)
    assert again.status_code == 422
    assert "もうあります" in again.content.decode()
    office.post(address("meeting_edit", meeting.pk), given | {"version": 1, "agenda": "講評"})
    stale = office.post(address("meeting_edit", meeting.pk), given | {"version": 1, "agenda": "古い画面の議題"})
    assert stale.status_code == 409
    assert "古い画面の議題" in soup(stale).select_one("textarea").get_text()
    meeting.refresh_from_db()
    assert meeting.agenda == "講評"
    assert soup(office.get(address("meeting_add"))).select_one("#id_number")["value"] == "2"


def test_a_member_reads_and_changes_nothing(client, address, member, meeting):
    client.force_login(member)
    page = soup(client.get(address("meeting_list")))
    assert page.select_one("h2").get_text() == "第1回　1月20日（火）"
    assert page.select("main form") == []
    assert client.post(address("meeting_freeze", meeting.pk)).status_code == 403


def test_a_version_belongs_to_its_year(client, address, plan, member, coordinator, meeting):
    version = meetings.freeze(meeting, by=coordinator)
    PlanYearFactory(plan=plan, fiscal_year=2023, status=PlanYear.Status.PUBLISHED)
    client.force_login(member)
    assert client.get(reverse("reporting:meeting_version", args=[plan.pk, 2023, version.pk])).status_code == 404
    assert client.get(address("meeting_version", version.pk), {"goal": "9"}).status_code == 404


def test_queries_do_not_grow_with_meetings(office, address, year, coordinator, django_assert_num_queries):
    from tests.reporting.reading.test_reading_list import CountingQueries

    def one(number):
        meeting = Meeting.objects.create(plan_year=year, number=number, held_on="2026-01-20")
        correct(f"{number}回行った。")
        meetings.freeze(meeting, by=UserFactory())

    one(1)
    office.get(address("meeting_list"))
    with CountingQueries() as few:
        office.get(address("meeting_list"))
    for number in range(2, 5):
        one(number)
    with django_assert_num_queries(few.count):
        office.get(address("meeting_list"))


def test_a_meeting_names_an_edition_that_there_is(office, client, address, year, meeting, coordinator, member):
    given = {"version": 1, "number": 1, "held_on": str(timezone.localdate()), "agenda": "公表", "edition": 1}
    refused = office.post(address("meeting_edit", meeting.pk), given)
    assert refused.status_code == 422
    assert "第1版はありません" in refused.content.decode()
    ReportEdition.objects.create(plan_year=year, number=1, made_by=coordinator, snapshot="{}", digest="0")
    office.post(address("meeting_edit", meeting.pk), given)
    edition = reverse("reporting:edition_detail", args=[year.plan_id, 2024, 1])
    assert soup(office.get(address("meeting_list"))).select_one(f"a[href='{edition}']").get_text().startswith("第1版")
    client.force_login(member)
    page = soup(client.get(address("meeting_list")))
    assert (page.select(f"a[href='{edition}']"), "第1版を見ました" in page.get_text()) == ([], True)
