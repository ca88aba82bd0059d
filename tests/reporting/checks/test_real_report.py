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
FALSE_ALARMS: set = set()
# Found by a reader and not by the check.
MISSED = {
    ("misplaced", "5-1-1-1", "", ""),
    ("slips", "2-1-3-1", "result", "担当制"),
    ("slips", "4-1-5-4", "result", "に向き"),
    ("slips", "4-2-2-6", "description", "担い手"),
    ("slips", "4-3-2-4", "description", "交付し"),
    ("slips", "5-2-1-1", "result", "名簿と"),
    ("slips", "5-2-3-1", "result", "貸付件数"),
    ("slips", "5-2-4-3", "result", "登録通訳"),
    ("slips", "5-2-6-5", "description", "により支援"),
    ("slips", "goal3:footnote3", "", "課題が"),
    ("slips", "goal3:review", "", "継続支援"),
    ("vocabulary", "4-1-2-1", "issues", "講座形"),
    ("vocabulary", "4-1-2-12", "issues", "就労支援員"),
    ("vocabulary", "4-1-2-6", "result", "海水浴"),
    ("vocabulary", "4-3-1-3", "result", "家庭の保育"),
    ("vocabulary", "5-2-5-8", "result", "対面方"),
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
