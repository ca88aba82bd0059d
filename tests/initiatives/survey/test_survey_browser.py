"""A department fills its 調査票 offline: download, Excel, upload, look, agree, and the text stands on the page. Also without a script."""

import pytest
from django.conf import settings
from django.urls import reverse

from initiatives import saving
from initiatives.models import EntryPart
from tests.factories import UserFactory
from tests.initiatives.survey.sheets import filled

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def window(request, browser, browser_context_args, client, live_server, writer, parts):
    context = browser.new_context(**browser_context_args, java_script_enabled=request.param)
    client.force_login(writer)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + "/")
    page.get_by_role("navigation", name="主なメニュー", exact=True).get_by_role("link", name="Excelで書く").click()
    yield page
    context.close()


def download(window) -> bytes:
    with window.expect_download() as waiting:
        window.get_by_role("link", name="調査票をダウンロードする").click()
    assert waiting.value.suggested_filename == "調査票_R6_高齢課.xlsx"
    return waiting.value.path().read_bytes()


def choose(window, content: bytes) -> None:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    window.get_by_label("書いた調査票").set_input_files(
        {"name": "調査票_R6_高齢課.xlsx", "mimeType": kind, "buffer": content}
    )
    window.get_by_role("button", name="何が変わるかを確かめる").click()


def result_on_the_page(window, live_server, part) -> str:
    entry = part.entry
    address = reverse("initiatives:part_edit", args=[entry.initiative.plan_id, entry.fiscal_year, part.pk])
    window.goto(live_server.url + address)
    return window.get_by_label("令和6年度の実績").input_value()


def test_from_download_to_the_writing_page(window, live_server, plan_year, parts):
    texts = {("1-1-1-1", "result"): "12件行った。", ("1-1-1-1", "self_rating"): "A"}
    choose(window, filled(download(window), plan_year, texts))
    assert (
        window.get_by_role("heading", level=1).inner_text()
        == "取り込むと、2つの欄が変わります。まだ何も変わっていません"
    )
    window.get_by_role("button", name="2つの欄を取り込む").click()
    assert "1件の取組の2つの欄を取り込みました。まだ提出していません。" in window.locator("main").inner_text()
    assert result_on_the_page(window, live_server, parts["1-1-1-1"]) == "12件行った。"
    assert window.get_by_role("radio", name="A").is_checked()


def test_a_colleague_wrote_in_between(window, live_server, plan_year, parts, department):
    content = filled(download(window), plan_year, {("1-1-1-1", "result"): "Excelの文"})
    part = EntryPart.objects.select_related("entry").get(pk=parts["1-1-1-1"].pk)
    saving.write(part, {"result": "画面の文"}, by=UserFactory(of=[department]))
    choose(window, content)
    window.get_by_role("button", name="選んだとおりに取り込む").click()
    assert "まだ決めていないところがあります" in window.get_by_role("alert").inner_text()
    window.get_by_role("radio", name="Excelの文にする").check()
    window.get_by_role("button", name="選んだとおりに取り込む").click()
    assert result_on_the_page(window, live_server, part) == "Excelの文"
