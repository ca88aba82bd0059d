import pytest

from initiatives import agreed_rating, review
from initiatives.models import EntryPart, FieldChange, YearlyEntry
from reporting.assemble import assemble
from tests.factories import make_entry, make_initiative


@pytest.fixture
def entry(plan, plan_year, department, other_department):
    """Of two departments, both submitted: the lead (高齢課) says A, 防災課 says C."""
    entry = make_entry(make_initiative(plan, "1-1-1-1", department, other_department), status="submitted")
    entry.parts.filter(department=department).update(self_rating="A")
    entry.parts.filter(department=other_department).update(self_rating="C")
    return entry


def approve(entry, plan_year, coordinator, **which) -> YearlyEntry:
    parts = list(review.parts_of(plan_year, coordinator).filter(entry=entry, **which))
    _, refused = review.take_steps(parts, "approve", by=coordinator, plan_year=plan_year)
    assert refused == []
    return YearlyEntry.objects.get(pk=entry.pk)


def test_the_lead_decides_when_the_last_part_is_approved(entry, plan_year, coordinator, other_department):
    assert approve(entry, plan_year, coordinator, department__name="高齢課").rating == ""
    assert approve(entry, plan_year, coordinator, department=other_department).rating == "A"
    change = FieldChange.objects.get(field="rating")
    assert (change.by, change.reason) == (coordinator, "主担当の自己評価")


def test_with_a_part_reopened_the_agreed_rating_counts_no_more(entry, plan_year, coordinator, other_department):
    """F34: the approvals above a step taken back fall, and with them what the report counts."""
    approve(entry, plan_year, coordinator)
    assert [line.rating for line in assemble(plan_year).rows] == ["A"]
    part = review.parts_of(plan_year, coordinator).get(entry=entry, department=other_department)
    review.take_steps([part], "reopen", by=coordinator, plan_year=plan_year, reason="数が違っていた")
    report = assemble(plan_year)
    assert ([line.rating for line in report.rows], report.tally.ratings["unrated"]) == ([""], 1)
    EntryPart.objects.filter(pk=part.pk).update(status="submitted", self_rating="B")
    assert approve(entry, plan_year, coordinator, department=other_department).rating == "A"
    assert assemble(plan_year).tally.ratings["unrated"] == 0


def test_both_at_once(entry, plan_year, coordinator):
    assert approve(entry, plan_year, coordinator).rating == "A"


def test_a_rating_set_with_a_reason_stands(entry, plan_year, coordinator):
    agreed_rating.set_rating(entry, "B", "共同の事業の半分が中止になった", coordinator)
    after = approve(entry, plan_year, coordinator)
    assert (after.rating, after.rating_reason) == ("B", "共同の事業の半分が中止になった")


def test_going_back_to_the_lead(entry, plan_year, coordinator):
    agreed_rating.set_rating(entry, "B", "理由", coordinator)
    after = approve(entry, plan_year, coordinator)
    agreed_rating.set_rating(after, "", "", coordinator)
    assert (after.rating, after.rating_reason) == ("A", "")


@pytest.mark.parametrize(("rating", "reason"), [("B", " "), ("Z", "理由")])
def test_without_a_reason_or_off_the_scale_nothing_is_set(entry, coordinator, rating, reason):
    with pytest.raises(agreed_rating.RatingError):
        agreed_rating.set_rating(entry, rating, reason, coordinator)
    assert YearlyEntry.objects.get().rating == ""


def test_reopening_leaves_the_rating_and_approving_again_follows_the_lead(entry, plan_year, coordinator, department):
    approve(entry, plan_year, coordinator)
    parts = list(review.parts_of(plan_year, coordinator).filter(department=department))
    review.take_steps(parts, "reopen", by=coordinator, plan_year=plan_year, reason="数が違う")
    assert YearlyEntry.objects.get().rating == "A"
    EntryPart.objects.filter(department=department).update(status="submitted", self_rating="D")
    assert approve(entry, plan_year, coordinator, department=department).rating == "D"


def test_a_printed_rating_is_not_erased_by_an_empty_one(plan, plan_year, department, coordinator):
    entry = make_entry(make_initiative(plan, "1-1-1-1", department), status="submitted", rating="B")
    assert approve(entry, plan_year, coordinator).rating == "B"


def test_what_does_not_apply_this_year_has_no_rating(plan, plan_year, department, coordinator):
    entry = make_entry(make_initiative(plan, "1-1-1-1", department), status="submitted", rating="B")
    entry.parts.update(not_applicable_reason="隔年の事業のため")
    assert approve(entry, plan_year, coordinator).rating == ""
