"""The pace rule: worked examples, and what must hold for every collection."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from initiatives import pace

START, DEADLINE = date(2026, 11, 2), date(2026, 12, 4)  # 32 days
HALF_WAY, THREE_QUARTERS = date(2026, 11, 18), date(2026, 11, 26)


@pytest.mark.parametrize(
    ("today", "share"),
    [
        (date(2026, 10, 1), 0), (START, 0), (HALF_WAY, Fraction(1, 2)), (THREE_QUARTERS, Fraction(3, 4)),
        (date(2026, 12, 3), Fraction(31, 32)), (DEADLINE, 1), (date(2027, 1, 1), 1),
    ],
)  # fmt: skip
def test_share_due(today, share):
    assert pace.share_due(START, DEADLINE, today) == share


def test_a_collection_of_no_length_is_due_on_its_day():
    assert pace.share_due(START, START, START) == 1
    assert pace.share_due(DEADLINE, START, START - timedelta(days=1)) == 0


@pytest.mark.parametrize(
    ("total", "sent", "begun", "today", "risk"),
    [
        (4, 0, False, date(2026, 11, 17), False),  # the day before half way
        (4, 0, False, HALF_WAY, True),  # nothing has moved
        (4, 0, True, HALF_WAY, False),  # begun: an even pace from now on arrives
        (1, 0, True, THREE_QUARTERS, False),
        (1, 0, False, THREE_QUARTERS, True),
        (10, 4, True, THREE_QUARTERS, True),  # half of them are asked for
        (10, 5, True, THREE_QUARTERS, False),
        (9, 4, True, THREE_QUARTERS, False),  # only whole parts can be asked for
        (10, 9, True, DEADLINE, True),
        (10, 10, True, DEADLINE, False),
        (10, 10, True, date(2027, 1, 1), False),
    ],
)
def test_who_may_be_late(total, sent, begun, today, risk):
    assert pace.is_at_risk(total, sent, begun=begun, share=pace.share_due(START, DEADLINE, today)) == risk


SHARES = st.fractions(0, 1)
COUNTS = st.integers(0, 60).flatmap(lambda total: st.tuples(st.just(total), st.integers(0, total)))


@given(COUNTS, SHARES, SHARES, st.integers(0, 5))
def test_sending_more_never_makes_late_and_waiting_never_makes_in_time(counts, share, later, more):
    total, sent = counts
    now = pace.is_at_risk(total, sent, begun=True, share=share)
    assert not (pace.is_at_risk(total, min(total, sent + more), begun=True, share=share) and not now)
    if later >= share and now:
        assert pace.is_at_risk(total, sent, begun=True, share=later)


@given(COUNTS, SHARES)
def test_the_even_pace_is_never_late_and_all_is_asked_for_at_the_deadline(counts, share):
    total, sent = counts
    assert not pace.is_at_risk(total, -(-total * share.numerator // share.denominator), begun=True, share=share)
    assert pace.is_at_risk(total, sent, begun=True, share=Fraction(1)) == (sent < total)


@given(COUNTS, SHARES)
def test_what_is_expected_lies_between_what_is_in_and_all(counts, share):
    total, reached = counts
    expected = pace.expected_at_deadline(reached, total, share)
    assert expected is None if share == 0 else reached <= expected <= total


@pytest.mark.parametrize(
    ("count", "said"), [(0, 0), (43, 43), (99, 99), (100, 100), (104, 100), (105, 110), (208, 210)]
)
def test_about(count, said):
    assert pace.about(count) == said


def course(done: int, today: date = date(2026, 11, 24), total: int = 270) -> pace.Course:
    return pace.course([], start=START, deadline=DEADLINE, today=today, total=total, reached=done)


@pytest.mark.parametrize(
    ("seen", "finding"),
    [
        (course(143), "点線は、期限までに同じ速さで出た場合です。今は点線より約43件少なく、この速さのままだと12月4日に約210件です。"),
        (course(200), "点線は、期限までに同じ速さで出た場合です。今は点線より約14件多く、この速さのままだと12月4日までに全部がそろいます。"),
        (course(3, HALF_WAY, 6), "点線は、期限までに同じ速さで出た場合です。今は点線とほぼ同じで、この速さのままだと12月4日までに全部がそろいます。"),
        (course(0, START), "点線は、期限までに同じ速さで出た場合です。今は点線とほぼ同じで、受付を始めたばかりです。"),
        (course(270), "270件すべてが出ました。"),
        (course(143, date(2026, 12, 7)), "12月4日が期限です。270件のうち143件が出ています。"),
    ],
)  # fmt: skip
def test_the_finding_in_words(seen, finding):
    assert seen.finding == finding


def test_the_course_counts_day_by_day_and_ends_at_what_is_in():
    changes = [(START, 2), (date(2026, 11, 4), 3), (date(2026, 11, 5), -1)]
    seen = pace.course(changes, start=START, deadline=DEADLINE, today=date(2026, 11, 6), total=9, reached=5)
    assert seen.done == (3, 3, 6, 5, 5)  # one came in without a step, and was there from the start
    assert seen.steps == [(START, 3), (date(2026, 11, 4), 6), (date(2026, 11, 5), 5)]
    assert (seen.days[0], seen.days[-1]) == (START, DEADLINE)


def test_before_the_start_there_is_no_course():
    assert pace.course([], start=START, deadline=DEADLINE, today=date(2026, 11, 1), total=9, reached=0) is None


@given(st.lists(st.tuples(st.dates(date(2026, 10, 1), date(2027, 1, 31)), st.integers(-3, 5))), st.integers(0, 60))
def test_the_course_always_ends_at_what_is_in(changes, days):
    today = START + timedelta(days=days)
    seen = pace.course(changes, start=START, deadline=DEADLINE, today=today, total=100, reached=42)
    assert seen.reached == 42
    assert len(seen.done) == days + 1
    assert len(seen.days) >= len(seen.done)
