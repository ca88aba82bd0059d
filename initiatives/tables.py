"""Columns of 一覧. django-tables2 keeps their names, order and sorting; templates/_entry_rows.html draws the cells."""

import django_tables2 as tables

from initiatives.listing import STATUS_ORDER
from initiatives.models import PlanYear


class EntryTable(tables.Table):
    code = tables.Column("番号", order_by="position")
    name = tables.Column("取組")
    goal = tables.Column("目標", order_by=("goal", "position"))
    policy = tables.Column("施策", order_by="position")
    departments = tables.Column("担当課", order_by="department_list")
    target = tables.Column("目標", orderable=False)
    result = tables.Column("実績", orderable=False)
    issues = tables.Column("課題と予定", orderable=False)
    next_target = tables.Column("次年度の目標", orderable=False)
    last_rating = tables.Column("前年度評価")
    rating = tables.Column("評価")
    status = tables.Column("状態", order_by="status_rank")

    DEFAULT_COLUMNS = ("code", "name", "departments", "target", "last_rating", "rating", "status")

    class Meta:
        order_by = "code"

    def __init__(self, rows, *, plan_year: PlanYear, columns: list[str], **kwargs):
        for row in rows:
            row.status_rank = STATUS_ORDER.index(row.status) if row.status else len(STATUS_ORDER)
        chosen = [name for name in self.base_columns if name in columns] or list(self.DEFAULT_COLUMNS)
        super().__init__(rows, exclude=[name for name in self.base_columns if name not in chosen], **kwargs)
        self.chosen = chosen
        self.plan_year = plan_year

    @classmethod
    def offers(cls, plan_year: PlanYear) -> list[tuple[str, str]]:
        """(name, words) of every column, in order; year columns say which year."""
        year = plan_year.label
        plan = plan_year.plan
        words = {
            "name": plan.initiative_term, "goal": plan.goal_term, "policy": plan.policy_term,
            "target": f"{year}の目標", "result": f"{year}の実績", "rating": "今年度評価",
        }  # fmt: skip
        return [(name, words.get(name, column.verbose_name)) for name, column in cls.base_columns.items()]
