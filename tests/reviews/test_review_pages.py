"""講評: written with the members' words at hand, confirmed for the committee, two colleagues told apart."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from initiatives.models import FieldChange, PlanYear
from reviews.models import CommitteeReview
from tests.factories import UserFactory
from tests.reviews.conftest import make_opinion

pytestmark = pytest.mark.django_db


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


@pytest.fixture
def office(client, coordinator):
    client.force_login(coordinator)
    return client


@pytest.fixture
def address(year):
    return lambda name, *more: reverse(f"reviews:{name}", args=[year.plan_id, year.fiscal_year, *more])


def written(text="よい取組が多い。", version=0, **more) -> dict:
    return {"version": version, "heading": "", "text": text} | more


def test_the_members_words_stand_beside_the_text(office, address, opinion, year, member):
    make_opinion(year, member, text="全体への意見")
    page = soup(office.get(address("review_edit", 1)))
    assert "居場所がほしい" in page.select_one("aside").get_text()
    assert "全体への意見" not in page.get_text()
    assert "全体への意見" in soup(office.get(address("review_edit", 0))).select_one("aside").get_text()
    assert soup(office.get(address("review_list"))).h1.get_text() == "まだ書いていない講評が、2あります"
    assert office.get(address("review_edit", 9)).status_code == 404


def test_writing_begins_the_history_and_confirming_closes_it(office, address, opinion):
    office.post(address("review_edit", 1), written(then="confirm"))
    review = CommitteeReview.objects.get()
    assert (review.text, review.state, review.goal.number) == ("よい取組が多い。", "confirmed", 1)
    assert [(each.field, each.old) for each in FieldChange.objects.filter(model="reviews.committeereview")] == [
        ("state", "draft"),
        ("text", ""),
    ]
    page = soup(office.get(address("review_edit", 1)))
    assert page.select_one("#id_text").has_attr("readonly")
    refused = office.post(address("review_edit", 1), written("書きかえ", review.version))
    assert refused.status_code == 409
    assert soup(refused).select_one("#id_text").get_text(strip=True) == "書きかえ"
    office.post(address("review_reopen", 1), {"version": review.version})
    assert CommitteeReview.objects.get().state == "draft"


def test_an_empty_review_is_not_confirmed(office, address, opinion):
    answer = office.post(address("review_edit", 1), written("", then="confirm"), follow=True)
    assert "まだ何も書かれていません" in soup(answer).select_one(".messages").get_text()


def test_two_colleagues_read_each_others_words(office, client, address, opinion, coordinator):
    client.force_login(UserFactory(role="coordinator", name="同僚"))
    client.post(address("review_edit", 1), written("同僚の文。"))
    client.force_login(coordinator)
    answer = client.post(address("review_edit", 1), written("わたしの文。"))
    page = soup(answer)
    assert answer.status_code == 409
    assert "同僚" in page.select_one(".notice--warn").get_text()
    assert page.select_one("#id_text").get_text(strip=True) == "わたしの文。"
    version = page.select_one("[name=version]")["value"]
    assert client.post(address("review_edit", 1), written("わたしの文。", version)).status_code == 302
    assert CommitteeReview.objects.get().text == "わたしの文。"


def test_a_year_that_is_fixed_keeps_its_reviews(office, address, opinion, year):
    PlanYear.objects.filter(pk=year.pk).update(status="finalized")
    assert "講評は書けません" in office.get(address("review_edit", 1)).content.decode()
    assert office.post(address("review_edit", 1), written()).status_code == 409
    assert CommitteeReview.objects.count() == 0
