"""The states of an opinion, of the question to a department and of the answer, changed here alone.

Everything that others may read is written with history, under the ledger; what is typed (drafts.py) is not.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from accounts.models import Department, User
from initiatives import business_days, history
from initiatives.history import Conflict
from initiatives.models import Goal, Initiative, PlanYear, Versioned
from initiatives.notices import outbox
from initiatives.workflow import TransitionError
from ledger.chain import recording
from reviews import permissions
from reviews.models import CommitteeRating, FollowUp, Inquiry, Opinion, Response

S, A, Q = Opinion.State, Response.State, Inquiry.State


@dataclass(frozen=True)
class Action:
    """One step. `of`: whose state it moves, the opinion's or that of its answer."""

    label: str
    of: str
    source: frozenset[str]
    target: str
    may: Callable[[User, Opinion, PlanYear], bool]


def _may_answer(user: User, opinion: Opinion, plan_year: PlanYear) -> bool:
    return permissions.can_answer(user, plan_year) and opinion.state == S.SUBMITTED


ACTIONS: dict[str, Action] = {
    "withdraw": Action(
        "取り下げる", "opinion", frozenset({S.SUBMITTED}), S.WITHDRAWN, permissions.can_write_opinion
    ),
    "confirm": Action("確定する", "answer", frozenset({A.DRAFT}), A.CONFIRMED, _may_answer),
    "reopen": Action("下書きに戻す", "answer", frozenset({A.CONFIRMED}), A.DRAFT, _may_answer),
}  # fmt: skip


def available_actions(opinion: Opinion, user: User) -> dict[str, Action]:
    return {
        name: action
        for name, action in ACTIONS.items()
        if (opinion.state if action.of == "opinion" else opinion.answer_state) in action.source
        and action.may(user, opinion, opinion.plan_year)
    }


@recording()
def perform(opinion: Opinion, name: str, *, by: User, version: int) -> None:
    """Take a step. `version`: of the opinion, as the person read it. Raises TransitionError, Conflict.

    An answer is 確定 to the very words that were read: a member who changed them in between comes first.
    """
    _still(opinion, version)
    action = ACTIONS[name]
    if name not in available_actions(opinion, by):
        raise TransitionError(f"いまは「{action.label}」ことはできません。画面を開き直してください。")
    if action.of == "opinion":
        _write(opinion, {"state": action.target}, by)
        return
    answer = opinion.response
    if not (answer.kind and answer.text):
        raise TransitionError("対応を選び、市の考え方を書いてから確定してください。")
    stamps = {"confirmed_at": timezone.now() if action.target == A.CONFIRMED else None}
    _write(answer, {"state": action.target, "is_published": False}, by, stamps=stamps)


def _still(row: Versioned, version: int) -> None:
    """Read again under the ledger, which all who write here hold."""
    row.refresh_from_db()
    if row.version != version:
        raise Conflict(str(row))


def _write(row: models.Model, values: Mapping, by: User, *, stamps: Mapping | None = None, **more) -> bool:
    """One UPDATE with history. `stamps`: when and by whom, which the history says for itself. False if nothing changed."""
    changed = history.differences(row, values)
    if changed:
        history.remember(history.changes_of(row, changed, by=by, **more))
        history.write(row, changed | (stamps or {}))
    return bool(changed)


# --- 委員 ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Subject:
    """What an opinion is about, as it was read."""

    anchor: str
    about: str
    goal: Goal | None = None
    initiative_id: int | None = None
    indicator_id: int | None = None


@recording()
def submit(plan_year: PlanYear, subject: Subject, text: str, *, by: User, quoted: str = "") -> Opinion:
    """Send a new opinion. Raises TransitionError."""
    if not permissions.can_begin_opinion(by, plan_year):
        raise TransitionError(why_closed(plan_year))
    opinion = Opinion.objects.create(
        plan_year=plan_year, author=by, submitted_at=timezone.now(), quoted=quoted, anchor=subject.anchor,
        about=subject.about, goal=subject.goal, initiative_id=subject.initiative_id, indicator_id=subject.indicator_id,
    )  # fmt: skip
    _write(opinion, {"text": text}, by)
    return opinion


@recording()
def reword(opinion: Opinion, text: str, *, by: User) -> bool:
    """Put other words in the place of the author's own, and send again what was withdrawn. Raises TransitionError.

    There is nobody else to come first: these words are one person's. False if nothing changed.
    """
    opinion.refresh_from_db()
    if not permissions.can_write_opinion(by, opinion, opinion.plan_year):
        raise TransitionError(why_not_rewritten(opinion))
    again = {"submitted_at": timezone.now()} if opinion.state == S.WITHDRAWN else {}
    return _write(opinion, {"text": text, "state": S.SUBMITTED}, by, stamps=again)


@recording()
def rate(plan_year: PlanYear, initiative: Initiative | int, rating: str, reason: str, *, by: User) -> bool:
    """A member's own rating of an initiative; "" takes it back. Raises TransitionError. False if nothing changed."""
    if not permissions.can_begin_opinion(by, plan_year):
        raise TransitionError(why_closed(plan_year))
    row, _ = CommitteeRating.objects.get_or_create(
        plan_year=plan_year, initiative_id=getattr(initiative, "pk", initiative), author=by
    )
    return _write(row, {"rating": rating, "reason": reason if rating else ""}, by)


def why_closed(plan_year: PlanYear) -> str:
    """Why no opinion can be sent now, and what remains possible; "" while it can."""
    if permissions.is_open(plan_year):
        return ""
    if not permissions.is_deliberating(plan_year):
        return f"{plan_year.label}は「{plan_year.get_status_display()}」なので、意見は受け付けていません。"
    if not permissions.has_begun(plan_year):
        return f"意見を書けるのは、{business_days.label(plan_year.committee_start)}からです。読むことは、いまからできます。"
    return f"意見の期限（{business_days.label(plan_year.committee_deadline)}）を過ぎました。読むことと、市の答えを見ることはできます。"


def why_not_rewritten(opinion: Opinion) -> str:
    if permissions.is_answered(opinion):
        office = opinion.plan_year.plan.office_name
        return f"市の答えが出ているので、直すことも取り下げることもできません。{office}に伝えてください。"
    return why_closed(opinion.plan_year) or "この意見は直せません。"


# --- 担当課に聞く ----------------------------------------------------------------------------------------


@recording()
def ask(
    department: Department, question: str, *, by: User, plan_year: PlanYear, opinion: Opinion | None = None,
    initiative: Initiative | None = None,
) -> Inquiry:  # fmt: skip
    """Ask a department about an opinion or about the ratings of an initiative; asked again, its reply stays readable.

    Its people get a notice. Raises TransitionError.
    """
    if opinion:
        opinion.refresh_from_db()
    if not permissions.can_answer(by, plan_year) or (opinion and opinion.state != S.SUBMITTED):
        raise TransitionError("いまは聞けません。意見が取り下げられたか、審議が終わっています。")
    about = {"plan_year": plan_year, "opinion": opinion, "initiative": initiative, "department": department}
    inquiry = Inquiry.objects.filter(**about).first()
    if inquiry and inquiry.state == Q.ASKED:
        raise TransitionError(f"{department}には、もう聞いています。回答を待つか、取り消してから聞き直してください。")
    if inquiry is None:
        inquiry = Inquiry.objects.create(**about, asked_by=by, state=Q.CANCELLED)
    stamps = {"asked_by": by, "asked_at": timezone.now()}
    _write(inquiry, {"state": Q.ASKED, "question": question}, by, stamps=stamps)
    outbox.reply_asked(
        plan_year, department, inquiry.about, inquiry.pk, occasion=f"inquiry {inquiry.pk} {inquiry.version}", by=by
    )
    return inquiry


@recording()
def cancel(inquiry: Inquiry, *, by: User, version: int) -> None:
    """Take a question back: the department sees neither it nor the opinion any more. Raises TransitionError, Conflict."""
    _still(inquiry, version)
    if not permissions.can_answer(by, inquiry.plan_year) or inquiry.state == Q.CANCELLED:
        raise TransitionError("いまは取り消せません。画面を開き直してください。")
    _write(inquiry, {"state": Q.CANCELLED}, by)


def reply_in_hand(inquiry: Inquiry) -> str:
    """What the department's form shows: what is being typed, else what was sent."""
    return inquiry.draft or inquiry.reply


def keep_reply(inquiry: Inquiry, text: str, *, by: User, seen: str) -> None:
    """Save what the department types, for its own people alone. `seen`: what the page showed at first.

    Raises TransitionError, and Conflict when a colleague typed something else meanwhile.
    """
    inquiry.refresh_from_db()
    _may_reply(inquiry, by)
    before = reply_in_hand(inquiry)
    if before == text:
        return
    if before != seen:
        raise Conflict(str(inquiry))
    history.write(inquiry, {"draft": "" if text == inquiry.reply else text})


@recording()
def reply(inquiry: Inquiry, text: str, *, by: User, seen: str) -> None:
    """Send the department's reply to 福祉総務課. Raises TransitionError, Conflict as keep_reply."""
    inquiry.refresh_from_db()
    _may_reply(inquiry, by)
    if reply_in_hand(inquiry) not in (seen, text):
        raise Conflict(str(inquiry))
    if not text.strip():
        raise TransitionError("回答を書いてから送ってください。")
    stamps = {"draft": "", "replied_by": by, "replied_at": timezone.now()}
    on_behalf_of = by.acting_for(inquiry.department_id)
    sent = _write(inquiry, {"state": Q.REPLIED, "reply": text}, by, stamps=stamps, on_behalf_of=on_behalf_of)
    if not sent and inquiry.draft:  # typed away from what was sent and back again
        history.write(inquiry, {"draft": ""})


def _may_reply(inquiry: Inquiry, by: User) -> None:
    if not permissions.can_reply(by, inquiry, inquiry.plan_year):
        raise TransitionError("いまは回答できません。市の考え方が確定したか、審議が終わっています。")


# --- 市の考え方 ------------------------------------------------------------------------------------------


@recording()
def answer(opinion: Opinion, values: Mapping, *, by: User, version: int) -> bool:
    """Write 市の考え方. `version`: of the answer that was read, 0 when there was none. False if nothing changed.

    Raises TransitionError, Conflict.
    """
    opinion.refresh_from_db()
    if not _may_answer(by, opinion, opinion.plan_year):
        raise TransitionError("いまは書けません。意見が取り下げられたか、審議が終わっています。")
    found = Response.objects.filter(opinion=opinion).first()
    if (found.version if found else 0) != version:
        raise Conflict(str(opinion))
    if found is None:
        if not any(values.values()):
            return False
        found = Response.objects.create(opinion=opinion, by=by)
    if found.state == A.CONFIRMED:
        raise TransitionError("確定した答えは、下書きに戻してから直してください。")
    opinion.response = found
    return _write(found, values, by, stamps={"by": by})


@recording()
def publish(opinion: Opinion, summary: str, *, published: bool, by: User, version: int) -> bool:
    """Decide whether opinion and answer stand in the published table, and in which words. `version`: of the answer.

    Raises TransitionError, Conflict.
    """
    opinion.refresh_from_db()
    found = Response.objects.filter(opinion=opinion).first()
    if found is None or not _may_answer(by, opinion, opinion.plan_year) or found.state != A.CONFIRMED:
        raise TransitionError("公表できるのは、市の考え方が確定した意見だけです。")
    if found.version != version:
        raise Conflict(str(opinion))
    if published and not summary.strip():
        raise TransitionError(
            "公表するときは、意見の要旨を書いてください。委員の名前や言い回しが出ないようにしてください。"
        )
    opinion.response = found
    return _write(found, {"summary": summary, "is_published": published}, by)


# --- 次の年度へ ------------------------------------------------------------------------------------------


@recording()
def leave(opinion: Opinion, text: str, initiative: Initiative | None, *, by: User, version: int) -> FollowUp | None:
    """Leave to the next years what the opinion asks for; without words it is taken back. `version`: 0 when new.

    Raises TransitionError, Conflict.
    """
    if not _may_answer(by, opinion, opinion.plan_year):
        raise TransitionError("いまは引き継げません。意見が取り下げられたか、審議が終わっています。")
    found = FollowUp.objects.filter(opinion=opinion).first()
    if (found.version if found else 0) != version:
        raise Conflict(str(opinion))
    if found is None:
        if not text.strip():
            return None
        try:
            with transaction.atomic():
                found = FollowUp.objects.create(opinion=opinion, plan_year=opinion.plan_year, by=by)
        except IntegrityError:
            raise Conflict(str(opinion)) from None
    if not text.strip():
        history.remember(history.changes_of(found, {"text": ""}, by=by))
        found.delete()
        return None
    _write(found, {"text": text, "initiative": initiative}, by, stamps={"by": by})
    return found


@recording()
def finish(follow_up: FollowUp, words: str, *, by: User, version: int) -> None:
    """Mark as done, saying what was done; without words it is open again. Raises TransitionError, Conflict."""
    _still(follow_up, version)
    if not permissions.can_gather(by):
        raise TransitionError("済みにできるのは、福祉総務課だけです。")
    words = words.strip()
    stamps = {"done_at": timezone.now() if words else None, "done_by": by if words else None}
    if bool(words) == (follow_up.done_at is not None):
        raise TransitionError("もう済みになっています。" if words else "したことを書いてから、済みにしてください。")
    _write(follow_up, {"done_words": words}, by, stamps=stamps)
