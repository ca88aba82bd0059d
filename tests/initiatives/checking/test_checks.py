"""Each check on one passage or one initiative: what it finds, and what looks alike and is right."""

import pytest

from initiatives.checking.finding import MUST, SEVERITIES, Place
from initiatives.checking.part import CHECKS, check_passage, check_writing
from initiatives.checking.terms import shipped
from initiatives.checking.writing import Passage, Step, Writing

SCALE = (Step("A", 75), Step("B", 50), Step("C", 25, True), Step("D", 0, True))
CITY = "鎌倉市"


def found_in_row(check: str, **fields) -> list[str]:
    writing = Writing("1-1-1-1", 2024, SCALE, terms=shipped(CITY), **fields)
    return [finding.found for finding in check_writing(writing, [check])]


def found_in_text(check: str, text: str, field: str = "result") -> list[str]:
    passage = Passage(Place("row", "1-1-1-1", field), text, 2024, shipped(CITY))
    return [finding.found for finding in check_passage(passage, [check])]


ROW_FAULTS = [
    ("jump", {"result": "参加者数600人", "last": {"result": "参加者数62人"}}, ["参加者数 600人"]),
    ("rating_number", {"target": "補助台数 34台", "result": "補助台数は19台。", "rating": "A"},
     ["19台 ÷ 目標34台 ＝ 55.9％、評価A"]),
    ("rating_number", {"target": "講座 20人\n相談 24回\n教室 12人", "result": "講座 12人\n相談 7回\n教室 6人", "rating": "A"},
     ["12人 ÷ 目標20人、7回 ÷ 目標24回、6人 ÷ 目標12人 ＝ 46.4％（3つの平均）、評価A"]),
    ("rating_number", {"target": "雇用人数 1人", "result": "雇用人数 0人", "rating": "B"},
     ["0人 ÷ 目標1人 ＝ 0.0％、評価B"]),
    ("rating_number", {"target": "資格 30件", "result": "資格の取得者に助成した(16名)", "rating": "A"},
     ["16名 ÷ 目標30件 ＝ 53.3％、評価A"]),
    ("rating_words", {"result": "相手方の都合により実施できなかった。", "rating": "A"},
     ["評価A「相手方の都合により実施できなかった。」"]),
    ("rating_words", {"result": "講座を開いた。", "issues": "申込みは17名にとどまった。", "rating": "A"},
     ["評価A「申込みは17名にとどまった。」"]),
    ("low_rating_reason", {"result": "半分できた。", "rating": "C"}, ["評価C、理由なし"]),
    ("stale_year", {"result": "R5実績と同様。"}, ["R5実績と同様"]),
    ("stale_year", {"result": "令和5年度の取組と同様に行った。"}, ["令和5年度の取組と同様"]),
    ("stale_year", {"target": "令和5年度と同様"}, ["令和5年度と同様"]),
    ("stale_year", {"result": "令和4年度は教室を開いた。"}, ["令和4年度は教室を開いた。"]),
    ("stale_year", {"result": "令和5年度中も、18時から19時まで延長した。"}, ["令和5年度中も、18時から19時まで延長した。"]),
    ("stale_year", {"issues": "令和7年度では全ての会館で聞き取りを行った。"},
     ["令和7年度では全ての会館で聞き取りを行った。"]),
    ("unit", {"result": "登録者数 188件"}, ["登録者数 188件"]),
    ("unit", {"result": "登録は3件の新規登録者あり。"}, ["登録 3件"]),
    ("unit", {"baseline": "作品数の合計 195作品\n応募作品数 195作品", "result": "応募作品数 40件"}, ["応募作品数 40件"]),
    ("metric_missing", {"baseline": "タクシー券利用率 65.9%", "result": "支給者数：1,068人"},
     ["初期値：タクシー券利用率 65.9%。実績：なし"]),
    ("unit", {"target": "介護資格 30件", "result": "介護資格の補助を対象者(16名)に交付した。"}, ["介護資格の補助を対象者 16名"]),
    ("unit", {"baseline": "1団体", "result": "新設件数：0件"}, ["新設件数 0件"]),
    ("metric_missing", {"baseline": "通報実績 0件", "result": "ネット119で3件の登録があった。"}, ["初期値：通報 0件。実績：なし"]),
    ("metric_missing", {"baseline": "利用者数 延1,094人\n食事カルテ 延28人", "result": "・利用人数 延248人\n・よろず相談 延41人"}, ["初期値：食事カルテ 28人。実績：なし"]),
    ("metric_missing", {"baseline": "講演会2回\n研修会2回", "result": "研修会7回\n研修等7回"}, ["初期値：講演会 2回。実績：なし"]),
    ("metric_missing", {"target": "介護 97.26%", "result": "介護付き有料老人ホーム(1事業所)を整備した。"}, ["目標：介護 97.26%。実績：なし"]),
    ("metric_missing", {"target": "相談会 5回\n解決 3件", "result": "相談会を5回開いた。"}, ["目標：解決 3件。実績：なし"]),
    ("target_backwards", {"target": "訓練 187組織", "next_target": "訓練 185組織"}, ["訓練 185組織"]),
    ("target_backwards", {"target": "登録 136団体", "next_target": "登録 136団体", "result": "登録は149団体。"},
     ["登録 136団体"]),
    ("row_values", {"result": "ボランティア研修講座を3回行った。\nR6実績値\nボランティア研修講座 2回"},
     ["ボランティア研修講座：3回と2回"]),
    ("row_values", {"result": "計38名が参加した。\nR6実績値\n40名"}, ["合計：38名と40名"]),
    ("same_as_last_year", {"result": "講座を開いた。", "last": {"result": "講座を開いた。"}}, ["講座を開いた。"]),
    ("same_as_last_year",
     {"result": "地域の団体と毎月の打合せを重ねて、支え合う仕組みを広げることができた。",
      "last": {"result": "地域の団体と毎月の打合せを重ね、支え合う仕組みを広げることができた。"}},
     ["地域の団体と毎月の打合せを重ねて、支え合う仕組みを広げることができた。"]),
    ("repeated_in_row",
     {"result": "教職員の専門性を高めるための研修を続け、指導力の向上に注力した。",
      "issues": "教職員の専門性を高めるための研修を続け、指導力の向上に注力した。"},
     ["教職員の専門性を高めるための研修を続け、指導力の向上に注力した。"]),
]  # fmt: skip

ROW_ALIKE = [
    ("jump", {"result": "参加者数120人", "last": {"result": "参加者数62人"}}),
    ("jump", {"result": "開催回数 9回", "last": {"result": "開催回数 1回"}}),
    ("jump", {"result": "参加者数600人", "last": {"result": "相談件数62人"}}),
    ("jump", {"result": "参加者数600人"}),
    ("rating_number", {"target": "講座 20人", "result": "講座 19人", "rating": "B"}),  # modest
    ("rating_number", {"target": "待機児童数 10人", "result": "待機児童数 34人", "rating": "B"}),  # fewer is better
    ("rating_number", {"target": "待機児童数0人", "result": "待機児童数34人", "rating": "A"}),
    ("rating_number", {"target": "小・中学校 25校\nモデル園 8園",
                       "result": "小・中学校 25校\n幼稚園モデル園5園、保育園モデル園4園", "rating": "A"}),
    ("rating_number", {"target": "協議体9か所", "result": "協議体数8\n続けた。", "rating": "A"}),
    ("rating_number", {"target": "16,000点", "result": "360点\n15,072点\n145点\n合計15,577点", "rating": "A"}),
    ("rating_number", {"target": "部会 3G×3回", "result": "部会 1回", "rating": "A"}),
    ("rating_number", {"target": "継続", "result": "12人", "rating": "A"}),
    ("rating_number", {"target": "講座 20人", "result": "講座 2人", "rating": ""}),
    ("rating_words", {"result": "相手方の都合により実施できなかった。", "rating": "D"}),
    ("rating_words", {"result": "すべての家庭に提供することができた。", "rating": "A"}),
    ("rating_words", {"result": "派遣の実績はなかった。", "rating": "B"}),
    ("rating_words", {"result": "講座を開いた。", "issues": "一部の団体の把握は未実施である。", "rating": "B"}),
    ("low_rating_reason", {"rating": "C", "low_rating_reason": "応募がなかったため。"}),
    ("low_rating_reason", {"rating": "B"}),
    ("low_rating_reason", {"rating": ""}),
    ("stale_year", {"result": "令和4年度から重層的な支援に位置付けて取り組んだ。"}),
    ("stale_year", {"result": "令和5年度に引き続き、活動の整理を行った。"}),
    ("stale_year", {"result": "令和5年度の検討を踏まえ、講座を開いた。"}),
    ("stale_year", {"result": "相談が増えた(令和6年度103件、令和5年度80件)。"}),
    ("stale_year", {"result": "令和5年度に制度改正を行い、通年の補助とした。"}),
    ("stale_year", {"result": "令和6年度は教室を開いた。"}),
    ("stale_year", {"issues": "R7もR6と同様の取組を続ける。"}),
    ("stale_year", {"issues": "令和7年5月に移転を完了した。"}),
    ("stale_year", {"issues": "令和7年度は講座を開く。"}),
    ("unit", {"baseline": "利用者130人", "result": "利用者121名"}),
    ("unit", {"baseline": "実施施設 3か所", "result": "実施施設 3施設"}),
    ("unit", {"result": "相談件数 335件、相談者数 300人"}),
    ("unit", {"target": "資格 30件", "result": "資格 28件(16名)"}),
    ("unit", {"baseline": "12団体", "result": "24の会館を直した。"}),
    ("unit", {"baseline": "0件", "result": "県の支援センターから3人"}),
    ("unit", {"baseline": "通報実績 0件", "result": "登録者は64人だった。"}),
    ("unit", {"target": "講座 20回", "result": "講座の参加者 16名"}),
    ("unit", {"target": "介護資格 30件", "result": "介護資格の補助を対象者(16名)に交付した。", "is_part": True}),
    ("metric_missing", {"baseline": "0件", "result": "要綱を統合した。"}),
    ("metric_missing", {"target": "講座1回", "result": "青年団による報告会を1回開いた。"}),
    ("metric_missing", {"baseline": "初回相談 396件\nリハ 69件", "result": "初めての相談は312件、運動が86件だった。"}),
    ("metric_missing", {"baseline": "面談場所の利用 59回", "result": "面談の場所として市の施設を24回提供した。"}),
    ("metric_missing", {"baseline": "委員会出席 1回", "result": "活動計画の委員会に2回出席した。"}),
    ("metric_missing", {"target": "訓練 12人", "result": "訓練（関わり方を学ぶ講座）：10人"}),
    ("metric_missing", {"baseline": "職員向け3回", "result": "市職員 2回"}),
    ("metric_missing", {"baseline": "開催数 34ケース 47回", "result": "開催回数 44回、37ケース"}),
    ("metric_missing", {"baseline": "展示 11/11～15 研修1回", "result": "展示した。"}),
    ("metric_missing", {"baseline": "交流会 1回", "result": "令和7年2月8日に交流会を開いた。"}),
    ("metric_missing", {"baseline": "事業終結者割合 42%", "result": "終結割合 約29%"}),
    ("metric_missing", {"baseline": "12団体", "result": "24の自治会館を直した。"}),
    ("target_backwards", {"target": "22公園 23施設", "next_target": "12公園12施設 実施"}),
    ("target_backwards", {"target": "待機児童数 10人", "next_target": "待機児童数 5人"}),
    ("target_backwards", {"target": "協議体 9か所", "next_target": "協議体 9か所", "result": "協議体 9か所"}),
    ("row_values", {"result": "開催数 44回\nまた、小地域で開いた。\n開催数 66回"}),
    ("row_values", {"result": "相談支援事業の利用者数 延べ20人、相談支援事業の利用者数 実12人"}),
    ("row_values", {"result": "ボランティア研修講座に約40人が集まった。\nボランティア研修講座 38人"}),
    ("row_values", {"result": "ボランティア研修講座 20～30人\nボランティア研修講座 25人"}),
    ("rating_number", {"target": "資格の取得 20～30件\n講座 5回", "result": "資格の取得 10件", "rating": "A"}),
    ("jump", {"result": "参加者数60～600人", "last": {"result": "参加者数62人"}}),
    ("row_values", {"result": "相談件数は令和6年度103件、令和5年度80件。"}),
    ("same_as_last_year", {"result": "講座を3回開き、延べ45人が参加して地域のつながりが深まった。",
                           "last": {"result": "講座を2回開き、延べ40人が参加して地域のつながりが深まった。"}}),
    ("same_as_last_year", {"result": "講座を開いた。"}),
    ("repeated_in_row", {"result": "運動をする団体に補助金による財政の支援を行い、活動を支援した。",
                         "issues": "運動をする団体に補助金による財政の支援を行い、活動を支援する。"}),
]  # fmt: skip

TEXT_FAULTS = [
    ("slips", "年間3回の講習会講習会を実施した。", ["年間3回の講習会講習会を実施した。"]),
    ("slips", "購入費用を助成を実施した。", ["購入費用を助成を実施した。"]),
    ("slips", "社協とともにを行う。", ["社協とともにを行う。"]),
    ("slips", "協議を行っている、\n34件", ["協議を行っている、 34件"]),
    ("slips", "周知が必要であると考え。", ["周知が必要であると考え。"]),
    ("slips", "活動をするを条件に支給する。", ["活動をするを条件に支給する。"]),
    ("slips", "窓口（市役所で案内した。", ["窓口（市役所で案内した。"]),
    ("slips", "児童のため、継続して活動を継続する。", ["児童のため、継続して活動を継続する。"]),
    ("slips", "注意喚起情報を安全メールを配信した。", ["注意喚起情報を安全メールを配信した。"]),
    ("slips", "施策の充実を引き続き取り組んでいく。", ["施策の充実を引き続き取り組んでいく。"]),
    ("slips", "必要な支援を早期につながるようにした。", ["必要な支援を早期につながるようにした。"]),
    ("slips", "会議を開催などして話し合う。", ["会議を開催などして話し合う。"]),
    ("slips", "会館のリニューアルし、居場所を開いた。", ["会館のリニューアルし、居場所を開いた。"]),
    ("slips", "生徒分のリーフレット配布し啓発した。", ["生徒分のリーフレット配布し啓発した。"]),
    ("slips", "2回開催予定しており、続ける。", ["2回開催予定しており、続ける。"]),
    ("slips", "支援を求められることができる。", ["支援を求められることができる。"]),
    ("slips", "当該が実施している。", ["当該が実施している。"]),
    ("slips", "2025年版及2026年版", ["2025年版及2026年版"]),
    ("slips", "いきいきがづくりの機会", ["いきいきがづくりの機会"]),
    ("slips", "体制の強化に向けて。関係課と話す。", ["体制の強化に向けて。関係課と話す。"]),
    ("terms", "ポッチャの体験を行った。", ["ポッチャの体験を行った。"]),
    ("terms", "障がい者の世帯", ["障がい者の世帯"]),
    ("terms", "事業が完了した。", ["事業が完了した。"]),
    ("terms", "障害者2千人雇用センターと連携した。", ["障害者2千人雇用センターと連携した。"]),
    ("terms", "市社協の支援と、市社会福祉協議会の事業", ["「市社協」と「市社会福祉協議会」"]),
    ("terms", "周知に務める。", ["周知に務める。"]),
    ("loanwords", "アウトリーチで支援した。", ["アウトリーチで支援した。"]),
    ("calendar", "令和6年（2023年）4月", ["令和6年(2023年)"]),
    ("calendar", "令和6年(2024年)11月17日(土)", ["令和6年(2024年)11月17日(土)"]),
    ("calendar", "令和7年2月30日", ["令和7年2月30日"]),
    ("thin_result", "取組開始", ["取組開始"]),
    ("thin_result", "特になし。", ["特になし。"]),
    ("thin_result", "貸付を行った。\nR6実績値", ["R6実績値"]),
    ("thin_result", "派遣回数回の支援", ["派遣回数回の支援"]),
    ("arithmetic", "95%達成(22施設/23施設)した", ["95%達成(22施設/23施設)した"]),
    ("arithmetic", "手話114回、要約筆記20回、合計144回", ["…約筆記20回、合計144回"]),
    ("arithmetic", "10件(障害者6件、高齢者5件)", ["10件(障害者6件、高齢者5件)"]),
    ("arithmetic", "相談件数2,632件。前年度比で704件増(40.5%増)", ["…2件。前年度比で704件増(40.5%増)"]),
]  # fmt: skip

TEXT_ALIKE = [
    ("slips", "課題を抱える家庭を把握し支援を行う。"),
    ("slips", "最長1か月を目途に貸出を行った。"),
    ("slips", "オンラインライブ又はビデオで行った。"),
    ("slips", "対応中案件は3件へ減。"),
    ("slips", "グループホーム(1事業所)、\n老人ホーム(2事業所)を整備した。"),
    ("slips", "条例の制定を契機に取り組んだ。"),
    ("slips", "広く受け入れることができた。"),
    ("slips", "制度の見直し、再構築を行う。"),
    ("slips", "住民の参加しやすい場と、職員の作成した資料"),
    ("slips", "言及し、普及した。"),
    ("slips", "資料を作成するなどして話し合う。"),
    ("slips", "当該団体が実施している。"),
    ("slips", "生きがいづくりと、まちづくり"),
    ("slips", "1) 窓口\n2) 電話"),
    ("terms", "「子供の障がいに関する大綱」に基づく。"),
    ("terms", "市内5地区での整備が完了した。"),
    ("terms", "市社会福祉協議会の事業を支援した。"),
    ("terms", "講座の充実を図る。"),
    ("loanwords", "アウトリーチ（支援を届けに行くこと）で支援した。"),
    ("loanwords", "※アウトリーチ・・・支援を届けに行くこと"),
    ("loanwords", "サービスを行った。"),
    ("loanwords", "語り合う集まり（ピアサポート）を開いた。"),
    ("calendar", "令和6年(2024年)11月17日(日)"),
    ("calendar", "令和6年度(2024年度)"),
    ("thin_result", "利用回数24回"),
    ("thin_result", "通報装置は368台、人の動きを感知する装置は12台。"),
    ("thin_result", "R6実績値\n利用者121名"),
    ("arithmetic", "手話114回、要約筆記20回、合計134回"),
    ("arithmetic", "344件（うち専門相談13件、親族後見人相談12件）"),
    ("arithmetic", "手話114回、要約筆記20回、合計約140回"),
    ("arithmetic", "10件程度(障害者6件、高齢者5件)"),
    ("arithmetic", "96%達成(22施設/23施設)した"),
    ("arithmetic", "教室を16回行った。月に1回、講座を5施設で行い、計56回で延べ863名が参加した。"),
    ("arithmetic", "総合相談件数2,632件。前年度比で704件増(36.5%増)"),
    ("arithmetic", "611件(各部署の対応件数：653件)"),
]  # fmt: skip


@pytest.mark.parametrize(("check", "fields", "found"), ROW_FAULTS)
def test_found_in_a_row(check, fields, found):
    assert found_in_row(check, **fields) == found


@pytest.mark.parametrize(("check", "fields"), ROW_ALIKE)
def test_alike_in_a_row_and_right(check, fields):
    assert found_in_row(check, **fields) == []


@pytest.mark.parametrize(("check", "text", "found"), TEXT_FAULTS)
def test_found_in_a_text(check, text, found):
    assert found_in_text(check, text) == found


@pytest.mark.parametrize(("check", "text"), TEXT_ALIKE)
def test_alike_in_a_text_and_right(check, text):
    assert found_in_text(check, text) == []


def test_every_check_has_a_fault_and_something_alike():
    faults, alike = ({case[0] for case in cases} for cases in (ROW_FAULTS + TEXT_FAULTS, ROW_ALIKE + TEXT_ALIKE))
    assert faults == alike == set(CHECKS)


@pytest.mark.parametrize("check", CHECKS.values(), ids=str)
def test_words_of_a_check(check):
    assert check.severity in SEVERITIES
    assert all((check.title, check.explanation.endswith("。"), check.example, check.alike))


def test_two_steps_off_must_be_mended():
    writing = Writing("1-1-1-1", 2024, SCALE, target="相談 24回", result="相談 7回", rating="A")
    assert [finding.severity for finding in check_writing(writing, ["rating_number"])] == [MUST]


def test_a_part_of_a_joint_initiative_is_not_asked_for_the_whole():
    fields = {"target": "補助台数 34台", "result": "補助台数は19台。", "rating": "A"}
    assert list(check_writing(Writing("1-1-1-1", 2024, SCALE, is_part=True, **fields), ["rating_number"])) == []


def test_a_finding_is_the_same_until_its_words_change():
    def one(result):
        return next(check_writing(Writing("1-1-1-1", 2024, SCALE, result=result), ["stale_year"]))

    first, longer = one("R5実績と同様"), one("R5実績と同様\nほかに講座を開いた。")
    assert (first.key, first.basis_digest) == (one("R5実績と同様").key, one("R5実績と同様").basis_digest)
    assert first.key == longer.key
    assert first.basis_digest != longer.basis_digest
