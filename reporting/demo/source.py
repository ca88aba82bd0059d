"""Reading reporting/demo/data: tables, documents, and texts that differ by year."""

import csv
import json
import re
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

from initiatives.parsing import clean_text

DATA = Path(__file__).parent / "data"
_BY_YEAR = re.compile(r"\{([^{}]*)\}")


def table(name: str) -> list[dict[str, str]]:
    """Rows of a CSV file, every cell as it will be kept."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [{key: clean_text(value) for key, value in row.items()} for row in csv.DictReader(file)]


def document(name: str):
    return _cleaned(json.loads((DATA / f"{name}.json").read_text(encoding="utf-8")))


def _cleaned(value):
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {key: _cleaned(item) for key, item in value.items()}
    return value


def text(lines: str | list[str]) -> str:
    """A text kept as a list of its lines."""
    return lines if isinstance(lines, str) else "\n".join(lines)


def of_year(template: str, index: int) -> str:
    """「講座を{2/3}回開いた」: the index-th choice in each pair of braces; index 0 is the first year written about.

    Raises IndexError when a pair of braces has no choice for the year.
    """
    return clean_text(_BY_YEAR.sub(lambda match: match[1].split("/")[index], template))


def first_words(sentence_text: str, *, broken_off: bool) -> str:
    """What a colleague has typed so far: the first sentence (of a list, the first line), or that broken off at a 、."""
    sentence, stop, _ = sentence_text.partition("\n")[0].partition("。")
    if broken_off and "、" in sentence:
        return sentence.rpartition("、")[0] + "、"
    return sentence + stop


def moment(written: str) -> datetime:
    """2026-11-12T11:05 as an office clock shows it."""
    return timezone.make_aware(datetime.fromisoformat(written))


def office_time(at: datetime) -> datetime:
    """The same hour on that day, or on the Monday after a weekend."""
    weekday = timezone.localtime(at).weekday()
    return at + timedelta(days=7 - weekday if weekday > 4 else 0)
