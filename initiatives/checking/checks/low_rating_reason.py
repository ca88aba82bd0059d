"""低評価の理由: C and D need one; the committee asked for it."""

from collections.abc import Iterator

from initiatives.checking.finding import MUST, Check, Finding
from initiatives.checking.writing import Writing


def find(writing: Writing) -> Iterator[Finding]:
    rank = writing.rank(writing.rating)
    if rank is not None and writing.scale[rank].reason_required and not writing.low_rating_reason.strip():
        yield Finding(
            writing.place("low_rating_reason"),
            f"評価{writing.rating}、理由なし",
            "低評価の理由",
            "委員会が、低い評価には理由を書くよう求めています。",
            "なぜ届かなかったかと、次にどうするかを書いてください。",
            writing.rating,
        )


CHECK = Check(
    name="low_rating_reason",
    title="低評価の理由がない",
    looks_at="row",
    severity=MUST,
    explanation="理由を求める評価（この計画ではCとD）に、低評価の理由があるかを見ます。",
    example="評価Dで、低評価の理由が空欄のとき。",
    alike=("AとB", "まだ評価していない取組"),
    find=find,
    whole_row=True,
)
