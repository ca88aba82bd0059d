"""番号: gaps in the printed numbers, and a number that names another direction than it stands under."""

from collections.abc import Iterator

from initiatives.checking.finding import MUST, Check, Finding, Place
from reporting.checks.context import Context


def find(context: Context) -> Iterator[Finding]:
    numbers: dict[str, list[int]] = {}
    for goal in context.report.goals:
        for policy in goal.policies:
            for direction in policy.directions:
                for row in direction.rows:
                    prefix, _, last = row.code.rpartition("-")
                    numbers.setdefault(prefix, []).append(int(last))
                    if prefix != direction.code:
                        yield _misplaced(context, row, direction.code)
    for prefix, found in numbers.items():
        for number in sorted(set(range(1, max(found) + 1)) - set(found)):
            yield _gap(prefix, number, max(found))
    for row in context.report.rows:
        if row.original_code and row.original_code not in context.rows:
            yield _no_original(context, row)


def _misplaced(context: Context, row, code: str) -> Finding:
    return Finding(
        context.place(row, "code"), f"{row.code}（{code}の下）", f"{code}-…", "番号が、載っている方向性の番号と違います。",
        "番号か、載せる場所を直してください。", f"{row.code} {code}",
    )  # fmt: skip


def _gap(prefix: str, number: int, last: int) -> Finding:
    code = f"{prefix}-{number}"
    place = Place("row", code, "code", int(prefix.split("-")[0]))
    return Finding(
        place, f"{code}がありません", f"{prefix}-1から{prefix}-{last}までの続き番号", "番号が飛んでいます。",
        "抜けた取組を入れるか、終わった取組なら、そのことを注に書いてください。", code,
    )  # fmt: skip


def _no_original(context: Context, row) -> Finding:
    return Finding(
        context.place(row, "original"), f"再掲 {row.original_code}", "この年度にある取組", "再掲元の取組がありません。",
        "再掲元の番号を直してください。", row.original_code,
    )  # fmt: skip


CHECK = Check(
    name="numbering",
    title="番号の抜けと食い違い",
    looks_at="report",
    severity=MUST,
    explanation="取組の番号が続いているか、載っている方向性の番号と合っているかを見ます。",
    example="4-1-5-5の次が4-1-5-7。",
    alike=("再掲の番号（載っている場所の番号が付く）", "方向性ごとに1から始まる番号"),
    find=find,
)
