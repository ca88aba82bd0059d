"""講評 as 福祉総務課 writes it: which there are, what the members said at hand, saving and confirming."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts.models import User
from initiatives import dictionary, history
from initiatives.history import Conflict
from initiatives.models import Goal, PlanYear
from initiatives.reading import CORRECTION
from initiatives.workflow import TransitionError
from ledger.chain import recording
from reviews import permissions
from reviews.models import CommitteeReview

State = CommitteeReview.State


@dataclass(frozen=True)
class Line:
    """One 講評 of the list; goal None: of the whole."""

    goal: Goal | None
    review: CommitteeReview | None
    opinions: int

    @property
    def number(self) -> int:
        return self.goal.number if self.goal else 0

    @property
    def state(self) -> str:
        """missing, draft or confirmed."""
        return self.review.state if self.review and self.review.text else "missing"


def goals_of(plan_year: PlanYear) -> list[Goal]:
    goals = list(Goal.objects.filter(plan=plan_year.plan_id).in_force(plan_year.fiscal_year).order_by("number"))
    for goal in goals:
        goal.plan = plan_year.plan
    return goals


def lines(plan_year: PlanYear, opinions) -> list[Line]:
    """Goal by goal, the whole last. Three queries. opinions: those that stand."""
    of_year = {"plan": plan_year.plan_id, "fiscal_year": plan_year.fiscal_year}
    known = {each.goal_id: each for each in CommitteeReview.objects.filter(**of_year).select_related("author")}
    said = list(opinions.order_by().values_list("goal_id", flat=True))
    return [
        Line(goal, known.get(goal and goal.pk), said.count(goal and goal.pk)) for goal in (*goals_of(plan_year), None)
    ]


def find(plan_year: PlanYear, number: int) -> CommitteeReview:
    """The 講評, or an unsaved one where nothing is written. Raises CommitteeReview.DoesNotExist for no such goal."""
    goal = next((goal for goal in goals_of(plan_year) if goal.number == number), None)
    if number and goal is None:
        raise CommitteeReview.DoesNotExist
    place = {"plan": plan_year.plan, "fiscal_year": plan_year.fiscal_year, "goal": goal}
    found = CommitteeReview.objects.filter(**place).select_related("author").first() or CommitteeReview(**place)
    found.plan, found.goal = plan_year.plan, goal
    return found


@recording()
def save(
    review: CommitteeReview, values: dict[str, str], *, by: User, version: int, plan_year: PlanYear, reason: str = ""
) -> bool:
    """Write it. `version`: as it was read, 0 when there was none. Raises TransitionError, Conflict."""
    _may(review, by, plan_year)
    if review.state == State.CONFIRMED:
        raise TransitionError("この講評は「確認済」です。直すときは、「下書きに戻す」を押してください。")
    if (review.version if review.pk else 0) != version:
        raise Conflict(str(review))
    if review.pk is None:
        if not any(values.values()):
            return False
        _create(review, by)
    return bool(history.save_changes(review, {**values, "author": by}, by=by, reason=reason, state=State.DRAFT))


def mend(review: CommitteeReview, word: str, *, by: User, version: int, plan_year: PlanYear) -> str:
    """Put a word right in it (`word`: Term.name), as 軽微な修正. Says what was done; "" when it does not stand there.

    Raises as `save` does, also for what is 確認済.
    """
    term = dictionary.terms_of(plan_year.plan.city_name).named(word)
    text = term.mended(review.text) if term else review.text
    if text == review.text:
        return ""
    save(review, {"text": text}, by=by, version=version, plan_year=plan_year, reason=CORRECTION)
    return f"「{term.word}」を直しました。"


def _create(review: CommitteeReview, by: User) -> None:
    review.author = by
    try:
        with transaction.atomic():
            review.save(force_insert=True)
    except IntegrityError:
        raise Conflict(str(review)) from None


@recording()
def move(review: CommitteeReview, state: str, *, by: User, version: int, plan_year: PlanYear) -> None:
    """下書き ⇄ 確認済: then the committee reads it. Raises TransitionError, Conflict."""
    _may(review, by, plan_year)
    if (review.version if review.pk else 0) != version:
        raise Conflict(str(review))
    if not review.text.strip():
        raise TransitionError("まだ何も書かれていません。")
    if review.state == state:
        raise TransitionError(f"もう「{review.get_state_display()}」です。")
    history.save_changes(review, {"state": state}, by=by)


def _may(review: CommitteeReview, by: User, plan_year: PlanYear) -> None:
    if not permissions.can_write_review(by, plan_year):
        raise TransitionError(why_closed(review, plan_year) or "講評を書けるのは、福祉総務課だけです。")


def why_closed(review: CommitteeReview, plan_year: PlanYear) -> str:
    """Why it cannot be written now; "" while it can."""
    if plan_year.is_locked:
        return f"{plan_year.label}は「{plan_year.get_status_display()}」なので、講評は書けません。"
    if review.state == State.CONFIRMED:
        return "この講評は「確認済」です。直すときは、「下書きに戻す」を押してください。"
    return ""
