"""Confirming (課長) and reviewing (福祉総務課): what waits, the steps, and the pages' data."""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.models import Department, User
from initiatives import agreed_rating, completeness, history, permissions, reading, workflow, writing
from initiatives import fiscal_year as fy
from initiatives.models import EntryPart, PlanYear, Transition, YearlyEntry
from initiatives.workflow import Refusal
from ledger.chain import recording

Status = EntryPart.Status
UNANSWERED = timedelta(days=7)  # after which 福祉総務課 asks how a returned part is getting on
STALE = "画面を開いたあとに、文が変わっていました。読んだ文と違う文を送ったり承認したりしないように、止めました。"
DONE = {
    "request_confirmation": "{code}を課長に送りました。",
    "submit": "{code}を福祉総務課に送りました。",
    "withdraw": "{code}を取り下げました。もう一度書けます。",
    "return": "{code}を差し戻しました。理由と指摘は{department}に届いています。",
    "approve": "{code}（{department}）を承認しました。",
    "reopen": "{code}の承認を取り消しました。{department}がもう一度書けます。",
}


# --- What waits -------------------------------------------------------------------------------------


def parts_of(plan_year: PlanYear, user: User) -> QuerySet[EntryPart]:
    """The year's parts that a person may read, with what a step and its words need."""
    return writing.parts_for(user, plan_year).select_related("submitted_by")


def to_review(plan_year: PlanYear, user: User) -> QuerySet[EntryPart]:
    """提出済, the oldest first."""
    return parts_of(plan_year, user).filter(status=Status.SUBMITTED).order_by("submitted_at", "pk")


def to_confirm(plan_year: PlanYear, user: User) -> QuerySet[EntryPart]:
    """What waits for the 課長, in the order of the plan."""
    return (
        parts_of(plan_year, user)
        .filter(
            status=Status.AWAITING_MANAGER, department__in=user.managed_ids(), department__manager_step=True
        )
        .order_by("entry__initiative__position", "position")
    )  # fmt: skip


def confirmation_count(user: User, plan_year: PlanYear) -> int | None:
    """How many parts wait for this 課長 or the 代理 of one; None for who confirms nothing. One query for a 課長."""
    if not user.managed_ids():
        return None
    waiting = Q(
        parts__status=Status.AWAITING_MANAGER,
        parts__entry__fiscal_year=plan_year.fiscal_year,
        parts__entry__initiative__plan_id=plan_year.plan_id,
    )
    departments = Department.objects.filter(pk__in=user.managed_ids(), manager_step=True)
    found = departments.aggregate(departments=Count("pk", distinct=True), parts=Count("parts", filter=waiting))
    return found["parts"] if found["departments"] else None


def review_count(plan_year: PlanYear) -> int:
    return EntryPart.objects.filter(
        entry__initiative__plan_id=plan_year.plan_id,
        entry__fiscal_year=plan_year.fiscal_year,
        status=Status.SUBMITTED,
    ).count()


def narrowed(parts: Iterable[EntryPart], conditions: Mapping[str, int]) -> list[EntryPart]:
    """Those of one department, of one goal (its number), or of both."""
    department, goal = conditions.get("department"), conditions.get("goal")
    return [
        part
        for part in parts
        if department in (None, part.department_id)
        and goal in (None, part.entry.initiative.direction.policy.goal.number)
    ]


def unanswered(plan_year: PlanYear, user: User) -> QuerySet[EntryPart]:
    """What 福祉総務課 sent back 7 days ago or earlier and has not come again, the longest ago first; `returned_at`.

    The 課長 may have sent it back to the writer since: it still has not come.
    """
    steps = Transition.objects.filter(part=OuterRef("pk"))
    back = steps.filter(to_status=Status.RETURNED).exclude(from_status=Status.AWAITING_MANAGER)
    came_again = steps.filter(to_status=Status.SUBMITTED, at__gt=OuterRef("returned_at"))
    return (
        parts_of(plan_year, user)
        .filter(status=Status.RETURNED)
        .annotate(returned_at=Subquery(back.order_by("-at", "-pk").values("at")[:1]))
        .filter(~Exists(came_again), returned_at__lte=timezone.now() - UNANSWERED)
        .order_by("returned_at", "pk")
    )


def with_last_year(parts: Iterable[EntryPart], plan_year: PlanYear) -> list[EntryPart]:
    """Each part with `last`, the entry of the year before (or None). One query."""
    parts = list(parts)
    entries = YearlyEntry.objects.filter(
        initiative__in=[part.entry.initiative_id for part in parts], fiscal_year=plan_year.fiscal_year - 1
    )
    found = {entry.initiative_id: entry for entry in entries}
    for part in parts:
        part.last = found.get(part.entry.initiative_id)
    return parts


# --- Steps ------------------------------------------------------------------------------------------


@recording()
def take_steps(
    parts: list[EntryPart],
    action: str,
    *,
    by: User,
    plan_year: PlanYear,
    reason: str = "",
    comments: Mapping[str, str] | None = None,
) -> tuple[list[EntryPart], list[Refusal]]:
    """The same step for many parts (or one), and what an approval brings about for their entries.

    The entries are locked first: of two colleagues who approve the last two parts of one entry at the same moment,
    the later one sees what the earlier one did.
    """
    wanted = {part.entry_id for part in parts}
    entries = {
        entry.pk: entry for entry in YearlyEntry.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    }
    ready, refused = _complete(parts, action, by, plan_year)
    done, others = workflow.perform_many(ready, action, by=by, plan_year=plan_year, reason=reason, comments=comments)
    refused += others
    if action == "approve":
        for entry_id in dict.fromkeys(part.entry_id for part in done):
            agreed_rating.agree(entries[entry_id], by=by)
    return done, refused


def _complete(
    parts: list[EntryPart], action: str, by: User, plan_year: PlanYear
) -> tuple[list[EntryPart], list[Refusal]]:
    """Parts that may be sent as they are; what a writer leaves blank is asked for first, as on the writing page."""
    if action not in ("request_confirmation", "submit"):
        return parts, []
    ready, refused = [], []
    for part in parts:
        offered = part.status in EntryPart.WRITABLE and action in workflow.available_actions(part, by, plan_year)
        lacks = completeness.missing(part) if offered else []
        if lacks:
            refused.append(Refusal(part, lacks[0][1]))
        else:
            ready.append(part)
    return ready, refused


def words_of(part: EntryPart, action: str) -> str:
    return DONE[action].format(code=part.entry.initiative.code, department=part.department)


def picked(values: Iterable[str], parts: QuerySet[EntryPart]) -> tuple[list[EntryPart], list[Refusal]]:
    """The ticked parts, "number:version" each; those that have changed since the page was opened are refused."""
    versions = dict(map(int, value.split(":")) for value in values if re.fullmatch(r"\d{1,18}:\d{1,9}", value))
    found = list(parts.filter(pk__in=versions))
    same = [part for part in found if part.version == versions[part.pk]]
    return same, [Refusal(part, STALE) for part in found if part.version != versions[part.pk]]


def correct(part: EntryPart, values: dict[str, str], *, by: User, row: EntryPart | YearlyEntry | None = None) -> bool:
    """軽微な修正: flagged in the history; from now on the department gets the part back by 差戻し alone.

    row: what holds the fields, where it is not the part but its entry.
    """
    with recording():
        changed = history.save_changes(row or part, values, by=by, reason=reading.CORRECTION)
        if changed:
            workflow.pick_up(part, by)
    return bool(changed)


def may_correct(user: User, part: EntryPart, plan_year: PlanYear) -> bool:
    """軽微な修正: 福祉総務課 may mend the wording of what it has before it."""
    return part.status == Status.SUBMITTED and permissions.can_return(user, part, plan_year)


# --- One part, to be read ---------------------------------------------------------------------------


def page_of(part: EntryPart, plan_year: PlanYear, user: User, compare: str, waiting: list[EntryPart]) -> dict:
    """The context of review_part.html; `waiting`: the queue it stands in. The number of queries is fixed."""
    [seen] = reading.readings([part], plan_year, compare=compare)
    actions = workflow.available_actions(part, user, plan_year)
    siblings = list(part.entry.parts.select_related("department"))
    rated = [sibling for sibling in siblings if sibling.self_rating]
    return {
        "part": part,
        "entry": part.entry,
        "initiative": part.entry.initiative,
        "reading": seen,
        "submission": next((step for step in seen.steps if step.to_status == Status.SUBMITTED), None),
        "last_label": fy.label(plan_year.fiscal_year - 1),
        "siblings": [sibling for sibling in siblings if sibling.pk != part.pk],
        "rated": rated,
        "disagree": len({sibling.self_rating for sibling in rated}) > 1,
        "lead": agreed_rating.lead_part(part.entry, siblings),
        "files": part.attachments.standing(),
        "may_correct": may_correct(user, part, plan_year),
        "may_rate": permissions.can_reopen(user, part, plan_year),
        "actions": actions,
        "return_form": "return" if "return" in actions else "",
        "why_not": _why_not(part, plan_year, user),
    } | _place(part, waiting)


def _why_not(part: EntryPart, plan_year: PlanYear, user: User) -> str:
    """Why it cannot be approved, in words; "" when it can."""
    if part.status != Status.SUBMITTED:
        return f"いまの状態は「{part.get_status_display()}」です。確認を待っているものではありません。"
    if permissions.can_approve(user, part, plan_year):
        return ""
    return workflow.why_not(part, "approve", user, plan_year)


def _place(part: EntryPart, waiting: list[EntryPart]) -> dict:
    """Where the part stands among those that wait, and which are before and after it."""
    order = [other.pk for other in waiting]
    if part.pk not in order:
        return {"place": None, "count": len(order), "previous": None, "following": None, "onward": None}
    index = order.index(part.pk)
    following = order[index + 1] if index + 1 < len(order) else None
    return {
        "place": index + 1,
        "count": len(order),
        "previous": order[index - 1] if index else None,
        "following": following,
        # After the last one those that were passed over are still there.
        "onward": following or (order[0] if len(order) > 1 else None),
    }
