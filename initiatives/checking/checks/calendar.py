"""曜日 and the two ways of counting years: 令和6年(2024年)11月17日(日)."""

import re
from collections.abc import Iterator
from datetime import date

from initiatives import fiscal_year as fy
from initiatives.checking.finding import MUST, Check, Finding
from initiatives.checking.reading import plain
from initiatives.checking.writing import Passage

_ERA_AND_WEST = re.compile(r"((?:令和|平成|昭和)(?:元|\d{1,2})年)\((\d{4})年?\)")
_DATE = re.compile(
    r"((?:令和|平成)(?:元|\d{1,2})|\d{4})年(?:\(\d{4}年?\))?(\d{1,2})月(\d{1,2})日(?:\(([月火水木金土日])\))?"
)
_DAYS = "月火水木金土日"


def find(passage: Passage) -> Iterator[Finding]:
    told = plain(passage.text)
    for match in _ERA_AND_WEST.finditer(told):
        year = _year(match[1])
        if year and year != int(match[2]):
            yield _finding(passage, match[0], f"{match[1]}（{year}年）", "元号の年と西暦が合いません。")
    for match in _DATE.finditer(told):
        year = _year(match[1])
        try:
            day = date(year or 2000, int(match[2]), int(match[3]))
        except ValueError:
            yield _finding(passage, match[0], "ある日付", "この日付は、暦にありません。")
            continue
        if year and match[4] and _DAYS[day.weekday()] != match[4]:
            words = f"{match[2]}月{match[3]}日（{_DAYS[day.weekday()]}）"
            yield _finding(passage, match[0], words, "日付と曜日が合いません。")


def _year(words: str) -> int | None:
    try:
        return fy.parse(words)
    except fy.FiscalYearError:
        return None


def _finding(passage: Passage, found: str, expected: str, why: str) -> Finding:
    return Finding(passage.place, found, expected, why, "どちらが正しいかを確かめて、直してください。", found)


CHECK = Check(
    name="calendar",
    title="日付と曜日、元号と西暦",
    looks_at="text",
    severity=MUST,
    explanation="日付と曜日、元号の年と西暦の組み合わせを、暦と比べます。",
    example="令和6年（2024年）11月17日は日曜日です。（土）なら、どちらかが違います。",
    alike=("曜日を書いていない日付", "令和6年度（2024年度）のような年度"),
    find=find,
)
