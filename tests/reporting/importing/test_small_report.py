"""The small report, whole: from the workbook, from the directory, twice, and in either order."""

from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from indicators.models import Indicator, IndicatorValue
from initiatives.models import (
    Direction,
    EntryPart,
    FieldChange,
    Goal,
    Initiative,
    InitiativeDepartment,
    InitiativePartner,
    Plan,
    PlanYear,
    RatingLevel,
    YearlyEntry,
)
from reporting.importing.compare import commit
from reporting.importing.directory import read_directory
from reporting.importing.source import Note
from reporting.models import Chapter
from tests.factories import UserFactory
from tests.reporting.importing import small
from tests.reporting.importing.dump import dump, everything

pytestmark = pytest.mark.django_db


def test_plan_is_made_from_titles_and_indicator_years(take):
    take()
    plan = Plan.objects.get()
    assert (plan.name, plan.city_name, plan.first_year, plan.last_year, plan.baseline_year) == (
        "みなと市福祉計画", "みなと市", 2023, 2025, 2019,
    )  # fmt: skip
    assert list(RatingLevel.objects.values_list("letter", "min_rate", "points", "reason_required")) == [
        ("A", 75, 3, False), ("B", 50, 2, False), ("C", 25, 1, True), ("D", 0, 0, True),
    ]  # fmt: skip
    assert list(PlanYear.objects.values_list("fiscal_year", "status")) == [(2024, "reviewing")]
    assert list(Goal.objects.values_list("number", "first_year")) == [(1, None), (2, 2024)]
    assert [(d.code, d.name) for d in Direction.objects.select_related("policy__goal")] == [
        ("1-1-1", ""), ("1-1-2", ""), ("2-1-1", "知らせる"), ("2-2-1", "集まる"),
    ]  # fmt: skip


def test_initiatives_with_owners_partners_notes(take):
    take()
    rows = Initiative.objects.values_list("code", "name", "original__code", "first_year", "baseline", "note")
    assert list(rows) == [
        ("1-1-1-1", "声かけ運動の推進", None, None, "-", ""),
        ("1-1-1-2", "見守り会議", None, 2022, "2回", ""),
        ("1-1-2-1", "訓練の実施", None, None, "1回", ""),
        ("2-1-1-1", "ちらしの配布", None, None, "", "※関係する課\n※この取組は三つの課で進めています。"),
        ("2-2-1-1", "声かけ運動の推進", "1-1-1-1", None, "", ""),
    ]
    owners = InitiativeDepartment.objects.order_by("initiative__position", "position")
    assert list(owners.values_list("initiative__code", "department__name", "role", "note")) == [
        ("1-1-1-1", "福祉課", "lead", ""),
        ("1-1-1-2", "福祉課", "lead", ""),
        ("1-1-1-2", "防災課", "related", "地域担当"),
        ("1-1-2-1", "防災課", "lead", ""),
        ("1-1-2-1", "福祉課", "related", ""),
        ("2-1-1-1", "こども課", "lead", ""),
        ("2-2-1-1", "福祉課", "lead", ""),
    ]
    partners = InitiativePartner.objects.order_by("initiative__position")
    assert list(partners.values_list("initiative__code", "partner__name", "department__name")) == [
        ("1-1-1-1", "市社協", "福祉課"),
        ("2-2-1-1", "市社協", "福祉課"),
    ]


def test_entries_and_parts(take):
    done = take()
    entries = YearlyEntry.objects.order_by("initiative__position")
    assert list(entries.values_list("target", "next_target", "rating", "shared_result", "holds_own")) == [
        ("継続", "継続", "A", "", False),
        ("3回", "4回", "B", "", False),
        ("2回", "2回", "C", "訓練を2回行った。", False),
        ("", "継続", "A", "", False),
        ("", "", "", "", False),  # the cross-listing says what its original says
    ]
    parts = EntryPart.objects.order_by("entry__initiative__position", "position")
    names = ("entry__initiative__code", "department__name", "result", "issues", "self_rating", "status")
    assert list(parts.values_list(*names)) == [
        ("1-1-1-1", "福祉課", "声かけを12回行った。", "回数を増やす。", "A", "approved"),
        ("1-1-1-2", "福祉課", "会議を3回開いた。", "", "", "approved"),
        ("1-1-1-2", "防災課", "地図を配った。", "", "", "approved"),
        ("1-1-2-1", "防災課", "", "", "", "approved"),
        ("1-1-2-1", "福祉課", "", "", "", "approved"),
        ("2-1-1-1", "こども課", "取組開始", "配る先を増やす。", "A", "approved"),
    ]
    assert entries.get(initiative__code="1-1-1-2").shared_issues == "(防災課)\n地図を直す。\n(福祉課)\n回数を増やす。"
    assert [note.words for note in done.notes if note.kind == Note.UNSPLIT] == [
        "1-1-1-2 課題：実績の欄と、課の順番が違います",
        "1-1-2-1 実績：課名の見出し【　】がありません",
        "1-1-2-1 課題：課名の見出し【　】がありません",
    ]


def test_indicators(take):
    done = take()
    names = ("code", "name", "unit", "decimals", "baseline", "numerator_name", "denominator_name", "ratio_name")
    assert list(Indicator.objects.values_list(*names)) == [
        ("I01", "安心して暮らせると思う人の割合", "%", 1, Decimal(56), "", "", ""),
        ("I02", "相談から就職した人の割合", "%", 1, Decimal(4), "就職した人（参考）", "新しい相談", "就職した割合"),
    ]
    values = IndicatorValue.objects.order_by("indicator__code", "fiscal_year")
    columns = ("fiscal_year", "actual", "actual_figure", "target", "target_figure", "numerator", "denominator")
    assert list(values.values_list(*columns)) == [
        (2023, None, "not_conducted", Decimal(60), "value", None, None),
        (2024, Decimal("57.7"), "value", Decimal(60), "value", None, None),
        (2025, None, "blank", Decimal(70), "value", None, None),
        (2023, Decimal(4), "value", None, "not_set", Decimal(42), Decimal(1050)),
        (2024, Decimal(20), "value", Decimal(25), "value", Decimal(64), Decimal(320)),
        (2025, None, "blank", None, "under_review", None, None),
    ]
    assert [str(note) for note in done.notes if note.kind == Note.RATES] == [
        "安心して暮らせると思う人の割合（R7）：達成率は、印刷が0.0％、計算は空欄"
    ]


def test_a_printed_rate_is_compared_by_the_rule_of_the_indicator(take):
    take()
    Indicator.objects.filter(code="I01").update(polarity="lower")
    # 60 ÷ 57.7 ＝ 103.98… ％
    assert [str(note) for note in take().notes if note.kind == Note.RATES] == [
        "安心して暮らせると思う人の割合（R6）：達成率は、印刷が96.2％、計算は104.0％",
        "安心して暮らせると思う人の割合（R7）：達成率は、印刷が0.0％、計算は空欄",
    ]


def test_counts_by_goal(take):
    done = take()
    assert [(goal.rows, goal.cross_listings, goal.ratings, goal.unrated) for goal in done.counts] == [
        (3, 0, {"A": 1, "B": 1, "C": 1, "D": 0}, 0),
        (2, 1, {"A": 2, "B": 0, "C": 0, "D": 0}, 0),
    ]


def test_twice_changes_nothing(take):
    take()
    before = everything()
    again = take()
    assert again.changes_nothing
    assert everything() == before


def test_preview_writes_nothing(take):
    before = everything()
    assert take(dry_run=True).made > 0
    assert everything() == before


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_workbook_and_directory_make_the_same(take, directory):
    with undone():
        take()
        from_workbook = dump(shared_only=True)
    commit(read_directory(directory, 2024))
    assert dump(shared_only=True) == from_workbook


def test_order_of_the_two_sources_does_not_matter(take, directory):
    with undone():
        take()
        commit(read_directory(directory, 2024))
        workbook_first = dump()
    commit(read_directory(directory, 2024))
    take()
    assert dump() == workbook_first


def test_directory_after_workbook_adds_only_what_it_lacks(take, directory):
    take()
    shared = dump(shared_only=True)
    done = commit(read_directory(directory, 2024))
    assert dump(shared_only=True) == shared
    assert {(change.kind, change.label) for change in done.changes} == {
        ("計画", "発行者"),
        ("計画", "基本理念"),
        ("目標", "概要"),
        ("施策", "名称"),
    }
    assert list(Chapter.objects.filter(goal=None).order_by("pk").values_list("kind", "heading", "text")) == [
        ("foreword", "", "この報告書は、一年のまとめです。"),
        ("process", "進め方", "毎年、確かめます。"),
        ("goal_progress", "結果", "次のとおりです。\n①動き\n②進み"),
    ]


def test_workbook_after_directory_changes_nothing(take, directory):
    commit(read_directory(directory, 2024))
    before = everything()
    assert take().changes_nothing
    assert everything() == before


def test_changed_text_is_one_update_with_history(take):
    take()
    book = small.workbook()
    book["目標1"]["K4"] = "回数を15回に増やす。"
    book["目標2"]["K6"] = "回数を15回に増やす。"  # the cross-listing still says what its original says
    person = UserFactory(role="coordinator")
    with CaptureQueriesContext(connection) as queries:
        done = take(book, by=person)
    assert [(change.name, change.label, change.before, change.after, change.cell) for change in done.changes] == [
        ("1-1-1-1 福祉課", "課題と次年度の予定", "回数を増やす。", "回数を15回に増やす。", "K4")
    ]
    assert sum(query["sql"].startswith("UPDATE") for query in queries) == 1
    change = FieldChange.objects.get()
    assert (change.model, change.field, change.old, change.new, change.source, change.by) == (
        "initiatives.entrypart", "issues", "回数を増やす。", "回数を15回に増やす。", "import", person,
    )  # fmt: skip
    part = EntryPart.objects.get(entry__initiative__code="1-1-1-1")
    assert (part.version, part.status, part.approved_by) == (2, "approved", None)
    assert part.search_text == part.make_search_text()


def test_original_that_changes_leaves_the_cross_listing_its_own(take):
    take()
    book = small.workbook()
    book["目標1"]["I4"] = "声かけを15回行った。"
    done = take(book)
    entry = YearlyEntry.objects.get(initiative__code="2-2-1-1")
    assert (entry.holds_own, entry.rating) == (True, "A")
    assert entry.own_reason == "取り込んだ資料で、再掲元（1-1-1-1）と実績が違うため"
    assert entry.parts.get().result == "声かけを12回行った。"
    assert [note.words for note in done.notes if note.kind == Note.OWN_TEXT] == ["2-2-1-1：実績"]


def test_owners_that_change_are_shown_and_made_anew(take):
    take()
    book = small.workbook()
    book["目標1"]["E6"] = "福祉課\n防災課"
    done = take(book)
    assert [(change.name, change.label, change.before, change.after) for change in done.changes] == [
        ("1-1-2-1", "担当課", "防災課、福祉課", "福祉課、防災課"),
        ("1-1-2-1 福祉課", "並び順", "1", "0"),
        ("1-1-2-1 防災課", "並び順", "0", "1"),
    ]
    owners = InitiativeDepartment.objects.filter(initiative__code="1-1-2-1")
    assert list(owners.values_list("department__name", "role")) == [("福祉課", "lead"), ("防災課", "related")]


def test_initiative_missing_from_the_source_is_left_and_said(take):
    take()
    book = small.workbook()
    book["目標1"].delete_rows(6)
    done = take(book)
    assert done.changes_nothing
    assert [str(note) for note in done.notes if note.kind == Note.ABSENT] == ["1-1-2-1 訓練の実施"]
    assert Initiative.objects.count() == 5


def test_new_initiative_moves_the_later_ones_on(take):
    take()
    book = small.workbook()
    book["目標1"].delete_rows(6)
    book["目標1"].insert_rows(5)
    for column, value in enumerate(
        ["", "1-1-1-9", "間の取組", "します。", "防災課", "-", "1回", "2回", "した。", "A", ""], 1
    ):
        book["目標1"].cell(5, column, value)
    take(book)
    assert list(Initiative.objects.values_list("position", "code")) == [
        (1, "1-1-1-1"), (2, "1-1-1-9"), (3, "1-1-1-2"), (4, "1-1-2-1"), (5, "2-1-1-1"), (6, "2-2-1-1"),
    ]  # fmt: skip


def test_status_and_own_rating_are_not_changed(take):
    take()
    PlanYear.objects.update(status="collecting")
    EntryPart.objects.update(status="submitted", approved_at=None, self_rating="D")
    book = small.workbook()
    book["目標1"]["J6"] = "B"
    book["目標1"]["E4"] = "こども課\n福祉課"
    take(book)
    assert set(EntryPart.objects.values_list("status", "self_rating")) == {("submitted", "D"), ("not_started", "")}
    assert YearlyEntry.objects.get(initiative__code="1-1-2-1").rating == "B"


def test_new_initiative_in_a_year_being_written_is_a_draft(take):
    take()
    PlanYear.objects.update(status="collecting")
    book = small.workbook()
    book["目標1"].append(["", "1-1-2-2", "新しい訓練", "します。", "防災課", "-", "1回", "2回", "1回行った。", "A", ""])
    take(book)
    part = EntryPart.objects.get(entry__initiative__code="1-1-2-2")
    assert (part.status, part.result, part.approved_at) == ("draft", "1回行った。", None)


def test_changes_name_the_cell_and_the_initiative(take):
    take()
    book = small.workbook()
    book["目標1"]["K6"] = "参加者が多い。"
    book["目標1"]["E5"] = "福祉課\n防災課"
    book["成果指標"]["D7"] = 0.581
    book["成果指標"]["E8"] = 0.8
    done = take(book, dry_run=True)
    assert [(c.place.sheet, c.cell, c.name, c.title, c.label, c.before, c.after) for c in done.changes] == [
        ("シート「目標1」", "E5", "1-1-1-2", "見守り会議", "担当課", "福祉課、防災課（地域担当）", "福祉課、防災課"),
        (
            "シート「目標1」",
            "K6",
            "1-1-2-1 R6",
            "訓練の実施",
            "課題と次年度の予定（課に分けない文）",
            "参加者が少ない。",
            "参加者が多い。",
        ),
        ("シート「成果指標」", "D7", "安心して暮らせると思う人の割合 R6", "", "実績", "57.7", "58.1"),
        ("シート「成果指標」", "E8", "安心して暮らせると思う人の割合 R7", "", "目標値", "70", "80"),
    ]


def test_what_is_said_of_an_indicator_that_has_ended(take):
    take()
    Indicator.objects.update(last_year=2023)
    names = list(Indicator.objects.values_list("name", flat=True))
    again = take(dry_run=True)
    assert [note.words for note in again.notes if note.kind == Note.ELSEWHERE] == [
        f"成果指標「{name}」" for name in names
    ]
    assert again.changes_nothing


def test_an_indicator_that_has_ended_is_not_missed(take):
    take()
    Indicator.objects.filter(pk=Indicator.objects.first().pk).update(name="終わった指標", last_year=2023)
    told = [note.words for note in take(dry_run=True).notes if note.kind == Note.KEPT]
    assert not any("終わった指標" in words for words in told)
    Indicator.objects.filter(name="終わった指標").update(last_year=None)
    assert "成果指標「終わった指標」" in [note.words for note in take(dry_run=True).notes if note.kind == Note.KEPT]
