"""Promise 15: broken, hostile and misused files are refused in exact words, and nothing changes; honest ones pass."""

import datetime
import io
import random
import time
from datetime import timedelta

import openpyxl
import pytest
from django.utils import timezone

from initiatives.models import DeadlineExtension, EntryPart, InitiativeDepartment, PlanYear, SurveyUpload
from initiatives.survey import compare
from initiatives.survey.columns import KEYS
from initiatives.workbook_reader import UNCHANGED, WorkbookRefused
from tests import workbooks
from tests.factories import PlanFactory, PlanYearFactory, make_entry, make_initiative
from tests.initiatives.survey.sheets import cell_of, cleansed, columns, download, edited, filled, saved
from tests.reporting.importing.dump import everything

pytestmark = pytest.mark.django_db
S = EntryPart.Status
AGAIN = "調査票をダウンロードし直し、書いた文をうつしてください。"
OURS, JOINT, SENT = "1-1-1-1", "1-1-1-2", "1-1-1-3"


# --- The file itself ------------------------------------------------------------------------------------

FILES = workbooks.files("調査票", parts=11)


@pytest.mark.parametrize("name", FILES)
def test_file_is_refused(name, content, look):
    make, words = FILES[name]
    assert workbooks.parts_of(content) == 11
    workbooks.assert_refused(look, make(content), words)


# --- No 調査票 of this year -------------------------------------------------------------------------------


def drop_column(name):
    return lambda sheet, at: sheet.delete_cols(at[name])


def head(name, words):
    return lambda sheet, at: setattr(sheet.cell(1, at[name]), "value", words)


def merged(area):
    return lambda sheet, at: sheet.merge_cells(area)


def second_table(sheet, at):
    book = sheet.parent
    book.copy_worksheet(sheet).title = "写し"


def hidden(sheet, at):
    sheet.parent.active = 1
    sheet.sheet_state = "hidden"


NO_TABLE = f"見出しに「番号」と「確認用の値」のあるシートがありません。調査票ではないか、見出しが変わっています。{UNCHANGED}{AGAIN}"


def merged_words(area):
    return f"セルが結合されています（{area}）。どの行の文か、わかりません。{UNCHANGED}結合を解除して保存し、もう一度選んでください。"


# name: (change(sheet, columns), the words)
SHEETS = {
    "no head": (lambda sheet, at: sheet.delete_rows(1), NO_TABLE),
    "empty sheet": (lambda sheet, at: sheet.delete_rows(1, 9), NO_TABLE),
    "number's column deleted": (drop_column("code"), NO_TABLE),
    "check's column deleted": (drop_column("check"), NO_TABLE),
    "hidden sheet": (hidden, NO_TABLE),
    "two tables": (second_table, f"調査票の表が、シート「調査票」と「写し」の2つにあります。{UNCHANGED}1つだけを残して保存し、もう一度選んでください。"),
    "column deleted": (drop_column("result"), f"列「令和6年度の実績」がありません。{UNCHANGED}見出しの行を元に戻すか、{AGAIN}"),
    "department's column deleted": (drop_column("department"), f"列「担当課」がありません。{UNCHANGED}見出しの行を元に戻すか、{AGAIN}"),
    "head renamed": (head("issues", "課題"), f"列「課題と、令和7年度に予定している取組」がありません。{UNCHANGED}見出しの行を元に戻すか、{AGAIN}"),
    "head twice": (head("owners", "令和6年度の実績"), f"同じ見出し「令和6年度の実績」の列が2つあります（C1とI1）。{UNCHANGED}1つだけを残して保存し、もう一度選んでください。"),
    "merged down": (merged("I2:I3"), merged_words("I2からI3")),
    "merged across": (merged("I2:K2"), merged_words("I2からK2")),
    "merged numbers": (merged("A2:A4"), merged_words("A2からA4")),
}  # fmt: skip


@pytest.mark.parametrize("name", SHEETS)
def test_sheet_is_refused(name, content, look, plan_year):
    change, words = SHEETS[name]
    before = everything()
    with pytest.raises(WorkbookRefused) as refused:
        look(edited(content, lambda sheet: change(sheet, columns(plan_year))))
    assert str(refused.value) == words
    assert everything() == before


def test_last_years_file_is_refused(content, look, plan, department):
    """Its headings name another year; that, and not a missing column, is what is wrong."""
    later = PlanYearFactory(plan=plan, fiscal_year=2025)
    make_entry(plan.initiatives.get(code=OURS), 2025, status=S.DRAFT)
    with pytest.raises(WorkbookRefused) as refused:
        look(content, year=later)
    assert str(refused.value) == (
        "これは令和6年度の調査票です。いま開いているのは令和7年度です。"
        f"年度を切り替えるか、令和7年度の調査票をダウンロードしてください。{UNCHANGED}"
    )


# --- Rows and cells ---------------------------------------------------------------------------------------


def put(code, name, value, number_format=None):
    def change(sheet, plan_year):
        cell = cell_of(sheet, plan_year, code, name)
        cell.value = value
        if number_format:
            cell.number_format = number_format

    return change


def every(name, value):
    def change(sheet, plan_year):
        for row in range(2, sheet.max_row + 1):
            sheet.cell(row, columns(plan_year)[name]).value = value

    return change


def copied_row(sheet, plan_year):
    sheet.append([cell.value for cell in sheet[2]])


def copied_template(sheet, plan_year):
    """The row of one initiative copied for another."""
    sheet.append([cell.value for cell in sheet[2]])
    sheet.cell(5, 1).value = "1-1-1-9"


def swapped_numbers(sheet, plan_year):
    sheet["A2"].value, sheet["A3"].value = sheet["A3"].value, sheet["A2"].value


def error_cell(sheet, plan_year):
    cell = cell_of(sheet, plan_year, OURS, "result")
    cell.value, cell.data_type = "#REF!", "e"


def other_departments_row(sheet, plan_year):
    cell_of(sheet, plan_year, OURS, "department").value = "防災課"


FORMULA = "計算式が入っています。セルをコピーし、「値の貼り付け」で値だけにしてください。"
CHECK = f"確認用の値が、番号や担当課と合いません。行を写して足したか、書きかえたようです。{AGAIN}"
ODD = "目に見えない文字（{}）が入っています。その部分を打ち直してください。"
CLOSED = (
    "福祉総務課に提出したので、書きかえられません。直したいときは、取り下げるか、福祉総務課に差し戻しを頼んでください。"
)
OTHER_YEAR = "これは令和5年度の調査票です。いま開いているのは令和6年度です。年度を切り替えるか、令和6年度の調査票をダウンロードしてください。"
RATING = "評価「{}」は使えません。A、B、C、Dのどれか1つを書いてください。"
FORMAT = "Excelが日付に変えています。セルの書式を「文字列」にして、打ち直してください。"


def needed(name):
    return f"{KEYS[name]}がありません。元に戻すか、{AGAIN}"


# name: (change(sheet, plan_year), each refusal as place：words)
ROWS = {
    "year of the row": (put(OURS, "year", "令和5年度"), [f"2行目：{OTHER_YEAR}"]),
    "year of all rows": (every("year", "令和5年度"), [f"2～4行目：{OTHER_YEAR}"]),
    "no year at all": (put(OURS, "year", "昨年"), ["2行目：「昨年」は年度として読めません。「R6」「令和6年度」「2024」のように書いてください。"]),
    "another plan": (every("plan", "試験市健康計画"), ["2～4行目：これは「試験市健康計画」の調査票です。いま開いているのは「試験市地域福祉計画」です。計画を切り替えてください。"]),
    "another department": (every("department", "防災課"), ["2～4行目：この欄を書けるのは、防災課の人です。直してほしいことは、防災課に伝えてください。"]),
    "another department's row": (other_departments_row, ["2行目：この欄を書けるのは、防災課の人です。直してほしいことは、防災課に伝えてください。"]),
    "department unknown": (put(OURS, "department", "宇宙課"), ["2行目：この欄を書けるのは、宇宙課の人です。直してほしいことは、宇宙課に伝えてください。"]),
    "number changed": (put(OURS, "code", "1-1-1-4"), ["2行目：番号が書きかえられています。この行は「1-1-1-1」の行でした。番号を元に戻してください。"]),
    "numbers swapped": (swapped_numbers, [
        "2行目：番号が書きかえられています。この行は「1-1-1-1」の行でした。番号を元に戻してください。",
        "3行目：番号が書きかえられています。この行は「1-1-1-2」の行でした。番号を元に戻してください。",
    ]),
    "number of the database": (put(OURS, "code", "1"), ["2行目：番号が書きかえられています。この行は「1-1-1-1」の行でした。番号を元に戻してください。"]),
    "number blank": (put(OURS, "code", None), [f"2行目：{needed('code')}"]),
    "department blank": (put(OURS, "department", None), [f"2行目：{needed('department')}"]),
    "year blank": (put(OURS, "year", None), [f"2行目：{needed('year')}"]),
    "plan blank": (put(OURS, "plan", " "), [f"2行目：{needed('plan')}"]),
    "check blank": (put(OURS, "check", None), [f"2行目：{needed('check')}"]),
    "check of another shape": (put(OURS, "check", "ABC"), [f"2行目：{CHECK}"]),
    "check forged": (put(OURS, "check", "A" * 30 + "-" + "B" * 10), [f"2行目：{CHECK}"]),
    "row twice": (copied_row, ["5行目：同じ取組の行が、2行目にもあります。どちらかの行を消してください。"]),
    "row copied for another": (copied_template, ["5行目：番号が書きかえられています。この行は「1-1-1-1」の行でした。番号を元に戻してください。"]),
    "number as a date": (put(OURS, "code", datetime.date(2001, 1, 1)), [f"2行目：番号のセルが読めません。{FORMAT}"]),
    "number by formula": (put(OURS, "code", "=A3"), [f"2行目：番号のセルが読めません。{FORMULA}"]),
    "rating E": (put(OURS, "self_rating", "E"), [f"J2：{RATING.format('E')}"]),
    "two ratings": (put(OURS, "self_rating", "A〜B"), [f"J2：{RATING.format('A〜B')}"]),
    "rating by number": (put(OURS, "self_rating", 3), [f"J2：{RATING.format('3')}"]),
    "formula": (put(OURS, "result", '=HYPERLINK("http://example.com","x")'), [f"I2：{FORMULA}"]),
    "DDE formula": (put(OURS, "result", "=cmd|' /C calc'!A0"), [f"I2：{FORMULA}"]),
    "counter by formula": (put(OURS, "issues", "=LEN(I2)"), [f"L2：{FORMULA}"]),
    "error cell": (error_cell, ["I2：計算のエラーになっています。値を打ち直してください。"]),
    "date for a text": (put(OURS, "result", datetime.date(2024, 4, 1)), [f"I2：{FORMAT}"]),
    "time for a text": (put(OURS, "issues", datetime.time(9, 30)), [f"L2：{FORMAT}"]),
    "truth value": (put(OURS, "result", True), ["I2：文字として読めません。セルの書式を「文字列」にして、打ち直してください。"]),
    "huge number": (put(OURS, "result", 1e300), ["I2：数として読めません。13けたまでの数字を書いてください。"]),
    "odd format": (put(OURS, "result", 5, "0.0E+00"), ['I2：書式「0.0E+00」の数が入っています。セルの書式を「文字列」にして、打ち直してください。']),
    "right to left": (put(OURS, "result", "10件\u202eを行った"), [f"I2：{ODD.format('U+202E')}"]),
    "zero width": (put(OURS, "issues", "課\u200b題"), [f"L2：{ODD.format('U+200B')}"]),
    "byte order mark": (put(OURS, "next_target", "\ufeff12件"), [f"M2：{ODD.format('U+FEFF')}"]),
    "too long": (put(OURS, "result", "長" * 10_001), ["I2：長すぎます（10,001字）。10,000字までにしてください。"]),
    "submitted": (put(SENT, "result", "書きかえ"), [f"I4：{CLOSED}"]),
    "submitted, cleared": (put(SENT, "result", "（消す）"), [f"I4：{CLOSED}"]),
    "submitted, rating": (put(SENT, "self_rating", "A"), [f"J4：{CLOSED}"]),
    "the lead's reason": (put(JOINT, "low_rating_reason", "雨"), ["K3：この欄は、主担当の課が書きます。このセルを空にしてください。"]),
    "the lead's target": (put(JOINT, "next_target", "こちらの目標"), ["M3：この欄は、主担当の課が書きます。このセルを空にしてください。"]),
    "several": (lambda sheet, year: [put(OURS, "self_rating", "X")(sheet, year), put(SENT, "issues", "x")(sheet, year)],
        [f"J2：{RATING.format('X')}", f"L4：{CLOSED}"]),
}  # fmt: skip


def refusals(seen) -> list[str]:
    return [f"{cell.place}：{cell.why}" for cell in seen.refused]


@pytest.mark.parametrize("name", ROWS)
def test_row_or_cell_is_refused_and_with_it_the_whole_file(name, content, look, plan_year, writer):
    change, words = ROWS[name]

    def change_and_write(sheet):
        cell_of(sheet, plan_year, JOINT, "result").value = "ほかの行の、よい文"
        change(sheet, plan_year)

    hostile = edited(content, change_and_write)
    before = everything()
    seen = look(hostile)
    assert refusals(seen) == words
    upload = SurveyUpload.keep(hostile, "調査票.xlsx", by=writer, plan_year=plan_year)
    with pytest.raises(compare.Undecided):
        compare.take_in(upload, {}, base=seen.digest, by=writer, plan_year=plan_year)
    assert everything() == before


BAD = {
    "self_rating": ("E", "A・B", "1", "未"),
    "result": ("見え\u200bない", "長" * 10_001, "=1+1", datetime.date(2024, 4, 1), True),
    "issues": ("\u202e逆", "=A1", datetime.time(1, 2)),
    "not_applicable_reason": ("\ufeff", "=B2"),
}


def test_a_hundred_files_with_one_bad_cell_somewhere(content, look, plan_year, writer):
    """Promise 8: nothing is written, and the one bad cell is named, with sheet, column, row and reason."""
    chance = random.Random(2024)
    good = {(code, name): f"{code}の{name}" for code in (OURS, JOINT) for name in ("result", "issues")}
    file = openpyxl.load_workbook(io.BytesIO(filled(content, plan_year, good)))
    sheet = file["調査票"]
    before = everything()
    for _ in range(100):
        name = chance.choice(list(BAD))
        cell = cell_of(sheet, plan_year, chance.choice((OURS, JOINT)), name)
        was, cell.value = cell.value, chance.choice(BAD[name])
        hostile = saved(file)
        cell.value, cell.number_format = was, "@"
        seen = look(hostile)
        assert [refused.place for refused in seen.refused] == [cell.coordinate]
        assert seen.sheet == "調査票" and seen.refused[0].why
        upload = SurveyUpload.keep(hostile, "調査票.xlsx", by=writer, plan_year=plan_year)
        with pytest.raises(compare.Undecided):
            compare.take_in(upload, {}, base=seen.digest, by=writer, plan_year=plan_year)
        upload.abandon()
    assert everything() == before


def test_there_are_sixty():
    assert len(FILES) + len(SHEETS) + len(ROWS) >= 60


def with_cell(content: bytes, place: str, xml: str) -> bytes:
    """The cell's XML replaced, as no library of ours would write it."""
    import re

    def change(data: bytes) -> bytes:
        data, count = re.subn(
            rf'<c r="{place}"[^>]*?(/>|>.*?</c>)'.encode(), xml.encode().replace(b"\\", b"\\\\"), data
        )
        assert count == 1
        return data

    return workbooks.repacked(content, {workbooks.SHEET1: change})


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        ('<c r="I2" t="str"><f>WEBSERVICE("http://example.com")</f><v>x</v></c>', FORMULA),
        ('<c r="I2"><f>1+1</f></c>', FORMULA),
        ('<c r="I2"><v>1e1000000</v></c>', "数として読めません。13けたまでの数字を書いてください。"),
        ('<c r="I2" t="inlineStr"><is><t>a_x0000_b</t></is></c>', ODD.format("U+0000")),
    ],
)
def test_cell_that_no_program_of_ours_writes(xml, words, content, look):
    seen = look(with_cell(content, "I2", xml))
    assert refusals(seen) == [f"I2：{words}"]


# --- Whose and when -------------------------------------------------------------------------------------------


def test_another_departments_file_is_refused_row_by_row(content, look, other):
    assert refusals(look(content, other)) == [
        "2～4行目：この欄を書けるのは、高齢課の人です。直してほしいことは、高齢課に伝えてください。"
    ]


def test_what_the_office_downloaded_the_office_may_not_hand_in(parts, look, coordinator, plan_year, department):
    content = download(coordinator, plan_year, department)
    words = "この欄を書けるのは、高齢課の人です。かわりに書くときは、高齢課の人の代理になってください。"
    assert refusals(look(content, coordinator)) == [f"2～4行目：{words}"]


def test_a_draft_out_of_sight_is_not_told_apart_from_nothing(content, look, plan_year):
    """The words name what stands in the file, never what is saved: 防災課 has a 1-1-1-4, 宇宙課 has nothing."""
    for name in ("防災課", "宇宙課"):
        again = edited(content, lambda sheet, name=name: every("department", name)(sheet, plan_year))
        assert refusals(look(again)) == [
            f"2～4行目：この欄を書けるのは、{name}の人です。直してほしいことは、{name}に伝えてください。"
        ]


def test_the_same_words_as_the_page_when_the_deadline_is_over(content, look, plan_year, department, writer):
    plan_year.department_deadline = timezone.localdate() - timedelta(days=1)
    plan_year.save()
    again = filled(content, plan_year, {(OURS, "result"): "おくれた文"})
    fresh = PlanYear.objects.get(pk=plan_year.pk)
    until = plan_year.department_deadline
    words = (
        f"提出の期限を過ぎました（{until.month}月{until.day}日まで）。福祉総務課に、期限を延ばせるか聞いてください。"
    )
    assert refusals(look(again, year=fresh)) == [f"I2：{words}"]
    DeadlineExtension.objects.create(
        plan_year=plan_year, department=department, until=timezone.localdate(), by=writer, reason="大雨"
    )
    assert refusals(look(again, year=PlanYear.objects.get(pk=plan_year.pk))) == []


def test_the_same_words_as_the_page_when_the_year_is_closed(content, look, plan_year):
    plan_year.status = PlanYear.Status.FINALIZED
    again = filled(content, plan_year, {(OURS, "result"): "おくれた文"})
    words = "令和6年度は「確定」なので、変えられません。まちがいを見つけたときは、福祉総務課に知らせてください。"
    assert refusals(look(again)) == [f"I2：{words}"]


def test_a_row_whose_part_is_gone(content, look, parts):
    parts[OURS].delete()
    assert refusals(look(content)) == [
        "2行目：番号「1-1-1-1」の取組は、いまは高齢課の分がありません。福祉総務課に聞いてください。"
    ]


def test_who_lost_the_lead_meanwhile_may_not_write_the_leads_cells(content, look, plan_year, parts):
    InitiativeDepartment.objects.filter(initiative__code=OURS).update(role="related")
    again = filled(content, plan_year, {(OURS, "next_target"): "20件"})
    assert refusals(look(again)) == ["M2：この欄は、主担当の課が書きます。このセルを空にしてください。"]


def test_another_plan_with_the_same_numbers(content, look, department):
    other = PlanYearFactory(plan=PlanFactory(name="べつの計画"), fiscal_year=2024)
    make_entry(make_initiative(other.plan, OURS, department), status=S.DRAFT)
    words = "これは「試験市地域福祉計画」の調査票です。いま開いているのは「べつの計画」です。計画を切り替えてください。"
    assert refusals(look(content, year=other)) == [f"2～4行目：{words}"]


# --- Understood -----------------------------------------------------------------------------------------------


def moved_columns(sheet, at):
    """The columns in the opposite order."""
    rows = [[cell.value for cell in row][::-1] for row in sheet.iter_rows()]
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column).value = value


def title_above(sheet, at):
    sheet.insert_rows(1)
    sheet["A1"] = "高齢課の調査票"


def extra_sheet(sheet, at):
    sheet.parent.create_sheet("メモ")["A1"] = "気をつけること"


def hidden_extra(sheet, at):
    extra = sheet.parent.create_sheet("隠し")
    extra["A1"], extra["B1"], extra.sheet_state = "番号", "確認用の値", "hidden"


def without_context(sheet, at):
    for name in ("state", "last_result", "last_issues", "owners", "name"):
        sheet.delete_cols(at[name])


def notes_beside(sheet, at):
    sheet.cell(1, len(at) + 1).value = "課内のメモ"
    sheet.cell(2, len(at) + 1).value = "=LEN(I2)"


UNDERSTOOD = {
    "full-width number": lambda sheet, at: setattr(sheet["A2"], "value", "１－１－１－１"),
    "number with other dashes": lambda sheet, at: setattr(sheet["A2"], "value", "1ー1−1‐1"),
    "full-width year": lambda sheet, at: setattr(sheet.cell(2, at["year"]), "value", "令和６年度"),
    "spaces in the department": lambda sheet, at: setattr(sheet.cell(2, at["department"]), "value", "高齢課　"),
    "check in small letters": lambda sheet, at: setattr(sheet.cell(2, at["check"]), "value", sheet.cell(2, at["check"]).value.lower()),
    "heads in full width": lambda sheet, at: setattr(sheet.cell(1, at["result"]), "value", "令和６年度の　実績"),
    "rows deleted": lambda sheet, at: sheet.delete_rows(3, 2),
    "blank rows": lambda sheet, at: sheet.insert_rows(3, 4),
    "rows in another order": lambda sheet, at: sheet.move_range("A2:S2", rows=5),
    "columns in another order": moved_columns,
    "sheet renamed": lambda sheet, at: setattr(sheet, "title", "Sheet1"),
    "title above": title_above,
    "extra sheet": extra_sheet,
    "hidden extra sheet": hidden_extra,
    "guidance deleted": lambda sheet, at: sheet.parent.remove(sheet.parent["記入のしかた"]),
    "last year's columns deleted": without_context,
    "notes beside the table": notes_beside,
    "protection taken off": lambda sheet, at: sheet.protection.disable(),
    "lists taken off": lambda sheet, at: sheet.data_validations.dataValidation.clear(),
}  # fmt: skip


@pytest.mark.parametrize("name", UNDERSTOOD)
@pytest.mark.parametrize("rewrite", [False, True], ids=["as saved", "by a gateway"])
def test_an_honest_file_is_understood(name, rewrite, content, look, plan_year):
    """One cell is filled: exactly that one changes, whatever else was done to the file."""
    written = filled(content, plan_year, {(OURS, "result"): "12件行った。"})
    again = edited(written, lambda sheet: UNDERSTOOD[name](sheet, columns(plan_year)))
    if rewrite and name not in ("sheet renamed", "notes beside the table", "hidden extra sheet"):
        again = cleansed(again)
    seen = look(again)
    assert refusals(seen) == []
    assert [(cell.code, cell.name, cell.text) for cell in seen.changes] == [(OURS, "result", "12件行った。")]


@pytest.mark.parametrize(
    ("name", "value", "number_format", "kept", "note"),
    [
        ("self_rating", "Ｂ", None, "B", "「Ｂ」をBとして読みます。"),
        ("self_rating", "b", None, "B", "「b」をBとして読みます。"),
        ("self_rating", " B ", None, "B", "「 B 」をBとして読みます。"),
        ("result", 12, "General", "12", ""),
        ("result", 12, '0"件"', "12件", ""),
        ("result", 0.125, "0.0%", "12.5%", ""),
        ("result", 1234, "#,##0", "1,234", ""),
        ("result", "①㈱ＡＢＣ", None, "①㈱ＡＢＣ", ""),
        ("result", "外字\ue000", None, "外字\ue000", ""),
        ("result", "が", None, "が", ""),
        ("result", "一\r\n二\r三", None, "一\n二\n三", ""),
        ("result", "2024-04-01", None, "2024-04-01", ""),
        ("issues", "(消す)", None, "", ""),
    ],
)  # fmt: skip
def test_a_value_is_understood(name, value, number_format, kept, note, content, look, plan_year):
    def change(sheet):
        cell = cell_of(sheet, plan_year, OURS, name)
        cell.value = value
        cell.number_format = number_format or "@"

    (cell,) = look(edited(content, change)).changes
    assert (cell.name, cell.text, cell.note) == (name, kept, note)


def test_a_closed_row_left_alone_is_no_obstacle(content, look, plan_year, parts):
    EntryPart.objects.filter(pk=parts[OURS].pk).update(status=S.SUBMITTED)
    seen = look(filled(content, plan_year, {(JOINT, "result"): "書いた。"}))
    assert refusals(seen) == []
    assert [(cell.code, cell.name) for cell in seen.changes] == [(JOINT, "result")]


def test_a_target_that_was_changed_is_answered_in_words(content, look, plan_year):
    seen = look(edited(content, lambda sheet: put(OURS, "target", "100件")(sheet, plan_year)))
    assert seen.changes_nothing
    assert [(cell.place, cell.label, cell.note) for cell in seen.noted] == [
        ("H2", "目標", "今年度の目標は、Excelでは変えられません。いまの目標のままにします。")
    ]


def test_sheets_that_were_not_read_are_named(content, look, plan_year):
    assert look(edited(content, lambda sheet: extra_sheet(sheet, None))).passed_over == ["メモ"]


def test_a_sheet_full_of_copied_rows_is_told_in_time(content, look, plan_year, department):
    """Trying 1,900 rows with every number of the department would take its time."""
    for number in range(10, 50):
        make_entry(make_initiative(plan_year.plan, f"1-1-2-{number}", department), status=S.DRAFT)

    def copy(sheet):
        row = [cell.value for cell in sheet[2]]
        for number in range(1_900):
            sheet.append([f"9-9-9-{number}", *row[1:-1], "A" * 30 + "-" + "B" * 10])

    hostile = edited(content, copy)
    start = time.perf_counter()
    assert refusals(look(hostile))[-1].endswith(CHECK)
    assert time.perf_counter() - start < 3


def test_a_workbook_of_somebody_else(look, parts):
    book = openpyxl.Workbook()
    book.active["A1"] = "給与明細"
    with pytest.raises(WorkbookRefused) as refused:
        look(saved(book))
    assert str(refused.value) == NO_TABLE
