"""What a person does, in a real browser. Each journey also runs with JavaScript switched off."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import User
from initiatives.models import PlanYear
from tests.factories import UserFactory, make_entry, make_initiative

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "midori-no-mado-7"


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def window(request, browser, browser_context_args):
    context = browser.new_context(**browser_context_args, java_script_enabled=request.param)
    yield context.new_page()
    context.close()


def person(role: str) -> User:
    user = UserFactory(username="ogawa", name="小川", role=role)
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(window, live_server) -> None:
    window.goto(live_server.url + "/")
    window.get_by_label("ユーザー名").fill("ogawa")
    window.get_by_label("パスワード", exact=True).fill(PASSWORD)
    window.get_by_role("button", name="サインイン").click()


def test_a_wrong_password_is_told_and_the_name_is_kept(window, live_server):
    person(User.Role.COORDINATOR)
    window.goto(live_server.url + reverse("accounts:login"))
    window.get_by_label("ユーザー名").fill("ogawa")
    window.get_by_label("パスワード", exact=True).fill("chigau")
    window.get_by_role("button", name="サインイン").click()
    expect(window.get_by_text("ユーザー名かパスワードが違います").first).to_be_visible()
    assert window.get_by_label("ユーザー名").input_value() == "ogawa"


def test_find_an_initiative_and_read_it(window, live_server, plan, plan_year, department):
    PlanYear.objects.update(status=PlanYear.Status.REVIEWING)
    make_entry(make_initiative(plan, "1-1-1-1", department, name="見守りの推進"), rating="A", result="毎月歩いた。")
    make_entry(make_initiative(plan, "1-1-1-2", department, name="訓練の実施"), rating="B")
    person(User.Role.COORDINATOR)
    sign_in(window, live_server)
    window.get_by_role("navigation", name="主なメニュー", exact=True).get_by_role("link", name="取組").click()
    window.get_by_label("ことば・番号").fill("見守り")
    window.get_by_role("button", name="しぼりこむ").click()
    assert window.get_by_role("status").inner_text().startswith("1件")
    window.get_by_role("link", name="見守りの推進").click()
    assert window.get_by_role("heading", level=1).inner_text() == "1-1-1-1　見守りの推進"
    expect(window.get_by_text("毎月歩いた。").first).to_be_visible()


def test_sign_out(window, live_server, plan_year):
    person(User.Role.COORDINATOR)
    sign_in(window, live_server)
    window.locator("details.person > summary").click()
    window.get_by_role("button", name="サインアウト").click()
    assert window.url.startswith(live_server.url + reverse("accounts:login"))
