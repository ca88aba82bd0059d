"""The coordinating office words a reminder, looks at it, sends it; the department finds it on its list."""

import re

import pytest

from initiatives.models import Mail
from tests.factories import UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def sign_in(request, browser, browser_context_args, client, live_server):
    """A window for a person, with and without a script."""
    windows = []

    def inner(user):
        window = browser.new_context(**browser_context_args, java_script_enabled=request.param)
        windows.append(window)
        client.force_login(user)
        name = "sessionid"
        window.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        page = window.new_page()
        page.goto(live_server.url + "/")
        return page

    yield inner
    for window in windows:
        window.close()


def test_a_reminder_from_wording_to_the_list(sign_in, mail_on, make, plan_year, department, coordinator, mailoutbox):
    writer = UserFactory(username="miura", name="三浦", email="miura@city.example.jp", of=[department])
    make("1-1-1-1", "draft")
    desk = sign_in(coordinator)
    desk.get_by_role("link", name=re.compile("^知らせる")).first.click()
    desk.get_by_role("link", name=re.compile("相手と文を確かめる.*期限のお知らせ")).click()
    assert desk.get_by_role("heading", level=1).inner_text() == "1人に「期限のお知らせ」を知らせます"
    desk.get_by_label("はじめの文").fill("11月の定例のお知らせです。")
    desk.get_by_role("button", name="この文で見直す").click()
    desk.get_by_text("【あゆみ】あと1件を書いてください").click()
    assert desk.locator("tbody .text").inner_text().startswith("三浦さん\n\n11月の定例のお知らせです。")
    assert mailoutbox == []
    desk.get_by_role("button", name="1人に送る").click()
    assert desk.get_by_role("heading", level=1).inner_text() == "知らせたものは1通です"
    assert desk.locator("tbody .tag").inner_text() == "送信済"
    assert [mail.to for mail in mailoutbox] == [["miura@city.example.jp"]]
    assert Mail.objects.get().body == mailoutbox[0].body

    table = sign_in(writer)
    assert "あと1件を書いて送ってください" in table.locator(".news").inner_text()
