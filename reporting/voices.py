"""市民の意見: calling for opinions about a published report, taking them in, and what 福祉総務課 shows of them (F77).

Nothing is shown before somebody of 福祉総務課 has read it. What was sent is never altered: it is shown whole or not at
all, with the reason kept. An edition never changes through it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Case, Count, Min, When
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User
from initiatives import history
from initiatives.history import Conflict
from initiatives.models import PlanYear
from initiatives.notices.todo import Todo
from ledger.chain import recording
from reporting.models import Voice, VoiceCall, VoiceSender
from reporting.permissions import can_answer_voices
from reporting.snapshot import Report, Row

WHOLE = "報告書全体"
LONGEST = 2_000  # characters of an opinion
EACH = 10  # opinions from one address within a day; a library or a school has many readers behind one
ALL = 300  # opinions within a day altogether
_A_DAY = timedelta(days=1)
UNREAD_FIRST = Case(When(state=Voice.State.UNREAD, then=0), default=1)


class TooMany(Exception):
    """More than a day's share; the message tells the person what to do."""


class Closed(Exception):
    """The year does not ask for opinions today; the message tells when it did."""


# --- The call ----------------------------------------------------------------------------------------


def call_of(plan_year: PlanYear) -> VoiceCall | None:
    return VoiceCall.objects.filter(plan_year=plan_year).first()


@recording()
def set_call(plan_year: PlanYear, opens_on: date, closes_on: date, *, by: User, version: int) -> VoiceCall:
    """Call for opinions, or change the days. `version`: as it was read, 0 for a new call. Raises Conflict."""
    call = call_of(plan_year)
    if (call.version if call else 0) != version:
        raise Conflict(str(plan_year))
    if call is None:
        try:
            with transaction.atomic():
                return VoiceCall.objects.create(plan_year=plan_year, opens_on=opens_on, closes_on=closes_on)
        except IntegrityError:
            raise Conflict(str(plan_year)) from None
    history.save_changes(call, {"opens_on": opens_on, "closes_on": closes_on}, by=by)
    return call


# --- Sending -----------------------------------------------------------------------------------------


@transaction.atomic
def send(call: VoiceCall, values: Mapping[str, str], *, sending: str, address: str) -> Voice:
    """Take in what somebody sent: about, name, text. The same `sending` is taken in once. Raises Closed, TooMany."""
    if not call.is_open(timezone.localdate()):
        raise Closed("意見の募集は終わりました。")
    sent = Voice.objects.filter(sending=_digest(sending)).first()
    if sent:
        return sent
    _count(address)
    try:
        with transaction.atomic():
            return Voice.objects.create(call=call, sending=_digest(sending), **values)
    except IntegrityError:  # the second press was quicker than the first was done
        return Voice.objects.get(sending=_digest(sending))


def _digest(sending: str) -> str:
    return hashlib.sha256(sending.encode()).hexdigest()


def _count(address: str) -> None:
    """The address is forgotten after a day, and until then kept as a hash that nobody can turn back without our key."""
    now = timezone.now()
    VoiceSender.objects.filter(at__lt=now - _A_DAY).delete()
    key = salted_hmac("reporting.voices", address, algorithm="sha256").hexdigest()
    if VoiceSender.objects.filter(key=key).count() >= EACH:
        raise TooMany("この回線からは、今日はもう受け付けられません。書いた文を控えて、明日、もう一度送ってください。")
    if VoiceSender.objects.count() >= ALL:
        raise TooMany("今日は、受け付けられる数をこえました。書いた文を控えて、明日、もう一度送ってください。")
    VoiceSender.objects.create(key=key, at=now)


# --- Reading and answering -----------------------------------------------------------------------------


def save(voice: Voice, *, state: str, reason: str, answer: str, by: User, version: int) -> bool:
    """Show an opinion or not, and answer it. `version`: as it was read. Whether anything changed. Raises Conflict."""
    if voice.version != version:
        raise Conflict(str(voice))
    return bool(history.save_changes(voice, {"state": state, "reason": reason, "answer": answer}, by=by))


def subjects(report: Report, rows: Iterable[Row]) -> dict[str, str]:
    """What an opinion can be about, as it is kept and in words: the report, its goals, some of its initiatives."""
    goal = report.terms["goal"]
    found = {"": WHOLE} | {str(each.number): f"{goal}{each.number}　{each.name}" for each in report.goals}
    return found | {row.code: f"{row.code}　{row.name}" for row in rows}


def tell_about(found: Iterable[Voice], report: Report | None) -> None:
    """Give each its `about_words`; the bare number of what the report does not have (any more)."""
    known = subjects(report, report.rows) if report else {"": WHOLE}
    for voice in found:
        voice.about_words = known.get(voice.about, voice.about)


def todo(user: User, plan_year: PlanYear) -> list[Todo]:
    """Opinions that nobody has read yet, for お知らせ・することリスト. One query."""
    if not can_answer_voices(user):
        return []
    unread = Voice.objects.filter(call__plan_year=plan_year, state=Voice.State.UNREAD)
    waiting = unread.aggregate(count=Count("pk"), since=Min("sent_at"))
    if not waiting["count"]:
        return []
    return [
        Todo(
            "市民の意見",
            f"市民の意見{waiting['count']}件が、まだ読まれていません",
            "読んで、公開するかどうかを決めてください。決めるまで、だれにも見えません。",
            reverse("reporting:voice_list", args=[plan_year.plan_id, plan_year.fiscal_year]),
            "読む",
            waiting["since"],
        )
    ]
