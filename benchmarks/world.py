"""Plans as large as wanted: 239 initiatives, 36 departments, texts of the usual length."""

from django.utils import timezone

from accounts.models import Department, User
from indicators.models import Indicator, IndicatorGoal, IndicatorValue
from initiatives.models import (
    Direction,
    EntryPart,
    Goal,
    Initiative,
    InitiativeDepartment,
    Plan,
    PlanYear,
    Policy,
    RatingLevel,
    YearlyEntry,
)

SENTENCE = "相談窓口の案内を見直し、関係する団体と毎月の打合せを重ねて、地域で支え合う仕組みを進めました。"
INITIATIVES = 239


def departments() -> list[Department]:
    if not Department.objects.exists():
        Department.objects.bulk_create(Department(name=f"第{n}課", position=n) for n in range(36))
    return list(Department.objects.order_by("position"))


def coordinator() -> User:
    return User.objects.filter(username="bench").first() or User.objects.create_user(
        "bench", name="計測", role=User.Role.COORDINATOR
    )


def make_plan(number: int, years: int, initiatives: int = INITIATIVES) -> list[PlanYear]:
    """One plan with `years` years, all approved. Returns its years, oldest first."""
    owners = departments()
    plan = Plan.objects.create(
        name=f"計測計画{number}",
        city_name="計測市",
        first_year=2015,
        last_year=2015 + max(years, 8),
        baseline_year=2014,
    )
    RatingLevel.objects.bulk_create(
        RatingLevel(plan=plan, letter=letter, definition=letter, min_rate=rate, points=points)
        for letter, rate, points in (("A", 75, 3), ("B", 50, 2), ("C", 25, 1), ("D", 0, 0))
    )
    made = _initiatives(plan, initiatives)
    InitiativeDepartment.objects.bulk_create(
        InitiativeDepartment(initiative=initiative, department=owners[(index + step) % 36], position=step, role=role)
        for index, initiative in enumerate(made)
        for step, role in enumerate(("lead", "related")[: 1 + (index % 4 == 0)])
    )
    plan_years = [PlanYear(plan=plan, fiscal_year=2015 + n, status="reviewing") for n in range(years)]
    PlanYear.objects.bulk_create(plan_years)
    for plan_year in plan_years:
        _entries(plan_year, made, owners)
    _indicators(plan, years)
    return list(PlanYear.objects.filter(plan=plan).select_related("plan").order_by("fiscal_year"))


def _initiatives(plan: Plan, count: int) -> list[Initiative]:
    directions = []
    for number in range(1, 7):
        goal = Goal.objects.create(plan=plan, number=number, name=f"目標{number}の名称", overview=SENTENCE)
        for policy_number in (1, 2):
            policy = Policy.objects.create(goal=goal, number=policy_number, name=f"施策{policy_number}の名称")
            directions += [Direction.objects.create(policy=policy, number=n) for n in (1, 2, 3)]
    made = [
        Initiative(
            plan=plan,
            direction=directions[index * len(directions) // count],
            code=f"{1 + index // 40}-{1 + index // 20 % 2}-1-{index}",
            position=index,
            name=f"取組その{index}の推進",
            description=SENTENCE,
            baseline="10件",
        )
        for index in range(count)
    ]
    for initiative in made:
        initiative.search_text = initiative.make_search_text()
    return Initiative.objects.bulk_create(made)


def _entries(plan_year: PlanYear, initiatives: list[Initiative], owners: list[Department]) -> None:
    now = timezone.now()
    entries = YearlyEntry.objects.bulk_create(
        YearlyEntry(
            initiative=initiative,
            fiscal_year=plan_year.fiscal_year,
            target="継続",
            next_target="継続",
            rating="AAAB"[i % 4],
        )
        for i, initiative in enumerate(initiatives)
    )
    EntryPart.objects.bulk_create(
        EntryPart(
            entry=entry, department=owners[(index + step) % 36], position=step, status="approved", approved_at=now,
            result=SENTENCE * 4, issues=SENTENCE * 2, search_text=SENTENCE,
        )
        for index, entry in enumerate(entries)
        for step in range(1 + (index % 4 == 0))
    )  # fmt: skip


def _indicators(plan: Plan, years: int) -> None:
    for number in range(1, 13):
        indicator = Indicator.objects.create(
            plan=plan,
            code=f"I{number:02}",
            position=number,
            name=f"指標その{number}",
            unit="%",
            decimals=1,
            baseline=50,
        )
        IndicatorGoal.objects.create(indicator=indicator, goal=plan.goals.get(number=1 + number % 6))
        IndicatorValue.objects.bulk_create(
            IndicatorValue(
                indicator=indicator, fiscal_year=2015 + n, actual=50 + n, actual_figure="value", target=60 + n,
                target_figure="value",
            )
            for n in range(years)
        )  # fmt: skip
