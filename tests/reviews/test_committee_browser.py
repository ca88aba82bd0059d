"""The whole way of an opinion in a real browser: read on, write, lose the line, send; ask, reply, answer, read the answer."""

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from initiatives.models import PlanYear
from reviews.models import Inquiry, Opinion, OpinionDraft, ReadMark
from tests.factories import PlanYearFactory, make_entry, make_initiative
from tests.test_accessibility import findings

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SAVED = "に自動で保存しました"
WAIT = 15_000


@pytest.fixture
def year(plan, department):
    row = PlanYearFactory(plan=plan, fiscal_year=2024, status=PlanYear.Status.COMMITTEE)
    for number, name in ((1, "見守り"), (2, "居場所づくり")):
        make_entry(make_initiative(plan, f"1-1-1-{number}", department, name=name), 2024, rating="A")
    return row


@pytest.fixture
def sign_in(client, context, live_server):
    def inner(user):
        client.force_login(user)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
        client.cookies.clear()

    return inner


@pytest.fixture
def open_page(page, live_server, year):
    def inner(name, *more):
        page.goto(live_server.url + reverse(name, args=[year.plan_id, 2024, *more]))

    return inner


def test_the_whole_way_of_an_opinion(page, context, sign_in, open_page, member, coordinator, writer):
    # 委員: reads on from the home page.
    member.name = "森川 花"
    member.save()
    sign_in(member)
    open_page("initiatives:year_home")
    page.locator(".todo .btn--primary").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("見守り")
    page.get_by_role("button", name="読みました。次へ").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("居場所づくり")
    assert ReadMark.objects.count() == 1

    # Writes; the reason is asked for when another rating is chosen; the line is lost and comes back.
    box, status = page.locator("#id_text"), page.locator("#autosave-status")
    expect(page.locator("#id_rating_reason")).to_be_hidden()
    page.get_by_label("C　").check()
    page.locator("#id_rating_reason").fill("数が少ない")
    box.fill("居場所がほしい")
    expect(status).to_contain_text(SAVED, timeout=WAIT)
    context.set_offline(True)
    box.fill("居場所を増やしてほしい")
    expect(status).to_contain_text("書いた文はこのパソコンに残っています", timeout=WAIT)
    assert OpinionDraft.objects.get().text == "居場所がほしい"
    context.set_offline(False)
    expect(status).to_contain_text(SAVED, timeout=WAIT)
    assert OpinionDraft.objects.get().text == "居場所を増やしてほしい"
    page.get_by_role("button", name="評価と意見を送る").click()
    expect(page.locator(".messages")).to_contain_text("意見と評価を送りました")
    assert findings(page) == []
    opinion = Opinion.objects.get()
    assert (opinion.text, OpinionDraft.objects.count()) == ("居場所を増やしてほしい", 0)
    assert page.evaluate("localStorage.length") == 0

    # 福祉総務課: asks the department.
    sign_in(coordinator)
    open_page("initiatives:year_home")
    page.get_by_role("link", name="意見を読む").click()
    page.get_by_role("link", name="1-1-1-2　居場所づくり").click()
    page.get_by_text("課に聞く", exact=True).click()
    page.get_by_role("button", name="この課に聞く").click()
    expect(page.locator(".messages")).to_contain_text("高齢課に聞きました")

    # 担当課: reads it without a name, and answers.
    sign_in(writer)
    open_page("initiatives:year_home")
    page.get_by_role("link", name="読んで答える").first.click()
    page.get_by_role("link", name="1-1-1-2　居場所づくり").click()
    assert member.name not in page.content()
    page.locator("#id_reply").fill("2か所で開きます")
    expect(status).to_contain_text(SAVED, timeout=WAIT)
    assert findings(page) == []
    page.get_by_role("button", name="回答を送る").click()
    expect(page.locator("h1")).to_have_text("聞かれた1件に、すべて答えました")
    assert Inquiry.objects.get().reply == "2か所で開きます"

    # 福祉総務課: answers.
    sign_in(coordinator)
    open_page("reviews:opinion_detail", opinion.pk)
    expect(page.locator("aside .reply")).to_contain_text("2か所で開きます")
    page.get_by_label("反映").check()
    page.locator("#id_text").fill("2か所の居場所を開きます")
    page.get_by_role("button", name="保存して、確定する").click()
    expect(page.locator(".messages")).to_contain_text("委員が読めます")
    assert findings(page) == []

    # 委員: reads the answer.
    sign_in(member)
    open_page("initiatives:year_home")
    page.locator(".todo").get_by_role("link", name="意見と市の答え").click()
    expect(page.locator("h1")).to_have_text("1件の意見すべてに、市が答えました")
    expect(page.locator(".reply")).to_contain_text("2か所の居場所を開きます")


def test_words_typed_while_the_sign_in_ran_out_are_offered_again(page, context, sign_in, open_page, member, year):
    sign_in(member)
    open_page("reporting:reading", "goal-1")
    context.clear_cookies()
    page.locator("#id_text").fill("だいじな言葉")
    expect(page.locator("#autosave-status")).to_contain_text("サインインの時間が切れた", timeout=WAIT)
    sign_in(member)
    open_page("reporting:reading", "goal-1")
    expect(page.get_by_text("このパソコンに残っていた文があります")).to_be_visible()
    page.get_by_role("button", name="使う", exact=True).click()
    expect(page.locator("#id_text")).to_have_value("だいじな言葉")
    expect(page.locator("#autosave-status")).to_contain_text(SAVED, timeout=WAIT)
    assert OpinionDraft.objects.get().text == "だいじな言葉"
