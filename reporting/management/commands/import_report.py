from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from initiatives import fiscal_year as fy
from initiatives.workbook_reader import UNCHANGED
from reporting.importing.compare import Answers, ChangedMeanwhile, Preview, commit, preview
from reporting.importing.read import read_source
from reporting.importing.source import Refused


class Command(BaseCommand):
    help = "年度の報告書（取組調査票のExcel、またはCSVとJSONのフォルダー）を取り込みます。全部か無かです。"

    def add_arguments(self, parser):
        parser.add_argument("source", type=Path, help="Excel（.xlsx）か、CSVとJSONのフォルダー")
        parser.add_argument("--year", required=True, help="年度。R6、令和6年度、2024 のどれでも")
        parser.add_argument("--dry-run", action="store_true", help="何が変わるかを示すだけで、何も変えません")
        parser.add_argument("--plan", default="", help="計画の名前か番号。新しい計画をつくるときは、その名前")
        parser.add_argument(
            "--department", action="append", default=[], metavar="資料の名前=登録の名前", help="何度でも"
        )
        parser.add_argument(
            "--add-department", action="append", default=[], metavar="名前", help="新しい課として登録。何度でも"
        )
        parser.add_argument("--by", default="", metavar="ユーザー名", help="変更の記録に残す人")

    def handle(self, *, source, year, dry_run, plan, department, add_department, by, **options):
        answers = Answers(plan, dict(self._pair(text) for text in department), frozenset(add_department))
        try:
            read = read_source(source, fy.parse(year))
            run = preview if dry_run else commit
            done = run(read, answers, self._person(by))
        except fy.FiscalYearError as error:
            raise CommandError(str(error)) from error
        except Refused as refused:
            raise CommandError(self._refusal(map(str, refused.problems), "直すところ")) from refused
        except ChangedMeanwhile as error:
            raise CommandError(
                f"ほかの人が同時に変えたので、取り込みませんでした。{UNCHANGED}もう一度、実行してください。"
            ) from error
        if done.questions:
            raise CommandError(self._refusal(map(self._question, done.questions), "決めてほしいこと"))
        self.report(done, dry_run=dry_run)

    @staticmethod
    def _pair(text: str) -> tuple[str, str]:
        name, equals, registered = text.partition("=")
        if not (name and equals and registered):
            raise CommandError(f"--department「{text}」は「資料の名前=登録の名前」の形で書いてください。")
        return name, registered

    @staticmethod
    def _person(username: str) -> User | None:
        if not username:
            return None
        try:
            return User.objects.get(username=username)
        except User.DoesNotExist:
            raise CommandError(f"--by「{username}」という利用者はいません。ユーザー名を確かめてください。") from None

    @staticmethod
    def _refusal(lines, heading: str) -> str:
        lines = list(lines)
        return "\n".join(
            (f"取り込みませんでした。{UNCHANGED}{heading}：{len(lines)}件", *(f"・{line}" for line in lines))
        )

    @staticmethod
    def _question(question) -> str:
        if question.kind == "plan":
            return f'{question}。--plan で計画を指定してください（新しい計画にするなら --plan "{question.name}"）。'
        nearest = question.choices[0] if question.choices else "登録の課名"
        return (
            f'{question}。--department "{question.name}={nearest}" か、'
            f'新しい課なら --add-department "{question.name}" を付けてください。'
        )

    # --- What came in -----------------------------------------------------------------------------

    def report(self, done: Preview, *, dry_run: bool) -> None:
        self._head(done, dry_run)
        self._goals(done)
        self._tables(done)
        for kind, notes in done.notes_by_kind().items():
            self.stdout.write(f"\n{kind}：{len(notes)}件")
            for note in notes:
                self.stdout.write(f"・{note}")

    def _head(self, done: Preview, dry_run: bool) -> None:
        what = f"{done.plan_name} {fy.label(done.source.fiscal_year)}"
        if done.changes_nothing:
            self.stdout.write(f"{what}：資料と登録は同じです。変わるところはありません。")
        elif dry_run:
            self.stdout.write(
                f"{what}：取り込むと、{done.made}件が新しくでき、{done.changed}件が変わります。まだ何も変わっていません。"
            )
        else:
            self.stdout.write(f"{what}：取り込みました。{done.made}件が新しくでき、{done.changed}件が変わりました。")

    def _goals(self, done: Preview) -> None:
        total = [0, 0, *[0] * len(done.letters), 0]
        self.stdout.write(f"\n目標  取組（うち再掲）  {'/'.join(done.letters)}  未評価")
        for goal in done.counts:
            numbers = [goal.rows, goal.cross_listings, *goal.ratings.values(), goal.unrated]
            total = [sum(pair) for pair in zip(total, numbers, strict=True)]
            self.stdout.write(f"{self._numbers(numbers, f'目標{goal.number}')}  {goal.name}")
        self.stdout.write(self._numbers(total, "合計"))
        source = done.source
        self.stdout.write(
            f"目標{len(source.goals)}、施策{len(source.policies)}、方向性{len(source.directions)}、取組{len(source.initiatives)}、"
            f"担当課{done.department_count}、成果指標{len(source.indicators)}"
        )

    @staticmethod
    def _numbers(numbers: list[int], label: str) -> str:
        rows, cross, *ratings, unrated = numbers
        return f"{label}  {rows}（{cross}）  {'/'.join(map(str, ratings))}  {unrated}"

    def _tables(self, done: Preview) -> None:
        self.stdout.write("\n表  新しい・変わる・同じ")
        for outcome in done.outcomes:
            if outcome.made or outcome.changed_rows or outcome.unchanged:
                self.stdout.write(f"{outcome.label}  {len(outcome.made)}・{outcome.changed_rows}・{outcome.unchanged}")
        if done.new_departments:
            self.stdout.write(f"\n登録する課：{'、'.join(done.new_departments)}")
        for change in done.changes:
            self.stdout.write(f"・{change.kind} {change.name} {change.label}：「{change.before}」→「{change.after}」")
