"""昨年度との大きな差: the same measure, three times as large or a third of last year's."""

from collections.abc import Iterator

from initiatives.checking.finding import LOOK, Check, Finding
from initiatives.checking.reading import Figure, core, figures_in, number
from initiatives.checking.writing import Writing

TIMES = 3
LEAST = 10  # below it a few more or less are many times as many


def find(writing: Writing) -> Iterator[Finding]:
    before = {_key(one): one for one in figures_in(writing.last.get("result", "")) if core(one.name)}
    for one in figures_in(writing.result):
        last = before.get(_key(one))
        if last is None or one.low is not None or last.low is not None or max(one.value, last.value) < LEAST:
            continue
        low, high = sorted((one.value, last.value))
        if low * TIMES <= high:
            words = "大きく増えて" if one.value > last.value else "大きく減って"
            yield Finding(
                writing.place("result"),
                f"{one.name} {one.words}",
                f"昨年度は{number(last.value)}{last.unit}",
                f"昨年度と比べて、{words}います。",
                "数と単位を確かめ、正しければ、増えたり減ったりしたわけを書いてください。",
                f"{last.words} {writing.result}",
                subject=f"{one.name}{one.unit}",
            )


def _key(one: Figure) -> tuple[str, str, str]:
    return one.name, one.family, one.measure


CHECK = Check(
    name="jump",
    title="昨年度との大きな差",
    looks_at="row",
    severity=LOOK,
    explanation="同じ名前の数が、昨年度の3倍以上か、3分の1以下になっていないかを見ます。けたの間違いに気づけます。",
    example="昨年度「参加者数62人」、今年度「参加者数600人」。",
    alike=("10より小さい数どうし", "名前の違う数", "3倍に届かない増減"),
    find=find,
)
