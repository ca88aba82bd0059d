from django.conf import settings
from django.core.mail import send_mail
from django.core.management.base import BaseCommand, CommandError

from ledger import anchors

SUBJECT = "台帳の控え"
WORDS = """台帳の{position}番目までの控えです。

{anchor}

このメールは消さずに残してください。記録があとから変えられていないかを、この1行で確かめられます。
"""


class Command(BaseCommand):
    help = "いまの台帳の末尾を、控えのファイルに1行足します。同じ1行を画面に出し、頼まれればメールでも送ります。"

    def add_arguments(self, parser):
        parser.add_argument(
            "--mail-to", action="append", default=[], metavar="ADDRESS", help="控えを送る先（何回でも）"
        )

    def handle(self, *args, mail_to=(), **options):
        if mail_to and settings.MAIL == "off":
            raise CommandError("メールを使わない設定です（AYUMI_MAIL）。")
        anchor = anchors.keep()
        if anchor is None:
            self.stdout.write("台帳は、まだ空です。")
            return
        self.stdout.write(str(anchor))
        if mail_to:
            send_mail(SUBJECT, WORDS.format(position=anchor.position, anchor=anchor), None, mail_to)
