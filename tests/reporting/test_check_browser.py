"""A coordinator reads a finding, accepts it with a reason, and sees it again when the text has changed."""

import pytest
from django.conf import settings
from django.urls import reverse

from initiatives.models import EntryPart
from tests.factories import make_entry, make_initiative

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])
def test_accept_and_see_it_come_back(script, browser, client, live_server, plan, plan_year, department, coordinator):
    initiative = make_initiative(plan, "1-1-1-1", department, description="行います。")
    fields = {"target": "継続", "next_target": "継続", "rating": "A", "issues": "続ける。"}
    make_entry(initiative, 2024, result="R5実績と同様", **fields)
    client.force_login(coordinator)
    page = browser.new_context(java_script_enabled=script, locale="ja-JP").new_page()
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    address = live_server.url + reverse("reporting:check_list", args=[plan.pk, 2024])
    page.goto(address)
    page.get_by_text("このままでよいとき、あとで見るとき").click()
    page.get_by_role("button", name="このままでよい").click()
    page.get_by_text("このままでよい理由を書いてください").wait_for()
    page.get_by_label("理由").fill("課に確かめた")
    page.get_by_role("button", name="このままでよい").click()
    page.get_by_role("heading", name="直すところも、確認してほしいところもありません").wait_for()
    EntryPart.objects.update(result="R5実績と同様。ほかに講座を開いた。")
    page.goto(address)
    page.get_by_text("前の理由：課に確かめた").wait_for()
    page.get_by_role("link", name="1-1-1-1を開く").click()
    page.get_by_role("heading", name="取組1-1-1-1").wait_for()
    page.context.close()
