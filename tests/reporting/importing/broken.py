"""Workbooks with something wrong, each made from the small one."""

import datetime

from tests import workbooks
from tests.reporting.importing import small


def edited(change):
    """A workbook with one change: change(book)."""
    book = small.workbook()
    change(book)
    return small.content(book)


def cell(sheet, name, value, number_format=None):
    def change(book):
        book[sheet][name] = value
        if number_format:
            book[sheet][name].number_format = number_format

    return edited(change)


def missing_column(book):
    book["目標1"].delete_cols(7)


def doubled_column(book):
    book["目標1"]["L3"] = "R6実績"


def duplicate_code(book):
    book["目標1"]["B5"] = "1-1-1-1"


def no_head(book):
    book["目標1"].delete_rows(3)


def no_title(book):
    book["目標1"]["A1"] = "声かけ"


def other_plan(book):
    book["目標2"]["A1"] = "ほかの計画　取組調査票（令和6年度実施分）　目標2　子どもの居場所"


def renamed_plan(book):
    for sheet in book:
        sheet["A1"] = sheet["A1"].value.replace("みなと市福祉計画", "みなと市健康計画")


def no_indicator_header(book):
    book["成果指標"].delete_rows(6)


def other_unit(book):
    book["成果指標"]["C18"].number_format = '0"件"'


def not_a_percentage(book):
    book["成果指標"]["D7"].number_format = "General"


def long_name(book):
    book["目標1"]["C4"] = "長" * 201


def no_scale(book):
    for sheet in ("目標1", "目標2"):
        book[sheet]["A2"] = "評価区分"


def without_goals(book):
    del book["目標1"], book["目標2"]


def hidden(book):
    book["目標2"].sheet_state = "hidden"


def renamed(book):
    book["目標1"].title = "Sheet1"


def extra_sheet(book):
    book.create_sheet("記入のしかた")["A1"] = "黄色の欄に書いてください。"


def extra_column(book):
    book["目標1"]["L3"] = "備考欄"


def error_cell(book):
    book["目標1"]["I4"] = "#REF!"
    book["目標1"]["I4"].data_type = "e"


FILES = workbooks.files("目標1", workbooks.parts_of(small.content()))
# name: (workbook, each problem in words)
REFUSED = {
    "wrong year": (lambda: small.content(), [
        "シート「目標1」のA1（題）「令和6年度」：令和5年度の取り込みです。年度の合うファイルを選ぶか、年度を直してください。",
    ]),
    "rating E": (lambda: cell("目標1", "J4", "E"), [
        "シート「目標1」のJ4（R6評価）「E」：評価「E」は使えません。A、B、C、Dのどれか1つを書いてください。",
    ]),
    "two ratings": (lambda: cell("目標1", "J4", "A〜B"), [
        "シート「目標1」のJ4（R6評価）「A〜B」：評価「A〜B」は使えません。A、B、C、Dのどれか1つを書いてください。",
    ]),
    "text in a number": (lambda: cell("成果指標", "D7", "約5７％"), [
        "シート「成果指標」のD7（実績 A、R6）「約5７％」：数として読めません。数字と単位だけを書いてください（数がないときは「未実施」「設定なし」「検討中」）。",
    ]),
    "number too long": (lambda: cell("成果指標", "D7", "1e1000000"), [
        "シート「成果指標」のD7（実績 A、R6）「1e1000000」：数として読めません。数字と単位だけを書いてください（数がないときは「未実施」「設定なし」「検討中」）。",
    ]),
    "duplicate code": (lambda: edited(duplicate_code), [
        "シート「目標1」のB5（番号）「1-1-1-1」：同じ番号がシート「目標1」のB4（番号）にもあります。どちらかの番号を直してください。",
    ]),
    "code as date": (lambda: cell("目標1", "B4", datetime.date(2001, 1, 1)), [
        "シート「目標1」のB4（番号）「2001-01-01」：Excelが日付に変えています。セルの書式を「文字列」にして、打ち直してください。",
    ]),
    "formula": (lambda: cell("目標1", "I4", '=HYPERLINK("http://example.com","x")'), [
        "シート「目標1」のI4（R6実績）：計算式が入っています。セルをコピーし、「値の貼り付け」で値だけにしてください。",
    ]),
    "error cell": (lambda: edited(error_cell), [
        "シート「目標1」のI4（R6実績）：計算のエラーになっています。値を打ち直してください。",
    ]),
    "missing column": (lambda: edited(missing_column), [
        "シート「目標1」の3行目：列「R6目標」がありません。見出しの行を元に戻してください。",
    ]),
    "column twice": (lambda: edited(doubled_column), [
        "シート「目標1」のL3「R6実績」：同じ見出しの列が2つあります。1つにしてください。",
    ]),
    "no heading": (lambda: edited(no_head), [
        "シート「目標1」の1～10行目：表の見出し（番号、取組名）がありません。見出しの行を元に戻してください。",
    ]),
    "no title": (lambda: edited(no_title), [
        "シート「目標1」の1行目「声かけ」：題がありません。「○○計画　取組調査票（令和6年度実施分）　目標1　目標の名前」のように書いてください。",
    ]),
    "another plan": (lambda: edited(other_plan), [
        "シート「目標2」のA1（題）「ほかの計画」：計画の名前が、シート「目標1」の「みなと市福祉計画」と違います。そろえてください。",
    ]),
    "code of another goal": (lambda: cell("目標1", "B5", "3-1-1-1"), [
        "シート「目標1」のB5（番号）「3-1-1-1」：このシートは目標1です。番号を直すか、行を移してください。",
    ]),
    "goal twice": (lambda: cell("目標2", "A1", small.TITLE.format(1, "見守りの輪")), [
        "シート「目標2」のA1（題）「目標1」：シート「目標1」も目標1です。どちらかを直してください。",
    ]),
    "no code": (lambda: cell("目標1", "B5", None), [
        "シート「目標1」のB5（番号）：番号がありません。取組の番号を書くか、行を消してください。",
    ]),
    "no department": (lambda: cell("目標1", "E4", None), [
        "シート「目標1」のE4（担当課名）：担当課がありません。課の名前を書いてください。",
    ]),
    "original unknown": (lambda: cell("目標2", "E6", "【再掲9-9-9-9】声かけ運動の推進"), [
        "シート「目標2」のE6（取組名）「9-9-9-9」：再掲元の取組がありません。再掲元の番号を直してください。",
    ]),
    "cross-listing of itself": (lambda: cell("目標2", "E6", "【再掲2-2-1-1】声かけ運動の推進"), [
        "シート「目標2」のE6（取組名）「2-2-1-1」：自分自身の再掲になっています。再掲元の番号を直してください。",
    ]),
    "invisible character": (lambda: cell("目標1", "I4", "声かけ\u202eを行った"), [
        "シート「目標1」のI4（R6実績）「声かけ を行った」：目に見えない文字（U+202E）が入っています。その部分を打ち直してください。",
    ]),
    "name too long": (lambda: edited(long_name), [
        "シート「目標1」のC4（取組名）「長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長長…」：201字あります。200字までにしてください。",
    ]),
    "column of another year": (lambda: cell("目標1", "I3", "R5実績"), [
        "シート「目標1」のI3「R5実績」：令和6年度の取り込みです。列の年度を確かめてください。",
        "シート「目標1」の3行目：列「R6実績」がありません。見出しの行を元に戻してください。",
    ]),
    "no years over figures": (lambda: edited(no_indicator_header), [
        "シート「成果指標」のA6「実績 A」：どの指標の行か、わかりません。「◆ 指標の名前」と年度の行の下に置いてください。",
        "シート「成果指標」のA7「目標値 B」：どの指標の行か、わかりません。「◆ 指標の名前」と年度の行の下に置いてください。",
        "シート「成果指標」のA8「達成率 A/B」：どの指標の行か、わかりません。「◆ 指標の名前」と年度の行の下に置いてください。",
        "シート「成果指標」のA9「評価」：どの指標の行か、わかりません。「◆ 指標の名前」と年度の行の下に置いてください。",
    ]),
    "other unit": (lambda: edited(other_unit), [
        "シート「成果指標」のC18（就職した人（参考）、R5）「42件」：単位が「件」です。この指標の単位は「人」です。単位をそろえてください。",
    ]),
    "no percent sign": (lambda: edited(not_a_percentage), [
        "シート「成果指標」のD7（実績 A、R6）「0.577」：単位がありません。この指標の単位は「%」です。単位をそろえてください。",
    ]),
    "no scale": (lambda: edited(no_scale), [
        "シート「目標1」の1行目：評価区分がありません。2行目に「A：75%～ …」のように書いてください。",
    ]),
    "no goals": (lambda: edited(without_goals), [
        "このファイル：取組調査票のシートがありません。1行目が「○○計画　取組調査票（令和○年度実施分）　目標1　…」のシートを入れてください。",
    ]),
}  # fmt: skip
