import pytest

from initiatives.notices import outbox, words
from tests.factories import make_entry, make_initiative


@pytest.fixture
def mail_on(settings):
    """As with AYUMI_MAIL=smtp; what is sent lands in the mailbox of the test."""
    settings.MAIL = "smtp"
    settings.BASE_URL = "https://ayumi.city.example.jp"
    settings.DEFAULT_FROM_EMAIL = "あゆみ <ayumi@city.example.jp>"


@pytest.fixture
def addressed(writer, other):
    for person in (writer, other):
        person.email = f"{person.username}@city.example.jp"
        person.save()


@pytest.fixture
def make(plan, department):
    """make("1-1-1-1", status): a part of 高齢課, or of the departments named."""

    def inner(code, status, *departments):
        entry = make_entry(make_initiative(plan, code, *(departments or [department])), status=status)
        return entry.parts.order_by("position").first()

    return inner


@pytest.fixture
def remind(plan_year, coordinator):
    """Put a reminder into the outbox; returns its notices."""

    def inner(*departments):
        notices = outbox.reminder(
            plan_year, by=coordinator, words=words.of(plan_year, "reminder"), departments=departments
        )  # fmt: skip
        outbox.put(notices)
        return notices

    return inner
