"""整合性チェック: precision and recall by kind on the labelled printed year, and the time it takes.

The printed report lies beside the repository or not at all; without it only the times on a made-up year are printed.
A finding that no label speaks of is counted apart: it was neither foreseen nor judged.
"""

import csv
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import world
from benchmarks.measure import in_turn, queries, table
from initiatives import dictionary
from initiatives.checking.finding import Finding, Place
from initiatives.models import EntryPart, PlanYear
from initiatives.part_checks import findings_for_part
from reporting.chapters import Draft
from reporting.checks import chapter
from reporting.checks import run as checks
from reporting.checks.year import context_of
from reporting.importing.compare import Answers, commit
from reporting.importing.directory import read_directory
from reporting.models import Chapter

HERE = Path(__file__).resolve().parent
REAL = HERE.parent.parent / "shared" / "data" / "kamakura-r6"
LABELS = HERE / "data" / "kamakura-r6-labels.csv"
GOALS = {"whole": 2000, "part": 50}  # ms
Label = tuple[str, str, str, str]  # kind, place, field, words that stand in the finding


def run() -> None:
    if REAL.is_dir():
        plan_year = _printed_year()
        context = context_of(plan_year)
        _quality(checks.run(context))
    else:
        print(
            "\n印刷の報告書（../shared/data/kamakura-r6）がないので、適合率と再現率は測っていません。時間だけを測ります。"
        )
        plan_year = world.make_plan(31, years=2)[-1]
        context = context_of(plan_year)
    _times(plan_year, context)


def _printed_year() -> PlanYear:
    source = read_directory(REAL, 2024)
    names = frozenset(owner.name for initiative in source.initiatives for owner in initiative.owners)
    done = commit(source, Answers(plan=source.plan_name, add=names))
    return PlanYear.objects.select_related("plan").get(pk=done.plan_year.pk)


def _times(plan_year: PlanYear, context) -> None:
    part = (
        EntryPart.objects.filter(entry__initiative__plan=plan_year.plan, entry__fiscal_year=plan_year.fiscal_year)
        .select_related("department", "entry__initiative__plan")
        .order_by("-result")
    )
    longest = max(part, key=lambda one: len(one.result))
    checks.run(context)  # loads the dictionary
    things = {
        "whole": lambda: checks.run(context_of(plan_year)),
        "part": lambda: findings_for_part(longest, terms=dictionary.terms_of(plan_year.plan.city_name)),
    }
    assembling = _processor(lambda: context_of(plan_year))
    draft = _longest_chapter(plan_year)
    assert draft.prose.report  # read already, as on the page
    things["chapter"] = lambda: chapter.findings(draft)
    times = in_turn(things | {"whole": lambda: checks.run(context)}, rounds=5)
    rows = [
        [
            "1年度のすべて（組み立てのあと）",
            times["whole"],
            _processor(things["whole"]) - assembling,
            f"≤ {GOALS['whole']}",
        ],
        ["1つの課の分（いちばん長い実績）", times["part"], _processor(things["part"]), f"≤ {GOALS['part']}"],
        ["書いている章（いちばん長い文）", times["chapter"], _processor(things["chapter"]), "−"],
    ]
    table("整合性チェックの時間", ["", "ms", "CPU ms", "目標"], rows)
    print(f"  組み立てと読み込みの問い合わせ：{queries(lambda: context_of(plan_year))}")


def _longest_chapter(plan_year: PlanYear) -> Draft:
    kept = Chapter.objects.filter(plan=plan_year.plan, fiscal_year=plan_year.fiscal_year).select_related("goal")
    longest = max(kept, key=lambda one: len(one.text), default=Chapter(plan=plan_year.plan, kind=Chapter.Kind.FOREWORD))
    return Draft(plan_year, longest, longest.heading, longest.text)


def _processor(call: Callable[[], object]) -> float:
    """Processor milliseconds of one call: what other work on the machine does not change much."""
    start = time.process_time()
    call()
    return (time.process_time() - start) * 1000


@dataclass
class Verdicts:
    """What the labels say of the findings; each is a label, or what a label would be."""

    right: set = field(default_factory=set)
    wrong: set = field(default_factory=set)
    missed: set = field(default_factory=set)
    unlabelled: set = field(default_factory=set)

    def of(self, kind: str) -> list[int]:
        told = (self.right, self.wrong, self.missed, self.unlabelled)
        return [sum(one[0] == kind for one in each) for each in told]


def judge(findings: list[Finding]) -> Verdicts:
    """Hold findings against the labels. A label without a field covers every field of its place, one without words
    every finding there.

    The other places that a finding names beside its own answer a label, and are held against nothing.
    """
    labels, verdicts = _labels(), Verdicts()
    for finding in findings:
        label = _label(finding, finding.place, labels)
        if label is None:
            verdicts.unlabelled.add((finding.check, *_key(finding.place.ref), finding.found))
        elif labels[label] == "fault":
            verdicts.right.add(label)
        else:
            verdicts.wrong.add(label)
        for place in finding.also:
            other = _label(finding, place, labels)
            if other is not None and labels[other] == "fault":
                verdicts.right.add(other)
    verdicts.missed = {label for label, verdict in labels.items() if verdict == "fault"} - verdicts.right
    return verdicts


def _label(finding: Finding, place: Place, labels: dict[Label, str]) -> Label | None:
    """The most telling label of a finding at a place: with words before without, of the field before of the row."""
    code, field_ = _key(place.ref)
    told = [
        label
        for label in labels
        if label[:2] == (finding.check, code) and label[2] in (field_, "") and label[3] in finding.found
    ]
    return max(told, key=lambda label: (bool(label[3]), bool(label[2])), default=None)


def _quality(findings: list[Finding]) -> None:
    verdicts = judge(findings)
    kinds = sorted({label[0] for label in _labels()} | {finding.check for finding in findings})
    counted = {kind: verdicts.of(kind) for kind in kinds}
    rows = [[kind, *_row(*counts)] for kind, counts in counted.items()]
    rows.append(["合計", *_row(*(sum(each) for each in zip(*counted.values(), strict=True)))])
    head = ["種類", "正しい指摘", "誤った指摘", "見落とし", "ラベルのない指摘", "適合率", "再現率"]
    table(f"整合性チェックの正しさ（ラベル {len(_labels())}件、指摘 {len(findings)}件）", head, rows)


def _labels() -> dict[Label, str]:
    with LABELS.open(encoding="utf-8", newline="") as file:
        return {(row["kind"], row["place"], row["field"], row["words"]): row["verdict"] for row in csv.DictReader(file)}


def _key(ref: str) -> tuple[str, str]:
    """ "1-1-2-9:result" → place and field; places of chapters and tables have no field."""
    place, _, field_ = ref.partition(":")
    return (place, field_) if place[:1].isdigit() else (ref.replace(":goal_summary", ":summary"), "")


def _row(right: int, wrong: int, missed: int, unlabelled: int) -> list:
    precision = f"{right / (right + wrong):.0%}" if right + wrong else "－"
    recall = f"{right / (right + missed):.0%}" if right + missed else "－"
    return [right, wrong, missed, unlabelled, precision, recall]
