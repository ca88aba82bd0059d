"""見出しの形: the same section of each goal is headed alike; the first goal's heading is the model."""

import re
from collections.abc import Iterator

from initiatives.checking.finding import LOOK, Check, Finding, Place
from initiatives.checking.reading import plain
from reporting.checks.context import Context
from reporting.snapshot import Goal


def find(context: Context) -> Iterator[Finding]:
    kinds: dict[str, list[tuple[Goal, str]]] = {}
    for goal in context.report.goals:
        for section in goal.sections.values():
            kinds.setdefault(section.kind, []).append((goal, section.heading))
        if goal.committee_review:
            kinds.setdefault("review", []).append((goal, goal.committee_review.heading))
    for kind, headings in kinds.items():
        forms = [_form(heading, goal) for goal, heading in headings]
        if forms.count(forms[0]) < 2:
            continue  # no form to go by
        for (goal, heading), form in zip(headings, forms, strict=True):
            if form != forms[0]:
                yield _finding(context, goal, kind, heading, headings[0])


def _form(heading: str, goal: Goal) -> str:
    told = plain(heading).replace(plain(goal.name), "名前")
    return re.sub(r"\d+", "0", told)


def _finding(context: Context, goal: Goal, kind: str, heading: str, model: tuple[Goal, str]) -> Finding:
    first, its = model
    expected = its.replace(first.name, goal.name)
    expected = re.sub(rf"(目標|\()\s*{first.number}", lambda match: f"{match[1]}{goal.number}", expected)
    term = f"{context.report.terms['goal']}{goal.number}"
    place = (
        Place("review", goal=goal.number, words=f"{term} 講評")
        if kind == "review"
        else context.chapter_place(goal, kind)
    )
    return Finding(
        place, heading or "見出しなし", expected, f"目標{first.number}の見出しと形が違います。", "見出しの形をそろえてください。",
        f"{heading}|{its}", subject="heading",
    )  # fmt: skip


CHECK = Check(
    name="headings",
    title="見出しの形",
    looks_at="report",
    severity=LOOK,
    explanation="目標ごとの同じ章の見出しが、同じ形かを見ます。初めの目標の見出しを手本にします。",
    example="「目標1：総合的な…に関して」のあとに「目標3 地域に…に関して」。",
    alike=("目標の番号と名前だけが違う見出し", "見出しのない章"),
    find=find,
)
