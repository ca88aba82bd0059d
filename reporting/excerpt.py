"""抜粋: what of a report one department or one policy is about, as a report of its own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from reporting import counting
from reporting.snapshot import Goal, Policy, Report, Row


@dataclass(frozen=True)
class Excerpt:
    """name: as it stands on the cover. holds: whether a row of a policy belongs to it."""

    key: str
    name: str
    holds: Callable[[Policy, Row], bool]
    department: str = ""

    @property
    def file_name(self) -> str:
        return self.name.replace("　", "_")


def of_department(name: str) -> Excerpt:
    return Excerpt(
        f"department:{name}", name, lambda policy, row: name in {each.department for each in row.owners}, name
    )


def of_policy(policy: Policy, report: Report) -> Excerpt:
    name = f"{report.terms['policy']}{policy.code}　{policy.name}".rstrip("　")
    return Excerpt(f"policy:{policy.code}", name, lambda other, row: other.code == policy.code)


def choices(report: Report) -> list[Excerpt]:
    """Every excerpt that a report has: its policies, then its departments."""
    policies = [of_policy(policy, report) for goal in report.goals for policy in goal.policies if _rows(policy)]
    return policies + [of_department(each.department) for each in report.departments]


def find(report: Report, key: str) -> Excerpt | None:
    return next((each for each in choices(report) if each.key == key), None)


def excerpt(report: Report, chosen: Excerpt) -> Report:
    """The rows chosen, counted; the indicators of the department, or of the goals that are left. No chapters."""
    scale = counting.scale_of(report.scale)
    goals = tuple(goal for each in report.goals if (goal := _goal(each, chosen, scale)).rows)
    rows = [row for goal in goals for row in goal.rows]
    numbers = {goal.number for goal in goals}
    indicators = tuple(
        each for each in report.indicators
        if (each.department == chosen.department if chosen.department else numbers & set(each.goal_numbers))
    )  # fmt: skip
    codes = {each.code for each in indicators}
    return replace(
        report,
        sections={}, committee_review=None, indicators=indicators,
        goals=tuple(_with_indicators(goal, codes, indicators) for goal in goals),
        tally=counting.tally(rows, scale),
        tally_without_cross_listings=counting.tally(counting.originals(rows), scale),
        indicator_ratings=_ratings(report, indicators),
        departments=tuple(
            replace(each, codes=tuple(row.code for row in own), tally=counting.tally(own, scale))
            for each in report.departments
            if (own := counting.by_department(rows).get(each.department))
            and (not chosen.department or each.department == chosen.department)
        ),
        low_before=tuple(each for each in report.low_before if each.code in {row.code for row in rows}),
    )  # fmt: skip


def _rows(policy: Policy) -> list[Row]:
    return [row for direction in policy.directions for row in direction.rows]


def _goal(goal: Goal, chosen: Excerpt, scale) -> Goal:
    policies = []
    for policy in goal.policies:
        directions = tuple(
            replace(direction, rows=rows)
            for direction in policy.directions
            if (rows := tuple(row for row in direction.rows if chosen.holds(policy, row)))
        )
        if directions:
            made = replace(policy, directions=directions)
            policies.append(replace(made, tally=counting.tally(_rows(made), scale)))
    rows = [row for policy in policies for row in _rows(policy)]
    return replace(
        goal, policies=tuple(policies), sections={}, events=(), footnotes=(), committee_review=None,
        tally=counting.tally(rows, scale), tally_without_cross_listings=counting.tally(counting.originals(rows), scale),
    )  # fmt: skip


def _with_indicators(goal: Goal, codes: set[str], indicators: Iterable) -> Goal:
    return replace(goal, indicator_codes=tuple(code for code in goal.indicator_codes if code in codes))


def _ratings(report: Report, indicators) -> dict[str, int]:
    ratings = dict.fromkeys(report.indicator_ratings, 0)
    for each in indicators:
        year = each.year(report.fiscal_year)
        ratings[(year.rating if year else "") or "unrated"] += 1
    return ratings
