"""From the database to the frozen report of a year: the only place where reporting reads the tables.

Fourteen queries whatever the size of the plan (tests/reporting/test_assemble.py), and as many again when a chapter names a
difference from last year. Only what is approved goes in:
a part that is not approved brings no text, and its initiative counts as unrated.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from django.db.models import F, Q
from django.utils import timezone

from indicators import calculation
from indicators.series import all_series, scale_of
from initiatives import fiscal_year as fy
from initiatives.composition import compose
from initiatives.dictionary import terms_of
from initiatives.grouping import grouped
from initiatives.models import (
    Direction,
    EntryPart,
    Goal,
    Initiative,
    InitiativeDepartment,
    InitiativePartner,
    Plan,
    PlanYear,
    YearlyEntry,
)
from reporting import counting, snapshot, written
from reporting.glossary import glossary
from reporting.models import Chapter, CityEvent, Footnote, ReportEdition
from reporting.prose import Prose
from reviews.models import CommitteeReview, Response


def assemble(plan_year: PlanYear) -> snapshot.Report:
    """The report of one year of a plan, as it stands now, with the figures and notes of its texts put in."""
    report = Prose(typed(plan_year), lambda: last_year(plan_year)).report
    return replace(report, glossary=glossary(report, terms_of(report.city_name)))


def last_year(plan_year: PlanYear) -> snapshot.Report | None:
    """The counts of the year before, for differences."""
    before = PlanYear.objects.filter(plan=plan_year.plan_id, fiscal_year=plan_year.fiscal_year - 1).first()
    if before is None:
        return None
    before.plan = plan_year.plan
    edition = ReportEdition.objects.standing(before)
    return edition.report if edition else typed(before)


def typed(plan_year: PlanYear) -> snapshot.Report:
    """The report with its chapters as they were typed: for pages that write them."""
    plan, year = plan_year.plan, plan_year.fiscal_year
    scale = scale_of(plan)
    rows = _Rows(plan, year)
    texts = _Written(plan, year)
    indicators = tuple(all_series(plan, year, scale).values())
    goals = _goals(plan, year, scale, rows, texts, indicators)
    all_rows = [row for goal in goals for row in goal.rows]
    return snapshot.Report(
        schema=snapshot.SCHEMA,
        title=f"{plan.name} 推進状況報告書（{fy.label(year)}実施分）",
        plan_name=plan.name,
        city_name=plan.city_name,
        publisher=plan.publisher,
        committee_name=plan.committee_name,
        philosophy=plan.philosophy,
        fiscal_year=year,
        fiscal_year_label=fy.label(year),
        first_year=plan.first_year,
        last_year=plan.last_year,
        baseline_year=plan.baseline_year,
        terms={
            "goal": plan.goal_term,
            "policy": plan.policy_term,
            "direction": plan.direction_term,
            "initiative": plan.initiative_term,
        },
        scale=tuple(
            snapshot.RatingStep(
                level.letter, level.definition, level.min_rate, level.points, level.rank, level.reason_required
            )
            for level in plan.scale
        ),
        sections=texts.sections[None],
        committee_review=texts.reviews.get(None),
        goals=goals,
        tally=counting.tally(all_rows, scale),
        tally_without_cross_listings=counting.tally(counting.originals(all_rows), scale),
        indicators=indicators,
        indicator_ratings=dict(
            calculation.tally([indicator.year(year).rating for indicator in indicators], scale).distribution
        ),
        departments=_departments(all_rows, rows.department_positions, scale),
        low_before=rows.low_before(),
        opinions=_opinions(plan, year),
    )


# --- Rows -----------------------------------------------------------------------------------------


class _Rows:
    """Everything about initiatives of a year, read at once; `of(direction)` makes the printed rows."""

    def __init__(self, plan: Plan, year: int):
        self.plan = plan
        initiatives = list(Initiative.objects.filter(plan=plan).with_in_force(year).order_by("position"))
        in_force = [initiative for initiative in initiatives if initiative.is_in_force]
        self.by_direction = grouped(in_force, "direction_id")
        self.codes = {initiative.pk: initiative.code for initiative in in_force}
        self.initiatives = {initiative.pk: initiative for initiative in initiatives}
        self.owners = grouped(
            InitiativeDepartment.objects.filter(initiative__plan=plan)
            .select_related("department")
            .order_by("position"),
            "initiative_id",
        )
        self.partners = grouped(
            InitiativePartner.objects.filter(initiative__plan=plan).select_related("partner").order_by("position"),
            "initiative_id",
        )
        # Of the year before only what was rated low: what became of it is told this year.
        low = {"rating__in": [level.letter for level in plan.scale if level.reason_required], "fiscal_year": year - 1}
        entries = YearlyEntry.objects.filter(Q(fiscal_year=year) | Q(**low), initiative__plan=plan)
        by_year = grouped(entries.order_by("initiative__position"), "fiscal_year")
        self.entries = {entry.initiative_id: entry for entry in by_year[year]}
        self.before = by_year[year - 1]
        low = {f"entry__{name}": value for name, value in low.items()}
        self.parts = grouped(
            EntryPart.objects.filter(Q(entry__fiscal_year=year) | Q(**low), entry__initiative__plan=plan)
            .select_related("department")
            .order_by("position"),
            "entry_id",
        )
        self.department_positions: dict[str, tuple[int, int]] = {}

    def of(self, direction_id: int) -> tuple[snapshot.Row, ...]:
        return tuple(self._row(initiative) for initiative in self.by_direction[direction_id])

    def _row(self, initiative: Initiative) -> snapshot.Row:
        own = self.entries.get(initiative.pk)
        shown = own if own is None or own.holds_own or not initiative.is_cross_listing else None
        if shown is None and initiative.is_cross_listing:
            shown = self.entries.get(initiative.original_id)
        parts = self.parts[shown.pk] if shown else []
        approved = _is_approved(parts)
        printed = [part for part in parts if part.status == EntryPart.Status.APPROVED]
        shared = (shown.shared_result, shown.shared_issues) if shown and approved else ("", "")
        texts = [(part.department.name, part.printed_result, part.issues) for part in printed]
        return snapshot.Row(
            code=initiative.code,
            name=initiative.name,
            description=initiative.description,
            note=initiative.note,
            original_code=self.codes.get(initiative.original_id, ""),
            holds_own=bool(own and own.holds_own),
            own_reason=own.own_reason if own else "",
            new_in=initiative.first_year if (initiative.first_year or 0) > self.plan.first_year else None,
            owners=self._owners(initiative, parts if own and shown is own else []),
            baseline=initiative.baseline,
            target=shown.target if shown else "",
            next_target=shown.next_target if shown and (approved or not parts) else "",  # the departments wrote it
            parts=_printed_parts(shared, printed),
            result=compose(shared[0], [(name, result) for name, result, _ in texts], joint=len(parts) > 1),
            issues=compose(shared[1], [(name, issues) for name, _, issues in texts], joint=len(parts) > 1),
            rating=shown.rating if shown and approved else "",
            low_rating_reason=shown.low_rating_reason if shown and approved else "",
            approved=approved,
            approved_on=max(timezone.localdate(part.approved_at) for part in parts) if approved else None,
        )

    def low_before(self) -> tuple[snapshot.LowBefore, ...]:
        """What was approved with a low rating a year ago, in the plan's order."""
        told = []
        for entry in self.before:
            initiative, parts = self.initiatives[entry.initiative_id], self.parts[entry.pk]
            if _is_approved(parts) and (entry.holds_own or not initiative.is_cross_listing):
                issues = [(part.department.name, part.issues) for part in parts]
                remedy = compose(entry.shared_issues, issues, joint=len(parts) > 1)
                told.append(
                    snapshot.LowBefore(
                        initiative.code,
                        initiative.name,
                        entry.rating,
                        entry.low_rating_reason,
                        remedy,
                        initiative.is_in_force,
                    )
                )
        return tuple(told)

    def _owners(self, initiative: Initiative, parts: Sequence[EntryPart]) -> tuple[snapshot.Owner, ...]:
        """Departments as they were in the year: those that wrote, else those the plan names."""
        named = {owner.department_id: owner for owner in self.owners[initiative.pk]}
        order = list(named)  # the plan's order; a department that only wrote in this year comes last
        departments = sorted(
            (part.department for part in parts),
            key=lambda wrote: order.index(wrote.pk) if wrote.pk in named else len(order),
        ) or [owner.department for owner in named.values()]
        partners = defaultdict(list)
        for link in self.partners[initiative.pk]:
            partners[
                link.department_id
                if link.department_id in {d.pk for d in departments}
                else departments[-1].pk
                if departments
                else None
            ].append(link.partner.name)
        for department in departments:
            self.department_positions[department.name] = (department.position, department.pk)
        return tuple(
            snapshot.Owner(
                department=department.name,
                role=named[department.pk].role if department.pk in named else _role(index),
                note=named[department.pk].note if department.pk in named else "",
                partners=tuple(partners[department.pk]),
            )
            for index, department in enumerate(departments)
        )


def _is_approved(parts: Sequence[EntryPart]) -> bool:
    """Whether there is anything, and all of it approved."""
    return bool(parts) and all(part.status == EntryPart.Status.APPROVED for part in parts)


def _role(index: int) -> str:
    return InitiativeDepartment.Role.RELATED.value if index else InitiativeDepartment.Role.LEAD.value


def _printed_parts(shared: tuple[str, str], parts: Sequence[EntryPart]) -> tuple[snapshot.Part, ...]:
    whole = [snapshot.Part("", *shared, "")] if any(shared) else []
    return (
        *whole,
        *(snapshot.Part(part.department.name, part.printed_result, part.issues, part.self_rating) for part in parts),
    )


# --- Goals ----------------------------------------------------------------------------------------


class _Written:
    """Chapters, events, footnotes and reviews of a year, by goal (None: of the whole report)."""

    def __init__(self, plan: Plan, year: int):
        self.sections: dict[int | None, dict[str, snapshot.Section]] = defaultdict(dict)
        self.events, self.footnotes, self.reviews = defaultdict(list), defaultdict(list), {}
        for each in written.read(plan, year, (Chapter, CommitteeReview, CityEvent, Footnote)):
            if each.model is Chapter:
                self.sections[each.goal_id][each.kind] = snapshot.Section(each.kind, each.heading, each.text)
            elif each.model is CityEvent:
                self.events[each.goal_id].append(snapshot.Event(each.heading, each.text))
            elif each.model is Footnote:
                self.footnotes[each.goal_id].append(snapshot.Footnote(each.number, each.text))
            else:
                self.reviews[each.goal_id] = snapshot.Section("committee_review", each.heading, each.text)


def _goals(plan, year, scale, rows: _Rows, texts: _Written, indicators) -> tuple[snapshot.Goal, ...]:
    in_force = Goal.objects.filter(plan=plan).in_force(year).order_by("number")
    directions = grouped(
        Direction.objects.filter(policy__goal__plan=plan).select_related("policy").order_by("policy__number", "number"),
        "policy",
    )
    policies = grouped(directions, "goal_id")
    return tuple(
        _goal(goal, year, scale, _policies(goal, policies[goal.pk], directions, rows, scale), texts, indicators, plan)
        for goal in in_force
    )


def _policies(goal, policies, directions, rows: _Rows, scale) -> tuple[snapshot.Policy, ...]:
    made = []
    for policy in policies:
        code = f"{goal.number}-{policy.number}"
        branches = tuple(
            snapshot.Direction(f"{code}-{direction.number}", direction.name, rows.of(direction.pk))
            for direction in directions[policy]
        )
        in_policy = [row for branch in branches for row in branch.rows]
        made.append(snapshot.Policy(code, policy.name, counting.tally(in_policy, scale), branches))
    return tuple(made)


def _goal(goal: Goal, year: int, scale, policies, texts: _Written, indicators, plan) -> snapshot.Goal:
    in_goal = [row for policy in policies for branch in policy.directions for row in branch.rows]
    return snapshot.Goal(
        number=goal.number,
        name=goal.name,
        overview=goal.overview,
        is_new=goal.first_year == year and year > plan.first_year,
        tally=counting.tally(in_goal, scale),
        tally_without_cross_listings=counting.tally(counting.originals(in_goal), scale),
        policies=policies,
        sections=texts.sections[goal.pk],
        events=tuple(texts.events[goal.pk]),
        footnotes=tuple(texts.footnotes[goal.pk]),
        committee_review=texts.reviews.get(goal.pk),
        indicator_codes=tuple(indicator.code for indicator in indicators if goal.number in indicator.goal_numbers),
    )


def _opinions(plan: Plan, year: int) -> tuple[snapshot.PublishedOpinion, ...]:
    """What 福祉総務課 decided to publish, goal by goal, what is about the whole last."""
    published = Response.objects.filter(
        opinion__plan_year__plan=plan, opinion__plan_year__fiscal_year=year, is_published=True
    ).select_related("opinion__goal", "opinion__initiative")
    in_order = published.order_by(
        F("opinion__goal__number").asc(nulls_last=True),
        F("opinion__initiative__position").asc(nulls_first=True),
        "opinion__anchor",
        "opinion",
    )
    return tuple(
        snapshot.PublishedOpinion(
            goal=each.opinion.goal.number if each.opinion.goal else None,
            code=each.opinion.initiative.code if each.opinion.initiative else "",
            about=each.opinion.about,
            summary=each.summary,
            kind=each.kind,
            kind_label=each.get_kind_display(),
            answer=each.text,
        )
        for each in in_order
    )


# --- Counts ---------------------------------------------------------------------------------------


def _departments(rows, positions: dict[str, tuple[int, int]], scale) -> tuple[snapshot.DepartmentTally, ...]:
    owned = counting.by_department(rows)
    return tuple(
        snapshot.DepartmentTally(name, tuple(row.code for row in owned[name]), counting.tally(owned[name], scale))
        for name in sorted(owned, key=positions.__getitem__)
    )
