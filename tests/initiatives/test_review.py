import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from initiatives import history, workflow
from initiatives.models import EntryPart, FieldChange, PlanYear, Transition, YearlyEntry
from tests.factories import UserFactory, make_entry, make_initiative, move_back


@pytest.fixture
def address(plan_year):
    return lambda name, *args: reverse(f"initiatives:{name}", args=[plan_year.plan_id, plan_year.fiscal_year, *args])


@pytest.fixture
def office(client, coordinator):
    client.force_login(coordinator)
    return client


@pytest.fixture
def make(plan, department, writer):
    """A submitted part; the later ones are submitted later."""

    def inner(number: int = 1, *departments, **fields) -> EntryPart:
        initiative = make_initiative(plan, f"1-1-1-{number}", *(departments or (department,)))
        part = make_entry(initiative, status="submitted", **fields).parts.first()
        at = timezone.now() + timezone.timedelta(minutes=number)
        part.entry.parts.update(submitted_at=at, submitted_by=writer, self_rating="B")
        part.refresh_from_db()
        return part

    return inner


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def step(client, address, part, action, **data):
    return client.post(address("part_transition", part.pk, action), {"version": part.version} | data, follow=True)


# --- The steps ---------------------------------------------------------------------------------------


def test_a_step_is_taken_and_told_in_words(office, address, make):
    part = make()
    page = soup(step(office, address, part, "approve"))
    assert "1-1-1-1（高齢課）を承認しました。" in page.select_one(".messages").get_text()
    assert page.h1.get_text() == "1-1-1-1　取組1-1-1-1"  # the initiative's page
    part.refresh_from_db()
    assert (part.status, part.approved_by.username) == ("approved", "coordinator")


def test_only_a_place_on_this_site_is_gone_to_next(office, address, make):
    part, other = make(1), make(2)
    onward = address("review_part", other.pk)
    assert step(office, address, part, "approve", next=onward).redirect_chain == [(onward, 302)]
    away = step(office, address, other, "approve", next="https://example.com/")
    assert away.redirect_chain == [(address("entry_detail", other.entry.initiative_id), 302)]


@pytest.mark.parametrize("version", ["0", "2", "", "x"])
def test_the_words_read_are_the_words_approved(office, address, make, version):
    part = make()
    response = office.post(address("part_transition", part.pk, "approve"), {"version": version})
    assert response.status_code == 409
    assert "文が変わっていました" in response.content.decode()
    assert EntryPart.objects.get().status == "submitted"


def test_wrong_status_is_told_and_the_reason_typed_is_not_lost(office, address, make):
    part = make()
    EntryPart.objects.update(status="draft")
    response = office.post(
        address("part_transition", part.pk, "return"), {"version": part.version, "reason": "数を書いてください"}
    )
    assert response.status_code == 409
    assert "いまの状態は「作成中」なので、「差し戻す」はできません。" in response.content.decode()
    assert "数を書いてください" in response.content.decode()


def test_without_a_reason_nothing_is_returned(office, address, make):
    part = make()
    response = office.post(address("part_transition", part.pk, "return"), {"version": part.version, "reason": "　"})
    assert response.status_code == 409
    assert "理由を書いてください" in response.content.decode()
    too_long = office.post(address("part_transition", part.pk, "return"), {"version": 1, "reason": "あ" * 2001})
    assert "2000字まで" in too_long.content.decode()
    assert Transition.objects.count() == 0


def test_a_part_of_another_department_another_year_or_no_such_action_is_404(client, other, office, address, make, plan):
    part = make()
    assert office.post(address("part_transition", part.pk, "nonsense")).status_code == 404
    wrong_year = reverse("initiatives:part_transition", args=[plan.pk, 2023, part.pk, "approve"])
    PlanYear.objects.create(plan=plan, fiscal_year=2023)
    assert office.post(wrong_year).status_code == 404
    client.force_login(other)
    assert client.post(address("part_transition", part.pk, "approve")).status_code == 404


def test_get_is_405_and_strangers_sign_in(client, office, address, make):
    part = make()
    assert office.get(address("part_transition", part.pk, "approve")).status_code == 405
    client.logout()
    assert client.post(address("part_transition", part.pk, "approve")).status_code == 302
    assert EntryPart.objects.get().status == "submitted"


# --- The queue ---------------------------------------------------------------------------------------


def test_the_queue_begins_with_the_oldest(office, address, make):
    parts = [make(2), make(1), make(3)]
    EntryPart.objects.filter(pk=parts[2].pk).update(status="draft")
    page = soup(office.get(address("review_queue")))
    assert page.h1.get_text() == "2件が、確認を待っています"
    assert [cell.get_text() for cell in page.select("td.code")] == ["1-1-1-1", "1-1-1-2"]
    assert page.select_one(".btn--primary")["href"] == address("review_part", parts[1].pk)
    assert page.select_one(".gnav [aria-current]").get_text() == "確認 2件"


def test_the_queue_is_narrowed_and_stays_so(office, address, make, department, other_department, plan):
    first, second = make(1), make(2, other_department)
    elsewhere = make_entry(make_initiative(plan, "2-1-1-1", department), status="submitted").parts.get()
    third = make(3)

    def codes(query):
        return [cell.get_text() for cell in soup(office.get(address("review_queue") + query)).select("td.code")]

    assert codes(f"?department={department.pk}&goal=1") == ["1-1-1-1", "1-1-1-3"]
    assert codes("?goal=2") == ["2-1-1-1"]
    assert codes("?department=x&goal=") == codes("")
    query = f"?department={department.pk}&goal=1"
    page = soup(office.get(address("review_queue") + query))
    assert page.h1.get_text() == "4件が、確認を待っています" and "2件にしぼりこんでいます。" in page.get_text()
    assert [option.get_text() for option in page.select("#f-department option")] == ["すべて", "高齢課", "防災課"]
    one = soup(office.get(page.select_one(".page-head__tools a")["href"]))
    assert "しぼりこんだ2件中 1件目" in one.select_one("nav[aria-label=確認の順番]").get_text()
    assert one.select_one("a[rel=next]")["href"] == address("review_part", third.pk) + query
    form = one.select_one(".actionbar form")
    sent = {field["name"]: field["value"] for field in form.select("input") if field["name"] != "csrfmiddlewaretoken"}
    assert office.post(form["action"], sent)["Location"] == address("review_part", third.pk) + query
    many = page.select_one("main form[method=post]")["action"]
    assert office.post(many, {"part": f"{third.pk}:{third.version}"})["Location"] == address("review_queue") + query
    assert "この条件で確認を待っているものはありません" in office.get(address("review_queue") + query).content.decode()
    assert {part.status for part in EntryPart.objects.filter(pk__in=[first.pk, third.pk])} == {"approved"}
    assert {part.status for part in EntryPart.objects.filter(pk__in=[second.pk, elsewhere.pk])} == {"submitted"}


def test_what_was_sent_back_and_has_not_come_again(office, address, make, coordinator, manager, writer, plan_year):
    """Also when the 課長 sent it back to the writer since; not when it came again or only the 課長 sent it back."""
    waiting, between, fresh, withdrawn, inside = (make(number) for number in range(1, 6))
    for part in (waiting, between, fresh, withdrawn):
        workflow.perform(part, "return", by=coordinator, plan_year=plan_year, reason="数を")
    for part in (between, withdrawn):
        workflow.perform(part, "request_confirmation", by=writer, plan_year=plan_year)
    workflow.perform(between, "return", by=manager, plan_year=plan_year, reason="まだ")
    workflow.perform(withdrawn, "submit", by=manager, plan_year=plan_year)
    workflow.perform(withdrawn, "withdraw", by=writer, plan_year=plan_year)
    workflow.perform(withdrawn, "request_confirmation", by=writer, plan_year=plan_year)
    workflow.perform(withdrawn, "return", by=manager, plan_year=plan_year, reason="まだ")
    workflow.perform(inside, "withdraw", by=writer, plan_year=plan_year)
    workflow.perform(inside, "request_confirmation", by=writer, plan_year=plan_year)
    workflow.perform(inside, "return", by=manager, plan_year=plan_year, reason="まだ")
    move_back(Transition.objects.exclude(part=fresh), timezone.timedelta(days=8))
    links = soup(office.get(address("review_queue"))).select("section[aria-labelledby=h-unanswered] a")
    assert [link["href"] for link in links] == [address("review_part", part.pk) for part in (waiting, between)]


def test_nothing_to_review_is_told(office, address, plan_year):
    assert "確認を待っているものはありません" in soup(office.get(address("review_queue"))).h1.get_text()


def test_many_are_approved_and_those_that_could_not_are_named(office, address, coordinator, make):
    parts = [make(1), make(2), make(3), make(4)]
    EntryPart.objects.filter(pk=parts[1].pk).update(submitted_by=coordinator)
    ticks = [f"{part.pk}:{part.version}" for part in parts[:3]] + ["nonsense"]
    history.save_changes(parts[2], {"result": "あとから変えた文"}, by=None)
    page = soup(office.post(address("approve_many"), {"part": ticks}, follow=True))
    assert "1件を承認しました。" in page.select_one(".messages").get_text()
    refused = [item.get_text() for item in page.select(".notice--warn li")]
    assert len(refused) == 2
    assert "1-1-1-3" in refused[0] and "文が変わっていました" in refused[0]
    assert "1-1-1-2" in refused[1] and "自分が提出したものは、自分では承認できません" in refused[1]
    assert soup(office.get(address("review_queue"))).select(".notice--warn") == []
    statuses = EntryPart.objects.order_by("pk").values_list("status", flat=True)
    assert list(statuses) == ["approved", "submitted", "submitted", "submitted"]


def test_nothing_ticked_is_told(office, address, make):
    make()
    page = soup(office.post(address("approve_many"), follow=True))
    assert "1件も選ばれていないか" in page.select_one(".messages").get_text()


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_queue_do_not_grow(office, address, make, count, django_assert_num_queries):
    for number in range(1, count + 1):
        make(number)
    office.get(address("review_queue"))
    with django_assert_num_queries(10):
        office.get(address("review_queue"))


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_one_part_do_not_grow(
    office, address, make, department, other_department, count, django_assert_num_queries
):
    part = make(1, department, *([other_department] if count > 1 else []))
    for number in range(2, count + 1):
        make(number)
    office.get(address("review_part", part.pk))
    with django_assert_num_queries(17):
        office.get(address("review_part", part.pk))


# --- One part ----------------------------------------------------------------------------------------


def test_approve_and_go_to_the_next(office, address, make):
    first, second, third = make(1), make(2), make(3)
    page = soup(office.get(address("review_part", second.pk)))
    order = page.select_one("nav[aria-label=確認の順番]")
    assert [link["href"] for link in order.select("a")] == [
        address("review_part", first.pk),
        address("review_part", third.pk),
    ]
    assert "3件中 2件目" in order.get_text()
    form = page.select_one(".actionbar form")
    assert form.button.get_text() == "承認して次へ"
    sent = {field["name"]: field["value"] for field in form.select("input") if field["name"] != "csrfmiddlewaretoken"}
    after = soup(office.post(form["action"], sent, follow=True))
    assert after.h1.get_text() == "1-1-1-3　取組1-1-1-3" and after.h1.has_attr("data-focus")
    # After the last one those that were passed over are still there.
    onward = after.select_one(".actionbar form input[name=next]")["value"]
    assert onward == address("review_part", first.pk)


def test_a_return_is_kept_and_shown_with_its_reason(office, client, writer, address, make, coordinator):
    part = make()
    page = soup(office.get(address("review_part", part.pk)))
    assert "この文は、そのまま高齢課に届きます。" in page.select_one("#hint-reason").get_text()
    step(office, address, part, "return", reason="令和6年度に\n行ったことを書いてください。")
    record = Transition.objects.get()
    assert (record.action, record.reason, record.by) == (
        "return", "令和6年度に\n行ったことを書いてください。", coordinator,
    )  # fmt: skip
    EntryPart.objects.update(status="submitted")
    thread = soup(office.get(address("review_part", part.pk))).select_one("section[aria-labelledby=h-events]")
    assert "行ったことを書いてください。" in thread.get_text() and "差し戻しました" in thread.get_text()


def test_what_is_different_from_the_text_that_was_returned(office, address, coordinator, writer, plan_year, make):
    part = make(result="訓練を15回行った。", issues="続ける。")
    part.department.manager_step = False
    part.department.save()
    workflow.perform(part, "return", by=coordinator, plan_year=plan_year, reason="今年の数を")
    history.save_changes(part, {"result": "訓練を16回"}, by=writer)
    history.save_changes(part, {"result": "訓練を18回行った。", "self_rating": "A"}, by=writer)
    workflow.perform(part, "submit", by=writer, plan_year=plan_year)
    page = soup(office.get(address("review_part", part.pk)))
    text = page.select_one("section[aria-labelledby=h-result] .rv__text")
    assert (text.select_one("del").get_text(), text.select_one("ins").get_text()) == ("15", "18")
    assert "変わっていません" in page.select_one("section[aria-labelledby=h-issues]").get_text()
    assert "前の版はB" in page.select_one("section[aria-labelledby=h-self_rating]").get_text()
    now = soup(office.get(address("review_part", part.pk), {"with": "now"}))
    assert now.select(".rv__text del") == []


def test_last_year_stands_beside_and_the_same_text_is_marked(office, address, make, department):
    part = make(result="続けている。")
    make_entry(part.entry.initiative, 2023, result="続けている。", rating="C", target="20回")
    page = soup(office.get(address("review_part", part.pk), {"with": "last"}))
    side = page.select_one("section[aria-labelledby=h-last]").get_text()
    assert "続けている。" in side and "20回" in side and "C" in side
    assert "令和5年度と同じ文です。" in page.select_one("section[aria-labelledby=h-result]").get_text()


def test_the_co_owners_parts_and_the_disagreement_are_shown(office, address, make, department, other_department):
    part = make(1, department, other_department)
    EntryPart.objects.filter(department=other_department).update(self_rating="D", status="draft")
    page = soup(office.get(address("review_part", part.pk)))
    others = page.select_one("section[aria-labelledby=h-others]").get_text()
    assert "防災課の実績" in others and "作成中" in others
    assert "高齢課はB、防災課はD" in page.select_one("section[aria-labelledby=h-self_rating]").get_text()


def test_what_one_submitted_oneself_cannot_be_approved_and_the_page_says_why(office, address, coordinator, make):
    part = make()
    EntryPart.objects.update(submitted_by=coordinator)
    bar = soup(office.get(address("review_part", part.pk))).select_one(".actionbar")
    assert "自分が提出したものは、自分では承認できません" in bar.get_text()
    assert "承認して次へ" not in bar.get_text()
    response = office.post(address("part_transition", part.pk, "approve"), {"version": part.version})
    assert (response.status_code, EntryPart.objects.get().status) == (409, "submitted")


def test_what_is_not_submitted_is_shown_without_steps(office, address, make):
    part = make()
    EntryPart.objects.update(status="draft")
    bar = soup(office.get(address("review_part", part.pk))).select_one(".actionbar")
    assert "いまの状態は「作成中」です" in bar.get_text()
    assert bar.select("form") == []


def test_the_initiative_page_offers_the_steps(office, client, address, make, manager, writer):
    part = make()
    page = soup(office.get(address("entry_detail", part.entry.initiative_id)))
    actions = [form["action"] for form in page.select(f"section[aria-labelledby=h-step-{part.pk}] form")]
    assert actions == [address("part_transition", part.pk, name) for name in ("return", "approve")]
    step(office, address, part, "approve")
    page = soup(office.get(address("entry_detail", part.entry.initiative_id)))
    form = page.select_one(f"section[aria-labelledby=h-step-{part.pk}] form")
    assert form["action"] == address("part_transition", part.pk, "reopen")
    step(office, address, part, "reopen", reason="数が違うと連絡があった")
    assert EntryPart.objects.get().status == "returned"


# --- 軽微な修正 ---------------------------------------------------------------------------------------


def test_a_correction_is_flagged(office, address, coordinator, make):
    part = make(result="15回行た。", issues="続ける。\nつぎも。")
    sent = {"version": part.version, "result": "15回行った。", "issues": "続ける。\r\nつぎも。"}
    page = soup(office.post(address("part_correct", part.pk), sent, follow=True))
    assert "文を直しました。" in page.select_one(".messages").get_text()
    change = FieldChange.objects.get()
    assert (change.field, change.old, change.new, change.reason, change.by) == (
        "result", "15回行た。", "15回行った。", "軽微な修正", coordinator,
    )  # fmt: skip
    assert "軽微な修正：実績" in page.select_one("section[aria-labelledby=h-events]").get_text()
    part.refresh_from_db()
    assert (part.status, part.issues, part.version) == ("submitted", "続ける。\nつぎも。", 2)
    detail = soup(office.get(address("entry_detail", part.entry.initiative_id)))
    assert "軽微な修正" in detail.select_one("section[aria-labelledby=h-history]").get_text()


def test_a_correction_never_touches_the_rating(office, address, make):
    part = make(result="15回行た。")
    sent = {"version": part.version, "result": "15回行った。", "issues": part.issues, "self_rating": "D", "rating": "D"}
    office.post(address("part_correct", part.pk), sent)
    part.refresh_from_db()
    assert (part.result, part.self_rating, part.entry.rating) == ("15回行った。", "B", "")


def test_a_stale_correction_shows_both_texts_and_overwrites_nothing(office, address, make):
    part = make(result="元の文")
    history.save_changes(part, {"result": "課が直した文"}, by=None)
    response = office.post(address("part_correct", part.pk), {"version": 1, "result": "私が直した文", "issues": ""})
    assert response.status_code == 409
    page = soup(response)
    assert "私が直した文" in page.get_text()
    assert [mark.get_text() for mark in page.select("section del")][:1] == ["課"]
    assert EntryPart.objects.get().result == "課が直した文"


def test_a_correction_may_not_empty_the_text_or_reach_an_approved_part(office, address, make):
    part = make()
    sent = {"version": part.version, "result": " ", "issues": "続ける。"}
    assert office.post(address("part_correct", part.pk), sent).status_code == 422
    step(office, address, part, "approve")
    refused = office.post(address("part_correct", part.pk), sent | {"result": "直した"})
    assert refused.status_code == 409
    assert EntryPart.objects.get().result == "高齢課の実績"


# --- The rating of the initiative ---------------------------------------------------------------------


def test_another_rating_with_a_reason(office, address, make, department, other_department):
    part = make(1, department, other_department)
    sent = {"entry_version": 1, "rating": "C", "rating_reason": "半分が中止"}
    page = soup(office.post(address("rating_set", part.pk), sent, follow=True))
    assert "半分が中止" in page.select_one("section[aria-labelledby=h-self_rating]").get_text()
    assert office.post(address("rating_set", part.pk), sent | {"rating": "D"}).status_code == 409
    no_reason = {"entry_version": 2, "rating": "D", "rating_reason": ""}
    assert office.post(address("rating_set", part.pk), no_reason).status_code == 422
    assert YearlyEntry.objects.get().rating == "C"


def test_a_finalized_year_keeps_its_rating(office, address, make):
    part = make()
    PlanYear.objects.update(status=PlanYear.Status.FINALIZED)
    sent = {"entry_version": 1, "rating": "C", "rating_reason": "半分が中止"}
    response = office.post(address("rating_set", part.pk), sent)
    assert (response.status_code, YearlyEntry.objects.get().rating) == (409, "")
    assert "「確定」なので、変えられません" in response.content.decode()


@pytest.mark.parametrize("role", ["writer", "other", "manager", "admin"])
def test_others_may_not_review(client, request, address, make, role):
    part = make()
    client.force_login(request.getfixturevalue(role))
    assert client.get(address("review_queue")).status_code == 403
    assert client.get(address("review_part", part.pk)).status_code == 403
    assert client.post(address("approve_many"), {"part": f"{part.pk}:1"}).status_code == 403
    assert EntryPart.objects.get().status == "submitted"


def test_a_colleague_may_approve_what_one_submitted(client, address, coordinator, make):
    part = make()
    EntryPart.objects.update(submitted_by=coordinator)
    client.force_login(UserFactory(role="coordinator"))
    step(client, address, part, "approve")
    assert EntryPart.objects.get().status == "approved"
