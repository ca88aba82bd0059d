"""One mail a person, at most once; what went wrong is kept in words."""

import smtplib
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.mail.backends import locmem
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.models import User
from initiatives import workflow
from initiatives.models import Mail, Notice, PlanYear
from initiatives.notices import delivery

pytestmark = pytest.mark.usefixtures("mail_on", "addressed")


@pytest.fixture
def returned(make, plan_year, coordinator):
    """Send parts back, one after the other."""

    def inner(*codes):
        parts = [make(code, "submitted") for code in codes]
        for part in parts:
            workflow.perform(part, "return", by=coordinator, plan_year=plan_year, reason="漏えい検知-理由")
        return parts

    return inner


def states() -> list[str]:
    return list(Mail.objects.order_by("pk").values_list("state", flat=True))


def test_several_notices_go_in_one_mail(returned, remind, writer, mailoutbox):
    parts = returned("1-1-1-1", "1-1-1-2")
    remind()
    delivery.deliver()
    mail = mailoutbox[0]
    assert [each.to for each in mailoutbox] == [[writer.email]]
    assert mail.subject == "【あゆみ】2件が差し戻されました　ほか1件"
    assert mail.body == (
        "書く人さん\n"
        "\n"
        "いつもお世話になっております。福祉総務課です。\n"
        "令和6年度実施分の記入のようすをお知らせします。\n"
        "\n"
        "■ 試験市地域福祉計画　令和6年度実施分\n"
        "・差し戻された取組があります。理由は、あゆみの画面で読めます。\n"
        "　1-1-1-1 取組1-1-1-1（高齢課）\n"
        f"　https://ayumi.city.example.jp/plans/{parts[0].entry.initiative.plan_id}/R6/parts/{parts[0].pk}/\n"
        "　1-1-1-2 取組1-1-1-2（高齢課）\n"
        f"　https://ayumi.city.example.jp/plans/{parts[0].entry.initiative.plan_id}/R6/parts/{parts[1].pk}/\n"
        "・高齢課が書く取組が、あと2件あります（うち差戻し2件）。\n"
        f"https://ayumi.city.example.jp/plans/{parts[0].entry.initiative.plan_id}/R6/\n"
        "\n"
        "このメールと行きちがいに送られたときは、そのままでけっこうです。\n"
        "\n"
        "試験市　福祉総務課\n"
        "（このメールは「あゆみ」が送っています）\n"
    )
    assert (Mail.objects.get().state, Mail.objects.get().attempts) == ("sent", 1)
    assert Notice.objects.filter(mail=Mail.objects.get()).count() == 3


def test_nothing_is_sent_before_the_transaction_is_through(returned, mailoutbox, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        returned("1-1-1-1")
        assert mailoutbox == []
    assert len(mailoutbox) == 1


def test_sending_twice_sends_nothing_more(returned, mailoutbox, capsys):
    returned("1-1-1-1")
    call_command("send_notices")
    call_command("send_notices")
    assert len(mailoutbox) == 1
    assert capsys.readouterr().out.splitlines() == [
        "1通を送りました。送れなかったもの0通、メールにしなかったもの0通。",
        "0通を送りました。送れなかったもの0通、メールにしなかったもの0通。",
    ]


def test_no_word_of_what_was_written_is_in_a_mail(returned, remind, plan_year, coordinator, mailoutbox, plan):
    part = returned("1-1-1-1")[0]
    canary = "漏えい検知"
    type(part).objects.update(result=f"{canary}-実績", issues=f"{canary}-課題", not_applicable_reason=f"{canary}-該当")
    type(part.entry).objects.update(
        target=f"{canary}-目標", next_target=f"{canary}-次", low_rating_reason=f"{canary}-低", shared_result=f"{canary}-共"
    )  # fmt: skip
    remind()
    delivery.deliver()
    sent = "".join(mail.subject + mail.body for mail in mailoutbox)
    kept = "".join(f"{mail.subject}{mail.body}" for mail in Mail.objects.all())
    facts = "".join(str(notice.facts) for notice in Notice.objects.all())
    assert len(mailoutbox) == 1
    assert canary not in sent + kept + facts


def test_links_begin_with_the_setting_not_with_the_host_of_a_request(
    client, make, plan_year, coordinator, mailoutbox, settings, django_capture_on_commit_callbacks
):
    settings.ALLOWED_HOSTS = ["*"]
    part = make("1-1-1-1", "submitted")
    client.force_login(coordinator)
    address = f"/plans/{plan_year.plan_id}/R6/parts/{part.pk}/return/"
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address, {"reason": "理由", "version": part.version}, headers={"host": "evil.example.com"})
    assert "https://ayumi.city.example.jp/plans/" in mailoutbox[0].body
    assert "evil.example.com" not in mailoutbox[0].body


# --- Not by mail ------------------------------------------------------------------------------------


def test_with_mail_off_nothing_is_sent_now_or_later(returned, settings, mailoutbox):
    settings.MAIL = "off"
    returned("1-1-1-1")
    delivery.deliver()
    assert (states(), Mail.objects.get().problem) == (["held"], delivery.OFF)
    settings.MAIL = "smtp"
    delivery.deliver()
    assert mailoutbox == []


def test_without_an_address_it_is_said(returned, writer, mailoutbox):
    User.objects.filter(pk=writer.pk).update(email="")
    returned("1-1-1-1")
    delivery.deliver()
    assert (states(), Mail.objects.get().problem, mailoutbox) == (["held"], delivery.NO_ADDRESS, [])


def test_a_part_that_was_sent_again_meanwhile_is_no_news(returned, mailoutbox):
    part = returned("1-1-1-1", "1-1-1-2")[0]
    type(part).objects.filter(pk=part.pk).update(status="submitted")
    delivery.deliver()
    assert len(mailoutbox) == 1
    assert "1-1-1-2" in mailoutbox[0].body and "1-1-1-1 " not in mailoutbox[0].body
    assert sorted(states()) == ["held", "sent"]


def test_a_reminder_that_waited_until_the_close_is_not_sent(make, remind, mailoutbox):
    make("1-1-1-1", "draft")
    remind()
    PlanYear.objects.update(status="reviewing")
    delivery.deliver()
    assert (Mail.objects.get().problem, mailoutbox) == (delivery.OVERTAKEN, [])


def test_a_composed_reminder_does_not_outlive_the_close_but_other_news_does(
    make, remind, returned, other, other_department, mailoutbox
):
    make("1-1-1-1", "draft", other_department)
    returned("1-1-1-2")
    remind()
    delivery.compose(timezone.now())
    PlanYear.objects.update(status="reviewing")
    delivery.deliver()
    assert {mail.recipient.username: mail.state for mail in Mail.objects.select_related("recipient")} == {
        "writer": "sent",
        "other": "held",
    }
    assert len(mailoutbox) == 1


def test_old_news_is_not_sent(returned, mailoutbox):
    returned("1-1-1-1")
    Notice.objects.update(created_at=timezone.now() - timedelta(days=4))
    delivery.deliver()
    assert (Mail.objects.get().problem, mailoutbox) == (delivery.TOO_OLD, [])


def test_with_a_worker_returned_parts_wait_for_each_other(returned, remind, mailoutbox, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    returned("1-1-1-1")
    delivery.deliver()
    assert mailoutbox == []
    Notice.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    delivery.deliver()
    assert len(mailoutbox) == 1


# --- What goes wrong --------------------------------------------------------------------------------


def failing(monkeypatch, name, error):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr(locmem.EmailBackend, name, fail)


def test_a_server_that_does_not_answer_is_asked_again_later(returned, mailoutbox, monkeypatch):
    returned("1-1-1-1")
    with monkeypatch.context() as broken:
        failing(broken, "open", ConnectionRefusedError("no route"))
        delivery.deliver()
        assert states() == ["failed"]
        assert Mail.objects.get().problem == "メールサーバーにつながりませんでした。（no route）"
    delivery.deliver()
    assert mailoutbox == []  # not at once
    Mail.objects.update(tried_at=timezone.now() - timedelta(minutes=11))
    delivery.deliver()
    assert (len(mailoutbox), states(), Mail.objects.get().attempts) == (1, ["sent"], 2)


def test_after_five_attempts_it_is_left_to_a_person(returned, mailoutbox, monkeypatch):
    returned("1-1-1-1")
    failing(monkeypatch, "open", ConnectionRefusedError("no route"))
    for _ in range(8):
        delivery.deliver()
        Mail.objects.update(tried_at=timezone.now() - timedelta(hours=2))
    assert (states(), Mail.objects.get().attempts) == (["failed"], 5)


def test_a_refused_address_does_not_keep_the_others(returned, make, remind, other, other_department, mailoutbox, monkeypatch):  # fmt: skip
    make("1-1-1-1", "draft")
    make("1-1-1-2", "draft", other_department)
    remind()
    send = locmem.EmailBackend.send_messages

    def picky(self, messages):
        if messages[0].to != [other.email]:
            raise smtplib.SMTPRecipientsRefused({messages[0].to[0]: (550, b"unknown")})
        return send(self, messages)

    monkeypatch.setattr(locmem.EmailBackend, "send_messages", picky)
    delivery.deliver()
    assert [mail.to for mail in mailoutbox] == [[other.email]]
    assert {mail.recipient.username: mail.state for mail in Mail.objects.select_related("recipient")} == {
        "writer": "failed",
        "other": "sent",
    }


def test_a_line_that_broke_in_the_middle_is_told_honestly_and_not_repeated(returned, mailoutbox, monkeypatch):
    returned("1-1-1-1")
    with monkeypatch.context() as broken:
        failing(broken, "send_messages", smtplib.SMTPServerDisconnected("gone"))
        delivery.deliver()
    Mail.objects.update(tried_at=timezone.now() - timedelta(days=1))
    delivery.deliver()
    assert (states(), mailoutbox) == (["unsure"], [])
    assert Mail.objects.get().get_state_display() == "たぶん送信済"


def test_a_sender_that_died_in_between_leaves_a_mail_that_is_not_sent_twice(returned, mailoutbox, monkeypatch):
    """kill -9 after the mark and before the server's answer."""

    class Killed(BaseException):
        pass

    returned("1-1-1-1")
    with monkeypatch.context() as broken:
        failing(broken, "send_messages", Killed())
        with pytest.raises(Killed):
            delivery.deliver()
    assert states() == ["sending"]
    delivery.deliver()
    assert (states(), mailoutbox) == (["sending"], [])
    Mail.objects.update(tried_at=timezone.now() - timedelta(minutes=16))
    delivery.deliver()
    assert (states(), mailoutbox) == (["unsure"], [])


def test_two_senders_send_one_mail(returned, mailoutbox, monkeypatch):
    """The second begins while the first is about to send."""
    returned("1-1-1-1")
    opened = locmem.EmailBackend.open

    def meanwhile(self):
        monkeypatch.setattr(locmem.EmailBackend, "open", opened)
        delivery.deliver()
        return opened(self)

    monkeypatch.setattr(locmem.EmailBackend, "open", meanwhile)
    delivery.deliver()
    assert len(mailoutbox) == 1


@pytest.mark.parametrize("field", ["subject", "address"])
def test_a_line_break_in_a_header_is_refused(returned, writer, mailoutbox, field):
    """M10: Django refuses it, and so it must stay."""
    returned("1-1-1-1")
    delivery.compose(timezone.now())
    Mail.objects.update(**{field: "a@city.example.jp\nBcc: evil@example.com"})
    delivery.deliver()
    mail = Mail.objects.get()
    assert (mail.state, mailoutbox) == ("failed", [])
    assert mail.problem.startswith("件名か宛先に、使えない文字があります。")


def test_again_by_hand_sends_once_more(returned, mailoutbox, django_capture_on_commit_callbacks):
    returned("1-1-1-1")
    delivery.compose(timezone.now())
    Mail.objects.update(state="unsure", attempts=1)
    first, second = Mail.objects.get(), Mail.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        assert delivery.send_again(first) == ""
        assert delivery.send_again(second) == "もう送信待ちになっているか、送られています。"
    assert len(mailoutbox) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_composing_takes_a_fixed_number_of_queries(returned, count, django_assert_num_queries):
    returned(*(f"1-1-1-{number}" for number in range(1, count + 1)))
    with django_assert_num_queries(5):  # a savepoint and its end, the notices, the mails, their link
        delivery.compose(timezone.now())


@pytest.mark.django_db(transaction=True)
def test_three_senders_at_the_same_moment_send_one_mail(returned, mailoutbox):
    """In threads with connections of their own, as a worker and cron would."""
    returned("1-1-1-1")
    Mail.objects.all().delete()
    Notice.objects.update(mail=None)
    mailoutbox.clear()
    together = threading.Barrier(3)

    def send(_):
        try:
            together.wait()
            delivery.deliver()
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(send, range(3)))
    assert len(mailoutbox) == 1
    assert states() == ["sent"]
