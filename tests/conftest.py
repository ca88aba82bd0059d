"""What every test may ask for."""

# --- Browser --------------------------------------------------------------------------------------
# Tests marked `browser` drive the system's own Chromium through Playwright, which downloads nothing:
# bin/test finds it and names it in AYUMI_CHROMIUM.
import logging.handlers
import os
import shutil
import subprocess

import pytest
from django.core.files.base import ContentFile
from django.test import TransactionTestCase
from django.utils import timezone
from hypothesis import settings

from accounts.models import User
from initiatives.models import Mail, Notice, PlanYear, SurveyUpload, Term
from initiatives.survey.book import book
from initiatives.survey.rows import rows_of
from ledger import guard
from reporting import meetings
from reporting.models import Chapter, Meeting, ReportBuild, ReportImport
from reviews import workflow
from reviews.workflow import Subject
from tests.access_city import City, undone
from tests.factories import (
    DepartmentFactory,
    PlanFactory,
    PlanYearFactory,
    UserFactory,
    make_attachment,
    make_deputy,
    make_edition,
    make_entry,
    make_file,
    make_indicator,
    make_initiative,
    make_voice,
)
from tests.forms import World, contents, make_world
from tests.reporting.importing import small

# Playwright's synchronous API leaves an event loop in the test's thread, and the ORM then refuses every query.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# No deadline: a shared two-core machine may stop for longer than any test should take.
# On CI the same tree gets the same answer twice; by hand every run tries other cases.
settings.register_profile("ayumi", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("ayumi")

CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    names = ("chromium-headless-shell", "chromium", "google-chrome")
    return os.environ.get("AYUMI_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    chromium = find_chromium()
    if chromium is None:
        pytest.skip("Chromium が見つかりません(bin/test が入れ方を示します)")
    return browser_type_launch_args | {"executable_path": chromium, "args": CHROMIUM_ARGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return browser_context_args | {"locale": "ja-JP", "timezone_id": "Asia/Tokyo"}


# --- End of browser -------------------------------------------------------------------------------

# --- Databases ------------------------------------------------------------------------------------
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "access_city", "loaded"}


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items):
    """What asks for no database goes the same on either: bin/test need not run it twice."""
    for item in items:
        asks = item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(item.fixturenames)
        if not asks:
            item.add_marker("either")


# A test with transaction=True empties the tables at its end; flush puts the guards back (post_migrate).
_empty_tables = TransactionTestCase._fixture_teardown


def _without_guards(test_case):
    guard.remove()
    _empty_tables(test_case)


TransactionTestCase._fixture_teardown = _without_guards

# --- A city in every state, for the table of access and the planted texts -----------------------------


@pytest.fixture(scope="module")
def access_city(django_db_setup, django_db_blocker):
    """Built once for all tests of a module; nothing of it stays."""
    with django_db_blocker.unblock(), undone():
        city = City()
        city.before = contents()
        yield city


@pytest.fixture
def heard(monkeypatch):
    """The log, kept from pytest: it would write out the whole way of every refusal."""
    handler = logging.handlers.MemoryHandler(10**6, flushLevel=logging.CRITICAL + 1)
    for name in (None, "django.request"):
        monkeypatch.setattr(logging.getLogger(name), "handlers", [handler])
    monkeypatch.setattr(logging.getLogger("django.request"), "propagate", False)
    return handler.buffer


# --- Another office program -------------------------------------------------------------------------
SAVED_AS = {"xlsx": "xlsx:Calc MS Excel 2007 XML", "docx": "docx:MS Word 2007 XML", "pdf": "pdf"}


@pytest.fixture
def libreoffice(tmp_path):
    """Opens a file (xlsx or docx) in LibreOffice and saves it as one of SAVED_AS."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        if os.environ.get("CI", "") in ("true", "1"):
            pytest.fail("LibreOffice がありません")
        pytest.skip("LibreOffice がありません（bin/test が入れ方を示します）")

    def save(content: bytes, kind: str = "xlsx", to: str = "") -> bytes:
        to = to or kind
        (tmp_path / f"in.{kind}").write_bytes(content)
        profile = f"-env:UserInstallation=file://{tmp_path}/profile"
        command = [office, profile, "--headless", "--convert-to", SAVED_AS[to], "--outdir", str(tmp_path / "out")]
        subprocess.run([*command, str(tmp_path / f"in.{kind}")], check=True, capture_output=True, timeout=120)
        return (tmp_path / "out" / f"in.{to}").read_bytes()

    return save


# --- People and a small city ------------------------------------------------------------------------


@pytest.fixture
def department(db):
    return DepartmentFactory(name="高齢課")


@pytest.fixture
def other_department(db):
    return DepartmentFactory(name="防災課")


@pytest.fixture
def writer(department):
    """Works in the department that owns most of the tests' initiatives."""
    return UserFactory(username="writer", name="書く人", of=[department])


@pytest.fixture
def manager(department):
    return UserFactory(username="manager", name="課長", role=User.Role.MANAGER, of=[department])


@pytest.fixture
def other(other_department):
    """Works in another department."""
    return UserFactory(username="other", name="よその人", of=[other_department])


@pytest.fixture
def coordinator(db):
    return UserFactory(username="coordinator", name="とりまとめ", role=User.Role.COORDINATOR)


@pytest.fixture
def deputy(writer, other_department):
    """Of another department, in the place of the writer for a month."""
    person = UserFactory(username="deputy", name="代わりの人", of=[other_department])
    make_deputy(writer, person)
    return person


@pytest.fixture
def manager_deputy(manager, other_department):
    """Of another department, in the place of the 課長 for a month."""
    person = UserFactory(username="manager_deputy", name="課長の代わり", of=[other_department])
    make_deputy(manager, person)
    return person


@pytest.fixture
def office_deputy(writer):
    """福祉総務課, in the place of the writer: who writes down what was told by telephone."""
    person = UserFactory(username="office_deputy", name="電話を受けた人", role=User.Role.COORDINATOR)
    make_deputy(writer, person)
    return person


@pytest.fixture
def member(db):
    return UserFactory(username="member", name="委員", role=User.Role.COMMITTEE)


@pytest.fixture
def admin(db):
    return UserFactory(username="admin", name="管理者", role=User.Role.ADMIN)


@pytest.fixture
def plan(db):
    return PlanFactory(name="試験市地域福祉計画")


@pytest.fixture
def plan_year(plan):
    """令和6年度, open for writing."""
    return PlanYearFactory(plan=plan)


@pytest.fixture
def targets(plan, department, coordinator, writer, manager, member):
    """What the word in the column `target` stands for, as arguments of the address (tests/access.csv)."""
    collecting = PlanYearFactory(plan=plan, fiscal_year=2025)
    opened = PlanYearFactory(plan=plan, fiscal_year=2024, status=PlanYear.Status.COMMITTEE)
    initiative = make_initiative(plan, "1-1-1-1", department)
    approved = make_entry(initiative, 2024, rating="A").parts.get()
    draft = make_entry(initiative, 2025, status="draft").parts.get()
    submitted = make_entry(make_initiative(plan, "1-1-1-2", department), 2025, status="submitted").parts.get()
    make_entry(make_initiative(plan, "1-1-1-3", department), 2025, status="awaiting_manager")
    draft_file, approved_file = (make_attachment(part, writer) for part in (draft, approved))
    indicator = make_indicator(plan, department=department)
    build = ReportBuild.objects.create(plan_year=opened, requested_by=coordinator, status=ReportBuild.Status.DONE)
    build.file.save("r.pdf", ContentFile(b"%PDF-"))
    waiting = ReportImport.keep(small.content(), "調査票.xlsx", fiscal_year=2024, by=coordinator)
    survey = SurveyUpload.keep(
        book(collecting, department.name, rows_of(writer, collecting, department)),
        "調査票.xlsx",
        by=writer,
        plan_year=collecting,
    )
    taken_in = ReportImport.objects.create(
        fiscal_year=2024,
        file_name="調査票.xlsx",
        sha256="0",
        created_by=coordinator,
        status=ReportImport.Status.APPLIED,
    )
    mail = Mail.objects.create(recipient=writer, subject="あと1件", body="あと1件です。", state=Mail.State.HELD)
    Notice.objects.create(
        plan_year=collecting, kind="reminder", recipient=writer, department=department, by=coordinator, mail=mail,
        facts={"write": 1, "returned": 0, "confirm": 0, "until": "", "manager_until": ""}, occasion="-",
    )  # fmt: skip

    confirmed = {"state": Chapter.State.CONFIRMED, "confirmed_by": coordinator, "confirmed_at": timezone.now()}
    Chapter.objects.create(
        plan=plan, fiscal_year=2024, goal=plan.goals.get(), kind="vision", text="届くまち。", **confirmed
    )
    about = Subject(f"initiative-{initiative.pk}", "1-1-1-1　取組1-1-1-1", plan.goals.get(), initiative.pk)
    opinion, answered = (workflow.submit(opened, about, text, by=member) for text in ("居場所がほしい。", "広げて。"))
    inquiry = workflow.ask(department, "どうですか。", by=coordinator, plan_year=opened, opinion=opinion)
    workflow.rate(opened, initiative, "C", "足りない。", by=member)
    workflow.answer(answered, {"kind": "adopted", "text": "広げます。"}, by=coordinator, version=0)
    workflow.perform(answered, "confirm", by=coordinator, version=answered.version)
    meeting = Meeting.objects.create(plan_year=opened, number=1, held_on="2026-01-20", agenda="報告書の案")
    kept = meetings.freeze(meeting, by=coordinator)
    left = workflow.leave(answered, "広げたかを見る。", initiative, by=coordinator, version=0)

    term = Term.objects.create(kind="spelling", word="子供", right="こども", created_by=coordinator)

    published, finalized = (make_edition(plan, year, coordinator, published=year == 2023) for year in (2023, 2022))
    voice = make_voice(published.plan_year)

    def year(plan_year, **more):
        return {"plan_id": plan.pk, "fiscal_year": plan_year.fiscal_year} | more

    return {
        "-": {},
        "受付中の年度": year(collecting),
        "審議中の年度": year(opened),
        "受付中の年度の開始": year(collecting, action="start"),
        "審議中の報告書のファイル": year(opened, kind="word"),
        "審議中の年度の指摘": year(opened, key="0" * 24),
        "受付中の取組": year(collecting, pk=initiative.pk),
        "審議中の取組": year(opened, pk=initiative.pk),
        "ない取組": year(opened, pk=10**6),
        "書きかけの記入": year(collecting, pk=draft.pk),
        "書きかけの記入を承認": year(collecting, pk=draft.pk, action="approve"),
        "受付中の課の調査票": year(collecting, department_id=department.pk),
        "審議中の課の調査票": year(opened, department_id=department.pk),
        "確認待ちの調査票": year(collecting, pk=survey.pk),
        "提出された記入": year(collecting, pk=submitted.pk),
        "書きかけの資料": year(collecting, pk=draft_file.pk),
        "承認された記入": year(opened, pk=approved.pk),
        "承認された資料": year(opened, pk=approved_file.pk),
        "受付中の指標": year(collecting, pk=indicator.pk),
        "審議中の指標": year(opened, pk=indicator.pk),
        "用語": year(collecting, pk=term.pk),
        "知らせたメール": year(collecting, pk=mail.pk),
        "受付中の章": year(collecting, goal=1, kind="social_trends"),
        "審議中の章": year(opened, goal=0, kind="overall"),
        "ない章": year(opened, goal=1, kind="overall"),
        "公表の版": year(published.plan_year, number=1),
        "公表の版の再開": year(published.plan_year, number=1, action="reopen"),
        "確定の版": year(finalized.plan_year, number=1),
        "審議中の読むもの": year(opened, key=f"initiative-{initiative.pk}"),
        "審議中の読む章": year(opened, key="chapter-1-vision"),
        "審議中の読む指標": year(opened, key=f"indicator-{indicator.pk}"),
        "審議中の読む目標": year(opened, key="goal-1"),
        "ない読むもの": year(opened, key="chapter-1-overall"),
        "委員の意見": year(opened, pk=opinion.pk),
        "答えた意見": year(opened, pk=answered.pk),
        "ない意見": year(opened, pk=10**6),
        "課への依頼": year(opened, pk=inquiry.pk),
        "審議中の講評": year(opened, goal=1),
        "ない講評": year(opened, goal=9),
        "委員が評価した取組": year(opened, pk=initiative.pk),
        "会議": year(opened, pk=meeting.pk),
        "会議の資料": year(opened, pk=kept.pk),
        "ない会議の資料": year(opened, pk=10**6),
        "引き継ぎ": year(collecting, pk=left.pk),
        "公開の計画": {"plan_id": plan.pk},
        "公開の年度": year(published.plan_year),
        "公開していない年度": year(finalized.plan_year),
        "市民の意見": year(published.plan_year, pk=voice.pk),
        "ない市民の意見": year(published.plan_year, pk=10**6),
        "公開の目標": year(published.plan_year, goal=1),
        "公開の指標": year(published.plan_year, code=indicator.code),
        "公開の取組": year(published.plan_year, code=initiative.code),
        "公開していない取組": year(finalized.plan_year, code=initiative.code),
        "公開の文字": year(published.plan_year, part="front"),
        "公開のファイル": year(published.plan_year, name="report.json"),
        "公開の表": year(published.plan_year, table="initiatives"),
        "公開していない住所": {"rest": "nothing/"},
        "作成": {"pk": build.pk},
        "公表の版のファイル": {"pk": make_file(published, coordinator).pk},
        "確定の版のファイル": {"pk": make_file(finalized, coordinator).pk},
        "確認待ちの取り込み": {"pk": waiting.pk},
        "済んだ取り込み": {"pk": taken_in.pk},
        "利用者": {"pk": writer.pk},
        "代理": {"pk": make_deputy(writer, manager).pk},
        "課の引継ぎメモ": {"department_id": department.pk},
        "取組の引継ぎメモ": {"department_id": department.pk, "initiative_id": initiative.pk},
        "課": {"pk": department.pk},
    }


@pytest.fixture
def world(targets, writer, department, other_department, other, member, admin) -> World:
    """The same city, in which every form is shown and can be filled."""
    return make_world(targets, writer, department, other_department)
