"""Findings of a year in the database, and what is decided about them."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from initiatives.models import EntryPart
from reporting.checks.year import ACCEPTED, FOLLOW_UP, OPEN, context_of, decide, judged, open_errors
from reporting.models import Chapter, CheckDecision, PrintedClaim
from tests.factories import PlanYearFactory, make_entry, make_initiative

pytestmark = pytest.mark.django_db


@pytest.fixture
def stale(plan, plan_year, department):
    """One initiative whose result tells nothing of this year."""
    initiative = make_initiative(plan, "1-1-1-1", department, description="見守りを行います。")
    fields = {"target": "継続", "next_target": "継続", "rating": "A"}
    make_entry(initiative, 2024, result="R5実績と同様", issues="続ける。", **fields)
    return plan_year


def one(plan_year):
    (found,) = judged(plan_year)
    return found


def test_open_until_it_is_decided(stale, coordinator):
    found = one(stale)
    assert (found.finding.check, found.state, found.decision) == ("stale_year", OPEN, None)
    decide(stale, found.finding, CheckDecision.Kind.FOLLOW_UP, by=coordinator)
    assert one(stale).state == FOLLOW_UP
    decide(stale, found.finding, CheckDecision.Kind.ACCEPT, by=coordinator, reason="課に確かめた")
    accepted = one(stale)
    assert (accepted.state, accepted.decision.reason, accepted.decision.by) == (ACCEPTED, "課に確かめた", coordinator)
    decide(stale, found.finding, CheckDecision.Kind.REOPEN, by=coordinator)
    assert (one(stale).state, one(stale).came_back) == (OPEN, False)
    assert CheckDecision.objects.count() == 3


def test_an_acceptance_ends_when_the_text_changes(stale, coordinator):
    decide(stale, one(stale).finding, CheckDecision.Kind.ACCEPT, by=coordinator, reason="課に確かめた")
    part = EntryPart.objects.get()
    part.result = "R5実績と同様。ほかに講座を開いた。"
    part.save()
    back = one(stale)
    assert (back.state, back.came_back) == (OPEN, True)
    part.result = "R5実績と同様"
    part.save()
    assert one(stale).state == ACCEPTED


def test_a_change_elsewhere_leaves_the_acceptance(stale, coordinator):
    decide(stale, one(stale).finding, CheckDecision.Kind.ACCEPT, by=coordinator, reason="課に確かめた")
    EntryPart.objects.update(issues="来年も続ける。")
    assert one(stale).state == ACCEPTED


def test_open_errors_stand_in_the_way_of_publishing(stale, coordinator):
    assert [found.finding.check for found in open_errors(stale)] == ["stale_year"]
    decide(stale, one(stale).finding, CheckDecision.Kind.FOLLOW_UP, by=coordinator)
    assert len(open_errors(stale)) == 1
    decide(stale, one(stale).finding, CheckDecision.Kind.ACCEPT, by=coordinator, reason="課に確かめた")
    assert open_errors(stale) == []


def test_the_database_asks_for_a_reason_too(stale, coordinator):
    with pytest.raises(IntegrityError), transaction.atomic():
        decide(stale, one(stale).finding, CheckDecision.Kind.ACCEPT, by=coordinator)


def test_what_is_not_approved_is_not_looked_at(stale):
    EntryPart.objects.update(status="draft", approved_at=None)
    assert judged(stale) == []


def test_what_the_checks_are_given(stale, plan, department):
    PlanYearFactory(plan=plan, fiscal_year=2023)
    PrintedClaim.objects.create(plan=plan, fiscal_year=2024, key="totals/1/A", text="1件")
    PrintedClaim.objects.create(plan=plan, fiscal_year=2023, key="totals/1/A", text="9件")
    context = context_of(stale)
    assert (context.register, context.claims, context.last.fiscal_year) == (
        (department.name,),
        {"totals/1/A": "1件"},
        2023,
    )


def test_the_number_of_queries_does_not_grow(stale, plan, department, django_assert_num_queries):
    judged(stale)  # reads the plan's scale, which stays
    with django_assert_num_queries(19):
        judged(stale)
    make_entry(make_initiative(plan, "1-1-1-2", department), 2024)
    with django_assert_num_queries(19):
        judged(stale)


# --- manage.py check_report ---------------------------------------------------------------------------


def test_the_command_as_text(stale, capsys):
    call_command("check_report", "R6")
    assert capsys.readouterr().out.splitlines() == [
        "直すところが1件あります。このままでよいとしたもの：0件",
        "",
        "■ 古い年度の文（stale_year）：1件",
        "× 1-1-1-1 実績（高齢課）：この報告書だけを読む人には、前の年度の文が見えません。",
        "    いま：R5実績と同様",
        "    あるべき：令和6年度に行ったこと",
        "    行ったことと数を、この年度の文で書いてください。",
    ]


def test_the_command_as_json(stale, capsys, coordinator):
    decide(stale, one(stale).finding, CheckDecision.Kind.ACCEPT, by=coordinator, reason="課に確かめた")
    call_command("check_report", "2024", "--format", "json", "--kind", "stale_year", "--kind", "totals")
    (told,) = json.loads(capsys.readouterr().out)
    assert {name: told[name] for name in ("check", "place", "severity", "departments", "state", "reason")} == {
        "check": "stale_year",
        "place": "1-1-1-1:result",
        "severity": "must",
        "departments": ["高齢課"],
        "state": "accepted",
        "reason": "課に確かめた",
    }


def test_the_command_says_which_paragraph_and_where_to_mend_it(stale, capsys):
    goal = stale.plan.goals.get()
    text = "初めの段落。\n広報誌の会。"
    Chapter.objects.create(plan=stale.plan, fiscal_year=2024, goal=goal, kind="vision", text=text)
    call_command("check_report", "R6", "--format", "json", "--kind", "terms")
    (told,) = json.loads(capsys.readouterr().out)
    link = reverse("reporting:chapter_edit", args=[stale.plan_id, 2024, 1, "vision"])
    assert (told["place"], told["paragraph"], told["link"]) == ("goal1:vision", 2, f"{link}#p-2")
    call_command("check_report", "R6", "--kind", "terms")
    assert "△ 目標1 次期計画に向けて見据える姿（ビジョン）の2段落目：" in capsys.readouterr().out


@pytest.mark.parametrize(("year", "words"), [("R5", "計画を1つに決められません"), ("来年", "年度として読めません")])
def test_the_command_asks_for_a_year_that_is_there(stale, year, words):
    with pytest.raises(CommandError, match=words):
        call_command("check_report", year)
