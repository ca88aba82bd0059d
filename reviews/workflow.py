"""The states of an opinion and of its answer, changed in one place; and their words, until a step fixes them."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import models
from django.utils import timezone

from accounts.models import User
from initiatives import history
from initiatives.history import Conflict
from initiatives.models import PlanYear
from initiatives.workflow import TransitionError
from ledger.chain import recording
from reviews import permissions
from reviews.models import Opinion, OpinionStep, Response

S, R = Opinion.State, Response.State


@dataclass(frozen=True)
class Action:
    label: str
    source: frozenset[str]
    target: str
    may: Callable[[User, Opinion, PlanYear], bool]
    of_answer: bool = False  # it moves the answer, not the opinion


def _may_answer(user: User, opinion: Opinion, plan_year: PlanYear) -> bool:
    return permissions.can_answer(user, plan_year) and opinion.state == S.SUBMITTED


ACTIONS: dict[str, Action] = {
    "submit": Action("提出", frozenset({S.DRAFT, S.WITHDRAWN}), S.SUBMITTED, permissions.can_write_opinion),
    "withdraw": Action("取り下げ", frozenset({S.SUBMITTED}), S.WITHDRAWN, permissions.can_write_opinion),
    "confirm": Action("確定", frozenset({R.DRAFT}), R.CONFIRMED, _may_answer, of_answer=True),
    "reopen": Action("下書きに戻す", frozenset({R.CONFIRMED}), R.DRAFT, _may_answer, of_answer=True),
}


def available_actions(opinion: Opinion, user: User) -> dict[str, Action]:
    return {
        name: action
        for name, action in ACTIONS.items()
        if (opinion.answer_state if action.of_answer else opinion.state) in action.source
        and action.may(user, opinion, opinion.plan_year)
    }


@recording()
def perform(opinion: Opinion, name: str, *, by: User, version: int) -> OpinionStep:
    """Take a step. `version`: of the opinion, as the person read it. Raises TransitionError, Conflict.

    The answer is 確定 to the very words that were read: a member who changed them in between comes first.
    """
    _still(opinion, version)
    action = ACTIONS[name]
    if name not in available_actions(opinion, by):
        raise TransitionError(f"いまは「{action.label}」はできません。画面を開き直してください。")
    if action.of_answer:
        if not (opinion.response.kind and opinion.response.text):
            raise TransitionError("対応を選び、市の考え方を書いてから確定してください。")
        _move(opinion.response, state=action.target)
    elif name == "submit":
        _move(opinion, state=action.target, submitted_at=timezone.now())
    else:
        _move(opinion, state=action.target)
    return OpinionStep.objects.create(opinion=opinion, action=name, version=opinion.version, by=by)


def _still(opinion: Opinion, version: int) -> None:
    """Read again under the ledger, which all writers of submitted words and of answers hold."""
    opinion.refresh_from_db()
    if opinion.version != version:
        raise Conflict(str(opinion))


def _move(row: models.Model, **values) -> None:
    history.write(row, values)


@recording()
def reword(opinion: Opinion, text: str, *, by: User, version: int) -> bool:
    """Change the author's words. Only what was submitted once leaves history: a draft is nobody else's.

    False if nothing changed. Raises TransitionError, Conflict.
    """
    _still(opinion, version)
    if not permissions.can_write_opinion(by, opinion, opinion.plan_year):
        raise TransitionError("いまは直せません。期限が過ぎたか、市の答えが出ています。")
    if opinion.text == text:
        return False
    if opinion.state == S.DRAFT:
        _move(opinion, text=text)
    else:
        history.save_changes(opinion, {"text": text}, by=by)
    return True


@recording()
def answer(opinion: Opinion, values: dict, *, by: User, version: int | None) -> bool:
    """Write 市の考え方. `version`: of the answer that was read, None when there was none. False if nothing changed."""
    opinion.refresh_from_db()
    if not _may_answer(by, opinion, opinion.plan_year):
        raise TransitionError("いまは書けません。意見が取り下げられたか、年度が確定しています。")
    found = Response.objects.filter(opinion=opinion).first()
    if (found.version if found else None) != version:
        raise Conflict(str(opinion))
    if found is None:
        found = Response.objects.create(opinion=opinion, by=by)
    if found.state == R.CONFIRMED:
        raise TransitionError("確定した答えは、下書きに戻してから直してください。")
    opinion.response = found
    if not history.differences(found, values):
        return False
    history.save_changes(found, values | {"by": by}, by=by)
    return True
