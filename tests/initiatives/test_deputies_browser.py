"""Told by telephone, written down by 福祉総務課, approved by a colleague: in a real browser, also without JavaScript."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Deputyship, User
from initiatives.models import EntryPart, FieldChange, HandoverNote, Transition
from tests.factories import UserFactory, make_entry, make_initiative

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def window(request, browser, browser_context_args, live_server):
    """Opens a window as a person."""
    contexts = []

    def inner(user):
        context = browser.new_context(**browser_context_args, java_script_enabled=request.param)
        contexts.append(context)
        client = Client()  # one for each: signing in as another ends the session before
        client.force_login(user)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
        return context.new_page()

    yield inner
    for context in contexts:
        context.close()


def test_written_by_telephone_and_approved_by_a_colleague(
    window, live_server, plan, plan_year, department, writer, coordinator
):
    department.manager_step = False
    department.save()
    part = make_entry(make_initiative(plan, "1-1-1-1", department, name="見守り"), status="not_started").parts.get()
    EntryPart.objects.update(result="", issues="")
    home = live_server.url + reverse("initiatives:year_home", args=[plan.pk, 2024])
    office = window(coordinator)

    office.goto(home)
    office.locator("details.person > summary").click()
    office.get_by_role("link", name="代理", exact=True).click()
    office.get_by_role("link", name="代理を決める").first.click()
    office.get_by_label("不在の人").select_option(label="書く人（高齢課・担当者）")
    office.get_by_label("代理の人").select_option(label="とりまとめ（福祉総務課）")
    office.get_by_label("いつまで").fill(str(timezone.localdate() + timezone.timedelta(days=7)))
    office.get_by_label("理由").fill("電話での聞き取り")
    office.get_by_role("button", name="この人を代理にする").click()
    assert office.get_by_role("heading", level=1).inner_text() == "いま、1件の代理があります"
    assert office.locator(".person__role").first.inner_text() == "福祉総務課、書く人さんの代理"

    office.goto(home)
    office.get_by_role("link", name="高齢課の取組を見る").click()
    office.get_by_role("link", name="見守り").click()
    office.get_by_role("link", name="書く", exact=True).click()
    expect(office.get_by_text("書く人さんの代理として書いています")).to_be_visible()
    office.get_by_label("令和6年度の実績").fill("電話で聞いた。訓練を15回行った。")
    office.get_by_role("radio", name="A", exact=False).first.check()
    office.get_by_role("button", name="福祉総務課に送る").click()
    office.get_by_text("「見守り」を送りました").wait_for()
    part.refresh_from_db()
    assert (part.status, part.result) == ("submitted", "電話で聞いた。訓練を15回行った。")
    assert set(FieldChange.objects.filter(field="result").values_list("by", "on_behalf_of")) == {
        (coordinator.pk, writer.pk)
    }

    review = live_server.url + reverse("initiatives:review_part", args=[plan.pk, 2024, part.pk])
    office.goto(review)
    expect(office.get_by_text("自分が提出したものは、自分では承認できません")).to_be_visible()
    assert office.get_by_role("button", name="承認").count() == 0
    colleague = window(UserFactory(role=User.Role.COORDINATOR))
    colleague.goto(review)
    expect(colleague.get_by_text("とりまとめ（書く人さんの代理）").first).to_be_visible()
    colleague.get_by_role("button", name="承認する").click()
    colleague.get_by_text("1-1-1-1（高齢課）を承認しました。").wait_for()
    part.refresh_from_db()
    assert (part.status, Transition.objects.get(action="submit").on_behalf_of) == ("approved", writer)

    office.goto(live_server.url + reverse("accounts:deputy_list"))
    office.get_by_role("button", name="終える").click()
    expect(office.get_by_text("とりまとめさんは、書く人さんの代理ではなくなりました。")).to_be_visible()
    assert Deputyship.objects.get().ended_by == coordinator


def test_a_note_is_left_and_read_where_one_writes(window, live_server, plan, plan_year, department, writer, manager):
    part = make_entry(make_initiative(plan, "1-1-1-1", department), status="draft").parts.get()
    writing = live_server.url + reverse("initiatives:part_edit", args=[plan.pk, 2024, part.pk])
    page = window(writer)
    page.goto(writing)
    page.locator("summary", has_text="引継ぎメモ").click()
    page.get_by_role("link", name="メモを書く").click()
    page.get_by_label("引継ぎメモ").fill("件数は、台帳の延べ人数です。")
    page.get_by_role("button", name="メモを保存する").click()
    expect(page.get_by_text("引継ぎメモを保存しました。")).to_be_visible()
    successor = window(manager)
    successor.goto(writing)
    expect(successor.get_by_text("件数は、台帳の延べ人数です。")).to_be_visible()
    assert HandoverNote.objects.get().by == writer

    address = live_server.url + reverse(
        "initiatives:handover_of_initiative", args=[department.pk, part.entry.initiative_id]
    )
    page.goto(address)
    successor.goto(address)
    page.get_by_label("引継ぎメモ").fill("件数は、実人数です。")
    page.get_by_role("button", name="メモを保存する").click()
    page.get_by_text("引継ぎメモを保存しました。").wait_for()
    successor.get_by_label("引継ぎメモ").fill("件数は、世帯の数です。")
    successor.get_by_role("button", name="メモを保存する").click()
    successor.get_by_text("書く人さんがこのメモを保存しました。").wait_for()
    assert successor.get_by_label("引継ぎメモ").input_value() == "件数は、世帯の数です。"
    assert successor.locator("ins").last.inner_text() == "世帯の"
