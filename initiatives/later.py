"""What the apps to the right add to pages of this one. Imports point left, so they bring it here (AppConfig.ready)."""

from collections.abc import Callable

# (user, plan_year) → lines of お知らせ・することリスト (notices.todo.Todo)
TODO: list[Callable] = []
# (user, plan_year) → steps under 次にすること (home.NextStep): those with a heading come first, the others last
STEPS: list[Callable] = []
# role → (user, plan_year, rows) → the ホーム of that role (home.Page)
HOMES: dict[str, Callable] = {}
