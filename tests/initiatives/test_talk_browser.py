"""Comments on fields and the talk about a part, in a real browser, with and without a script."""

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from initiatives import thread
from initiatives.models import EntryPart, FieldComment, PartMessage
from tests.factories import make_entry, make_initiative

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
with_script = pytest.mark.parametrize("open_as", [True], indirect=True)  # what only a script does


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def open_as(request, browser, browser_context_args, client, live_server):
    """A window of a person's own."""
    contexts = []

    def inner(user):
        context = browser.new_context(**browser_context_args, java_script_enabled=request.param)
        client.force_login(user)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
        contexts.append(context)
        window = context.new_page()
        window.has_script = request.param
        return window

    yield inner
    for context in contexts:
        context.close()


@pytest.fixture
def at(live_server, plan_year):
    return lambda name, *args: live_server.url + reverse(f"initiatives:{name}", args=[plan_year.plan_id, 2024, *args])


def test_one_field_is_asked_about_and_the_department_sees_it_there(
    open_as, at, plan, plan_year, department, coordinator, writer
):
    part = make_entry(make_initiative(plan, "1-1-1-1", department), status="submitted", result="行った。").parts.get()
    office = open_as(coordinator)
    office.goto(at("review_part", part.pk))
    issues = office.get_by_role("region", name="課題と、令和7年度に予定している取組")
    issues.get_by_text("指摘を書く").click()
    issues.get_by_label("この欄への指摘").fill("いつ行うかを書いてください。")
    if office.has_script:
        expect(office.get_by_role("button", name="差し戻す（指摘1件）")).to_be_visible()
    office.get_by_role("button", name="差し戻す").click()
    expect(office.get_by_text("1-1-1-1を差し戻しました。")).to_be_visible()
    assert FieldComment.objects.get().field == "issues"

    own = open_as(writer)
    own.goto(at("year_home"))
    own.locator(".todo").get_by_role("link", name="直す").click()
    assert own.locator("#pair-issues .asked").inner_text().endswith("いつ行うかを書いてください。")
    assert own.locator("#pair-result .asked").count() == 0


def test_a_question_beside_the_text_that_is_being_written(
    open_as, at, plan, plan_year, department, writer, coordinator
):
    """What stands unsaved in the form is still there after the question was sent."""
    part = make_entry(make_initiative(plan, "1-1-1-1", department), status="draft").parts.get()
    thread.say(part, "いつごろ送れますか。", by=coordinator)
    own = open_as(writer)
    own.goto(at("part_edit", part.pk))
    talk = own.locator(f"#thread-{part.pk}")
    expect(talk.get_by_text("いつごろ送れますか。")).to_be_visible()
    if not own.has_script:
        expect(talk.get_by_label("質問や返事")).not_to_be_visible()
        talk.get_by_role("link", name="質問や返事を書く画面を開く").click()
        talk = own.locator(f"#thread-{part.pk}")
        talk.get_by_text("質問や返事を書く").click()
        talk.get_by_label("質問や返事").fill("来週です。")
        talk.get_by_role("button", name="送る").click()
        expect(own.get_by_text("送りました。")).to_be_visible()
    else:
        box = own.get_by_label("令和6年度の実績")
        box.fill("書きかけの文")
        talk.get_by_text("質問や返事を書く").click()
        talk.get_by_label("質問や返事").fill("来週です。")
        talk.get_by_role("button", name="送る").click()
        own.locator(f"#thread-{part.pk}").get_by_text("来週です。").wait_for()
        assert own.url == at("part_edit", part.pk)
        assert box.input_value() == "書きかけの文"
        own.wait_for_function(
            "document.activeElement.matches('li') && document.activeElement.textContent.endsWith('来週です。')"
        )
    expect(own.locator(f"#thread-{part.pk}").get_by_text("来週です。")).to_be_visible()
    assert list(PartMessage.objects.values_list("text", flat=True)) == ["いつごろ送れますか。", "来週です。"]


@with_script
def test_a_question_sent_after_signing_out_stays_where_it_was_typed(
    open_as, at, plan, plan_year, department, writer, client
):
    part = make_entry(make_initiative(plan, "1-1-1-1", department), status="draft").parts.get()
    own = open_as(writer)
    own.goto(at("part_edit", part.pk))
    own.context.clear_cookies()
    talk = own.locator(f"#thread-{part.pk}")
    talk.get_by_text("質問や返事を書く").click()
    talk.get_by_label("質問や返事").fill("消えない質問")
    talk.get_by_role("button", name="送る").click()
    talk.get_by_role("alert").wait_for()
    assert talk.get_by_label("質問や返事").input_value() == "消えない質問"
    assert PartMessage.objects.count() == 0


@with_script
def test_from_one_to_the_next_with_the_keyboard(open_as, at, plan, plan_year, department, coordinator):
    parts = [
        make_entry(make_initiative(plan, f"1-1-1-{number}", department), status="submitted").parts.get()
        for number in (1, 2)
    ]
    EntryPart.objects.filter(pk=parts[0].pk).update(submitted_at="2026-11-01T00:00Z")
    EntryPart.objects.filter(pk=parts[1].pk).update(submitted_at="2026-11-02T00:00Z")
    office = open_as(coordinator)
    office.goto(at("review_part", parts[0].pk))
    office.keyboard.press("Alt+ArrowRight")
    office.wait_for_url(at("review_part", parts[1].pk))
    office.get_by_role("region", name="令和6年度の実績").get_by_text("指摘を書く").click()
    office.get_by_role("region", name="令和6年度の実績").get_by_label("この欄への指摘").fill("書きかけ")
    office.get_by_role("heading", level=1).focus()
    office.keyboard.press("Alt+ArrowLeft")  # the comment would be lost: nothing happens
    assert office.url == at("review_part", parts[1].pk)


@with_script
def test_a_comment_is_not_left_behind_by_approving(open_as, at, plan, plan_year, department, writer, coordinator):
    part = make_entry(make_initiative(plan, "1-1-1-1", department), status="submitted").parts.get()
    office = open_as(coordinator)
    office.goto(at("review_part", part.pk))
    office.get_by_label("直してほしいこと（全体）").fill("数を書いてください。")
    asked = []
    office.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    office.get_by_role("button", name="承認する").click(no_wait_after=True)
    office.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    assert EntryPart.objects.get(pk=part.pk).status == "submitted"
    office.get_by_role("button", name="差し戻す").click()
    expect(office.get_by_text("1-1-1-1を差し戻しました。")).to_be_visible()
