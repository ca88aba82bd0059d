"""Sample values for the page of components (/components/), where every part of the screens can be looked at."""

from types import SimpleNamespace

from django import forms
from django.core.paginator import Paginator
from django.utils.safestring import SafeString

from indicators import charts

YEARS = ["令和2", "令和3", "令和4", "令和5", "令和6", "令和7"]
SHORT_YEARS = ["R2", "R3", "R4", "R5", "R6", "R7"]
ACTUAL = [None, 52.7, 53.2, 51.8, 57.7, None]
TARGET = [56.0, 58.8, 61.6, 64.4, 67.2, 70.0]
GAPS = ["未実施", "", "", "", "", "未入力"]
RATINGS = [
    ("目標1　総合的な相談体制の確立", {"A": 16, "B": 2}),
    ("目標3　地域における福祉活動や人材への支援", {"A": 23, "B": 2, "C": 1}),
    ("目標4　地域生活支援と権利擁護", {"A": 83, "B": 26, "D": 1}),
    ("目標6　ケアラーへの支援", {"A": 25, "B": 5, "": 1}),
]
DONE = [0, 3, 5, 9, 15, 15, 15, 22, 30, 40, 52, 60, 60, 60, 75, 88, 99, 110, 122, 122, 122, 122, 143]
# Variable of app.css, colour, DADS name, contrast on white, where it is used.
COLOURS = [
    ("--ink", "#1a1a1a", "gray-900", "17.40", "本文、見出し、表の太い線"),
    ("--ink-2", "#4d4d4d", "gray-700", "8.45", "補足、ラベル、日付"),
    ("--ink-3", "#666666", "gray-600", "5.74", "0の数字（職員の画面だけ）"),
    ("--key", "#0055ad", "light-blue-900", "7.23", "リンク、主なボタン、今いる場所"),
    ("--key-hover", "#00428c", "light-blue-1000", "9.73", "重ねたとき、評価A"),
    ("--ok", "#115a36", "green-900", "8.27", "承認済、保存しました"),
    ("--warn", "#8b3200", "orange-1000", "8.22", "確かめてほしいこと、差戻し"),
    ("--warn-line", "#c74700", "orange-800", "4.85", "注意の枠と記号"),
    ("--err", "#ce0000", "red-900", "5.79", "必須、エラーの枠と記号"),
    ("--err-ink", "#a90000", "red-1000", "7.82", "エラーの文、評価D"),
    ("--field", "#666666", "gray-600", "5.74", "入力欄の枠（3以上が必要）"),
    ("--line", "#cccccc", "gray-200", "1.61", "区切りの細い線（飾り）"),
]


class SampleForm(forms.Form):
    result = forms.CharField(
        label="令和7年度の実績",
        help_text="何を、どれだけ行ったかを書いてください。",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    amount = forms.DecimalField(
        label="実績の数",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={"invalid": "数字だけを書いてください。「約22」の「約」を消してください。"},
    )
    department = forms.ChoiceField(
        label="担当課", required=False, choices=[("", "選んでください"), ("1", "介護保険課"), ("2", "障害福祉課")]
    )
    rating = forms.ChoiceField(
        label="評価",
        widget=forms.RadioSelect,
        choices=[("A", "A　目標に向け順調に実施できた"), ("B", "B　おおむね実施できたが、不十分な点が少しある")],
        error_messages={"required": "評価を1つ選んでください。"},
    )
    file = forms.FileField(label="調査票のファイル", required=False)
    cross_listed = forms.BooleanField(label="再掲を含める", required=False)


def context() -> dict:
    return {
        "nav": [
            SimpleNamespace(label=label, url="#", current=label == "取組", count=count)
            for label, count in (
                ("進捗", 0),
                ("確認", 23),
                ("取組", 0),
                ("成果指標", 0),
                ("集計", 0),
                ("委員会", 4),
                ("報告書", 0),
                ("管理", 0),
            )
        ],
        "plan_bar": SimpleNamespace(
            plan_name="鎌倉市地域福祉計画",
            year_label="令和7年度実施分",
            state_label="受付中",
            deadline_label="各課の提出期限 12月4日（金）",
            days_left_label="あと10日",
            switch_url="#",
        ),
        "city": {"city_name": "鎌倉市", "office_name": "福祉総務課", "contact": "内線 2347"},
        "user": SimpleNamespace(name="小川 千尋", get_role_display="福祉総務課", is_authenticated=True),
        "crumbs": [("管理", "#"), ("部品の一覧", "")],
        "states": ["not_started", "draft", "awaiting_manager", "submitted", "approved", "returned", "late", "auto"],
        "by_state": {
            "returned": 9,
            "not_started": 47,
            "draft": 44,
            "awaiting_manager": 27,
            "submitted": 23,
            "approved": 120,
        },
        "by_rating": {"A": 83, "B": 26, "C": 4, "D": 4, "": 3},
        "form": SampleForm(),
        "wrong_form": SampleForm({"result": "自主防災リーダー養成研修会を2回開催した。", "amount": "約22"}),
        "page_obj": Paginator(range(239), 15).page(4),
        "charts": _charts(),
        "colours": COLOURS,
    }


def _charts() -> dict[str, SafeString]:
    title = "相談できる人や場があると思う市民の割合の推移"
    days = [f"11月{day}日" for day in range(2, 31)] + [f"12月{day}日" for day in range(1, 5)]
    return {
        "line_wide": charts.actual_vs_target("g1", title, YEARS, ACTUAL, TARGET, missing=GAPS),
        "line_narrow": charts.actual_vs_target("g2", title, SHORT_YEARS, ACTUAL, TARGET, missing=GAPS, narrow=True),
        "line_note": charts.axis_note(ACTUAL, TARGET),
        "rows_wide": charts.rating_rows("g3", "目標ごとの評価", RATINGS),
        "rows_narrow": charts.rating_rows("g4", "目標ごとの評価", RATINGS, width=356, above=True),
        "pace": charts.pace("g5", "提出された件数の推移", days, DONE, 270, 32, width=356),
        "spark": charts.spark(ACTUAL, TARGET),
    }
