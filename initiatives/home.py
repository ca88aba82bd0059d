"""ホーム, made for the role: what is owed, what waits, what to do next."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from accounts.models import Department, User
from initiatives import handover
from initiatives.listing import STATUS_ORDER, EntryRow
from initiatives.models import EntryPart, HandoverNote, PlanYear

Status = EntryPart.Status


@dataclass
class NextStep:
    title: str
    text: str
    url: str
    button: str


@dataclass
class DepartmentLine:
    """One department on the coordinator's board: how many of its parts are in each state."""

    pk: int
    name: str
    counts: Counter

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def in_order(self) -> list[tuple[str, int]]:
        return [(status.value, self.counts[status]) for status in STATUS_ORDER]

    @property
    def bar(self) -> dict[str, int]:
        return dict(self.in_order)

    @property
    def open(self) -> int:
        return self.total - self.counts[Status.APPROVED]


@dataclass
class Page:
    template: str
    heading: str
    lead: str
    counts: dict[str, int] = field(default_factory=dict)
    steps: list[NextStep] = field(default_factory=list)
    rows: list[EntryRow] = field(default_factory=list)
    cross_listings: list[EntryRow] = field(default_factory=list)
    board: list[DepartmentLine] = field(default_factory=list)
    notes: list[HandoverNote] = field(default_factory=list)  # 引継ぎメモ on the work as a whole
    departments: list[Department] = field(default_factory=list)  # in which the person writes

    @property
    def labelled_counts(self) -> list[tuple[str, str, int]]:
        return [(status.value, status.label, self.counts.get(status.value, 0)) for status in STATUS_ORDER]


def page_for(user: User, plan_year: PlanYear, rows: list[EntryRow]) -> Page:
    if user.is_coordinator:
        return _coordinator(user, plan_year, rows)
    if user.is_committee:
        return _committee(plan_year, rows)
    if user.is_admin:
        return _admin(plan_year, rows)
    return _department(user, plan_year, rows)


def _list_url(plan_year: PlanYear, **conditions) -> str:
    address = reverse("initiatives:entry_list", args=[plan_year.plan_id, plan_year.fiscal_year])
    return f"{address}?{urlencode(conditions)}" if conditions else address


def _year_url(plan_year: PlanYear, name: str) -> str:
    return reverse(name, args=[plan_year.plan_id, plan_year.fiscal_year])


def _ordered(counts: Counter) -> dict[str, int]:
    return {status.value: counts[status] for status in STATUS_ORDER}


# --- 福祉総務課 -------------------------------------------------------------------------------------


def _coordinator(user: User, plan_year: PlanYear, rows: list[EntryRow]) -> Page:
    board = _board(plan_year)
    counts = sum((line.counts for line in board), Counter())
    total, approved = sum(counts.values()), counts[Status.APPROVED]
    listed = sum(1 for row in rows if row.original_code)
    if plan_year.status == PlanYear.Status.COLLECTING:
        sent = approved + counts[Status.SUBMITTED]
        heading = f"{_until(plan_year.department_deadline)}{total}件のうち{sent}件が出ています"
    elif total and approved == total:
        heading = f"{plan_year.label}の{total}件は、すべて承認されています"
    else:
        heading = f"{total}件のうち{approved}件を承認しています"
    return Page(
        "initiatives/home_coordinator.html",
        heading,
        f"取組{len(rows)}件（再掲{listed}件を除く{len(rows) - listed}件）を、{len(board)}の課が{total}件に分けて書いています。",
        counts=_ordered(counts),
        steps=[*_deputy_steps(user, plan_year), *_coordinator_steps(plan_year, counts)],
        board=board,
    )


def _until(deadline: date | None) -> str:
    """期限まで12日。, 期限を3日過ぎています。 or nothing without a deadline."""
    if deadline is None:
        return ""
    left = (deadline - timezone.localdate()).days
    if left < 0:
        return f"期限を{-left}日過ぎています。"
    return f"期限まで{left}日。" if left else "今日が期限です。"


def _board(plan_year: PlanYear) -> list[DepartmentLine]:
    """Departments with their counts, the furthest behind first. One query."""
    parts = (
        EntryPart.objects.filter(entry__initiative__plan_id=plan_year.plan_id, entry__fiscal_year=plan_year.fiscal_year)
        .order_by("department__position", "department_id")
        .values_list("department_id", "department__name", "status")
    )
    lines: dict[int, DepartmentLine] = {}
    for pk, name, status in parts:
        lines.setdefault(pk, DepartmentLine(pk, name, Counter())).counts[status] += 1
    return sorted(lines.values(), key=lambda line: -line.open)


def _deputy_steps(user: User, plan_year: PlanYear) -> list[NextStep]:
    """What 福祉総務課 does in the place of people of a department; the departments' own people have their ホーム."""
    steps = []
    for place in user.deputized():
        who, office = place.user, place.department
        words = f"{office}の取組を、{who}さんのかわりに書いて送れます。"
        steps.append(
            NextStep(f"{who}さん（{office}）の代理で書く", words, _list_url(plan_year, department=office.pk), f"{office}の取組を見る")
        )  # fmt: skip
        if user.manages(office.pk) and office.manager_step:
            to_do = "課長の確認を待っているものを読んで、送るか差し戻します。"
            steps.append(
                NextStep(f"{who}さん（{office}）の代理で確認する", to_do, _year_url(plan_year, "initiatives:confirm_list"), "確認する")
            )  # fmt: skip
    return steps


def _coordinator_steps(plan_year: PlanYear, counts: Counter) -> list[NextStep]:
    steps = []
    if counts[Status.SUBMITTED]:
        n = counts[Status.SUBMITTED]
        steps.append(
            NextStep(
                f"提出された{n}件を確認する",
                "いちばん古いものから順に読めます。",
                _year_url(plan_year, "initiatives:review_queue"),
                "確認を始める",
            )
        )
    if counts[Status.RETURNED]:
        n = counts[Status.RETURNED]
        steps.append(
            NextStep(
                f"差し戻した{n}件のようすを見る",
                "直しを待っています。",
                _list_url(plan_year, status="returned"),
                f"{n}件を見る",
            )
        )
    if counts[Status.NOT_STARTED]:
        n = counts[Status.NOT_STARTED]
        steps.append(
            NextStep(f"まだ書いていない{n}件を見る", "担当課ごとに並べ替えられます。", _list_url(plan_year, status="not_started", sort="departments"), f"{n}件を見る")
        )  # fmt: skip
    if not steps:
        steps = [
            NextStep("目標ごとの評価を見る", "点数、達成率、総合評価を計算しています。", _year_url(plan_year, "reporting:summary"), "集計を見る"),
            NextStep("推進状況報告書（PDF）を作る", "承認された内容から作ります。", _year_url(plan_year, "reporting:build_list"), "報告書を作る"),
        ]  # fmt: skip
    return steps


# --- 担当課 -----------------------------------------------------------------------------------------


def _department(user: User, plan_year: PlanYear, rows: list[EntryRow]) -> Page:
    mine = [row for row in rows if user.department_ids() & set(row.department_ids)]
    own = [row for row in mine if not row.original_code or row.holds_own]
    departments = {place.department_id: place.department for place in user.places}
    names = "、".join(map(str, departments.values()))
    counts = Counter(row.own_status for row in own if row.own_status)
    to_confirm = sum(
        row.own_status == Status.AWAITING_MANAGER and not user.managed_ids().isdisjoint(row.department_ids)
        for row in own
    )
    waiting = counts[Status.NOT_STARTED] + counts[Status.DRAFT] + counts[Status.RETURNED]
    if plan_year.status == PlanYear.Status.PREPARING:
        heading = f"{plan_year.label}は、まだ準備中です"
    elif plan_year.status != PlanYear.Status.COLLECTING:
        returned = counts[Status.RETURNED] if plan_year.status in PlanYear.IN_HAND else 0
        heading = (
            f"差し戻された{returned}件を、直してください" if returned else f"{plan_year.label}の記入は終わっています"
        )
    elif to_confirm:
        heading = f"{to_confirm}件が、課長の確認を待っています"
    elif waiting:
        heading = f"あと{waiting}件が、課の中で書きかけか、まだ書かれていません"
    else:
        heading = "課の分は、すべて送り終えています"
    return Page(
        "initiatives/home_department.html",
        heading,
        f"{names or '所属の課がない方'}が受け持つ取組は{len(own)}件です。{_extensions(plan_year, departments)}",
        counts=_ordered(counts),
        rows=sorted(own, key=lambda row: (STATUS_ORDER.index(row.own_status) if row.own_status else 9, row.position)),
        cross_listings=[row for row in mine if row.original_code and not row.holds_own],
        steps=_department_steps(plan_year, to_confirm, own),
        notes=handover.on_the_work(user),
        departments=list(departments.values()),
    )


def _extensions(plan_year: PlanYear, departments: dict[int, Department]) -> str:
    """F42: which of the departments may write longer than the others, and until when."""
    if plan_year.status != PlanYear.Status.COLLECTING:
        return ""
    days = {pk: plan_year.extended[pk] for pk in departments if pk in plan_year.extended}
    return "".join(f"{departments[pk]}の期限は、{day.month}月{day.day}日まで延びています。" for pk, day in days.items())


def _department_steps(plan_year: PlanYear, to_confirm: int, own: list[EntryRow]) -> list[NextStep]:
    if to_confirm:
        return [
            NextStep(
                f"確認を待っている{to_confirm}件を読んで、福祉総務課に送る",
                "1つの画面で全部読めます。直してほしいものは差し戻せます。",
                _year_url(plan_year, "initiatives:confirm_list"),
                f"{to_confirm}件を確認する",
            )
        ]
    if own:
        return []
    return [
        NextStep("計画の取組を読む", "ほかの課の取組も、承認されたものは読めます。", _list_url(plan_year), "一覧を見る")
    ]


# --- 委員、システム管理者 -------------------------------------------------------------------------------


def _committee(plan_year: PlanYear, rows: list[EntryRow]) -> Page:
    low = [
        row
        for row in rows
        if row.rating and row.rating in {level.letter for level in plan_year.plan.scale if level.reason_required}
    ]
    changed = sum(1 for row in rows if row.rating and row.last_rating and row.rating != row.last_rating)
    return Page(
        "initiatives/home_committee.html",
        f"{plan_year.label}の取組{len(rows)}件を読めます",
        f"評価が前の年度から変わった取組は{changed}件です。",
        rows=low,
        steps=[
            NextStep("目標ごとの評価を見る", "AからDまでの件数と達成率を、目標ごとにまとめています。", _year_url(plan_year, "reporting:summary"), "集計を見る"),
            NextStep("取組を1件ずつ読む", "目標や担当課でしぼりこめます。", _list_url(plan_year), "一覧を見る"),
            NextStep("成果指標を見る", "実績と目標を年度ごとに図にしています。", _year_url(plan_year, "indicators:indicator_list"), "指標を見る"),
        ],
    )  # fmt: skip


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
