"""Making a file of the report in the background, with its progress kept where a page can ask for it.

A draft is made of the year as it stands. The files of an edition are made once and kept with their digests.
"""

import hashlib
import logging
from datetime import timedelta
from io import BytesIO

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django_tasks import task

from accounts.models import User
from initiatives.models import Goal, PlanYear
from ledger import anchors
from reporting.models import Chapter, ReportBuild, ReportEdition

log = logging.getLogger(__name__)
Status = ReportBuild.Status

# A build takes a minute; a worker that was killed in the middle leaves its build behind as 作っています.
LOST_AFTER = timedelta(minutes=30)
LOST = "作っている途中で止まりました。もう一度作ってください。"
FAILED = "報告書を作れませんでした。もう一度作っても同じときは、システム管理者に知らせてください。"
MOST_WAITING = 8  # builds of all years: a queue that takes longer than ten minutes helps nobody
FULL = "ほかの報告書を作っている途中です。終わってから、もう一度押してください。"


class QueueFull(Exception):
    """So much is waiting that nothing more is taken in. Nothing was started."""


class Damaged(Exception):
    """The kept file is gone, or is not the one that was made."""


class Cancelled(Exception):
    """Somebody does not want the build any more."""


def start(plan_year: PlanYear, *, by: User, kind: str = "pdf", excerpt: str = "") -> ReportBuild:
    """Ask for a file of the year as it stands, or of its edition. What is being made is not doubled. Raises QueueFull."""
    return _start(plan_year, ReportEdition.objects.light().standing(plan_year), by, kind, excerpt)


def start_all(edition: ReportEdition, *, by: User) -> None:
    """Every file of an edition. Raises QueueFull."""
    for kind in ReportBuild.Kind:
        _start(edition.plan_year, edition, by, kind.value, "")


def _start(plan_year: PlanYear, edition: ReportEdition | None, by: User, kind: str, excerpt: str) -> ReportBuild:
    wanted = {"plan_year": plan_year, "edition": edition, "kind": kind, "excerpt": excerpt}
    # An edition never changes, so its file is made once; of a draft only what is being made counts.
    good = (*ReportBuild.UNFINISHED, Status.DONE) if edition else ReportBuild.UNFINISHED
    found = ReportBuild.objects.filter(**wanted, status__in=good).first()
    if found and not is_damaged(found):
        return found
    if ReportBuild.objects.filter(status__in=ReportBuild.UNFINISHED).count() >= MOST_WAITING:
        raise QueueFull
    build = ReportBuild.objects.create(**wanted, requested_by=by)
    transaction.on_commit(lambda: make_file.enqueue(build.pk))
    return build


def content_of(build: ReportBuild) -> bytes:
    """The file as it was made. Raises Damaged."""
    try:
        with build.file.storage.open(build.file.name) as file:
            content = file.read()
    except OSError as error:
        raise Damaged(build.file.name) from error
    if build.digest and hashlib.sha256(content).hexdigest() != build.digest:
        raise Damaged(build.file.name)
    return content


def is_damaged(build: ReportBuild) -> bool:
    try:
        return build.status == Status.DONE and not content_of(build)
    except Damaged:
        return True


def cancel(build: ReportBuild) -> bool:
    """Stop a build that is not finished; the process that makes it notices at its next step."""
    values = {"status": Status.CANCELLED, "finished_at": timezone.now(), "step": ""}
    return bool(ReportBuild.objects.filter(pk=build.pk, status__in=ReportBuild.UNFINISHED).update(**values))


def give_up_lost(plan_year: PlanYear) -> None:
    """Mark builds that will never finish, so that a new one can be asked for."""
    lost = plan_year.report_builds.filter(
        status__in=ReportBuild.UNFINISHED, requested_at__lt=timezone.now() - LOST_AFTER
    )
    lost.update(status=Status.FAILED, problem=LOST, finished_at=timezone.now())


def unwritten(plan_year: PlanYear) -> list[str]:
    """Chapters that would be printed empty, in the report's order."""
    of_year = {"plan_id": plan_year.plan_id, "fiscal_year": plan_year.fiscal_year}
    written = set(Chapter.objects.filter(**of_year).exclude(text="").values_list("goal_id", "kind"))
    goals = Goal.objects.filter(plan_id=plan_year.plan_id).in_force(plan_year.fiscal_year).order_by("number")
    wanted = [(None, kind, kind.label) for kind in Chapter.OF_REPORT if kind not in Chapter.NOT_PRINTED]
    of_goal = [kind for kind in Chapter.Kind if kind not in Chapter.OF_REPORT]
    wanted += [
        (goal.pk, kind, f"{plan_year.plan.goal_term}{goal.number} {kind.label}") for goal in goals for kind in of_goal
    ]
    return [words for goal, kind, words in wanted if (goal, kind.value) not in written]


@task()
def make_file(build_id: int) -> None:
    """The task: read, make, keep. What goes wrong is told on the page, in words, and logged in full."""
    build = ReportBuild.objects.select_related("plan_year__plan", "edition").get(pk=build_id)
    if build.is_finished:
        return
    try:
        _make(build)
    except Cancelled:
        return
    except Exception:
        log.exception("report build %s failed", build_id)
        _set(build, status=Status.FAILED, problem=FAILED, finished_at=timezone.now())


def _make(build: ReportBuild) -> None:
    # Here, not at the top: what makes the files takes a second to load, and only this task needs it.
    from reporting import files

    _set(build, status=Status.RUNNING, percent=2, step="承認された内容を集めています")
    kind, source = files.KINDS[build.kind], files.source_of(build.plan_year, build.edition, build.excerpt)
    content = kind.make(source, lambda percent, step: _set(build, percent=min(percent, 98), step=step))
    build.file.save(f"{build.plan_year.short}-{build.pk}{kind.extension}", ContentFile(content), save=False)
    try:
        _set(
            build,
            status=Status.DONE,
            percent=100,
            step="",
            file=build.file.name,
            name=source.file_name(kind),
            digest=hashlib.sha256(content).hexdigest(),
            size=len(content),
            pages=_pages(content) if kind is files.PDF else None,
            finished_at=timezone.now(),
        )
    except Cancelled:
        build.file.storage.delete(build.file.name)
        raise
    try:
        anchors.keep()
    except OSError:  # another machine's folder; the report is done all the same
        log.exception("the ledger's anchor could not be kept")


def _pages(content: bytes) -> int:
    import pikepdf

    with pikepdf.open(BytesIO(content)) as pdf:
        return len(pdf.pages)


def _set(build: ReportBuild, **values) -> None:
    """Raises Cancelled when the build is no longer wanted."""
    for name, value in values.items():
        setattr(build, name, value)
    if not ReportBuild.objects.filter(pk=build.pk, status__in=ReportBuild.UNFINISHED).update(**values):
        raise Cancelled
