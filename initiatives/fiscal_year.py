"""Fiscal years (年度) and era names (元号): the only place that converts between them.

A fiscal year is an int, the calendar year in which it begins: 2024 is 令和6年度, 2024-04-01 to 2025-03-31.
"""

import re
import unicodedata
from datetime import date

# Name, letter, first calendar year. A fiscal year takes the era of its last day but for the year in which
# an era began, which cities call 元年 throughout (2019 is 令和元年度).
ERAS = (("令和", "R", 2019), ("平成", "H", 1989), ("昭和", "S", 1926))

_PATTERN = re.compile(r"(?:(令和|平成|昭和|R|H|S)\.?(元|\d{1,2})|(\d{4}))(?:年度|年)?", re.IGNORECASE)


class FiscalYearError(ValueError):
    """The text is no fiscal year; the message says so to the person who typed it."""


def parse(text: str | int) -> int:
    """Read "R6", "令和6年度", "令和元年度", "2024年度", "２０２４" or 2024 as 2024.

    Raises FiscalYearError for anything else, and for an era year that never was (平成40年度).
    """
    plain = unicodedata.normalize("NFKC", str(text)).strip().replace(" ", "")
    match = _PATTERN.fullmatch(plain)
    if not match:
        raise FiscalYearError(f"「{text}」は年度として読めません。「R6」「令和6年度」「2024」のように書いてください。")
    era, number, western = match.groups()
    if western:
        return int(western)
    index = next(i for i, (name, letter, _) in enumerate(ERAS) if era.upper() in (name, letter))
    year = ERAS[index][2] + (1 if number == "元" else int(number)) - 1
    if number == "0" or (index > 0 and year > ERAS[index - 1][2]):
        raise FiscalYearError(f"「{text}」という年度はありません。")
    return year


_DAY = re.compile(
    r"(?:(?P<era>令和|平成|昭和|R|H|S)\.?(?P<number>元|\d{1,2})|(?P<western>\d{4}))"
    r"(?:年|[-/.])(?P<month>\d{1,2})(?:月|[-/.])(?P<day>\d{1,2})日?",
    re.IGNORECASE,
)


def parse_day(text: str) -> date:
    """Read "令和9年4月1日", "R9.4.1", "2027/4/1" or "2027-04-01" as that day. Raises FiscalYearError."""
    match = _DAY.fullmatch(unicodedata.normalize("NFKC", text).strip().replace(" ", ""))
    try:
        year = int(match["western"]) if match["western"] else parse(f"{match['era']}{match['number']}")
        return date(year, int(match["month"]), int(match["day"]))
    except (TypeError, ValueError) as error:  # no match, or a day that is not in the calendar
        raise FiscalYearError(
            f"「{text}」は日付として読めません。「2027-04-01」「令和9年4月1日」のように書いてください。"
        ) from error


def of_date(day: date) -> int:
    """The fiscal year in which a day lies (it begins on 1 April)."""
    return day.year if day.month >= 4 else day.year - 1


def _era(year: int) -> tuple[str, str, int]:
    for name, letter, first in ERAS:
        if year >= first:
            return name, letter, year - first + 1
    raise FiscalYearError(f"{year}年度には元号の記録がありません。")


def short(year: int) -> str:
    """R6, as in narrow tables of the report."""
    _, letter, number = _era(year)
    return f"{letter}{number}"


def label(year: int) -> str:
    """令和6年度, and 令和元年度 for the first year of an era."""
    name, _, number = _era(year)
    return f"{name}{'元' if number == 1 else number}年度"


def date_label(day: date) -> str:
    """令和8年12月4日, by the era of that very day's year."""
    name, _, number = _era(day.year)
    return f"{name}{'元' if number == 1 else number}年{day.month}月{day.day}日"
