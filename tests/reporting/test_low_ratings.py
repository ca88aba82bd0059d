"""低い評価: this year's with reasons, what became of last year's; on the page and in the report."""

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from initiatives.models import PlanYear
from reporting.assemble import assemble
from reporting.low_ratings import low_ratings
from reporting.pdf.chapters import Book
from tests.factories import PlanYearFactory, make_entry, make_initiative
from tests.reporting import pdf_factory


@pytest.fixture
def year(plan):
    PlanYearFactory(plan=plan, fiscal_year=2023, status=PlanYear.Status.PUBLISHED)
    return PlanYearFactory(plan=plan, status=PlanYear.Status.COMMITTEE)


def rated(plan, department, code, before="", now="", **fields):
    """An initiative with the ratings of R5 and R6, approved."""
    initiative = make_initiative(plan, code, department, **fields)
    if before:
        make_entry(
            initiative, 2023, rating=before, low_rating_reason=f"{code}の去年の理由", issues=f"{code}の去年の改善策"
        )
    if now:
        make_entry(initiative, 2024, rating=now, low_rating_reason=f"{code}の理由", issues=f"{code}の改善策")
    return initiative


def outcomes(plan_year) -> dict[str, tuple[str, str]]:
    return {each.before.code: (each.outcome, each.way) for each in low_ratings(assemble(plan_year)).followed}


def test_what_became_of_last_years(plan, year, department):
    rated(plan, department, "1-1-1-1", "C", "B")
    rated(plan, department, "1-1-1-2", "C", "C")
    rated(plan, department, "1-1-1-3", "C", "D")
    rated(plan, department, "1-1-1-4", "D", "C")
    rated(plan, department, "1-1-1-5", "D")
    rated(plan, department, "1-1-1-6", "D", last_year=2023)
    rated(plan, department, "1-1-1-7", "B", "C")
    assert outcomes(year) == {
        "1-1-1-1": ("Bに上がりました", "up"),
        "1-1-1-2": ("Cのままです", "same"),
        "1-1-1-3": ("Dに下がりました", "down"),
        "1-1-1-4": ("Cに上がりました", "up"),
        "1-1-1-5": ("まだ評価がありません", ""),
        "1-1-1-6": ("令和5年度で終わりました", ""),
    }
    found = low_ratings(assemble(year))
    assert [each.row.code for each in found.low] == ["1-1-1-2", "1-1-1-3", "1-1-1-4", "1-1-1-7"]
    assert found.finding == (
        "令和6年度にC・Dの取組は4件です。令和5年度にC・Dだった6件のうち、2件の評価が上がりました。"
    )
    assert found.followed[0].before.low_rating_reason == "1-1-1-1の去年の理由"
    assert found.followed[0].before.issues == "1-1-1-1の去年の改善策"


@pytest.mark.parametrize("status", ["draft", "submitted", "returned"])
def test_only_what_was_approved_is_told(plan, year, department, status):
    initiative = make_initiative(plan, "1-1-1-1", department)
    make_entry(initiative, 2023, status=status, rating="D", low_rating_reason="書きかけの理由")
    make_entry(initiative, 2024, status=status, rating="D", low_rating_reason="書きかけの理由")
    found = low_ratings(assemble(year))
    assert (found.low, found.followed) == ((), ())


def test_a_cross_listing_is_named_beside_its_original_and_not_told_twice(plan, year, department):
    original = rated(plan, department, "1-1-1-1", "C", "C")
    make_entry(make_initiative(plan, "2-1-1-1", department, original=original), 2023, rating="C", status="approved")
    own = make_initiative(plan, "3-1-1-1", department, original=original)
    make_entry(own, 2024, rating="D", holds_own=True, own_reason="視点が違う", low_rating_reason="別の理由")
    found = low_ratings(assemble(year))
    assert [(each.row.code, each.also) for each in found.low] == [("1-1-1-1", ("2-1-1-1",)), ("3-1-1-1", ())]
    assert [each.before.code for each in found.followed] == ["1-1-1-1"]


def test_a_missing_reason_is_counted(plan, year, department):
    make_entry(make_initiative(plan, "1-1-1-1", department), rating="C")
    assert low_ratings(assemble(year)).finding == (
        "令和6年度にC・Dの取組は1件です。このうち1件に、低評価の理由がありません。令和5年度にC・Dだった取組はありません。"
    )


def test_the_page_tells_reason_remedy_and_what_became(client, member, plan, year, department):
    rated(plan, department, "1-1-1-1", "C", "B")
    rated(plan, department, "1-1-1-2", "", "D")
    client.force_login(member)
    address = reverse("reporting:low_ratings", args=[plan.pk, 2024])
    page = BeautifulSoup(client.get(address).content, "html.parser")
    assert page.h1.get_text() == "評価がC・Dの取組の理由と、その後"
    low, followed = (article.get_text(" ", strip=True) for article in page.select("article"))
    assert "1-1-1-2の理由" in low and "1-1-1-2の改善策" in low
    assert "Bに上がりました" in followed and "1-1-1-1の去年の改善策" in followed and "高齢課の実績" in followed


def test_the_report_has_the_chapter_after_the_ratings():
    made = pdf_factory.report()
    scale = tuple(replace(step, reason_required=step.points < 2) for step in made.scale)
    assert "low" not in [chapter.key for chapter in Book(replace(made, scale=scale)).chapters()]
    low = pdf_factory.changed(made, "1-1-1-2", rating="D", low_rating_reason="<雨>が続いたため", issues="室内で行う")
    keys = [chapter.key for chapter in Book(replace(low, scale=scale)).chapters()]
    assert keys[keys.index("ratings") : keys.index("ratings") + 3] == ["ratings", "low", "table-1-0"]
    book = Book(replace(low, scale=scale))
    html = next(chapter for chapter in book.chapters() if chapter.key == "low").html()
    assert "&lt;雨&gt;が続いたため" in html
    assert "室内で行う" in html
    assert [entry.title for entry in book.contents_lines() if entry.anchor == "low"] == ["評価がC・Dの取組"]
