"""お知らせ・することリスト: what a person should know now, whether mail is on or off.

Made from the state of things, not from what was sent: a part that was sent again is gone from the list by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from initiatives import business_days, deadlines, later
from initiatives.models import EntryPart, Mail, Notice, PlanYear, Transition, YearTransition
from initiatives.notices import outbox, wording

Status, Y, Kind = EntryPart.Status, PlanYear.Status, Notice.Kind


@dataclass(frozen=True)
class Todo:
    """One line of the list. `at` is when it came about; None where nothing tells."""

    kind: str
    title: str
    text: str
    url: str
    link: str
    at: datetime | None = None
    pressing: bool = False


def todo_for(user: User, plan_year: PlanYear, asks: Iterable[later.Ask] = ()) -> list[Todo]:
    """The pressing first, then the newest. A fixed number of queries. `asks`: what other apps ask of the person."""
    found = _own_lines(user, plan_year)
    found += [Todo(ask.kind, ask.title, ask.text, ask.url, ask.button) for ask in asks]
    found += [each for bring in later.TODO for each in bring(user, plan_year)]
    found.sort(key=lambda each: each.at.timestamp() if each.at else 0, reverse=True)
    return sorted(found, key=lambda each: not each.pressing)


def _own_lines(user: User, plan_year: PlanYear) -> list[Todo]:
    if user.is_coordinator:
        return _coordinating(plan_year) + _returned(user, plan_year)
    if user.is_committee:
        return _committee(plan_year)
    return [] if user.is_admin or not user.department_ids() else _writing(user, plan_year)


def _url(plan_year: PlanYear, name: str, *more: int) -> str:
    return reverse(f"initiatives:{name}", args=[plan_year.plan_id, plan_year.fiscal_year, *more])


def _own(user: User, plan_year: PlanYear):
    return EntryPart.objects.filter(
        department__in=user.department_ids(),
        entry__initiative__plan_id=plan_year.plan_id,
        entry__fiscal_year=plan_year.fiscal_year,
    )


# --- 担当課 -----------------------------------------------------------------------------------------


def _writing(user: User, plan_year: PlanYear) -> list[Todo]:
    found = _returned(user, plan_year)
    if plan_year.status == Y.COLLECTING:
        counts = _own(user, plan_year).aggregate(
            all=Count("pk"),
            write=Count("pk", filter=Q(status__in=EntryPart.WRITABLE)),
            confirm=Count("pk", filter=Q(status=Status.AWAITING_MANAGER)),
        )
        found += _collecting(user, plan_year, counts)
    elif plan_year.status == Y.REVIEWING:
        found.append(_closed(user, plan_year))
    return found


def _returned(user: User, plan_year: PlanYear) -> list[Todo]:
    """What came back and was not sent again, with the day on which it came."""
    if plan_year.status not in PlanYear.IN_HAND:
        return []
    last = Transition.objects.filter(part=OuterRef("pk"), to_status=Status.RETURNED).order_by("-at", "-pk")
    parts = (
        _own(user, plan_year)
        .filter(status=Status.RETURNED)
        .select_related("entry__initiative", "department")
        .annotate(returned_at=Subquery(last.values("at")[:1]))
    )
    return [
        Todo(
            Kind.RETURNED.label,
            f"{part.entry.initiative.code}　{part.entry.initiative.name}が差し戻されました",
            f"{part.department}の分です。理由を読んで、直してから、もう一度送ってください。期限のあとでも直せます。",
            _url(plan_year, "part_edit", part.pk),
            "理由を読んで直す",
            part.returned_at,
            pressing=True,
        )
        for part in parts
    ]


def _collecting(user: User, plan_year: PlanYear, counts: dict[str, int]) -> list[Todo]:
    """受付開始, the deadline that moved, and the last reminder, as long as something is left to do."""
    if not counts["write"] and not counts["confirm"]:
        return []
    until = _until(user, plan_year)
    notices = Notice.objects.filter(plan_year=plan_year, recipient=user).select_related("department")
    latest = {
        (notice.kind, notice.department_id): notice
        for notice in notices.filter(kind__in=(Kind.REMINDER, Kind.DEADLINE)).order_by("created_at", "pk")
    }
    found = [
        _moved(notice, until, *_list_link(user, plan_year))
        for (kind, _), notice in latest.items()
        if kind == Kind.DEADLINE and _holds(notice, plan_year)
    ]
    reminded = [notice.created_at for (kind, _), notice in latest.items() if kind == Kind.REMINDER]
    if reminded:
        found.append(_reminder(user, plan_year, counts, until, max(reminded)))
    start = _step_to(plan_year, Y.COLLECTING)
    title = f"{plan_year.label}実施分の受付が始まっています"
    text = f"課が書く取組は{counts['all']}件です。{until}"
    found.append(Todo(Kind.KICKOFF.label, title, text, *_list_link(user, plan_year), start and start.at))
    return found


def _until(user: User, plan_year: PlanYear) -> str:
    concerns = deadlines.for_person(plan_year, user)
    if concerns is None:
        return ""
    what, day = concerns
    return f"{what}は{business_days.label(day)}です（{business_days.left_words(day, timezone.localdate())}）。"


def _list_link(user: User, plan_year: PlanYear) -> tuple[str, str]:
    """The list of what a person's department writes; of several departments the whole list."""
    mine, address = user.department_ids(), _url(plan_year, "entry_list")
    return (f"{address}?department={min(mine)}" if len(mine) == 1 else address), "課の取組を見る"


def _moved(notice: Notice, until: str, url: str, link: str) -> Todo:
    """A deadline that moved, as the notice told it."""
    return Todo(Kind.DEADLINE.label, "。".join(wording.deadline_changes(notice)), until, url, link, notice.created_at)


def _holds(notice: Notice, plan_year: PlanYear) -> bool:
    """Whether the deadlines still are those that the notice told."""
    now = outbox.deadline_facts(plan_year, notice.department)
    return all(notice.facts[name] == day for name, day in now.items())


def _reminder(user: User, plan_year: PlanYear, counts: dict[str, int], until: str, at: datetime) -> Todo:
    confirms = user.managed_ids() and counts["confirm"]
    if confirms or not counts["write"]:
        title = f"{counts['confirm']}件が、課長の確認を待っています"
    else:
        title = f"あと{counts['write']}件を書いて送ってください"
    url, link = (_url(plan_year, "confirm_list"), "確認する") if confirms else _list_link(user, plan_year)
    return Todo(Kind.REMINDER.label, title, until, url, link, at)


def _closed(user: User, plan_year: PlanYear) -> Todo:
    step, text = _step_to(plan_year, Y.REVIEWING), "差し戻されたものだけ直せます。"
    title = f"{plan_year.label}実施分の受付を締め切りました"
    return Todo(Kind.CLOSED.label, title, text, *_list_link(user, plan_year), step and step.at)


def _step_to(plan_year: PlanYear, status: str) -> YearTransition | None:
    return plan_year.transitions.filter(to_status=status).first()


# --- 委員、福祉総務課 -----------------------------------------------------------------------------------


def _committee(plan_year: PlanYear) -> list[Todo]:
    if plan_year.status != Y.COMMITTEE:
        return []
    step, day = _step_to(plan_year, Y.COMMITTEE), plan_year.committee_deadline
    text = f"意見の期限は{business_days.label(day)}です。" if day else "承認された内容を読めます。"
    url = reverse("reporting:reading_list", args=[plan_year.plan_id, plan_year.fiscal_year])
    title = f"{plan_year.label}実施分の審議が始まっています"
    return [Todo("審議開始", title, text, url, "読んで意見を書く", step and step.at)]


def _coordinating(plan_year: PlanYear) -> list[Todo]:
    """What nobody writes 福祉総務課 about: mails that did not arrive, a deadline that has passed."""
    found = []
    lost = Mail.objects.filter(notices__plan_year=plan_year, state__in=(Mail.State.FAILED, Mail.State.UNSURE))
    if count := lost.distinct().count():
        found.append(
            Todo("知らせ", f"届いていないかもしれない知らせが{count}通あります", "わけを読んで、もう一度送れます。", _url(plan_year, "notice_log") + "?state=trouble", "記録を見る", pressing=True)
        )  # fmt: skip
    if plan_year.status != Y.COLLECTING:
        return found
    day = plan_year.department_deadline
    if day and day < timezone.localdate():
        found.append(
            Todo("期限", f"各課の提出期限の{business_days.label(day)}を過ぎました", "延ばす課を決めるか、受付を締め切ってください。", _url(plan_year, "year_settings"), "年度を開く", pressing=True)
        )  # fmt: skip
    unfinished = EntryPart.objects.filter(
        entry__initiative__plan_id=plan_year.plan_id,
        entry__fiscal_year=plan_year.fiscal_year,
        status__in=(*EntryPart.WRITABLE, Status.AWAITING_MANAGER),
    )
    if count := unfinished.values("department").distinct().count():
        found.append(
            Todo("知らせ", f"{count}課が、まだ送り終えていません", "その課の人だけに知らせられます。だれに何が届くかは、送る前に確かめられます。", _url(plan_year, "notices"), "知らせる")
        )  # fmt: skip
    return found
