"""Who is told: the people who work for a department, and what the department still owes."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Count

from accounts.models import Department, Deputyship, Membership, User
from initiatives.models import EntryPart, PlanYear

Status = EntryPart.Status


@dataclass
class Load:
    """One department's parts of a year, counted by state."""

    department: Department
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def write(self) -> int:
        """Parts that the department still has to write or to put right."""
        return sum(self.counts.get(status, 0) for status in EntryPart.WRITABLE)

    @property
    def returned(self) -> int:
        return self.counts.get(Status.RETURNED, 0)

    @property
    def confirm(self) -> int:
        """Parts that wait for the 課長."""
        return self.counts.get(Status.AWAITING_MANAGER, 0)

    @property
    def is_finished(self) -> bool:
        return not self.write and not self.confirm


def loads(plan_year: PlanYear, departments: Collection[Department] = ()) -> list[Load]:
    """Every department that writes in the year (or those asked for), in printed order. Two queries."""
    parts = EntryPart.objects.filter(
        entry__initiative__plan_id=plan_year.plan_id, entry__fiscal_year=plan_year.fiscal_year
    )
    if departments:
        parts = parts.filter(department__in=departments)
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for row in parts.order_by().values("department_id", "status").annotate(number=Count("pk")):
        counts[row["department_id"]][row["status"]] = row["number"]
    return [Load(each, counts[each.pk]) for each in Department.objects.filter(pk__in=list(counts))]


@dataclass
class Worker:
    """Who works for a department today, as one of its people or as the 代理 of one."""

    person: User
    manages: bool  # has the powers of the 課長 there


def workers_of(departments: Iterable[int]) -> dict[int, list[Worker]]:
    """担当者, 課長 and their 代理 in these departments today who may sign in, by department. Three queries.

    福祉総務課 itself is not written to: what it has to do stands on its own list.
    """
    told = User.objects.usable().filter(role__in=(User.Role.STAFF, User.Role.MANAGER))
    deputies: dict[int, list[User]] = defaultdict(list)
    for each in Deputyship.objects.current().filter(deputy__in=told).select_related("deputy"):
        deputies[each.principal_id].append(each.deputy)
    able = set(told.values_list("pk", flat=True))
    members = Membership.objects.current().filter(department__in=list(departments))
    found: dict[int, dict[int, Worker]] = defaultdict(dict)
    for member in members.select_related("user").order_by("user__role", "user__username"):
        own = [member.user] if member.user_id in able else []
        for person in (*own, *deputies[member.user_id]):
            worker = found[member.department_id].setdefault(person.pk, Worker(person, False))
            worker.manages = worker.manages or member.user.role == User.Role.MANAGER
    return defaultdict(list, {pk: list(workers.values()) for pk, workers in found.items()})
