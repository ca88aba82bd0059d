"""Days and fiscal years in the words of the era (元号)."""

from datetime import date

from django import template

from initiatives import fiscal_year as fy

register = template.Library()


@register.filter
def era_date(day: date | None) -> str:
    """令和9年3月31日; blank for None."""
    return fy.date_label(day) if day else ""


@register.filter
def fiscal_year_label(year: int | None) -> str:
    """令和8年度; blank for None."""
    return "" if year is None else fy.label(year)
