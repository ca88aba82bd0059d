"""The state of a department's part, changed in one place: ACTIONS says what may be done, `perform` does it.

未着手 → 作成中 → 課長確認中 → 提出済 → 承認済, and 差戻し中 when either reviewer sent it back. A department may work
without the 課長 step. Pages, Excel and commands draw their buttons from `available_actions` and call `perform`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from initiatives import history, permissions
from initiatives.history import Conflict
from initiatives.models import EntryPart, FieldComment, PlanYear, Transition
from initiatives.notices import outbox
from ledger.chain import recording

S = EntryPart.Status


class TransitionError(Exception):
    """The step cannot be taken. The message says why, to the person; nothing was changed."""


@dataclass(frozen=True)
class Action:
    label: str  # of the button
    sources: frozenset[str]
    target: str
    may: Callable[[User, EntryPart, PlanYear], bool]
    reason_required: bool = False  # in one text, or as comments on fields


ACTIONS: dict[str, Action] = {
    "request_confirmation": Action(
        "課長に送る", frozenset({S.DRAFT, S.RETURNED}), S.AWAITING_MANAGER, permissions.can_request_confirmation
    ),
    "submit": Action(
        "福祉総務課に送る", frozenset({S.DRAFT, S.RETURNED, S.AWAITING_MANAGER}), S.SUBMITTED, permissions.can_submit
    ),
    "withdraw": Action(
        "取り下げる", frozenset({S.AWAITING_MANAGER, S.SUBMITTED}), S.DRAFT, permissions.can_withdraw
    ),
    "return": Action(
        "差し戻す", frozenset({S.AWAITING_MANAGER, S.SUBMITTED}), S.RETURNED, permissions.can_return, reason_required=True
    ),
    "approve": Action("承認する", frozenset({S.SUBMITTED}), S.APPROVED, permissions.can_approve),
    "reopen": Action(
        "承認を取り消す", frozenset({S.APPROVED}), S.RETURNED, permissions.can_reopen, reason_required=True
    ),
}  # fmt: skip


def available_actions(part: EntryPart, user: User, plan_year: PlanYear) -> dict[str, Action]:
    """The steps this person may take with this part now: what the page draws as buttons."""
    return {
        name: action
        for name, action in ACTIONS.items()
        if part.status in action.sources and action.may(user, part, plan_year)
    }


@recording()
def perform(
    part: EntryPart,
    name: str,
    *,
    by: User,
    plan_year: PlanYear,
    reason: str = "",
    comments: Mapping[str, str] | None = None,
) -> Transition:
    """Take one step. Asks in turn: permission, status, reason; then compare-and-set, and one Transition.

    `comments`: what to put right, by field (FieldComment.Field); one of them is reason enough.
    Raises TransitionError (not allowed, wrong status, no reason) and Conflict (a colleague was first).
    """
    action = ACTIONS[name]
    if part.status not in action.sources:
        raise TransitionError(f"いまの状態は「{part.get_status_display()}」なので、「{action.label}」はできません。")
    if not action.may(by, part, plan_year):
        raise TransitionError(why_not(part, name, by, plan_year))
    comments = {field: text.strip() for field, text in (comments or {}).items() if text.strip()}
    if action.reason_required and not reason.strip() and not comments:
        raise TransitionError("理由を書いてください。書いた理由は、そのまま相手に届きます。")
    if part.status in EntryPart.WRITABLE:
        history.settle([part.entry, part])
    step = Transition(
        part=part, action=name, from_status=part.status, to_status=action.target, by=by,
        on_behalf_of=permissions.acts_for(by, part, name), reason=reason.strip(), version=part.version,
    )  # fmt: skip
    _set_status(part, action.target, by)
    step.save()
    FieldComment.objects.bulk_create(
        FieldComment(transition=step, field=field, text=text) for field, text in comments.items()
    )
    if action.target == S.RETURNED:
        outbox.part_returned(step, plan_year)
    return step


def start_writing(part: EntryPart) -> None:
    """未着手 becomes 作成中 with the first word. No step of the workflow: nobody has to be told."""
    if part.status == S.NOT_STARTED:
        part.status = S.DRAFT
        EntryPart.objects.filter(pk=part.pk, status=S.NOT_STARTED).update(status=S.DRAFT)


def pick_up(part: EntryPart, by: User) -> None:
    """福祉総務課 has begun to work on what was submitted: from now on it comes back by 差戻し alone, not by 取り下げ.

    Called with the first correction. The next step, whichever, ends it.
    """
    if part.status == S.SUBMITTED and part.picked_up_at is None:
        now = timezone.now()
        found = EntryPart.objects.filter(pk=part.pk, status=S.SUBMITTED, picked_up_at__isnull=True)
        if found.update(picked_up_at=now, picked_up_by=by):
            part.picked_up_at, part.picked_up_by = now, by


def _set_status(part: EntryPart, status: str, by: User) -> None:
    """Compare-and-set on status and version: the words that were read are the words that are sent or approved."""
    now = timezone.now()
    values = {"status": status, "approved_at": None, "approved_by": None, "picked_up_at": None, "picked_up_by": None}
    if status == S.SUBMITTED:
        values |= {"submitted_at": now, "submitted_by": by}
    elif status == S.APPROVED:
        values |= {"approved_at": now, "approved_by": by}
    else:
        # A withdrawn or returned part has no submission any more, and with it fall the approvals above.
        values |= {"submitted_at": None, "submitted_by": None}
    found = EntryPart.objects.filter(
        pk=part.pk, status=part.status, version=part.version, picked_up_at__isnull=part.picked_up_at is None
    )
    if not found.update(**values):
        raise Conflict(str(part))
    for field, value in values.items():
        setattr(part, field, value)


def why_not(part: EntryPart, name: str, user: User, plan_year: PlanYear) -> str:
    """Why a person may not take a step, in words, and whom to ask."""
    if plan_year.status not in PlanYear.IN_HAND:
        return why_year_closed(plan_year)
    if name in ("approve", "reopen") or (name == "return" and part.status == S.SUBMITTED):
        return _why_not_reviewing(part, name, user)
    if not permissions.works_in(user, part):
        return f"これをできるのは、{part.department}の人です。{part.department}に頼んでください。"
    if part.status == S.AWAITING_MANAGER and name in ("submit", "return"):
        return f"これをできるのは、{part.department}の課長と、その代理の人です。課長に頼んでください。"
    if name == "withdraw" and part.picked_up_at is not None:
        return WHY_PICKED_UP
    if not permissions.is_open_for(plan_year, part.department_id, part.status):
        return why_late(plan_year, part.department_id)
    if name == "submit" and part.department.manager_step:
        return "この課では、先に課長の確認がいります。「課長に送る」を押してください。"
    if name == "request_confirmation" and not part.department.manager_step:
        return "この課では、課長の確認を通しません。「福祉総務課に送る」を押してください。"
    return "この操作は、あなたの役割ではできません。福祉総務課に聞いてください。"


def _why_not_reviewing(part: EntryPart, name: str, user: User) -> str:
    if not permissions.is_coordinating(user):
        return "これをできるのは、福祉総務課です。福祉総務課に頼んでください。"
    if name == "approve" and part.submitted_by_id == user.pk:
        return "自分が提出したものは、自分では承認できません。福祉総務課のほかの人に頼んでください。"
    return "代理で書いたり送ったりしたものは、自分では承認できません。福祉総務課のほかの人に頼んでください。"


def why_year_closed(plan_year: PlanYear) -> str:
    """Why nothing of a year can be changed, and whom to ask."""
    if plan_year.status == PlanYear.Status.PREPARING:
        return f"{plan_year.label}は、まだ準備中です。福祉総務課が受付を始めると、書けるようになります。"
    return (
        f"{plan_year.label}は「{plan_year.get_status_display()}」なので、変えられません。"
        "まちがいを見つけたときは、福祉総務課に知らせてください。"
    )


def why_late(plan_year: PlanYear, department_id: int) -> str:
    """Why a department cannot write or send any more in a year that is in hand, and whom to ask."""
    if plan_year.status != PlanYear.Status.COLLECTING:
        return f"{plan_year.label}の受付は終わりました。書き足すことがあるときは、福祉総務課に聞いてください。"
    until = plan_year.deadline_for(department_id)
    return f"提出の期限を過ぎました（{until.month}月{until.day}日まで）。福祉総務課に、期限を延ばせるか聞いてください。"


WHY_PICKED_UP = (
    "福祉総務課が確認を始めたので、取り下げられません。直したいときは、福祉総務課に差し戻しを頼んでください。"
)


@dataclass(frozen=True)
class Refusal:
    part: EntryPart
    why: str


def perform_many(
    parts: Iterable[EntryPart],
    name: str,
    *,
    by: User,
    plan_year: PlanYear,
    reason: str = "",
    comments: Mapping[str, str] | None = None,
) -> tuple[list[EntryPart], list[Refusal]]:
    """The same step for many parts, each by itself: those that went, and those that could not and why."""
    done, refused = [], []
    for part in parts:
        try:
            perform(part, name, by=by, plan_year=plan_year, reason=reason, comments=comments)
            done.append(part)
        except TransitionError as error:
            refused.append(Refusal(part, str(error)))
        except Conflict:
            refused.append(Refusal(part, "ほかの人が先に変えました。今の状態を見てください。"))
    return done, refused
