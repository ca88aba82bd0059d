"""Excelで書く: the pages."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Membership
from initiatives import saving
from initiatives.models import EntryPart, FieldChange, PlanYear, SurveyUpload
from initiatives.workbook_reader import UNCHANGED
from tests.factories import UserFactory
from tests.initiatives.survey.sheets import filled, values
from tests.reporting.importing.dump import everything

pytestmark = pytest.mark.django_db
Status = SurveyUpload.Status


@pytest.fixture
def at(plan_year):
    """at(name, …) is the address of a page of this year."""
    return lambda name, *args: reverse(f"initiatives:{name}", args=[plan_year.plan_id, plan_year.fiscal_year, *args])


@pytest.fixture
def send(client, at):
    def send(content: bytes, name="調査票_R6_高齢課.xlsx"):
        return client.post(at("survey"), {"file": SimpleUploadedFile(name, content)}, follow=True)

    return send


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def told(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def sums(page) -> dict[str, str]:
    return {line.dt.get_text(): line.dd.get_text() for line in page.select(".imp__sum > div")}


# --- Download and paper -------------------------------------------------------------------------------


def test_the_page_offers_ones_own_department(client, writer, parts, at, department):
    client.force_login(writer)
    page = soup(client.get(at("survey")))
    assert [cell.get_text() for cell in page.select("tbody th")] == ["高齢課"]
    links = [link["href"] for link in page.select("tbody a")]
    printed = at("survey_print", department.pk)
    assert links == [at("survey_excel", department.pk), f"{printed}?blank=1", printed]
    assert page.select_one(".gnav [aria-current]").get_text() == "Excelで書く"


def test_the_office_is_offered_every_department(client, coordinator, parts, at):
    client.force_login(coordinator)
    page = soup(client.get(at("survey")))
    assert [cell.get_text() for cell in page.select("tbody th")] == ["高齢課", "防災課"]
    board = soup(client.get(at("year_home")))
    assert board.select_one(f"a[href='{at('survey')}']").get_text() == "課ごとの調査票"


def test_the_file_has_its_name(client, writer, parts, at, department):
    client.force_login(writer)
    response = client.get(at("survey_excel", department.pk))
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''%E8%AA%BF%E6%9F%BB%E7%A5%A8_R6_%E9%AB%98%E9%BD%A2%E8%AA%B2.xlsx"
    )
    assert len(values(response.content)) == 4


@pytest.mark.parametrize("name", ["survey_excel", "survey_print"])
def test_other_department_404(name, client, writer, parts, at, other_department):
    client.force_login(writer)
    assert client.get(at(name, other_department.pk)).status_code == 404


@pytest.mark.parametrize("blank", [False, True])
def test_paper_is_filled_or_blank(blank, client, writer, parts, at, department):
    client.force_login(writer)
    page = soup(client.get(at("survey_print", department.pk), {"blank": 1} if blank else {}))
    first = page.select_one("section.survey")
    assert first.h2.get_text() == "1-1-1-1　見守り"
    assert ("10件行った。" in first.get_text()) is not blank
    assert "去年は9件。" in first.get_text()
    assert len(first.select(".survey__box")) == (5 if blank else 0)
    joint = page.select("section.survey")[1]
    assert "令和7年度の目標" not in joint.get_text()  # the lead department's


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_paper_do_not_grow(rows, client, writer, parts, at, department, django_assert_num_queries):
    EntryPart.objects.filter(pk__in=[part.pk for part in list(parts.values())[rows:3]]).delete()
    client.force_login(writer)
    client.get(at("survey_print", department.pk))
    with django_assert_num_queries(11):
        assert len(soup(client.get(at("survey_print", department.pk))).select("section.survey")) == rows


# --- Upload, preview, confirm ----------------------------------------------------------------------------


def test_what_would_change_is_shown_cell_by_cell(client, writer, content, plan_year, send):
    client.force_login(writer)
    before = everything()
    texts = {("1-1-1-1", "result"): "12件行った。", ("1-1-1-1", "self_rating"): "Ｂ", ("1-1-1-2", "issues"): None}
    page = soup(send(filled(content, plan_year, texts)))
    assert page.h1.get_text() == "取り込むと、2つの欄が変わります。まだ何も変わっていません"
    assert sums(page) == {"変わる": "2", "同じ": "14"}
    rows = [
        [cell.get_text(" ", strip=True) for cell in row.select("th, td")]
        for row in page.select("section[aria-labelledby=h-changes] tbody tr")
    ]
    assert rows == [
        ["I2", "見守り 1-1-1-1", "令和6年度の実績", "10 12 件行った。", "－"],
        ["J2", "見守り 1-1-1-1", "評価 新しい", "評価 B", "「Ｂ」をBとして読みます。"],
    ]
    assert "空のセルは変えません。" in page.select_one("section[aria-labelledby=h-noted]").get_text()
    assert [button.get_text() for button in page.select(".actionbar button")] == ["やめる", "2つの欄を取り込む"]
    assert everything() == before


def confirm(client, page, **answers):
    form = page.select_one("form#confirm")
    base = form.select_one("input[name=base]")["value"]
    return client.post(form["action"], {"base": base} | answers)


def test_agreed_to_it_is_taken_in(client, writer, content, plan_year, parts, send, at):
    client.force_login(writer)
    page = soup(send(filled(content, plan_year, {("1-1-1-1", "result"): "12件行った。"})))
    response = confirm(client, page)
    assert response["Location"] == at("year_home")
    assert told(response) == ["1件の取組の1つの欄を取り込みました。まだ提出していません。"]
    assert EntryPart.objects.get(pk=parts["1-1-1-1"].pk).result == "12件行った。"
    upload = SurveyUpload.objects.get()
    assert (upload.status, upload.applied_by, upload.summary) == (
        Status.APPLIED,
        writer,
        {"cells": 1, "initiatives": 1},
    )


def test_pressed_twice_it_is_taken_in_once(client, writer, content, plan_year, send, at):
    client.force_login(writer)
    page = soup(send(filled(content, plan_year, {("1-1-1-1", "result"): "12件行った。"})))
    confirm(client, page)
    assert confirm(client, page)["Location"] == at("survey")
    assert FieldChange.objects.count() == 1


def test_what_cannot_be_taken_in_is_told_and_nothing_can_be_agreed_to(client, writer, content, plan_year, send, at):
    client.force_login(writer)
    texts = {("1-1-1-1", "self_rating"): "E", ("1-1-1-2", "result"): "よい文"}
    page = soup(send(filled(content, plan_year, texts)))
    assert page.h1.get_text() == "取り込めないところが1つあります。まだ何も変わっていません"
    assert sums(page) == {"取り込めない": "1", "変わる": "1", "同じ": "14"}
    (row,) = page.select("section[aria-labelledby=h-refused] tbody tr")
    assert [cell.get_text(" ", strip=True) for cell in row.select("th, td")] == [
        "J2", "見守り 1-1-1-1", "評価", "E", "評価「E」は使えません。A、B、C、Dのどれか1つを書いてください。",
    ]  # fmt: skip
    assert [button.get_text() for button in page.select(".actionbar button")] == ["やめる"]
    before = everything()
    assert confirm(client, page).status_code == 422
    assert everything() == before


def test_a_clash_shows_both_texts_and_asks(client, writer, content, plan_year, parts, send, department):
    colleague = UserFactory(of=[department])
    part = EntryPart.objects.select_related("entry").get(pk=parts["1-1-1-1"].pk)
    saving.write(part, {"result": "画面の文"}, by=colleague)
    client.force_login(writer)
    page = soup(send(filled(content, plan_year, {("1-1-1-1", "result"): "Excelの文"})))
    (panel,) = page.select("fieldset.panel")
    assert "画面の文" in panel.get_text() and "Excelの文" in panel.get_text()
    before = everything()
    undecided = confirm(client, page)
    assert undecided.status_code == 422
    assert soup(undecided).select_one("[role=alert] .notice__t").get_text() == (
        "どちらの文にするか、まだ決めていないところがあります。何も取り込んでいません。"
    )
    assert everything() == before
    assert confirm(client, soup(undecided), **{"clash-I2": "file"}).status_code == 302
    assert EntryPart.objects.get(pk=part.pk).result == "Excelの文"


def test_a_change_between_preview_and_agreement_is_shown_anew(
    client, writer, content, plan_year, parts, send, department
):
    client.force_login(writer)
    page = soup(send(filled(content, plan_year, {("1-1-1-1", "result"): "Excelの文"})))
    part = EntryPart.objects.select_related("entry").get(pk=parts["1-1-1-1"].pk)
    saving.write(part, {"result": "画面の文"}, by=UserFactory(of=[department]))
    before = everything()
    response = confirm(client, page)
    assert response.status_code == 409
    assert (
        soup(response)
        .select_one("[role=alert] .notice__t")
        .get_text()
        .startswith("確認のあとで、ほかの人が変えました。")
    )
    assert len(soup(response).select("fieldset.panel")) == 1
    assert everything() == before


def test_who_left_the_department_may_not_agree_any_more(client, writer, content, plan_year, send):
    client.force_login(writer)
    page = soup(send(filled(content, plan_year, {("1-1-1-1", "result"): "Excelの文"})))
    Membership.objects.filter(user=writer).delete()
    before = everything()
    assert confirm(client, page).status_code == 409
    assert everything() == before


def test_a_broken_file_is_told_on_the_same_page(client, writer, parts, send):
    client.force_login(writer)
    response = send(b"%PDF-1.7")
    assert response.status_code == 422
    assert f"これはPDFファイルです。読めるのはExcel（.xlsx）だけです。{UNCHANGED}" in response.content.decode()
    assert not SurveyUpload.objects.exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "ファイルを選んでください。"),
        ({"file": SimpleUploadedFile("a.xlsx", b"")}, "このファイルは空です。"),
        ({"file": SimpleUploadedFile("a.xlsx", b"PK" + b"\0" * 5_300_000)}, "このファイルは約5MBあります（上限5MB）。"),
    ],
)
def test_no_file_or_one_that_is_too_big(data, words, client, writer, parts, at):
    client.force_login(writer)
    response = client.post(at("survey"), data)
    assert response.status_code == 422
    assert words in response.content.decode()


def test_a_file_on_its_way_is_nobody_elses(client, writer, manager, coordinator, content, send, at):
    client.force_login(writer)
    send(content)
    pk = SurveyUpload.objects.get().pk
    for somebody in (manager, coordinator):
        client.force_login(somebody)
        assert client.get(at("survey_preview", pk)).status_code == 404
        assert client.post(at("survey_confirm", pk)).status_code == 404
        assert client.post(at("survey_abandon", pk)).status_code == 404


def test_given_up_the_file_is_gone(client, writer, content, send, at):
    client.force_login(writer)
    send(content)
    upload = SurveyUpload.objects.get()
    response = client.post(at("survey_abandon", upload.pk))
    assert told(response) == [f"取り込みをやめました。{UNCHANGED}"]
    assert SurveyUpload.objects.get().status == Status.ABANDONED
    with pytest.raises(FileNotFoundError):
        open(upload.file.path).close()
    assert client.get(at("survey_preview", upload.pk))["Location"] == at("survey")


def test_a_newer_file_takes_the_place_of_the_one_before(client, writer, content, send):
    client.force_login(writer)
    send(content)
    send(content)
    assert sorted(SurveyUpload.objects.values_list("status", flat=True)) == [Status.ABANDONED, Status.PREVIEWED]


def test_in_a_closed_year_one_may_still_look_and_print(client, writer, parts, plan_year, at, department):
    PlanYear.objects.filter(pk=plan_year.pk).update(status=PlanYear.Status.FINALIZED)
    client.force_login(writer)
    content = client.get(at("survey_excel", department.pk)).content
    assert "「確定」なので、変えられません" in str(values(content))
    assert client.get(at("survey_print", department.pk)).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_a_preview_do_not_grow(
    rows, client, writer, content, plan_year, send, at, django_assert_num_queries
):
    client.force_login(writer)
    codes = ["1-1-1-1", "1-1-1-2", "1-1-1-3"][:rows]
    send(filled(content, plan_year, {(code, "result"): "書いた。" for code in codes}))
    pk = SurveyUpload.objects.get().pk
    with django_assert_num_queries(8):
        client.get(at("survey_preview", pk))


def test_a_file_name_that_would_turn_the_page_round(client, writer, content, send):
    client.force_login(writer)
    response = send(content, "調査\u202e票.xlsx")
    assert "\u202e" not in response.content.decode()
