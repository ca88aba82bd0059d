"""A whole year over HTTP, as each of the people who live through it: from 「年度を用意する」 to the second edition.

The drill keeps its own book of what everybody did (Part) and holds every page against it: home pages, the board, the
queue, the totals, and in the end the database. The departments write and confirm at the same time, as they do in
November. `--short`: four departments, with joint initiatives and one that has no 課長 step.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from drills.report import Checks
from drills.server import Server
from drills.visitor import Missing, Page, Visitor, words_of

YEAR, NAME = 2026, "令和8年度"
HOME = "/plans/1/R8/"
PASSWORD = "midori-no-mado-2026"
SHORT = ["地域のつながり課", "総合防災課", "教育指導課", "消防署"]
AT_ONCE = 4  # people at work in the same moment

WORDS = {  # in the order of the board
    "returned": "差戻し中", "not_started": "未着手", "draft": "作成中", "awaiting_manager": "課長確認中",
    "submitted": "提出済", "approved": "承認済",
}  # fmt: skip
BADGES = {"returned": "差戻し"}  # shorter in a table
AFTER = {
    "request_confirmation": "awaiting_manager", "submit": "submitted", "withdraw": "draft", "return": "returned",
    "approve": "approved", "reopen": "returned",
}  # fmt: skip
POINTS = {"A": 3, "B": 2, "C": 1, "D": 0}
BANDS = [(75, "A"), (50, "B"), (25, "C"), (0, "D")]
LETTERS = "AABACABADA"  # mostly good, as such reports are


@dataclass
class Office:
    pk: int
    name: str
    manager_step: bool
    staff: str
    manager: str
    parts: list["Part"] = field(default_factory=list)

    @property
    def send(self) -> tuple[str, str]:
        """The button and the step by which the staff sends."""
        step = ("課長に送る", "request_confirmation"), ("福祉総務課に送る", "submit")
        return step[not self.manager_step]

    def standing(self, status: str) -> list["Part"]:
        return [part for part in self.parts if part.status == status]


@dataclass
class Initiative:
    pk: int
    code: str
    name: str
    goal: int
    original: str
    own: bool
    offices: list[str]
    parts: list["Part"] = field(default_factory=list)
    agreed: str = ""  # set by 福祉総務課 with a reason

    @property
    def is_written(self) -> bool:
        return not self.original or self.own

    @property
    def rating(self) -> str:
        return self.agreed or self.parts[0].rating


@dataclass
class Part:
    """What the drill knows of a part: what was written and every step that was taken."""

    initiative: Initiative
    office: Office
    number: int
    pk: int = 0
    status: str = "not_started"
    rating: str = ""
    result: str = ""
    steps: list[tuple[str, str, str, str]] = field(default_factory=list)  # action, from, to, by

    @property
    def code(self) -> str:
        return self.initiative.code

    @property
    def is_joint(self) -> bool:
        return len(self.initiative.parts) > 1

    @property
    def page(self) -> str:
        return f"{HOME}parts/{self.pk}/"

    @property
    def reading(self) -> str:
        return f"{HOME}initiatives/{self.initiative.pk}/"

    @property
    def review(self) -> str:
        return f"{HOME}review/{self.pk}/"

    def text(self, edition: int) -> str:
        return f"① 「{self.code}」の打合せを{self.number + 3}回開いた。\n{self.office.name}が<聞いた>声は{edition * 10}件 & 返事も出した。"

    def took(self, action: str, by: str) -> None:
        self.steps.append((action, self.status, AFTER[action], by))
        self.status = AFTER[action]


def run(arguments: list[str]) -> int:
    checks = Checks()
    with Server() as server:
        _live_through(Year(server, checks, short="--short" in arguments))
        log = server.log.read_text(errors="replace")
        broken = log.find("Internal Server Error")
        checks.that(broken < 0, f"サーバーの中の誤り: {log[broken:][:3000]}")
    return checks.close()


def _live_through(drill: "Year") -> None:
    for phase in PHASES:
        before = drill.checks.passed
        try:
            phase(drill)
        except Missing as error:  # what comes next builds on it
            drill.that(False, f"{phase.__doc__}、その先へ進めない: {error}")
            return
        print(f"{phase.__doc__}　{drill.checks.passed - before}", flush=True)


class Year:
    def __init__(self, server: Server, checks: Checks, *, short: bool):
        self.server, self.checks = server, checks
        self.offices: dict[str, Office] = {}
        self.initiatives: dict[str, Initiative] = {}
        self.steps_before = 0
        self._visitors: dict[str, Visitor] = {}
        server.set_up()
        server.manage("load_demo")
        self._read_plan(SHORT if short else [])
        server.start()

    def _read_plan(self, offices: list[str]) -> None:
        known = self.inside(f"prepare({PASSWORD!r}, {offices!r})")
        self.steps_before = known["steps"]
        self.offices = {line["name"]: Office(**line) for line in known["offices"]}
        self.initiatives = {line["code"]: Initiative(**line) for line in known["initiatives"]}
        written = [each for each in self.initiatives.values() if each.is_written]
        for number, initiative in enumerate(written):
            for name in initiative.offices:
                part = Part(initiative, self.offices[name], number)
                initiative.parts.append(part)
                part.office.parts.append(part)

    def inside(self, call: str) -> dict:
        """What drills.city prints inside the installation."""
        return json.loads(self.server.manage("shell", "-v", "0", "-c", f"from drills import city; city.{call}"))

    def person(self, username: str) -> Visitor:
        """The person's own browser, signed in."""
        if username not in self._visitors:
            visitor = Visitor(self.server.url)
            page = visitor.sign_in(username, PASSWORD)
            self.that("/login/" not in page.url and page.status == 200, f"{username}がサインインできる")
            self._visitors[username] = visitor
        return self._visitors[username]

    def that(self, held: bool, what: str) -> bool:
        return self.checks.that(held, what)

    def same(self, found, wanted, what: str) -> bool:
        return self.that(found == wanted, f"{what}: {found!r}、あるはずは {wanted!r}")

    def shows(self, page: Page, words: str, what: str) -> bool:
        return self.that(words in page.words, f"{what}: {page.url}（{page.status}）に「{words}」がない")

    def hides(self, page: Page, words: str, what: str) -> bool:
        return self.that(words not in page.words, f"{what}: {page.url} に「{words}」が見える")

    def each_office(self, work: Callable[["Year", Office], None]) -> None:
        """All departments at once, AT_ONCE people at a time."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda office: work(self, office), self.offices.values()))

    @property
    def parts(self) -> list[Part]:
        return [part for office in self.offices.values() for part in office.parts]

    @property
    def late(self) -> tuple[Office, Office]:
        """Two departments that do not finish in time; the second one asks for longer."""
        first, second, *_ = sorted(
            (office for office in self.offices.values() if office.manager_step and len(office.parts) > 3),
            key=lambda office: len(office.parts),
        )
        return first, second

    # --- What a page shows, held against the drill's own book -----------------------------------------

    def check_board(self, when: str) -> None:
        """The board (課ごとの状況), line by line, its total, and the number beside 「確認」."""
        page = self.person("soumu").open(f"{HOME}?done=1&order=office")
        for office in self.offices.values():
            counts = Counter(part.status for part in office.parts)
            self.same(
                board_line(page, office.name),
                [len(office.parts), *(counts[key] for key in WORDS)],
                f"{when}、{office.name}の件数",
            )
        counts = Counter(part.status for part in self.parts)
        self.same(board_line(page, "合計"), [len(self.parts), *(counts[key] for key in WORDS)], f"{when}、合計")
        self.same(waiting(page), counts["submitted"], f"{when}、確認を待つ件数")

    def check_home(self, office: Office, when: str) -> Page:
        """The home page of the staff: every state with its count, every part in its state."""
        page = self.person(office.staff).open(HOME)
        counts = Counter(part.status for part in office.parts)
        self.same(
            state_counts(page), {WORDS[key]: counts[key] for key in WORDS}, f"{when}、{office.name}のホームの件数"
        )
        listed = {code: state for code, (_, state, _) in home_rows(page).items()}
        self.same(
            listed,
            {part.code: BADGES.get(part.status, WORDS[part.status]) for part in office.parts},
            f"{when}、{office.name}のホームの表",
        )
        return page

    def check_committee_sees_nothing(self, when: str) -> None:
        visitor = self.person("iin")
        for address in (HOME, f"{HOME}initiatives/", self.parts[0].reading, f"{HOME}summary/"):
            self.same(visitor.open(address).status, 404, f"{when}、委員には{address}がない")

    # --- What people do ---------------------------------------------------------------------------------

    def write_and_send(self, part: Part, *, edition: int, rating: str) -> None:
        """The staff writes: typed a little, saved by itself, opened again another day, finished and sent."""
        staff, text = self.person(part.office.staff), part.text(edition)
        self._type_a_little(staff, part, text[:12])
        page = staff.open(part.page)
        self.that(
            text[:12] in field_value(page, "result"), f"{part.code} {part.office.name}: 自動で保存した文が残っている"
        )
        button, action = part.office.send
        page = staff.press(button, result=text, self_rating=rating, **self._reason(page, rating))
        part.rating, part.result = rating, text
        part.took(action, part.office.staff)
        self.that(
            f"今の状態は「{WORDS[part.status]}」です" in page.messages,
            f"{part.code} {part.office.name}: 送った（{page.status} {page.messages}）",
        )

    def _type_a_little(self, staff: Visitor, part: Part, words: str) -> None:
        staff.open(part.page)
        status, answer = staff.autosave(result=words)
        if part.status == "not_started":
            part.status = "draft"
        self.same(
            (status, answer.get("status_label")),
            (200, WORDS[part.status]),
            f"{part.code} {part.office.name}: 自動の保存",
        )

    def _reason(self, page: Page, rating: str) -> dict[str, str]:
        """Why it did not go well: asked of the lead alone."""
        asked = page.soup.find("textarea", {"name": "low_rating_reason"})
        return {"low_rating_reason": "人手が足りなかったため。"} if asked and rating in "CD" else {}

    def confirm(self, parts: list[Part]) -> None:
        """The 課長 of one department ticks parts and passes them on."""
        if not parts:
            return
        office = parts[0].office
        manager = self.person(office.manager)
        page = manager.open(f"{HOME}confirm/")
        page = manager.press("選んだものを福祉総務課に送る", part=ticked(page, parts))
        for part in parts:
            part.took("submit", office.manager)
        self.that(
            f"{len(parts)}件を福祉総務課に送りました。" in page.messages,
            f"{office.name}の課長が{len(parts)}件を送る（{page.messages}）",
        )

    def send_again(self, part: Part, *, edition: int, rating: str) -> None:
        self.write_and_send(part, edition=edition, rating=rating)
        self.confirm([part] if part.office.manager_step else [])

    def approve(self, part: Part, by: str) -> None:
        visitor = self.person(by)
        page = visitor.open(part.review)
        self.shows(page, part.office.name, f"{part.code}の確認の画面")
        page = visitor.press("承認")
        part.took("approve", by)
        self.that(
            f"{part.code}（{part.office.name}）を承認しました。" in page.messages,
            f"{part.code} {part.office.name}を承認（{page.status} {page.messages}）",
        )

    def approve_all_of(self, office: Office, by: str) -> None:
        """The queue narrowed to one department, everything ticked."""
        parts = office.standing("submitted")
        if not parts:
            return
        visitor = self.person(by)
        page = visitor.open(f"{HOME}review/?department={office.pk}")
        self.same(len(page.choices("part")), len(parts), f"{office.name}の確認を待つもの")
        page = visitor.press("選んだものを承認する", part=ticked(page, parts))
        for part in parts:
            part.took("approve", by)
        self.that(
            f"{len(parts)}件を承認しました。" in page.messages,
            f"{office.name}の{len(parts)}件を承認（{page.messages}）",
        )


# --- The year, phase by phase -----------------------------------------------------------------------------


def open_year(drill: Year) -> None:
    """1 福祉総務課が年度を用意する"""
    drill.check_committee_sees_nothing("用意する前")
    soumu = drill.person("soumu")
    soumu.open("/years/open/")
    page = soumu.press("この条件で確かめる", year="R8")
    made = f"取組{len(drill.initiatives)}件と課の記入{len(drill.parts)}件を作ります"
    drill.that(made in page.heading, f"用意する前の確かめ: {page.heading}、{made}")
    drill.same(soumu.open(HOME).status, 404, "確かめただけでは年度ができない")
    soumu.open("/years/open/?plan=1&year=R8")
    page = soumu.press(f"{NAME}を用意する")
    drill.that(
        f"取組{len(drill.initiatives)}件、課の記入{len(drill.parts)}件を作りました" in page.messages, page.messages
    )
    drill.that("準備中" in page.heading, f"用意した年度は準備中: {page.heading}")
    drill.check_board("用意したあと")
    drill.check_committee_sees_nothing("用意したあと")


def before_the_start(drill: Year) -> None:
    """2 受付の前は、だれも書けない"""

    def look(drill: Year, office: Office) -> None:
        page = drill.check_home(office, "受付の前")
        drill.that("受付は、まだ始まっていません" in page.heading, f"{office.name}のホーム: {page.heading}")
        drill.that(not page.soup.select("a[href*='/parts/']"), f"{office.name}に書くボタンが出ない")

    drill.each_office(look)


def start(drill: Year) -> None:
    """3 期限を決めて、受付を始める"""
    set_deadline(drill, today() + timedelta(days=20))
    page = drill.person("soumu").press("受付を始める")
    drill.that("受付中" in page.heading, f"受付を始めた: {page.heading}")
    drill.each_office(find_own_parts)
    drill.that(all(part.pk for part in drill.parts), "どの課の記入にも、書くボタンがある")


def find_own_parts(drill: Year, office: Office) -> None:
    page = drill.check_home(office, "受付が始まって")
    for part in office.parts:
        part.pk = home_rows(page)[part.code][2]
    drill.shows(page, f"{NAME}実施分の受付が始まっています", f"{office.name}への知らせ")
    reader = "課長" if office.manager_step else "福祉総務課"
    drill.that(
        f"あと{len(office.parts)}件を、{reader}に送ってください" in page.heading,
        f"{office.name}のホーム: {page.heading}",
    )


def write(drill: Year) -> None:
    """4 すべての課が同時に書いて送る"""
    drill.each_office(write_department)
    drill.check_board("書いたあと")
    drill.check_committee_sees_nothing("書いたあと")


def write_department(drill: Year, office: Office) -> None:
    look_over_the_fence(drill, office)
    first, *others = office.parts
    save_by_hand(drill, first)
    drill.write_and_send(first, edition=1, rating=rating_of(first))
    held_back = office.parts[-1:] if office in drill.late else []
    for part in others:
        if part.number % 23 == 7 and not part.is_joint:
            not_this_year(drill, part)
        elif part not in held_back:
            drill.write_and_send(part, edition=1, rating=rating_of(part))
    drill.check_home(office, "送ったあと")


def rating_of(part: Part) -> str:
    """The lead's letter by its number; every second joint initiative finds the others of another opinion."""
    letter = LETTERS[part.number % len(LETTERS)]
    differs = part.is_joint and part is not part.initiative.parts[0] and part.number % 2
    return {"A": "B", "B": "C", "C": "B", "D": "C"}[letter] if differs else letter


def look_over_the_fence(drill: Year, office: Office) -> None:
    """What another department writes is not there for this one, neither to open nor to send."""
    staff = drill.person(office.staff)
    others = [part for part in drill.parts if office.name not in part.initiative.offices and part.status != "approved"]
    if not others:
        return
    part = others[office.pk % len(others)]
    drill.same(staff.open(part.page).status, 404, f"{office.name}に{part.office.name}の記入はない")
    staff.open(HOME)
    drill.same(
        staff.post(f"{part.page}{part.office.send[1]}/").status,
        404,
        f"{office.name}は{part.office.name}の記入を送れない",
    )
    page = staff.open(part.reading)
    drill.shows(page, "承認されると", f"{office.name}が読む{part.code}")


def save_by_hand(drill: Year, part: Part) -> None:
    """「保存する」 keeps what is there; sending asks for what is missing, and keeps it too."""
    staff, words = drill.person(part.office.staff), f"{part.code}の下書き"
    staff.open(part.page)
    page = staff.press("保存する", result=words)
    part.status = "draft"
    drill.that("に保存しました" in page.messages, f"{part.code} {part.office.name}: 保存する")
    page = staff.press(part.office.send[0])
    drill.same(page.status, 422, f"{part.code} {part.office.name}: 評価がないので送れない")
    drill.shows(page, "評価を選んでください。", f"{part.code}に足りないもの")
    drill.same(field_value(page, "result"), words, f"{part.code}の書いた文が残っている")


def not_this_year(drill: Year, part: Part) -> None:
    """今年度は該当がない: the reason alone is enough."""
    staff = drill.person(part.office.staff)
    staff.open(part.page)
    button, action = part.office.send
    page = staff.press(button, not_applicable_reason="対象となる施設がなかったため。")
    part.status = "draft"
    part.took(action, part.office.staff)
    drill.that(
        f"今の状態は「{WORDS[part.status]}」です" in page.messages, f"{part.code}: 該当がない（{page.messages}）"
    )


def deadline_passes(drill: Year) -> None:
    """5 期限が過ぎる。1つの課だけ延ばす"""
    slow, asking = drill.late
    set_deadline(drill, today() - timedelta(days=1))
    page = drill.person("soumu").open(HOME)
    drill.shows(page, "期限を過ぎて、まだそろっていない課", "期限を過ぎた一覧")
    drill.shows(page, "各課の提出期限の", "福祉総務課のすることリスト")
    for office in (slow, asking):
        closed_for(drill, office)
    soumu = drill.person("soumu")
    soumu.open(f"{HOME}settings/")
    page = soumu.press(
        "期限を延ばす", department=str(asking.pk), until=f"{today() + timedelta(days=2)}", reason="担当者の急病"
    )
    drill.that(f"{asking.name}の期限を" in page.messages, f"延長: {page.messages}")
    drill.shows(drill.person(asking.staff).open(HOME), "福祉総務課が期限を延ばしました", f"{asking.name}のホーム")
    drill.write_and_send(asking.parts[-1], edition=1, rating=rating_of(asking.parts[-1]))
    closed_for(drill, slow)
    set_deadline(drill, today() + timedelta(days=5))
    drill.write_and_send(slow.parts[-1], edition=1, rating=rating_of(slow.parts[-1]))
    drill.check_board("期限を動かしたあと")


def closed_for(drill: Year, office: Office) -> None:
    part, staff = office.parts[-1], drill.person(office.staff)
    page = staff.open(part.page)
    drill.that(page.url.endswith(part.reading), f"{office.name}は期限のあと書く画面を開けない: {page.url}")
    drill.that("提出の期限を過ぎました" in page.messages, f"{office.name}に期限を知らせる: {page.messages}")
    drill.that("期限を過ぎました" in staff.open(HOME).heading, f"{office.name}のホーム: {staff.page.heading}")


def confirm(drill: Year) -> None:
    """6 課長が確認する。理由を書いて差し戻すものもある"""
    drill.each_office(confirm_department)
    drill.check_board("課長の確認のあと")


def confirm_department(drill: Year, office: Office) -> None:
    if not office.manager_step:
        return drill.same(
            drill.person(office.manager).open(f"{HOME}confirm/").status, 403, f"{office.name}に課長の確認はない"
        )
    manager, parts = drill.person(office.manager), office.standing("awaiting_manager")
    page = manager.open(HOME)
    drill.that(
        f"{len(parts)}件が、課長の確認を待っています" in page.heading, f"{office.name}の課長のホーム: {page.heading}"
    )
    page = manager.open(f"{HOME}confirm/")
    drill.same(len(page.choices("part")), len(parts), f"{office.name}の課長が読むもの")
    back = [part for part in parts if part.rating][1::4]  # what is left blank cannot be commented on
    for part in back:
        page = send_back(drill, part)
    drill.confirm(office.standing("awaiting_manager"))
    page = drill.check_home(office, "課長の確認のあと")
    for part in back:
        drill.shows(page, f"{part.code} {part.initiative.name}が差し戻されました", f"{office.name}のすることリスト")
        put_right(drill, part, "回数を確かめてください。")


def send_back(drill: Year, part: Part) -> Page:
    manager = drill.person(part.office.manager)
    page = manager.press(f"差し戻す：{part.code} ", reason="回数を確かめてください。")
    part.took("return", part.office.manager)
    drill.that(
        f"{part.code}を差し戻しました。" in page.messages,
        f"{part.office.name}の課長が{part.code}を差し戻す（{page.messages}）",
    )
    return page


def put_right(drill: Year, part: Part, said: str, *, edition: int = 2, rating: str = "") -> None:
    """What came back, with what was said, is written anew and takes the same way again."""
    page = drill.person(part.office.staff).open(part.page)
    drill.shows(page, said, f"{part.code} {part.office.name}に届いた理由")
    drill.shows(page, "差し戻しました", f"{part.code} {part.office.name}")
    drill.send_again(part, edition=edition, rating=rating or part.rating)


def withdraw(drill: Year) -> None:
    """7 送ったものを取り下げて、送り直す"""
    for office in list(drill.offices.values())[:6]:
        part = office.standing("submitted")[0]
        staff = drill.person(office.staff)
        staff.open(part.reading)
        page = staff.press(f"取り下げる：{office.name}")
        part.took("withdraw", office.staff)
        drill.that(
            f"{part.code}を取り下げました。" in page.messages,
            f"{part.code} {office.name}を取り下げる（{page.messages}）",
        )
        drill.send_again(part, edition=3, rating=part.rating or "A")
    drill.check_board("取り下げたあと")


def agree(drill: Year) -> None:
    """8 共同の取組で、課の評価が分かれる。取組の評価を決める"""
    divided = [each for each in drill.initiatives.values() if len({part.rating for part in each.parts}) > 1]
    drill.that(bool(divided), "課の評価が分かれた取組がある")
    soumu = drill.person("soumu")
    for initiative in divided:
        lead, other = (
            initiative.parts[0],
            next(each for each in initiative.parts if each.rating != initiative.parts[0].rating),
        )
        page = soumu.open(lead.review)
        drill.shows(page, "課によって評価が違います", f"{initiative.code}の評価")
        drill.shows(page, f"{other.office.name}は{other.rating}", f"{initiative.code}の評価")
    for initiative in divided[: max(1, len(divided) // 2)]:
        lead, other = (
            initiative.parts[0],
            next(each for each in initiative.parts if each.rating != initiative.parts[0].rating),
        )
        soumu.open(lead.review)
        page = soumu.press("取組の評価を決める", rating=other.rating, rating_reason="")
        drill.same(page.status, 422, f"{initiative.code}: 理由がなければ決められない")
        page = soumu.press("取組の評価を決める", rating=other.rating, rating_reason="全体では届かなかったため")
        initiative.agreed = other.rating
        drill.that("取組の評価を決めました。" in page.messages, f"{initiative.code}の評価を決める（{page.messages}）")


def review(drill: Year) -> None:
    """9 福祉総務課の2人が同時に確認する。承認、指摘、軽微な修正"""
    page = drill.person("soumu").open(f"{HOME}review/")
    drill.same(len(page.choices("part")), len(drill.parts), "全部が確認を待っている")
    offices = list(drill.offices.values())
    with ThreadPoolExecutor(2) as pool:
        halves = (("soumu", offices[::2]), ("soumu2", offices[1::2]))
        list(pool.map(lambda half: [review_office(drill, office, half[0]) for office in half[1]], halves))
    drill.check_board("確認のあと")
    drill.check_committee_sees_nothing("確認のあと")


def review_office(drill: Year, office: Office, by: str) -> None:
    visitor, number = drill.person(by), list(drill.offices).index(office.name)
    first = next((part for part in office.parts if part.rating), None)
    if first is None:
        return drill.approve_all_of(office, by)
    page = visitor.open(first.review)
    drill.shows(page, " ".join(first.result.split()), f"{first.code} {office.name}の文を読む")
    if number % 3 == 0:
        page = visitor.press(
            "差し戻す",
            comment__result="何人に届いたかを書いてください。",
            comment__self_rating="評価を確かめてください。",
        )
        first.took("return", by)
        drill.that(
            f"{first.code}を差し戻しました。" in page.messages,
            f"{first.code} {office.name}を差し戻す（{page.messages}）",
        )
    elif number % 3 == 1:
        correct(drill, first, by)
        drill.approve(first, by)
    else:
        drill.approve(first, by)
        refused = visitor.post(f"{first.page}approve/")
        drill.same(refused.status, 409, f"{first.code} {office.name}は二度は承認できない")
    drill.approve_all_of(office, by)


def correct(drill: Year, part: Part, by: str) -> None:
    """軽微な修正; from then on the department cannot take it back."""
    words = part.result.replace("打合せ", "打ち合わせ")
    page = drill.person(by).press("直した文を保存する", result=words)
    part.result = words
    drill.that("文を直しました。" in page.messages, f"{part.code} {part.office.name}の軽微な修正（{page.messages}）")
    page = drill.person(part.office.staff).open(part.reading)
    drill.shows(page, " ".join(words.split()), f"{part.code} {part.office.name}が読む、直された文")
    drill.that(
        not any("取り下げる" in each for each in page.buttons()), f"{part.code}: 確認が始まったら取り下げられない"
    )
    drill.shows(page, "福祉総務課が確認を始めた", f"{part.code}のわけ")


def close(drill: Year) -> None:
    """10 受付を締め切る。差し戻したものだけ直せる"""
    soumu = drill.person("soumu")
    soumu.open(f"{HOME}settings/")
    page = soumu.press("受付を締め切る")
    drill.that("確認中" in page.heading, f"締め切った: {page.heading}")
    left = [part for part in drill.parts if part.status != "approved"]
    drill.shows(page, f"まだ承認していないものが{len(left)}件あります", "締め切ったとき")
    for part in left:
        drill.shows(
            drill.check_home(part.office, "締め切ったあと"), f"{NAME}実施分の受付を締め切りました", part.office.name
        )
        put_right(drill, part, "何人に届いたかを書いてください。", edition=4, rating="B")
        page = soumu.open(part.review)
        drill.shows(page, "この欄は、そのあと変わりました", f"{part.code}の指摘のあと")
        drill.approve(part, "soumu")
    drill.check_board("全部承認したあと")


def reopen(drill: Year) -> None:
    """11 承認を取り消して、直して、また承認する"""
    soumu = drill.person("soumu2")
    for office in list(drill.offices.values())[-3:]:
        part = next(part for part in reversed(office.parts) if part.rating)
        soumu.open(part.reading)
        page = soumu.press(f"承認を取り消す：{office.name}", reason="数の誤りが見つかったため。")
        part.took("reopen", "soumu2")
        drill.that(
            f"{part.code}の承認を取り消しました。" in page.messages, f"{part.code}の承認を取り消す（{page.messages}）"
        )
        put_right(drill, part, "数の誤りが見つかったため。", edition=5, rating="A")
        drill.approve(part, "soumu2")
    page = drill.person("soumu").open(HOME)
    drill.same(page.heading, f"{NAME}の{len(drill.parts)}件は、すべて承認されています", "福祉総務課のホーム")
    drill.check_board("取り消して直したあと")
    drill.each_office(lambda drill, office: drill.check_home(office, "すべて承認されて"))


def committee(drill: Year) -> None:
    """12 委員に開く"""
    drill.check_committee_sees_nothing("開く前")
    soumu = drill.person("soumu")
    soumu.open(f"{HOME}settings/")
    page = soumu.press("委員に開く")
    drill.that("委員会審議中" in page.heading, f"委員に開いた: {page.heading}")
    iin = drill.person("iin")
    page = iin.open(HOME)
    drill.that(page.heading.endswith("件を読んで、意見を書けます"), f"委員のホーム: {page.heading}")
    for part in drill.parts[:: max(1, len(drill.parts) // 40)]:
        if part.result:
            drill.shows(iin.open(part.reading), " ".join(part.result.split()), f"委員が読む{part.code}")
            own = part.reading.replace("/initiatives/", "/reading/initiative-")
            drill.shows(iin.open(own), " ".join(part.result.split()), f"委員の画面の{part.code}")
    drill.same(iin.open(drill.parts[0].page).url.endswith(drill.parts[0].reading), True, "委員は書く画面を開けない")


def totals(drill: Year) -> None:
    """13 集計が、書いたものと合う"""
    page = drill.person("soumu").open(f"{HOME}summary/")
    found = {
        words_of(row.find(["td"])): cells(row) for row in page.soup.select("section[aria-labelledby=goals] tbody tr")
    }
    rows = list(drill.initiatives.values())
    for goal in sorted({row.goal for row in rows}):
        drill.same(found[str(goal)], tally(drill, [row for row in rows if row.goal == goal]), f"目標{goal}の集計")
    wanted = [tally(drill, rows)]
    if any(row.original for row in rows):
        wanted.append(tally(drill, [row for row in rows if not row.original]))
    sums = [cells(row) for row in page.soup.select("section[aria-labelledby=goals] tfoot tr")]
    drill.same(sums, wanted, "合計と、再掲を除く合計の集計")


def editions(drill: Year) -> None:
    """14 確定して公表し、誤りを直して第2版にする"""
    soumu, reason = drill.person("soumu"), "審議が終わったため。"
    finalize(drill, soumu, 1, reason)
    soumu.open(f"{HOME}report/editions/1/publish/")
    page = soumu.press("公表する", reason=reason)
    drill.that("第1版は「公表」です" in page.heading, f"公表した: {page.heading}")
    part = next(part for part in reversed(drill.parts) if part.rating and not part.is_joint)
    drill.shows(drill.person("iin").open(f"{HOME}report/editions/1/"), "第1版は「公表」です", "委員が読む版")
    soumu.open(part.reading)
    drill.that("承認を取り消す" not in " ".join(soumu.page.buttons()), "公表したあとは、承認を取り消せない")
    soumu.open(f"{HOME}report/editions/1/reopen/")
    page = soumu.press("再開する", reason="数の誤りが見つかったため。")
    drill.that("もう一度開きました" in page.messages, f"もう一度開いた: {page.messages}")
    drill.same(drill.person("iin").open(HOME).status, 404, "直している間、委員には年度がない")
    soumu.open(part.reading)
    soumu.press(f"承認を取り消す：{part.office.name}", reason="数の誤りが見つかったため。")
    part.took("reopen", "soumu")
    wrong = part.rating
    put_right(drill, part, "数の誤りが見つかったため。", edition=6, rating="B" if wrong == "A" else "A")
    drill.approve(part, "soumu2")
    soumu.open(f"{HOME}settings/")
    soumu.press("委員に開く")
    page = finalize(drill, soumu, 2, reason)
    drill.shows(page, "第1版から直したところは", "第2版の正誤")
    found = {row.th.get_text(" ", strip=True): [words_of(cell) for cell in row.select("td")] for row in page.soup.select("[aria-labelledby=h-errata] tbody tr")}  # fmt: skip
    of_part = {label.rpartition("　")[2]: words for label, words in found.items() if part.code in label}
    drill.same(of_part.get("評価"), [wrong, part.rating], f"正誤に、{part.code}の評価がある: {sorted(found)}")
    drill.that(any(name.startswith("実績") for name in of_part), f"正誤に、{part.code}の実績がある: {sorted(found)}")
    drill.that(any("合計" in label for label in found), f"正誤に、合計がある: {sorted(found)}")
    totals(drill)
    soumu.open(f"{HOME}report/editions/2/publish/")
    drill.that("第2版は「公表」です" in soumu.press("公表する", reason=reason).heading, "第2版を公表した")
    drill.shows(drill.person("iin").open(f"{HOME}report/editions/1/"), "第1版は「公表」です", "前の版も読める")


def finalize(drill: Year, soumu, number: int, reason: str):
    soumu.open(f"{HOME}report/finalize/")
    page = soumu.press("確定する", reason=reason)
    drill.that(f"第{number}版は「確定」です" in page.heading, f"第{number}版を確定した: {page.heading}")
    return page


def record(drill: Year) -> None:
    """15 データベースに残ったものが、したことと同じ"""
    kept = drill.inside(f"kept({YEAR})")
    steps: dict[int, list] = {}
    for pk, *step in kept["steps"]:
        steps.setdefault(pk, []).append(tuple(step))
    for part in drill.parts:
        drill.same(steps.get(part.pk), part.steps, f"{part.code} {part.office.name}の状態の記録")
        drill.same(
            kept["parts"][str(part.pk)], [part.status, part.rating, part.result], f"{part.code} {part.office.name}の文"
        )
    taken = sum(len(part.steps) for part in drill.parts)
    drill.same(len(kept["steps"]), taken, "この年度の記録の数")
    drill.same(kept["all_steps"], drill.steps_before + taken, "ほかの年度に記録が増えていない")
    drill.same(len(kept["parts"]), len(drill.parts), "課の記入の数")
    drill.same(
        kept["year_steps"],
        [
            "start",
            "close",
            "open_to_committee",
            "finalize",
            "publish",
            "reopen",
            "open_to_committee",
            "finalize",
            "publish",
        ],
        "年度の記録",
    )
    drill.same(kept["pending"], 0, "書きかけの記録は残っていない")
    drill.same(kept["broken"], [], "台帳と記録が合っている")
    wanted = {row.code: row.rating if row.is_written else "" for row in drill.initiatives.values()}
    drill.same(kept["ratings"], wanted, "取組の評価")
    print(
        f"   {len(drill.offices)}課、取組{len(drill.initiatives)}件、課の記入{len(drill.parts)}件、状態の変更{taken}回"
    )


PHASES = [
    open_year, before_the_start, start, write, deadline_passes, confirm, withdraw, agree, review, close, reopen,
    committee, totals, editions, record,
]  # fmt: skip


# --- Small things -------------------------------------------------------------------------------------------


def today() -> date:
    """The day in Japan, by which deadlines go."""
    return datetime.now(ZoneInfo("Asia/Tokyo")).date()


def set_deadline(drill: Year, day: date) -> None:
    soumu = drill.person("soumu")
    soumu.open(f"{HOME}settings/")
    later = {"manager_deadline": f"{day + timedelta(days=3)}", "committee_deadline": f"{day + timedelta(days=60)}"}
    page = soumu.press("期限を変える", department_deadline=f"{day}", **later)
    drill.that("期限を変えました" in page.messages, f"期限を{day}にする: {page.messages}")


def board_line(page: Page, name: str) -> list[int]:
    """The numbers of one department on the board: all, then by state."""
    rows = page.soup.select("table.board tbody tr:not(.grp):not(.done), table.board tfoot tr")
    row = next((row for row in rows if (row.th.a or row.th).get_text(strip=True) == name), None)
    if row is None:
        return []
    numbers = [int("".join(cell.find_all(string=True, recursive=True)[:1]).strip()) for cell in row.select("td.n")]
    return numbers


def waiting(page: Page) -> int:
    """The number beside 「確認」 in the menu."""
    link = next(each for each in page.soup.select("nav.gnav a") if each.get_text().startswith("確認"))
    pill = link.select_one(".pill")
    return int(pill.find(string=True)) if pill else 0


def state_counts(page: Page) -> dict[str, int]:
    items = page.soup.select(".key-list li")
    return {item.find(string=True, recursive=False).strip(): int(item.b.get_text()) for item in items}


def home_rows(page: Page) -> dict[str, tuple[str, str, int]]:
    """Of each line of 「受け持つ取組」 by its code: name, state, and the part behind its button (0 without one)."""
    rows = {}
    for row in page.soup.select("section[aria-labelledby=h-all] tr"):
        if code := row.select_one("td.code"):
            button = row.select_one("a.btn[href*='/parts/']")
            pk = int(button["href"].rstrip("/").rsplit("/", 1)[1]) if button else 0
            rows[code.get_text(strip=True)] = (row.th.a.get_text(), row.select_one(".state").get_text(strip=True), pk)
    return rows


def field_value(page: Page, name: str) -> str:
    return page.soup.find("textarea", {"name": name}).get_text().removeprefix("\r").removeprefix("\n")


def ticked(page: Page, parts: Iterable[Part]) -> list[str]:
    """The squares of these parts ("number:version")."""
    wanted = {str(part.pk) for part in parts}
    return [value for value in page.choices("part") if value.partition(":")[0] in wanted]


def cells(row) -> list[str]:
    """件数, A to D, 未評価, 点数／満点, 達成率, 総合評価."""
    for beside in row.select("td.n .delta, td.n .vh"):  # the difference from last year, and whose calculation it is
        beside.decompose()
    return [words_of(cell) for cell in row.select("td.n")] + [words_of(row.select("td.c")[-1])]


def tally(drill: Year, rows: list[Initiative]) -> list[str]:
    """The same, counted by the drill: a 再掲 without a text of its own shows its original's rating."""
    ratings = [row.rating if row.is_written else drill.initiatives[row.original].rating for row in rows]
    counts, points, full = Counter(ratings), sum(POINTS.get(letter, 0) for letter in ratings), 3 * len(rows)
    exact = Decimal(100 * points) / full
    rate = exact.quantize(Decimal(1), ROUND_HALF_UP)
    overall = next(letter for least, letter in BANDS if exact >= least)
    return [
        f"{len(rows)}",
        *(f"{counts[letter]}" for letter in "ABCD"),
        f"{counts['']}",
        f"{points}／{full}",
        f"{rate}％",
        f"評価{overall}",
    ]
