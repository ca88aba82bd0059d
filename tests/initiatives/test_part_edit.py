from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from initiatives import completeness, history, listing
from initiatives.models import EntryPart, FieldChange, InitiativeDepartment, PendingChange, PlanYear
from reporting.assemble import assemble
from tests.factories import DepartmentFactory, PlanYearFactory, make_entry, make_initiative, make_part

S = EntryPart.Status


@pytest.fixture
def entry(plan, plan_year, department, other_department):
    """A joint initiative, 高齢課 as the lead."""
    initiative = make_initiative(plan, "1-1-1-1", department, other_department, name="見守り")
    return make_entry(initiative, status=S.DRAFT, target="10件", result="下書き", issues="課題")


@pytest.fixture
def part(entry, department):
    return entry.parts.get(department=department)


def address(part) -> str:
    entry = part.entry
    return reverse("initiatives:part_edit", args=[entry.initiative.plan_id, entry.fiscal_year, part.pk])


def sent(part, **texts) -> dict:
    """What a browser sends after the person has typed `texts`."""
    data = {"version": part.version, "entry_version": part.entry.version}
    for name in ("result", "self_rating", "issues", "not_applicable_reason"):
        data[name] = data[f"seen-{name}"] = getattr(part, name)
    for name in ("low_rating_reason", "next_target"):
        data[name] = data[f"seen-{name}"] = getattr(part.entry, name)
    return data | texts


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def autosave(client, part, **texts):
    return client.post(address(part), sent(part, **texts), headers={"X-Autosave": "1"})


def text_of(part) -> str:
    return EntryPart.objects.get(pk=part.pk).result


# --- The page's five --------------------------------------------------------------------------------


def test_works(client, writer, plan, part):
    PlanYearFactory(plan=plan, fiscal_year=2023)
    make_entry(part.entry.initiative, 2023, target="8件", result="去年は9件。", rating="B")
    client.force_login(writer)
    page = soup(client.get(address(part)))
    assert page.select_one("h1").get_text() == "1-1-1-1　見守り"
    assert page.select_one("textarea[name=result]").get_text().strip() == "下書き"
    assert page.select_one("#pair-result .pair__last").get_text(" ", strip=True) == "令和5年度の実績 去年は9件。"
    assert "昨年度は6字。" in page.select_one("#pair-result .under").get_text()
    assert [button.get_text() for button in page.select(".actionbar button")] == ["保存する", "課長に送る"]
    assert page.select_one("ol.steps [aria-current]").get_text() == "作成中"


def test_login_required(client, part):
    assert client.get(address(part))["Location"] == f"{reverse('accounts:login')}?next={address(part)}"


def test_other_department_404(client, writer, plan, plan_year, other_department):
    hidden = make_entry(make_initiative(plan, "1-1-1-2", other_department), status=S.DRAFT).parts.get()
    client.force_login(writer)
    assert client.get(address(hidden)).status_code == 404
    assert client.post(address(hidden), sent(hidden, result="x")).status_code == 404
    assert autosave(client, hidden, result="x").status_code == 404


def test_a_co_owner_reads_but_does_not_write(client, other, part):
    client.force_login(other)
    response = client.get(address(part))
    assert response.status_code == 302
    assert response["Location"] == reverse(
        "initiatives:entry_detail", args=[part.entry.initiative.plan_id, 2024, part.entry.initiative_id]
    )
    response = client.post(address(part), sent(part, result="書きかえ"))
    assert response.status_code == 409
    assert "この欄を書けるのは、高齢課の人です。" in response.content.decode()
    assert autosave(client, part, result="書きかえ").json()["kind"] == "closed"
    assert text_of(part) == "下書き"


def test_put_405(client, writer, part):
    client.force_login(writer)
    assert client.put(address(part)).status_code == 405


def test_the_part_of_another_year_is_404(client, writer, plan, part):
    PlanYearFactory(plan=plan, fiscal_year=2025)
    client.force_login(writer)
    wrong = reverse("initiatives:part_edit", args=[plan.pk, 2025, part.pk])
    assert client.get(wrong).status_code == 404


# --- Saving -----------------------------------------------------------------------------------------


def test_saves_with_history(client, writer, part):
    client.force_login(writer)
    response = client.post(address(part), sent(part, result="12件\r\n行った。  ", self_rating="A", next_target="14件"))
    assert response["Location"] == address(part)
    part = EntryPart.objects.select_related("entry").get(pk=part.pk)
    assert (part.result, part.self_rating, part.entry.next_target) == ("12件\n行った。", "A", "14件")
    changes = {change.field: (change.old, change.new, change.by) for change in FieldChange.objects.all()}
    assert changes == {
        "result": ("下書き", "12件\n行った。", writer),
        "self_rating": ("", "A", writer),
        "next_target": ("", "14件", writer),
    }


def test_the_first_word_starts_the_part(client, writer, plan, plan_year, department):
    entry = make_entry(make_initiative(plan, "1-1-1-2", department), status=S.NOT_STARTED)
    part = entry.parts.get()
    client.force_login(writer)
    client.get(address(part))
    assert EntryPart.objects.get(pk=part.pk).status == S.NOT_STARTED
    answer = autosave(client, part, result="はじめの一語").json()
    assert (answer["status"], answer["version"]) == (S.DRAFT, 2)
    assert EntryPart.objects.get(pk=part.pk).status == S.DRAFT


def test_autosave_answers_with_the_versions(client, writer, part):
    client.force_login(writer)
    answer = autosave(client, part, result="書いた")
    body = answer.json()
    assert body.pop("saved_at") == timezone.localtime().strftime("%H:%M")
    assert body == {
        "version": 2,
        "entry_version": 1,
        "status": "draft",
        "status_label": "作成中",
        "numbers": {"rate": "", "band": "", "warning": ""},
        "newer": False,
    }


def test_the_same_words_sent_twice_are_one_change(client, writer, part):
    """The answer was lost on the way, so the browser sends once more with the old version."""
    client.force_login(writer)
    assert autosave(client, part, result="書いた").json()["version"] == 2
    again = autosave(client, part, result="書いた")
    assert (again.status_code, again.json()["version"]) == (200, 2)
    assert (PendingChange.objects.count(), FieldChange.objects.count()) == (1, 0)


def test_the_button_makes_one_line_of_history_of_what_was_typed(client, writer, part):
    client.force_login(writer)
    version = part.version
    for text in ("ひ", "ひと", "ひとつ"):
        data = sent(part, result=text) | {"version": version}
        version = client.post(address(part), data, headers={"X-Autosave": "1"}).json()["version"]
        part.refresh_from_db()
    assert FieldChange.objects.count() == 0
    page = soup(
        client.get(
            reverse("initiatives:entry_detail", args=[part.entry.initiative.plan_id, 2024, part.entry.initiative_id])
        )
    )
    assert "書く人さんが、" in page.select_one("[aria-labelledby=h-history] .msg").get_text()
    # Nothing is left to save when the button is pressed: the step is what it adds.
    assert client.post(address(part), sent(part)).status_code == 302
    assert [(change.old, change.new) for change in FieldChange.objects.all()] == [("下書き", "ひとつ")]


def test_who_it_was_is_told_while_a_colleague_still_types(client, writer, manager, part):
    mine = sent(part, result="私の文")
    client.force_login(manager)
    autosave(client, part, result="課長の書きかけ")
    client.force_login(writer)
    answer = client.post(address(part), mine, headers={"X-Autosave": "1"}).json()
    assert answer["words"] == "課長さんが同じ欄を先に保存しました。"
    page = soup(client.post(address(part), mine))
    assert f"課長さんが{timezone.localtime():%H:}" in page.select_one("[role=alert]").get_text()


def test_a_clash_shows_both_and_loses_nothing(client, writer, manager, part):
    mine = sent(part, result="私の文")
    history.save_changes(part, {"result": "課長の文"}, by=manager)
    client.force_login(writer)
    response = client.post(address(part), mine)
    page = soup(response)
    assert response.status_code == 409
    assert "課長さんが" in page.select_one("[role=alert]").get_text()
    assert page.select_one("textarea[name=result]").get_text().strip() == "私の文"
    assert page.select_one("#saved-result").get_text() == "課長の文"
    assert text_of(part) == "課長の文"
    # The form now carries the newer version: the person has seen both, and decides.
    values = {box["name"]: box["value"] for box in page.select("#part-form input[type=hidden]")}
    values["self_rating"] = page.select_one("input[name=self_rating][checked]")["value"]
    values |= {box["name"]: box.get_text().removeprefix("\n") for box in page.select("#part-form textarea")}
    assert client.post(address(part), values | {"result": "二人の文"}).status_code == 302
    assert text_of(part) == "二人の文"


def test_autosave_never_overwrites_a_colleague(client, writer, manager, part):
    mine = sent(part, result="私の文")
    history.save_changes(part, {"result": "課長の文"}, by=manager)
    client.force_login(writer)
    response = client.post(address(part), mine, headers={"X-Autosave": "1"})
    assert (response.status_code, response.json()["kind"]) == (409, "clash")
    assert text_of(part) == "課長の文"


def test_a_field_left_alone_does_not_carry_an_old_text(client, writer, manager, part):
    mine = sent(part, issues="私の課題")
    history.save_changes(part, {"result": "課長の文"}, by=manager)
    client.force_login(writer)
    answer = client.post(address(part), mine, headers={"X-Autosave": "1"}).json()
    part.refresh_from_db()
    assert (part.result, part.issues, answer["newer"]) == ("課長の文", "私の課題", True)
    # The page still shows the old text, now with the new version: it must not come back with the next save either.
    mine |= {"version": answer["version"], "issues": "もう一度", "seen-issues": "私の課題"}
    client.post(address(part), mine, headers={"X-Autosave": "1"})
    part.refresh_from_db()
    assert (part.result, part.issues) == ("課長の文", "もう一度")


def test_a_newer_version_does_not_make_an_older_text_a_newer_one(client, writer, manager, part):
    """The page saved one field and so has the new version; what it shows in another field is still the old text."""
    mine = sent(part, issues="私の課題")
    history.save_changes(part, {"result": "課長の文"}, by=manager)
    client.force_login(writer)
    answer = client.post(address(part), mine, headers={"X-Autosave": "1"}).json()
    mine |= {"version": answer["version"], "seen-issues": "私の課題", "result": "私の文"}
    assert client.post(address(part), mine, headers={"X-Autosave": "1"}).json()["kind"] == "clash"
    assert text_of(part) == "課長の文"


@pytest.mark.parametrize("name", ["result", "issues", "low_rating_reason", "next_target", "not_applicable_reason"])
def test_an_invisible_character_is_told_and_the_text_stays(client, writer, part, name):
    client.force_login(writer)
    response = client.post(address(part), sent(part, **{name: "見え\u202eない"}))
    page = soup(response)
    assert response.status_code == 422
    assert "U+202E" in page.select_one(f"#id_{name}_error").get_text()
    assert page.select_one(f"textarea[name={name}]").get_text().strip() == "見え\u202eない"
    answer = autosave(client, part, **{name: "見え\u202eない"})
    assert (answer.status_code, answer.json()["kind"]) == (422, "invalid")
    assert not FieldChange.objects.exists()


def test_an_invalid_text_does_not_hide_a_clash(client, writer, manager, part):
    mine = sent(part, result="私の\u202e文")
    history.save_changes(part, {"result": "課長の文"}, by=manager)
    client.force_login(writer)
    page = soup(client.post(address(part), mine))
    assert page.select_one("input[name=version]")["value"] == "1"
    assert page.select_one("input[name=seen-result]")["value"] == "下書き"


@pytest.mark.parametrize("letter", ["E", "AA", " A"])
def test_only_a_letter_of_the_scale_is_a_rating(client, writer, part, letter):
    EntryPart.objects.filter(pk=part.pk).update(self_rating="B")
    part.refresh_from_db()
    client.force_login(writer)
    assert autosave(client, part, self_rating=letter).status_code == 422
    assert autosave(client, part, self_rating="B", result="数えた").status_code == 200
    assert EntryPart.objects.get(pk=part.pk).self_rating == "B"


def test_forged_fields_have_no_effect(client, writer, coordinator, part, other_department):
    client.force_login(writer)
    forged = {
        "status": S.APPROVED,
        "department": other_department.pk,
        "approved_by": coordinator.pk,
        "rating": "A",
        "entry": 10**6,
        "pk": 10**6,
        "then": "approve",
    }
    client.post(address(part), sent(part, result="書いた", **forged))
    found = EntryPart.objects.select_related("entry").get(pk=part.pk)
    assert (found.status, found.department_id, found.approved_by_id, found.entry_id, found.entry.rating) == (
        S.DRAFT, part.department_id, None, part.entry_id, "",
    )  # fmt: skip
    assert found.version == 2


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 40])
def test_a_forged_version_never_overwrites(client, writer, manager, part, version):
    mine = sent(part, result="私の文") | {"version": version}
    history.save_changes(part, {"result": "課長の文"}, by=manager)
    client.force_login(writer)
    assert client.post(address(part), mine).status_code in (409, 422)
    assert text_of(part) == "課長の文"


def test_only_the_lead_writes_what_the_entry_has_once(client, other, entry, other_department):
    part = entry.parts.get(department=other_department)
    client.force_login(other)
    assert soup(client.get(address(part))).select("[name=next_target], [name=low_rating_reason]") == []
    client.post(address(part), sent(part, result="書いた", next_target="横から", low_rating_reason="横から"))
    entry.refresh_from_db()
    assert (entry.next_target, entry.low_rating_reason, text_of(part)) == ("", "", "書いた")


# --- When it is closed ------------------------------------------------------------------------------


def test_after_the_deadline_the_words_stay_on_the_page(client, writer, part):
    PlanYear.objects.update(department_deadline=timezone.localdate() - timedelta(days=1))
    client.force_login(writer)
    response = client.post(address(part), sent(part, result="遅れた文"))
    page = soup(response)
    assert response.status_code == 409
    assert "提出の期限を過ぎました" in page.select_one("[role=alert]").get_text()
    assert page.select_one("textarea[name=result]").get_text().strip() == "遅れた文"
    assert page.select(".actionbar button") == []
    answer = autosave(client, part, result="遅れた文")
    assert (answer.status_code, answer.json()["kind"]) == (409, "closed")
    assert text_of(part) == "下書き"


@pytest.mark.parametrize("status", [S.AWAITING_MANAGER, S.SUBMITTED])
def test_what_was_sent_is_closed(client, writer, part, status):
    EntryPart.objects.filter(pk=part.pk).update(status=status)
    client.force_login(writer)
    assert client.get(address(part)).status_code == 302
    assert client.post(address(part), sent(part, result="あとから")).status_code == 409
    assert text_of(part) == "下書き"


# --- Sending ----------------------------------------------------------------------------------------


def test_sending_asks_for_what_is_missing(client, writer, part):
    client.force_login(writer)
    response = client.post(address(part), sent(part, result="", issues="残る文", then="request_confirmation"))
    page = soup(response)
    assert response.status_code == 422
    links = [link["href"] for link in page.select("[role=alert] a")]
    assert links == ["#id_result", "#id_self_rating_0"]
    found = EntryPart.objects.get(pk=part.pk)
    assert (found.status, found.issues) == (S.DRAFT, "残る文")
    assert page.select_one("input[name=version]")["value"] == str(found.version)


def test_sending(client, writer, part):
    client.force_login(writer)
    data = sent(part, self_rating="A", then="request_confirmation")
    first = client.post(address(part), data)
    assert first["Location"].endswith(f"/initiatives/{part.entry.initiative_id}/")
    found = EntryPart.objects.get(pk=part.pk)
    assert (found.status, found.self_rating, found.transitions.count()) == (S.AWAITING_MANAGER, "A", 1)
    # Pressed twice: the same answer, one step.
    assert client.post(address(part), data)["Location"] == first["Location"]
    assert found.transitions.count() == 1


def test_a_low_rating_asks_the_lead_for_its_reason(client, writer, part):
    client.force_login(writer)
    response = client.post(address(part), sent(part, self_rating="C", then="request_confirmation"))
    assert response.status_code == 422
    assert "低評価の理由を書いてください" in soup(response).select_one("[role=alert]").get_text()
    part = EntryPart.objects.select_related("entry").get(pk=part.pk)
    data = sent(part, low_rating_reason="人手が足りなかった。", then="request_confirmation")
    assert client.post(address(part), data).status_code == 302
    part.entry.refresh_from_db()
    assert part.entry.low_rating_reason == "人手が足りなかった。"


def test_not_applicable_needs_no_result_and_no_rating(client, writer, part):
    client.force_login(writer)
    data = sent(part, result="", not_applicable_reason="国の事業が終わった。", then="request_confirmation")
    assert client.post(address(part), data).status_code == 302
    assert EntryPart.objects.get(pk=part.pk).status == S.AWAITING_MANAGER


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"result": ""}, ["result", "self_rating"]),
        ({"self_rating": "A"}, []),
        ({"self_rating": "D"}, ["low_rating_reason"]),
        ({"result": "", "not_applicable_reason": "終わった。"}, []),
    ],
)
def test_missing(part, values, fields):
    for name, value in values.items():
        setattr(part, name, value)
    assert [name for name, _ in completeness.missing(part)] == fields


def test_missing_low_rating_reason_is_not_asked_of_a_co_owner(entry, other_department):
    part = entry.parts.get(department=other_department)
    part.self_rating = "D"
    assert completeness.missing(part) == []


# --- The other departments --------------------------------------------------------------------------


def test_a_co_owners_draft_is_shown_with_its_state(client, writer, entry, other_department):
    entry.parts.filter(department=other_department).update(result="防災課の下書き")
    client.force_login(writer)
    page = soup(client.get(address(entry.parts.first())))
    row = page.select_one("section[aria-labelledby=h-joint] tbody tr").get_text(" ", strip=True)
    assert row.startswith("防災課 作成中 防災課の下書き")
    assert page.select_one("#preview dd:nth-of-type(2)").get_text() == "【高齢課】\n下書き\n【防災課】\n防災課の下書き"


def test_what_was_sent_back_says_why(client, writer, coordinator, part):
    EntryPart.objects.filter(pk=part.pk).update(status=S.RETURNED)
    part.transitions.create(
        action="return",
        from_status=S.SUBMITTED,
        to_status=S.RETURNED,
        by=coordinator,
        reason="件数を書いてください。",
        version=1,
    )
    client.force_login(writer)
    notice = soup(client.get(address(part))).select_one(".notice--warn").get_text(" ", strip=True)
    assert notice == "とりまとめさんが差し戻しました 件数を書いてください。"


@pytest.mark.parametrize("count", [0, 3])
def test_queries_are_fixed(client, writer, plan, entry, department, count, django_assert_num_queries):
    PlanYearFactory(plan=plan, fiscal_year=2023)
    make_entry(entry.initiative, 2023)
    for number in range(count):
        another = make_initiative(plan, f"1-1-1-{number + 2}", department)
        make_entry(another, status=S.DRAFT)
    for number in range(count):
        make_part(entry, DepartmentFactory(), S.DRAFT, position=number + 5)
    part = entry.parts.get(department=department)
    assert InitiativeDepartment.objects.filter(department=department).count() == count + 1
    client.force_login(writer)
    client.get(address(part))
    with django_assert_num_queries(16):
        client.get(address(part))
    with django_assert_num_queries(11):
        autosave(client, part, result="書いた")


# --- 今年度該当なし, from the page to print ----------------------------------------------------------


def test_not_applicable_is_said_wherever_the_result_stands(client, writer, coordinator, plan_year, part):
    """The list, the initiative, the review and the printed row say it with its reason; the rating stays 未評価."""
    said = "今年度は該当がありません。国の事業が終わった。"
    part.entry.parts.exclude(pk=part.pk).delete()
    client.force_login(writer)
    data = sent(part, result="", self_rating="", not_applicable_reason="国の事業が終わった。")
    assert client.post(address(part), data).status_code == 302
    preview = reverse("initiatives:part_preview", args=[plan_year.plan_id, 2024, part.pk])
    assert soup(client.get(preview)).select("dd")[1].get_text() == said
    EntryPart.objects.filter(pk=part.pk).update(status=S.APPROVED, approved_at=timezone.now())
    client.force_login(coordinator)
    rows = listing.rows_of(plan_year, coordinator, texts=True)
    assert [(row.result, row.rating) for row in rows] == [(said, "")]
    detail = client.get(reverse("initiatives:entry_detail", args=[plan_year.plan_id, 2024, part.entry.initiative_id]))
    assert said in soup(detail).select_one("[aria-labelledby=h-now]").get_text()
    report = assemble(plan_year)
    assert [(row.result, row.rating) for row in report.rows] == [(said, "")]
    assert (report.tally.count, report.tally.ratings["unrated"]) == (1, 1)
    assert [row.pk for row in listing.search(rows, "国の事業", plan_year, coordinator)] == [part.entry.initiative_id]


def test_a_low_rating_of_a_co_owner_says_where_its_reason_belongs(client, other, entry, other_department):
    part = entry.parts.get(department=other_department)
    client.force_login(other)
    words = soup(client.get(address(part))).select_one("[data-when]").get_text()
    assert words == (
        "CかDを選んだときは、その理由を実績の文に書いてください。"
        "「低評価の理由」は取組に1つで、主担当の高齢課が書きます。"
    )


# --- The number against the target ------------------------------------------------------------------


@pytest.fixture
def counted(entry, part):
    """目標30件, 22件 done, rated A: the numbers say B."""
    entry.parts.exclude(pk=part.pk).update(result="広報に載せた。")
    entry.target = "介護資格 30件"
    entry.save()
    part.result, part.self_rating = "介護資格の取得 22件", "A"
    part.save()
    return EntryPart.objects.select_related("entry__initiative").get(pk=part.pk)


def test_the_numbers_are_shown_and_contradict_the_rating(client, writer, plan, counted):
    PlanYearFactory(plan=plan, fiscal_year=2023)
    make_entry(counted.entry.initiative, 2023, target="介護資格 30件", result="介護資格 16件")
    client.force_login(writer)
    page = soup(client.get(address(counted)))
    assert page.select_one("#pair-rate [data-number=rate]").get_text() == "22件 ÷ 目標30件 ＝ 73.3％"
    assert page.select_one("#pair-rate [data-number=band]").get_text() == "この割合の評価はB（50％以上75％未満）です。"
    assert page.select_one("#pair-rate .pair__last").get_text(" ") == "令和5年度の目標と実績 16件 ÷ 目標30件 ＝ 53.3％"
    assert page.select_one("#id_self_rating [data-number=warning]").get_text() == (
        "数では73.3％なので、Bの範囲です。Bに変えるか、Aとする理由を実績の文に書いてください。"
    )
    assert page.select_one("[data-check-count]").get_text() == "1"


def test_autosave_answers_with_the_numbers_of_what_it_saved(client, writer, counted):
    client.force_login(writer)
    found = autosave(client, counted, result="介護資格の取得 24件").json()["numbers"]
    assert found == {"rate": "24件 ÷ 目標30件 ＝ 80.0％", "band": "この割合の評価はA（75％以上）です。", "warning": ""}


def test_a_number_of_a_co_owner_leaves_a_doubt(client, writer, counted):
    counted.entry.parts.exclude(pk=counted.pk).update(result="介護資格 5件")
    client.force_login(writer)
    page = soup(client.get(address(counted)))
    assert page.select_one("#pair-rate").has_attr("hidden")
    assert page.select_one("#id_self_rating [data-warning]").has_attr("hidden")


def test_what_is_missing_and_worth_a_look_is_asked_for_after_a_save(client, writer, part):
    client.force_login(writer)
    autosave(client, part, result="R5実績と同様。")
    panel = soup(client.get(address(part) + "checks/"))
    assert panel.h2.get_text() == "確認してほしいこと　2件"
    assert [link["href"] for link in panel.select("[data-look] a")] == ["#pair-self_rating", "#pair-result"]


def test_a_script_that_comes_too_late_uses_up_no_message(client, writer, part):
    """The part is sent while the page still asks for its checks: the next page says that it was sent."""
    client.force_login(writer)
    words = {"result": "送る文", "issues": "課題", "self_rating": "A", "next_target": "12件", "then": "submit"}
    part.department.manager_step = False
    part.department.save()
    gone = client.post(address(part), sent(part, **words))
    late = client.get(f"{address(part)}checks/", headers={"HX-Request": "true"})
    assert late.status_code == 404
    assert "を送りました" in client.get(gone["Location"]).content.decode()
