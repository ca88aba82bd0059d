"""What the apps to the right add to pages of this one. Imports point left, so they bring it here (AppConfig.ready)."""

from collections.abc import Callable
from dataclasses import dataclass

from accounts.models import User
from initiatives.models import PlanYear


@dataclass(frozen=True)
class Ask:
    """One thing to do, for ホーム and for the list of things to do alike."""

    kind: str  # 成果指標
    title: str
    text: str
    url: str
    button: str


# (user, plan_year) → Asks
ASKS: list[Callable] = []
# (user, plan_year) → lines of お知らせ・することリスト alone (notices.todo.Todo)
TODO: list[Callable] = []
# (user, plan_year) → steps under 次にすること (home.NextStep) alone: those with a heading come first, the others last
STEPS: list[Callable] = []
# role → (user, plan_year, rows) → the ホーム of that role (home.Page)
HOMES: dict[str, Callable] = {}


def asks_of(user: User, plan_year: PlanYear) -> list[Ask]:
    return [ask for bring in ASKS for ask in bring(user, plan_year)]
