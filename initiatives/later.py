"""What the apps to the right add to pages of this one. Imports point left, so they bring it here (AppConfig.ready)."""

from collections.abc import Callable
from dataclasses import dataclass

from accounts.models import User
from initiatives.models import Initiative, PlanYear, YearlyEntry


@dataclass(frozen=True)
class Ask:
    """One thing to do, for ホーム and for the list of things to do alike."""

    kind: str  # 成果指標
    title: str
    text: str
    url: str
    button: str


@dataclass(frozen=True)
class Other:
    """Something of an initiative that stands otherwise in the report of a year that was made 確定."""

    label: str  # 取組名
    kept: str  # as the report has it
    now: str  # as it is today


# (user, plan_year) → Asks
ASKS: list[Callable] = []
# (user, plan_year) → lines of お知らせ・することリスト alone (notices.todo.Todo)
TODO: list[Callable] = []
# (user, plan_year) → steps under 次にすること (home.NextStep) alone: those with a heading come first, the others last
STEPS: list[Callable] = []
# (plan_year, initiative, its entry of the year or None) → Others
KEPT: list[Callable] = []
# role → (user, plan_year, rows) → the ホーム of that role (home.Page)
HOMES: dict[str, Callable] = {}


def asks_of(user: User, plan_year: PlanYear) -> list[Ask]:
    return [ask for bring in ASKS for ask in bring(user, plan_year)]


def others_of(plan_year: PlanYear, initiative: Initiative, entry: YearlyEntry | None) -> list[Other]:
    return [other for bring in KEPT for other in bring(plan_year, initiative, entry)]
