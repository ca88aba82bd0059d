"""Confirming (課長) and reviewing (福祉総務課): what waits, and the pages' data."""

from accounts.models import User
from initiatives import workflow
from initiatives.models import EntryPart, PlanYear

DONE = {
    "request_confirmation": "{code}を課長に送りました。",
    "submit": "{code}を福祉総務課に送りました。",
    "withdraw": "{code}を取り下げました。もう一度書けます。",
    "return": "{code}を差し戻しました。理由は{department}に届いています。",
    "approve": "{code}（{department}）を承認しました。",
    "reopen": "{code}の承認を取り消しました。{department}がもう一度書けます。",
}


def parts_of(plan_year: PlanYear, user: User):
    """The year's parts that a person may read, with what a step and its words need."""
    return (
        EntryPart.objects.visible_to(user)
        .filter(entry__initiative__plan_id=plan_year.plan_id, entry__fiscal_year=plan_year.fiscal_year)
        .select_related("department", "entry__initiative")
    )


def take_step(part: EntryPart, action: str, *, by: User, plan_year: PlanYear, reason: str = "") -> str:
    """One step of one part, and what it brings about. Returns what happened, in words."""
    workflow.perform(part, action, by=by, plan_year=plan_year, reason=reason)
    return DONE[action].format(code=part.entry.initiative.code, department=part.department)
