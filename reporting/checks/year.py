"""The findings of a year of a plan: reading what the checks need, and what people decided about them."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import Department, User
from indicators.rules import rules_of
from initiatives import dictionary
from initiatives.checking.finding import MUST, Finding
from initiatives.models import PlanYear
from reporting.checks import run
from reporting.checks.context import Context
from reporting.editions import last_report_of, report_of
from reporting.models import CheckDecision, PrintedClaim

OPEN, ACCEPTED, FOLLOW_UP = "open", "accepted", "follow_up"
STATES = {OPEN: "まだ", FOLLOW_UP: "あとで見る", ACCEPTED: "このままでよい"}


@dataclass(frozen=True)
class Judged:
    """A finding with where it stands. `decision`: the latest one, also when its words have changed since."""

    finding: Finding
    state: str
    decision: CheckDecision | None = None

    @property
    def came_back(self) -> bool:
        return self.state == OPEN and self.decision is not None and self.decision.kind == CheckDecision.Kind.ACCEPT


def context_of(plan_year: PlanYear) -> Context:
    """The year's report with last year's, the register and the printed claims."""
    year = plan_year.fiscal_year
    departments = Department.objects.all()
    claims = PrintedClaim.objects.filter(plan=plan_year.plan_id, fiscal_year=year)
    return Context(
        report=report_of(plan_year),
        last=last_report_of(plan_year),
        register=tuple(
            department.name
            for department in departments
            if (department.opened_in or 0) <= year <= (department.closed_after or year)
        ),
        claims=dict(claims.values_list("key", "text")),
        terms=dictionary.terms_of(plan_year.plan.city_name),
        rules=rules_of(plan_year.plan),
    )


def judged(plan_year: PlanYear, names: Iterable[str] | None = None, *, context: Context | None = None) -> list[Judged]:
    """Every finding of the year with the latest decision about it, in the order of the report.

    `names` narrows it to some checks; `context`: what the caller has read already.
    """
    return judge(plan_year, run.run(context or context_of(plan_year), names))


def judge(plan_year: PlanYear, found: Iterable[Finding]) -> list[Judged]:
    """Findings of the year with the latest decision about each. One query."""
    latest: dict[str, CheckDecision] = {}
    for decision in plan_year.check_decisions.select_related("by").order_by("at", "pk"):
        latest[decision.finding] = decision
    return [_judge(finding, latest.get(finding.key)) for finding in found]


def _judge(finding: Finding, decision: CheckDecision | None) -> Judged:
    state = OPEN
    if decision is not None:
        if decision.kind == CheckDecision.Kind.FOLLOW_UP:
            state = FOLLOW_UP
        elif decision.kind == CheckDecision.Kind.ACCEPT and decision.basis == finding.basis_digest:
            state = ACCEPTED
    return Judged(finding, state, decision)


def decide(plan_year: PlanYear, finding: Finding, kind: str, *, by: User, reason: str = "") -> CheckDecision:
    """Keep what a person decided about a finding, with who and when."""
    return CheckDecision.objects.create(
        plan_year=plan_year,
        finding=finding.key,
        basis=finding.basis_digest,
        kind=kind,
        reason=reason,
        about=f"{finding.place.label} {run.CHECKS[finding.check].title}"[:200],
        by=by,
    )


def open_errors(plan_year: PlanYear) -> list[Judged]:
    """What must be mended and is neither mended nor accepted: publishing with any of it needs a reason."""
    return [one for one in judged(plan_year) if one.state != ACCEPTED and one.finding.severity == MUST]
