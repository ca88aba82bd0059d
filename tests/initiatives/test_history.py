import pytest

from initiatives import history
from initiatives.models import EntryPart, FieldChange
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
