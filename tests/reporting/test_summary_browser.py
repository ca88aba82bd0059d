"""集計 in a real browser: a figure opens its calculation, with a script or without."""

import pytest
from django.urls import reverse

from tests.factories import make_entry, make_initiative
from tests.test_accessibility import findings

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BUTTON = "button.how[popovertarget=how-goal-1]"


@pytest.fixture
def open_in(client, live_server, coordinator, plan, plan_year, department, settings):
    """The page in a browser's context, with one initiative rated B."""
    make_entry(make_initiative(plan, "1-1-1-1", department), rating="B")
    client.force_login(coordinator)

    def inner(context):
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
        page = context.new_page()
        page.goto(live_server.url + reverse("reporting:summary", args=[plan_year.plan_id, plan_year.fiscal_year]))
        return page

    return inner


def test_a_figure_opens_its_calculation_without_script(browser, browser_context_args, open_in):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = open_in(context)
    box = page.locator("#how-goal-1")
    assert not box.is_visible()
    page.locator(BUTTON).click()
    assert "点数：1×2＝2点" in box.inner_text()
    box.get_by_role("button", name="閉じる").click()
    assert not box.is_visible()
    context.close()


def test_an_open_calculation_can_be_read_by_everyone(context, open_in):
    page = open_in(context)
    page.locator(BUTTON).focus()
    page.keyboard.press("Enter")
    assert page.locator("#how-goal-1").is_visible()
    assert findings(page) == []
    page.keyboard.press("Escape")
    assert not page.locator("#how-goal-1").is_visible()
