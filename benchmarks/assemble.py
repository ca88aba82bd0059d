"""One year from the database to the frozen report."""

from benchmarks import world
from benchmarks.measure import in_turn, queries, table
from initiatives.models import PlanYear
from reporting.assemble import assemble
from reporting.snapshot import dumps


def run() -> None:
    rows = []
    for number, initiatives in ((21, 24), (22, world.INITIATIVES)):
        key = world.make_plan(number, years=2, initiatives=initiatives)[-1].pk

        def fresh(key=key):
            return assemble(PlanYear.objects.select_related("plan").get(pk=key))

        report = fresh()
        times = in_turn({"assemble": fresh, "json": lambda report=report: dumps(report)})
        rows.append([initiatives, times["assemble"], times["json"], queries(fresh) - 1])
    table("報告書の組み立て（目標 15問い合わせ以下）", ["取組", "組み立て ms", "JSON ms", "問い合わせ"], rows)
