"""The report's PDF as whole processes: one process, two, one entry changed, and Chromium printing the same pages.

Instructions by `perf stat` where the machine counts them; everywhere the processor seconds against Chromium's.
"""

import dataclasses
import io
import os
import pickle
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from django.core.management import call_command

from benchmarks.measure import table
from initiatives.models import PlanYear
from reporting.assemble import assemble

ROUNDS = 3
GOALS = {"instructions": 42, "processes": 0.75, "changed": 0.2, "chromium": 4.5, "memory": 300, "size": 3}


def run() -> None:
    with tempfile.TemporaryDirectory(prefix="ayumi-bench-report.") as folder:
        _run(Path(folder))


def _run(folder: Path) -> None:
    _demo_database(folder)
    report, changed = folder / "report.pickle", folder / "changed.pickle"
    kept = folder / "cache"
    runs = {
        "1プロセス": ["render", report, folder / "1.pdf", "1"],
        "2プロセス": ["render", report, folder / "2.pdf", "2"],
        "作ったあと1件変えた": ["again", report, changed, folder / "3.pdf", "2", kept],
        "Chromium（同じHTML）": ["chromium", report],
    }
    measured: dict[str, list[dict]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        shutil.rmtree(kept, ignore_errors=True)
        for name, arguments in runs.items():
            measured[name].append(_measure(arguments))
    middle = {
        name: {key: statistics.median(one[key] for one in all_) for key in all_[0]} for name, all_ in measured.items()
    }
    one, two, after, chromium = middle.values()
    table(
        f"報告書のPDF（{ROUNDS}回の中央値）",
        ["", "秒（作るところ）", "CPU秒（全体）", "最大メモリーMB（1プロセス）"],
        [[name, values["wall"], values["cpu"], values["memory"]] for name, values in middle.items()],
    )
    content = (folder / "2.pdf").read_bytes()
    table(
        "目標とくらべる",
        ["", "値", "目標"],
        [
            ["命令数（G）", _instructions(runs["1プロセス"]), f"≤ {GOALS['instructions']}"],
            ["CPU秒：Chromiumとの比", one["cpu"] / chromium["cpu"], f"≤ {GOALS['chromium']}"],
            ["秒：2プロセス ÷ 1プロセス", f"{two['wall'] / one['wall']:.2f}", f"≤ {GOALS['processes']}"],
            [
                "秒：1件変えて作り直す ÷ 全部（2プロセス）",
                f"{after['wall'] / two['wall']:.2f}",
                f"≤ {GOALS['changed']}",
            ],
            ["最大メモリー（MB）", max(one["memory"], two["memory"]), f"≤ {GOALS['memory']}"],
            ["大きさ（MB）", f"{len(content) / 1e6:.2f}", f"≤ {GOALS['size']}"],
            ["ページ", _pages(folder / "2.pdf"), ""],
            ["pdfua の指摘", _pdfua(folder / "2.pdf"), "0"],
        ],
    )


def _demo_database(folder: Path) -> None:
    """The demo city in a database of its own: the other benchmarks' plans are of other sizes."""
    program = "import benchmarks.report as b, pathlib, sys; b.freeze(pathlib.Path(sys.argv[1]))"
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{folder / 'demo.sqlite3'}"}
    setup = "import django; django.setup(); "
    subprocess.run([sys.executable, "-c", setup + program, folder], env=environment, check=True)


def freeze(folder: Path) -> None:
    """The demo's R6 report, and the same with one entry's text changed, as files for the measured processes."""
    call_command("migrate", verbosity=0)
    call_command("load_demo", verbosity=0, stdout=io.StringIO())
    report = assemble(PlanYear.objects.select_related("plan").get(fiscal_year=2024))
    (folder / "report.pickle").write_bytes(pickle.dumps(report))
    (folder / "changed.pickle").write_bytes(pickle.dumps(_with_one_change(report)))


def _with_one_change(report):
    goal = report.goals[0]
    policy = goal.policies[0]
    branch = policy.directions[0]
    row = branch.rows[0]
    part = dataclasses.replace(row.parts[0], result=row.parts[0].result + "あわせて案内を配った。")
    row = dataclasses.replace(row, parts=(part, *row.parts[1:]), result=row.result + "あわせて案内を配った。")
    branch = dataclasses.replace(branch, rows=(row, *branch.rows[1:]))
    policy = dataclasses.replace(policy, directions=(branch, *policy.directions[1:]))
    goal = dataclasses.replace(goal, policies=(policy, *goal.policies[1:]))
    return dataclasses.replace(report, goals=(goal, *report.goals[1:]))


def _command(arguments: list) -> list[str]:
    return [sys.executable, "-m", "benchmarks.render_once", *map(str, arguments)]


def _measure(arguments: list) -> dict[str, float]:
    """Wall seconds of the rendering, processor seconds of the whole process tree, its largest process in MB.

    Workers are not the measured process's own children (a fork server starts them, Chromium has zygotes), so the
    session is watched in /proc instead of asking for the children's usage at the end.
    """
    process = subprocess.Popen(
        _command(arguments), start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    seen: dict[int, tuple[float, float]] = {}
    while process.poll() is None:
        seen |= _usage_of_session(process.pid)
        time.sleep(0.05)
    if process.returncode:
        raise SystemExit(f"計測の途中で止まりました（{arguments[0]}）。")
    cpu, memory = zip(*seen.values(), strict=True)
    return {"wall": float(process.stdout.read()), "cpu": sum(cpu), "memory": max(memory)}


def _usage_of_session(session: int) -> dict[int, tuple[float, float]]:
    """Processor seconds and peak memory (MB) of every process of a session, by process number."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) != session:
                continue
            peak = re.search(r"VmHWM:\s+(\d+)", (folder / "status").read_text())
        except OSError:
            continue  # it has ended meanwhile
        seconds = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        found[int(folder.name)] = seconds, int(peak.group(1)) / 1024 if peak else 0.0
    return found


def _instructions(arguments: list) -> str:
    """Billions of instructions, or why they are not counted."""
    if not shutil.which("perf"):
        return "perf がありません"
    command = ["perf", "stat", "-x,", "-e", "instructions:u", *_command(arguments)]
    counted = subprocess.run(command, capture_output=True, text=True).stderr
    found = re.search(r"^(\d+),,instructions", counted, re.MULTILINE)
    return f"{int(found.group(1)) / 1e9:.1f}" if found else "この機械では数えられません"


def _pages(file: Path) -> int:
    import pikepdf

    with pikepdf.open(file) as document:
        return len(document.pages)


def _pdfua(file: Path) -> str:
    checked = subprocess.run([sys.executable, "-m", "pdfua", "check", file], capture_output=True, text=True)
    return "0" if checked.returncode == 0 else checked.stdout.strip()[-300:]
