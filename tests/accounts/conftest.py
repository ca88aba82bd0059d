from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import DepartmentFactory, UserFactory

TODAY = date(2026, 11, 22)  # 令和8年度


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *args, **kwargs: TODAY)
    return TODAY


@pytest.fixture
def url():
    return lambda name, *args: reverse(f"accounts:{name}", args=args)


@pytest.fixture
def as_admin(client, admin):
    client.force_login(admin)
    return client


@pytest.fixture
def second_admin(db):
    return UserFactory(username="admin2", name="管理者2", role="admin")


@pytest.fixture
def part(db):
    """健康福祉部 with two departments below it."""
    return DepartmentFactory(name="健康福祉部")


@pytest.fixture
def elderly(part):
    return DepartmentFactory(name="高齢者いきいき課", parent=part, opened_in=2020)


@pytest.fixture
def welfare(part):
    return DepartmentFactory(name="生活福祉課", parent=part)


@pytest.fixture
def family(db):
    return DepartmentFactory(name="こども家庭課")


def messages_of(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def what_was_done(row) -> list[str]:
    """The recorded sentences about a person or a department, oldest first."""
    return [event.what for event in row.events.order_by("pk")]
