"""The 調査票 as a workbook: the sheet to fill, and 記入のしかた. No cell calculates (see initiatives.workbook_writer)."""

from collections.abc import Iterable

from initiatives import saving, writing
from initiatives.models import PlanYear
from initiatives.part_forms import ENTRY_FIELDS
from initiatives.survey.columns import CLEAR, FILLED, LONG, READABLE_LENGTH, Column, columns_of
from initiatives.survey.rows import Row
from initiatives.workbook_writer import Cell, Printing, Sheet, write_book

SHEET, GUIDANCE = "調査票", "記入のしかた"


def book(plan_year: PlanYear, department: str, rows: list[Row]) -> bytes:
    columns = columns_of(plan_year)
    title = f"{plan_year.plan}　{plan_year.label}　調査票　{department}"
    survey = Sheet(
        name=SHEET,
        header=[Cell(column.heading, "head") for column in columns],
        rows=[[_cell(column, row, plan_year) for column in columns] for row in rows],
        widths=[column.width for column in columns],
        protected=True,
        filtered=False,
        title=title,
        least_height=90,  # room for what is not written yet
        printing=_printing([column.name for column in columns]),
    )
    guidance = Sheet(
        name=GUIDANCE,
        header=["欄", "書くこと"],
        rows=list(guidance_of(plan_year)),
        widths=[30, 100],
        protected=True,
        filtered=False,
        title=title,
        least_height=20,
    )
    return write_book([survey, guidance])


def _printing(names: list[str]) -> Printing:
    """Last year on one page, this year on the next; state and keys are left out."""
    return Printing(columns=names.index("state"), break_before=names.index(FILLED[0]), scale=66)


def _cell(column: Column, row: Row, plan_year: PlanYear) -> Cell | str:
    name = column.name
    if column.is_filled:
        return _to_fill(column, row, plan_year)
    if name == "code":
        return Cell(row.keys["code"], "closed" if row.closed else "plain")
    if name in ("plan", "year", "department"):
        return Cell(row.keys[name], "aside")
    if name == "check":
        return Cell(row.check, "aside")
    if name.startswith("last_"):
        return getattr(row.last, name.removeprefix("last_"))
    if name == "state":
        return Cell("\n".join(filter(None, [row.part.get_status_display(), row.closed])), "aside")
    return {
        "name": row.part.entry.initiative.name,
        "owners": row.owners,
        "target": row.part.entry.target,
    }[name]


def _to_fill(column: Column, row: Row, plan_year: PlanYear) -> Cell:
    if not row.may_fill(column.name):
        return Cell("", "closed", note=(column.heading, f"主担当の{row.lead}が書きます。" if row.lead else ""))
    text = saving.saved(row.part, column.name)
    if row.closed:
        return Cell(text, "closed", note=(column.heading, row.closed))
    choices = ()
    if column.name == "self_rating":
        choices = (*(level.letter for level in plan_year.plan.scale), CLEAR)
    return Cell(text, "input", note=(column.heading, column.help + _length(column, row)), choices=choices)


def _length(column: Column, row: Row) -> str:
    """The counter in words: a cell that counts would be a cell that calculates."""
    if column.name not in LONG:
        return ""
    last = row.last.lengths.get(column.name)
    return READABLE_LENGTH + (f"昨年度は{last}字でした。" if last else "")


def guidance_of(plan_year: PlanYear) -> Iterable[tuple[str, str]]:
    """記入のしかた: what to fill from the form's own words, the scale from the plan's."""
    low = "と".join(level.letter for level in plan_year.plan.scale if level.reason_required)
    for column in columns_of(plan_year):
        if column.is_filled:
            words = [column.help]
            if column.name in LONG:
                words.append(READABLE_LENGTH)
            if column.name in ENTRY_FIELDS:
                words.append("主担当の課だけが書きます。")
            if column.name == "low_rating_reason" and low:
                words.append(f"評価が{low}のときに書きます。")
            yield column.heading, "\n".join(words)
    for letter, definition, bound in writing.levels(plan_year):
        yield f"評価 {letter}", f"{bound}　{definition}"
    yield "色", "うすい黄色のセルに書きます。灰色のセルは、変えられません。理由は「いまの状態」にあります。"
    yield "空のセル", f"空のセルは「変えない」と読みます。消したいときは「{CLEAR}」と書いてください。"
    yield (
        "行と列",
        "行を消すと、その取組は変わりません。列の順は変えてもかまいません。見出し、番号、計画、年度、担当課、確認用の値は、そのままにしてください。",
    )
    yield "計算式", "計算式は使えません。値だけを書いてください。"
    yield (
        "送り方",
        (
            "書いたら保存し、あゆみの「Excelで書く」でこのファイルを選びます。何が変わるかを確かめてから、取り込めます。"
            "取り込んでも、まだ提出ではありません。提出は、あゆみの画面でします。"
        ),
    )
