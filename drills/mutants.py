"""Do the tests that are said to guard a rule really guard it? Each rule is broken on purpose, and its test must go red.

A fault is a small change of one file in a copy of the tree; the named test is run there. First all named tests run on
the unbroken copy and must be green. `--short`: a part of the faults, another one each day; `--seed N` chooses. A fault
that no test notices, or whose place in the code is gone, ends in 失敗.
"""

import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from queue import Queue

from drills.report import Checks
from drills.server import ROOT

SHORT = 6
COPIES = 2  # of the tree, each with a test database of its own
HEAVY = re.compile(r"test_pdf|test_two_writers|test_ends_at_once")


@dataclass(frozen=True)
class Mutant:
    """`old` stands exactly once in `file` and becomes `new`; then one of `tests` must fail."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


def _mutant(name: str, file: str, old: str, new: str, *tests: str) -> Mutant:
    return Mutant(name, file, old, new, tests)


MUTANTS = [
    _mutant(
        "版を確かめずに保存する", "initiatives/history.py",
        "query = query.filter(version=row.version)", "query = query.filter()",
        "tests/initiatives/test_history.py::test_a_stale_row_is_not_overwritten",
    ),
    _mutant(
        "版を確かめずに承認する", "initiatives/workflow.py",
        "pk=part.pk, status=part.status, version=part.version, picked_up_at__isnull",
        "pk=part.pk, status=part.status, picked_up_at__isnull",
        "tests/initiatives/test_workflow.py::test_a_text_that_changed_meanwhile_is_not_approved",
    ),
    _mutant(
        "書く画面の門を外す", "initiatives/part_views.py",
        "    if not permissions.can_write_part(request.user, part, plan_year):\n        return _closed(request, plan_year, part)\n    form = PartForm(request.POST if",
        "    form = PartForm(request.POST if",
        "tests/initiatives/test_part_edit.py::test_a_co_owner_reads_but_does_not_write",
        "tests/initiatives/test_part_edit.py::test_what_was_sent_is_closed",
    ),
    _mutant(
        "ほかの課の下書きまで読ませる", "initiatives/models/entry.py",
        "return self.filter(approved | Exists(own))", "return self",
        "tests/test_gate.py::test_seeing_is_the_same_for_one_and_for_a_list",
        "tests/test_gate.py::test_a_draft_of_another_department_stays_hidden",
    ),
    _mutant(
        "委員に、開いていない年度を見せる", "initiatives/models/year.py",
        "return self.filter(status__in=PlanYear.OPEN_TO_COMMITTEE)", "return self",
        "tests/test_gate.py::test_years_are_the_same_for_one_and_for_a_list",
    ),
    _mutant(
        "自分で出したものを自分で承認させる", "initiatives/permissions.py",
        "        and part.submitted_by_id != user.pk\n", "",
        "tests/initiatives/test_workflow.py::test_nobody_approves_what_they_submitted",
    ),
    _mutant(
        "代理で書いたものを自分で承認させる", "initiatives/permissions.py",
        "        and not acted_as_deputy(user, part)\n", "",
        "tests/initiatives/test_workflow.py::test_nobody_approves_what_they_wrote_or_sent_as_a_deputy",
    ),
    _mutant(
        "期限を見ない", "initiatives/permissions.py",
        "return deadline is None or today <= deadline or today <= plan_year.deadline_for(department_id)", "return True",
        "tests/initiatives/test_workflow.py::test_after_the_deadline_it_is_said_in_words",
        "tests/initiatives/test_part_edit.py::test_after_the_deadline_the_words_stay_on_the_page",
    ),
    _mutant(
        "差戻しの理由を聞かない", "initiatives/workflow.py",
        "if action.reason_required and not reason.strip() and not comments:", "if False:",
        "tests/initiatives/test_workflow.py::test_a_reason_is_asked_for",
    ),
    _mutant(
        "状態の記録を残さない", "initiatives/workflow.py",
        "    _set_status(part, action.target, by)\n    step.save()\n", "    _set_status(part, action.target, by)\n    step.pk = 0\n",
        "tests/initiatives/test_workflow.py::test_a_step_is_taken_and_remembered",
    ),
    _mutant(
        "変更の記録を残さない", "initiatives/history.py",
        "    FieldChange.objects.bulk_create(changes)", "    list(changes)",
        "tests/initiatives/test_history.py::test_a_change_is_written_and_remembered",
    ),
    _mutant(
        "記録を台帳につながない", "ledger/records.py",
        "            chain.append(made)\n", "            pass\n",
        "tests/ledger/test_records.py::test_many_records_cost_as_many_queries_as_one",
    ),
    _mutant(
        "記録を守るトリガーを付けない", "ledger/apps.py",
        "    guard.install()\n", "    pass\n",
        "tests/ledger/test_records.py::test_the_database_refuses_to_change_and_to_delete",
    ),
    _mutant(
        "送る前に、書きかけを記録にしない", "initiatives/workflow.py",
        "        history.settle([part.entry, part])\n", "        pass\n",
        "tests/initiatives/test_history.py::test_sending_settles_before_the_step",
    ),
    _mutant(
        "記録だけ残って、保存は取り消される（全部か無かをやめる）", "initiatives/history.py",
        "    with recording():\n        settle([row], fields=changed)\n        remember(changes_of(row, changed, by=by, source=source, reason=reason, on_behalf_of=on_behalf_of))\n        write(row, changed, **still)\n",
        "    settle([row], fields=changed)\n    remember(changes_of(row, changed, by=by, source=source, reason=reason, on_behalf_of=on_behalf_of))\n    write(row, changed, **still)\n",
        "tests/initiatives/test_history.py::test_a_stale_row_is_not_overwritten",
    ),
    _mutant(
        "同じ送信を2回行う", "config/urls.py",
        "once.guard(urlpatterns)\n", "\n",
        "tests/config/test_unavailable.py::test_an_approval_whose_answer_was_lost_is_answered_again",
    ),
    _mutant(
        "同じ番号なら、中身が違っても済んだことにする", "accounts/once.py",
        "made.update(repr((name, values)).encode())", "pass",
        "tests/config/test_unavailable.py::test_other_words_under_the_same_number_are_another_sending",
    ),
    _mutant(
        "印を付けずにメールを送る", "initiatives/notices/delivery.py",
        "state=State.SENDING, attempts=F", "attempts=F",
        "tests/initiatives/notices/test_delivery.py::test_two_senders_send_one_mail",
    ),
    _mutant(
        "途中で止まったメールを、また送る", "initiatives/notices/delivery.py",
        'state=State.UNSURE, problem="送っている途中で止まりました。', 'state=State.QUEUED, problem="送っている途中で止まりました。',
        "tests/initiatives/notices/test_delivery.py::test_a_sender_that_died_in_between_leaves_a_mail_that_is_not_sent_twice",
    ),
    _mutant(
        "コミットの前に知らせを送る", "initiatives/notices/outbox.py",
        "    transaction.on_commit(partial(delivery.send_later, gather=gather))", "    delivery.send_later(gather=gather)",
        "tests/initiatives/notices/test_delivery.py::test_nothing_is_sent_before_the_transaction_is_through",
    ),
    _mutant(
        "メールのリンクを、届いた要求のホスト名で作る", "initiatives/notices/wording.py",
        "return settings.BASE_URL + reverse", 'return "http://testserver" + reverse',
        "tests/initiatives/notices/test_delivery.py::test_links_begin_with_the_setting_not_with_the_host_of_a_request",
    ),
    _mutant(
        "PDFの部品が、何でも取りに行く", "reporting/pdf/renderer.py",
        "        self.refused = url\n        raise ForbiddenFetch(url)", "        return super().fetch(url, headers)",
        "tests/reporting/test_pdf.py::test_fetcher_refuses_everything_but_its_own_fonts",
        "tests/reporting/test_pdf.py::test_a_document_that_asks_for_something_is_not_made",
    ),
    _mutant(
        "打たれた文を、そのままHTMLにする", "initiatives/templatetags/ayumi.py",
        """    return format_html('<span class="text">{}</span>', str(text).replace("\\r\\n", "\\n").replace("\\r", "\\n"))""",
        """    return SafeString('<span class="text">' + str(text).replace("\\r\\n", "\\n").replace("\\r", "\\n") + "</span>")""",
        "tests/initiatives/test_templatetags.py::test_paragraphs_keep_what_was_typed",
    ),
    _mutant(
        "配るExcelで、文を数式にする", "initiatives/workbook_writer.py",
        "page.write_string(row, column, fitting(str(value)), look)",
        """(page.write_formula if str(value)[:1] == "=" else page.write_string)(row, column, fitting(str(value)), look)""",
        "tests/test_inert_exports.py::test_every_export_is_inert_and_whole",
    ),
    _mutant(
        "受け取るExcelの数式を通す", "reporting/importing/sheet.py",
        "self.computed = sheet.formulas | sheet.errors", "self.computed = sheet.errors",
        "tests/reporting/importing/test_one_bad_cell.py::test_formula_in_any_cell",
    ),
    _mutant(
        "広げた大きさを見ない", "initiatives/workbook_reader.py",
        "    if unpacked > MAX_UNPACKED:", "    if False:",
        "tests/initiatives/survey/test_hostile.py::test_file_is_refused",
    ),
    _mutant(
        "調査票の確認用の値を確かめない", "initiatives/survey/check.py",
        "    if not any(constant_time_compare(seal, _seal(keys, prints, secret)) for secret in secrets):\n        return None\n", "",
        "tests/initiatives/survey/test_hostile.py::test_row_or_cell_is_refused_and_with_it_the_whole_file",
        "tests/initiatives/survey/test_hostile.py::test_a_workbook_of_somebody_else",
    ),
    _mutant(
        "確認のあとで変わっていても取り込む", "reporting/importing/views.py",
        'base=_digest(request.POST.get("base", ""))', 'base=""',
        "tests/reporting/importing/test_import_pages.py::test_confirm_after_somebody_changed_a_row",
    ),
    _mutant(
        "選んだときと違うファイルを取り込む", "initiatives/models/upload.py",
        "        if hashlib.sha256(content).hexdigest() != self.sha256:\n            raise FileGone\n", "",
        "tests/reporting/importing/test_import_pages.py::test_confirm_after_the_file_changed",
    ),
    _mutant(
        "資料を、名前で信じる", "initiatives/attachments.py",
        "    return kind or _office_kind(content)", "    return kind or Kind.PDF",
        "tests/initiatives/test_attachments.py::test_refused_in_words_and_nothing_is_kept",
    ),
    _mutant(
        "止めた利用者を、入ったままにする", "accounts/middleware.py",
        "            if reason:\n", "            if False:\n",
        "tests/accounts/test_session_ends.py::test_session_ends_within_one_request",
    ),
    _mutant(
        "5回まちがえても止めない", "config/settings.py",
        "AXES_FAILURE_LIMIT = 5", "AXES_FAILURE_LIMIT = 5\nAXES_ENABLED = False",
        "tests/accounts/test_user_password.py",
    ),
    _mutant(
        "見えない文字を通す", "initiatives/parsing.py",
        "def clean_body(text: str) -> str:", "def clean_body(text: str) -> str:\n    return text\n\n\ndef _unused(text: str) -> str:",
        "tests/initiatives/test_part_edit.py::test_an_invisible_character_is_told_and_the_text_stays",
    ),
    _mutant(
        "四捨五入をやめる", "indicators/calculation.py",
        "rounding=ROUND_HALF_UP)", 'rounding="ROUND_HALF_EVEN")',
        "tests/indicators/test_calculation.py::test_rounding_is_half_up_not_to_even",
    ),
    _mutant(
        "0を「まだない」と読む", "indicators/calculation.py",
        "    if actual is None or target is None:", "    if not actual or not target:",
        "tests/indicators/test_calculation.py::test_achievement_rate_of_the_printed_report",
    ),
    _mutant(
        "データベースが止まったとき、打った文を返さない", "config/urls.py",
        'handler500 = "config.unavailable.server_error"\n', "\n",
        "tests/config/test_unavailable.py::test_the_form_comes_back_whole",
    ),
    _mutant(
        "打ったパスワードを画面に返す", "config/unavailable.py",
        'if value and "password" in name]', 'if value and "passw0rd" in name]',
        "tests/config/test_unavailable.py::test_passwords_are_asked_for_again_and_never_given_back",
    ),
    _mutant(
        "途中まで書いたファイルを残す", "config/storage.py",
        "                os.unlink(unfinished)", "                pass",
        "tests/config/test_storage.py::test_nothing_is_left_when_the_disk_is_full",
    ),
    _mutant(
        "SQLiteがディスクを待たない", "config/settings.py",
        "PRAGMA synchronous=FULL;", "PRAGMA synchronous=OFF;",
        "tests/config/test_checks.py::test_the_settings_of_production_have_none",
    ),
    _mutant(
        "SQLiteの書きこみをIMMEDIATEで始めない", "config/settings.py",
        '"transaction_mode": "IMMEDIATE"', '"transaction_mode": "DEFERRED"',
        "tests/config/test_checks.py::test_writers_at_once_wait_for_each_other",
    ),
    _mutant(
        "年度の用意を、途中で分ける", "initiatives/opening.py",
        "@transaction.atomic\ndef open_year", "def open_year",
        "tests/initiatives/test_opening.py::test_a_year_is_made_whole_or_not_at_all",
    ),
    _mutant(
        "本番に、訓練で止まる場所を持ちこむ", "config/settings.py",
        '    "reporting",\n]', '    "reporting",\n    "drills.failpoints.FailpointsConfig",\n]',
        "tests/config/test_failpoints.py",
    ),
    _mutant(
        "確定した年度も、作業中の表から読む", "reporting/editions.py",
        "return edition.report if edition else assemble(plan_year)", "return assemble(plan_year)",
        "tests/reporting/test_editions.py::test_nothing_done_later_reaches_an_edition",
    ),
    _mutant(
        "確定した年度を、いまの前年度と比べる", "reporting/editions.py",
        "        return edition.last_report\n", "        pass\n",
        "tests/reporting/test_editions.py::test_the_pages_of_an_edition_tell_what_they_told_before",
    ),
    _mutant(
        "見たあとで変わったものを、確定する", "reporting/edition_cycle.py",
        "if seen and seen != digest_of(text):", "if False:",
        "tests/reporting/test_editions.py::test_only_what_was_looked_at_becomes_an_edition",
    ),
    _mutant(
        "指摘が残っていても、理由なしで確定する", "reporting/edition_cycle.py",
        "if told and not reason.strip():", "if False:",
        "tests/reporting/test_editions.py::test_what_is_doubtful_needs_a_reason_and_is_kept",
    ),
    _mutant(
        "公表していない版を、だれにでも見せる", "reporting/models.py",
        "return seen if is_coordinating(user) else seen.public()", "return seen",
        "tests/reporting/test_editions.py::test_who_may_read_an_edition_is_one_rule",
    ),
    _mutant(
        "取り下げた版の誤りを、正誤表に印刷する", "reporting/models.py",
        "ReportEdition.objects.public().filter(plan_year=self.plan_year_id, number__lt",
        "ReportEdition.objects.filter(plan_year=self.plan_year_id, number__lt",
        "tests/reporting/test_editions.py::test_a_list_of_corrections_tells_nothing_of_what_is_not_out",
    ),
    _mutant(
        "書きかえられた版の内容を読む", "reporting/models.py",
        "if digest_of(self.snapshot) != self.digest:", "if False:",
        "tests/reporting/test_editions.py::test_a_snapshot_that_was_tampered_with_is_not_read",
    ),
    _mutant(
        "書きかえられたファイルを渡す", "reporting/builds.py",
        "if build.digest and hashlib.sha256(content).hexdigest() != build.digest:", "if False:",
        "tests/reporting/test_editions.py::test_a_file_that_was_changed_is_not_handed_out",
    ),
    _mutant(
        "取りやめたファイルを、作り終える", "reporting/builds.py",
        ".filter(pk=build.pk, status__in=ReportBuild.UNFINISHED).update(**values):\n        raise Cancelled", ".filter(pk=build.pk).update(**values):\n        raise Cancelled",
        "tests/reporting/test_builds.py::test_a_build_that_is_cancelled_on_the_way_stops_and_leaves_nothing",
    ),
    _mutant(
        "正誤で、課の書いた文を見ない", "reporting/errata.py",
        '    yield from _written(at, "result", before, after)\n', "",
        "tests/reporting/test_errata.py",
    ),
]  # fmt: skip


def run(arguments: list[str]) -> int:
    checks = Checks()
    chosen = _chosen(arguments)
    print(f"わざと壊すところ {len(MUTANTS)}、今回 {len(chosen)}、CPU {os.cpu_count()}", flush=True)
    copies = [Copy() for _ in range(min(COPIES, len(chosen)))]
    try:
        _all_green(copies, chosen, checks)
        killed = _break_each(copies, chosen, checks)
    finally:
        for copy in copies:
            copy.remove()
    print(f"気づいた {killed}、気づかなかった {len(chosen) - killed}", flush=True)
    return checks.close()


def _chosen(arguments: list[str]) -> list[Mutant]:
    if "--only" in arguments:
        words = arguments[arguments.index("--only") + 1]
        return [each for each in MUTANTS if words in each.name or words in each.file]
    if "--short" not in arguments:
        return MUTANTS
    seed = arguments[arguments.index("--seed") + 1] if "--seed" in arguments else f"{date.today()}"
    print(f"seed {seed}")
    quick = [each for each in MUTANTS if not HEAVY.search(" ".join(each.tests))]
    return random.Random(seed).sample(quick, SHORT)


def _all_green(copies: list["Copy"], chosen: list[Mutant], checks: Checks) -> None:
    """The named tests on the unbroken tree, a share for each copy; makes the test databases as well."""
    tests = sorted({test for each in chosen for test in each.tests})
    with ThreadPoolExecutor(len(copies)) as pool:
        shares = [tests[number :: len(copies)] or tests[:1] for number in range(len(copies))]
        for done in pool.map(lambda copy, share: copy.test(share, "--create-db"), copies, shares):
            checks.that(done.returncode == 0, f"壊す前から赤い: {done.stdout[-3000:]}")


def _break_each(copies: list["Copy"], chosen: list[Mutant], checks: Checks) -> int:
    free: Queue[Copy] = Queue()
    for copy in copies:
        free.put(copy)

    def try_one(mutant: Mutant) -> bool:
        copy = free.get()
        try:
            return _try(copy, mutant, checks)
        finally:
            free.put(copy)

    with ThreadPoolExecutor(len(copies)) as pool:
        return sum(pool.map(try_one, chosen))


def _try(copy: "Copy", mutant: Mutant, checks: Checks) -> bool:
    text = (copy.folder / mutant.file).read_text()
    if not checks.that(
        text.count(mutant.old) == 1, f"{mutant.name}: {mutant.file}に、壊す場所が{text.count(mutant.old)}個ある"
    ):
        return False
    with copy.broken(mutant, text):
        done = copy.test(mutant.tests, "--reuse-db", "-x")
    failed = re.search(r"(\d+) failed", done.stdout)
    seen = done.returncode == 1 and failed is not None
    checks.that(
        seen,
        f"{mutant.name}: だれも気づかない（{' '.join(mutant.tests)}、終了コード{done.returncode}）{done.stdout[-1500:] if done.returncode > 1 else ''}",
    )
    if seen:
        print(f"  気づいた: {mutant.name}", flush=True)
    return seen


class Copy:
    """The files of the tree in a folder of their own, with a test database that outlives one run."""

    def __init__(self) -> None:
        self.top = Path(tempfile.mkdtemp(prefix="ayumi-mutants."))
        self.folder = self.top / "tree"
        skipped = shutil.ignore_patterns(
            ".git", ".venv*", "var", "__pycache__", ".pytest_cache", ".ruff_cache", "node_modules"
        )
        shutil.copytree(ROOT, self.folder, ignore=skipped)
        (self.top / "var").mkdir()

    def test(self, tests, *options: str) -> subprocess.CompletedProcess:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("AYUMI_", "DJANGO_"))}
        environment |= {"AYUMI_VAR": str(self.top / "var"), "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(self.top)}
        environment.pop("DATABASE_URL", None)
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not browser", *options, *tests],
            cwd=self.folder, env=environment, capture_output=True, text=True,
        )  # fmt: skip

    def broken(self, mutant: Mutant, text: str):
        return _Broken(self.folder / mutant.file, text, text.replace(mutant.old, mutant.new))

    def remove(self) -> None:
        shutil.rmtree(self.top, ignore_errors=True)


class _Broken:
    """The file with the fault in it; whole again afterwards."""

    def __init__(self, path: Path, whole: str, broken: str):
        self.path, self.whole, self.text = path, whole, broken

    def __enter__(self) -> None:
        self.path.write_text(self.text)

    def __exit__(self, *exc) -> None:
        self.path.write_text(self.whole)
