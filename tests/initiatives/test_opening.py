import pytest
from django.db import OperationalError, connection

from initiatives import opening
from initiatives.models import EntryPart, PlanYear, YearlyEntry
from tests.factories import DepartmentFactory, make_entry, make_initiative


def parts_of(year: int) -> dict[tuple[str, str], EntryPart]:
    parts = EntryPart.objects.filter(entry__fiscal_year=year).select_related("entry__initiative", "department")
    return {(part.entry.initiative.code, part.department.name): part for part in parts}


@pytest.fixture
def last_year(plan, plan_year, department, other_department):
    """A joint initiative, one that ends, one that begins, a cross-listing that reads through and one that does not."""
    joint = make_initiative(plan, "1-1-1-1", department, other_department)
    make_entry(joint, rating="A", target="10件", next_target="12件", result="去年の文", low_rating_reason="")
    make_entry(make_initiative(plan, "1-1-1-2", department, last_year=2024), rating="A")
    make_initiative(plan, "1-1-1-3", other_department, first_year=2025)
    make_entry(make_initiative(plan, "2-1-1-1", department, original=joint)).parts.all().delete()
    own = make_initiative(plan, "2-1-1-2", department, original=joint)
    make_entry(own, rating="B", next_target="別の目標", holds_own=True, own_reason="視点が違うため")
    return plan


def test_every_entry_and_part_is_made(last_year):
    made = opening.open_year(last_year, 2025)
    assert PlanYear.objects.get(fiscal_year=2025).status == "preparing"
    assert set(parts_of(2025)) == {
        ("1-1-1-1", "高齢課"), ("1-1-1-1", "防災課"), ("1-1-1-3", "防災課"), ("2-1-1-2", "高齢課"),
    }  # fmt: skip
    assert [each.code for each in made.started] == ["1-1-1-3"]
    assert [each.code for each in made.ended] == ["1-1-1-2"]
    assert len(made.entries) == 4


def test_last_years_target_for_this_year_is_carried_and_nothing_else(last_year):
    opening.open_year(last_year, 2025)
    entry = YearlyEntry.objects.get(initiative__code="1-1-1-1", fiscal_year=2025)
    assert (entry.target, entry.next_target, entry.rating) == ("12件", "", "")
    for part in parts_of(2025).values():
        assert (part.status, part.result, part.issues, part.self_rating, part.approved_at) == (
            "not_started", "", "", "", None,
        )  # fmt: skip
    own = YearlyEntry.objects.get(initiative__code="2-1-1-2", fiscal_year=2025)
    assert (own.holds_own, own.own_reason, own.target) == (True, "視点が違うため", "別の目標")


def test_texts_are_carried_where_asked_for(last_year):
    made = opening.open_year(last_year, 2025, prefill=["result"])
    part = parts_of(2025)["1-1-1-1", "高齢課"]
    assert (part.result, part.issues, part.status) == ("去年の文", "", "not_started")
    assert made.prefilled == 3
    with pytest.raises(ValueError, match="rating"):
        opening.preview(last_year, 2025, prefill=["rating"])


def test_opening_twice_adds_only_what_is_missing(last_year, department):
    opening.open_year(last_year, 2025)
    part = parts_of(2025)["1-1-1-1", "高齢課"]
    EntryPart.objects.filter(pk=part.pk).update(result="書きかけ", status="draft")
    PlanYear.objects.filter(fiscal_year=2025).update(status="collecting")
    make_initiative(last_year, "1-1-1-9", department)
    again = opening.open_year(last_year, 2025, prefill=["result", "issues"])
    assert [entry.initiative.code for entry in again.entries] == ["1-1-1-9"]
    assert [part.department.name for part in again.parts] == ["高齢課"]
    assert again.kept == 4
    assert parts_of(2025)["1-1-1-1", "高齢課"].result == "書きかけ"
    assert PlanYear.objects.get(fiscal_year=2025).status == "collecting"
    assert opening.open_year(last_year, 2025).parts == []


def test_a_year_is_made_whole_or_not_at_all(last_year):
    """The database goes away before the last table."""

    def away(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "initiatives_entrypart"'):
            raise OperationalError("the server closed the connection")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(away), pytest.raises(OperationalError):
        opening.open_year(last_year, 2025)
    assert not PlanYear.objects.filter(fiscal_year=2025).exists()
    assert not YearlyEntry.objects.filter(fiscal_year=2025).exists()


def test_a_preview_writes_nothing(last_year):
    before = YearlyEntry.objects.count(), EntryPart.objects.count(), PlanYear.objects.count()
    seen = opening.preview(last_year, 2025)
    assert (len(seen.entries), len(seen.parts), len(seen.departments)) == (4, 4, 2)
    assert before == (YearlyEntry.objects.count(), EntryPart.objects.count(), PlanYear.objects.count())


def test_successors_write_in_the_place_of_a_department_that_is_gone(last_year, department):
    middle, new, second = (DepartmentFactory(name=name) for name in ("中間課", "長寿課", "健康課"))
    department.closed_after = 2024
    department.save()
    department.successors.add(middle)
    middle.closed_after = 2024
    middle.save()
    middle.successors.add(new, second)
    made = opening.open_year(last_year, 2025, prefill=["result"])
    assert set(parts_of(2025)) >= {("1-1-1-1", "長寿課"), ("1-1-1-1", "健康課"), ("1-1-1-1", "防災課")}
    assert parts_of(2025)["1-1-1-1", "長寿課"].result == "去年の文"
    assert {(each.initiative.code, each.department.name) for each in made.handovers} == {
        ("1-1-1-1", "高齢課"), ("2-1-1-2", "高齢課"),
    }  # fmt: skip


def test_an_initiative_without_anybody_is_told(last_year, other_department):
    other_department.closed_after = 2024
    other_department.save()
    assert [each.code for each in opening.preview(last_year, 2025).unowned] == ["1-1-1-1", "1-1-1-3"]


@pytest.mark.parametrize("count", [1, 5])
def test_queries_do_not_grow(plan, plan_year, department, count, django_assert_num_queries):
    for number in range(1, count + 1):
        make_entry(make_initiative(plan, f"1-1-1-{number}", department))
    with django_assert_num_queries(8):
        opening.preview(plan, 2025)
