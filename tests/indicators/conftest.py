import pytest
from django.urls import reverse

from tests.factories import make_indicator


@pytest.fixture
def indicator(plan, plan_year, department):
    """Of 高齢課, in points of a percentage, with last year's figures and this year's target."""
    values = {2023: ("51.8", "64.4"), 2024: (None, "67.2")}
    return make_indicator(plan, department=department, unit="%", decimals=1, values=values, name="相談できる人の割合")


@pytest.fixture
def address(indicator, plan_year):
    """address("indicator_edit"): the page of that name for the indicator in the year in view."""
    return lambda name: reverse(f"indicators:{name}", args=[plan_year.plan_id, plan_year.fiscal_year, indicator.pk])
