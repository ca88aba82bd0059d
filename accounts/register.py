"""The register of people and departments: every write to it, each with its AccountEvent.

A function that may be refused raises ValidationError with the sentence for the person who asked.
"""

import secrets
from collections.abc import Iterable
from copy import copy
from datetime import date, timedelta

from axes.models import AccessAttempt
from axes.utils import reset as reset_attempts
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Sum
from django.utils import timezone

from accounts.models import AccountEvent, Department, Deputyship, Membership, User
from initiatives import fiscal_year as fy
from ledger.chain import recording


class AlreadyClosed(Exception):
    """A colleague closed the department first. Nothing was written."""


YEAR_FIELDS = ("opened_in", "closed_after")
# No 0 and o, 1, i and l: a temporary password is read from paper.
PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def record(what: str, *, by: User | None, user: User | None = None, department: Department | None = None) -> None:
    AccountEvent.objects.create(what=what, by=by, user=user, department=department)


def as_words(row: models.Model, field: str) -> str:
    """A field's value as the record tells it."""
    value = getattr(row, field)
    if value is None or value == "":
        return "なし"
    if field in YEAR_FIELDS:
        return fy.label(value)
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, date):
        return fy.date_label(value)
    display = getattr(row, f"get_{field}_display", None)
    return display() if display else str(value)


def change_sentences(old: models.Model, new: models.Model, fields: Iterable[str]) -> dict[str, str]:
    """For each field that differs, what became of it."""
    changed = {}
    for name in fields:
        if getattr(old, name) != getattr(new, name):
            label = new._meta.get_field(name).verbose_name
            changed[name] = f"{label}を「{as_words(old, name)}」から「{as_words(new, name)}」に変えました。"
    return changed


# --- People ---------------------------------------------------------------------------------------
USER_FIELDS = ("name", "username", "email", "role", "expires_on")


def generate_password() -> str:
    """A temporary password of three groups, such as k7mf-2xqt-9wdp."""
    return "-".join("".join(secrets.choice(PASSWORD_LETTERS) for _ in range(4)) for _ in range(3))


def keeps_the_register(user: User) -> bool:
    """An administrator without an end: the one who can always let the others in again."""
    return user.role == User.Role.ADMIN and user.is_active and user.expires_on is None


def check_admin_remains(user: User) -> None:
    """Refuse a state of `user` that would leave nobody to keep the register.

    Locks the administrators' rows, so that two of them cannot end each other at the same moment: call it inside
    a transaction, before the write.
    """
    admins = list(User.objects.select_for_update().filter(role=User.Role.ADMIN).order_by("pk"))
    before = next((admin for admin in admins if admin.pk == user.pk), None)
    if before is None or not keeps_the_register(before) or keeps_the_register(user):
        return
    if not any(keeps_the_register(admin) for admin in admins if admin.pk != user.pk):
        raise ValidationError(
            "期限のないシステム管理者が1人もいなくなるので、変えられません。先に、ほかの人をシステム管理者にしてください。"
        )


def add_user(user: User, password: str, memberships: list[Membership], *, by: User) -> None:
    user.set_password(password)
    enter_user(user, memberships, by=by)


@recording()
def enter_user(user: User, memberships: list[Membership], *, by: User) -> None:
    """Add a person who has a password already: making one takes a while, and must not hold others up."""
    user.save()
    said = _save_memberships(user, memberships)
    record("".join([f"登録しました（役割：{user.get_role_display()}）。", *said]), by=by, user=user)


@recording()
def change_user(user: User, memberships: list[Membership], *, by: User) -> bool:
    """Write what differs from the register; False if nothing does."""
    check_admin_remains(user)
    changed = change_sentences(User.objects.get(pk=user.pk), user, USER_FIELDS)
    if changed:
        user.save(update_fields=list(changed))
    said = [*changed.values(), *_save_memberships(user, memberships)]
    if said:
        record("".join(said), by=by, user=user)
    return bool(said)


def _save_memberships(user: User, memberships: list[Membership]) -> list[str]:
    said = []
    for membership in memberships:
        what = "所属の期間を変えました" if membership.pk else "所属を加えました"
        membership.user = user
        membership.save()
        said.append(f"「{membership.department}」の{what}（{membership.period or '日付なし'}）。")
    return said


def set_password(user: User, password: str, *, by: User) -> None:
    """Ends the person's sessions, and the wait after wrong passwords."""
    user.set_password(password)  # takes a while: before the ledger is held
    with recording():
        user.save(update_fields=["password"])
        reset_attempts(username=user.username)
        record("パスワードを新しくしました。", by=by, user=user)


@recording()
def set_active(user: User, active: bool, *, by: User) -> None:
    """Stop an account or let it be used again. Does nothing if it already is so."""
    if not active and user == by:
        raise ValidationError("自分のアカウントは止められません。ほかのシステム管理者に頼んでください。")
    after = copy(user)
    after.is_active = active
    check_admin_remains(after)
    if User.objects.filter(pk=user.pk).exclude(is_active=active).update(is_active=active):
        record("アカウントをまた使えるようにしました。" if active else "アカウントを止めました。", by=by, user=user)
    user.is_active = active


def is_locked_out(user: User) -> bool:
    """Whether wrong passwords keep this account waiting now."""
    recent = AccessAttempt.objects.filter(
        username=user.username, attempt_time__gte=timezone.now() - settings.AXES_COOLOFF_TIME
    )
    failures = recent.aggregate(failures=Sum("failures_since_start"))["failures"] or 0
    return failures >= settings.AXES_FAILURE_LIMIT


@recording()
def unlock(user: User, *, by: User) -> None:
    if reset_attempts(username=user.username):
        record("パスワードのまちがいによる15分の停止を解きました。", by=by, user=user)


# --- 代理 ------------------------------------------------------------------------------------------
LONGEST_DEPUTYSHIP = timedelta(days=365)


@recording()
def appoint_deputy(deputyship: Deputyship, *, by: User) -> None:
    """Let one person act in the place of another from one day to another; both persons' records tell it."""
    # Of two people who appoint at the same moment, the second sees what the first did.
    User.objects.select_for_update().get(pk=deputyship.principal_id)
    _check_deputyship(deputyship)
    deputyship.appointed_by = by
    deputyship.save()
    period = f"（{deputyship.period}。理由：{deputyship.reason}）"
    record(f"{deputyship.deputy}さんを代理にしました{period}。", by=by, user=deputyship.principal)
    record(f"{deputyship.principal}さんの代理になりました{period}。", by=by, user=deputyship.deputy)


def _check_deputyship(new: Deputyship) -> None:
    for person in (new.principal, new.deputy):
        if person.role in User.NEVER_DEPUTY:
            raise ValidationError(f"{person}さんは{person.get_role_display()}なので、代理を決めることはできません。")
    if new.principal_id == new.deputy_id:
        raise ValidationError("自分の代理に自分はなれません。ほかの人を選んでください。")
    if not new.deputy.can_sign_in:
        raise ValidationError(f"{new.deputy}さんのアカウントは使えないので、代理になれません。")
    if new.since < timezone.localdate():
        raise ValidationError({"since": "今日からあとの日にしてください。"})
    if new.until < new.since:
        raise ValidationError({"until": "最後の日が、始まる日より前です。"})
    if new.until > new.since + LONGEST_DEPUTYSHIP:
        raise ValidationError({"until": "代理は1年までです。1年以内の日にしてください。"})
    if not Membership.objects.not_ended(new.since).filter(user=new.principal_id).exists():
        raise ValidationError(
            f"{new.principal}さんは、その日にどの課にも所属していません。代理になっても、書けるものはありません。"
        )
    same = Deputyship.objects.not_ended(new.since).filter(
        principal=new.principal_id, deputy=new.deputy_id, since__lte=new.until
    )
    if earlier := same.first():
        raise ValidationError(f"{new.deputy}さんは、もう{new.principal}さんの代理です（{earlier.period}）。")


@recording()
def end_deputyship(deputyship: Deputyship, *, by: User) -> bool:
    """At once. False if it was over already."""
    mine = Deputyship.objects.not_ended(timezone.localdate()).filter(pk=deputyship.pk)
    if not mine.update(ended_at=timezone.now(), ended_by=by):
        return False
    record(f"{deputyship.deputy}さんの代理を終えました。", by=by, user=deputyship.principal)
    record(f"{deputyship.principal}さんの代理が終わりました。", by=by, user=deputyship.deputy)
    return True


# --- Departments ----------------------------------------------------------------------------------
DEPARTMENT_FIELDS = ("name", "parent", "position", "opened_in", "closed_after", "manager_step")


@recording()
def add_department(department: Department, successors: Iterable[Department], *, by: User) -> None:
    department.save()
    department.successors.set(successors)
    opened = f"（設置年度：{fy.label(department.opened_in)}）" if department.opened_in else ""
    record(f"登録しました{opened}。", by=by, department=department)


@recording()
def change_department(department: Department, successors: Iterable[Department], *, by: User) -> bool:
    """Write what differs from the register; False if nothing does."""
    old = Department.objects.select_related("parent").get(pk=department.pk)
    changed = change_sentences(old, department, DEPARTMENT_FIELDS)
    if changed:
        department.save(update_fields=list(changed))
    said = list(changed.values())
    if set(department.successors.all()) != set(successors):
        department.successors.set(successors)
        said.append(f"引き継いだ課を「{'、'.join(map(str, successors)) or 'なし'}」にしました。")
    if said:
        record("".join(said), by=by, department=department)
    return bool(said)


@recording()
def rename(department: Department, new_name: str, last_year: int, *, by: User) -> tuple[Department, int]:
    """Close a department after a fiscal year and go on under another name: a new row, since what was written before
    keeps the old name. Returns the new department and how many people moved to it on 1 April."""
    successor = Department(
        name=new_name, parent=department.parent, position=department.position,
        opened_in=last_year + 1, manager_step=department.manager_step,
    )  # fmt: skip
    _close(department, last_year)
    successor.save()
    record(
        f"「{department}」を引き継ぐ課として作りました（{fy.label(last_year + 1)}から）。", by=by, department=successor
    )
    _hand_on(department, [successor], by=by)
    return successor, move_people(department, successor, _first_day_after(last_year), by=by)


@recording()
def hand_over(
    department: Department, successors: list[Department], last_year: int, people_to: Department | None, *, by: User
) -> int:
    """Close a department after a fiscal year; one existing department (merged) or several (split) go on with its work.

    Its people belong to `people_to` from 1 April; None leaves them for the administrator to place one by one.
    Returns how many moved.
    """
    _close(department, last_year)
    _hand_on(department, successors, by=by)
    for successor in successors:
        record(f"{fy.label(last_year + 1)}から「{department}」を引き継ぎます。", by=by, department=successor)
    return move_people(department, people_to, _first_day_after(last_year), by=by) if people_to else 0


def _first_day_after(fiscal_year: int) -> date:
    return date(fiscal_year + 1, 4, 1)


def _close(department: Department, last_year: int) -> None:
    """Compare-and-set: a colleague may have closed it while the form was open. Raises AlreadyClosed."""
    if not Department.objects.filter(pk=department.pk, closed_after__isnull=True).update(closed_after=last_year):
        raise AlreadyClosed(str(department))
    department.closed_after = last_year


def _hand_on(department: Department, successors: list[Department], *, by: User) -> None:
    department.successors.set(successors)
    if len(successors) == 1:
        for child in department.children.filter(closed_after__isnull=True):
            record(f"部を「{department}」から「{successors[0]}」に変えました。", by=by, department=child)
        department.children.filter(closed_after__isnull=True).update(parent=successors[0])
    names = "」「".join(map(str, successors))
    record(
        f"{fy.label(department.closed_after)}で終わり、次の年度から「{names}」が引き継ぎます。",
        by=by,
        department=department,
    )


def move_people(old: Department, new: Department, day: date, *, by: User) -> int:
    """From `day` on, everyone who would belong to `old` belongs to `new`. Returns how many people."""
    moving = list(Membership.objects.not_ended(day).filter(department=old).select_related("user"))
    already = {
        membership.user_id: membership for membership in new.memberships.filter(user__in=[m.user for m in moving])
    }
    for membership in moving:
        begin = max(day, membership.since) if membership.since else day
        target = already.get(membership.user_id)
        if target is None:
            target = Membership(user=membership.user, department=new, since=begin, until=membership.until)
        else:
            if target.until is not None and target.until < begin:  # was there long ago
                target.since = begin
            elif target.since is not None:
                target.since = min(target.since, begin)
            target.until = None if None in (target.until, membership.until) else max(target.until, membership.until)
        target.save()
        if membership.since and membership.since >= day:
            membership.delete()  # would have begun in a department that no longer exists
        else:
            membership.until = day - timedelta(days=1)
            membership.save(update_fields=["until"])
        record(f"{fy.date_label(day)}から、所属を「{old}」から「{new}」に移しました。", by=by, user=membership.user)
    return len(moving)
