from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from initiatives import fiscal_year as fy
from initiatives.models import PlanYear
from reporting import builds
from reporting.files import KINDS, Source, source_of
from reporting.models import ReportBuild, ReportEdition
from reporting.snapshot import SnapshotError, dumps


class Command(BaseCommand):
    help = (
        "推進状況報告書を書き出します（例：build_report R6 --format pdf --output report.pdf）。"
        "確定した年度は版から書き出し、版のファイルが作ってあれば、それと同じものを渡します。"
    )

    def add_arguments(self, parser):
        parser.add_argument("year", help="年度（R6、令和6年度、2024）")
        kinds = "、".join(f"{key} は{kind.label}" for key, kind in KINDS.items())
        parser.add_argument(
            "--format", choices=["json", *KINDS], default="pdf", help=f"json は集計と本文（docs/json.md）、{kinds}"
        )
        parser.add_argument("--edition", type=int, help="何版か（例：1）。なければ、確定した年度ではいちばん新しい版")
        parser.add_argument("--output", required=True, help="書き出すファイル")
        parser.add_argument("--plan", help="計画名か番号（計画が2つ以上あるとき）")

    def handle(self, *, year, format, edition, output, plan, **options):
        plan_year = self.plan_year(year, plan)
        chosen = self.edition(plan_year, edition)
        try:
            source = source_of(plan_year, chosen)
        except SnapshotError as error:
            raise CommandError(str(error)) from error
        content = self.content(format, source, chosen)
        Path(output).write_bytes(content)
        about = f"{source.report.title}{source.edition}"
        self.stdout.write(f"{about}を {output} に書き出しました（{len(content):,}バイト）。")

    def content(self, format: str, source: Source, edition: ReportEdition | None) -> bytes:
        if format == "json":
            return (edition.snapshot if edition else dumps(source.report)).encode()
        if edition and (kept := kept_file(edition, format)) is not None:
            return kept
        return KINDS[format].make(source, lambda percent, step: self.stderr.write(f"{percent:3d}％ {step}"))

    def edition(self, plan_year: PlanYear, number: int | None) -> ReportEdition | None:
        """The edition of that number; without one, what the year's report is now."""
        if number is None:
            return ReportEdition.objects.standing(plan_year)
        found = plan_year.editions.filter(number=number).first()
        if found is None:
            raise CommandError(f"{plan_year.label}に第{number}版はありません。")
        return found

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


def kept_file(edition: ReportEdition, kind: str) -> bytes | None:
    """The file that was made of the edition; None when there is none, or it was changed since."""
    made = (
        edition.builds.filter(kind=kind, excerpt="", status=ReportBuild.Status.DONE).order_by("-requested_at").first()
    )
    try:
        return builds.content_of(made) if made else None
    except builds.Damaged:
        return None
