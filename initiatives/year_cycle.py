"""The state of a year, changed in one place: 準備中 → 受付中 → 確認中 → 委員会審議中 → 確定 → 公表.

確定, 公表 and the way back from them are taken with an edition of the report (WITH_EDITION), which reporting makes.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts.models import User
from initiatives import permissions
from initiatives.history import Conflict
from initiatives.models import EntryPart, Notice, PlanYear, YearTransition
from initiatives.notices import outbox, words
from initiatives.workflow import TransitionError
from ledger.chain import recording

Y = PlanYear.Status


@dataclass(frozen=True)
class YearAction:
    label: str  # of the button
    explanation: str  # what may be done then, and by whom
    sources: tuple[str, ...]
    target: str
    reason_required: bool = False


ACTIONS: dict[str, YearAction] = {
    "start": YearAction(
        "受付を始める", "各課が書けるようになり、受付開始の知らせが届きます。", (Y.PREPARING,), Y.COLLECTING
    ),
    "close": YearAction(
        "受付を締め切る",
        "各課は新しく書けなくなります。差し戻したものだけ直せます。受付終了の知らせが届きます。",
        (Y.COLLECTING,),
        Y.REVIEWING,
    ),
    "start_again": YearAction(
        "受付をもう一度開く", "各課がまた書けるようになります。", (Y.REVIEWING,), Y.COLLECTING, True
    ),
    "open_to_committee": YearAction(
        "委員に開く", "委員が、承認された内容を読めるようになります。", (Y.REVIEWING,), Y.COMMITTEE
    ),
    "take_back": YearAction("委員に閉じる", "委員は読めなくなります。", (Y.COMMITTEE,), Y.REVIEWING, True),
}

# Taken by reporting.edition_cycle alone, in the transaction that makes the edition or changes what it is.
WITH_EDITION: dict[str, YearAction] = {
    "finalize": YearAction(
        "確定する", "いまの内容が版になり、だれも変えられなくなります。", (Y.COMMITTEE,), Y.FINALIZED
    ),
    "publish": YearAction("公表する", "版を公表します。", (Y.FINALIZED,), Y.PUBLISHED),
    "reopen": YearAction(
        "再開する", "確認中に戻り、直せるようになります。", (Y.FINALIZED, Y.PUBLISHED), Y.REVIEWING, True
    ),
}

# What may be done in each state, and by whom: said on the year's page and wherever something is locked.
WORDS = {
    Y.PREPARING: "福祉総務課が準備しています。各課はまだ書けません。",
    Y.COLLECTING: "各課が書いて送れます。期限を過ぎると書けなくなります。課長の確認は、期限のあとでもできます。",
    Y.REVIEWING: "福祉総務課が確認しています。各課は、差し戻されたものだけ直せます。",
    Y.COMMITTEE: "委員が読んでいます。変えられるのは福祉総務課だけです。",
    Y.FINALIZED: "内容は確定しました。だれも変えられません。",
    Y.PUBLISHED: "公表しました。だれも変えられません。",
}


def available_actions(plan_year: PlanYear, user: User) -> dict[str, YearAction]:
    """What the year's page offers."""
    if not permissions.can_run_year(user):
        return {}
    return {name: action for name, action in ACTIONS.items() if plan_year.status in action.sources}


def perform(plan_year: PlanYear, name: str, *, by: User, reason: str = "") -> YearTransition:
    """Move a year on (or back, with a reason). Raises TransitionError, Conflict."""
    return _take(ACTIONS[name], name, plan_year, by=by, reason=reason)


def perform_with_edition(
    plan_year: PlanYear, name: str, *, by: User, reason: str = "", at: datetime | None = None
) -> YearTransition:
    """A step of WITH_EDITION. The caller writes what belongs to it in the same transaction."""
    return _take(WITH_EDITION[name], name, plan_year, by=by, reason=reason, at=at)


@recording()
def _take(
    action: YearAction, name: str, plan_year: PlanYear, *, by: User, reason: str, at: datetime | None = None
) -> YearTransition:
    source = plan_year.status
    if not permissions.can_run_year(by) or source not in action.sources:
        raise TransitionError(
            f"いまの年度の状態は「{plan_year.get_status_display()}」なので、「{action.label}」はできません。"
        )
    if action.reason_required and not reason.strip():
        raise TransitionError("理由を書いてください。年度の記録に残ります。")
    if not PlanYear.objects.filter(pk=plan_year.pk, status=source).update(status=action.target):
        raise Conflict(str(plan_year))
    plan_year.status = action.target
    step = YearTransition.objects.create(
        plan_year=plan_year,
        action=name,
        from_status=source,
        to_status=action.target,
        by=by,
        at=at or timezone.now(),
        reason=reason.strip(),
    )
    _tell(step)
    return step


def _tell(step: YearTransition) -> None:
    """Everyone who writes is told that the year was opened for them, and that it was closed."""
    if step.to_status == Y.COLLECTING:
        outbox.put(outbox.kickoff(step.plan_year, by=step.by, words=words.of(step.plan_year, Notice.Kind.KICKOFF)))
    elif step.action == "close":
        outbox.year_closed(step)


def unfinished(plan_year: PlanYear) -> int:
    """Parts not yet approved: what moving on would leave behind."""
    parts = EntryPart.objects.filter(
        entry__initiative__plan_id=plan_year.plan_id, entry__fiscal_year=plan_year.fiscal_year
    )
    return parts.exclude(status=EntryPart.Status.APPROVED).count()
