"""April transfers pasted from Excel, in a real browser."""

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from tests.test_accessibility import findings

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_pasted_mended_and_taken_in(context, page, client, live_server, admin, writer, other_department):
    client.force_login(admin)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    day = f"{timezone.localdate():%Y-%m-%d}"
    page.goto(live_server.url + reverse("accounts:user_list"))
    page.get_by_role("link", name="人事異動をまとめて").click()
    lines = f"ユーザー名\t氏名\t新しい課\t役割\tいつから\nwriter\t書く人\t防災課\t課長\t{day}\nyamada\t山田 花子\tない課\t担当者\t{day}"
    page.get_by_label("表を貼り付ける").fill(lines)
    page.get_by_role("button", name="何が変わるかを確かめる").click()
    assert page.get_by_role("heading", level=1).inner_text() == "取り込めない行が1行あります。まだ何も変わっていません"
    expect(page.get_by_text("「ない課」という課はありません")).to_be_visible()
    assert findings(page) == []
    field = page.get_by_label("直して、もう一度確かめる")
    field.fill(field.input_value().replace("ない課", "防災課"))
    page.get_by_role("button", name="もう一度確かめる").click()
    assert findings(page) == []
    page.get_by_role("button", name="2人の異動を取り込む").click()
    assert findings(page) == []
    page.set_viewport_size({"width": 1366, "height": 768})
    password = page.locator("td.code").inner_text().rpartition("：")[2].strip()
    assert User.objects.get(username="yamada").check_password(password)
    writer = User.objects.get(username="writer")
    assert (writer.role, writer.department_ids()) == ("manager", {other_department.pk})
