"""What every test may ask for."""

# --- Browser --------------------------------------------------------------------------------------
# Tests marked `browser` drive the system's own Chromium through Playwright, which downloads nothing:
# bin/test finds it and names it in AYUMI_CHROMIUM.
import os
import shutil

import pytest
from hypothesis import settings

from accounts.models import User
from tests.factories import DepartmentFactory, PlanFactory, PlanYearFactory, UserFactory

# Playwright's synchronous API leaves an event loop in the test's thread, and the ORM then refuses every query.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# No deadline: a shared two-core machine may stop for longer than any test should take.
settings.register_profile("ayumi", deadline=None)
settings.load_profile("ayumi")

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

# --- People and a small city ------------------------------------------------------------------------


@pytest.fixture
def department(db):
    return DepartmentFactory(name="高齢課")


@pytest.fixture
def other_department(db):
    return DepartmentFactory(name="防災課")


@pytest.fixture
def writer(department):
    """Works in the department that owns most of the tests' initiatives."""
    return UserFactory(username="writer", name="書く人", of=[department])


@pytest.fixture
def manager(department):
    return UserFactory(username="manager", name="課長", role=User.Role.MANAGER, of=[department])


@pytest.fixture
def other(other_department):
    """Works in another department."""
    return UserFactory(username="other", name="よその人", of=[other_department])


@pytest.fixture
def coordinator(db):
    return UserFactory(username="coordinator", name="とりまとめ", role=User.Role.COORDINATOR)


@pytest.fixture
def member(db):
    return UserFactory(username="member", name="委員", role=User.Role.COMMITTEE)


@pytest.fixture
def admin(db):
    return UserFactory(username="admin", name="管理者", role=User.Role.ADMIN)


@pytest.fixture
def plan(db):
    return PlanFactory(name="試験市地域福祉計画")


@pytest.fixture
def plan_year(plan):
    """令和6年度, open for writing."""
    return PlanYearFactory(plan=plan)
