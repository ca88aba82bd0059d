"""The checks over a whole report: what each finds, and what looks alike and is right."""

import dataclasses
from decimal import Decimal

import pytest

from reporting.checks.run import CHECKS, WHOLE, run
from reporting.snapshot import DepartmentTally, PublishedOpinion
from tests.reporting.checks.report_factory import context, goal, indicator, report, row, tally

TOLD = "地域包括支援センターの職員に向けた研修を毎月重ねて、支え合う仕組みを広げることができた。"


def found(check: str, *goals, **fields) -> list[tuple[str, str, str]]:
    return sorted((one.place.ref, one.found, one.expected) for one in run(context(*goals, **fields), [check]))


def two_goals():
    return goal(1, row("1-1-1-1"), row("1-1-1-2", rating="B")), goal(2, row("2-1-1-1"))


# --- Tables -------------------------------------------------------------------------------------------

PRINTED = {
    "totals/1/count": "2件", "totals/1/A": "1件", "totals/1/B": "1件", "totals/1/C": "0件", "totals/1/D": "0件",
    "totals/1/points": "5/6", "totals/1/rate": "83%", "totals/1/overall": "A",
    "totals/2/count": "1件", "totals/2/A": "1件", "totals/2/B": "0件", "totals/2/C": "0件", "totals/2/D": "0件",
    "totals/2/points": "3/3", "totals/2/rate": "100%", "totals/2/overall": "A",
    "totals/all/count": "3件", "totals/all/A": "2件", "totals/all/B": "1件", "totals/all/C": "0件", "totals/all/D": "0件",
    "totals/all/points": "8/9", "totals/all/rate": "89%", "totals/all/overall": "A",
}  # fmt: skip


def test_totals_that_add_up():
    assert found("totals", *two_goals(), claims=PRINTED) == []
    assert found("totals", *two_goals()) == []  # nothing printed, nothing claimed


def test_totals_against_rows_columns_and_their_own_sum():
    claims = PRINTED | {"totals/2/A": "0件", "totals/all/A": "3件", "totals/all/rate": "90%"}
    assert found("totals", *two_goals(), claims=claims) == [
        ("totals:2/A", "0件", "1件"),
        ("totals:2/B+C+D", "A0 ＋ B0 ＋ C0 ＋ D0、件数1", "合計1件"),
        ("totals:all/A", "3件", "1件"),
        ("totals:all/A", "3件", "2件"),
        ("totals:all/B+C+D", "A3 ＋ B1 ＋ C0 ＋ D0、件数3", "合計3件"),
        ("totals:all/rate", "90%", "89%"),
    ]


def test_totals_of_indicators():
    claims = {"indicator_totals/A/count": "2", "indicator_totals/A/share": "100%", "indicator_totals/all/count": "1"}
    indicators = [indicator("I01", {2024: ("80", "100")})]
    assert found("totals", goal(1), claims=claims, indicators=indicators) == [("totals:indicators/A", "2", "1")]


def test_indicator_figures():
    values = {2020: (None, "50"), 2023: ("51.8", "64.4"), 2024: (None, "30", "58", "335"), 2025: (None, "70")}
    claims = {
        "indicators/I01/2020//rate": "—", "indicators/I01/2020//rating": "", "indicators/I01/2020/4/rating": "A",
        "indicators/I01/2023//rate": "80.4%", "indicators/I01/2023//rating": "A",
        "indicators/I01/2024//rate": "56.6%", "indicators/I01/2024//rating": "", "indicators/I01/2024//actual": "17.0%",
        "indicators/I01/2025//rate": "0.0%", "indicators/I99/2024//rate": "1%",
    }  # fmt: skip
    assert found("indicator_figures", goal(1), claims=claims, indicators=[indicator("I01", values)]) == [
        ("I01/R2", "評価A", "空欄"),
        ("I01/R6", "実績17.0％", "17.3％"),
        ("I01/R6", "評価が空欄", "B"),
        ("I01/R6", "達成率56.6％", "57.7％"),
        ("I01/R7", "達成率0.0％", "空欄"),
    ]


# --- Chapters -----------------------------------------------------------------------------------------


def chapter_counts(text: str, **fields):
    rows = [row(f"1-1-1-{number}", rating="B" if number > 16 else "A") for number in range(1, 19)]
    return [(one, two) for _, one, two in found("chapter_counts", goal(1, *rows, sections={"progress_initiatives": text}), **fields)]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("具体的な取組18件のうち、A評価は16件で、全体の約88%である。", [("全体の約88%", "約89％")]),
        ("具体的な取組１８件のうち、A評価は１６件で、全体の約89％である。", []),
        ("取組20件のうちA評価は15件である。", [("A評価は15件", "16件"), ("取組20件", "18件")]),
        ("相談件数は25件である。", []),
    ],
)
def test_counts_and_shares_in_a_chapter(text, told):
    assert sorted(chapter_counts(text)) == sorted(told)


def test_an_indicator_by_its_name():
    text = "「名簿の提供割合の指標」について、目標値100%に対して、令和6年度の実績値は{}%である。"
    one = indicator("I01", {2024: ("69.3", "100")}, name="名簿の提供割合の指標")

    def told(value):
        section = {"progress_indicators": text.format(value)}
        return found("chapter_counts", goal(1, sections=section), indicators=[one])

    assert told("69.3") == []
    assert told("70.3") == [("goal1:progress_indicators", "実績値 70.3%", "69.3％")]


def test_the_size_of_the_plan():
    goals = goal(1, row("1-1-1-1")), goal(2, row("2-1-1-1"), is_new=True)
    text = "本計画は1つの基本目標、1の施策、1種に分類された{}の取組で構成し、新たに1の取組を加えた。"
    assert found("chapter_counts", *goals, sections={"foreword": text.format(1)}) == []
    assert found("chapter_counts", *goals, sections={"foreword": "本計画は2つの目標、2の取組で構成する。"}) == []
    wrong = found("chapter_counts", *goals, sections={"foreword": text.format(3)})
    assert wrong == [("report:foreword", "3の取組", "1の取組")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "各成果指標の実績値は、前年度と比べ約6%上昇している。",
            [("前年度と比べ約6%上昇", "前年度と比べ約6ポイント上昇")],
        ),
        ("各成果指標の実績値は、前年度と比べ約6ポイント上昇している。", []),
        ("成果指標の実績値は、前年度と比べ約9%上昇している。", [("前年度と比べ約9%上昇", "I01 +5.9ポイント")]),
        (
            "成果指標の実績値は、前年度と比べ、ほぼ横ばいとなっている。",
            [("前年度と比べ、ほぼ横ばい", "I01 +5.9ポイント")],
        ),
        ("成果指標は3つある。", []),
    ],
)
def test_the_change_since_last_year(text, told):
    one = indicator("I01", {2023: ("51.8", "64"), 2024: ("57.7", "67")})
    goals = goal(1, sections={"progress_indicators": text})
    assert [(first, second) for _, first, second in found("indicator_trend", goals, indicators=[one])] == told


def test_each_indicator_must_have_moved():
    values = {2023: ("51.8", "64"), 2024: ("57.7", "67")}, {2023: ("60", "64"), 2024: ("60", "67")}
    both = [indicator(f"I0{number}", each) for number, each in enumerate(values, 1)]
    text = {"progress_indicators": "各成果指標の実績値は、前年度と比べ約6%上昇している。"}
    told = found("indicator_trend", goal(1, sections=text), indicators=both)
    assert [expected for *_, expected in told] == ["I01 +5.9ポイント、I02 0ポイント"]


def test_footnotes():
    good = goal(
        1, sections={"vision": "事業（注1）と制度（注２）、また事業(注1)"}, footnotes=[(1, "事業"), (2, "制度")]
    )
    assert found("footnotes", good) == []
    text = {"social_trends": "制度（注2）", "vision": "事業（注1）と見守り（注9）"}
    bad = goal(1, sections=text, footnotes=[(1, "事業"), (2, "制度"), (4, "ほか")])
    assert found("footnotes", bad) == [
        ("goal1:footnote4", "注4", "文の中の（注4）"),
        ("goal1:footnote4", "注4", "注3"),
        ("goal1:vision", "（注1）", "注2より前"),
        ("goal1:vision", "（注9）", "注9の説明"),
    ]


def test_names_that_are_quoted():
    rows = [row("1-1-1-1", name="ホームページ等の充実(再構築)")]
    good = goal(1, *rows, review=("", "1-1-1-1「ホームページ等の充実」は分かりやすく。"))
    assert found("quoted_names", good) == []
    bad = goal(1, *rows, review=("", "1-1-1-1「ホームページの充実」と1-1-1-9「見守り」"))
    assert found("quoted_names", bad) == [
        ("goal1:review", "1-1-1-1「ホームページの充実」", "1-1-1-1「ホームページ等の充実(再構築)」"),
        ("goal1:review", "1-1-1-9「見守り」", "ある番号と名前"),
    ]


def test_the_name_of_a_goal_in_a_heading():
    heading = {"goal_summary": "【目標1】「別の名前の目標」"}
    bad = goal(1, sections={"goal_summary": "総括"}, headings=heading)
    assert found("quoted_names", bad) == [("goal1:goal_summary", "【目標1】「別の名前の目標」", "「目標その1」")]


def test_headings_of_one_form():
    goals = [goal(number, review=(f"({number}) 「目標{number}：目標その{number}」に関して", "")) for number in (1, 2)]
    assert found("headings", *goals) == []
    other = goal(3, review=("(3) 「目標その3」に関して", ""))
    assert found("headings", *goals, other) == [
        ("goal3:review", "(3) 「目標その3」に関して", "(3) 「目標3：目標その3」に関して")
    ]


def test_loan_words_once_in_the_report():
    rows = row("1-1-1-1", result="アウトリーチで支援した。"), row("1-1-1-2", result="アウトリーチを続けた。")
    assert found("loanwords", goal(1, *rows)) == [
        ("1-1-1-1:result", "アウトリーチで支援した。", "アウトリーチ（支援を届けに行くこと）")
    ]
    explained = goal(1, *rows, footnotes=[(1, "※アウトリーチ・・・支援を届けに行くこと。")])
    assert found("loanwords", explained) == []


def test_the_style_of_most():
    rows = [row(f"1-1-1-{number}", issues="周知する。") for number in range(1, 10)]
    assert found("writing_style", goal(1, *rows, row("1-1-1-10", issues="窓口で「助かります。」と聞いた。"))) == []
    assert found("writing_style", goal(1, *rows, row("1-1-1-10", issues="周知します。"))) == [
        ("1-1-1-10:issues", "周知します。", "「だ・である」の文")
    ]


def test_a_footnote_says_nothing_of_its_chapters_style():
    noted = [
        goal(
            number, sections={"vision": f"居場所（注{number}）のあるまち"}, footnotes=[(number, "人が集まる所である。")]
        )
        for number in range(1, 16)
    ]
    assert found("writing_style", *noted, goal(16, sections={"vision": "居場所があります。"})) == []


# --- Rows ---------------------------------------------------------------------------------------------


def listed(**fields):
    original = row(
        "1-1-1-1", "福祉課", "介護課", name="見守り", result="見守りを行った。\nR6実績値\n登録 10人", rating="B"
    )
    values = {"name": "見守り", "description": original.description, "original_code": "1-1-1-1", "holds_own": True,
              "own_reason": "取り込んだ資料で、再掲元と違うため", "rating": "B", "result": "登録10人", "issues": "続ける。"}  # fmt: skip
    departments = fields.pop("departments", ("介護課", "福祉課"))
    other = row("2-1-1-1", *departments, **values | fields)
    return found("cross_listing", goal(1, original), goal(2, other, is_new=True))


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, []),
        ({"rating": "A"}, [("2-1-1-1:rating", "A", "1-1-1-1：B")]),
        ({"rating": "A", "own_reason": "ケアラーの分だけを評価したため"}, []),
        ({"departments": ("福祉課",)}, [("2-1-1-1:owners", "福祉課", "1-1-1-1：介護課、福祉課")]),
        ({"name": "見守り活動"}, [("2-1-1-1:name", "見守り活動", "1-1-1-1：見守り")]),
        ({"name": "見守り(登録)"}, []),
        ({"result": "登録20人"}, [("2-1-1-1:result", "登録20人", "1-1-1-1：見守りを行った。")]),
        ({"baseline": "－"}, []),
    ],
)
def test_a_cross_listing_and_its_original(fields, told):
    assert listed(**fields) == told


def test_where_a_cross_listing_parts_from_its_original():
    text = "市営住宅の集会室で、高齢者に向けたサロンの立ち上げを支えた。"
    original = row("1-1-1-1", result=text)
    other = row("2-1-1-1", name=original.name, description=original.description, original_code="1-1-1-1",
                holds_own=True, result=text.replace("支えた", "見守った"))  # fmt: skip
    assert [told[1:] for told in found("cross_listing", goal(1, original), goal(2, other))] == [
        ("…向けたサロンの立ち上げを見守った。", "1-1-1-1：…向けたサロンの立ち上げを支えた。")
    ]


def test_a_cross_listing_that_names_another():
    rows = row("1-1-1-1", name="防災"), row("1-1-1-2", name="見守り")
    wrong = row("2-1-1-1", name="見守り", description=rows[1].description, original_code="1-1-1-1")
    assert found("cross_listing", goal(1, *rows), goal(2, wrong)) == [
        ("2-1-1-1:original", "再掲 1-1-1-1（防災）", "再掲 1-1-1-2（見守り）")
    ]


def test_one_text_in_two_initiatives():
    copied = goal(1, row("1-1-1-1", result=TOLD), row("1-1-1-2", result=f"{TOLD}\n12人"))
    assert found("same_text", copied) == [("1-1-1-2:result", TOLD, "1-1-1-2のこと")]
    joint = row("1-1-1-1", "福祉課", "介護課", texts={"福祉課": (TOLD, ""), "介護課": (TOLD, "")})
    listing = row("2-1-1-1", result=TOLD, original_code="1-1-1-1", holds_own=True)
    assert found("same_text", goal(1, joint), goal(2, listing)) == []
    assert found("same_text", goal(1, row("1-1-1-1"), row("1-1-1-2"))) == []  # too short to tell


def test_nearly_one_text():
    other = TOLD.replace("できた。", "できている。")
    copied = goal(1, row("1-1-1-1", result=TOLD), row("1-1-1-2", result=other))
    assert found("same_text", copied) == [("1-1-1-2:result", other, "1-1-1-2のこと")]


def test_one_finding_for_all_the_initiatives_with_a_text():
    rows = (row(f"1-1-1-{number}", result=TOLD) for number in (1, 2, 3))
    told = run(context(goal(1, *rows)), ["same_text"])
    assert [(one.place.code, [place.code for place in one.also]) for one in told] == [
        ("1-1-1-2", ["1-1-1-1"]), ("1-1-1-3", ["1-1-1-1", "1-1-1-2"]),
    ]  # fmt: skip


def test_an_indicator_and_a_row_that_measure_one_thing():
    one = indicator(
        "I01", {2024: ("2000", "2000")}, unit="人", decimals=0, name="就労している障害者数", baseline=Decimal(1526)
    )

    def told(result, baseline="就業者数 1,529人"):
        rows = row("1-1-1-1", name="障害者雇用対策", baseline=baseline, result=result)
        return found("facts", goal(1, rows), indicators=[one])

    baseline = ("1-1-1-1:baseline", "初期値 1,529人", "成果指標 I01 の初期値 1,526人")
    assert told("就業者数：2,186人") == [baseline, ("1-1-1-1:result", "実績 2,186人", "成果指標 I01 の実績 2,000人")]
    assert told("就業者数：約2,100人") == [baseline]  # about so many is no other value
    assert told("就業者数：2,000人", baseline="就業者数 1,526人") == []
    assert told("就業者数：2,186人", baseline="就業者数 900人") == []


def test_two_rows_from_one_baseline():
    rows = [row(f"1-1-1-{number}", baseline="団体登録数 128団体", target=f"団体登録数 {target}団体")
            for number, target in ((1, 144), (2, 136))]  # fmt: skip
    assert found("facts", goal(1, *rows)) == [("1-1-1-2:target", "団体登録数 136団体", "1-1-1-1：144団体")]
    same = [dataclasses.replace(one, target="継続") for one in rows]
    assert found("facts", goal(1, *same)) == []


def test_numbers():
    assert found("numbering", goal(1, row("1-1-1-1"), row("1-1-1-2"))) == []
    assert found("numbering", goal(1, row("1-1-1-1"), row("1-1-1-3"))) == [
        ("1-1-1-2:code", "1-1-1-2がありません", "1-1-1-1から1-1-1-3までの続き番号")
    ]
    assert found("numbering", goal(1, row("1-1-1-1"), direction="1-1-2")) == [
        ("1-1-1-1:code", "1-1-1-1（1-1-2の下）", "1-1-2-…")
    ]
    assert found("numbering", goal(1, row("1-1-1-1", original_code="9-1-1-1"))) == [
        ("1-1-1-1:original", "再掲 9-1-1-1", "この年度にある取組")
    ]


def test_empty_cells():
    joint = {"福祉課": ("行った。", "続ける。"), "介護課": ("", "続ける。")}
    rows = (
        row("1-1-1-1"),
        row("1-1-1-2", result="", target=""),
        row("1-1-1-3", result="", approved=False),
        row("1-1-1-4", "福祉課", "介護課", texts=joint),
    )
    assert [ref for ref, *_ in found("empty_cells", goal(1, *rows))] == [
        "1-1-1-2:result",
        "1-1-1-2:target",
        "1-1-1-4:result",
    ]
    assert found("empty_cells", goal(6, row("6-1-1-1", target=""), is_new=True)) == []


def test_departments_of_the_register():
    rows = row("1-1-1-1", "福祉課"), row("1-1-1-2", "介護課")
    assert found("departments", goal(1, *rows), register=("福祉課", "介護課")) == []
    assert found("departments", goal(1, *rows), register=("福祉課",)) == [
        ("1-1-1-2:owners", "介護課", "その年度の登録にある課の名前")
    ]
    assert found("departments", goal(1, *rows)) == []  # no register to hold them against


def test_a_partner_under_two_names():
    rows = [row(f"1-1-1-{number}", partners=["市社協"]) for number in (1, 2)]
    assert found("departments", goal(1, *rows)) == []
    other = row("1-1-1-3", partners=["市社会福祉協議会"])
    assert found("departments", goal(1, *rows, other)) == [("1-1-1-3:partner", "市社会福祉協議会", "市社協")]


@pytest.mark.parametrize(("count", "ratings", "told"), [(5, "AAAAA", 1), (4, "AAAA", 0), (5, "AAAAB", 0)])
def test_a_department_with_the_best_for_everything(count, ratings, told):
    rows = [row(f"1-1-1-{number}", rating=letter) for number, letter in enumerate(ratings, 1)]
    departments = (DepartmentTally("福祉課", tuple(one.code for one in rows), tally(rows)),)
    assert len(found("clustering", goal(1, *rows), departments=departments)) == told


def test_words_one_letter_off():
    rows = [row(f"1-1-1-{number}", result="地区社協の活動を支えた。") for number in range(1, 6)]
    assert found("vocabulary", goal(1, *rows, row("1-1-1-6", result="地区社居の活動を支えた。"))) == [
        ("1-1-1-6:result", "地区社居", "地区社協")
    ]
    alike = [row(f"1-1-1-{number}", result="自立支援を行った。") for number in range(1, 6)]
    assert found("vocabulary", goal(1, *alike, row("1-1-1-6", result="両立支援を行った。"))) == []
    many = [row(f"1-1-1-{number}", result="関係機関と話した。") for number in range(1, 6)]
    assert found("vocabulary", goal(1, *many, row("1-1-1-6", result="関係機関等と話した。"))) == []


def test_a_word_short_of_a_letter_inside_a_name():
    rows = [row(f"1-1-1-{number}", result="民生委員児童委員の活動を支えた。") for number in range(1, 7)]
    short = row("1-1-1-7", result="市民生委員児童員の集まりを開いた。")
    assert [one[1:] for one in found("vocabulary", goal(1, *rows, short))] == [("委員児童員", "委員児童委員")]
    alike = [row(f"1-1-1-{number}", result="高齢者等に案内した。") for number in range(1, 7)]
    assert found("vocabulary", goal(1, *alike, row("1-1-1-7", result="高齢者宅に案内した。"))) == []


def test_a_key_typed_wrong_makes_another_word():
    name = row("1-1-1-1", description="児童虐待防止推進月間に啓発を行います。")
    wrong = row("1-1-1-2", result="11月の虐待防止指針月間に展示した。")
    assert found("vocabulary", goal(1, name, wrong)) == [("1-1-1-2:result", "防止指針月間", "防止推進月間")]
    moves = [row(f"1-1-1-{number}", result="就労移行支援金を配った。") for number in range(3, 8)]
    assert found("vocabulary", goal(1, *moves, row("1-1-1-8", result="移動支援事業を行った。"))) == []


def test_a_word_without_its_head():
    told = row("1-1-1-1", result="関係者の情報交換を行った。")
    wrong = row("1-1-1-2", result="年度の途中で報交換会を開催した。")
    assert found("vocabulary", goal(1, told, wrong)) == [("1-1-1-2:result", "報交換", "情報交換")]
    assert found("vocabulary", goal(1, told, row("1-1-1-2", result="市交換会を開催した。"))) == []


def test_kana_left_out_of_a_word():
    rows = [row(f"1-1-1-{number}", result="担い手の確保に努めた。") for number in range(1, 6)]
    assert found("vocabulary", goal(1, *rows, row("1-1-1-6", issues="担手の負担が増えた。"))) == [
        ("1-1-1-6:issues", "担手", "担い手")
    ]
    assert found("vocabulary", goal(1, *rows, row("1-1-1-6", issues="負担手当を配った。"))) == []
    entries = [row(f"1-1-1-{number}", result="入り口を直した。") for number in range(1, 6)]
    assert found("vocabulary", goal(1, *entries, row("1-1-1-6", issues="入口を直す。"))) == []  # written so on purpose


def test_a_letter_off_the_name_of_an_initiative():
    named = row("1-1-1-1", name="商店街空き店舗等活用事業")
    assert found("vocabulary", goal(1, named, row("1-1-1-2", result="空き店舗棟活用事業と結んだ。"))) == [
        ("1-1-1-2:result", "店舗棟活用事業", "店舗等活用事業")
    ]
    named = row("1-1-1-1", name="公共施設等のバリアフリー化")
    assert found("vocabulary", goal(1, named, row("1-1-1-2", result="公共施設内で働いた。"))) == []


def test_a_letter_left_over_by_a_conversion():
    rows = [row(f"1-1-1-{number}", result="連携体制を強めた。") for number in range(1, 3)]
    assert found("vocabulary", goal(1, *rows, row("1-1-1-3", result="連携対体制を強めた。"))) == [
        ("1-1-1-3:result", "連携対体制", "連携体制")
    ]
    for right in ("鎌倉市市民の会を開いた。", "庁内連携体制を強めた。", "連携全体制を強めた。"):
        assert found("vocabulary", goal(1, *rows, row("1-1-1-3", result=right))) == []


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (["ガンリン券を配った。"], [("1-1-1-1:result", "ガンリン", "ガソリン")]),
        (["パラスポーツ", "パラスポーツ", "バラスポーツ"], [("1-1-1-3:result", "バラスポーツ", "パラスポーツ")]),
        (["パラスポーツ", "バラスポーツ"], [("1-1-1-2:result", "バラスポーツ", "パラスポーツ")]),
        (["ガソリン券を配った。", "オンラインで開いた。", "ヤングケアラー", "バス、パス、ハス"], []),
    ],
)
def test_katakana_with_a_letter_that_looks_alike(texts, told):
    rows = [row(f"1-1-1-{number}", result=text) for number, text in enumerate(texts, 1)]
    assert found("vocabulary", goal(1, *rows)) == told


def test_a_name_that_is_also_called():
    texts = {"main_efforts": "広場（通称ここかま）を開いた。", "vision": "広場（通称ここかま）を広げる。"}
    wrong = {"goal_summary": "広場（通称ここま）を開いた。"}
    assert found("vocabulary", goal(1, sections=texts | wrong)) == [("goal1:goal_summary", "ここま", "ここかま")]
    assert found("vocabulary", goal(1, sections=texts)) == []


def test_a_text_of_another_initiative():
    guardian = "成年後見制度の中核機関を設置し、権利擁護の協議会と地域連携ネットワークを構築します。"
    abuse = "虐待防止のための啓発活動を、児童や高齢者の月間に市役所のロビーで実施します。"
    others = [row(f"1-1-1-{number}", description=f"{word}を行います。") for number, word in
              enumerate(("見守り活動", "防災訓練", "健康講座", "交通安全教室"), 3)]  # fmt: skip
    text = "成年後見の中核機関を設置し、権利擁護の協議会を中心に、地域連携ネットワークの構築を図り、制度の相談を受けて支援した。続けて構築を図った。"
    own = row("2-1-1-1", name="中核機関", description=guardian)
    wrong = row("1-1-1-2", name="虐待防止", description=abuse, result=text)
    told = found("misplaced", goal(1, wrong, *others), goal(2, own))
    assert [ref for ref, *_ in told] == ["1-1-1-2:result"]
    right = row("1-1-1-2", name="虐待防止", description=abuse)
    assert found("misplaced", goal(1, right, *others), goal(2, dataclasses.replace(own, result=text))) == []
    beside = row("1-1-1-1", name="中核機関", description=guardian)  # of the same direction: they share their words
    assert found("misplaced", goal(1, beside, wrong, *others)) == []


def test_a_text_copied_from_an_initiative_that_it_fits():
    shop = "障害者の施設が作った製品を市役所のロビーで販売する店を開催し、製品の販売促進を図ります。"
    work = "障害者の就労支援として、庁内に働く場を設置し、事務作業を依頼します。"
    text = "市役所のロビーで店を開催し、障害者の各施設が作った製品の販売を通して、製品の販売促進を図った。毎週火曜日に実施し、改札口でも実施した。"
    others = [row(f"1-1-1-{number}", description=f"{word}を行います。") for number, word in
              enumerate(("見守り活動", "防災訓練", "健康講座", "交通安全教室"), 3)]  # fmt: skip
    source = row("1-1-1-1", name="店の開催支援", description=shop, result=text)
    copy = row("1-1-1-2", name="多様な雇用", description=work, result=text)
    assert [ref for ref, *_ in found("misplaced", goal(1, source, copy, *others))] == ["1-1-1-2:result"]
    both = row("1-1-1-2", name="店の周知", description=shop, result=text)  # fits both
    assert found("misplaced", goal(1, source, both, *others)) == []


# --- All of them --------------------------------------------------------------------------------------


@pytest.mark.parametrize("check", WHOLE.values(), ids=str)
def test_words_of_a_check(check):
    assert all((check.title, check.explanation.endswith("。"), check.example, check.alike))


def test_last_years_text():
    last = report(goal(1, row("1-1-1-1", result=TOLD)), year=2023)
    told = found("same_as_last_year", goal(1, row("1-1-1-1", result=TOLD)), last=last)
    assert [ref for ref, *_ in told] == ["1-1-1-1:issues", "1-1-1-1:result"]


def test_equal_reports_give_equal_findings():
    def once():
        rows = row("1-1-1-1", result=TOLD, rating="C"), row("1-1-1-3", result=f"{TOLD}R5実績と同様")
        return run(context(goal(1, *rows), claims=PRINTED))

    first = once()
    assert first == once()
    assert len({one.key for one in first}) == len(first) > 3
    assert {one.check for one in first} <= set(CHECKS)


def test_a_listing_that_shows_its_original_is_not_read_twice():
    shown = row("2-1-1-1", original_code="1-1-1-1", result="R5実績と同様")
    assert found("stale_year", goal(1, row("1-1-1-1")), goal(2, shown)) == []


def test_an_empty_report():
    assert run(context(goal(1))) == []


# --- Live figures -------------------------------------------------------------------------------------


def test_markers_that_cannot_be_read():
    chapters = goal(
        1, row("1-1-1-1"), sections={"vision": "{{目標1.件数}}と{{目標1.件数数}}"}, events=[("4月", "［注 ない］")]
    )
    words = "データにある数か、文の中にある注"
    assert found("live_figures", chapters) == [
        ("goal1:event1", "［注 ない］", words),
        ("goal1:vision", "{{目標1.件数数}}", words),
    ]


# --- The table of opinions ------------------------------------------------------------------------------


def test_the_opinions_and_answers_are_read_as_chapters_are():
    said = {"goal": 1, "code": "", "about": "目標1", "kind": "adopted", "kind_label": "反映"}
    opinions = (
        PublishedOpinion(**said, summary="窓口を広げてほしい。", answer="市社会福祉協議会と進めます。"),
        PublishedOpinion(**said, summary="市社協と話してほしい。", answer="取組2件のうち、A評価は2件です。"),
    )
    told = context(*two_goals())
    told = dataclasses.replace(told, report=dataclasses.replace(told.report, opinions=opinions))
    places = {one.place.ref: one.place.label for one in run(told) if one.place.kind == "opinion"}
    assert places["goal1:opinion2:answer"] == "主な意見の2件目（目標1） 市の考え方"
    assert "goal1:opinion1:summary" not in places
