from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from initiatives import fiscal_year as fy
from initiatives.models import PlanYear
from reporting.assemble import assemble
from reporting.snapshot import dumps


class Command(BaseCommand):
    help = "推進状況報告書を作ります（例：build_report R6 --format pdf --output report.pdf）"

    def add_arguments(self, parser):
        parser.add_argument("year", help="年度（R6、令和6年度、2024）")
        parser.add_argument("--format", choices=["json", "pdf"], default="pdf", help="json は集計と本文、pdf は報告書")
        parser.add_argument("--output", required=True, help="書き出すファイル")
        parser.add_argument("--plan", help="計画名か番号（計画が2つ以上あるとき）")

    def handle(self, *, year, format, output, plan, **options):
        plan_year = self.plan_year(year, plan)
        report = assemble(plan_year)
        if format == "json":
            content = dumps(report).encode()
        else:
            from reporting import pdf

            content = pdf.render(report, progress=lambda percent, step: self.stderr.write(f"{percent:3d}％ {step}"))
        Path(output).write_bytes(content)
        self.stdout.write(f"{report.title}を {output} に書き出しました（{len(content):,}バイト）。")

    def plan_year(self, year: str, plan: str | None) -> PlanYear:
        try:
            fiscal_year = fy.parse(year)
        except fy.FiscalYearError as error:
            raise CommandError(str(error)) from error
        years = PlanYear.objects.select_related("plan").filter(fiscal_year=fiscal_year)
        if plan:
            years = years.filter(plan_id=int(plan)) if plan.isdigit() else years.filter(plan__name=plan)
        found = list(years[:2])
        if not found:
            raise CommandError(
                f"{fy.label(fiscal_year)}の記録がありません。先に資料を取り込むか、年度を始めてください。"
            )
        if len(found) > 1:
            raise CommandError("この年度の計画が2つ以上あります。--plan で計画名を指定してください。")
        return found[0]
