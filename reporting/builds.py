"""Making the report's file in the background, with its progress kept where a page can ask for it."""

import hashlib
import logging
from datetime import timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django_tasks import task

from accounts.models import User
from initiatives.models import Goal, PlanYear
from ledger import anchors
from reporting.models import Chapter, ReportBuild

log = logging.getLogger(__name__)

# A build takes a minute; a worker that was killed in the middle leaves its build behind as 作っています.
LOST_AFTER = timedelta(minutes=30)
LOST = "作っている途中で止まりました。もう一度作ってください。"
FAILED = "報告書を作れませんでした。もう一度作っても同じときは、システム管理者に知らせてください。"


def start(plan_year: PlanYear, *, by: User) -> ReportBuild:
    """Ask for a PDF of the year as it stands now. A build that is still waiting or running is not doubled."""
    running = plan_year.report_builds.filter(
        status__in=[ReportBuild.Status.WAITING, ReportBuild.Status.RUNNING]
    ).first()
    if running:
        return running
    build = ReportBuild.objects.create(plan_year=plan_year, requested_by=by)
    transaction.on_commit(lambda: make_pdf.enqueue(build.pk))
    return build


def give_up_lost(plan_year: PlanYear) -> None:
    """Mark builds that will never finish, so that a new one can be asked for."""
    lost = plan_year.report_builds.filter(
        status__in=ReportBuild.UNFINISHED, requested_at__lt=timezone.now() - LOST_AFTER
    )
    lost.update(status=ReportBuild.Status.FAILED, problem=LOST, finished_at=timezone.now())


def unwritten(plan_year: PlanYear) -> list[str]:
    """Chapters that would be printed empty, in the report's order."""
    of_year = {"plan_id": plan_year.plan_id, "fiscal_year": plan_year.fiscal_year}
    written = set(Chapter.objects.filter(**of_year).exclude(text="").values_list("goal_id", "kind"))
    goals = Goal.objects.filter(plan_id=plan_year.plan_id).in_force(plan_year.fiscal_year).order_by("number")
    wanted = [(None, kind, kind.label) for kind in Chapter.OF_REPORT]
    of_goal = [kind for kind in Chapter.Kind if kind not in Chapter.OF_REPORT]
    wanted += [
        (goal.pk, kind, f"{plan_year.plan.goal_term}{goal.number} {kind.label}") for goal in goals for kind in of_goal
    ]
    return [words for goal, kind, words in wanted if (goal, kind.value) not in written]


@task()
def make_pdf(build_id: int) -> None:
    """The task: assemble, render, keep. What goes wrong is told on the page, in words, and logged in full."""
    build = ReportBuild.objects.select_related("plan_year__plan").get(pk=build_id)
    if build.is_finished:
        return
    try:
        _make(build)
    except Exception:
        log.exception("report build %s failed", build_id)
        _set(build, status=ReportBuild.Status.FAILED, problem=FAILED, finished_at=timezone.now())


def _make(build: ReportBuild) -> None:
    # Here, not at the top: WeasyPrint takes a second to load, and only this task needs it.
    from reporting import pdf
    from reporting.assemble import assemble

    _set(build, status=ReportBuild.Status.RUNNING, percent=2, step="承認された内容を集めています")
    report = assemble(build.plan_year)
    content = pdf.render(
        report,
        cache_dir=settings.REPORT_CACHE_DIR,
        progress=lambda percent, step: _set(build, percent=min(percent, 98), step=step),
    )
    build.file.save(f"{build.plan_year.short}-{build.pk}.pdf", ContentFile(content), save=False)
    _set(
        build,
        status=ReportBuild.Status.DONE,
        percent=100,
        step="",
        file=build.file.name,
        digest=hashlib.sha256(content).hexdigest(),
        finished_at=timezone.now(),
    )
    try:
        anchors.keep()
    except OSError:  # another machine's folder; the report is done all the same
        log.exception("the ledger's anchor could not be kept")


def _set(build: ReportBuild, **values) -> None:
    for name, value in values.items():
        setattr(build, name, value)
    ReportBuild.objects.filter(pk=build.pk).update(**values)
