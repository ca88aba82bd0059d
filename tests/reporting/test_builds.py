import hashlib
from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest
from django.urls import reverse
from django.utils import timezone

from initiatives.models import PlanYear
from ledger import anchors
from reporting import builds, pdf
from reporting.models import Chapter, ReportBuild
from tests.factories import PlanYearFactory, make_entry, make_indicator, make_initiative


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
