"""The chapters of a year, who may see and write them, and notes that move from numbers into the text."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from initiatives.models import PlanYear
from reporting import permissions
from reporting.assemble import assemble
from reporting.importing.resources import ChapterResource
from reporting.models import Chapter, CityEvent, Footnote
from reporting.prose import Prose
from tests.factories import PlanFactory, PlanYearFactory, UserFactory
from tests.reporting.chapters.conftest import soup

pytestmark = pytest.mark.django_db


def listed(client, year):
    return soup(client.get(reverse("reporting:chapter_list", args=[year.plan_id, year.fiscal_year])))


def test_the_list_says_what_is_missing(office, coordinator, year, goal):
    of_year = {"plan": year.plan, "fiscal_year": 2024}
    Chapter.objects.create(**of_year, kind="overall", text="総括の文", author=coordinator)
    Chapter.objects.create(
        **of_year, kind="vision", goal=goal, text="姿", state="confirmed", confirmed_by=coordinator, confirmed_at=timezone.now()
    )  # fmt: skip
    CityEvent.objects.create(**of_year, goal=goal, position=1, when="4月", what="開始")
    page = listed(office, year)
    assert page.h1.get_text() == "まだ書いていない章が、11あります"
    states = {row.a.get_text(): row.select_one(".tag").get_text() for row in page.select("tbody tr")}
    assert [name for name, state in states.items() if state == "確認済"] == ["次期計画に向けて見据える姿（ビジョン）"]
    assert [name for name, state in states.items() if state == "下書き"] == ["総括"]
    assert len(states) == 13


def test_the_two_faces_agree(db):
    """One chapter at a time and as a list, for every role, year and state."""
    plan = PlanFactory(first_year=2020, last_year=2030)
    people = [
        *(UserFactory(role=role) for role in User.Role.values),
        UserFactory(role=User.Role.COORDINATOR, is_active=False),
    ]
    by = UserFactory(role=User.Role.COORDINATOR)
    years = {
        2020 + offset: PlanYearFactory(plan=plan, fiscal_year=2020 + offset, status=status)
        for offset, status in enumerate(PlanYear.Status.values)
    }
    for year in years:
        Chapter.objects.create(plan=plan, fiscal_year=year, kind="overall")
        Chapter.objects.create(
            plan=plan, fiscal_year=year, kind="foreword", state="confirmed", confirmed_by=by, confirmed_at=timezone.now()
        )  # fmt: skip
    for user in people:
        seen = {one for one in Chapter.objects.all() if permissions.can_view_chapter(user, one)}
        written = {
            one for one in Chapter.objects.all() if permissions.can_write_chapter(user, one, years[one.fiscal_year])
        }
        assert set(Chapter.objects.visible_to(user)) == seen
        assert set(Chapter.objects.editable_by(user)) == written
        assert bool(seen) == bool(written) == (user.role == User.Role.COORDINATOR and user.is_active)
    assert {one.fiscal_year for one in Chapter.objects.editable_by(by)} == {2020, 2021, 2022, 2023}


def test_an_import_takes_back_what_was_confirmed_for_other_words(coordinator, year):
    chapter = Chapter.objects.create(
        plan=year.plan, fiscal_year=2024, kind="overall", text="前", state="confirmed", confirmed_by=coordinator, confirmed_at=timezone.now()
    )  # fmt: skip
    chapter.goal_key = None
    resource = ChapterResource({(None, "overall"): chapter}, {"goal": {}}, by=coordinator)
    resource.run([{"goal": None, "kind": "overall", "heading": "", "text": "後"}], dry_run=False)
    chapter.refresh_from_db()
    assert (chapter.text, chapter.state, chapter.confirmed_by) == ("後", "draft", None)


# --- Notes --------------------------------------------------------------------------------------------


@pytest.fixture
def numbered(year, goal):
    of_goal = {"plan": year.plan, "fiscal_year": 2024, "goal": goal}
    CityEvent.objects.create(**of_goal, position=1, when="4月", what="事業（注1）の開始")
    Chapter.objects.create(
        **of_goal, kind="main_efforts", text="・講座（注２）を開いた。\n・事業(注1)を続けた。（注9）"
    )
    for number, text in ((1, "一の説明"), (2, "二の説明"), (3, "指す文のない説明")):
        Footnote.objects.create(**of_goal, number=number, text=text)
    return year


def move(client, year):
    return client.post(reverse("reporting:chapter_notes", args=[year.plan_id, year.fiscal_year]))


def test_numbered_notes_move_into_the_text_and_print_the_same(office, numbered, goal):
    before = assemble(numbered).goals[0]
    assert listed(office, numbered).select_one(".notice__t").get_text() == "番号の付いた注が3件あります"
    move(office, numbered)
    assert CityEvent.objects.get().what == "事業［注 その1：一の説明］の開始"
    assert Chapter.objects.get().text == "・講座［注：二の説明］を開いた。\n・事業［注 その1］を続けた。（注9）"
    assert list(Footnote.objects.values_list("number", flat=True)) == [3]
    Footnote.objects.all().delete()
    after = assemble(numbered).goals[0]
    assert after.events[0].what == before.events[0].what
    assert after.sections["main_efforts"].text == "・講座（注2）を開いた。\n・事業（注1）を続けた。（注9）"
    assert [(note.number, note.text) for note in after.footnotes] == [(1, "一の説明"), (2, "二の説明")]


def test_notes_do_not_move_under_what_is_confirmed(office, coordinator, numbered):
    Chapter.objects.update(state="confirmed", confirmed_by=coordinator, confirmed_at=timezone.now())
    move(office, numbered)
    assert Footnote.objects.count() == 3
    assert CityEvent.objects.get().what == "事業（注1）の開始"


def test_notes_of_a_locked_year_stay(office, numbered):
    PlanYear.objects.update(status=PlanYear.Status.FINALIZED)
    move(office, numbered)
    assert Footnote.objects.count() == 3


def test_a_finding_leads_to_its_chapter(office, year, goal):
    Chapter.objects.create(plan=year.plan, fiscal_year=2024, goal=goal, kind="vision", text="{{ない}}")
    page = soup(office.get(reverse("reporting:check_list", args=[year.plan_id, 2024]) + "?kind=live_figures"))
    chapter = reverse("reporting:chapter_edit", args=[year.plan_id, 2024, 1, "vision"])
    assert page.select_one(".checks .acts a")["href"] == f"{chapter}#p-1"


def test_assembling_reads_last_year_only_for_a_difference(year, goal, django_assert_num_queries):
    chapter = Chapter.objects.create(plan=year.plan, fiscal_year=2024, goal=goal, kind="vision", text="{{目標1.件数}}")
    with django_assert_num_queries(14):
        assert assemble(year).goals[0].sections["vision"].text == "3件"
    PlanYearFactory(plan=year.plan, fiscal_year=2023)
    Chapter.objects.filter(pk=chapter.pk).update(text="{{目標1.件数.前年度との差}}、{{目標1.B評価.件数.前年度との差}}")
    assert assemble(year).goals[0].sections["vision"].text == "前年度と同じ、1件増加"
    assert Prose(assemble(year)).problems == []
