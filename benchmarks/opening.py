"""Opening a year of 239 initiatives: looking first, making it, and doing it again."""

import time

from benchmarks import world
from benchmarks.measure import queries, table
from initiatives import opening


def run() -> None:
    last = world.make_plan(31, years=2)[-1]
    year = last.fiscal_year + 1
    rows = []
    for name, call in (
        ("下見", lambda: opening.preview(last.plan, year, ["result"])),
        ("用意する", lambda: opening.open_year(last.plan, year, ["result"])),
        ("もう一度", lambda: opening.open_year(last.plan, year, ["result"])),
    ):
        start = time.perf_counter()
        made = call()
        rows.append([name, (time.perf_counter() - start) * 1000, len(made.entries), len(made.parts)])
    table("年度を用意する（取組239件、目標 2,000 ms以下）", ["", "ms", "取組", "課の記入"], rows)
    print(f"  下見の問い合わせ {queries(lambda: opening.preview(last.plan, year))}")
