"""What other apps ask a person to do in a year, for ホーム and the list of things to do.

An app that stands on this one is not imported here: it registers what it asks when it is loaded (AppConfig.ready).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from accounts.models import User
from initiatives.models import PlanYear


@dataclass(frozen=True)
class Ask:
    """One thing to do."""

    kind: str  # 成果指標
    title: str
    text: str
    url: str
    button: str


Source = Callable[[User, PlanYear], Iterable[Ask]]
_sources: list[Source] = []


def register(source: Source) -> None:
    if source not in _sources:
        _sources.append(source)


def of(user: User, plan_year: PlanYear) -> list[Ask]:
    return [ask for source in _sources for ask in source(user, plan_year)]
