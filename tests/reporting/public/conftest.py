"""Editions that are public, and a reader who never signed in."""

from datetime import UTC, datetime
from hashlib import sha256

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from initiatives.models import PlanYear
from ledger.chain import recording
from reporting import snapshot
from reporting.models import EditionStep, ReportBuild, ReportEdition, digest_of
from reporting.public import source
from tests.factories import PlanFactory, PlanYearFactory


class Editions:
    """Publishes frozen reports of plan 1, and takes them back."""

    def __init__(self, by):
        self.by = by
        self.plan = PlanFactory(pk=1, name="見守り計画", first_year=2022, last_year=2029)

    def publish(self, report, number=1, *, last=None, plan=None) -> ReportEdition:
        with recording():
            edition = self.finalize(report, number, last=last, plan=plan or self.plan)
            at = datetime(2026, 12, 11, 3, number, tzinfo=UTC)
            EditionStep.objects.create(edition=edition, action="publish", by=self.by, at=at)
        return edition

    def finalize(self, report, number=1, *, last=None, plan=None) -> ReportEdition:
        of_year = {"plan": plan or self.plan, "fiscal_year": report.fiscal_year}
        year = PlanYear.objects.filter(**of_year).first()
        year = year or PlanYearFactory(**of_year, status=PlanYear.Status.PUBLISHED)
        text = snapshot.dumps(report)
        with recording():
            return ReportEdition.objects.create(
                plan_year=year, number=number, made_by=self.by, snapshot=text, digest=digest_of(text),
                last_snapshot=snapshot.dumps(last) if last else "",
            )  # fmt: skip

    def withdraw(self, edition) -> None:
        with recording():
            EditionStep.objects.create(edition=edition, action="withdraw", by=self.by, reason="名前が出ていた")

    def build(self, edition, kind, content: bytes, **more) -> ReportBuild:
        build = ReportBuild(
            plan_year=edition.plan_year, edition=edition, kind=kind, requested_by=self.by, size=len(content),
            status=ReportBuild.Status.DONE, digest=sha256(content).hexdigest(), finished_at=timezone.now(), **more,
        )  # fmt: skip
        build.file.save(f"{kind}.bin", ContentFile(content))
        return build


@pytest.fixture
def editions(coordinator, settings, tmp_path):
    settings.PUBLIC_CACHE_DIR = tmp_path / "pages"
    settings.MEDIA_ROOT = tmp_path / "files"
    for found in (source._read, source._published, source._site):
        found.cache_clear()  # what was rolled back had the same keys
    return Editions(coordinator)


@pytest.fixture
def at():
    """The address of a page of 令和6年度."""

    def inner(page, **about):
        of = {"plan_id": 1, "fiscal_year": 2024}
        return reverse(f"public:{page}", kwargs=of | about)

    return inner
