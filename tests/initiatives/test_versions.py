"""Any two versions of a part can be compared, by whoever could read its drafts."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from initiatives import saving, versions
from initiatives.models import EntryPart, FieldChange
from tests.factories import make_entry, make_initiative

pytestmark = pytest.mark.django_db


@pytest.fixture
def part(plan, plan_year, department, other_department):
    """Of 高齢課, the lead of a joint initiative."""
    initiative = make_initiative(plan, "1-1-1-1", department, other_department, name="見守り")
    entry = make_entry(initiative, status="draft", target="10件", result="下書き", issues="課題")
    return entry.parts.get(department=department)


def read(part) -> EntryPart:
    return EntryPart.objects.select_related("entry__initiative__plan", "department").get(pk=part.pk)


def save(part, by, draft=False, **texts):
    saving.write(read(part), texts, by=by, draft=draft)


@pytest.fixture
def at(part, plan_year):
    return reverse("initiatives:part_versions", args=[plan_year.plan_id, plan_year.fiscal_year, part.pk])


@pytest.fixture
def apart(monkeypatch):
    """As if nothing was ever saved within the same moment."""
    monkeypatch.setattr(versions, "_AT_ONCE", versions._AT_ONCE * -1)


def test_each_save_is_a_version_and_the_first_is_before_all(part, writer, apart):
    begin = part.result
    save(part, writer, result="一つ目")
    save(part, writer, result="二つ目")
    save(part, writer, draft=True, result="書きかけ")
    found = versions.versions_of(read(part))
    assert [(each.number, each.values["result"]) for each in found] == [
        (3, "書きかけ"), (2, "二つ目"), (1, "一つ目"), (0, begin)
    ]  # fmt: skip
    assert [each.is_now for each in found] == [True, False, False, False]
    assert [each.change and each.change.by for each in found] == [None, writer, writer, None]


def test_fields_saved_with_one_press_are_one_version(part, writer):
    save(part, writer, result="実績", issues="課題")
    found = versions.versions_of(read(part))
    assert [each.number for each in found] == [1, 0]
    assert (found[0].values["result"], found[0].values["issues"]) == ("実績", "課題")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.lists(st.tuples(st.sampled_from(["result", "issues"]), st.sampled_from(["", "ア", "イ", "ウ"])), max_size=6))
def test_every_version_is_what_stood_there(part, writer, apart, saves):
    now = read(part)
    known = [{name: getattr(now, name) for name in ("result", "issues")}]
    done = FieldChange.objects.count()
    for name, text in saves:
        if known[-1][name] != text:
            save(part, writer, **{name: text})
            known.append(known[-1] | {name: text})
    assert FieldChange.objects.count() - done == len(known) - 1
    found = versions.versions_of(read(part))[: len(known)]
    told = [{name: each.values[name] for name in ("result", "issues")} for each in reversed(found)]
    assert told == known


def test_the_page_compares_the_last_two_or_those_asked_for(part, writer, client, at, apart):
    for text in ("相談を5件受けた。", "相談を8件受けた。", "相談を9件受けた。"):
        save(part, writer, result=text)
    client.force_login(writer)

    def changed(query=""):
        page = BeautifulSoup(client.get(at + query).content, "lxml")
        return [[each.get_text() for each in page.select(f".prose {kind}")] for kind in ("del", "ins")]

    removed, added = map("".join, changed())
    assert "8" in removed
    assert "9" in added
    assert "5" in "".join(changed("?from=1&to=3")[0])
    assert changed("?from=2&to=2") == [[], []]
    assert "選んだ2つの版は同じです" in client.get(at + "?from=2&to=2").content.decode()
    assert client.get(at + "?from=999&to=x").status_code == 200


def test_a_part_that_never_changed_says_so(part, writer, client, at):
    client.force_login(writer)
    assert "まだ変わっていません" in client.get(at).content.decode()


def test_the_initiative_leads_there(part, plan_year, writer, client, at):
    client.force_login(writer)
    page = reverse(
        "initiatives:entry_detail", args=[plan_year.plan_id, plan_year.fiscal_year, part.entry.initiative_id]
    )
    assert at in client.get(page).content.decode()
