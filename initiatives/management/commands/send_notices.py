from django.core.management.base import BaseCommand

from initiatives.notices import delivery


class Command(BaseCommand):
    help = "送信を待っている知らせのメールを送ります。何度動かしても、同じメールは2度送りません。"

    def handle(self, **options):
        tally = delivery.deliver()
        self.stdout.write(
            f"{tally.sent}通を送りました。送れなかったもの{tally.failed}通、メールにしなかったもの{tally.held}通。"
        )
