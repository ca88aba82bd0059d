import hashlib
from datetime import timedelta
from io import BytesIO, StringIO

import pikepdf
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse
from django.utils import timezone

from initiatives.models import EntryPart, PlanYear
from ledger import anchors
from reporting import builds, edition_cycle, pdf
from reporting.models import Chapter, ReportBuild
from tests.factories import PlanYearFactory, make_entry, make_file, make_indicator, make_initiative


def blank_pdf() -> bytes:
    file, made = BytesIO(), pikepdf.new()
    made.add_blank_page()
    made.save(file)
    return file.getvalue()


@pytest.fixture
def year(plan, department, settings, tmp_path):
    settings.MEDIA_ROOT, settings.REPORT_CACHE_DIR = tmp_path / "files", tmp_path / "cache"
    year = PlanYearFactory(plan=plan, status=PlanYear.Status.REVIEWING)
    make_entry(make_initiative(plan, "1-1-1-1", department), rating="A")
    make_indicator(plan, values={2024: ("1", "2")})
    return year


def test_a_build_makes_a_pdf_that_can_be_opened(client, coordinator, year, django_capture_on_commit_callbacks):
    client.force_login(coordinator)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(reverse("reporting:build_start", args=[year.plan_id, year.fiscal_year]))
    build = ReportBuild.objects.get()
    assert response["Location"] == reverse("reporting:build_detail", args=[build.pk])
    assert (build.status, build.percent, build.problem) == ("done", 100, "")
    assert "報告書ができました" in client.get(response["Location"]).content.decode()
    answer = client.get(reverse("reporting:build_file", args=[build.pk]))
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"%PDF-")
    assert hashlib.sha256(content).hexdigest() == build.digest
    assert answer["Content-Type"] == "application/pdf"


def test_a_build_that_is_under_way_is_not_doubled(year, coordinator):
    first = builds.start(year, by=coordinator)
    assert builds.start(year, by=coordinator) == first
    ReportBuild.objects.update(status=ReportBuild.Status.FAILED)
    assert builds.start(year, by=coordinator) != first


def test_what_goes_wrong_is_told_in_words(client, year, coordinator, monkeypatch, django_capture_on_commit_callbacks):
    def fail(*args, **kwargs):
        raise RuntimeError("no font")

    monkeypatch.setattr(pdf, "render", fail)
    with django_capture_on_commit_callbacks(execute=True):
        build = builds.start(year, by=coordinator)
    build.refresh_from_db()
    assert (build.status, build.problem) == ("failed", builds.FAILED)
    client.force_login(coordinator)
    assert builds.FAILED in client.get(reverse("reporting:build_detail", args=[build.pk])).content.decode()
    assert client.get(reverse("reporting:build_file", args=[build.pk])).status_code == 404


def test_a_build_whose_worker_died_is_given_up(client, year, coordinator):
    build = builds.start(year, by=coordinator)
    ReportBuild.objects.update(status="running", requested_at=timezone.now() - timedelta(minutes=31))
    client.force_login(coordinator)
    assert builds.LOST in client.get(reverse("reporting:build_detail", args=[build.pk])).content.decode()
    assert builds.start(year, by=coordinator) != build


def test_progress_asks_again_until_finished(client, year, coordinator):
    build = builds.start(year, by=coordinator)
    client.force_login(coordinator)
    address = reverse("reporting:build_progress", args=[build.pk])
    assert f'hx-get="{address}"' in client.get(address).content.decode()
    ReportBuild.objects.update(status="running", percent=40, step="目標4を作っています")
    body = client.get(address).content.decode()
    assert "作っています　40％" in body and "目標4を作っています" in body
    ReportBuild.objects.update(status="failed")
    assert "hx-get" not in client.get(address).content.decode()


def test_empty_chapters_are_told_before_building(client, year, coordinator):
    assert len(builds.unwritten(year)) == 12
    assert builds.unwritten(year)[:2] == ["前文", "進捗管理・評価"]
    of_year = {"plan": year.plan, "fiscal_year": year.fiscal_year}
    Chapter.objects.create(**of_year, kind="foreword", text="はじめに")
    Chapter.objects.create(**of_year, kind="vision", goal=year.plan.goals.get(), text="")
    assert len(builds.unwritten(year)) == 11
    client.force_login(coordinator)
    page = client.get(reverse("reporting:build_list", args=[year.plan_id, year.fiscal_year])).content.decode()
    assert "まだ書かれていない章が11あります" in page


@pytest.mark.parametrize("folder", ["away", "away.txt/no"])
def test_a_build_anchors_the_ledger(
    year, coordinator, settings, tmp_path, monkeypatch, folder, django_capture_on_commit_callbacks
):
    """Where it can be kept; where not, the report is made all the same."""
    (tmp_path / "away.txt").write_text("")
    settings.LEDGER_ANCHORS = tmp_path / folder / "anchors.txt"
    monkeypatch.setattr(pdf, "render", lambda *args, **kwargs: blank_pdf())
    year.transitions.create(action="close", from_status="collecting", to_status="reviewing", by=coordinator)
    with django_capture_on_commit_callbacks(execute=True):
        build = builds.start(year, by=coordinator)
    build.refresh_from_db()
    assert build.status == "done"
    kept = [anchor.position for anchor in anchors.read(settings.LEDGER_ANCHORS)] if folder == "away" else [1]
    assert kept == [1]


# --- Not wanted any more, and too much at once ------------------------------------------------------------


def test_a_build_that_is_cancelled_while_it_waits_is_never_made(
    client, year, coordinator, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(pdf, "render", lambda *args, **kwargs: pytest.fail("nobody wants it"))
    client.force_login(coordinator)
    with django_capture_on_commit_callbacks(execute=True):
        build = builds.start(year, by=coordinator)
        page = client.get(reverse("reporting:build_detail", args=[build.pk])).content.decode()
        assert "作るのをやめる" in page
        client.post(reverse("reporting:build_cancel", args=[build.pk]))
    build.refresh_from_db()
    assert (build.status, build.problem) == ("cancelled", "") and build.finished_at
    assert "作るのをやめました" in client.get(reverse("reporting:build_detail", args=[build.pk])).content.decode()
    assert builds.start(year, by=coordinator) != build


@pytest.mark.parametrize("at", ["middle", "end"])
def test_a_build_that_is_cancelled_on_the_way_stops_and_leaves_nothing(
    year, coordinator, monkeypatch, django_capture_on_commit_callbacks, settings, at
):
    """At its next word of progress; or, when there is none any more, instead of being kept."""
    steps = []

    def render(*args, progress, **kwargs):
        progress(40, "目標4を作っています")
        assert builds.cancel(ReportBuild.objects.get())
        if at == "middle":
            progress(60, "目標5を作っています")
        steps.append("end")
        return blank_pdf()

    monkeypatch.setattr(pdf, "render", render)
    with django_capture_on_commit_callbacks(execute=True):
        build = builds.start(year, by=coordinator)
    build.refresh_from_db()
    assert (build.status, build.file.name, build.digest, build.percent) == ("cancelled", "", "", 40)
    assert steps == (["end"] if at == "end" else [])
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []


def test_what_is_finished_cannot_be_cancelled(client, year, coordinator):
    build = builds.start(year, by=coordinator)
    ReportBuild.objects.update(status="failed")
    client.force_login(coordinator)
    page = client.post(reverse("reporting:build_cancel", args=[build.pk]), follow=True).content.decode()
    assert "もう終わっています" in page
    assert ReportBuild.objects.get().status == "failed"


def test_the_queue_takes_so_many_and_says_so(client, year, coordinator):
    others = [PlanYearFactory(plan=year.plan, fiscal_year=2010 + number) for number in range(builds.MOST_WAITING)]
    for other in others:
        builds.start(other, by=coordinator)
    client.force_login(coordinator)
    answer = client.post(reverse("reporting:build_start", args=[year.plan_id, year.fiscal_year]))
    assert answer.status_code == 409 and builds.FULL in answer.content.decode()
    assert ReportBuild.objects.count() == builds.MOST_WAITING
    assert builds.start(others[0], by=coordinator).plan_year == others[0], "what is on its way is no more work"
    builds.cancel(ReportBuild.objects.first())
    assert builds.start(year, by=coordinator).plan_year == year


# --- Files of an edition ----------------------------------------------------------------------------------


@pytest.fixture
def edition(year, coordinator):
    PlanYear.objects.filter(pk=year.pk).update(status=PlanYear.Status.COMMITTEE)
    year.refresh_from_db()
    return edition_cycle.finalize(year, by=coordinator, reason="資料のとおり")


def test_an_edition_s_files_are_made_once_and_kept_with_their_digests(
    client, year, edition, coordinator, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(pdf, "render", lambda *args, **kwargs: blank_pdf())
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            builds.start_all(edition, by=coordinator)
    made = list(ReportBuild.objects.order_by("pk"))
    assert [(build.kind, build.status, build.edition) for build in made] == [
        (kind, "done", edition) for kind in ReportBuild.Kind.values
    ]
    client.force_login(coordinator)
    page = client.get(reverse("reporting:edition_detail", args=[year.plan_id, year.fiscal_year, 1])).content.decode()
    for build in made:
        content = b"".join(client.get(reverse("reporting:build_file", args=[build.pk])).streaming_content)
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (build.digest, build.size)
        assert build.digest in page
    assert made[0].pages == 1
    assert edition.digest in page


def test_a_draft_is_none_of_an_edition(year, coordinator, edition):
    assert builds.start(year, by=coordinator).edition == edition
    edition_cycle.reopen(edition, by=coordinator, reason="数の誤り")
    draft = builds.start(PlanYear.objects.get(pk=year.pk), by=coordinator)
    assert draft.edition is None
    assert list(ReportBuild.objects.exclude(pk=draft.pk).values_list("edition", flat=True)) == [edition.pk]


# --- The command --------------------------------------------------------------------------------------------


def written(tmp_path, *arguments) -> bytes:
    target = tmp_path / "out"
    call_command("build_report", "R6", *arguments, "--output", str(target), stdout=StringIO(), stderr=StringIO())
    return target.read_bytes()


def test_the_command_writes_the_edition_and_not_the_tables(year, edition, coordinator, tmp_path, monkeypatch):
    kept = written(tmp_path, "--format", "json")
    assert hashlib.sha256(kept).hexdigest() == edition.digest
    EntryPart.objects.update(result="あとで変えた。")
    assert written(tmp_path, "--format", "json") == kept
    edition_cycle.reopen(edition, by=coordinator, reason="数の誤り")
    assert "あとで変えた。" in written(tmp_path, "--format", "json").decode(), "the year is open: as it stands"
    assert written(tmp_path, "--format", "json", "--edition", "1") == kept
    told = {}
    monkeypatch.setattr(pdf, "render", lambda report, **more: told.update(more) or b"%PDF-")
    written(tmp_path, "--edition", "1")
    assert (told["edition"], told["digest"]) == ("第1版", edition.digest)
    with pytest.raises(CommandError, match="令和6年度に第2版はありません"):
        written(tmp_path, "--edition", "2")


def test_the_command_hands_out_the_file_that_was_made(year, edition, coordinator, tmp_path, monkeypatch):
    file = make_file(edition, coordinator, b"%PDF-1.7 made when it was final")
    assert written(tmp_path) == b"%PDF-1.7 made when it was final"
    file.file.storage.delete(file.file.name)
    monkeypatch.setattr(pdf, "render", lambda *args, **kwargs: b"%PDF- made anew")
    assert written(tmp_path) == b"%PDF- made anew"
