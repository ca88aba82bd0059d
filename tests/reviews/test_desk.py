"""What a member types: kept for the member alone, from two pages, and sent."""

import pytest
from django.utils import timezone

from initiatives.models import FieldChange
from initiatives.workflow import TransitionError
from reviews.desk import Clash, Desk
from reviews.models import CommitteeRating, Opinion, OpinionDraft
from tests.reviews.conftest import DAY, WHOLE, make_opinion, subject_of

pytestmark = pytest.mark.django_db
EMPTY = {"text": "", "rating": "", "rating_reason": ""}


@pytest.fixture
def desk(year, member, initiative):
    return lambda **more: Desk(year, member, subject_of(initiative), **more)


def test_what_is_typed_is_there_again_and_nowhere_else(desk):
    desk().keep(EMPTY | {"text": "居場所"}, EMPTY)
    assert desk().values == EMPTY | {"text": "居場所"}
    assert (Opinion.objects.count(), FieldChange.objects.count()) == (0, 0)


def test_what_is_taken_back_leaves_no_draft(desk):
    desk().keep(EMPTY | {"text": "居場所"}, EMPTY)
    desk().keep(EMPTY, EMPTY | {"text": "居場所"})
    assert OpinionDraft.objects.count() == 0


def test_two_pages_keep_what_each_has_touched(desk):
    desk().keep(EMPTY | {"text": "居場所"}, EMPTY)
    desk().keep(EMPTY | {"rating": "C"}, EMPTY)
    assert desk().values == {"text": "居場所", "rating": "C", "rating_reason": ""}
    with pytest.raises(Clash) as found:
        desk().keep(EMPTY | {"text": "別のこと", "rating": "D"}, EMPTY | {"rating": "C"})
    assert (found.value.names, desk().values["rating"]) == (["text"], "C")


def test_sending_makes_an_opinion_and_a_rating_and_clears_the_desk(desk, member, initiative):
    desk().keep({"text": "居場所", "rating": "C", "rating_reason": "数が少ない"}, EMPTY)
    assert desk().send() == ["意見", "評価"]
    opinion, rating = Opinion.objects.get(), CommitteeRating.objects.get()
    assert (opinion.text, opinion.author, opinion.initiative, opinion.goal) == (
        "居場所", member, initiative, initiative.direction.policy.goal,
    )  # fmt: skip
    assert (rating.rating, rating.reason, rating.author) == ("C", "数が少ない", member)
    assert (OpinionDraft.objects.count(), desk().values["text"], desk().values["rating"]) == (0, "", "C")


def test_a_second_opinion_leaves_the_first_and_the_rating(desk):
    desk().keep({"text": "一つ目", "rating": "C", "rating_reason": ""}, EMPTY)
    desk().send()
    desk().keep(desk().sent | {"text": "二つ目"}, desk().sent)
    assert desk().send() == ["意見"]
    assert [opinion.text for opinion in Opinion.objects.all()] == ["一つ目", "二つ目"]
    assert CommitteeRating.objects.get().rating == "C"


def test_putting_right_what_was_sent_is_kept_apart_from_a_new_opinion(desk, opinion):
    desk().keep(EMPTY | {"text": "新しいこと"}, EMPTY)
    right = desk(opinion=opinion)
    right.keep({"text": "直した言葉"}, {"text": opinion.text})
    assert Opinion.objects.get().text == "居場所がほしい"  # the others still read what was sent
    assert right.send() == ["意見"]
    assert (Opinion.objects.get().text, desk().values["text"]) == ("直した言葉", "新しいこと")


def test_a_rating_may_be_taken_back(desk):
    desk().keep(EMPTY | {"rating": "D", "rating_reason": "足りない"}, EMPTY)
    desk().send()
    desk().keep(EMPTY, desk().sent)
    assert desk().send() == ["評価"]
    rating = CommitteeRating.objects.get()
    assert (rating.rating, rating.reason) == ("", "")


def test_paragraphs_of_a_chapter_have_a_desk_each(year, member):
    first, second = (Desk(year, member, WHOLE, quoted=text) for text in ("第一の段落", "第二の段落"))
    first.keep({"text": "一"}, {"text": ""})
    assert (first.values["text"], second.values["text"]) == ("一", "")
    first.send()
    assert Opinion.objects.get().quoted == "第一の段落"


def test_nothing_is_sent_from_an_empty_desk(desk, opinion):
    with pytest.raises(TransitionError, match="送るものがありません"):
        desk().send()
    desk(opinion=opinion).keep({"text": ""}, {"text": opinion.text})
    with pytest.raises(TransitionError, match="取り下げる"):
        desk(opinion=opinion).send()


def test_when_the_days_are_over_nothing_is_kept_or_sent_and_what_was_kept_stays(desk, year):
    desk().keep(EMPTY | {"text": "書きかけ"}, EMPTY)
    year.committee_deadline = timezone.localdate() - DAY
    year.save()
    for attempt in (lambda: desk().keep(EMPTY | {"text": "遅れて"}, EMPTY), desk().send):
        with pytest.raises(TransitionError, match="期限"):
            attempt()
    assert (desk().values["text"], Opinion.objects.count()) == ("書きかけ", 0)


def test_an_answered_opinion_is_not_put_right_any_more(year, member):
    opinion = make_opinion(year, member, answer="confirmed")
    with pytest.raises(TransitionError, match="市の答え"):
        Desk(year, member, WHOLE, opinion=opinion).keep({"text": "ほか"}, {"text": opinion.text})
