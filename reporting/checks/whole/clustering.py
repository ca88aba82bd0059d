"""評価のかたより: a department that gave itself the best rating for everything."""

from collections.abc import Iterator

from initiatives.checking.finding import LOOK, Check, Finding, Place
from reporting.checks.context import Context

LEAST = 5


def find(context: Context) -> Iterator[Finding]:
    if not context.report.scale:
        return
    best = context.report.scale[0].letter
    for line in context.report.departments:
        count = line.tally.count
        if count >= LEAST and line.tally.ratings.get(best, 0) == count:
            words = f"{line.department} {count}件がすべて{best}"
            place = Place("department", line.department, department=line.department, words=line.department)
            yield Finding(
                place,
                words,
                "ほかの課と同じ見方でつけた評価",
                f"担当する{count}件の評価が、すべて{best}です。委員会は、評価が甘くならないよう求めています。",
                "数のある目標や、昨年度と同じ文の取組から、評価を見直してください。",
                f"{best} {' '.join(line.codes)}",
                subject="all best",
            )


CHECK = Check(
    name="clustering",
    title="評価のかたより",
    looks_at="report",
    severity=LOOK,
    explanation="5件以上を受け持つ課の評価が、すべていちばん高い評価になっていないかを知らせます。",
    example="介護保険課の12件が、すべてA。",
    alike=("受け持ちが4件までの課", "まだ評価していない取組がある課"),
    find=find,
)
