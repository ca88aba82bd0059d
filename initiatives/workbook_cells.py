"""A cell of an uploaded sheet as text, with the rules for what may stand there. For every import."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from indicators.calculation import round_half_up
from initiatives.parsing import ParsingError
from initiatives.workbook_reader import Sheet


def text_at(sheet: Sheet, row: int, column: int) -> str:
    """The text of a cell; a number as Excel shows it. Raises ParsingError for formulas, errors, dates, truth values."""
    value = sheet.value(row, column)
    if why := unfit(sheet, row, column):
        raise ParsingError(why)
    if isinstance(value, str):
        return value
    return text_of_number(value, sheet.formats.get((row, column), "General"))


def unfit(sheet: Sheet, row: int, column: int) -> str:
    """Why a cell is neither a text nor a number, and what to do; "" when it is one."""
    value = sheet.value(row, column)
    if (row, column) in sheet.errors:
        return "計算のエラーになっています。値を打ち直してください。"
    if (row, column) in sheet.formulas:
        return "計算式が入っています。セルをコピーし、「値の貼り付け」で値だけにしてください。"
    if isinstance(value, (date, datetime, time, timedelta)):
        return "Excelが日付に変えています。セルの書式を「文字列」にして、打ち直してください。"
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return "文字として読めません。セルの書式を「文字列」にして、打ち直してください。"
    return ""


_FORMAT = re.compile(r"(?P<digits>[#0,]*0(?:\.(?P<decimals>0+))?)(?P<percent>%)?(?P<unit>.*)")


def split_format(format_: str) -> tuple[int | None, bool, bool, str] | None:
    """A number format → (decimals, percent, thousands, unit); None when it is not a plain number (a date …).

    Decimals None: General, as many as the number has. Only the first section (positive numbers) counts.
    """
    plain = re.sub(r"_.|\*.|\[[^\]]*\]", "", format_.split(";")[0]).strip()
    unit = re.sub(r'"([^"]*)"|\\(.)', lambda match: "\x00" + (match[1] or match[2]), plain)
    if plain in ("General", "", "@") or unit.startswith("General"):
        return (
            None if unit.startswith("\x00") else (None, False, False, unit.removeprefix("General").replace("\x00", ""))
        )
    match = _FORMAT.fullmatch(unit)
    if not match or (match["unit"] and not match["unit"].startswith("\x00")):
        return None
    return (
        len(match["decimals"] or ""),
        bool(match["percent"]),
        "," in match["digits"],
        match["unit"].replace("\x00", ""),
    )


def exact(value: float) -> Decimal:
    """The number a person typed, not the binary one next to it. Raises ParsingError beyond 13 digits."""
    if isinstance(value, bool) or not abs(value) < 1e13:
        raise ParsingError("数として読めません。13けたまでの数字を書いてください。")
    return Decimal(repr(float(value)))


def text_of_number(value: float, format_: str) -> str:
    """A number that stands in a text column, as Excel shows it: 5 as 0"回" is "5回". Raises ParsingError."""
    shape = split_format(format_)
    if shape is None:
        raise ParsingError(f"書式「{format_}」の数が入っています。セルの書式を「文字列」にして、打ち直してください。")
    decimals, percent, thousands, unit = shape
    number = exact(value) * 100 if percent else exact(value)
    if decimals is None:
        words = format(number.normalize() + 0, "f")
    else:
        words = format(round_half_up(number, decimals), ",f" if thousands else "f")
    return f"{words}{'%' if percent else ''}{unit}"
