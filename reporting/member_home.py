"""ホーム of a member of the committee: until when to write, what is left to read, what the city answered."""

from django.urls import reverse

from accounts.models import User
from initiatives.home import NextStep, Page
from initiatives.listing import EntryRow
from initiatives.models import PlanYear
from reporting import opened
from reviews import permissions, workflow
from reviews.models import Opinion, OpinionDraft, Response


def page(user: User, plan_year: PlanYear, rows: list[EntryRow]) -> Page:
    found = opened.reading_list(plan_year, user)
    return Page(
        "initiatives/home_committee.html",
        opened.heading(plan_year, found, user),
        workflow.why_closed(plan_year) or opened.lead(found, user),
        reading=[item for item in found.items if item.group == opened.FIRST and not item.is_read],
        steps=[
            step for step in (_to_read(plan_year, found), _to_send(user, plan_year, found), _answers(user, plan_year)) if step
        ] + [
            NextStep("目標ごとの評価を見る", "AからDまでの件数と達成率を、目標ごとにまとめています。", _url(plan_year, "reporting:summary"), "集計を見る"),
        ],
    )  # fmt: skip


def _url(plan_year: PlanYear, name: str, *more) -> str:
    return reverse(name, args=[plan_year.plan_id, plan_year.fiscal_year, *more])


def _to_read(plan_year: PlanYear, found: opened.ReadingList) -> NextStep:
    following = found.following_unread
    if following is None:
        return NextStep(
            "読んだものを、もう一度見る",
            f"{len(found.items)}件を読み終えました。",
            _url(plan_year, "reporting:reading_list"),
            "読むものの一覧",
        )
    done = f"{len(found.items)}件のうち{found.read}件を読みました。" if found.read else ""
    return NextStep(
        "続きから読む" if found.read else "読み始める",
        f"{done}次は「{following.title}」です。",
        _url(plan_year, "reporting:reading", following.key),
        "読んで意見を書く",
    )


def _to_send(user: User, plan_year: PlanYear, found: opened.ReadingList) -> NextStep | None:
    """What was begun and not sent, as long as it can be."""
    if not permissions.can_begin_opinion(user, plan_year):
        return None
    mine = OpinionDraft.objects.filter(plan_year=plan_year, author=user, opinion=None).order_by("saved_at")
    drafts = [draft for draft in mine if draft.anchor in found.reading.things]
    if not drafts:
        return None
    return NextStep(
        f"書きかけの意見{len(drafts)}件を仕上げて送る",
        "送るまでは、あなただけに見えています。",
        _url(plan_year, "reporting:reading", drafts[0].anchor) + "#write",
        "続きを書く",
    )


def _answers(user: User, plan_year: PlanYear) -> NextStep | None:
    standing = Opinion.objects.visible_to(user).filter(plan_year=plan_year, state=Opinion.State.SUBMITTED)
    total, answered = standing.count(), standing.filter(response__state=Response.State.CONFIRMED).count()
    if not total:
        return None
    words = f"{total}件の意見のうち、{answered}件に市が答えました。" if answered else f"{total}件の意見が出ています。"
    return NextStep("意見と市の答えを読む", words, _url(plan_year, "reviews:opinion_list"), "意見と市の答え")
