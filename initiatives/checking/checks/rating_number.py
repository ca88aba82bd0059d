"""数と評価: numeric targets and results against the rating; several pairs in one cell are averaged."""

from collections.abc import Iterator

from initiatives.checking.finding import LOOK, MUST, Check, Finding
from initiatives.checking.pairing import rates
from initiatives.checking.writing import Writing
from initiatives.target_rate import average, how_to_settle, why_other


def find(writing: Writing) -> Iterator[Finding]:
    rank = writing.rank(writing.rating)
    found = rates(writing.target, writing.result, writing.fiscal_year) if rank is not None else []
    if not found:
        return
    rate = average(found)
    said = writing.step_for(rate)
    if rank >= said:
        return
    letter = writing.scale[said].letter
    told = "、".join(each.division for each in found)
    many = f"（{len(found)}つの平均）" if len(found) > 1 else ""
    yield Finding(
        writing.place("rating"),
        f"{told} ＝ {rate}％{many}、評価{writing.rating}",
        f"評価{letter}",
        why_other(rate, letter),
        how_to_settle(letter, writing.rating),
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
