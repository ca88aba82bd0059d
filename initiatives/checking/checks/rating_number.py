"""数と評価: numeric targets and results against the rating; several pairs in one cell are averaged."""

import re
from collections.abc import Iterator
from decimal import Decimal

from initiatives.checking.finding import LOOK, MUST, Check, Finding
from initiatives.checking.pairing import targets_and_results
from initiatives.checking.reading import number
from initiatives.checking.writing import Writing

_LOWER_IS_BETTER = re.compile(r"待機|減|未収|滞納|苦情|事故|対応中")
_FULL = Decimal(100)


def find(writing: Writing) -> Iterator[Finding]:
    rank = writing.rank(writing.rating)
    if rank is None or _LOWER_IS_BETTER.search(writing.target):
        return
    pairs = list(targets_and_results(writing.target, writing.result))
    if not pairs:
        return
    rates = [min(_FULL, result / asked.value * _FULL) for asked, result, _ in pairs]
    rate = (sum(rates) / len(rates)).quantize(Decimal("0.1"))
    said = writing.step_for(rate)
    if rank >= said:
        return
    letter = writing.scale[said].letter
    told = "、".join(f"{number(result)}{unit} ÷ 目標{number(asked.value)}{asked.unit}" for asked, result, unit in pairs)
    average = f"（{len(pairs)}つの平均）" if len(pairs) > 1 else ""
    yield Finding(
        writing.place("rating"),
        f"{told} ＝ {rate}％{average}、評価{writing.rating}",
        f"評価{letter}",
        f"数では{rate}％なので、{letter}の範囲です。",
        f"{letter}に変えるか、{writing.rating}とする理由を実績の文に書いてください。",
        f"{writing.target}\n{writing.result}\n{writing.rating}",
        subject="rate",
        severity=MUST if said - rank > 1 else LOOK,
    )


CHECK = Check(
    name="rating_number",
    title="数と評価の食い違い",
    looks_at="row",
    severity=LOOK,
    explanation="目標と実績に同じものの数があるとき、割合を評価区分に当てて、評価のほうが高くないかを見ます。",
    example="目標34台、実績19台は55.9％でBの範囲。評価がA。",
    alike=(
        "評価のほうが低い（控えめな自己評価）",
        "目標が「待機児童0人」のように、少ないほどよいもの",
        "2つ以上の数の平均では合っているもの",
        "目標25校・8園、実績25校・5園と4園（分けて書いた数は足す）",
    ),
    find=find,
    whole_row=True,
)
