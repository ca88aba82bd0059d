"""What the committee's business puts on ホーム and on お知らせ・することリスト: of departments and of 福祉総務課."""

from django.db.models import Count, Q
from django.urls import reverse

from accounts.models import User
from initiatives.home import NextStep
from initiatives.models import PlanYear
from initiatives.notices.todo import Todo
from reviews import permissions
from reviews.models import FollowUp, Inquiry, Opinion, Response


def _url(plan_year: PlanYear, name: str, *more) -> str:
    return reverse(f"reviews:{name}", args=[plan_year.plan_id, plan_year.fiscal_year, *more])


def _waiting(user: User, plan_year: PlanYear) -> list[Inquiry]:
    """Questions to the person's departments without an answer."""
    if not permissions.is_deliberating(plan_year) or not permissions.can_be_asked(user):
        return []
    mine = Inquiry.objects.filter(
        plan_year=plan_year, state=Inquiry.State.ASKED, department__in=user.department_ids()
    ).visible_to(user)
    return list(mine.select_related("opinion", "initiative", "department").order_by("asked_at"))


def inquiry_count(user: User, plan_year: PlanYear) -> int | None:
    """How many questions wait for the person's departments; None when they were never asked anything."""
    if plan_year.status not in PlanYear.OPEN_TO_COMMITTEE or not permissions.can_be_asked(user):
        return None
    mine = Inquiry.objects.filter(plan_year=plan_year, department__in=user.department_ids()).visible_to(user)
    counts = mine.aggregate(all=Count("pk"), waiting=Count("pk", filter=Q(state=Inquiry.State.ASKED)))
    return (counts["waiting"] if permissions.is_deliberating(plan_year) else 0) if counts["all"] else None


def todo(user: User, plan_year: PlanYear) -> list[Todo]:
    return [
        Todo(
            "回答の依頼",
            f"{inquiry.about}について、課の考えを聞かれています",
            f"{inquiry.department}への依頼です。推進委員会の意見を読んで、{plan_year.plan.office_name}に答えてください。",
            _url(plan_year, "inquiry_edit", inquiry.pk),
            "読んで答える",
            inquiry.asked_at,
            pressing=True,
        )
        for inquiry in _waiting(user, plan_year)
    ]


def steps(user: User, plan_year: PlanYear) -> list[NextStep]:
    """What comes first under 次にすること."""
    if permissions.is_coordinating(user):
        return _gathering(plan_year) + _asked(user, plan_year)
    return _asked(user, plan_year)


def _asked(user: User, plan_year: PlanYear) -> list[NextStep]:
    waiting = _waiting(user, plan_year)
    if not waiting:
        return []
    about = list(dict.fromkeys(inquiry.about for inquiry in waiting))
    return [
        NextStep(
            f"推進委員会の意見{len(waiting)}件に、課の考えを答える",
            about[0] + (f"　ほか{len(about) - 1}件" if len(about) > 1 else ""),
            _url(plan_year, "inquiry_list"),
            "読んで答える",
            heading=f"推進委員会の意見{len(waiting)}件に、課の考えを答えてください",
        )
    ]


def _gathering(plan_year: PlanYear) -> list[NextStep]:
    """What 福祉総務課 has to do with the opinions, and what earlier years left."""
    found = []
    if permissions.is_deliberating(plan_year):
        standing = Opinion.objects.filter(plan_year=plan_year, state=Opinion.State.SUBMITTED)
        open_ = standing.exclude(response__state=Response.State.CONFIRMED)
        counts = open_.aggregate(
            all=Count("pk", distinct=True),
            replied=Count("pk", distinct=True, filter=Q(inquiries__state=Inquiry.State.REPLIED)),
        )
        if counts["all"]:
            replied = f"課の回答が届いたものが{counts['replied']}件あります。" if counts["replied"] else ""
            found.append(
                NextStep(
                    f"委員の意見{counts['all']}件に答える",
                    f"{replied}課に聞いて、市の考え方を書きます。",
                    _url(plan_year, "opinion_list"),
                    "意見を読む",
                    heading=f"委員の意見{counts['all']}件に、まだ答えていません",
                )
            )
    if left := FollowUp.objects.open_in(plan_year).count():
        found.append(
            NextStep(
                f"前の年度の意見から引き継いだ{left}件を見る",
                "済んだものは、したことを書いて「済み」にします。",
                _url(plan_year, "follow_up_list"),
                "引き継ぎを見る",
            )
        )
    return found
