"""The number against the target. The table is made of the words of a real report (令和6年度) and of traps."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from initiatives.target_rate import quantities, target_rate

SPEAKS = [
    ("団体登録数 144団体", "隊の結成を働きかけた。\nR6の団体登録数は149団体。", "149団体 ÷ 目標144団体 ＝ 103.5％"),
    ("100団体", "95団体に対して補助金を交付した(開催当時の補助団体85のうち60団体が参加)。", "95団体 ÷ 目標100団体 ＝ 95.0％"),
    ("防犯カメラ設置等\n補助台数 34台", "令和6年度の防犯カメラ設置等補助台数は19台。", "19台 ÷ 目標34台 ＝ 55.9％"),
    ("就業人数 40人", "令和6年1月からは登録を推進した。令和6年度就業者数 18人", "18人 ÷ 目標40人 ＝ 45.0％"),
    ("セミナー 3回(6日)", "年1回職場体験を受け入れた。\nR6実績値\nセミナー3回(6日)のべ40組", "3回 ÷ 目標3回 ＝ 100.0％"),
    ("市雇用人数 1人", "R5実績と同様\n市雇用人数 0人", "0人 ÷ 目標1人 ＝ 0.0％"),
    ("名簿の提供割合 100%", "R6実績値\n名簿の提供割合69.3%", "69.3％ ÷ 目標100％ ＝ 69.3％"),
    ("自主防災訓練 187組織", "各種訓練を支援している。\nR6実績\n88組織\nブロック訓練15回実施", "88組織 ÷ 目標187組織 ＝ 47.1％"),
    ("16,000点", "貸出点数360点\n学校等 15,072点\n合計15,577点", "15,577点 ÷ 目標16,000点 ＝ 97.4％"),
    ("相談件数 350件", "協議会を3回開催した。\n相談件数 344件（うち、専門相談13件、親族相談12件）", "344件 ÷ 目標350件 ＝ 98.3％"),
    ("段差切下げ箇所数 21箇所", "既設道路の歩道の段差切下げ工事(11箇所)", "11箇所 ÷ 目標21箇所 ＝ 52.4％"),
    ("情報かわら版を年4回発行", "情報かわら版を年4回発行した。", "4回 ÷ 目標4回 ＝ 100.0％"),
    ("介護資格 ３０件", "介護資格の取得を助成した。介護資格の取得２２件。", "22件 ÷ 目標30件 ＝ 73.3％"),
    ("30件以上", "30件の目標に対し、22件を実施した。", "22件 ÷ 目標30件 ＝ 73.3％"),
    ("参加者 50人", "参加者は40名、延べ120人。", "40名 ÷ 目標50人 ＝ 80.0％"),
    ("延べ100人", "実人数20人、延べ80人が参加した。", "延べ80人 ÷ 目標延べ100人 ＝ 80.0％"),
    ("9か所", "新しく7ヶ所に置いた。", "7ヶ所 ÷ 目標9か所 ＝ 77.8％"),
    ("来場者 2万人", "来場者は15,000人。", "15,000人 ÷ 目標2万人 ＝ 75.0％"),
    ("10施設", "令和3年度から、8施設で実施している。", "8施設 ÷ 目標10施設 ＝ 80.0％"),
]  # fmt: skip

SILENT = [
    ("", "22件"),
    ("継続", "22件を実施した。"),
    ("30件", ""),
    ("相談会開催5回\n(解決目標:3件)", "相談会を5回実施した。合計相談数 10件"),  # two targets
    ("利用者130人\n登録数240人", "利用者121名\n登録者数196名"),
    ("22公園 23施設", "22施設の更新を実施した。"),
    ("協議体9か所", "協議体数8"),  # no unit
    ("待機児童数0人", "R6.4.1時点の待機児童数 34人"),  # nothing to divide by
    ("待機児童数10人", "待機児童数は5人"),  # the fewer the better
    ("事故件数 20件以下", "事故件数は10件"),
    ("介護資格 30件", "対象者(16名)に交付した。"),  # another unit
    ("活動団体 30件", "苦情が2件あった。"),  # another thing
    ("就業人数 40人", "相談会の参加者は延べ58人"),  # 延べ is another measure
    ("30件", "A事業10件、B事業12件"),  # which of them
    ("30件", "昨年度は22件だった。"),
    ("30件", "令和5年度の実績は22件。"),
    ("30件", "次年度は35件を予定している。"),
    ("30件", "約20件"),
    ("約30件", "22件"),
    ("30件", "前年度より5件増えた。"),
    ("30件", "5件増となった。"),
    ("3回", "第3回の講座を開いた。"),
    ("月1回", "毎月1回開いた。"),
    ("12回", "月1回開いた。"),
    ("10人", "1人ずつ配置した。"),
    ("10人", "講師を定員10人で募集した。"),
    ("20〜30件", "25件"),
    ("3回線", "3回線"),
    ("第2期プランの策定", "第2期プランを策定した。"),
    ("講座 30件", "目標30件"),
    ("100%", "10%アップ"),
]  # fmt: skip


@pytest.mark.parametrize(("target", "result", "words"), SPEAKS)
def test_a_pair_without_doubt(target, result, words):
    assert str(target_rate(target, result, 2024)) == words


@pytest.mark.parametrize(("target", "result"), SILENT)
def test_silent_where_there_is_doubt(target, result):
    assert target_rate(target, result, 2024) is None


COUNTS = st.integers(0, 999_999)
UNITS = st.sampled_from(["件", "人", "回", "団体", "施設", "組織", "世帯", "台"])
WIDE = str.maketrans("0123456789,", "０１２３４５６７８９，")


@given(COUNTS, st.integers(1, 999_999), UNITS, st.booleans(), st.booleans())
def test_however_a_number_is_written(actual, target, unit, wide, commas):
    def written(number):
        text = f"{number:,}" if commas else str(number)
        return text.translate(WIDE) if wide else text

    found = target_rate(f"{written(target)}{unit}", f"本年度は{written(actual)}{unit}。", 2024)
    assert (found.actual.value, found.target.value) == (actual, target)
    assert abs(found.rate - Decimal(actual * 100) / target) <= Decimal("0.05")


@given(COUNTS, COUNTS, st.integers(1, 999_999), UNITS)
def test_two_numbers_of_one_kind_are_never_chosen_between(first, second, target, unit):
    found = target_rate(f"{target}{unit}", f"{first}{unit}、{second}{unit}", 2024)
    assert (found is None) == (first != second)


@given(
    st.text(alphabet="0123456789,.％%件人回年月日度令和第延べ約目標合計うち（）()R\n。、ーA～ ", max_size=60),
    st.text(max_size=60),
)
def test_any_text_is_taken(target, result):
    found = target_rate(target, result, 2024)
    assert found is None or (found.target.value > 0 and found.rate >= 0)
    assert all(quantity.value >= 0 for quantity in quantities(target, 2024))
