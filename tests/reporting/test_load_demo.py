"""The demo city: what it holds, that it is laid once, that people can sign in, and that no sentence is copied."""

import itertools
import re
from collections import Counter
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import Department, Membership, User
from indicators import calculation
from indicators.models import Indicator, IndicatorValue
from initiatives import board, thread
from initiatives.dictionary import terms_of
from initiatives.models import (
    Direction,
    EntryPart,
    FieldChange,
    FieldComment,
    Goal,
    Initiative,
    InitiativeDepartment,
    Notice,
    PartMessage,
    Plan,
    PlanYear,
    Policy,
    Transition,
    YearlyEntry,
)
from initiatives.parsing import clean_text
from reporting import easy
from reporting.assemble import assemble
from reporting.checks.year import judged
from reporting.demo import build, source
from reporting.models import Chapter, CityEvent, Footnote, Meeting
from reporting.prose import GOAL_ORDER, TOKEN
from reviews import divergence, gathering
from reviews.models import (
    Assignment,
    CommitteeRating,
    CommitteeReview,
    FollowUp,
    Inquiry,
    Opinion,
    OpinionDraft,
    ReadMark,
    Response,
)
from tests.access_city import undone

PRINTED = settings.BASE_DIR.parent / "shared" / "data" / "kamakura-r6"
SIX = ["soumu", "soumu2", "tantou", "kachou", "iin", "kanri"]


def load(*arguments: str) -> str:
    out = StringIO()
    call_command("load_demo", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """Laid once for all tests of the module; nothing of it stays."""
    with django_db_blocker.unblock(), undone():
        load()
        yield


@pytest.fixture
def demo(loaded, db):
    return Plan.objects.get()


def report(plan: Plan, year: int):
    return assemble(plan.years.get(fiscal_year=year))


# --- What it holds --------------------------------------------------------------------------------


def test_load_demo_counts(demo):
    assert [model.objects.count() for model in (Goal, Policy, Direction, Initiative)] == [6, 13, 40, 237]
    assert Initiative.objects.filter(original__isnull=False).count() == 26
    offices = Department.objects.filter(parent__isnull=False)
    assert offices.open_in(2024).count() == 36
    assert InitiativeDepartment.objects.values("department").distinct().count() == 36
    assert list(demo.years.values_list("fiscal_year", "status")) == [
        (2023, PlanYear.Status.PUBLISHED),
        (2024, PlanYear.Status.COMMITTEE),
        (2025, PlanYear.Status.COLLECTING),
    ]
    assert Counter(YearlyEntry.objects.values_list("fiscal_year", flat=True)) == {2023: 206, 2024: 237, 2025: 237}


def test_load_demo_ratings_of_the_printed_report(demo):
    goals = report(demo, 2024).goals
    assert {goal.number: list(goal.tally.ratings.values()) for goal in goals} == {
        1: [16, 2, 0, 0, 0],
        2: [15, 2, 0, 0, 0],
        3: [23, 2, 1, 0, 0],
        4: [81, 26, 0, 1, 0],
        5: [33, 4, 0, 0, 0],
        6: [26, 5, 0, 0, 0],
    }


def test_load_demo_goal_6_begins_in_r6(demo):
    assert [goal.number for goal in report(demo, 2023).goals] == [1, 2, 3, 4, 5]
    new = report(demo, 2024).goals[5]
    assert new.is_new
    assert {(row.baseline, row.target) for row in new.rows if not row.original_code} == {("", "")}


def test_load_demo_target_is_what_was_set_the_year_before(demo):
    entries = {(entry.initiative_id, entry.fiscal_year): entry for entry in YearlyEntry.objects.all()}
    changed = [
        entry.initiative.code
        for (initiative, year), entry in entries.items()
        if (before := entries.get((initiative, year - 1))) and entry.holds_own == before.holds_own
        if entry.target != before.next_target
    ]
    assert changed == []


def test_load_demo_low_ratings_have_their_reason(demo):
    low = [level.letter for level in demo.scale if level.reason_required]
    assert low == ["C", "D"]
    assert YearlyEntry.objects.filter(rating__in=low, low_rating_reason="").count() == 0
    assert (
        YearlyEntry.objects.exclude(rating__in=low).exclude(low_rating_reason="").filter(fiscal_year=2024).count() == 0
    )


def test_load_demo_cross_listings_read_through_or_hold_their_own(demo):
    listed = YearlyEntry.objects.filter(fiscal_year=2024, initiative__original__isnull=False)
    own = listed.filter(holds_own=True)
    assert own.count() == 8
    assert own.filter(own_reason="").count() == 0
    assert EntryPart.objects.filter(entry__in=listed.filter(holds_own=False)).count() == 0
    assert EntryPart.objects.filter(entry__in=own).values("entry").distinct().count() == 8


def test_load_demo_past_years_are_approved_by_somebody(demo):
    past = EntryPart.objects.filter(entry__fiscal_year__lt=2025)
    assert past.filter(approved_at__isnull=False, approved_by__isnull=False, self_rating__gt="").count() == past.count()
    assert past.filter(result="").count() == past.filter(issues="").count() == 0


def test_load_demo_current_year_is_under_way(demo):
    counts = Counter(EntryPart.objects.filter(entry__fiscal_year=2025).values_list("status", flat=True))
    share = {status: 100 * count // counts.total() for status, count in counts.items()}
    assert 40 <= share["approved"] <= 50
    assert all(3 <= share[status] <= 17 for status in EntryPart.Status if status != "approved")
    without_manager = EntryPart.objects.filter(department__manager_step=False)
    assert without_manager.filter(status="awaiting_manager").count() == 0 < without_manager.count()
    assert set(
        EntryPart.objects.filter(department__name="介護保険課", entry__fiscal_year=2025).values_list(
            "status", flat=True
        )
    ) == set(EntryPart.Status)


def test_load_demo_every_part_has_come_step_by_step_to_where_it_stands(demo):
    """As workflow.perform would have left it: each step begins where the one before ended, and none is in the future."""
    parts = EntryPart.objects.filter(entry__fiscal_year=2025).prefetch_related("transitions")
    for part in parts:
        steps = sorted(part.transitions.all(), key=lambda step: step.at)
        stood = steps[-1].to_status if steps else part.status
        assert stood == part.status or not steps, part
        assert (not steps) == (part.status in ("not_started", "draft")), part
        for before, after in itertools.pairwise(steps):
            assert before.to_status == after.from_status, part
        sent = [step for step in steps if step.action == "submit"]
        if part.status in ("submitted", "approved"):
            assert (sent[-1].at, sent[-1].by_id) == (part.submitted_at, part.submitted_by_id), part
    assert Transition.objects.filter(at__gte=datetime(2026, 11, 20, 1, tzinfo=UTC)).count() == 0


def test_load_demo_board_shows_every_kind_of_department(demo, monkeypatch):
    plan_year = PlanYear.objects.get(fiscal_year=2025)
    real = timezone.localdate
    monkeypatch.setattr(timezone, "localdate", lambda at=None: real(at) if at else date(2026, 11, 20))
    seen = board.board_of(plan_year)
    sizes = {group.key: len(group.lines) for group in seen.groups}
    assert sizes.keys() == {"late", "going", "done"} and min(sizes.values()) >= 5
    assert [line.name for line in seen.not_begun] == ["商工課", "青少年課", "予防課"]
    assert {line.next.words.lstrip("0123456789") for line in seen.lines if line.next} == {
        "知らせる", "件を確認する", "差戻しを見る",
    }  # fmt: skip
    assert "少なく" in seen.course.finding


def test_load_demo_something_is_asked_and_something_answered(demo):
    people = User.objects.in_bulk(field_name="username")
    own = EntryPart.objects.filter(department__name="介護保険課")
    assert [part.entry.initiative.code for part in thread.unread_answers(own, people["tantou"])] == ["3-2-1-2"]
    assert [part.department.name for part in thread.awaiting_answer(EntryPart.objects.all())] == ["高齢者いきいき課"]
    returned = EntryPart.objects.filter(status="returned")
    assert all(step.reason or step.comments.count() for part in returned for step in [part.transitions.first()])


def test_load_demo_texts_differ_from_year_to_year(demo):
    texts = [text for pair in EntryPart.objects.filter(issues__gt="").values_list("result", "issues") for text in pair]
    assert [text for text, count in Counter(texts).items() if count > 1] == []


def test_load_demo_closed_department_wrote_in_its_time(demo):
    closed = Department.objects.get(closed_after=2023)
    assert [successor.name for successor in closed.successors.all()] == ["都市計画課"]
    assert list(closed.parts.values_list("entry__initiative__code", "entry__fiscal_year")) == [
        ("4-1-1-7", 2023),
        ("4-1-1-8", 2023),
        ("4-3-2-3", 2023),
    ]
    assert closed.ownerships.count() == 0
    assert Membership.objects.current().filter(department=closed).count() == 0


def test_load_demo_indicators(demo):
    assert report(demo, 2024).indicator_ratings == {"A": 9, "B": 2, "C": 0, "D": 1, "unrated": 0}
    assert IndicatorValue.objects.count() == 72
    assert IndicatorValue.objects.filter(fiscal_year=2025, actual__isnull=False).count() == 0
    ratio = Indicator.objects.get(code="I07")
    value = ratio.values.get(fiscal_year=2024)
    assert str(calculation.round_half_up(calculation.ratio(value.numerator, value.denominator), 1)) == "17.3"
    assert ratio.values.get(fiscal_year=2025).target_figure == "under_review"
    assert Indicator.objects.get(code="I01").values.get(fiscal_year=2020).actual_figure == "not_conducted"
    assert Indicator.objects.filter(department=None).count() == 0


@pytest.mark.parametrize(("year", "goals"), [(2023, 5), (2024, 6)])
def test_load_demo_every_chapter_is_written(demo, year, goals):
    written = report(demo, year)
    of_report = ["foreword", "process", "goal_progress", "achievement", "overall", "easy"]
    assert set(written.sections) == set(of_report)
    assert written.committee_review.text
    assert len(written.goals) == goals
    for goal in written.goals:
        assert set(goal.sections) == set(Chapter.Kind) - set(of_report)
        assert goal.committee_review.text
        assert 2 <= len(goal.events) <= 4
        texts = [goal.sections[kind].text for kind in GOAL_ORDER if kind != "events"]
        text = "".join([texts[0], *(event.what for event in goal.events), *texts[1:]])  # the order of the printed page
        assert [int(number) for number in re.findall("（注([0-9]+)）", text)] == [
            note.number for note in goal.footnotes
        ]


def test_load_demo_history_ends_in_what_stands_now(demo):
    changes = FieldChange.objects.exclude(model__startswith="reviews.")  # what the committee's steps left
    assert changes.count() == len(source.table("history")) > 0
    models = {
        "initiatives.entrypart": EntryPart,
        "initiatives.yearlyentry": YearlyEntry,
        "reporting.chapter": Chapter,
    }
    for change in changes:
        row = models[change.model].objects.get(pk=change.object_id)
        assert getattr(row, change.field) == change.new != change.old
        assert row.version > 1


def test_load_demo_can_be_searched(demo):
    assert Initiative.objects.filter(search_text="").count() == 0
    assert (
        EntryPart.objects.filter(search_text__contains="やさしい日本語").count()
        == EntryPart.objects.filter(result__contains="やさしい日本語").count()
        + EntryPart.objects.filter(issues__contains="やさしい日本語").exclude(result__contains="やさしい日本語").count()
    )


# --- The committee ----------------------------------------------------------------------------------


def test_load_demo_opinions_stand_in_every_state(demo):
    year = demo.years.get(fiscal_year=2024)
    office = User.objects.get(username="soumu")
    found = gathering.gathered(year, Opinion.objects.visible_to(office).of_year(year), office, {})
    assert all(found.counts.get(stage) for stage in gathering.Stage), found.counts
    assert Opinion.objects.filter(state=Opinion.State.WITHDRAWN).count() == 1
    assert OpinionDraft.objects.filter(author__username="iin").count() == 1
    assert Inquiry.objects.filter(department__name="介護保険課", state=Inquiry.State.ASKED).exists()  # for the accounts
    assert Assignment.objects.filter(member__username="iin").count() == 1
    assert ReadMark.objects.count() == 6


def test_load_demo_opinions_are_of_their_days_and_the_year_is_as_before(demo):
    assert Opinion.objects.filter(submitted_at__gte=datetime(2026, 11, 26, tzinfo=UTC)).count() == 0
    assert Inquiry.objects.filter(asked_at__gte=datetime(2026, 11, 27, tzinfo=UTC)).count() == 0
    assert [(year.status, str(year.committee_deadline)) for year in demo.years.order_by("fiscal_year")] == [
        ("published", "2025-02-14"),
        ("committee", "2026-12-18"),
        ("collecting", "2027-02-12"),
    ]


def test_load_demo_departments_were_told_and_nothing_waits_to_be_sent(demo):
    asked = Notice.objects.filter(kind="asked")
    assert asked.count() >= 10
    assert not asked.exclude(mail__state="sent").exists()


def test_load_demo_ratings_differ_and_something_is_left_to_the_next_year(demo):
    year = demo.years.get(fiscal_year=2024)
    found = divergence.divergence(year, {})
    assert {line.way for line in found.lines} == {"lower", "higher", "same"}
    assert any(line.committee.is_split for line in found.lines)
    assert FollowUp.objects.open_in(demo.years.get(fiscal_year=2025)).count() == 3
    assert [len(report(demo, fiscal_year).opinions) for fiscal_year in (2023, 2024, 2025)] == [3, 1, 0]
    assert Meeting.objects.get().snapshots.count() == 1


# --- How it is laid -------------------------------------------------------------------------------


def test_load_demo_twice_changes_nothing(demo):
    before = list(EntryPart.objects.order_by("pk").values()), list(User.objects.order_by("pk").values())
    assert load() == "見本の計画「鎌倉市地域福祉計画」は、もう入っています。何も変えませんでした。\n"
    assert (list(EntryPart.objects.order_by("pk").values()), list(User.objects.order_by("pk").values())) == before


# --- People ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("username", SIX)
def test_load_demo_account_can_sign_in(demo, client, username):
    answer = client.post(reverse("accounts:login"), {"username": username, "password": build.PASSWORD})
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(User.objects.get(username=username).pk)


def test_load_demo_only_the_printed_accounts_have_a_password(demo):
    assert sorted(user.username for user in User.objects.all() if user.has_usable_password()) == sorted(SIX)


def test_load_demo_every_department_has_people(demo):
    open_now = Department.objects.filter(parent__isnull=False, closed_after=None)
    for department in open_now:
        roles = set(Membership.objects.current().filter(department=department).values_list("user__role", flat=True))
        assert {User.Role.STAFF, User.Role.MANAGER} <= roles, department


def test_load_demo_accounts_prints_the_table(demo):
    lines = load("--accounts").splitlines()
    assert [line.split()[:1] for line in lines] == [
        ["役割"], ["福祉総務課"], ["福祉総務課"], ["担当者"], ["課長"], ["委員"], ["システム管理者"],
    ]  # fmt: skip
    assert all(build.PASSWORD in line for line in lines[1:])


# --- Sentences ------------------------------------------------------------------------------------

FACTS = {Initiative: ["baseline", "note"], YearlyEntry: ["target", "next_target"]}
SENTENCES = {
    Goal: ["overview"],
    Initiative: ["description"],
    YearlyEntry: ["low_rating_reason", "own_reason"],
    EntryPart: ["result", "issues"],
    Chapter: ["text"],
    CityEvent: ["what"],
    Footnote: ["text"],
    CommitteeReview: ["text"],
    FieldChange: ["old", "new", "reason"],
    FieldComment: ["text"],
    PartMessage: ["text"],
    Transition: ["reason"],
    Opinion: ["text"],
    OpinionDraft: ["text"],
    Inquiry: ["question", "reply"],
    Response: ["text", "summary"],
    CommitteeRating: ["reason"],
    FollowUp: ["text"],
    Meeting: ["agenda"],
}


def texts_of(fields_of: dict) -> set[str]:
    return {text for model, fields in fields_of.items() for row in model.objects.values_list(*fields) for text in row}


def test_load_demo_texts_are_clean(demo):
    texts = texts_of(FACTS) | texts_of(SENTENCES)
    assert [
        text for text in texts if text != clean_text(text) or re.search(r"[{}]|。。|、。", TOKEN.sub("", text))
    ] == []


def test_load_demo_figures_in_chapters_are_live_and_right(demo):
    written = report(demo, 2024)
    goal = written.goals[0]
    assert "{{目標1.A評価.件数}}" in goal.sections["progress_initiatives"].source
    assert goal.sections["progress_initiatives"].text.startswith(
        "18件の取組のうち、A評価は16件（89％）、B評価は2件でした。"
    )
    assert "57.7％で、前の年度から5.9ポイント上昇しました。" in goal.sections["progress_indicators"].text
    assert written.sections["achievement"].text.startswith("237の取組のうち、A評価は194件で、全体の82％です。")
    assert [one.finding.found for one in judged(demo.years.get(fiscal_year=2024), ["live_figures", "footnotes"])] == []


def test_load_demo_chapters_have_an_author_and_a_state(demo):
    states = Counter(Chapter.objects.values_list("fiscal_year", "state"))
    assert states == {(2023, "confirmed"): 41, (2024, "confirmed"): 7, (2024, "draft"): 41}
    assert not Chapter.objects.filter(author=None).exists()


@pytest.mark.parametrize("year", [2023, 2024])
def test_load_demo_easy_japanese_is_easy(demo, year):
    written = report(demo, year)
    assert easy.findings(written.sections["easy"].text, terms_of(written.city_name)) == []


@pytest.mark.skipif(not PRINTED.is_dir(), reason="the printed report's data are not on this machine")
def test_load_demo_copies_no_sentence_of_the_printed_report(demo):
    """Not one stretch of 25 characters of our sentences; of the facts, no line that is as long as a sentence."""
    files = [file for file in PRINTED.iterdir() if file.suffix in (".csv", ".json")]
    assert files
    printed = "\n".join(file.read_text(encoding="utf-8") for file in files)
    stretches = {printed[start : start + 25] for start in range(len(printed) - 24)}
    sentences = texts_of(SENTENCES)
    assert len(sentences) > 1000
    starts = [(text, start) for text in sentences for start in range(len(text) - 24)]
    assert [text[start : start + 25] for text, start in starts if text[start : start + 25] in stretches] == []
    lines = {part for text in texts_of(FACTS) for part in re.split(r"[。\n]", text) if len(part) >= 25}
    assert [line for line in lines if line in printed] == []
