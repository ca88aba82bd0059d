"""The city's rating against the committee's: the rule for several members, direction, size, filters."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from initiatives.models import EntryPart
from reviews import divergence, ratings, workflow
from reviews.divergence import Way
from reviews.models import CommitteeRating, Inquiry
from tests.factories import UserFactory, make_entry, make_initiative

LETTERS = "ABCD"


@pytest.mark.parametrize(
    ("given_", "letter", "spread"),
    [
        ("A", "A", "A 1"),
        ("AB", "B", "A 1・B 1"),  # of two middles the lower
        ("ABC", "B", "A 1・B 1・C 1"),
        ("AAAD", "A", "A 3・D 1"),  # one extreme opinion moves nothing
        ("AADD", "D", "A 2・D 2"),
        ("DCBA", "C", "A 1・B 1・C 1・D 1"),
    ],
)
def test_the_committee_rates_as_its_middle_member(given_, letter, spread):
    found = ratings.together([(each, "") for each in given_], LETTERS)
    assert (found.letter, found.spread, found.members) == (letter, spread, len(given_))


@given(st.lists(st.sampled_from(LETTERS), min_size=1, max_size=15))
def test_half_of_the_members_stand_on_either_side(letters):
    middle = ratings.together([(each, "") for each in letters], LETTERS).letter
    assert middle in letters
    better = sum(each < middle for each in letters)
    worse = sum(each > middle for each in letters)
    assert better <= len(letters) / 2
    assert worse < len(letters) / 2


def test_nobody_rated():
    assert ratings.together([], LETTERS) is None


@pytest.mark.parametrize(
    ("city", "committee", "way", "steps"),
    [("A", "A", Way.SAME, 0), ("A", "C", Way.LOWER, 2), ("C", "B", Way.HIGHER, 1), ("", "B", Way.UNRATED, 0)],
)
def test_direction_and_size(city, committee, way, steps):
    assert divergence.compare(city, committee, LETTERS) == (way, steps)


# --- The page ------------------------------------------------------------------------------------------------


@pytest.fixture
def rated(db, plan, year, department, other_department):
    """Three initiatives with an A of the city, rated by members: C (split), A, and B; the last under another goal."""
    members = [UserFactory(role=User.Role.COMMITTEE) for _ in range(3)]
    made = {}
    for code, letters in (("1-1-1-1", "ACD"), ("1-1-1-2", "A"), ("2-1-1-1", "BB")):
        initiative = made[code] = make_initiative(plan, code, department, other_department)
        make_entry(initiative, 2024, rating="A")
        for member, letter in zip(members, letters, strict=False):
            workflow.rate(year, initiative, letter, f"{code}の理由{letter}", by=member)
    return made


@pytest.fixture
def address(year):
    return reverse("reviews:divergence", args=[year.plan_id, year.fiscal_year])


@pytest.fixture
def office(client, coordinator):
    client.force_login(coordinator)
    return client


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def codes(response) -> list[str]:
    return [row.select_one(".code").get_text() for row in soup(response).select("tbody tr")]


def test_the_largest_difference_comes_first_and_counts_stand_at_the_head(office, address, rated):
    page = soup(office.get(address))
    assert page.h1.get_text() == "委員が評価した3件のうち、2件が市の評価とちがいます"
    assert [chip.get_text() for chip in page.select("nav[aria-label=ちがいの種類] a")] == [
        "すべて 3", "委員のほうが低い 2", "委員のほうが高い 0", "同じ 1", "2段階以上ちがう 1", "委員の間でちがう 1",
        "ちがうのに、課に聞いていない 2", "課の回答待ち 0",
    ]  # fmt: skip
    assert codes(office.get(address)) == ["1-1-1-1", "2-1-1-1", "1-1-1-2"]
    assert [row.select("td")[2].get_text() for row in page.select("tbody tr")] == [
        "委員が2段階低い", "委員が1段階低い", "同じ"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"way": "same"}, ["1-1-1-2"]),
        ({"way": "far"}, ["1-1-1-1"]),
        ({"way": "split"}, ["1-1-1-1"]),
        ({"goal": "2"}, ["2-1-1-1"]),
        ({"way": "lower", "goal": "1"}, ["1-1-1-1"]),
        ({"way": "nonsense", "goal": "x"}, ["1-1-1-1", "2-1-1-1", "1-1-1-2"]),
    ],
)
def test_filters(office, address, rated, asked, found):
    assert codes(office.get(address, asked)) == found


def test_what_is_not_approved_has_no_rating_to_compare_with(office, address, rated):
    EntryPart.objects.filter(entry__initiative=rated["1-1-1-1"]).update(status="returned", approved_at=None)
    assert "市の評価なし 1" in soup(office.get(address)).get_text()


def test_a_rating_that_was_taken_back_counts_no_more(office, address, rated, year):
    for row in CommitteeRating.objects.filter(initiative=rated["2-1-1-1"]):
        workflow.rate(year, rated["2-1-1-1"], "", "", by=row.author)
    assert codes(office.get(address)) == ["1-1-1-1", "1-1-1-2"]


def test_the_department_is_asked_about_the_rating_and_its_reply_stands_there(
    office, client, address, rated, year, department, writer, coordinator
):
    one = rated["1-1-1-1"]
    detail = reverse("reviews:rating_detail", args=[year.plan_id, 2024, one.pk])
    page = soup(office.get(detail))
    assert page.select_one("ol.thread li b").get_text().endswith("委員")
    office.post(detail, {"department": department.pk, "question": "なぜAですか"})
    inquiry = Inquiry.objects.get()
    client.force_login(writer)
    asked = reverse("reviews:inquiry_edit", args=[year.plan_id, 2024, inquiry.pk])
    text = soup(client.get(asked)).select_one("main").get_text()
    assert "3人：A 1・C 1・D 1" in text
    assert "1-1-1-1の理由D" in text
    assert [row.author.name for row in CommitteeRating.objects.all() if row.author.name in text] == []
    client.post(asked, {"reply": "数は増えました", "seen-reply": "", "then": "send"})
    client.force_login(coordinator)
    assert "数は増えました" in soup(client.get(address)).select_one("tbody tr").get_text()
    assert codes(client.get(address, {"way": "unasked"})) == ["2-1-1-1"]


def test_queries_do_not_grow_with_ratings(office, address, rated, plan, year, department, django_assert_num_queries):
    from tests.reporting.reading.test_reading_list import CountingQueries

    office.get(address)
    with CountingQueries() as few:
        office.get(address)
    member = UserFactory(role=User.Role.COMMITTEE)
    for number in range(3, 8):
        initiative = make_initiative(plan, f"1-1-2-{number}", department)
        make_entry(initiative, 2024, rating="A")
        workflow.rate(year, initiative, "C", "足りない", by=member)
    with django_assert_num_queries(few.count):
        office.get(address)
