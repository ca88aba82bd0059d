"""`manage.py load_demo`: fill an empty database with the demo city. Called by bin/run at every start."""

import unicodedata

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Department, User
from initiatives.models import Plan
from reporting.demo import build, source


class Command(BaseCommand):
    help = "見本の市（鎌倉市地域福祉計画）を入れます。データベースが空のときだけ動きます。"

    def add_arguments(self, parser):
        parser.add_argument("--accounts", action="store_true", help="見本の利用者の表を出すだけで、何も変えません")

    def handle(self, *args, accounts=False, **options):
        if accounts:
            self.stdout.write(accounts_table())
            return
        name = source.document("structure")["plan"]["name"]
        if Plan.objects.filter(name=name).exists():
            self.stdout.write(f"見本の計画「{name}」は、もう入っています。何も変えませんでした。")
            return
        if any(model.objects.exists() for model in (Plan, Department, User)):
            raise CommandError(
                "このデータベースには、ほかの計画か利用者が入っています。"
                "見本は、空のデータベースにだけ入れられます。AYUMI_VAR か DATABASE_URL で別のデータベースを指定してください。"
            )
        build.build()
        self.stdout.write(f"見本の計画「{name}」を入れました。文章は、見本のために作ったものです。")


def accounts_table() -> str:
    """Role, name, user name, password and what to look at; only accounts that are there."""
    lines = source.table("people")
    there = set(
        User.objects.filter(username__in=[line["username"] for line in lines]).values_list("username", flat=True)
    )
    rows = [
        (User.Role(line["role"]).label, line["name"], line["username"], build.PASSWORD, line["look_at"])
        for line in lines
        if line["username"] in there
    ]
    if not rows:
        return "見本の利用者はいません。"
    rows.insert(0, ("役割", "氏名", "ユーザー名", "パスワード", "見られるもの"))
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(_padded, row, widths)).rstrip() for row in rows)


def _width(text: str) -> int:
    """Columns on a terminal: a Japanese character takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
