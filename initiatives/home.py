"""ホーム, made for the role: what is owed, what waits, what to do next."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.urls import reverse
from django.utils import timezone

from accounts.models import Department, User
from initiatives import business_days, handover, later, review, thread
from initiatives.board import Board, board_of, notice_url
from initiatives.day_words import moment_label
from initiatives.listing import STATUS_ORDER, EntryRow, list_url
from initiatives.models import EntryPart, HandoverNote, PlanYear
from initiatives.owed import Owed, owed_by

Status = EntryPart.Status


@dataclass
class NextStep:
    title: str
    text: str
    url: str
    button: str
    note: str = ""  # a second line: the very words of a colleague
    about: str = ""  # what the button is about, for those who hear it alone
    heading: str = ""  # of a step that an app to the right brings to come first: what the page then opens with


@dataclass
class Page:
    template: str
    heading: str
    lead: str
    counts: dict[str, int] = field(default_factory=dict)
    steps: list[NextStep] = field(default_factory=list)
    rows: list[EntryRow] = field(default_factory=list)
    cross_listings: list[EntryRow] = field(default_factory=list)
    board: Board | None = None
    owed: Owed | None = None
    notes: list[HandoverNote] = field(default_factory=list)  # 引継ぎメモ on the work as a whole
    departments: list[Department] = field(default_factory=list)  # in which the person writes
    reading: list = field(default_factory=list)  # what a member of the committee is to read first

    @property
    def labelled_counts(self) -> list[tuple[str, str, int]]:
        return [(status.value, status.label, self.counts.get(status.value, 0)) for status in STATUS_ORDER]


def page_for(
    user: User, plan_year: PlanYear, rows: list[EntryRow], asks: Sequence[later.Ask] = (), order: str = ""
) -> Page:
    """`asks`: what other apps ask of the person; `order`: of the departments on the board."""
    page = _page_of_role(user, plan_year, rows, asks, order)
    brought = [step for bring in later.STEPS for step in bring(user, plan_year)]
    pressing = [step for step in brought if step.heading]
    if pressing:
        page.heading = pressing[0].heading
    page.steps = [*pressing, *page.steps, *(step for step in brought if not step.heading)]
    return page


def _page_of_role(user: User, plan_year: PlanYear, rows: list[EntryRow], asks: Sequence[later.Ask], order: str) -> Page:
    if user.role in later.HOMES:
        return later.HOMES[user.role](user, plan_year, rows)
    if user.is_coordinator:
        return _coordinator(user, plan_year, rows, asks, order)
    if user.is_admin:
        return _admin(plan_year, rows)
    return _department(user, plan_year, rows, asks)


def _year_url(plan_year: PlanYear, name: str, *args) -> str:
    return reverse(name, args=[plan_year.plan_id, plan_year.fiscal_year, *args])


def _ordered(counts: Counter) -> dict[str, int]:
    return {status.value: counts[status] for status in STATUS_ORDER}


# --- 福祉総務課 -------------------------------------------------------------------------------------


def _coordinator(user: User, plan_year: PlanYear, rows: list[EntryRow], asks: Sequence[later.Ask], order: str) -> Page:
    board = board_of(plan_year, order)
    totals = board.totals
    total, approved = totals.total, totals.counts[Status.APPROVED]
    listed = sum(1 for row in rows if row.original_code)
    if plan_year.status == PlanYear.Status.COLLECTING:
        heading = f"{_until(plan_year.department_deadline)}{total}件のうち{totals.sent}件が出ています"
    elif total and approved == total:
        heading = f"{plan_year.label}の{total}件は、すべて承認されています"
    else:
        heading = f"{total}件のうち{approved}件を承認しています"
    return Page(
        "initiatives/home_coordinator.html",
        heading,
        f"取組{len(rows)}件（再掲{listed}件を除く{len(rows) - listed}件）を、{len(board.lines)}の課が{total}件に分けて書いています。",
        counts=_ordered(totals.counts),
        steps=[*_deputy_steps(user, plan_year), *_coordinator_steps(user, plan_year, board, asks)],
        board=board,
    )


def _until(deadline: date | None) -> str:
    """期限まで、あと9営業日。, 期限を3日過ぎています。 or nothing without a deadline."""
    if deadline is None:
        return ""
    today = timezone.localdate()
    if deadline == today:
        return "今日が期限です。"
    words = business_days.left_words(deadline, today)
    return f"期限を{words}。" if deadline < today else f"期限まで、{words}。"


def _coordinator_steps(user: User, plan_year: PlanYear, board: Board, asks: Sequence[later.Ask]) -> list[NextStep]:
    steps = [
        _to_review(user, plan_year, board),
        _to_answer(user, plan_year),
        _to_tell(plan_year, board),
        _to_ask_after(user, plan_year),
        *map(_asked, asks),
    ]
    return [step for step in steps if step] or [
        NextStep("目標ごとの評価を見る", "点数、達成率、総合評価を計算しています。", _year_url(plan_year, "reporting:summary"), "集計を見る"),
        NextStep("推進状況報告書（PDF）を作る", "承認された内容から作ります。", _year_url(plan_year, "reporting:build_list"), "報告書を作る"),
    ]  # fmt: skip


def _asked(ask: later.Ask) -> NextStep:
    return NextStep(ask.title, ask.text, ask.url, ask.button)


def _to_review(user: User, plan_year: PlanYear, board: Board) -> NextStep | None:
    count = board.totals.counts[Status.SUBMITTED]
    oldest = review.to_review(plan_year, user).first() if count else None
    if oldest is None:
        return None
    since = (
        f"いちばん古いものは{moment_label(oldest.submitted_at)}に届きました"
        if oldest.submitted_at
        else "いちばん古いもの"
    )
    return NextStep(
        f"提出された{count}件を確認する",
        f"{since}（{oldest.department} {oldest.entry.initiative.code}）",
        _year_url(plan_year, "initiatives:review_queue"),
        "確認を始める",
    )  # fmt: skip


def _deputy_steps(user: User, plan_year: PlanYear) -> list[NextStep]:
    """What 福祉総務課 does in the place of people of a department; the departments' own people have their ホーム."""
    steps = []
    for place in user.deputized():
        who, office = place.user, place.department
        words = f"{office}の取組を、{who}さんのかわりに書いて送れます。"
        steps.append(
            NextStep(f"{who}さん（{office}）の代理で書く", words, list_url(plan_year, department=office.pk), f"{office}の取組を見る")
        )  # fmt: skip
        if user.manages(office.pk) and office.manager_step:
            to_do = "課長の確認を待っているものを読んで、送るか差し戻します。"
            steps.append(
                NextStep(f"{who}さん（{office}）の代理で確認する", to_do, _year_url(plan_year, "initiatives:confirm_list"), "確認する")
            )  # fmt: skip
    return steps


def _to_answer(user: User, plan_year: PlanYear) -> NextStep | None:
    asked = list(thread.awaiting_answer(review.parts_of(plan_year, user)))
    if not asked:
        return None
    return NextStep(
        f"課からの質問{len(asked)}件に答える",
        "、".join(f"{part.department} {part.entry.initiative.code}" for part in asked),
        f"{_year_url(plan_year, 'initiatives:review_part', asked[0].pk)}#thread-{asked[0].pk}",
        "質問を読む",
        about=f"{asked[0].department} {asked[0].entry.initiative.code}",
    )


def _to_tell(plan_year: PlanYear, board: Board) -> NextStep | None:
    lines = board.not_begun if plan_year.status == PlanYear.Status.COLLECTING else []
    if not lines:
        return None
    return NextStep(
        f"まだ1件も書いていない{len(lines)}課に知らせる",
        "、".join(line.name for line in lines),
        notice_url(plan_year, lines),
        f"{len(lines)}課に知らせる",
    )


def _to_ask_after(user: User, plan_year: PlanYear) -> NextStep | None:
    parts = list(review.unanswered(plan_year, user))
    if not parts:
        return None
    counts = Counter(part.department.name for part in parts)
    return NextStep(
        f"差し戻して{review.UNANSWERED.days}日以上返事のない{len(parts)}件を見る",
        "、".join(f"{name}{count}件" for name, count in counts.items()),
        f"{_year_url(plan_year, 'initiatives:review_queue')}#h-unanswered",
        f"{len(parts)}件を見る",
    )


# --- 担当課 -----------------------------------------------------------------------------------------


def _department(user: User, plan_year: PlanYear, rows: list[EntryRow], asks: Sequence[later.Ask]) -> Page:
    mine = [row for row in rows if user.department_ids() & set(row.department_ids)]
    owed = owed_by(user, plan_year, [row for row in mine if not row.original_code or row.holds_own])
    return Page(
        "initiatives/home_department.html",
        _department_heading(plan_year, owed, asks),
        _department_lead(plan_year, owed),
        counts=_ordered(owed.counts),
        rows=[each.row for each in owed.rows],
        cross_listings=[row for row in mine if row.original_code and not row.holds_own],
        steps=_department_steps(plan_year, owed, asks),
        owed=owed,
        notes=handover.on_the_work(user),
        departments=owed.departments,
    )


def _department_heading(plan_year: PlanYear, owed: Owed, asks: Sequence[later.Ask]) -> str:
    back = owed.counts[Status.RETURNED]
    if owed.to_confirm and plan_year.status in PlanYear.IN_HAND:
        return f"{owed.to_confirm}件が、課長の確認を待っています"
    if plan_year.status == PlanYear.Status.PREPARING:
        return f"{plan_year.label}の受付は、まだ始まっていません"
    if (
        back
        and plan_year.status in PlanYear.IN_HAND
        and (plan_year.status != PlanYear.Status.COLLECTING or owed.is_over)
    ):
        return f"差し戻された{back}件を直してください"
    if plan_year.status != PlanYear.Status.COLLECTING:
        return f"{plan_year.label}の記入は終わっています"
    if not owed.waiting and asks:
        return (
            f"{asks[0].kind}を書いてください"
            if not owed.rows
            else f"取組は送り終えました。{asks[0].kind}を書いてください"
        )
    if not owed.waiting:
        return "課の分は、すべて送り終えています"
    if owed.is_over:
        return f"期限を過ぎました。まだ送っていないものが{owed.waiting}件あります"
    if owed.manages:
        return f"あと{owed.waiting}件を、課の担当者が書いています"
    return f"あと{owed.waiting}件を、{_next_reader(plan_year, owed)}に送ってください"


def _next_reader(plan_year: PlanYear, owed: Owed) -> str:
    return "課長" if owed.manager_step else plan_year.plan.office_name


def _department_lead(plan_year: PlanYear, owed: Owed) -> str:
    if not owed.names:
        return "所属の課がありません。システム管理者に聞いてください。"
    lead = f"{owed.names}が記入する取組は{len(owed.rows)}件です。{owed.sent}件は送り終えました。"
    if owed.is_over and owed.waiting and plan_year.status == PlanYear.Status.COLLECTING:
        lead += f"期限を延ばせるか、{plan_year.plan.office_name}に聞いてください。"
    return lead


def _department_steps(plan_year: PlanYear, owed: Owed, asks: Sequence[later.Ask]) -> list[NextStep]:
    steps = [
        _to_confirm(plan_year, owed),
        _to_put_right(plan_year, owed),
        _to_read(plan_year, owed),
        _to_finish(plan_year, owed),
        _to_begin(plan_year, owed),
        *map(_asked, asks),
    ]
    if owed.rows or asks:
        return [step for step in steps if step]
    return [
        NextStep("計画の取組を読む", "ほかの課の取組も、承認されたものは読めます。", list_url(plan_year), "一覧を見る")
    ]


def _to_confirm(plan_year: PlanYear, owed: Owed) -> NextStep | None:
    count = owed.to_confirm
    if not count or plan_year.status not in PlanYear.IN_HAND:
        return None
    return NextStep(
        f"確認を待っている{count}件を読んで、福祉総務課に送る",
        "1つの画面で全部読めます。直してほしいものは差し戻せます。",
        _year_url(plan_year, "initiatives:confirm_list"),
        f"{count}件を確認する",
    )


def _to_put_right(plan_year: PlanYear, owed: Owed) -> NextStep | None:
    if not owed.returns or plan_year.status not in PlanYear.IN_HAND:
        return None
    part, step = owed.returns[0]
    comments = list(step.comments.all())
    said = step.reason or f"{comments[0].get_field_display()}：{comments[0].text}"
    more = f"　欄への指摘{len(comments)}件" if comments else ""
    return NextStep(
        f"差し戻された{len(owed.returns)}件を直す",
        _named(part.entry.initiative, len(owed.returns)),
        _year_url(plan_year, "initiatives:part_edit", part.pk),
        "直す",
        note=f"{step.by}さん：「{said}」{more}",
        about=part.entry.initiative.code,
    )


def _to_read(plan_year: PlanYear, owed: Owed) -> NextStep | None:
    if not owed.answers:
        return None
    part = owed.answers[0]
    return NextStep(
        f"{plan_year.plan.office_name}から返事があります",
        _named(part.entry.initiative, len(owed.answers)),
        f"{_year_url(plan_year, 'initiatives:entry_detail', part.entry.initiative_id)}#thread-{part.pk}",
        "返事を読む",
        about=part.entry.initiative.code,
    )


def _to_finish(plan_year: PlanYear, owed: Owed) -> NextStep | None:
    rows = owed.writable(Status.DRAFT)
    if not rows:
        return None
    return NextStep(
        f"書きかけの{len(rows)}件を仕上げて、{_next_reader(plan_year, owed)}に送る",
        _named(rows[0], len(rows)),
        _year_url(plan_year, "initiatives:part_edit", rows[0].own_part),
        "続きを書く",
        about=rows[0].code,
    )


def _to_begin(plan_year: PlanYear, owed: Owed) -> NextStep | None:
    rows = owed.writable(Status.NOT_STARTED)
    if not rows:
        return None
    return NextStep(
        f"まだ書いていない{len(rows)}件を書き始める",
        "昨年度の文を横に見ながら書けます。",
        _year_url(plan_year, "initiatives:part_edit", rows[0].own_part),
        "書き始める",
        about=rows[0].code,
    )


def _named(first, count: int) -> str:
    """3-2-1-2 福祉人材の確保　ほか2件"""
    return f"{first.code} {first.name}" + (f"　ほか{count - 1}件" if count > 1 else "")


# --- システム管理者 --------------------------------------------------------------------------------------


def _admin(plan_year: PlanYear, rows: list[EntryRow]) -> Page:
    return Page(
        "initiatives/home_admin.html",
        "利用者と担当課を管理できます",
        "取組の文や評価を書きかえることはできません。",
        steps=[
            NextStep("利用者を見る", "登録、停止、所属の変更ができます。", reverse("accounts:user_list"), "利用者を見る"),
            NextStep("担当課を見る", "課の新設、名前の変更、統合を記録できます。", reverse("accounts:department_list"), "担当課を見る"),
        ],
    )  # fmt: skip
