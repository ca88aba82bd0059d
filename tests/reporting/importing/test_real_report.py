"""The printed 令和6年度 report: counts and figures. Skipped where the data is not beside the repository."""

import csv

import pytest

from accounts.models import Department
from initiatives import parsing
from initiatives.composition import compose
from initiatives.models import EntryPart, Initiative, YearlyEntry
from reporting.importing.compare import commit, preview
from reporting.importing.directory import read_directory
from reporting.importing.source import Note
from reporting.importing.workbook import read_workbook
from tests.reporting.importing.dump import dump, everything
from tests.reporting.importing.test_joint_cells import words
from tests.reporting.importing.test_small_report import undone

pytestmark = pytest.mark.django_db
WORKBOOK = "取組調査票_R6.xlsx"
RATINGS = {
    1: (16, 2, 0, 0), 2: (15, 2, 0, 0), 3: (23, 2, 1, 0), 4: (81, 26, 0, 1), 5: (33, 4, 0, 0), 6: (26, 5, 0, 0),
}  # fmt: skip


def test_workbook_counts(real):
    done = commit(read_workbook(real / WORKBOOK, 2024))
    source = done.source
    assert (len(source.goals), len(source.policies), len(source.directions), len(source.initiatives)) == (
        6,
        13,
        40,
        237,
    )
    assert (Department.objects.count(), len(source.indicators)) == (36, 12)
    assert {goal.number: tuple(goal.ratings.values()) for goal in done.counts} == RATINGS
    assert [goal.cross_listings for goal in done.counts] == [0, 1, 1, 4, 1, 19]
    assert Initiative.objects.filter(original__isnull=False).count() == 26
    assert YearlyEntry.objects.filter(holds_own=True).count() == 22
    assert EntryPart.objects.count() == EntryPart.objects.filter(status="approved").count() == 296


def test_workbook_and_directory_in_either_order(real):
    with undone():
        commit(read_workbook(real / WORKBOOK, 2024))
        shared = dump(shared_only=True)
        added = commit(read_directory(real, 2024))
        assert dump(shared_only=True) == shared
        assert {change.label for change in added.changes} == {"発行者", "基本理念", "概要", "名称"}
        workbook_first = dump()
    commit(read_directory(real, 2024))
    assert dump(shared_only=True) == shared
    before = everything()
    assert commit(read_workbook(real / WORKBOOK, 2024)).changes_nothing
    assert commit(read_directory(real, 2024)).changes_nothing
    assert everything() == before
    assert dump() == workbook_first


def test_texts_of_the_parts_are_the_cells_again(real):
    """Every cell of the data, but for those that show their original's, composed from what is stored."""
    commit(read_workbook(real / WORKBOOK, 2024))
    entries = {
        entry.initiative.code: entry
        for entry in YearlyEntry.objects.select_related("initiative").prefetch_related("parts__department")
    }
    with (real / "initiatives.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        entry = entries[row["code"]]
        if entry.initiative.original_id and not entry.holds_own:
            continue
        parts = list(entry.parts.all())
        for shared, name, cell in (
            ("shared_result", "result", "result_r6"),
            ("shared_issues", "issues", "issues_and_plan"),
        ):
            texts = [(part.department.name, getattr(part, name)) for part in parts]
            composed = compose(getattr(entry, shared), texts, joint=len(parts) > 1)
            assert words(composed) == words(parsing.clean_text(row[cell])), (row["code"], name)


def test_parts_agree_with_the_published_division(real):
    """department_results.csv divides the same cells: where both name one department, the texts are the same."""
    commit(read_workbook(real / WORKBOOK, 2024))
    held = {
        (part.entry.initiative.code, part.department.name): part
        for part in EntryPart.objects.select_related("entry__initiative", "department")
    }
    compared = 0
    with (real / "department_results.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            part = held.get((row["code"], row["department"]))
            if part and row["code"] != "2-1-1-11":  # one of its headings names two departments: kept whole
                for mine, theirs in ((part.result, row["result_text"]), (part.issues, row["issue_text"])):
                    assert parsing.key(mine) == parsing.key(theirs), row["code"]
                    compared += 1
    assert compared > 500


def test_notes(real):
    done = preview(read_workbook(real / WORKBOOK, 2024))
    kinds = {kind: len(notes) for kind, notes in done.notes_by_kind().items()}
    assert kinds == {
        Note.NUMBERING: 1, Note.PRINTINGS: 3, Note.OWN_TEXT: 22, Note.UNSPLIT: 44, Note.PARTNERS: 3, Note.RATES: 16,
    }  # fmt: skip
    rates = {str(note) for note in done.notes if note.kind == Note.RATES}
    assert (
        "生活困窮者自立支援法に基づく相談支援実施後の就労自立者数（R6）：達成率は、印刷が56.6％、計算は57.7％" in rates
    )


@pytest.mark.parametrize(("name", "count"), [(WORKBOOK, 8), ("", 9)], ids=["workbook", "directory"])
def test_preview_takes_few_queries(real, name, count, django_assert_num_queries):
    """The same number whether there are 5 initiatives (test_queries.py) or 237."""
    read = (lambda: read_workbook(real / name, 2024)) if name else (lambda: read_directory(real, 2024))
    commit(read())
    source = read()
    with django_assert_num_queries(count):
        preview(source)
