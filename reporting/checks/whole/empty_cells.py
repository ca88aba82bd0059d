"""空欄: a cell that is printed empty, and a department of a joint initiative that wrote nothing."""

from collections.abc import Iterator

from initiatives.checking.finding import LOOK, MUST, Check, Finding
from reporting.checks.context import Context
from reporting.snapshot import Goal, Row

_FIX = "書いてください。書くことがないときは、そのわけを書いてください。"


def find(context: Context) -> Iterator[Finding]:
    for goal in context.report.goals:
        for row in goal.rows:
            if row.approved and row.shows_own:
                yield from _row(context, goal, row)


def _row(context: Context, goal: Goal, row: Row) -> Iterator[Finding]:
    needed = ["description", "result", "issues", "next_target", "rating"]
    if not goal.is_new and row.new_in != context.report.fiscal_year:
        needed.append("target")
    for name in needed:
        if not getattr(row, name).strip():
            yield _finding(context, row, name, "", "この欄が空のまま印刷されます。", MUST)
    if not row.owners:
        yield _finding(context, row, "owners", "", "担当課がありません。", MUST)
    for name in ("result", "issues"):
        texts = {part.department: getattr(part, name) for part in row.parts}
        if texts.get("") or not any(texts.values()):
            continue  # not divided by department, or empty altogether
        for department, text in texts.items():
            if department and not text.strip():
                why = f"共同の取組で、{department}の文だけがありません。"
                yield _finding(context, row, name, department, why, LOOK)


def _finding(context: Context, row: Row, name: str, department: str, why: str, severity: str) -> Finding:
    place = context.place(row, name, department)
    return Finding(place, "空欄", "文か値", why, _FIX, basis="empty", subject=f"{name} {department}", severity=severity)


CHECK = Check(
    name="empty_cells",
    title="空欄",
    looks_at="report",
    severity=MUST,
    explanation="承認された取組の、印刷される欄に空欄がないか、共同の取組ですべての課が書いたかを見ます。",
    example="実績の欄が空のまま、評価だけがA。",
    alike=("まだ承認されていない取組", "この年度に加わった目標の、今年度の目標", "課に分けずに書いた文"),
    find=find,
)
