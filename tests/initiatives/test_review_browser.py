"""Sent back, put right, approved: in a real browser, also with JavaScript switched off."""

import re

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from initiatives import history, workflow
from initiatives.models import EntryPart, Transition
from tests.factories import make_entry, make_initiative

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def window(request, browser, browser_context_args, client, live_server):
    context = browser.new_context(**browser_context_args, java_script_enabled=request.param)
    client.force_login(request.getfixturevalue("coordinator"))
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    window = context.new_page()
    window.has_script = request.param
    yield window
    context.close()


def submitted(plan, department, writer, number: int) -> EntryPart:
    part = make_entry(
        make_initiative(plan, f"1-1-1-{number}", department), status="submitted", result="訓練を15回行った。"
    ).parts.get()
    EntryPart.objects.filter(pk=part.pk).update(submitted_at=timezone.now(), submitted_by=writer, self_rating="B")
    return EntryPart.objects.get(pk=part.pk)


def test_returned_with_a_reason_and_approved_after_resubmission(
    window, live_server, plan, plan_year, department, writer
):
    department.manager_step = False
    department.save()
    part, other = submitted(plan, department, writer, 1), submitted(plan, department, writer, 2)
    window.goto(live_server.url + reverse("initiatives:year_home", args=[plan.pk, 2024]))
    window.get_by_role("link", name="確認を始める").click()
    window.get_by_role("link", name="順に確認する").click()
    assert window.get_by_role("heading", level=1).inner_text() == "1-1-1-1　取組1-1-1-1"

    window.get_by_label("直してほしいこと").fill("今年度の数を書いてください。")
    window.get_by_role("button", name="差し戻す").click()
    expect(window.get_by_text("1-1-1-1を差し戻しました。")).to_be_visible()
    assert window.get_by_role("heading", level=1).inner_text() == "1-1-1-2　取組1-1-1-2"  # the next one
    step = Transition.objects.get(part=part)
    assert (step.action, step.reason) == ("return", "今年度の数を書いてください。")

    part.refresh_from_db()
    history.save_changes(part, {"result": "訓練を18回行った。"}, by=writer)
    workflow.perform(part, "submit", by=writer, plan_year=plan_year)
    window.get_by_role("navigation", name="主なメニュー", exact=True).get_by_role("link", name="確認").click()
    window.get_by_role("link", name="取組1-1-1-1").click()
    text = window.get_by_role("region", name="令和6年度の実績")
    assert text.locator("del").inner_text() == "15"
    assert text.locator("ins").inner_text() == "18"
    expect(window.get_by_text("今年度の数を書いてください。")).to_be_visible()

    window.get_by_role("button", name="承認して次へ").click()
    expect(window.get_by_text("1-1-1-1（高齢課）を承認しました。")).to_be_visible()
    assert window.get_by_role("heading", level=1).inner_text() == "1-1-1-2　取組1-1-1-2"
    if window.has_script:
        assert window.evaluate("document.activeElement.tagName") == "H1"
    part.refresh_from_db()
    part.entry.refresh_from_db()
    assert (part.status, part.entry.rating) == ("approved", "B")
    assert EntryPart.objects.get(pk=other.pk).status == "submitted"


def test_many_at_once(window, live_server, plan, plan_year, department, writer):
    for number in (1, 2, 3):
        submitted(plan, department, writer, number)
    window.goto(live_server.url + reverse("initiatives:review_queue", args=[plan.pk, 2024]))
    window.get_by_label("選ぶ：1-1-1-1 高齢課").check()
    window.get_by_label("選ぶ：1-1-1-3 高齢課").check()
    button = window.get_by_role("button", name=re.compile("を承認する$"))
    assert button.inner_text() == ("選んだもの（2件）を承認する" if window.has_script else "選んだものを承認する")
    button.click()
    expect(window.get_by_text("2件を承認しました。")).to_be_visible()
    assert window.get_by_role("heading", level=1).inner_text() == "1件が、確認を待っています"
