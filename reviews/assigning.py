"""分担: which member is asked to read what. One form for all members."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import transaction

from accounts.models import User
from initiatives import parsing
from initiatives.history import Conflict
from initiatives.models import Goal, Initiative, PlanYear, Policy
from reviews.models import Assignment

Share = frozenset[tuple[str, int]]  # ("goal", 3), ("policy", 5), ("initiative", 12)


def members() -> list[User]:
    """Who may sign in today as a member of the committee."""
    return list(User.objects.usable().filter(role=User.Role.COMMITTEE).order_by("username"))


def shares(plan_year: PlanYear) -> dict[int, Share]:
    """What each member has, by the member's row."""
    found: dict[int, set] = {}
    for row in Assignment.objects.filter(plan_year=plan_year):
        found.setdefault(row.member_id, set()).add(
            next(
                (name, getattr(row, f"{name}_id"))
                for name in ("goal", "policy", "initiative")
                if getattr(row, f"{name}_id")
            )
        )
    return {member: frozenset(share) for member, share in found.items()}


def digest(found: Mapping[int, Share]) -> str:
    """Of all shares, so that a form that was opened before a colleague's change is noticed."""
    told = sorted((member, sorted(share)) for member, share in found.items() if share)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:24]


@transaction.atomic
def save(plan_year: PlanYear, wanted: Mapping[int, Share], *, seen: str) -> int:
    """Make the shares of these members so. Returns how many members' shares changed. Raises Conflict."""
    now = shares(PlanYear.objects.select_for_update(of=("self",)).get(pk=plan_year.pk))
    if digest(now) != seen:
        raise Conflict("分担")
    changed = {member: share for member, share in wanted.items() if share != now.get(member, frozenset())}
    Assignment.objects.filter(plan_year=plan_year, member__in=changed).delete()
    Assignment.objects.bulk_create(
        Assignment(plan_year=plan_year, member_id=member, **{f"{name}_id": pk})
        for member, share in changed.items()
        for name, pk in sorted(share)
    )
    return len(changed)


# --- The form -------------------------------------------------------------------------------------------


@dataclass
class Branch:
    """A goal with its policies, as the form offers them."""

    goal: Goal
    policies: list[Policy]

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        """Value, number and name, and whether it is the goal itself."""
        goal = self.goal
        return [
            (f"goal-{goal.pk}", f"{goal.plan.goal_term}{goal.number}　{goal.name}", True),
            *((f"policy-{each.pk}", f"{goal.number}-{each.number}　{each.name}", False) for each in self.policies),
        ]


@dataclass
class Sheet:
    """One member's part of the form: what is ticked, and single initiatives by their codes."""

    member: User
    ticked: set[str]  # goal-3, policy-5
    codes: str
    errors: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"share-{self.member.pk}"


class AssignmentForm:
    """All members at once. `data` None: as it stands."""

    def __init__(self, plan_year: PlanYear, data=None):
        self.plan_year, self.data = plan_year, data
        self.members = members()
        year = plan_year.fiscal_year
        goals = (
            Goal.objects.filter(plan=plan_year.plan_id).in_force(year).order_by("number").prefetch_related("policies")
        )
        for goal in goals:
            goal.plan = plan_year.plan
        self.branches = [Branch(goal, sorted(goal.policies.all(), key=lambda policy: policy.number)) for goal in goals]
        in_force = Initiative.objects.filter(plan=plan_year.plan_id).in_force(year)
        self.initiatives = {code: pk for pk, code in in_force.values_list("pk", "code")}
        self.now = shares(plan_year)
        self.seen = digest(self.now) if data is None else data.get("seen", "")
        self.sheets = [self._kept(member) if data is None else self._typed(member) for member in self.members]

    def _kept(self, member: User) -> Sheet:
        share = self.now.get(member.pk, frozenset())
        codes = {pk: code for code, pk in self.initiatives.items()}
        single = [codes[pk] for name, pk in sorted(share) if name == "initiative" and pk in codes]
        return Sheet(member, {f"{name}-{pk}" for name, pk in share if name != "initiative"}, " ".join(single))

    def _typed(self, member: User) -> Sheet:
        sheet = Sheet(member, set(), self.data.get(f"codes-{member.pk}", "").strip())
        sheet.ticked = set(self.data.getlist(sheet.name)) & self._offered()
        unknown = [code for code in _codes(sheet.codes) if code not in self.initiatives]
        if unknown:
            sheet.errors.append(f"「{'」「'.join(unknown)}」という番号の取組は、この年度にありません。")
        return sheet

    def _offered(self) -> set[str]:
        goals = {f"goal-{branch.goal.pk}" for branch in self.branches}
        return goals | {f"policy-{policy.pk}" for branch in self.branches for policy in branch.policies}

    @property
    def errors(self) -> list[tuple[User, str]]:
        return [(sheet.member, words) for sheet in self.sheets for words in sheet.errors]

    def wanted(self) -> dict[int, Share]:
        return {sheet.member.pk: self._share(sheet) for sheet in self.sheets}

    def _share(self, sheet: Sheet) -> Share:
        ticked = {(name, int(pk)) for name, pk in (key.split("-") for key in sheet.ticked)}
        return frozenset(ticked | {("initiative", self.initiatives[code]) for code in _codes(sheet.codes)})


def _codes(typed: str) -> Iterable[str]:
    """1-1-1-2、3-1-2-4, in whatever width and however parted."""
    parted = typed.replace("、", " ").replace(",", " ").replace("，", " ").split()
    return [parsing.code_form(code) for code in parted]
