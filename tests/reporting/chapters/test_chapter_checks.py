"""整合性チェック beside the text that is being written: the year's own checks, on this chapter alone."""

import pytest

from reporting.chapters import Draft, find
from reporting.checks import year as checks_year
from reporting.checks.chapter import findings
from reporting.checks.run import CHECKS
from reporting.models import Chapter, CheckDecision
from tests.reporting.chapters.conftest import address, soup

pytestmark = pytest.mark.django_db
KIND = "progress_initiatives"
WRONG = "取組3件のうち、A評価は1件でした。"


def make(year, goal, text: str, kind: str) -> Chapter:
    return Chapter.objects.create(plan=year.plan, fiscal_year=2024, goal=goal, kind=kind, text=text)


def reading(office, year, text: str, kind=KIND, **more):
    """What stands under 整合性チェック, as htmx asks for it while somebody types."""
    page = soup(office.post(address(year, "chapter_reading", kind=kind), {"text": text, **more}))
    heading = page.find("h3", string="整合性チェック")
    return [item.get_text(" ", strip=True) for item in heading.find_next("ul").select("li")] if heading else []


def test_a_count_that_is_wrong_is_told_while_it_is_typed(office, year, goal):
    [told] = reading(office, year, f"はじめの文。\n{WRONG}")
    assert told.startswith("2段落目") and "A評価の行は2件です" in told and "あるべき：2件" in told
    assert reading(office, year, "取組3件のうち、A評価は2件でした。") == []


def test_a_live_figure_is_never_wrong(office, year, goal):
    assert reading(office, year, "取組{{目標1.件数}}のうち、A評価は{{目標1.A評価.件数}}でした。") == []


def test_other_chapters_are_not_told_here(office, year, goal):
    make(year, goal, WRONG, kind="main_efforts")
    assert reading(office, year, "よい1年でした。") == []


def test_a_row_of_the_events_is_told_with_its_number(office, year, goal):
    rows = {"when": ["令和6年4月", "令和6年5月"], "what": ["集いの場を開設", "講座をを開始"]}
    told = reading(office, year, "", kind="social_trends", **rows)
    assert told and all(each.startswith("市の動向の2行目") for each in told)


def test_the_same_findings_as_over_the_year_until_they_are_accepted(office, coordinator, year, goal):
    make(year, goal, WRONG, kind=KIND)
    chapter = find(coordinator, year, 1, KIND)
    [told] = findings(Draft(year, chapter, "", chapter.text))
    over_the_year = {one.finding.key for one in checks_year.judged(year)}
    assert told.finding.key in over_the_year and told.check is CHECKS["chapter_counts"]
    page = soup(office.get(address(year, kind=KIND)))
    assert "A評価の行は2件です" in page.select_one("#reading").get_text()
    checks_year.decide(year, told.finding, CheckDecision.Kind.ACCEPT, by=coordinator, reason="年度末の数です。")
    assert findings(Draft(year, chapter, "", chapter.text)) == []
    [again] = findings(Draft(year, chapter, "", chapter.text.replace("1件", "3件")))  # other words are looked at anew
    assert again.finding.found != told.finding.found
