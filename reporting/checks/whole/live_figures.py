"""データの数と注のしるし: a marker in a chapter that names nothing, or whose figure has no value."""

from collections.abc import Iterator

from initiatives.checking.finding import MUST, Check, Finding, Place
from reporting.checks.context import Context
from reporting.prose import Problem, Prose, as_typed


def find(context: Context) -> Iterator[Finding]:
    prose = Prose(as_typed(context.report), lambda: context.last)
    for problem in prose.problems:
        yield Finding(
            _place(context, problem), problem.source, "データにある数か、文の中にある注", problem.words,
            "章を開いて、しるしを直してください。" if problem.is_broken else "データを入れるか、文を書き直してください。",
            basis=f"{problem.source} {problem.words}", subject=f"{problem.source} {problem.row}",
        )  # fmt: skip


def _place(context: Context, problem: Problem) -> Place:
    if problem.kind == "events":
        words = f"{context.report.terms['goal']}{problem.goal} 市の動向の{problem.row}行目"
        return Place("event", str(problem.row), goal=problem.goal, words=words)
    goal = next((goal for goal in context.report.goals if goal.number == problem.goal), None)
    return context.chapter_place(goal, problem.kind)


CHECK = Check(
    name="live_figures",
    title="データの数と注のしるし",
    looks_at="report",
    severity=MUST,
    explanation="章の文に入れたデータの数（{{目標1.A評価.件数}}など）と注のしるしが、どれも読めて、値があるかを見ます。",
    example="{{目標1.A評価.件}}という数はありません。",
    alike=("値が0の数（0件と印刷します）", "「［注意］」のような、注のしるしでない括弧"),
    find=find,
)
