"""Reading the whole ledger against the records and the anchors: what was changed, taken out, put in, moved, cut off.

It trusts nothing in the database. What cannot be read counts as changed.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models, transaction

from ledger import content
from ledger.anchors import Anchor
from ledger.models import LedgerEntry
from ledger.records import record_models

CHANGED, REMOVED, INSERTED, MOVED, CUT = "書き換え", "削除", "差しこみ", "並べ替え", "末尾の切り取り"
AT_ONCE = 900  # rows a query; SQLite takes 999 values

Values = tuple[Any, ...]
ENTRY = ("position", "model", "row_id", "digest", "at", "previous", "hash")


@dataclass(frozen=True)
class Broken:
    """One row that is not as it was written."""

    kind: str
    words: str

    def __str__(self):
        return f"【{self.kind}】{self.words}"


def verify(anchors: Iterable[Anchor] = ()) -> Iterator[Broken]:
    """Everything that is wrong, in the order of the ledger; then records without an entry; then what anchors tell.

    May run while people work: the records are listed before the entries are read, and each was written with its entry.
    """
    anchors = list(anchors)
    waiting = {model._meta.label_lower: set(model._base_manager.values_list("pk", flat=True)) for model in _models()}
    hashes = dict.fromkeys(anchor.position for anchor in anchors)
    seen: set[tuple[str, int]] = set()
    last, previous = 0, content.GENESIS  # None: what stood before is lost, and that was told
    for position, entry, record in _with_records():
        if position != last + 1:
            yield _gap(last + 1, position)
            previous = None
        last = max(last, position)
        if entry:
            hashes |= {position: entry["hash"]} if position in hashes else {}
            waiting.get(entry["model"], set()).discard(entry["row_id"])
        if not _is_sound(entry):
            yield Broken(CHANGED, f"台帳の{position}番目が書き換えられています{_about(entry)}。")
            previous = None
            continue
        if previous not in (None, entry["previous"]):
            yield Broken(
                MOVED,
                f"台帳の{position}番目{_about(entry)}が、その前の行につながりません。"
                "順番が入れ替えられたか、この前で行が消されたか差しこまれています。",
            )
        if found := _wrong_record(entry, record, seen):
            yield found
        previous = entry["hash"]
        seen.add((entry["model"], entry["row_id"]))
    yield from _without_entry(waiting)
    yield from _against(anchors, hashes, last)


def _models() -> list[type[models.Model]]:
    return list(record_models())


def _gap(expected: int, position: int) -> Broken:
    if position < expected:
        return Broken(INSERTED, f"台帳に、あるはずのない{position}番目が差しこまれています。")
    which = f"{expected}番目" if position == expected + 1 else f"{expected}番目から{position - 1}番目まで"
    return Broken(REMOVED, f"台帳の{which}が消されています。")


def _is_sound(entry: dict[str, Any] | None) -> bool:
    """Whether the entry is as it was written, whatever stands around it."""
    if entry is None:
        return False
    try:
        made = content.link(entry["previous"], entry["model"], entry["row_id"], entry["digest"], entry["at"])
    except Exception:
        return False
    return made == entry["hash"]


def _about(entry: dict[str, Any] | None) -> str:
    return f"（{_name(entry['model'], entry['row_id'])}）" if entry else ""


def _name(label: str, pk: Any) -> str:
    """A record for people and for the operator: what it is called, and where it is found."""
    model = _by_label(label)
    return f"{model._meta.verbose_name} {pk}番、表 {model._meta.db_table}" if model else f"{label} {pk}"


def _by_label(label: str) -> type[models.Model] | None:
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None


def _wrong_record(entry: dict[str, Any], record: Values | None, seen: set[tuple[str, int]]) -> Broken | None:
    """What is wrong with the record of a sound entry."""
    name, position = _name(entry["model"], entry["row_id"]), entry["position"]
    if (entry["model"], entry["row_id"]) in seen:
        return Broken(INSERTED, f"台帳の{position}番目は、前にもある記録（{name}）をもう一度記しています。")
    if record is None:
        return Broken(REMOVED, f"記録（{name}）が消されています。台帳の{position}番目にあったものです。")
    try:
        same = content.digest(content.columns(_by_label(entry["model"])), record) == entry["digest"]
    except Exception:
        same = False
    return None if same else Broken(CHANGED, f"記録（{name}）が書き換えられています。台帳の{position}番目です。")


def _without_entry(waiting: dict[str, set[int]]) -> Iterator[Broken]:
    for label, pks in waiting.items():
        for pk in sorted(pks):
            yield Broken(INSERTED, f"記録（{_name(label, pk)}）は、台帳にありません。あとから差しこまれたものです。")


def _against(anchors: list[Anchor], hashes: dict[int, str | None], last: int) -> Iterator[Broken]:
    for anchor in anchors:
        kept = f"{anchor.at:%Y-%m-%d %H:%M}の控えでは"
        if anchor.position > last:
            yield Broken(
                CUT,
                f"{kept}{anchor.position}番目までありましたが、いまは{last}番目までです。末尾が切り取られています。",
            )
        elif hashes[anchor.position] != anchor.hash:
            yield Broken(
                CHANGED, f"{kept}、台帳の{anchor.position}番目が別のものでした。そこまでのどこかが作り直されています。"
            )


# --- Reading ----------------------------------------------------------------------------------------


def _with_records() -> Iterator[tuple[int, dict[str, Any] | None, Values | None]]:
    """Position, entry (None: unreadable) and its record (None: there is none; (): unreadable), in order."""
    after = None
    while True:
        ahead = LedgerEntry.objects.order_by("position")
        ahead = ahead if after is None else ahead.filter(position__gt=after)
        positions = list(ahead.values_list("position", flat=True)[:AT_ONCE])
        if not positions:
            return
        rows = dict(_read(LedgerEntry, ENTRY, positions))
        entries = {key: entry for key, row in rows.items() if (entry := _entry(row))}
        records = _records_of(entries.values())
        for position in positions:
            entry = entries.get(position)
            yield position, entry, entry and records.get((entry["model"], entry["row_id"]))
        after = positions[-1]


def _entry(row: Values) -> dict[str, Any] | None:
    entry = dict(zip(ENTRY, row, strict=False))
    # SQLite keeps anything in any column.
    return entry if isinstance(entry.get("model"), str) and isinstance(entry.get("row_id"), int) else None


def _records_of(entries: Iterable[dict[str, Any]]) -> dict[tuple[str, int], Values]:
    wanted: dict[str, list[int]] = {}
    for entry in entries:
        wanted.setdefault(entry["model"], []).append(entry["row_id"])
    labels = {model._meta.label_lower: model for model in _models()}
    return {
        (label, pk): row
        for label, pks in wanted.items()
        if (model := labels.get(label))
        for pk, row in _read(model, content.columns(model), pks)
    }


def _read(model: type[models.Model], names: tuple[str, ...], pks: list[int]) -> list[tuple[int, Values]]:
    """(pk, values) of those that are there; () for a row whose values are none of their columns' kind."""
    rows = model._base_manager.order_by()

    def some(keys: list[int]) -> list[tuple[int, Values]]:
        return [(row[0], row[1:]) for row in rows.filter(pk__in=keys).values_list("pk", *names)]

    return _or_one_by_one(some, pks)


def _or_one_by_one(some: Callable[[list[int]], list], pks: list[int]) -> list:
    try:
        with transaction.atomic():
            return some(pks)
    except Exception:
        if len(pks) == 1:
            return [(pks[0], ())]
        return [row for pk in pks for row in _or_one_by_one(some, [pk])]
