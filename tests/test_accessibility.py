"""Every page, as each role, in a real browser: axe finds nothing, nothing scrolls sideways, no rule of the page is broken.

The pages are those of tests/access.csv: an address without a row there cannot exist (test_urls).
"""

import csv
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.urls import reverse

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TABLE = list(csv.DictReader((Path(__file__).parent / "access.csv").open(encoding="utf-8")))
NO_PAGES = {
    "public:file", "public:api", "public:api_edition", "public:api_table", "public:api_initiative", "public:feed", "public:sitemap",
    "public:robots",
}  # fmt: skip
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (1366, 390)
FINDINGS = """rules => axe.run(document, {runOnly: rules}).then(found => found.violations.map(
    violation => violation.id + ": " + violation.nodes.map(node => node.target.join(" ")).slice(0, 3).join(" | ")))"""


def pages_of(role: str, targets: dict) -> list[str]:
    """Addresses of the pages (not downloads, not parts of a page) that the table lets this role open.

    Public pages are the same for everybody, so they are opened once, by whoever did not sign in.
    """
    rows = [row for row in TABLE if row["method"] == "GET" and row[role] == "200"]
    rows = [
        row
        for row in rows
        if not row["name"].endswith(("_excel", "_file", "_progress", "part_preview", "part_checks", "chapter_preview"))
        and row["name"] not in NO_PAGES
        and (role == "anonymous" or not row["name"].startswith("public:"))
    ]
    return sorted({reverse(row["name"], kwargs=targets[row["target"]]) for row in rows})


def findings(page) -> list[str]:
    """What axe finds on the page as it stands, at each width; also for pages that only a POST brings about."""
    page.evaluate(AXE_SCRIPT)
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 768 if width > 400 else 844})
        found += [f"{width}: {line}" for line in page.evaluate(FINDINGS, RULES)]
    return found


@pytest.fixture
def sign_in(context, client, live_server):
    """Give the browser a session, without typing a password each time."""

    def inner(user):
        client.force_login(user)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])

    return inner


# What axe looks at: the elements of the parts of a page, whatever words stand in them.
SHAPE = """() => ["header", "main", "footer"].map(part => [...document.querySelectorAll(`body ${part} *, .actionbar *`)].map(
    element => [element.tagName, ...element.getAttributeNames().filter(name => !/^(href|value|action|d|id|for|x|y)$/.test(name)),
        element.className.baseVal ?? element.className].join(" ")).join("|"))"""


@pytest.mark.parametrize(
    "roles", [["coordinator"], ["writer", "manager"], ["member", "admin"], ["anonymous"]], ids="+".join
)
def test_every_page(roles, page, sign_in, live_server, targets, request):
    complaints, seen = [], set()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for role in roles:
        if role != "anonymous":
            sign_in(request.getfixturevalue(role))
        addresses = pages_of(role, targets)
        assert addresses
        for address in addresses:
            page.goto(live_server.url + address)
            shape = set(page.evaluate(SHAPE))
            if not shape <= seen:  # a page made of parts that were looked at already brings nothing new
                assert findings(page) == [], address
            seen |= shape
            page.set_viewport_size({"width": 320, "height": 640})
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
    assert complaints == []


def test_text_at_twice_its_size_does_not_scroll_sideways(page, sign_in, live_server, targets, coordinator):
    sign_in(coordinator)
    page.set_viewport_size({"width": 1366, "height": 768})
    for address in pages_of("coordinator", targets):
        page.goto(live_server.url + address)
        page.evaluate("document.documentElement.style.fontSize = '32px'")
        assert page.evaluate("document.documentElement.scrollWidth") <= 1366, address
