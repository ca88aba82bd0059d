"""The printed 令和6年度 report against the labels of a reader. Skipped where the data is not beside the repository."""

from pathlib import Path

import pytest

from benchmarks.checks import REAL, judge
from initiatives.models import PlanYear
from reporting.checks.run import run
from reporting.checks.year import context_of
from reporting.importing.compare import commit
from reporting.importing.directory import read_directory

pytestmark = pytest.mark.django_db

# Said by a label to be right, and found all the same.
FALSE_ALARMS = {("metric_missing", "4-1-1-12", "result"), ("misplaced", "1-2-2-1", "")}
# Found by a reader and not by the check.
MISSED = {
    ("metric_missing", "4-1-5-11", ""),
    ("misplaced", "5-1-1-1", ""),
    ("misplaced", "6-3-5-5", ""),
    ("slips", "6-1-1-1", ""),
    ("slips", "goal6:event3", ""),
    ("unit", "3-2-1-2", ""),
    ("unit", "4-3-1-2", ""),
    *(
        ("vocabulary", place, "")
        for place in (
            "1-2-2-1",
            "2-1-1-6",
            "3-1-1-12",
            "4-1-1-13",
            "goal3:review",
        )
    ),
}


@pytest.mark.skipif(
    not Path(REAL).is_dir(), reason="実データ（../shared/data/kamakura-r6）がリポジトリの隣にないので、確かめていません"
)
def test_findings_are_those_of_the_labels():
    commit(read_directory(REAL, 2024))
    verdicts = judge(run(context_of(PlanYear.objects.select_related("plan").get())))
    assert verdicts.wrong == FALSE_ALARMS
    assert verdicts.missed == MISSED
    assert verdicts.unlabelled == set()
