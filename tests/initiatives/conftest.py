import pytest
from django.urls import reverse


@pytest.fixture
def address(plan_year):
    """address("year_settings"): of a page about the year under test."""
    return lambda name, **more: reverse(
        f"initiatives:{name}", kwargs={"plan_id": plan_year.plan_id, "fiscal_year": plan_year.fiscal_year} | more
    )


@pytest.fixture
def office(client, coordinator):
    """The browser of 福祉総務課."""
    client.force_login(coordinator)
    return client
