"""What the pages of people and departments say: counts, lists and the sentence at the top. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from accounts.models import Department, Membership, User
from initiatives import fiscal_year as fy
from initiatives import parsing

SOON = timedelta(days=30)


# --- People ---------------------------------------------------------------------------------------
def ends_soon(user: User) -> bool:
    return user.can_sign_in and user.expires_on is not None and user.expires_on <= timezone.localdate() + SOON


def is_unplaced(user: User) -> bool:
    """Works for a department, but belongs to none today."""
    return user.can_sign_in and user.role in (User.Role.STAFF, User.Role.MANAGER) and not user.current_memberships


STATES = {
    "yes": lambda user: user.can_sign_in,
    "soon": ends_soon,
    "expired": lambda user: user.is_active and user.is_expired,
    "stopped": lambda user: not user.is_active,
    "unplaced": is_unplaced,
}


def matching(users: Iterable[User], conditions: dict[str, str]) -> list[User]:
    """In memory: a city has a few hundred people, and full and half width are alike only to parsing.search_form."""
    found = list(users)
    if "q" in conditions:
        wanted = parsing.search_form(conditions["q"])
        found = [user for user in found if wanted in parsing.search_form(f"{user.name}\n{user.username}\n{user.email}")]
    if "role" in conditions:
        found = [user for user in found if user.role == conditions["role"]]
    if "department" in conditions:
        department = int(conditions["department"])
        found = [user for user in found if department in {each.department_id for each in user.current_memberships}]
    if "active" in conditions:
        found = list(filter(STATES[conditions["active"]], found))
    return found


def usability(user: User) -> str:
    if not user.is_active:
        return "止めた"
    return "期限切れ" if user.is_expired else "使える"


STOCKTAKING = (
    "氏名",
    "ユーザー名",
    "役割",
    "今日の所属",
    "使えるか",
    "使える期限",
    "最後のサインイン",
    "登録した日",
    "メールアドレス",
)


def stocktaking_row(user: User) -> list[str]:
    """A line of the yearly check (棚卸し): who may do what, and whether the account is used at all."""
    return [
        user.name,
        user.username,
        user.get_role_display(),
        "、".join(membership.department.name for membership in user.current_memberships),
        usability(user),
        fy.date_label(user.expires_on) if user.expires_on else "なし",
        f"{timezone.localtime(user.last_login):%Y-%m-%d %H:%M}" if user.last_login else "まだありません",
        f"{timezone.localtime(user.created_at):%Y-%m-%d}",
        user.email,
    ]


@dataclass
class PeopleSummary:
    usable: int
    committee_soon: int
    soon: int
    expired: int
    unplaced: int

    @property
    def needs_care(self) -> bool:
        return bool(self.soon or self.expired or self.unplaced)


def summary(users: list[User]) -> PeopleSummary:
    soon = [user for user in users if ends_soon(user)]
    return PeopleSummary(
        usable=sum(user.can_sign_in for user in users),
        committee_soon=sum(user.is_committee for user in soon),
        soon=len(soon),
        expired=len(list(filter(STATES["expired"], users))),
        unplaced=len(list(filter(is_unplaced, users))),
    )


# --- Departments ----------------------------------------------------------------------------------
def department_status(department: Department, year: int) -> str:
    """How things stand with a department or 部 in a fiscal year, to follow 「…は、」."""
    if department.closed_after is not None:
        return (
            f"{fy.label(department.closed_after)}で{'終わりました' if department.is_closed_in(year) else '終わります'}"
        )
    if department.opened_in is not None and department.opened_in > year:
        return f"{fy.label(department.opened_in)}からできます"
    return "今の組織にあります"


@dataclass
class DepartmentGroup:
    """A 部 with the departments below it that are shown; parent None for those that belong to no 部."""

    parent: Department | None
    rows: list[Department]


def _is_open(department: Department, year: int) -> bool:
    return (department.opened_in is None or department.opened_in <= year) and not department.is_closed_in(year)


SHOWN = {
    "": _is_open,
    "later": lambda department, year: department.opened_in is not None and department.opened_in > year,
    "closed": lambda department, year: department.is_closed_in(year),
    "all": lambda department, year: True,
}


def department_tree(departments: list[Department], year: int, state: str) -> list[DepartmentGroup]:
    """部 with its 課 in printed order; a 部 is shown when it or one of its 課 is. What belongs to no 部 comes first."""
    below: dict[int | None, list[Department]] = {}
    for department in departments:
        below.setdefault(department.parent_id, []).append(department)

    def descendants(root: Department) -> list[Department]:
        return [each for child in below.get(root.pk, []) for each in (child, *descendants(child))]

    alone = DepartmentGroup(None, [])
    groups = []
    for root in below.get(None, []):
        if root.pk not in below:
            alone.rows += [root] if SHOWN[state](root, year) else []
            continue
        rows = [each for each in descendants(root) if SHOWN[state](each, year)]
        if rows or SHOWN[state](root, year):
            groups.append(DepartmentGroup(root, rows))
    return ([alone] if alone.rows else []) + groups


@dataclass
class DepartmentSummary:
    year_label: str
    next_label: str
    count: int
    ending: int
    beginning: int


def department_summary(departments: list[Department], year: int) -> DepartmentSummary:
    """How many 課 (not 部) there are in a year, and what changes with the next."""
    parents = {department.parent_id for department in departments}
    leaves = [department for department in departments if department.pk not in parents]
    return DepartmentSummary(
        year_label=fy.label(year),
        next_label=fy.label(year + 1),
        count=sum(_is_open(each, year) for each in leaves),
        ending=sum(each.closed_after == year for each in leaves),
        beginning=sum(each.opened_in == year + 1 for each in leaves),
    )


def members_of(department: Department) -> list[Membership]:
    """Those who belong to it today or will, people who may sign in first."""
    members = Membership.objects.not_ended(timezone.localdate()).filter(department=department)
    return list(members.select_related("user").order_by("-user__is_active", "user__username"))


def staying_after_the_end(department: Department, members: list[Membership]) -> list[Membership]:
    """Those of `members` who would go on belonging to a department after its last fiscal year."""
    if department.closed_after is None:
        return []
    last_day = date(department.closed_after + 1, 3, 31)
    return [each for each in members if each.user.is_active and (each.until is None or each.until > last_day)]
