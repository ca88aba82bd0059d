from itertools import islice
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ledger import anchors, guard, verify
from ledger.models import LedgerEntry

SHOWN = 20


class Command(BaseCommand):
    help = "記録が書かれたときのままか、台帳と控えで確かめます。ちがうものがあれば、その名前を出して1で終わります。"

    def add_arguments(self, parser):
        parser.add_argument(
            "--anchor",
            action="append",
            type=Path,
            metavar="FILE",
            help="控えのファイル（何回でも。なければ設定のもの）",
        )

    def handle(self, *args, anchor=None, **options):
        kept = self._anchors(anchor)
        broken = verify.verify(kept)
        first = list(islice(broken, SHOWN))
        more = sum(1 for _ in broken)
        for each in first:
            self.stdout.write(str(each))
        if more:
            self.stdout.write(f"ほかに{more}件あります。")
        unguarded = guard.missing()
        if unguarded:
            self.stdout.write(f"【守り】表を守るしかけ（トリガー）が外されています：{'、'.join(unguarded)}")
        if first or unguarded:
            raise CommandError(
                "記録は、書かれたときのままではありません。docs/deploy.md の「台帳が合わないとき」を見てください。"
            )
        known = f"控え{len(kept)}件とも合います。" if kept else "控えがないので、末尾が切り取られていても分かりません。"
        self.stdout.write(f"台帳の{LedgerEntry.objects.count()}行と、その記録は、書かれたときのままです。{known}")

    def _anchors(self, paths: list[Path] | None) -> list[anchors.Anchor]:
        """Of the files named; else of the usual one, if it is there."""
        try:
            if paths is None:
                paths = [settings.LEDGER_ANCHORS] if settings.LEDGER_ANCHORS.exists() else []
            return [each for path in paths for each in anchors.read(path)]
        except anchors.Unreadable as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"控えのファイルを開けません：{error.filename}") from error
