"""The way of a 版: 確定 makes it, 公表 shows it, 再開 opens the year again for the next, 取り下げ takes it back.

The year's own state moves in the same transaction (year_cycle.perform_with_edition): there is no other way into a locked
year or out of it.
"""

from datetime import datetime

from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from initiatives import year_cycle
from initiatives.models import PlanYear
from initiatives.workflow import TransitionError
from ledger.chain import recording
from reporting import snapshot
from reporting.assemble import assemble
from reporting.checks.run import CHECKS
from reporting.checks.year import Judged, open_errors
from reporting.editions import report_of, year_before
from reporting.models import EditionStep, ReportEdition, digest_of
from reporting.permissions import can_move_edition

CHANGED = "この画面を開いたあとで、内容が変わりました。下の指摘と報告書を確かめてから、もう一度押してください。"
NEEDS_REASON = "{}。このまま進めるときは、理由を書いてください。版の記録に残ります。"


def doubts(plan_year: PlanYear, errors: list[Judged]) -> list[str]:
    """Why a year had better not become 確定 yet: going on all the same needs a reason."""
    told = []
    if unfinished := year_cycle.unfinished(plan_year):
        told.append(f"承認していない記入が{unfinished}件あります")
    if errors:
        told.append(f"整合性チェックに、直すところが{len(errors)}件あります")
    return told


def would_be(plan_year: PlanYear) -> str:
    """The digest of the edition that 確定 would make now."""
    return digest_of(snapshot.dumps(assemble(plan_year)))


@recording()
def finalize(
    plan_year: PlanYear, *, by: User, reason: str = "", seen: str = "", at: datetime | None = None
) -> ReportEdition:
    """確定: the report as it stands becomes the year's next edition. Raises TransitionError, Conflict.

    seen: the digest (would_be) of what the person looked at; nothing else is frozen in their name. The ledger is held, so
    nobody changes a text in between.
    """
    at, errors = at or timezone.now(), open_errors(plan_year)
    told = doubts(plan_year, errors)
    if told and not reason.strip():
        raise TransitionError(NEEDS_REASON.format("、".join(told)))
    before = year_before(plan_year)
    text = snapshot.dumps(assemble(plan_year))
    if seen and seen != digest_of(text):
        raise TransitionError(CHANGED)
    year_cycle.perform_with_edition(plan_year, "finalize", by=by, reason=reason, at=at)
    edition = ReportEdition.objects.create(
        plan_year=plan_year,
        number=(plan_year.editions.aggregate(last=Max("number"))["last"] or 0) + 1,
        made_by=by,
        made_at=at,
        snapshot=text,
        last_snapshot=snapshot.dumps(report_of(before)) if before else "",
        digest=digest_of(text),
    )
    _step(edition, "finalize", by, at, reason, _in_words(errors))
    return edition


@recording()
def publish(edition: ReportEdition, *, by: User, reason: str = "", at: datetime | None = None) -> EditionStep:
    """公表: from now on everybody may read it. Raises TransitionError, Conflict."""
    errors = edition.step("finalize").open_errors
    if errors and not reason.strip():
        raise TransitionError(
            NEEDS_REASON.format(f"確定したとき、整合性チェックに、直すところが{len(errors)}件ありました")
        )
    plan_year, at = edition.plan_year, at or timezone.now()
    _must_stand(edition)
    year_cycle.perform_with_edition(plan_year, "publish", by=by, reason=reason, at=at)
    return _step(edition, "publish", by, at, reason, errors)


@recording()
def reopen(edition: ReportEdition, *, by: User, reason: str, at: datetime | None = None) -> EditionStep:
    """再開: the year may be changed again. What is public stays so until the next edition, or until it is taken back."""
    at = at or timezone.now()
    _must_stand(edition)
    year_cycle.perform_with_edition(edition.plan_year, "reopen", by=by, reason=reason, at=at)
    return _step(edition, "reopen", by, at, reason)


@recording()
def withdraw(edition: ReportEdition, *, by: User, reason: str, at: datetime | None = None) -> EditionStep:
    """取り下げ: nobody outside reads the edition any more. The year stays as it is."""
    if not can_move_edition(by) or not edition.is_public:
        raise TransitionError("公表している版ではないので、取り下げはできません。")
    if not reason.strip():
        raise TransitionError("理由を書いてください。版の記録に残ります。")
    return _step(edition, "withdraw", by, at or timezone.now(), reason)


def _must_stand(edition: ReportEdition) -> None:
    standing = ReportEdition.objects.light().standing(edition.plan_year)
    if standing != edition:
        raise TransitionError(f"{edition.label}は、いまの版ではありません。新しい版を開いて、もう一度選んでください。")


def _step(
    edition: ReportEdition, action: str, by: User, at: datetime, reason: str, errors: list | None = None
) -> EditionStep:
    return EditionStep.objects.create(
        edition=edition, action=action, by=by, at=at, reason=reason.strip(), open_errors=errors or []
    )


def _in_words(errors: list[Judged]) -> list[dict[str, str]]:
    """What the check still told, so that it can be read without the tables."""
    found = [one.finding for one in errors]
    return [
        {"place": each.place.label, "title": CHECKS[each.check].title, "found": each.found, "why": each.why}
        for each in found
    ]
