"""A small report of our own making, in the officers' layout, as a workbook and as a directory.

みなと市 has two goals (the second joined in 令和6年度), five initiatives of which one a cross-listing, three departments,
a partner and two indicators, one of them a ratio.
"""

import csv
import io
import json
from pathlib import Path

import openpyxl

TITLE = "みなと市福祉計画　取組調査票（令和6年度実施分）　目標{}　{}"
SCALE = (
    "評価区分（各取組のR6目標に対する達成率）　A：75%～ よくできた。　B：50%～ おおむねできた。"
    "　C：25%～ あまりできなかった。　D：0%～ できなかった。"
)
USUAL = [
    "目標", "番号", "取組名", "取組内容", "担当課名", "R1実績\n(初期値)", "R6目標", "R7目標", "R6実績", "R6\n評価",
    "R6の取組における課題と課題解決に向けてR7に予定している取組(対応)について記載してください。",
]  # fmt: skip
NEW = [
    "目標", "施策", "具体的な方向性", "番号", "取組名", "取組内容", "担当課名", "R6実績\n(初期値)", "R7目標", "R6\n評価",
    "R6の取組における課題と課題解決に向けてR7予定している取組（対応）",
]  # fmt: skip
FIRST = [
    ["1\n（目標1）\n見守りの輪", "1-1-1-1", "声かけ運動\nの推進", "あいさつを広めます。", "福祉課\n(市社協)", "-", "継続", "継続",
     "声かけを12回行った。", "A", "回数を増やす。"],
    [None, "1-1-1-2", "見守り会議※R4新規", "会議を開きます。", "福祉課\n防災課（地域担当）", "2回", "3回", "4回",
     "【福祉課】\n会議を3回開いた。\n【防災課】\n地図を配った。", "B", "(防災課)\n地図を直す。\n(福祉課)\n回数を増やす。"],
    [None, "1-1-2-1", "訓練の実施", "訓練をします。", "防災課\n福祉課", "1回", "2回", "2回",
     "訓練を2回行った。", "C", "参加者が少ない。"],
]  # fmt: skip
SECOND = [
    ["2\n～ 目標2 ～\n子どもの居場所", "(1) 広報", "①知らせる", "2-1-1-1", "ちらしの配布", "ちらしを配ります。",
     "こども課\n※関係する課", "取組開始", "継続", "A", "配る先を増やす。"],
    [None, "※この取組は三つの課で進めています。", None, None, None, None, None, None, None, None, None],
    [None, "(2) 場づくり", "①集まる", "2-2-1-1", "【再掲1-1-1-1】声かけ運動の推進", "あいさつを広めます。", "福祉課\n(市社協)",
     "声かけを12回行った。", "継続", "A", "回数を増やす。"],
]  # fmt: skip
INDICATORS = [
    ["みなと市福祉計画　成果指標（令和6年度実施分）"],
    [],
    ["目標 1", "見守りの輪"],
    ["成果指標"],
    ["◆ 安心して暮らせると思う人の割合"],
    [None, "初期値", "R5", "R6", "R7"],
    ["実績 A", 0.56, "未実施", 0.577],
    ["目標値 B", None, 0.6, 0.6, 0.7],
    ["達成率 A/B", None, "—", 0.962, 0],
    ["評価", None, None, "A"],
    ["出典「市民アンケート」より"],
    [],
    ["目標 2", "子どもの居場所"],
    ["成果指標"],
    ["◆ 相談から就職した人の割合"],
    [None, "初期値", "R5", "R6", "R7"],
    ["新しい相談", 200, 1050, 320],
    ["就職した人（参考）", 8, 42, 64],
    ["就職した割合 A", 0.04, 0.04, 0.2],
    ["目標値 B", None, "設定なし", 0.25, "検討中"],
    ["達成率 A/B", None, None, 0.8],
    ["評価", None, None, "A"],
    ["出典「相談の記録」より"],
]
FORMATS = {7: "0.0%", 8: "0.0%", 9: "0.0%", 17: '0"件"', 18: '0"人"', 19: "0.0%", 20: "0.0%", 21: "0.0%"}


def workbook() -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    first = book.active
    first.title = "目標1"
    for row in ([TITLE.format(1, "見守りの輪")], [SCALE], USUAL, *FIRST):
        first.append(row)
    first.merge_cells("A1:K1")
    first.merge_cells("A2:K2")
    first.merge_cells("A4:A6")
    second = book.create_sheet("目標2")
    for row in ([TITLE.format(2, "子どもの居場所")], [SCALE], NEW, *SECOND):
        second.append(row)
    second.merge_cells("A4:A6")
    second.merge_cells("B5:K5")
    indicators = book.create_sheet("成果指標")
    for row in INDICATORS:
        indicators.append(row)
    for row, code in FORMATS.items():
        for cell in indicators[row]:
            cell.number_format = code
    indicators["C17"].number_format = '#,##0"件"'
    return book


def content(book: openpyxl.Workbook | None = None) -> bytes:
    file = io.BytesIO()
    (book or workbook()).save(file)
    return file.getvalue()


# --- The same as a directory ------------------------------------------------------------------------

TABLES = {
    "goals.csv": [
        ["number", "name", "overview", "new_in_fiscal_year"],
        ["1", "見守りの輪", "・みんなで見守ります。", ""],
        ["2", "子どもの居場所", "・居場所をつくります。", "R6"],
    ],
    "policies.csv": [
        ["goal", "number", "code", "name"],
        ["1", "1", "1-1", "つながり"],
        ["2", "1", "2-1", "広報"],
        ["2", "2", "2-2", "場づくり"],
    ],
    "directions.csv": [
        ["policy", "number", "code", "name", "note"],
        ["1-1", "1", "1-1-1", "", ""],
        ["1-1", "2", "1-1-2", "", ""],
        ["2-1", "1", "2-1-1", "知らせる", ""],
        ["2-2", "1", "2-2-1", "集まる", ""],
    ],
    "initiatives.csv": [
        ["goal", "code", "name", "reprint_of", "new_in", "description", "departments", "partner", "baseline_r1",
         "target_r6", "target_r7", "result_r6", "rating_r6", "issues_and_plan", "note"],
        ["1", "1-1-1-1", "声かけ運動の推進", "", "", "あいさつを広めます。", "福祉課", "市社協", "-", "継続", "継続",
         "声かけを12回行った。", "A", "回数を増やす。", ""],
        ["1", "1-1-1-2", "見守り会議", "", "R4", "会議を開きます。", "福祉課;防災課", "", "2回", "3回", "4回",
         "【福祉課】\n会議を3回開いた。\n【防災課】\n地図を配った。", "B", "(防災課)\n地図を直す。\n(福祉課)\n回数を増やす。",
         "担当課名欄に「防災課（地域担当）」と印刷"],
        ["1", "1-1-2-1", "訓練の実施", "", "", "訓練をします。", "防災課;福祉課", "", "1回", "2回", "2回",
         "訓練を2回行った。", "C", "参加者が少ない。", ""],
        ["2", "2-1-1-1", "ちらしの配布", "", "", "ちらしを配ります。", "こども課", "", "", "", "継続", "取組開始", "A",
         "配る先を増やす。", "※関係する課\n※この取組は三つの課で進めています。"],
        ["2", "2-2-1-1", "声かけ運動の推進", "1-1-1-1", "", "あいさつを広めます。", "福祉課", "市社協", "", "", "継続",
         "声かけを12回行った。", "A", "回数を増やす。", ""],
    ],
    "indicators.csv": [
        ["indicator_id", "name", "unit", "source", "goals"],
        ["I01", "安心して暮らせると思う人の割合", "%", "出典「市民アンケート」より", "1"],
        ["I02", "相談から就職した人の割合", "%", "出典「相談の記録」より", "2"],
    ],
    "indicator_values.csv": [
        ["indicator_id", "fiscal_year", "actual", "target", "printed_rate", "printed_rating"],
        ["I01", "初期値", "56.0%", "", "", ""],
        ["I01", "R5", "未実施", "60.0%", "—", ""],
        ["I01", "R6", "57.7%", "60.0%", "96.2%", "A"],
        ["I01", "R7", "", "70.0%", "0.0%", ""],
        ["I02", "初期値", "4.0%", "", "", ""],
        ["I02", "R5", "4.0%", "設定なし", "", ""],
        ["I02", "R6", "20.0%", "25.0%", "80.0%", "A"],
        ["I02", "R7", "", "検討中", "", ""],
    ],
    "indicator_components.csv": [
        ["indicator_id", "component", "fiscal_year", "value"],
        ["I02", "新しい相談", "初期値", "200件"],
        ["I02", "新しい相談", "R5", "1,050件"],
        ["I02", "新しい相談", "R6", "320件"],
        ["I02", "就職した人（参考）", "初期値", "8人"],
        ["I02", "就職した人（参考）", "R5", "42人"],
        ["I02", "就職した人（参考）", "R6", "64人"],
        ["I02", "就職した割合 A", "R6", "20.0%"],
    ],
}  # fmt: skip
CHAPTERS = {
    "report": {
        "title": "みなと市福祉計画 推進状況報告書（令和6年度実施分）",
        "publisher": "みなと市 福祉部 福祉課",
        "philosophy": "ともに\n暮らす",
        "intro": "この報告書は、一年のまとめです。",
        "sections": [
            {"number": "1", "heading": "進め方", "text": "毎年、確かめます。"},
            {"number": "2", "heading": "結果", "text": "次のとおりです。", "items": ["①動き", "②進み"]},
        ],
        "rating_scale": [
            {"rating": letter, "rate_min": bound, "points": points, "definition": words}
            for letter, bound, points, words in (
                ("A", 75, 3, "よくできた。"), ("B", 50, 2, "おおむねできた。"),
                ("C", 25, 1, "あまりできなかった。"), ("D", 0, 0, "できなかった。"),
            )
        ],
        "overall_committee_review": "よい一年でした。",
        "overall_committee_review_heading": "全体",
    },
    "goals": [
        {
            "goal": 1,
            "social_trends_national": "国が動きました。",
            "city_events": [{"when": "令和4年4月", "what": "窓口を開きました。"}],
            "progress_indicators_text": "少し上がりました。",
            "main_efforts": ["・会議", "・訓練"],
            "needed_direction": "輪を広げます。",
            "direction_section_heading": "これから",
            "vision": ["・だれもが安心"],
            "vision_heading": "めざす姿",
            "footnotes": [{"number": "1", "text": "窓口は市役所にあります。"}],
            "summary": "進みました。",
            "summary_heading": "目標1",
            "committee_review": "続けてください。",
            "committee_review_heading": "目標1について",
        }
    ],
}  # fmt: skip


def write_directory(path: Path) -> Path:
    for name, rows in TABLES.items():
        with (path / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
    (path / "chapters.json").write_text(json.dumps(CHAPTERS, ensure_ascii=False), encoding="utf-8")
    return path
