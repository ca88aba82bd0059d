"""人事異動 of many people at once: what each line would do, in words, and then all of it or nothing.

A line says who (ユーザー名, 氏名), where to (新しい課), as what (役割) and from when (いつから). New people get an
account with a temporary password; the memberships of the others end the day before and the new one begins.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts import register
from accounts.models import Department, Membership, User
from initiatives import fiscal_year as fy
from initiatives import parsing, workbook_reader
from initiatives.workbook_reader import WorkbookRefused
from ledger.chain import recording

COLUMNS = ("ユーザー名", "氏名", "新しい課", "役割", "いつから")
MAX_LINES = 300
MAX_NEW = 30  # a password takes a second to make safe, and nobody hands out more at once
Table = list[tuple[str, ...]]


class ChangedMeanwhile(Exception):
    """What the lines would do is no longer what was confirmed. Nothing was written."""


@dataclass
class Line:
    """One line, what it would do (`what`, in sentences) or why it is refused."""

    number: int
    cells: tuple[str, ...]
    what: list[str] = field(default_factory=list)
    refused: str = ""
    user: User | None = None
    memberships: list[Membership] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        return self.user is not None and self.user.pk is None

    @property
    def labelled(self) -> list[tuple[str, str]]:
        return list(zip(COLUMNS, self.cells, strict=True))

    @property
    def changes(self) -> bool:
        return bool(self.what) and not self.refused


# --- The lines --------------------------------------------------------------------------------------


def table_of_text(text: str) -> Table:
    """Pasted lines as cells: with tabs as Excel copies them, or with commas."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return _table(line.split("\t" if "\t" in line else ",") for line in lines)


def table_of_workbook(content: bytes) -> Table:
    """The first sheet. Raises WorkbookRefused, also for formulas: what they show is not what stands there."""
    sheet = workbook_reader.read(content).sheets[0]
    if sheet.formulas:
        cell = workbook_reader.cell_name(*min(sheet.formulas))
        raise WorkbookRefused(
            f"シート「{sheet.name}」の{cell}に計算式があります。", "値だけを貼り付けて保存し、もう一度選んでください。"
        )
    return _table([_words(value) for value in row] for row in sheet.rows)


def _words(value) -> str:
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _table(rows: Iterable[Sequence[str]]) -> Table:
    """Rows of five cells; blank rows and the heading are left out. Blanks and line breaks inside a cell are one blank."""
    width = len(COLUMNS)
    cells = [tuple(" ".join(cell.split()) for cell in [*row, *[""] * width][:width]) for row in rows]
    return [row for row in cells if any(row) and parsing.key(row[0]) != COLUMNS[0]]


def as_text(table: Table) -> str:
    return "\n".join("\t".join(row) for row in table)


# --- What they would do -----------------------------------------------------------------------------


class Refused(Exception):
    """A line cannot be done; the message tells why and what to do."""


def plan(table: Table) -> list[Line]:
    """Each line with what it would do or why not. Reads only, in a fixed number of queries."""
    people = {user.username.casefold(): user for user in User.objects.prefetch_related("memberships__department")}
    departments = _by_name()
    lines = [Line(number, cells) for number, cells in enumerate(table, start=1)]
    times = Counter(cells[0].casefold() for cells in table)
    for line in lines:
        try:
            if times[line.cells[0].casefold()] > 1:
                raise Refused("同じユーザー名の行が、ほかにもあります。1人を1行にしてください。")
            _fill(line, people, departments)
        except Refused as refusal:
            line.refused, line.what = str(refusal), []
    for line in [line for line in lines if line.is_new][MAX_NEW:]:
        line.refused = f"新しい人は、一度に{MAX_NEW}人までです。分けて取り込んでください。"
    return lines


def _by_name() -> dict[str, list[Department]]:
    """Departments with their children told, by name however it is typed; the open ones first."""
    found: dict[str, list[Department]] = {}
    for department in Department.objects.order_by("closed_after").prefetch_related("successors", "children"):
        found.setdefault(parsing.key(department.name), []).append(department)
    return found


def _fill(line: Line, people: dict[str, User], departments: dict[str, list[Department]]) -> None:
    username, name, department_name, role_name, day_text = line.cells
    if not username:
        raise Refused("ユーザー名を書いてください。")
    day = _day(day_text)
    user = people.get(username.casefold())
    role = _role(role_name, user)
    department = _department(department_name, day, departments) if department_name else None
    if department is None and role in (User.Role.STAFF, User.Role.MANAGER):
        raise Refused(f"{User.Role(role).label}には課がいります。やめる人は、利用者の画面で止めてください。")
    if user is None:
        _fill_new(line, username, name, role, department, day)
    else:
        _fill_known(line, user, name, role, department, day)


def _day(text: str) -> date:
    if not text:
        raise Refused("いつからかを書いてください。")
    try:
        return fy.parse_day(text)
    except fy.FiscalYearError as error:
        raise Refused(str(error)) from error


def _role(text: str, user: User | None) -> str:
    """Blank leaves a known person's role as it is."""
    if not text and user is not None:
        return user.role
    role = next((role for role in User.Role if parsing.key(role.label) == parsing.key(text)), None)
    if role is None:
        raise Refused(f"役割は「担当者」「課長」「福祉総務課」のどれかを書いてください（いまは「{text}」）。")
    return role.value


def _department(name: str, day: date, departments: dict[str, list[Department]]) -> Department:
    year = fy.of_date(day)
    named = departments.get(parsing.key(name), [])
    there = [each for each in named if not each.is_closed_in(year) and (each.opened_in or year) <= year]
    if not named:
        raise Refused(f"「{name}」という課はありません。課の名前を確かめてください。")
    if not there:
        heirs = "」「".join(each.name for each in named[0].successors.all())
        hint = f"引き継いだ「{heirs}」を書いてください。" if heirs else "課の名前を確かめてください。"
        raise Refused(f"「{name}」は、{fy.label(year)}にはありません。{hint}")
    if there[0].children.all():
        raise Refused(f"「{name}」は部なので、その下の課を書いてください。")
    return there[0]


def _fill_new(line: Line, username: str, name: str, role: str, department: Department | None, day: date) -> None:
    if not name:
        raise Refused(f"ユーザー名「{username}」の人は登録されていません。新しい人なら、氏名を書いてください。")
    if role in User.NEVER_DEPUTY:
        raise Refused(f"{User.Role(role).label}は、利用者の画面で1人ずつ登録してください。")
    if any(character.isspace() for character in username) or len(username) > 60 or len(name) > 60:
        raise Refused("ユーザー名に空白は使えません。ユーザー名と氏名は、60文字までです。")
    try:
        parsing.clean_text(username + name)
    except parsing.ParsingError as error:
        raise Refused(str(error)) from error
    if role == User.Role.COORDINATOR and day > timezone.localdate():
        raise Refused("福祉総務課の人は、登録したときから全部を読めます。始まる日になってから取り込んでください。")
    line.user = User(username=User.normalize_username(username), name=name, role=role)
    line.what.append(f"新しく登録します（{line.user.get_role_display()}）。仮のパスワードを作ります。")
    if department:
        line.memberships.append(Membership(department=department, since=day))
        line.what.append(f"「{department}」に{fy.date_label(day)}から。")


def _fill_known(line: Line, user: User, name: str, role: str, department: Department | None, day: date) -> None:
    line.user = user
    if name and parsing.key(name) != parsing.key(user.name):
        raise Refused(
            f"ユーザー名「{user.username}」は、{user.name}さんのものです。別の人なら、別のユーザー名にしてください。"
            "名前が変わったときは、利用者の画面で直してください。"
        )
    if not user.can_sign_in:
        raise Refused(f"{user.name}さんのアカウントは使えません。先に、利用者の画面で使えるようにしてください。")
    if user.role in User.NEVER_DEPUTY or role in User.NEVER_DEPUTY:
        raise Refused("委員とシステム管理者は、利用者の画面で1人ずつ変えてください。")
    if role != user.role and day > timezone.localdate():
        raise Refused("役割は、取り込んだときから変わります。始まる日になってから取り込んでください。")
    _move(line, user, department, day)
    if role != user.role:
        line.what.append(
            f"役割を{user.get_role_display()}から{User.Role(role).label}に変えます。開いている画面は、サインアウトになります。"
        )
        user.role = role


def _move(line: Line, user: User, department: Department | None, day: date) -> None:
    held = list(user.memberships.all())
    target = next((each for each in held if each.department_id == (department and department.pk)), None)
    for membership in held:
        if membership is target or (membership.until is not None and membership.until < day):
            continue
        if membership.since is not None and membership.since >= day:
            raise Refused(
                f"{fy.date_label(membership.since)}から「{membership.department}」に所属することが、もう決まっています。利用者の画面で直してください。"
            )
        membership.until = day - timedelta(days=1)
        line.memberships.append(membership)
        line.what.append(f"「{membership.department}」は{fy.date_label(membership.until)}まで。")
    if department is None:
        return
    if target is None:
        line.memberships.append(Membership(department=department, since=day))
    elif target.until is not None and target.until < day:  # was there before, and comes back
        target.since, target.until = day, None
        line.memberships.append(target)
    elif target.since is not None and target.since > day:
        target.since = day
        line.memberships.append(target)
    else:
        return
    line.what.append(f"「{department}」に{fy.date_label(day)}から。")


def digest(lines: list[Line]) -> str:
    """What was shown, so that exactly that is done."""
    seen = repr([(line.cells, line.what, line.refused) for line in lines])
    return hashlib.sha256(seen.encode()).hexdigest()


# --- Doing it ---------------------------------------------------------------------------------------


def _confirmed(table: Table, seen: str) -> list[Line]:
    lines = plan(table)
    if digest(lines) != seen or any(line.refused for line in lines):
        raise ChangedMeanwhile
    return lines


def apply(table: Table, *, seen: str, by: User) -> list[tuple[User, str]]:
    """All lines or none. Returns the new people with their temporary passwords, which are kept nowhere.

    Raises ChangedMeanwhile if the lines would now do something else than what was `seen`, or if one is refused.
    """
    lines = _confirmed(table, seen)
    # Before the transaction, which would else hold others up for as long as making passwords safe takes.
    passwords = {line.cells[0]: register.generate_password() for line in lines if line.is_new}
    hashes = {username: make_password(password) for username, password in passwords.items()}
    made = []
    with recording():
        lines = _confirmed(table, seen)
        for line in lines:
            if line.is_new:
                line.user.password = hashes[line.cells[0]]
                register.enter_user(line.user, line.memberships, by=by)
                made.append((line.user, passwords[line.cells[0]]))
            elif line.changes:
                register.change_user(line.user, line.memberships, by=by)
    return made
