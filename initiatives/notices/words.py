"""The paragraphs that 福祉総務課 writes around a mass notice: kept for the year, taken over from the year before."""

from django.utils import timezone

from accounts.models import User
from initiatives.models import Notice, NoticeWords, PlanYear
from initiatives.notices import wording

# The notices that go to many and may be looked at and worded before.
KINDS = (Notice.Kind.REMINDER, Notice.Kind.KICKOFF)


def of(plan_year: PlanYear, kind: str) -> dict[str, str]:
    """opening and closing: of this year, else of the plan's latest year before, else what Ayumi proposes."""
    kept = (
        NoticeWords.objects.filter(
            plan_year__plan=plan_year.plan_id, plan_year__fiscal_year__lte=plan_year.fiscal_year, kind=kind
        )
        .order_by("-plan_year__fiscal_year")
        .first()
    )
    if kept is None:
        return wording.default_words(plan_year, kind)
    return {"opening": kept.opening, "closing": kept.closing}


def keep(plan_year: PlanYear, kind: str, words: dict[str, str], *, by: User) -> None:
    NoticeWords.objects.update_or_create(
        plan_year=plan_year, kind=kind, defaults=words | {"by": by, "at": timezone.now()}
    )
