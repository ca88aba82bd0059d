import pytest
from django.db import transaction

from initiatives import history, reading, workflow
from initiatives.models import EntryPart, FieldChange, PendingChange, Transition
from tests.factories import make_entry, make_initiative


@pytest.fixture
def part(plan, department):
    return make_entry(make_initiative(plan, "1-1-1-1", department), result="前").parts.get()


def test_a_change_is_written_and_remembered(part, writer):
    changed = history.save_changes(part, {"result": "後", "issues": part.issues}, by=writer, reason="誤字")
    part.refresh_from_db()
    change = FieldChange.objects.get()
    assert changed == {"result": "後"}
    assert (part.result, part.version) == ("後", 2)
    assert (change.field, change.old, change.new, change.by, change.reason) == ("result", "前", "後", writer, "誤字")
    assert "後" in part.search_text


def test_no_change_writes_nothing(part, writer, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert history.save_changes(part, {"result": "前"}, by=writer) == {}


def test_a_stale_row_is_not_overwritten(part, writer):
    stale = EntryPart.objects.get(pk=part.pk)
    history.save_changes(part, {"result": "先に保存した文"}, by=writer)
    with pytest.raises(history.Conflict):
        history.save_changes(stale, {"result": "後から来た文"}, by=writer)
    part.refresh_from_db()
    assert part.result == "先に保存した文"
    assert FieldChange.objects.count() == 1


def test_history_of_rows(part, writer):
    history.save_changes(part, {"result": "2"}, by=writer)
    history.save_changes(part.entry, {"rating": "A"}, by=writer)
    history.save_changes(part.entry.initiative, {"name": "新しい名前"}, by=writer)
    assert [change.field for change in history.of_rows([part, part.entry])] == ["rating", "result"]


# --- While somebody types: history only at steps ----------------------------------------------------


def lines(part) -> list[tuple[str, str, str, str]]:
    """The part's history, oldest first."""
    return [(change.field, change.old, change.new, change.by.username) for change in reversed(history.of_rows([part]))]


def test_typing_leaves_no_history_until_the_step(part, writer):
    for text in ("前と", "前と後", "後"):
        history.save_draft(part, {"result": text}, by=writer)
    assert (lines(part), part.version) == ([], 4)
    begun = PendingChange.objects.get()
    assert (begun.field, begun.old, begun.by) == ("result", "前", writer)
    history.settle([part])
    assert lines(part) == [("result", "前", "後", "writer")]
    assert not PendingChange.objects.exists()
    history.settle([part])
    assert len(lines(part)) == 1


def test_what_came_back_to_its_beginning_is_no_change(part, writer):
    history.save_draft(part, {"result": "後"}, by=writer)
    history.save_draft(part, {"result": "前"}, by=writer)
    history.settle([part])
    assert (lines(part), PendingChange.objects.count()) == ([], 0)


def test_another_person_in_the_same_field_makes_history_of_the_first(part, writer, manager):
    history.save_draft(part, {"result": "書く人の文"}, by=writer)
    history.save_draft(part, {"issues": "課長の課題"}, by=manager)  # another field: both go on
    assert lines(part) == []
    history.save_draft(part, {"result": "課長の文"}, by=manager)
    assert lines(part) == [("result", "前", "書く人の文", "writer")]
    history.settle([part])
    assert lines(part)[1:] == [
        ("issues", "高齢課の課題", "課長の課題", "manager"),
        ("result", "書く人の文", "課長の文", "manager"),
    ]


def test_a_save_at_once_comes_after_what_was_being_typed(part, writer, manager):
    history.save_draft(part, {"result": "書きかけ"}, by=writer)
    history.save_changes(part, {"result": "直した文"}, by=manager, reason="軽微な修正")
    assert lines(part) == [("result", "前", "書きかけ", "writer"), ("result", "書きかけ", "直した文", "manager")]


def test_a_stale_draft_writes_nothing(part, writer, manager):
    stale = EntryPart.objects.get(pk=part.pk)
    history.save_draft(part, {"result": "先"}, by=manager)
    with pytest.raises(history.Conflict), transaction.atomic():
        history.save_draft(stale, {"result": "後から"}, by=writer)
    assert EntryPart.objects.get(pk=part.pk).result == "先"
    assert [change.by for change in PendingChange.objects.all()] == [manager]


def test_sending_settles_before_the_step(plan_year, part, writer, manager):
    """What a reviewer compares is the text at a step, so what was typed before it must be older than the step."""
    EntryPart.objects.update(status="draft", approved_at=None)
    part = EntryPart.objects.select_related("entry", "department").get(pk=part.pk)
    history.save_draft(part, {"result": "送る文"}, by=writer)
    workflow.perform(part, "request_confirmation", by=writer, plan_year=plan_year)
    workflow.perform(part, "return", by=manager, plan_year=plan_year, reason="直して")
    sent = Transition.objects.get(action="request_confirmation")
    assert lines(part) == [("result", "前", "送る文", "writer")]
    assert FieldChange.objects.get().at <= sent.at
    history.save_draft(part, {"result": "直している文"}, by=writer)
    changes = [*history.unsettled([part]), *history.of_rows([part])]
    assert reading.text_at(part, sent.at, changes)["result"] == "送る文"
