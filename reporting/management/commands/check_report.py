import json

from django.core.management.base import BaseCommand, CommandError

from initiatives import fiscal_year as fy
from initiatives.checking.finding import SEVERITIES
from initiatives.models import PlanYear
from reporting.checks import page, year
from reporting.checks.page import Item
from reporting.checks.run import CHECKS
from reporting.checks.year import STATES


class Command(BaseCommand):
    help = "年度の報告書の整合性チェックをします。書きかえはしません。"

    def add_arguments(self, parser):
        parser.add_argument("year", help="年度。R6、令和6年度、2024 のどれでも")
        parser.add_argument("--plan", default="", help="計画の名前か番号。計画が1つなら要りません")
        parser.add_argument("--format", choices=["text", "json"], default="text", help="出す形")
        parser.add_argument(
            "--kind", action="append", default=[], choices=sorted(CHECKS), metavar="種類", help="何度でも"
        )

    def handle(self, *, year: str, plan: str, format: str, kind: list[str], **options):
        items = _items(self._plan_year(year, plan), kind)
        if format == "json":
            self.stdout.write(json.dumps([_plain(item) for item in items], ensure_ascii=False, indent=1))
            return
        counts = page.count(item.judged for item in items)
        self.stdout.write(f"{page.heading(counts)}。このままでよいとしたもの：{counts.accepted}件")
        for check in CHECKS.values():
            of_kind = [item for item in items if item.check == check]
            if of_kind:
                self.stdout.write(f"\n■ {check.title}（{check.name}）：{len(of_kind)}件")
                for item in of_kind:
                    self.stdout.write(_line(item))

    def _plan_year(self, text: str, plan: str) -> PlanYear:
        try:
            fiscal_year = fy.parse(text)
        except fy.FiscalYearError as error:
            raise CommandError(str(error)) from error
        years = [
            one
            for one in PlanYear.objects.filter(fiscal_year=fiscal_year).select_related("plan")
            if plan in ("", one.plan.name, str(one.plan_id))
        ]
        if len(years) != 1:
            names = "、".join(one.plan.name for one in years) or "なし"
            raise CommandError(
                f"{fy.label(fiscal_year)}の計画を1つに決められません（{names}）。--plan で計画を指定してください。"
            )
        return years[0]


def _items(plan_year: PlanYear, kinds: list[str]) -> list[Item]:
    context = year.context_of(plan_year)
    return page.items(year.judged(plan_year, kinds or None, context=context), plan_year, context, None)


def _line(item: Item) -> str:
    one = item.judged
    finding = one.finding
    mark = "" if one.state == year.OPEN else f"［{STATES[one.state]}］"
    department = f"（{'、'.join(finding.departments)}）" if finding.departments else ""
    return (
        f"{'×' if finding.severity == 'must' else '△'}{mark} {finding.place.label}{item.where and f'の{item.where}'}{department}：{finding.why}\n"
        f"    いま：{finding.found}\n    あるべき：{finding.expected}\n    {finding.fix}"
    )


def _plain(item: Item) -> dict:
    one, finding = item.judged, item.finding
    return {
        "key": finding.key,
        "check": finding.check,
        "title": item.check.title,
        "severity": finding.severity,
        "severity_label": SEVERITIES[finding.severity],
        "place": finding.place.ref,
        "label": finding.place.label,
        "goal": finding.place.goal,
        "paragraph": item.paragraph or None,
        "departments": list(finding.departments),
        "found": finding.found,
        "expected": finding.expected,
        "why": finding.why,
        "fix": finding.fix,
        "link": item.links[0][1],
        "also": [place.ref for place in finding.also],
        "state": one.state,
        "reason": one.decision.reason if one.decision else "",
    }
