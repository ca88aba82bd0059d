"""What a member is to read: which things, in which order, how far it has come, and of which fields it is made."""

from dataclasses import fields

import pytest
from django.utils import timezone

from initiatives.models import EntryPart, YearlyEntry
from reporting import opened, reading
from reporting.models import Chapter
from reviews.models import Assignment, CommitteeReview
from tests.factories import UserFactory, make_entry, make_initiative
from tests.reporting.reading.conftest import DAY, soup

pytestmark = pytest.mark.django_db


def names(user, year) -> list[str]:
    return [item.thing.title for item in opened.reading_list(year.row, user).items]


def test_what_changed_or_is_rated_low_comes_first(year, member):
    assert names(member, year) == [
        "1-1-1-2　取組1-1-1-2",
        "1-1-2-1　取組1-1-2-1",
        "目標1　次期計画に向けて見据える姿（ビジョン）",
        "1-1-1-1　取組1-1-1-1",
        "成果指標　指標I01",
        "2-1-1-1　取組2-1-1-1",
    ]
    found = opened.reading_list(year.row, member)
    assert [thing.why_first for thing in (item.thing for item in found.items[:2])] == [
        ("評価がAからBに変わりました",),
        ("評価が低い取組です",),
    ]


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        ({"goal": 2}, ["1-1-1-1", "成果指標", "2-1-1-1"]),  # the cross-listing leads to its original
        ({"policy": "1-1"}, ["1-1-1-2", "1-1-2-1", "1-1-1-1"]),
        ({"initiative": "1-1-2-1"}, ["1-1-2-1"]),
    ],
)
def test_a_member_reads_what_was_assigned(year, member, share, expected):
    goal = year.plan.goals.get(number=share.get("goal", 1))
    row = {
        "goal": goal, "policy": goal.policies.first(), "initiative": year.initiatives.get(share.get("initiative"))
    }  # fmt: skip
    name = next(iter(share))
    Assignment.objects.create(plan_year=year.row, member=member, **{name: row[name]})
    found = [title.split("　")[0] for title in names(member, year)]
    assert sorted(found) == sorted(expected)


def test_only_what_is_confirmed_and_approved_is_opened(year, member):
    entry = YearlyEntry.objects.get(initiative=year.initiatives["2-1-1-1"], fiscal_year=2024)
    EntryPart.objects.filter(entry=entry).update(status="returned", approved_at=None, result="漏えい検知の実績")
    CommitteeReview.objects.create(plan=year.plan, fiscal_year=2024, goal=year.goal, text="書きかけの講評")
    told = repr(opened.reading(year.row))
    assert [word for word in ("書きかけ", "漏えい検知") if word in told] == []
    Chapter.objects.filter(kind="main_efforts").update(
        state="confirmed", confirmed_by=UserFactory(), confirmed_at=timezone.now()
    )
    CommitteeReview.objects.update(state="confirmed")
    told = repr(opened.reading(year.row))
    assert [word in told for word in ("書きかけの章", "書きかけの講評", "書きかけの動き")] == [True, True, False]


def test_the_figures_of_a_chapter_are_those_of_print(year):
    chapter = opened.reading(year.row).things["chapter-1-vision"]
    assert chapter.paragraphs == ("第一の段落。", "第二の段落は1件。")


def test_the_read_model_has_these_fields_and_no_other():
    """A field that is added here is read by every member: think before adding."""
    assert {field.name for field in fields(reading.ReadInitiative)} == {
        "key", "code", "name", "goal", "policy", "departments", "description", "note", "baseline", "target", "result",
        "issues", "next_target", "rating", "last_rating", "low_rating_reason", "is_new", "is_approved", "is_low",
    }  # fmt: skip
    assert {field.name for field in fields(reading.ReadChapter)} == {
        "key", "goal", "name", "part", "heading", "paragraphs", "events", "why_first"
    }  # fmt: skip
    assert {field.name for field in fields(reading.ReadGoal)} == {
        "key", "number", "name", "overview", "tally", "footnotes", "review", "why_first", "title_term"
    }  # fmt: skip
    assert {field.name for field in fields(reading.ReadIndicator)} == {"key", "goal", "series", "fiscal_year", "is_low"}


# --- How far -----------------------------------------------------------------------------------------------


def test_reading_on_marks_what_was_read(year, reader, address, key):
    page = soup(reader.get(address()))
    assert page.h1.get_text() == "あと6件を読んで、意見を書けます"
    answer = reader.post(address("reading_mark", key("1-1-1-2")), {"then": "next"})
    assert answer["Location"] == address("reading", key("1-1-2-1"))
    page = soup(reader.get(address()))
    assert page.h1.get_text() == "あと5件を読んで、意見を書けます"
    assert page.select_one("a.btn--primary")["href"] == address("reading", key("1-1-2-1"))
    assert len(page.select(".readlist__m svg")) == 1
    reader.post(address("reading_mark", key("1-1-1-2")), {"then": "unread"})
    assert soup(reader.get(address())).h1.get_text() == "あと6件を読んで、意見を書けます"


def test_what_changes_after_it_was_read_is_to_be_read_again(year, member, key):
    thing = opened.reading(year.row).things[key("1-1-1-1")]
    opened.mark(year.row, member, thing, read=True)
    assert opened.reading_list(year.row, member).item(thing.key).state == "read"
    EntryPart.objects.filter(entry__initiative=year.initiatives["1-1-1-1"], entry__fiscal_year=2024).update(
        result="直した"
    )
    assert opened.reading_list(year.row, member).item(thing.key).state == "changed"


def test_the_last_one_leads_back_to_the_list(year, reader, address, key):
    answer = reader.post(address("reading_mark", key("2-1-1-1")), {"then": "next"})
    assert answer["Location"] == address()


def test_when_it_is_over_there_is_a_word_and_no_form(year, reader, address, key):
    year.row.committee_deadline = timezone.localdate() - DAY
    year.row.save()
    assert "を過ぎました" in soup(reader.get(address())).select_one(".notice").get_text()
    page = soup(reader.get(address("reading", key("1-1-1-1"))))
    assert page.select("#opinion-form") == []
    assert "を過ぎました" in page.select_one("#write").get_text()


def test_the_office_sees_what_the_committee_sees_without_a_form(year, client, coordinator, address, key):
    client.force_login(coordinator)
    page = soup(client.get(address("reading", key("1-1-1-1"))))
    assert page.h1.get_text() == "取組1-1-1-1"
    assert page.select("#opinion-form, [name=then]") == []


def test_one_page_holds_the_whole_list(year, reader, address):
    page = soup(reader.get(address("reading_print")))
    assert [each.get_text() for each in page.select("h3")] == [
        "取組1-1-1-2", "取組1-1-2-1", "目標1　次期計画に向けて見据える姿（ビジョン）", "取組1-1-1-1", "成果指標　指標I01", "取組2-1-1-1",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["reading_list", "reading_print", "reading"])
def test_queries_do_not_grow_with_what_there_is_to_read(
    year, reader, address, key, department, name, django_assert_num_queries
):
    page = address(name, *([key("1-1-1-1")] if name == "reading" else []))
    reader.get(page)
    with CountingQueries() as few:
        reader.get(page)
    for number in range(3, 9):
        make_entry(make_initiative(year.plan, f"2-1-2-{number}", department), 2024, rating="B")
    with django_assert_num_queries(few.count):
        reader.get(page)


class CountingQueries:
    def __enter__(self):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        self.captured = CaptureQueriesContext(connection)
        self.captured.__enter__()
        return self

    def __exit__(self, *args):
        self.captured.__exit__(*args)
        self.count = len(self.captured)
