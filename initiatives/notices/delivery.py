"""One mail a person, sent at most once, outside every request.

`send_later` asks for the task after the transaction; `manage.py send_notices` (cron) does the same. Both call `deliver`:
compose what waits, then send what is due. Before a mail goes out it is marked 送っています, compare-and-set, so that
two senders never send the same. If the process dies in between, the mail becomes たぶん送信済 and is not sent again
unless a person asks for it: rather no second mail than a doubt about how often people are written to.
"""

import logging
import smtplib
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django_tasks import default_task_backend, task

from accounts.models import User
from initiatives.grouping import grouped
from initiatives.models import EntryPart, Mail, Notice, PlanYear
from initiatives.notices import wording

log = logging.getLogger(__name__)
State = Mail.State

# 福祉総務課 returns one part after the other; what comes within ten minutes goes in one mail.
GATHER = timedelta(minutes=10)
# A mail this long on its way was cut off in the middle.
LOST_AFTER = timedelta(minutes=15)
GATHERED = (Notice.Kind.RETURNED, Notice.Kind.ASKED)
# Nobody wants last week's news: after a long stop, or from a backup, it is not sent any more.
STALE = timedelta(days=3)
ATTEMPTS = 5
RETRY_AFTER = timedelta(minutes=10)  # times the attempts so far

OFF = "メールを使わない設定です。"
NO_ADDRESS = "メールアドレスが登録されていません。"
NOT_USABLE = "いまは使えない利用者です。"
TOO_OLD = "3日より前の知らせなので、送りませんでした。"
OVERTAKEN = "送る前に用が済んだので、送りませんでした。"


@dataclass
class Tally:
    sent: int = 0
    failed: int = 0
    held: int = 0


def send_later(*, gather: bool = False) -> None:
    """Ask for the task. `gather`: only things that may wait for others like them."""
    job = send_due
    if gather and default_task_backend.supports_defer:
        job = send_due.using(run_after=timezone.now() + GATHER)
    job.enqueue()


@task()
def send_due() -> None:
    deliver()


def deliver() -> Tally:
    now = timezone.now()
    give_up_lost(now)
    tally = Tally(held=compose(now))
    connection = get_connection()
    try:
        for mail in _due(now):
            if not _send(mail, connection, tally):
                break  # nobody answers: the others wait for the next time
    finally:
        with suppress(Exception):
            connection.close()
    return tally


def give_up_lost(now: datetime) -> None:
    Mail.objects.filter(state=State.SENDING, tried_at__lt=now - LOST_AFTER).update(
        state=State.UNSURE, problem="送っている途中で止まりました。届いたかどうかは、分かりません。"
    )


# --- Composing --------------------------------------------------------------------------------------


@transaction.atomic
def compose(now: datetime) -> int:
    """A mail for every person whose notices wait. Returns how many are held. A fixed number of queries."""
    waiting = list(
        Notice.objects.select_for_update(of=("self",))
        .filter(mail__isnull=True)
        .select_related("plan_year__plan", "department", "recipient", "part")
    )
    mails = []
    for notices in grouped(waiting, "recipient").values():
        if not _is_ripe(notices, now):
            continue
        mails += [mail_of(together, why) for why, together in _sorted_out(notices, now).items()]
    Mail.objects.bulk_create(mails)
    for mail in mails:
        for notice in mail.carried:
            notice.mail = mail
    Notice.objects.bulk_update([notice for mail in mails for notice in mail.carried], ["mail"], batch_size=500)
    return sum(mail.state == State.HELD for mail in mails)


def _is_ripe(notices: list[Notice], now: datetime) -> bool:
    """Returned parts and questions wait for others like them where a worker comes back for them; anything else takes
    them along."""
    patience = GATHER if default_task_backend.supports_defer else timedelta(0)
    return any(notice.kind not in GATHERED or notice.created_at <= now - patience for notice in notices)


def _sorted_out(notices: list[Notice], now: datetime) -> dict[str, list[Notice]]:
    """Notices by the reason for which they are not sent; "" for those that are."""
    found: dict[str, list[Notice]] = {}
    for notice in notices:
        found.setdefault(why_not(notice, now), []).append(notice)
    return found


def why_not(notice: Notice, now: datetime) -> str:
    if settings.MAIL == "off":
        return OFF
    if not notice.recipient.can_sign_in:
        return NOT_USABLE
    if not notice.recipient.email:
        return NO_ADDRESS
    if _is_overtaken(notice):
        return OVERTAKEN
    return TOO_OLD if notice.created_at < now - STALE else ""


def _is_overtaken(notice: Notice) -> bool:
    """A reminder stops when the year is closed, a question when the committee is done; a part that was sent again is no news."""
    if notice.kind == Notice.Kind.REMINDER:
        return notice.plan_year.status != PlanYear.Status.COLLECTING
    if notice.kind == Notice.Kind.ASKED:
        return notice.plan_year.status != PlanYear.Status.COMMITTEE
    return notice.kind == Notice.Kind.RETURNED and notice.part.status != EntryPart.Status.RETURNED


def mail_of(notices: list[Notice], why: str = "") -> Mail:
    """The mail (unsaved) that carries these notices of one person; held when there is a reason not to send it."""
    person: User = notices[0].recipient
    subject, body = wording.mail(person, notices)
    mail = Mail(
        recipient=person, address=person.email, subject=subject[:200], body=body, problem=why,
        state=State.HELD if why else State.QUEUED,
    )  # fmt: skip
    mail.carried = notices
    return mail


# --- Sending ----------------------------------------------------------------------------------------


def _due(now: datetime) -> list[Mail]:
    """What waits, and what failed a while ago and may be tried again; what became stale or was overtaken is held."""
    Mail.objects.filter(state=State.QUEUED, queued_at__lt=now - STALE).update(state=State.HELD, problem=TOO_OLD)
    _hold_overtaken_reminders()
    if settings.MAIL == "off":
        return []
    again = Q(pk__in=[])
    for attempts in range(1, ATTEMPTS):
        again |= Q(attempts=attempts, tried_at__lt=now - RETRY_AFTER * attempts)
    return list(Mail.objects.filter(Q(state=State.QUEUED) | Q(again, state=State.FAILED)).order_by("queued_at", "pk"))


def _hold_overtaken_reminders() -> None:
    """A reminder that did not get out before the close stays in; one that carries other news as well still goes."""
    waiting = Notice.objects.filter(mail__state__in=(State.QUEUED, State.FAILED))
    reminders = waiting.filter(kind=Notice.Kind.REMINDER)
    news = waiting.exclude(kind=Notice.Kind.REMINDER) | reminders.filter(plan_year__status=PlanYear.Status.COLLECTING)
    overtaken = Mail.objects.filter(pk__in=reminders.values("mail")).exclude(pk__in=news.values("mail"))
    overtaken.update(state=State.HELD, problem=OVERTAKEN)


def _send(mail: Mail, connection, tally: Tally) -> bool:
    """False when the mail server does not answer at all."""
    claimed = Mail.objects.filter(pk=mail.pk, state=mail.state, attempts=mail.attempts).update(
        state=State.SENDING, attempts=F("attempts") + 1, tried_at=timezone.now(), problem=""
    )
    if not claimed:
        return True  # another sender has it
    try:
        message = EmailMessage(mail.subject, mail.body, None, [mail.address], connection=connection)
        message.message()  # refuses a line break in a header
        connection.open()
    except Exception as error:
        log.warning("mail %s: %s", mail.pk, error)
        _settle(mail, State.FAILED, _reason(error))
        tally.failed += 1
        return isinstance(error, ValueError)
    try:
        connection.send_messages([message])
    except REFUSED as error:
        _settle(mail, State.FAILED, _reason(error))
        tally.failed += 1
    except Exception as error:
        log.warning("mail %s: %s", mail.pk, error)
        _settle(
            mail, State.UNSURE, f"送っている途中で、つながりが切れました。届いたかどうかは、分かりません。（{error}）"
        )
        tally.failed += 1
    else:
        _settle(mail, State.SENT, "")
        tally.sent += 1
        return True
    with suppress(Exception):
        connection.close()  # the next one begins anew
    return True


# The server said no: it certainly was not sent. Anything else in the middle of sending leaves it open.
REFUSED = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, smtplib.SMTPNotSupportedError, ValueError)


def _reason(error: Exception) -> str:
    if isinstance(error, ValueError):
        return f"件名か宛先に、使えない文字があります。（{error}）"
    if isinstance(error, REFUSED):
        return f"メールサーバーが断りました。（{error}）"
    return f"メールサーバーにつながりませんでした。（{error}）"


def _settle(mail: Mail, state: str, problem: str) -> None:
    """Only from 送っています: a mail that was given up meanwhile stays as it is."""
    values = {"state": state, "problem": problem[:300]}
    if state == State.SENT:
        values["sent_at"] = timezone.now()
    Mail.objects.filter(pk=mail.pk, state=State.SENDING).update(**values)


# --- By hand ----------------------------------------------------------------------------------------


@transaction.atomic
def send_again(mail: Mail) -> str:
    """もう一度送る. Why not, in words; "" when it waits again. Compare-and-set: pressed twice, it goes once."""
    person = mail.recipient
    if settings.MAIL == "off":
        return f"{OFF}本文をコピーして、知らせてください。"
    if not person.can_sign_in:
        return NOT_USABLE
    if not person.email:
        return f"{NO_ADDRESS}システム管理者に、登録を頼んでください。"
    found = Mail.objects.filter(pk=mail.pk, state=mail.state, state__in=Mail.REPEATABLE)
    if not found.update(state=State.QUEUED, address=person.email, problem="", queued_at=timezone.now()):
        return "もう送信待ちになっているか、送られています。"
    transaction.on_commit(send_later)
    return ""
