"""What the pages cost against an empty view of the same stack, and whether they stay flat as years pile up."""

from django.test import Client
from django.urls import reverse

from benchmarks import world
from benchmarks.measure import in_turn, queries, table


def run() -> None:
    small = world.make_plan(1, years=1)[-1]
    client = Client()
    client.force_login(world.coordinator(), backend="django.contrib.auth.backends.ModelBackend")

    def get(address: str):
        def call():
            response = client.get(address)
            assert response.status_code == 200, (address, response.status_code)

        return call

    pages = _pages(small)
    calls = {"空の画面": get("/bench/empty/")} | {name: get(address) for name, address in pages.items()}
    floor = get(f"/bench/floor/{small.plan_id}/{small.fiscal_year}/")
    times = in_turn(calls | {"floor": floor})
    empty = times["空の画面"]
    table(
        f"画面（取組{world.INITIATIVES}件）　空の画面との比",
        ["画面", "ms", "比", "問い合わせ"],
        [[name, times[name], times[name] / empty, queries(call)] for name, call in calls.items()],
    )
    ratio = times["一覧（全件）"] / times["floor"]
    table(
        "一覧（全件）を、1回の問い合わせとf文字列だけの表と比べる（目標 6 以下）",
        ["", "ms", "比", "問い合わせ"],
        [
            ["f文字列の表", times["floor"], 1.0, queries(floor)],
            ["一覧（全件）", times["一覧（全件）"], ratio, queries(calls["一覧（全件）"])],
        ],
    )

    before = {name: queries(call) for name, call in calls.items()}
    large = [world.make_plan(number, years=10) for number in range(2, 11)][-1][-1]
    again = {name: get(address) for name, address in _pages(large).items()}
    rows = []
    for name, call in again.items():
        pair = in_turn({"small": calls[name], "large": call})
        rows.append([name, pair["small"], pair["large"], pair["large"] / pair["small"], before[name], queries(call)])
    table(
        "1計画×1年度 から 10計画×10年度 へ（目標 1.2 以下、問い合わせは同じ）",
        ["画面", "ms 小", "ms 大", "比", "問い合わせ 小", "問い合わせ 大"],
        rows,
    )


def _pages(plan_year) -> dict[str, str]:
    year = [plan_year.plan_id, plan_year.fiscal_year]
    first = plan_year.plan.initiatives.order_by("position").first()
    listed = reverse("initiatives:entry_list", args=year)
    return {
        "ホーム（課ごとの状況）": reverse("initiatives:year_home", args=year),
        "確認": reverse("initiatives:review_queue", args=year),
        "一覧（50件）": listed,
        "一覧（全件）": listed + "?per=all",
        "取組1件": reverse("initiatives:entry_detail", args=[*year, first.pk]),
        "成果指標": reverse("indicators:indicator_detail", args=[*year, plan_year.plan.indicators.first().pk]),
        "集計": reverse("reporting:summary", args=year),
    }
