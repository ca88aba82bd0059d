"""Writing the figures of a year: one row, with the history of its fields."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from indicators.models import Indicator, IndicatorValue
from initiatives import history


def value_of(indicator: Indicator, fiscal_year: int) -> IndicatorValue:
    """The row of a year; a blank one that is not kept yet (version 0) where nobody has written."""
    return indicator.values.filter(fiscal_year=fiscal_year).first() or IndicatorValue(
        indicator=indicator, fiscal_year=fiscal_year, version=0
    )


@transaction.atomic
def save(value: IndicatorValue, values: Mapping[str, Any], *, by: User) -> dict[str, Any]:
    """Set fields of a year's row. Returns what changed. Raises history.Conflict: a colleague wrote first."""
    if value.pk is None and history.differences(value, values):
        value.version = 1
        try:
            with transaction.atomic():
                value.save()
        except IntegrityError as error:
            raise history.Conflict(str(value)) from error
    return history.save_changes(value, values, by=by, on_behalf_of=by.acting_for(value.indicator.department_id))
