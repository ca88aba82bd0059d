"""What people do while the drill stops the program: each operation knows what it changes, and how to see that it did.

An Attempt is one form, filled in and not yet sent. `facts` asks the database (plain SQL): what is found must be `before`
or `after`, never anything between.
"""

import email
import email.policy
import hashlib
import io
import itertools
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from drills.oracle import Oracle
from drills.server import Server
from drills.visitor import Form, Page, Visitor

YEAR, HOME = 2025, "/plans/1/R7/"
PASSWORD = "midori-no-mado-2026"
AUTOSAVE = {"X-Autosave": "1"}


@dataclass
class Attempt:
    what: str
    visitor: Visitor
    form: Form
    facts: Callable[[], Any]
    before: Any
    after: Any
    headers: dict = field(default_factory=dict)
    file: tuple[str, str, bytes] | None = None
    pk: int = 0  # what it is about: a part, or (negative) the talk about it

    def send(self) -> Page:
        return self.visitor.send(self.form, self.headers, self.file)


class City:
    """The demo city of drills.city.one_office behind a server: who is who, and which part stands where."""

    def __init__(self, server: Server, oracle: Oracle, known: dict):
        self.server, self.db = server, oracle
        self.office, self.office_pk = known["office"], known["office_pk"]
        self.staff_name = known["staff"]
        self.initiative = dict(known["parts"])
        self.reserved: set[int] = set()  # on these something is under way
        self._count = itertools.count(1)
        self._visitors: dict[tuple[str, str], Visitor] = {}

    @classmethod
    def founded(cls, server: Server) -> "City":
        """Make the city in the server's empty database, and start the server."""
        server.set_up()
        server.manage("load_demo")
        call = f"city.one_office({PASSWORD!r}, {YEAR}, submitted=25, approved=25)"
        known = json.loads(server.manage("shell", "-v", "0", "-c", f"from drills import city; {call}"))
        server.start()
        return cls(server, Oracle(server.environment["DATABASE_URL"]), known)

    def person(self, username: str, computer: str = "") -> Visitor:
        if (username, computer) not in self._visitors:
            visitor = Visitor(self.server.url)
            visitor.sign_in(username, PASSWORD)
            self._visitors[username, computer] = visitor
        return self._visitors[username, computer]

    def words(self, what: str) -> str:
        """A text that was never there before, with what HTML and SQL trip over."""
        return f"① {what}{next(self._count)}回目。\n<見守り>の声は'10'件 & 返事も出した。"

    def part(self, *statuses: str) -> int:
        """The part in one of these states that was changed least, and is not `reserved`."""
        marks = ", ".join("?" * len(statuses))
        rows = self.db.rows(
            f"SELECT id FROM initiatives_entrypart WHERE status IN ({marks}) ORDER BY version, id", *statuses
        )
        return next(pk for (pk,) in rows if pk in self.initiative and pk not in self.reserved)


# --- On one part --------------------------------------------------------------------------------------


def _text(city: City, pk: int) -> tuple:
    return city.db.row("SELECT result, version, status FROM initiatives_entrypart WHERE id = ?", pk)


def autosave(city: City, pk: int = 0, computer: str = "") -> Attempt:
    pk = pk or city.part("draft", "returned")
    staff, text = city.person(city.staff_name, computer), city.words("自動保存")
    staff.open(f"{HOME}parts/{pk}/")
    form = staff.form("保存する", result=text)
    old, version, status = _text(city, pk)

    def facts():
        begun = "SELECT COUNT(*) FROM initiatives_pendingchange WHERE object_id = ? AND field = 'result'"
        now = _text(city, pk)
        return now, now[0] == old or city.db.one(begun, pk) == 1

    return Attempt(
        "自動保存", staff, form, facts, ((old, version, status), True), ((text, version + 1, status), True), AUTOSAVE,
        pk=pk,
    )  # fmt: skip


def save(city: City, pk: int = 0, computer: str = "") -> Attempt:
    pk = pk or city.part("draft", "returned")
    staff, text = city.person(city.staff_name, computer), city.words("保存")
    staff.open(f"{HOME}parts/{pk}/")
    form = staff.form("保存する", result=text)
    old, version, status = _text(city, pk)
    changes = "SELECT COUNT(*) FROM initiatives_fieldchange WHERE object_id = ? AND field = 'result' AND new = ?"

    def facts():
        return _text(city, pk), city.db.one(changes, pk, text)

    return Attempt("保存", staff, form, facts, ((old, version, status), 0), ((text, version + 1, status), 1), pk=pk)


def _standing(city: City, pk: int) -> tuple:
    """State, whether approved, steps, comments and notices of a part."""
    row = city.db.row(
        "SELECT status, approved_at IS NOT NULL, (SELECT COUNT(*) FROM initiatives_transition WHERE part_id = p.id),"
        " (SELECT COUNT(*) FROM initiatives_fieldcomment c JOIN initiatives_transition t ON c.transition_id = t.id"
        "  WHERE t.part_id = p.id) FROM initiatives_entrypart p WHERE p.id = ?",
        pk,
    )
    return row[0], bool(row[1]), row[2], row[3]


def _step(city: City, what: str, visitor: Visitor, form: Form, pk: int, status: str, comments: int = 0) -> Attempt:
    before = _standing(city, pk)
    after = (status, status == "approved", before[2] + 1, before[3] + comments)
    return Attempt(what, visitor, form, lambda: _standing(city, pk), before, after, pk=pk)


def submit(city: City, pk: int = 0, computer: str = "") -> Attempt:
    pk = pk or city.part("draft", "returned")
    staff = city.person(city.staff_name, computer)
    staff.open(f"{HOME}parts/{pk}/")
    form = staff.form("福祉総務課に送る", result=city.words("提出"), self_rating="A")
    return _step(city, "提出", staff, form, pk, "submitted")


def send_back(city: City, pk: int = 0, computer: str = "") -> Attempt:
    pk = pk or city.part("submitted")
    soumu = city.person("soumu", computer)
    soumu.open(f"{HOME}review/{pk}/")
    form = soumu.form("差し戻す", comment__result=city.words("差戻し"))
    return _step(city, "差戻し", soumu, form, pk, "returned", 1)


def approve(city: City, pk: int = 0, computer: str = "") -> Attempt:
    pk = pk or city.part("submitted")
    soumu = city.person("soumu", computer)
    soumu.open(f"{HOME}review/{pk}/")
    return _step(city, "承認", soumu, soumu.form("承認"), pk, "approved")


def reopen(city: City, pk: int = 0, computer: str = "") -> Attempt:
    pk = pk or city.part("approved")
    soumu = city.person("soumu", computer)
    soumu.open(f"{HOME}initiatives/{city.initiative[pk]}/")
    form = soumu.form(f"承認を取り消す：{city.office}", reason=city.words("取消"))
    return _step(city, "取消", soumu, form, pk, "returned")


def comment(city: City, pk: int = 0, computer: str = "") -> Attempt:
    pk = pk or city.part("draft", "returned")
    staff, text = city.person(city.staff_name, computer), city.words("コメント").replace("\n", "")
    staff.open(f"{HOME}parts/{pk}/")
    form = staff.form(f"送る：{city.office}", text=text)
    count = "SELECT COUNT(*) FROM initiatives_partmessage WHERE part_id = ? AND text = ?"
    return Attempt("コメント", staff, form, lambda: city.db.one(count, pk, text), 0, 1, pk=-pk)


def attach(city: City, pk: int = 0, computer: str = "", padding: int = 0) -> Attempt:
    pk = pk or city.part("draft", "returned")
    staff, content = city.person(city.staff_name, computer), b"%PDF-1.7 " + city.words("資料").encode() + b"." * padding
    staff.open(f"{HOME}parts/{pk}/files/")
    form = staff.form("付ける")
    digest = hashlib.sha256(content).hexdigest()
    count = "SELECT COUNT(*) FROM initiatives_attachment WHERE part_id = ? AND sha256 = ?"
    record = "SELECT COUNT(*) FROM initiatives_fieldchange WHERE object_id = ? AND field = 'attachments'"
    records = city.db.one(record, pk)

    def facts():
        return city.db.one(count, pk, digest), city.db.one(record, pk)

    return Attempt(
        "資料", staff, form, facts, (0, records), (1, records + 1), pk=pk, file=("file", "ちらし.pdf", content)
    )


# --- On the whole year --------------------------------------------------------------------------------


def take_in(city: City, **_) -> Attempt:
    """取込確定: every row of the 調査票 with another text; all of them or none."""
    staff, text = city.person(city.staff_name), city.words("取込")
    book = load_workbook(io.BytesIO(staff.open(f"{HOME}survey/departments/{city.office_pk}.xlsx").body))
    sheet, rows = book["調査票"], 0
    head = next(row for row in sheet.iter_rows(max_row=20) if any(cell.value == "番号" for cell in row))
    column = next(cell.column for cell in head if cell.value == "令和7年度の実績")
    state = next(cell.column for cell in head if cell.value == "いまの状態")
    code = next(cell.column for cell in head if cell.value == "番号")
    for row in range(head[0].row + 1, sheet.max_row + 1):
        if sheet.cell(row, code).value and str(sheet.cell(row, state).value).split("\n")[0] in ("作成中", "差戻し中"):
            sheet.cell(row, column).value, rows = text, rows + 1
    content = io.BytesIO()
    book.save(content)
    staff.open(f"{HOME}survey/")
    form = staff.form("何が変わるかを確かめる")
    staff.page = staff.send(form, file=("file", "調査票.xlsx", content.getvalue()))
    form = staff.form(f"{rows}つの欄を取り込む")
    upload = city.db.one("SELECT MAX(id) FROM initiatives_surveyupload")

    def facts():
        return (
            city.db.one("SELECT status FROM initiatives_surveyupload WHERE id = ?", upload),
            city.db.one("SELECT COUNT(*) FROM initiatives_entrypart WHERE result = ?", text),
            city.db.one("SELECT COUNT(*) FROM initiatives_fieldchange WHERE new = ?", text),
        )

    return Attempt(f"取込確定（{rows}行）", staff, form, facts, ("previewed", 0, 0), ("applied", rows, rows))


def notify(city: City, **_) -> Attempt:
    """期限の変更: told in the same transaction to everybody who has not finished."""
    soumu = city.person("soumu")
    soumu.open(f"{HOME}settings/")
    deadline = "SELECT department_deadline FROM initiatives_planyear WHERE fiscal_year = ?"
    told = "SELECT COUNT(*) FROM initiatives_notice WHERE kind = 'deadline'"
    was, notices = str(city.db.one(deadline, YEAR)), city.db.one(told)
    day = date.fromisoformat(was) + timedelta(days=1)
    form = soumu.form(
        "期限を変える", department_deadline=f"{day}", manager_deadline=f"{day}", committee_deadline=f"{day}"
    )
    people = city.db.one(
        "SELECT COUNT(DISTINCT u.id) FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id"
        " WHERE m.department_id = ? AND u.is_active AND u.role IN ('staff', 'manager') AND m.until IS NULL",
        city.office_pk,
    )
    return Attempt(
        "知らせ", soumu, form, lambda: (str(city.db.one(deadline, YEAR)), city.db.one(told)),
        (was, notices), (f"{day}", notices + people),
    )  # fmt: skip


def open_year(city: City, **_) -> Attempt:
    """年度を用意する: the year, every entry and every part, or nothing."""
    soumu = city.person("soumu")
    year = city.db.one("SELECT MAX(fiscal_year) FROM initiatives_planyear") + 1
    soumu.open(f"/years/open/?plan=1&year=R{year - 2018}")
    form = soumu.form(f"令和{year - 2018}年度を用意する")
    entries, parts = map(int, re.findall(r"(\d+)件", soumu.page.heading))

    def facts():
        return (
            city.db.one("SELECT COUNT(*) FROM initiatives_planyear WHERE fiscal_year = ?", year),
            city.db.one("SELECT COUNT(*) FROM initiatives_yearlyentry WHERE fiscal_year = ?", year),
            city.db.one(
                "SELECT COUNT(*) FROM initiatives_entrypart p JOIN initiatives_yearlyentry e ON p.entry_id = e.id"
                " WHERE e.fiscal_year = ?",
                year,
            ),
        )

    return Attempt("年度を用意する", soumu, form, facts, (0, 0, 0), (1, entries, parts))


def build(city: City, **_) -> Attempt:
    """報告書作成: asked for on the page; made by the worker."""
    city.db.change("UPDATE reporting_reportbuild SET status = 'failed' WHERE status IN ('waiting', 'running')")
    soumu = city.person("soumu")
    soumu.open(f"{HOME}report/")
    count = "SELECT COUNT(*) FROM reporting_reportbuild"
    before = city.db.one(count)
    return Attempt(
        "報告書作成", soumu, soumu.form("報告書（PDF）を作る"), lambda: city.db.one(count), before, before + 1
    )


# --- On the report of the year before ---------------------------------------------------------------------

PAST, REPORT = 2024, "/plans/1/R6/report/"


def _edition(city: City) -> tuple:
    """State of the year, its editions, and the steps of all of them."""
    return city.db.row(
        "SELECT y.status, (SELECT COUNT(*) FROM reporting_reportedition WHERE plan_year_id = y.id),"
        " (SELECT COUNT(*) FROM reporting_editionstep s JOIN reporting_reportedition e ON s.edition_id = e.id"
        "  WHERE e.plan_year_id = y.id) FROM initiatives_planyear y WHERE y.fiscal_year = ?",
        PAST,
    )


def finalize(city: City, **_) -> Attempt:
    """確定: the edition, its step, the year's step and the files that are asked for, or nothing."""
    city.db.change("UPDATE reporting_reportbuild SET status = 'failed' WHERE status IN ('waiting', 'running')")
    city.db.change("UPDATE initiatives_planyear SET status = 'committee' WHERE fiscal_year = ?", PAST)
    soumu = city.person("soumu")
    soumu.open(f"{REPORT}finalize/")
    form = soumu.form("確定する", reason=city.words("確定"))
    _, editions, steps = _edition(city)
    builds = "SELECT COUNT(*) FROM reporting_reportbuild"
    made = city.db.one(builds)

    def facts():
        return _edition(city), city.db.one(builds)

    before, after = ("committee", editions, steps), ("finalized", editions + 1, steps + 1)
    return Attempt("確定", soumu, form, facts, (before, made), (after, made + 4))


def _final(city: City) -> int:
    """The number of an edition that is 確定 and not yet published."""
    finalize(city).send()
    return _edition(city)[1]


def publish(city: City, **_) -> Attempt:
    return _move(city, _final(city), "公表", "publish", "公表する", "published")


def reopen_year(city: City, **_) -> Attempt:
    return _move(city, _final(city), "再開", "reopen", "再開する", "reviewing")


def _move(city: City, number: int, what: str, action: str, button: str, status: str) -> Attempt:
    soumu = city.person("soumu")
    soumu.open(f"{REPORT}editions/{number}/{action}/")
    form = soumu.form(button, reason=city.words(what))
    before = _edition(city)
    return Attempt(what, soumu, form, lambda: _edition(city), before, (status, before[1], before[2] + 1))


OPERATIONS = {
    "自動保存": autosave, "保存": save, "提出": submit, "差戻し": send_back, "承認": approve, "取消": reopen,
    "コメント": comment, "資料": attach, "取込確定": take_in, "知らせ": notify, "年度を用意する": open_year, "報告書作成": build,
    "確定": finalize, "公表": publish, "再開": reopen_year,
}  # fmt: skip


# --- What lies beside the database ----------------------------------------------------------------------


def mails(folder: Path) -> Counter:
    """Each mail that went out (as a file), by whom it was written to and its words."""
    found = Counter()
    for path in folder.glob("*.log"):
        for raw in path.read_bytes().split(b"-" * 79):
            message = email.message_from_bytes(raw.strip(), policy=email.policy.default)
            if message["To"]:
                found[message["To"], message.get_content()] += 1
    return found


def broken_files(db: Oracle, media: Path) -> list[str]:
    """Files that a row names and that are not there, or not whole."""
    found = []
    for name, digest in db.rows("SELECT file, digest FROM reporting_reportbuild WHERE status = 'done'"):
        found += _broken(media / name, digest)
    for name, digest in db.rows("SELECT file, sha256 FROM initiatives_surveyupload WHERE status = 'previewed'"):
        found += _broken(media / name, digest)
    for name, digest in db.rows("SELECT file, sha256 FROM initiatives_attachment"):
        found += _broken(media / name, digest) if digest != "0" else []
    return found


def _broken(path: Path, digest: str) -> list[str]:
    if not path.is_file():
        return [f"{path.name}がない"]
    same = hashlib.sha256(path.read_bytes()).hexdigest() == digest
    return [] if same else [f"{path.name}が記録と違う"]
