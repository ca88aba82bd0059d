"""Making notices. Each is written in the transaction of what it tells: rolled back together, told together.

`kickoff` and `reminder` only say what would be told (the preview); `put` writes it. Nobody is told the same thing
twice: a notice carries its occasion, and the database refuses a second one.
"""

from collections.abc import Collection, Iterable
from datetime import date
from functools import partial

from django.db import transaction
from django.utils import timezone

from accounts.models import Department, User
from initiatives.models import EntryPart, Notice, PlanYear, Transition, YearTransition
from initiatives.notices import delivery, recipients
from initiatives.notices.recipients import Load, Worker

Kind = Notice.Kind


def put(notices: Iterable[Notice]) -> None:
    """Write notices; when the transaction is through, a task sends them."""
    notices = list(notices)
    if not notices:
        return
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    gather = all(notice.kind in delivery.GATHERED for notice in notices)
    transaction.on_commit(partial(delivery.send_later, gather=gather))


# --- To many, with a preview ------------------------------------------------------------------------


def kickoff(
    plan_year: PlanYear, *, by: User, words: dict[str, str], departments: Collection[Department] = ()
) -> list[Notice]:
    """受付開始, to everyone of the departments that write and has not been told since the year was opened."""
    step = plan_year.transitions.filter(to_status=PlanYear.Status.COLLECTING).first()
    loads = recipients.loads(plan_year, departments)
    again = bool(step and step.action == "start_again")
    return _untold(
        _notice(
            plan_year, Kind.KICKOFF, load, worker.person, by, f"step {step.pk if step else 0}", kickoff_facts(plan_year, load, words) | {"again": again}
        )
        for load, worker in _each(loads)
    )  # fmt: skip


def kickoff_facts(plan_year: PlanYear, load: Load, words: dict[str, str]) -> dict:
    return {"total": load.total} | deadline_facts(plan_year, load.department) | words


def reminder(
    plan_year: PlanYear, *, by: User, words: dict[str, str], departments: Collection[Department] = ()
) -> list[Notice]:
    """期限のお知らせ, to the unfinished alone and while the year is 受付中: 担当者 what there is to write, 課長 what waits.

    A 課長 without 担当者 is told what there is to write. At most once a day.
    """
    if plan_year.status != PlanYear.Status.COLLECTING:
        return []
    unfinished = [load for load in recipients.loads(plan_year, departments) if not load.is_finished]
    workers = recipients.workers_of(load.department.pk for load in unfinished)
    notices = []
    for load in unfinished:
        staff = [worker for worker in workers[load.department.pk] if not worker.manages]
        for worker in workers[load.department.pk]:
            writes = not worker.manages or not staff
            facts = reminder_facts(plan_year, load, words, writes=writes, confirms=worker.manages)
            if facts["write"] or facts["confirm"]:
                notices.append(
                    _notice(plan_year, Kind.REMINDER, load, worker.person, by, str(timezone.localdate()), facts)
                )  # fmt: skip
    return _untold(notices)


def reminder_facts(plan_year: PlanYear, load: Load, words: dict[str, str], *, writes: bool, confirms: bool) -> dict:
    counts = {
        "write": load.write if writes else 0,
        "returned": load.returned if writes else 0,
        "confirm": load.confirm if confirms else 0,
    }
    return counts | deadline_facts(plan_year, load.department) | words


def whole_department(plan_year: PlanYear, kind: str, load: Load, words: dict[str, str]) -> Notice:
    """What a department as a whole would be told: for a text to copy, never written."""
    facts = (
        reminder_facts(plan_year, load, words, writes=True, confirms=True)
        if kind == Kind.REMINDER
        else kickoff_facts(plan_year, load, words)
    )
    return Notice(plan_year=plan_year, kind=kind, department=load.department, facts=facts)


# --- What happens -----------------------------------------------------------------------------------


def part_returned(step: Transition, plan_year: PlanYear) -> None:
    """差戻し: to the department's 担当者, and to its 課長 when 福祉総務課 sent it back. The reason stays on the page."""
    part = step.part
    initiative = part.entry.initiative
    facts = {"code": initiative.code, "name": initiative.name}
    put(
        Notice(
            plan_year=plan_year, kind=Kind.RETURNED, recipient=worker.person, department=part.department, part=part,
            facts=facts, occasion=f"step {step.pk}", by=step.by, created_at=step.at,
        )
        for worker in recipients.workers_of([part.department_id])[part.department_id]
        if worker.person != step.by and (not worker.manages or step.from_status != EntryPart.Status.AWAITING_MANAGER)
    )  # fmt: skip


def reply_asked(
    plan_year: PlanYear, department: Department, about: str, number: int, *, occasion: str, by: User
) -> None:
    """回答の依頼 of 福祉総務課 about what the committee said, to everyone of the department.

    about: the name of the thing in the plan. number: of the question, for its address. No word of an opinion is here.
    """
    put(
        Notice(
            plan_year=plan_year, kind=Kind.ASKED, recipient=worker.person, department=department, by=by,
            occasion=occasion, facts={"about": about, "number": number},
        )
        for worker in recipients.workers_of([department.pk])[department.pk]
        if worker.person != by
    )  # fmt: skip


def year_closed(step: YearTransition) -> None:
    """受付終了, to everyone of the departments that write."""
    put(
        _notice(
            step.plan_year, Kind.CLOSED, load, worker.person, step.by, f"step {step.pk}", {"write": load.write, "confirm": load.confirm}
        )
        for load, worker in _each(recipients.loads(step.plan_year))
    )  # fmt: skip


def deadlines_changed(
    before: dict[int, tuple[date | None, date | None]], plan_year: PlanYear, *, by: User, departments: Collection[Department] = ()
) -> None:  # fmt: skip
    """期限の変更, to the unfinished whose own deadline moved. `before`: each department's two deadlines as they were."""
    if plan_year.status != PlanYear.Status.COLLECTING:
        return
    now = timezone.now()
    moved = [load for load in recipients.loads(plan_year, departments) if not load.is_finished]
    notices = []
    for load, worker in _each(moved):
        was, manager_was = before[load.department.pk]
        facts = deadline_facts(plan_year, load.department) | {"was": _iso(was), "manager_was": _iso(manager_was)}
        if not worker.manages or not load.department.manager_step:
            facts["manager_was"] = facts["manager_until"]  # the 課長's own business
        if (facts["was"], facts["manager_was"]) != (facts["until"], facts["manager_until"]):
            notices.append(_notice(plan_year, Kind.DEADLINE, load, worker.person, by, f"at {now.isoformat()}", facts))
    put(notices)


# --- Pieces -----------------------------------------------------------------------------------------


def _each(loads: list[Load]) -> Iterable[tuple[Load, Worker]]:
    workers = recipients.workers_of(load.department.pk for load in loads)
    return [(load, worker) for load in loads for worker in workers[load.department.pk]]


def _notice(
    plan_year: PlanYear, kind: str, load: Load, person: User, by: User, occasion: str, facts: dict
) -> Notice:  # fmt: skip
    return Notice(
        plan_year=plan_year, kind=kind, recipient=person, department=load.department, by=by, occasion=occasion,
        facts=facts,
    )  # fmt: skip


def _untold(notices: Iterable[Notice]) -> list[Notice]:
    """Those that were not told yet on this occasion. One query."""
    notices = list(notices)
    if not notices:
        return []
    first = notices[0]
    told = set(
        Notice.objects.filter(plan_year=first.plan_year, kind=first.kind, occasion=first.occasion).values_list(
            "recipient_id", "department_id"
        )
    )
    return [notice for notice in notices if (notice.recipient_id, notice.department_id) not in told]


def deadline_facts(plan_year: PlanYear, department: Department) -> dict[str, str]:
    """A department's own two deadlines, as facts keep days. Without the 課長 step the second concerns nobody."""
    passed_on = plan_year.manager_deadline_for(department.pk) if department.manager_step else None
    return {"until": _iso(plan_year.deadline_for(department.pk)), "manager_until": _iso(passed_on)}


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
