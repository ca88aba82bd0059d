"""整合性チェック: precision and recall by kind on the labelled printed year, and the time it takes.

The printed report lies beside the repository or not at all; without it only the times on a made-up year are printed.
A finding that no label speaks of is counted apart: it was neither foreseen nor judged.
"""

import csv
from collections import defaultdict
from pathlib import Path

from benchmarks import world
from benchmarks.measure import in_turn, queries, table
from initiatives.checking.finding import Finding
from initiatives.models import EntryPart, PlanYear
from initiatives.part_checks import findings_for_part
from reporting.checks import run as checks
from reporting.checks.year import context_of
from reporting.importing.compare import Answers, commit
from reporting.importing.directory import read_directory

HERE = Path(__file__).resolve().parent
REAL = HERE.parent.parent / "shared" / "data" / "kamakura-r6"
LABELS = HERE / "data" / "kamakura-r6-labels.csv"
GOALS = {"whole": 2000, "part": 50}  # ms


def run() -> None:
    if REAL.is_dir():
        plan_year = _printed_year()
        context = context_of(plan_year)
        _quality(checks.run(context))
    else:
        print("\n印刷の報告書（../shared/data/kamakura-r6）がないので、適合率と再現率は測っていません。時間だけを測ります。")
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
    times = in_turn({"whole": lambda: checks.run(context), "part": lambda: findings_for_part(longest)}, rounds=5)
    rows = [
        ["1年度のすべて（組み立てのあと）", times["whole"], f"≤ {GOALS['whole']}"],
        ["1つの課の分（いちばん長い実績）", times["part"], f"≤ {GOALS['part']}"],
        ["組み立てと読み込みの問い合わせ", queries(lambda: context_of(plan_year)), ""],
    ]
    table("整合性チェックの時間", ["", "ms", "目標"], rows)


def _quality(findings: list[Finding]) -> None:
    labels = _labels()
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    others: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for finding in findings:
        found[finding.check].add(_key(finding.place.ref))
        others[finding.check] |= {_key(place.ref) for place in finding.also}
    rows, totals = [], [0] * 4
    for kind in sorted({*labels, *found}):
        counted = _count(labels.get(kind, {}), found[kind], others[kind])
        totals = [one + other for one, other in zip(totals, counted, strict=True)]
        rows.append([kind, *_row(*counted)])
    rows.append(["合計", *_row(*totals)])
    head = ["種類", "正しい指摘", "誤った指摘", "見落とし", "ラベルのない指摘", "適合率", "再現率"]
    table(f"整合性チェックの正しさ（ラベル {sum(map(len, labels.values()))}件、指摘 {len(findings)}件）", head, rows)


def _labels() -> dict[str, dict[tuple[str, str], str]]:
    labels: dict[str, dict[tuple[str, str], str]] = defaultdict(dict)
    with LABELS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            labels[row["kind"]][row["place"], row["field"]] = row["verdict"]
    return labels


def _key(ref: str) -> tuple[str, str]:
    """ "1-1-2-9:result" → place and field; places of chapters and tables have no field."""
    place, _, field = ref.partition(":")
    return (place, field) if place[:1].isdigit() else (ref.replace(":goal_summary", ":summary"), "")


def _count(labels: dict[tuple[str, str], str], found: set[tuple[str, str]], others: set[tuple[str, str]]) -> tuple[int, int, int, int]:
    """True, false, missed, and unlabelled findings by place; a label without a field covers every field of its place.

    others: the other places that a finding names beside its own; they answer a label and are held against nothing.
    """
    covered: dict[tuple[str, str], bool] = {}
    unlabelled = 0
    for place, field in found:
        key = next((key for key in ((place, field), (place, "")) if key in labels), None)
        if key is None:
            unlabelled += 1
        else:
            covered[key] = True
    for place, field in others:
        for key in ((place, field), (place, "")):
            if labels.get(key) == "fault":
                covered[key] = True
    right = sum(labels[key] == "fault" for key in covered)
    missed = sum(verdict == "fault" and key not in covered for key, verdict in labels.items())
    return right, len(covered) - right, missed, unlabelled


def _row(right: int, wrong: int, missed: int, unlabelled: int) -> list:
    precision = f"{right / (right + wrong):.0%}" if right + wrong else "－"
    recall = f"{right / (right + missed):.0%}" if right + missed else "－"
    return [right, wrong, missed, unlabelled, precision, recall]
