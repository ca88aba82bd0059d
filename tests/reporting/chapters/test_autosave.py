"""A chapter saved as somebody types: nothing is refused that may still become right, and history gets one line a sitting."""

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from accounts.models import User
from initiatives.models import FieldChange, PendingChange, PlanYear
from ledger.models import LedgerEntry
from reporting.models import Chapter, CityEvent
from tests.factories import UserFactory
from tests.reporting.chapters.conftest import address, soup

pytestmark = pytest.mark.django_db


def send(client, year, text="", *, kind="vision", version=0, draft=True, **more):
    headers = {"X-Autosave": "1"} if draft else {}
    return client.post(address(year, kind=kind), {"text": text, "version": version, **more}, headers=headers)


@pytest.fixture
def colleague(db):
    return UserFactory(name="もう一人", role=User.Role.COORDINATOR)


def history() -> list[tuple]:
    changes = FieldChange.objects.filter(model="reporting.chapter").order_by("pk")
    return [(change.field, change.old, change.new, change.by.name) for change in changes]


def test_a_sitting_becomes_one_change(office, year, goal):
    answer = send(office, year, "打った").json()
    assert answer | {"saved_at": ""} == {"version": 2, "saved_at": "", "status": "draft", "status_label": "下書き"}
    assert send(office, year, "打った文", version=2).json()["version"] == 3
    assert (Chapter.objects.get().text, history(), LedgerEntry.objects.count()) == ("打った文", [], 0)
    page = soup(office.get(address(year, "chapter_history")))
    assert page.select_one("section[aria-labelledby=h-begun] ins").get_text() == "打った文"
    response = send(office, year, "打った文。", version=3, draft=False)
    assert response.status_code == 302
    assert history() == [("text", "", "打った文", "とりまとめ"), ("text", "打った文", "打った文。", "とりまとめ")]
    assert PendingChange.objects.count() == 0


def test_to_save_what_is_saved_already_is_said_to_be_saved(office, year, goal):
    send(office, year, "打った文")
    send(office, year, "打った文", version=2, draft=False)
    assert "保存しました。" in office.get(address(year)).content.decode()
    assert history() == [("text", "", "打った文", "とりまとめ")]
    send(office, year, "打った文", version=2, draft=False)
    assert "変わったところはありません。" in office.get(address(year)).content.decode()


def test_what_is_undone_while_typing_leaves_no_trace(office, year, goal):
    Chapter.objects.create(plan=year.plan, fiscal_year=2024, goal=goal, kind="vision", text="前の文。")
    send(office, year, "前の文を消した", version=1)
    send(office, year, "前の文。", version=2)
    send(office, year, "前の文。", version=3, draft=False)
    assert history() == []


@pytest.mark.parametrize("text", ["まだ{{目標", "{{ない}}", "［注 ない］"])
def test_what_cannot_be_read_yet_is_kept_and_told_when_it_is_saved(office, year, goal, text):
    assert send(office, year, text).status_code == 200
    assert Chapter.objects.get().text == text
    assert send(office, year, text, version=2, draft=False).status_code == 422
    assert send(office, year, text, version=2, draft=False, then="confirm").status_code == 422
    assert Chapter.objects.get().state == "draft"


def test_what_must_never_be_kept_is_refused_in_words(office, year, goal):
    response = send(office, year, "見え\u202eない")
    assert (response.status_code, response.json()["kind"]) == (422, "invalid")
    assert "目に見えない文字" in response.json()["words"]
    assert not Chapter.objects.exists()
    assert send(office, year, "文", version="").json()["kind"] == "invalid"


def test_a_half_written_row_is_kept_and_not_confirmed(office, year, goal):
    rows = {"when": ["4月", "5月", ""], "what": ["始めた", "", ""]}
    assert send(office, year, "国の動き。", kind="social_trends", **rows).status_code == 200
    assert list(CityEvent.objects.values_list("when", "what")) == [("4月", "始めた"), ("5月", "")]
    rows["what"][1] = "続けた"
    send(office, year, "国の動き。", kind="social_trends", version=2, **rows)
    send(office, year, "国の動き。", kind="social_trends", version=3, draft=False, **rows)
    assert history() == [
        ("text", "", "国の動き。", "とりまとめ"),
        ("events", "", "4月　始めた\n5月　続けた", "とりまとめ"),
    ]
    CityEvent.objects.filter(position=2).update(what="")
    send(office, year, "国の動き。", kind="social_trends", version=3, draft=False, then="confirm", when=["4月", "5月"], what=["始めた", ""])  # fmt: skip
    assert Chapter.objects.get().state == "draft"


def test_the_same_words_sent_again_are_no_clash(office, year, goal):
    """The answer was lost on the way: the page still has the older version."""
    send(office, year, "打った文")
    answer = send(office, year, "打った文")
    assert (answer.status_code, answer.json()["version"]) == (200, 2)


def test_a_colleague_who_was_first_is_named_and_kept(office, colleague, year, goal):
    Chapter.objects.create(
        plan=year.plan, fiscal_year=2024, goal=goal, kind="vision", text="先の文。", author=colleague, version=3
    )
    response = send(office, year, "あとの文。", version=2)
    assert response.status_code == 409
    assert response.json() == {"kind": "clash", "words": "もう一人さんがこの章を先に保存しました。"}
    assert Chapter.objects.get().text == "先の文。"
    assert send(office, year, "あとの文。", version=0).json()["kind"] == "clash"


def test_another_tab_of_the_same_person(office, year, goal):
    send(office, year, "一つ目の画面")
    assert send(office, year, "二つ目の画面").json()["words"] == "別の画面で、あなたがこの章を先に保存しました。"


def test_who_goes_on_writing_leaves_the_first_ones_words_in_the_history(client, coordinator, colleague, year, goal):
    client.force_login(coordinator)
    send(client, year, "一人目の文")
    client.force_login(colleague)
    send(client, year, "二人目の文", version=2)
    assert history() == [("text", "", "一人目の文", "とりまとめ")]
    send(client, year, "二人目の文", version=3, draft=False)
    assert history()[1:] == [("text", "一人目の文", "二人目の文", "もう一人")]


def test_what_is_confirmed_or_locked_is_closed(office, coordinator, year, goal):
    send(office, year, "打った文")
    Chapter.objects.update(state="confirmed", confirmed_by=coordinator, confirmed_at=timezone.now())
    response = send(office, year, "あとの文", version=2)
    assert (response.status_code, response.json()["kind"]) == (409, "closed")
    Chapter.objects.update(state="draft", confirmed_by=None, confirmed_at=None)
    PlanYear.objects.update(status=PlanYear.Status.FINALIZED)
    assert send(office, year, "あとの文", version=2).json()["kind"] == "closed"
    assert Chapter.objects.get().text == "打った文"


def test_to_confirm_settles_what_was_typed(office, year, goal):
    send(office, year, "打った文。")
    send(office, year, "打った文。", version=2, draft=False, then="confirm")
    assert [change[:3] for change in history()] == [("text", "", "打った文。"), ("state", "下書き", "確認済")]


def test_the_page_says_what_is_saved(office, year, goal):
    CityEvent.objects.create(plan=year.plan, fiscal_year=2024, goal=goal, position=1, when="4月", what="始めた")
    Chapter.objects.create(plan=year.plan, fiscal_year=2024, goal=goal, kind="social_trends", text="国の\n動き。")
    response = send(office, year, "{{x}}", kind="social_trends", version=1, draft=False, when=["4月"], what=["直した"])
    form = BeautifulSoup(response.content, "html.parser").select_one("#chapter-form")
    seen = {field["name"]: field["value"] for field in form.select("input[name^=seen-]")}
    assert seen == {"seen-text": "国の\n動き。", "seen-events": "4月\t始めた"}
    assert form["data-autosave"] == f"chapter-{year.plan_id}-R6-1-social_trends"


def test_an_empty_page_makes_no_chapter(office, year, goal):
    assert send(office, year, "").json()["version"] == 0
    assert not Chapter.objects.exists()


@pytest.mark.parametrize("role", [User.Role.STAFF, User.Role.ADMIN])
def test_nobody_else(client, year, goal, role):
    client.force_login(UserFactory(role=role))
    assert send(client, year, "文").status_code == 403
