"""What every test may ask for."""

# --- Browser --------------------------------------------------------------------------------------
# Tests marked `browser` drive the system's own Chromium through Playwright, which downloads nothing:
# bin/test finds it and names it in AYUMI_CHROMIUM.
import os
import shutil

import pytest

# Playwright's synchronous API leaves an event loop in the test's thread, and the ORM then refuses every query.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    names = ("chromium-headless-shell", "chromium", "google-chrome")
    chromium = os.environ.get("AYUMI_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if chromium is None:
        pytest.skip("Chromium が見つかりません(bin/test が入れ方を示します)")
    return browser_type_launch_args | {"executable_path": chromium, "args": CHROMIUM_ARGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return browser_context_args | {"locale": "ja-JP", "timezone_id": "Asia/Tokyo"}


# --- End of browser -------------------------------------------------------------------------------
