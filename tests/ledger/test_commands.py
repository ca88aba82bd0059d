"""What the operator runs: verify_ledger and anchor_ledger."""

import io

import pytest
from django.core.management import CommandError, call_command

from ledger import anchors, guard
from ledger.models import LedgerEntry
from tests.ledger.tampering import sql


@pytest.fixture(autouse=True)
def kept(settings, tmp_path):
    settings.LEDGER_ANCHORS = tmp_path / "away" / "anchors.txt"
    return settings.LEDGER_ANCHORS


def run(name: str, *arguments) -> str:
    out = io.StringIO()
    try:
        call_command(name, *arguments, stdout=out)
    except CommandError as error:
        assert error.returncode == 1
        out.write(f"1で終わる：{error}")
    return out.getvalue().strip()


def test_whole(log):
    assert run("verify_ledger") == (
        "台帳の88行と、その記録は、書かれたときのままです。控えがないので、末尾が切り取られていても分かりません。"
    )
    run("anchor_ledger")
    run("anchor_ledger")
    assert run("verify_ledger") == "台帳の88行と、その記録は、書かれたときのままです。控え2件とも合います。"


def test_the_first_broken_row_is_named_and_the_rest_counted(log):
    guard.remove()
    sql("UPDATE initiatives_fieldchange SET reason = 'x'")
    sql("DELETE FROM accounts_accountevent")
    guard.install()
    first = LedgerEntry.objects.filter(model="initiatives.fieldchange").first()
    lines = run("verify_ledger").splitlines()
    assert lines[0] == (
        f"【書き換え】記録（変更の記録 {first.row_id}番、表 initiatives_fieldchange）が書き換えられています。"
        f"台帳の{first.position}番目です。"
    )
    assert lines[20] == "ほかに4件あります。"
    assert lines[21].startswith("1で終わる：記録は、書かれたときのままではありません。docs/deploy.md")


def test_a_guard_that_is_gone_is_told(log):
    guard.remove()
    guarded = run("verify_ledger")
    assert (
        "【守り】表を守るしかけ（トリガー）が外されています：accounts_accountevent、initiatives_fieldchange" in guarded
    )
    assert "1で終わる" in guarded


def test_an_anchor_says_when_and_where_and_what(log, kept):
    shown = run("anchor_ledger")
    assert kept.read_text() == shown + "\n"
    at, position, digest = shown.split()
    assert (position, digest) == ("88", LedgerEntry.objects.get(position=88).hash)
    assert at.endswith("+09:00")


def test_other_files_may_be_named(log, kept, tmp_path):
    """As it was mailed, or copied to another machine."""
    other = tmp_path / "mailed.txt"
    other.write_text(f"{anchors.head()}\n\n")
    assert "控え1件とも合います" in run("verify_ledger", "--anchor", str(other))
    kept.parent.mkdir()
    kept.write_text("")
    both = run("verify_ledger", "--anchor", str(other), "--anchor", str(kept))
    assert "控え1件とも合います" in both
    other.write_text(f"2026-11-25T22:42:09+09:00 89 {'0' * 64}\n")
    assert "89番目までありましたが、いまは88番目までです" in run("verify_ledger", "--anchor", str(other))


@pytest.mark.parametrize("line", ["ごみ", "2026-11-25T22:42:09+09:00 x 00", "きのう 88 00"])
def test_an_anchor_that_cannot_be_read_is_told(log, kept, line):
    run("anchor_ledger")
    kept.write_text(kept.read_text() + line + "\n")
    assert run("verify_ledger") == f"1で終わる：{kept} の2行目が読めません。"


def test_a_file_that_is_not_there_is_told(log, tmp_path):
    assert (
        run("verify_ledger", "--anchor", str(tmp_path / "no"))
        == f"1で終わる：控えのファイルを開けません：{tmp_path}/no"
    )


def test_an_empty_ledger_has_no_anchor(db, kept):
    assert run("anchor_ledger") == "台帳は、まだ空です。"
    assert not kept.exists()


def test_the_anchor_goes_by_mail_to_who_was_named(log, settings, mailoutbox):
    settings.MAIL = "smtp"
    shown = run("anchor_ledger", "--mail-to", "kansa@city.example.jp")
    [mail] = mailoutbox
    assert mail.to == ["kansa@city.example.jp"] and shown in mail.body


def test_without_mail_nothing_is_sent(log, mailoutbox):
    assert (
        run("anchor_ledger", "--mail-to", "kansa@city.example.jp")
        == "1で終わる：メールを使わない設定です（AYUMI_MAIL）。"
    )
    assert mailoutbox == []
