"""The columns of the 調査票, written once for the sheet, its guidance, the reader and the printed form."""

from dataclasses import dataclass

from initiatives import fiscal_year as fy
from initiatives.models import PlanYear
from initiatives.part_forms import PartForm, labels

CLEAR = "（消す）"  # typed into a cell to empty what is saved; an empty cell changes nothing
# In the order of the sheet.
FILLED = ("result", "self_rating", "low_rating_reason", "issues", "next_target", "not_applicable_reason")
# What a row is known by; all in sight, none of it a number of the database.
KEYS = {"code": "番号", "plan": "計画", "year": "年度", "department": "担当課", "check": "確認用の値"}
TOLD = "target"  # not to be filled, but a change of it is answered in words
READABLE_LENGTH = "250字までが読みやすい長さです。"
LONG = ("result", "issues")  # texts for which a readable length is told


@dataclass(frozen=True)
class Column:
    name: str
    heading: str
    width: int
    help: str = ""

    @property
    def is_filled(self) -> bool:
        return self.name in FILLED


def columns_of(plan_year: PlanYear) -> list[Column]:
    """From left to right. The keys stand at the end, out of the way, but for the number."""
    words = labels(plan_year.plan, plan_year.fiscal_year)
    year, last = plan_year.label, fy.label(plan_year.fiscal_year - 1)
    widths = {"result": 38, "issues": 32, "self_rating": 6}
    filled = [
        Column(name, words[name], widths.get(name, 18), str(PartForm.base_fields[name].help_text)) for name in FILLED
    ]
    return [
        Column("code", KEYS["code"], 9),
        Column("name", plan_year.plan.initiative_term, 20),
        Column("owners", "受け持ち", 14),
        Column("last_target", f"{last}の目標", 18),
        Column("last_result", f"{last}の実績", 34),
        Column("last_rating", f"{last}の評価", 7),
        Column("last_issues", f"{last}の課題と予定", 30),
        Column("target", f"{year}の目標", 18),
        *filled,
        Column("state", "いまの状態", 16),
        *(Column(name, heading, 14) for name, heading in KEYS.items() if name != "code"),
    ]


def file_name(plan_year: PlanYear, department) -> str:
    return f"調査票_{plan_year.short}_{department}.xlsx"
