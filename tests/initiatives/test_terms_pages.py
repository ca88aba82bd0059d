"""用語集: the pages of 福祉総務課, and one press on the page of the department that writes."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from initiatives import dictionary
from initiatives.models import EntryPart, FieldChange, Initiative, PlanYear, Term
from initiatives.part_forms import ENTRY_FIELDS
from tests.factories import make_entry, make_initiative

pytestmark = pytest.mark.django_db
S = EntryPart.Status
TEXT = "子供の居場所を3回開いた。障がいのある人も来た。"


@pytest.fixture
def url(plan_year):
    return lambda name, **more: reverse(
        f"initiatives:{name}", kwargs={"plan_id": plan_year.plan_id, "fiscal_year": plan_year.fiscal_year} | more
    )


@pytest.fixture
def term(coordinator):
    return Term.objects.create(
        kind="spelling", word="子供", right="こども", why="条例の書き方。", created_by=coordinator
    )


@pytest.fixture
def office(client, coordinator):
    client.force_login(coordinator)
    return client


@pytest.fixture
def part(plan, plan_year, department):
    return make_entry(make_initiative(plan, "1-1-1-1", department), status=S.SUBMITTED, result=TEXT).parts.get()


def page_of(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "lxml")


def told(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


TYPED = {"kind": "spelling", "word": "子供", "right": "こども", "why": "", "allowed": "", "version": "1"}


# --- The dictionary -------------------------------------------------------------------------------------


def test_a_word_is_added_and_found_from_then_on(office, url, part, plan):
    answer = office.post(url("term_add"), TYPED | {"allowed": " 子供会連合会 \r\n\r\n"}, follow=True)
    assert told(answer) == ["「子供」を用語集に加えました。"]
    assert Term.objects.get().allowed == "子供会連合会"
    row = next(row for row in page_of(answer).select("tbody tr") if "子供" in row.th.get_text())
    assert [cell.get_text(" ", strip=True) for cell in row.select("td")[:4]] == ["こども", "表記", "－", "1か所 ：子供"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"word": ""}, "見つける書き方：ここを書いてください。"),
        ({"right": "子供"}, "見つける書き方と同じです。違うことばを書いてください。"),
        ({"allowed": "こども会"}, "「こども会」の中に「子供」がありません。「子供」を含むことばを書いてください。"),
        ({"word": "障がい", "right": "障害"}, "「障がい」は、もう用語集にあります。"),
        ({"word": "あ" * 61}, "61"),
        ({"word": "子\u200b供"}, "目に見えない"),
    ],
)
def test_what_cannot_be_added_is_said(office, url, plan_year, wrong, words):
    answer = office.post(url("term_add"), TYPED | wrong)
    assert answer.status_code == 422
    assert words in page_of(answer).main.get_text()
    assert Term.objects.count() == 0


def test_a_word_is_mended_with_history(office, url, term, coordinator):
    answer = office.post(url("term_edit", pk=term.pk), TYPED | {"right": "子ども"}, follow=True)
    assert told(answer) == ["「子供」を直しました。"]
    change = FieldChange.objects.get(field="right")
    assert (change.old, change.new, change.by) == ("こども", "子ども", coordinator)
    stale = office.post(url("term_edit", pk=term.pk), TYPED | {"right": "児童"})
    assert stale.status_code == 409
    assert Term.objects.get().right == "子ども"


def test_one_of_ayumis_own_is_stopped_with_a_reason_and_used_again(office, url, part, plan):
    ask = {"kind": "spelling", "word": "障がい", "used": "0"}
    refused = office.post(url("term_use"), ask)
    assert refused.status_code == 422
    assert "使わない理由を書いてください" in page_of(refused).select_one("[role=alert]").get_text()
    known = lambda: {words.word for words in dictionary.terms_of(plan.city_name).terms}  # noqa: E731
    assert "障がい" in known()
    office.post(url("term_use"), ask | {"reason": "条例に合わせる"})
    assert "障がい" not in known()
    assert FieldChange.objects.get(field="is_used").reason == "条例に合わせる"
    assert office.get(url("term_edit", pk=Term.objects.get().pk)).status_code == 404
    office.post(url("term_use"), ask | {"used": "1"})
    assert "障がい" in known()


def test_a_word_that_is_nowhere_in_the_dictionary(office, url, plan_year):
    assert office.post(url("term_use"), {"kind": "spelling", "word": "ない", "used": "1"}).status_code == 404


@pytest.mark.parametrize(("query", "count"), [("?q=こども", 1), ("?kind=mixed", 0), ("?kind=nonsense", None)])
def test_the_list_is_narrowed(office, url, term, query, count):
    lines = office.get(url("term_list") + query).context["lines"]
    everything = dictionary.lines(term.kind)
    assert len(lines) == (len(everything) if count is None else count)


@pytest.mark.parametrize("parts", [1, 3])
def test_queries_do_not_grow(office, url, term, plan, plan_year, department, parts, django_assert_num_queries):
    for number in range(parts):
        make_entry(make_initiative(plan, f"1-1-1-{number + 1}", department), status=S.SUBMITTED, result=TEXT)
    office.get(url("term_uses"))
    with django_assert_num_queries(9):
        office.get(url("term_uses"))


# --- Over the year --------------------------------------------------------------------------------------


def test_each_use_stands_where_it_can_be_dealt_with(office, url, plan, plan_year, department, term, part):
    for number, status in enumerate((S.DRAFT, S.APPROVED), 2):
        make_entry(make_initiative(plan, f"1-1-1-{number}", department), status=status, result="子供の会")
    groups = office.get(url("term_uses")).context["groups"]
    assert [(group.title, len(group.uses), group.may_mend) for group in groups] == [
        ("ここで直せるもの", 2, True),
        ("担当課が書いているもの", 1, False),
        ("承認されたもの", 1, False),
    ]
    [use] = office.get(f"{url('term_uses')}?word=障がい").context["groups"][0].uses
    assert [(piece.kind, piece.text) for piece in use.pieces] == [
        ("same", "子供の居場所を3回開いた。障"),
        ("del", "がい"),
        ("ins", "害"),
        ("same", "のある人も来た。"),
    ]


def test_the_ticked_ones_are_mended_as_a_correction(office, url, part, term, coordinator):
    page = page_of(office.get(url("term_uses")))
    keys = {box["aria-label"].split("「")[1].split("」")[0]: box["value"] for box in page.select("input[name=use]")}
    assert sorted(keys) == ["子供", "障がい"]
    answer = office.post(url("term_uses"), {"use": [keys["子供"]]}, follow=True)
    assert told(answer) == ["1件の文を直しました。軽微な修正として、変更の記録に残ります。"]
    part.refresh_from_db()
    assert (part.result, part.status) == (TEXT.replace("子供", "こども"), S.SUBMITTED)
    change = FieldChange.objects.get(model="initiatives.entrypart", field="result")
    assert (change.reason, change.by) == ("軽微な修正", coordinator)
    assert part.picked_up_by == coordinator


def test_both_words_of_one_text_at_once(office, url, part, term):
    keys = [box["value"] for box in page_of(office.get(url("term_uses"))).select("input[name=use]")]
    office.post(url("term_uses"), {"use": keys})
    part.refresh_from_db()
    assert part.result == "こどもの居場所を3回開いた。障害のある人も来た。"


@pytest.mark.parametrize("status", [S.APPROVED, S.DRAFT, S.RETURNED])
def test_what_is_not_in_the_hands_of_the_office_is_never_changed(office, url, part, term, status):
    key = page_of(office.get(url("term_uses"))).select_one("input[name=use]")["value"]
    approved = {"approved_at": "2025-05-01T00:00Z"} if status == S.APPROVED else {}
    EntryPart.objects.update(status=status, **approved)
    answer = office.post(url("term_uses"), {"use": [key]}, follow=True)
    assert told(answer) == ["1件は、見ているあいだに変わったので、直していません。"]
    part.refresh_from_db()
    assert part.result == TEXT


@pytest.mark.parametrize("field", ["target", "next_target", "low_rating_reason", "shared_result", "shared_issues"])
def test_what_an_entry_has_but_once_goes_with_its_lead(office, url, plan, term, department, other_department, field):
    entry = make_entry(
        make_initiative(plan, "1-1-1-1", department, other_department), status=S.SUBMITTED, **{field: "子供の会"}
    )
    entry.parts.filter(department=department).update(status=S.DRAFT)
    [group] = office.get(url("term_uses")).context["groups"]
    assert group.title == "担当課が書いているもの"
    entry.parts.filter(department=department).update(status=S.SUBMITTED)
    [group] = office.get(url("term_uses")).context["groups"]
    office.post(url("term_uses"), {"use": [group.uses[0].key]})
    entry.refresh_from_db()
    assert getattr(entry, field) == "こどもの会"
    change = FieldChange.objects.get(model="initiatives.yearlyentry", field=field)
    assert (change.old, change.reason) == ("子供の会", "軽微な修正")
    lead = entry.parts.get(department=department)
    told_there = page_of(office.get(url("review_part", pk=lead.pk))).main.get_text()
    assert ("軽微な修正：" in told_there) == (field in ENTRY_FIELDS)  # what the reader of a part reads


def test_words_of_the_plan_are_mended_as_long_as_the_year_is_open(office, url, plan, plan_year, department, term):
    make_initiative(plan, "1-1-1-1", department, description="子供の居場所をつくる。")
    [group] = office.get(url("term_uses")).context["groups"]
    assert (group.title, group.may_mend) == ("計画の文", True)
    keys = [use.key for use in group.uses]
    PlanYear.objects.update(status=PlanYear.Status.PUBLISHED)
    assert told(office.post(url("term_uses"), {"use": keys}, follow=True)) == [
        "1件は、見ているあいだに変わったので、直していません。"
    ]
    PlanYear.objects.update(status=PlanYear.Status.COLLECTING)
    office.post(url("term_uses"), {"use": keys})
    assert Initiative.objects.get().description == "こどもの居場所をつくる。"
    assert FieldChange.objects.get(model="initiatives.initiative").reason == "軽微な修正"


def test_a_text_that_moved_on_is_left(office, url, part, term):
    key = page_of(office.get(url("term_uses"))).select_one("input[name=use]")["value"]
    EntryPart.objects.update(version=part.version + 1, result="子供会")
    answer = office.post(url("term_uses"), {"use": [key]}, follow=True)
    assert told(answer) == ["1件は、見ているあいだに変わったので、直していません。"]
    assert EntryPart.objects.get().result == "子供会"


def test_nothing_ticked(office, url, part, term):
    assert told(office.post(url("term_uses"), follow=True)) == ["1件も選ばれていません。左の四角で選んでください。"]


# --- On the page of the department ------------------------------------------------------------------------


@pytest.fixture
def draft(part, client, writer):
    EntryPart.objects.update(status=S.DRAFT)
    client.force_login(writer)
    return part


def form_of(client, address) -> tuple[dict, BeautifulSoup]:
    page = page_of(client.get(address))
    fields = page.select_one("#part-form").select("input[name], textarea[name]")
    values = {
        each["name"]: each.get_text().removeprefix("\n") if each.name == "textarea" else each.get("value", "")
        for each in fields
        if each.get("type") != "radio" or each.has_attr("checked")
    }
    return values, page


def test_one_press_mends_the_word_in_what_was_typed(client, url, draft, term, writer):
    address = url("part_edit", pk=draft.pk)
    typed, page = form_of(client, address)
    buttons = {button.select_one(".vh").get_text(): button["value"] for button in page.select("button[value^='mend:']")}
    assert sorted(buttons) == ["：子供", "：障がい"]
    typed |= {"result": f"{TEXT}雨の日の子供も来た。", "then": buttons["：子供"]}
    answer = client.post(address, typed, follow=True)
    assert told(answer) == ["「子供」を「こども」に直しました。"]
    draft.refresh_from_db()
    assert draft.result == f"{TEXT}雨の日の子供も来た。".replace("子供", "こども")
    reasons = list(FieldChange.objects.filter(field="result").order_by("pk").values_list("reason", "by__username"))
    assert reasons == [("", "writer"), ("用語を直した", "writer")]


def test_a_word_that_is_gone_is_said(client, url, draft, term):
    address = url("part_edit", pk=draft.pk)
    typed, page = form_of(client, address)
    typed |= {"result": "会を開いた。", "then": page.select_one("button[value^='mend:']")["value"]}
    answer = client.post(address, typed, follow=True)
    assert told(answer) == ["その書き方は、もうありません。文を保存しました。"]
    draft.refresh_from_db()
    assert draft.result == "会を開いた。"


def test_the_reason_for_a_low_rating_is_looked_at_too(client, url, draft, term):
    entry = draft.entry
    entry.low_rating_reason = "子供が集まらなかった。"
    entry.save()
    EntryPart.objects.update(result="会を開いた。", issues="", self_rating="C")
    address = url("part_edit", pk=draft.pk)
    typed, page = form_of(client, address)
    typed["then"] = page.select_one("button[value^='mend:']")["value"]
    client.post(address, typed)
    entry.refresh_from_db()
    assert entry.low_rating_reason == "こどもが集まらなかった。"
