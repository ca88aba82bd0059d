"""The rows of a department's 調査票: one for each of its parts of the year, and what stands around it."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count

from accounts.models import Department, User
from initiatives import completeness, permissions, saving, writing
from initiatives.grouping import grouped
from initiatives.models import EntryPart, PlanYear
from initiatives.part_forms import ENTRY_FIELDS
from initiatives.survey import check
from initiatives.survey.columns import FILLED
from initiatives.writing import LastYear


@dataclass
class Row:
    part: EntryPart
    last: LastYear
    department: str
    lead: str  # 主担当; "" when the plan names none
    others: list[str]  # that write besides
    closed: str = ""  # why nobody of the department may write here now

    @property
    def keys(self) -> dict[str, str]:
        """What the row is known by, as it is shown."""
        return keys_of(self.part, self.department)

    @property
    def texts(self) -> dict[str, str]:
        return {name: saving.saved(self.part, name) for name in FILLED}

    @property
    def check(self) -> str:
        return check.check_value(self.keys, self.texts)

    @property
    def owners(self) -> str:
        if not self.others:
            return "この課だけ"
        lead = "主担当" if self.writes_for_all else f"共同（主担当は{self.lead}）"
        return f"{lead}\nほかに書く課：{'、'.join(self.others)}"

    @property
    def writes_for_all(self) -> bool:
        """Whether 低評価の理由 and 次年度の目標 are this department's to write."""
        return completeness.is_lead(self.part)

    def may_fill(self, name: str) -> bool:
        return name not in ENTRY_FIELDS or self.writes_for_all


def keys_of(part: EntryPart, department: str) -> dict[str, str]:
    entry = part.entry
    return {
        "plan": entry.initiative.plan.name,
        "year": PlanYear(fiscal_year=entry.fiscal_year).label,
        "department": department,
        "code": entry.initiative.code,
    }


def departments_for(user: User, plan_year: PlanYear) -> list[Department]:
    """Whose 調査票 a person may have: one's own, 福祉総務課 everyone's; with `rows`, how many rows. One query."""
    departments = Department.objects.filter(
        parts__entry__initiative__plan=plan_year.plan_id, parts__entry__fiscal_year=plan_year.fiscal_year
    )
    if not permissions.is_coordinating(user):
        departments = departments.filter(pk__in=user.department_ids())
    return list(departments.annotate(rows=Count("parts")).order_by("position", "pk"))


def parts_of(user: User, plan_year: PlanYear, departments: Collection[int]) -> list[EntryPart]:
    """The parts of these departments in plan order, as far as the person may read them. One query."""
    parts = writing.parts_for(user, plan_year).filter(department__in=departments)
    parts = list(parts.order_by("entry__initiative__position", "department__position"))
    for part in parts:
        part.entry.initiative.plan = plan_year.plan  # its scale is read once
    return parts


def rows_of(user: User, plan_year: PlanYear, department: Department) -> list[Row]:
    """Five queries, however many rows."""
    parts = parts_of(user, plan_year, [department.pk])
    last = writing.last_years(parts, user)
    siblings = EntryPart.objects.filter(entry__in=[part.entry_id for part in parts]).select_related("department")
    siblings = grouped(siblings.order_by("position").only("entry_id", "department__name"), "entry_id")
    return [_row(part, last[part.pk], siblings[part.entry_id], user, plan_year) for part in parts]


def _row(part: EntryPart, last: LastYear, siblings: list[EntryPart], user: User, plan_year: PlanYear) -> Row:
    names = {sibling.department_id: sibling.department.name for sibling in siblings}
    return Row(
        part=part,
        last=last,
        department=part.department.name,
        lead=names.get(part.lead_department, ""),
        others=[name for pk, name in names.items() if pk != part.department_id],
        closed=saving.why_not_now(part, user, plan_year),
    )
