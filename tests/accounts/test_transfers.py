"""人事異動 of many people at once: line by line what would happen, then all of it or nothing."""

import io
from datetime import date, timedelta

import pytest
import xlsxwriter
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts import transfers
from accounts.models import AccountEvent, Department, Membership, User
from tests.accounts.conftest import TODAY, what_was_done
from tests.factories import DepartmentFactory, UserFactory

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def city(writer, elderly, welfare):
    """writer in 高齢課; 高齢者いきいき課 and 生活福祉課 stand open; one department is closed."""
    closed = DepartmentFactory(name="旧福祉課", closed_after=2025)
    closed.successors.set([welfare])
    return {"elderly": elderly, "welfare": welfare, "closed": closed}


def line(*cells: str) -> str:
    return "\t".join(cells)


def page_of(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def preview(client, url, *lines: str):
    return client.post(url("transfer_new"), {"rows": "\r\n".join(lines)})


def confirm(client, url, page: BeautifulSoup):
    form = page.select_one(f"form[action='{url('transfer_apply')}']")
    return client.post(form["action"], {field["name"]: field["value"] for field in form.select("input[name]")})


def outcome(page: BeautifulSoup) -> list[str]:
    return [row.select("td")[-1].get_text(" ", strip=True) for row in page.select("tbody tr")]


def held(user: User) -> set:
    return {(each.department.name, each.since, each.until) for each in user.memberships.select_related("department")}


def test_a_move_ends_the_old_and_begins_the_new(as_admin, url, city, writer, department, admin):
    day = date(2027, 4, 1)
    page = page_of(preview(as_admin, url, line("writer", "書く人", "生活福祉課", "", "令和9年4月1日")))
    assert page.h1.get_text() == "1人の登録が変わります。まだ何も変わっていません"
    assert outcome(page) == ["「高齢課」は令和9年3月31日まで。 「生活福祉課」に令和9年4月1日から。"]
    assert held(writer) == {("高齢課", None, None)}
    answer = confirm(as_admin, url, page)
    assert (answer.status_code, answer.url) == (302, url("user_list"))
    assert held(writer) == {("高齢課", None, day - timedelta(days=1)), ("生活福祉課", day, None)}
    assert what_was_done(writer) == [
        "「高齢課」の所属の期間を変えました（令和9年3月31日まで）。「生活福祉課」の所属を加えました（令和9年4月1日から）。"
    ]
    assert AccountEvent.objects.get().by == admin


def test_new_people_get_a_password_that_is_shown_once(as_admin, url, city, client):
    rows = [line(*transfers.COLUMNS), line("yamada", "山田 花子", "生活福祉課", "担当者", "2026/11/22"), ""]
    page = page_of(preview(as_admin, url, *rows))
    assert outcome(page) == [
        "新しく登録します（担当者）。仮のパスワードを作ります。 「生活福祉課」に令和8年11月22日から。"
    ]
    done = page_of(confirm(as_admin, url, page))
    password = done.select_one("td.code").get_text()
    made = User.objects.get(username="yamada")
    assert (made.name, made.role, held(made)) == ("山田 花子", "staff", {("生活福祉課", TODAY, None)})
    assert made.check_password(password)
    assert what_was_done(made)[0].startswith("登録しました（役割：担当者）。")
    assert password not in "".join(event.what for event in AccountEvent.objects.all())
    client.logout()
    client.post(url("login"), {"username": "yamada", "password": password})
    assert client.session["_auth_user_id"] == str(made.pk)


def test_all_or_nothing(as_admin, url, city, writer):
    """One bad line and none is offered to be taken in; the typed lines stand in the field, ready to be mended."""
    lines = [
        line("writer", "書く人", "生活福祉課", "", "2027-04-01"),
        line("new", "新人", "ない課", "担当者", "2027-04-01"),
    ]
    answer = preview(as_admin, url, *lines)
    page = page_of(answer)
    assert answer.status_code == 422
    assert page.h1.get_text() == "取り込めない行が1行あります。まだ何も変わっていません"
    assert page.select(f"form[action='{url('transfer_apply')}']") == []
    assert page.select_one("textarea").get_text().strip().split("\n") == lines
    forced = {
        "rows": "\n".join(lines),
        "seen": transfers.digest(transfers.plan(transfers.table_of_text("\n".join(lines)))),
    }
    assert as_admin.post(url("transfer_apply"), forced).status_code == 409
    assert (User.objects.filter(username="new").exists(), held(writer)) == (False, {("高齢課", None, None)})


# The line, and the sentence it is refused with.
REFUSED = {
    "no user name": (("", "だれか", "生活福祉課", "担当者", "2027-04-01"), "ユーザー名を書いてください。"),
    "no day": (("writer", "書く人", "生活福祉課", "", ""), "いつからかを書いてください。"),
    "not a day": (("writer", "書く人", "生活福祉課", "", "4月から"), "「4月から」は日付として読めません。「2027-04-01」「令和9年4月1日」のように書いてください。"),
    "no such day": (("writer", "書く人", "生活福祉課", "", "2027-02-30"), "「2027-02-30」は日付として読めません。「2027-04-01」「令和9年4月1日」のように書いてください。"),
    "another name": (("writer", "別の人", "生活福祉課", "", "2027-04-01"), "ユーザー名「writer」は、書く人さんのものです。別の人なら、別のユーザー名にしてください。名前が変わったときは、利用者の画面で直してください。"),
    "no department": (("writer", "書く人", "", "", "2027-04-01"), "担当者には課がいります。やめる人は、利用者の画面で止めてください。"),
    "unknown department": (("writer", "書く人", "ない課", "", "2027-04-01"), "「ない課」という課はありません。課の名前を確かめてください。"),
    "closed department": (("writer", "書く人", "旧福祉課", "", "2027-04-01"), "「旧福祉課」は、令和9年度にはありません。引き継いだ「生活福祉課」を書いてください。"),
    "a 部": (("writer", "書く人", "健康福祉部", "", "2027-04-01"), "「健康福祉部」は部なので、その下の課を書いてください。"),
    "unknown role": (("writer", "書く人", "生活福祉課", "部長", "2027-04-01"), "役割は「担当者」「課長」「福祉総務課」のどれかを書いてください（いまは「部長」）。"),
    "role before its day": (("writer", "書く人", "生活福祉課", "課長", "2026-11-23"), "役割は、取り込んだときから変わります。始まる日になってから取り込んでください。"),
    "to administrator": (("writer", "書く人", "", "システム管理者", "2026-11-22"), "委員とシステム管理者は、利用者の画面で1人ずつ変えてください。"),
    "from administrator": (("admin", "管理者", "生活福祉課", "担当者", "2026-11-22"), "委員とシステム管理者は、利用者の画面で1人ずつ変えてください。"),
    "new without a name": (("new", "", "生活福祉課", "担当者", "2027-04-01"), "ユーザー名「new」の人は登録されていません。新しい人なら、氏名を書いてください。"),
    "new without a role": (("new", "新人", "生活福祉課", "", "2027-04-01"), "役割は「担当者」「課長」「福祉総務課」のどれかを書いてください（いまは「」）。"),
    "new member": (("new", "新人", "", "委員", "2027-04-01"), "委員は、利用者の画面で1人ずつ登録してください。"),
    "new with a blank": (("new one", "新人", "生活福祉課", "担当者", "2027-04-01"), "ユーザー名に空白は使えません。ユーザー名と氏名は、60文字までです。"),
    "new with a hidden character": (("new\u202e", "新人", "生活福祉課", "担当者", "2027-04-01"), "目に見えない文字（U+202E）が入っています。その部分を打ち直してください。"),
    "new coordinator before the day": (("new", "新人", "", "福祉総務課", "2027-04-01"), "福祉総務課の人は、登録したときから全部を読めます。始まる日になってから取り込んでください。"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_line_that_cannot_be_done_says_why(city, admin, case):
    cells, words = REFUSED[case]
    (planned,) = transfers.plan(transfers.table_of_text(line(*cells)))
    assert (planned.refused, planned.what) == (words, [])


def test_more_refusals(city, writer, welfare, elderly):
    User.objects.filter(pk=writer.pk).update(is_active=False)
    (planned,) = transfers.plan([("WRITER", "書く人", "生活福祉課", "", "2027-04-01")])
    assert planned.refused == "書く人さんのアカウントは使えません。先に、利用者の画面で使えるようにしてください。"
    User.objects.filter(pk=writer.pk).update(is_active=True)
    Membership.objects.create(user=writer, department=welfare, since=date(2027, 4, 1))
    (planned,) = transfers.plan([("writer", "", "高齢者いきいき課", "", "2027-04-01")])
    assert "「生活福祉課」に所属することが、もう決まっています" in planned.refused
    twice = transfers.plan(
        [("writer", "", "高齢者いきいき課", "", "2027-04-01"), ("Writer", "", "高齢課", "", "2027-04-01")]
    )
    assert [each.refused.partition("。")[0] for each in twice] == ["同じユーザー名の行が、ほかにもあります"] * 2


def test_a_role_changes_on_its_day(as_admin, url, city, writer):
    page = page_of(preview(as_admin, url, line("writer", "", "高齢課", "課長", "2026-11-22")))
    assert outcome(page) == ["役割を担当者から課長に変えます。開いている画面は、サインアウトになります。"]
    confirm(as_admin, url, page)
    writer.refresh_from_db()
    assert (writer.role, held(writer)) == ("manager", {("高齢課", None, None)})


def test_who_comes_back_belongs_anew(as_admin, url, city, writer, welfare):
    Membership.objects.create(user=writer, department=welfare, since=date(2020, 4, 1), until=date(2022, 3, 31))
    confirm(as_admin, url, page_of(preview(as_admin, url, line("writer", "", "生活福祉課", "", "2027-04-01"))))
    assert held(writer) == {("高齢課", None, date(2027, 3, 31)), ("生活福祉課", date(2027, 4, 1), None)}


def test_nothing_to_do(as_admin, url, city):
    page = page_of(preview(as_admin, url, line("writer", "書く人", "高齢課", "担当者", "2026-11-22")))
    assert (page.h1.get_text(), outcome(page)) == ("変わるところはありません", ["変わりません"])


def test_what_changed_after_the_preview_is_looked_at_again(as_admin, url, city, writer, welfare):
    page = page_of(preview(as_admin, url, line("writer", "", "高齢者いきいき課", "", "2027-04-01")))
    Membership.objects.create(user=writer, department=welfare)
    answer = confirm(as_admin, url, page)
    again = page_of(answer)
    assert answer.status_code == 409
    assert "確かめたあとに、登録が変わっていました" in again.select_one(".notice--warn").get_text()
    assert "「生活福祉課」は令和9年3月31日まで。" in outcome(again)[0]
    assert not writer.memberships.filter(until__isnull=False).exists()
    assert confirm(as_admin, url, again).status_code == 302


def test_pressed_twice_it_is_done_once(as_admin, url, city):
    page = page_of(preview(as_admin, url, line("yamada", "山田", "生活福祉課", "担当者", "2026-11-22")))
    assert confirm(as_admin, url, page).status_code == 200
    assert "この操作は、もう済んでいます" in confirm(as_admin, url, page).content.decode()
    assert (
        User.objects.filter(username="yamada").count(),
        Membership.objects.filter(user__username="yamada").count(),
    ) == (1, 1)


def test_not_too_many_at_once(as_admin, url, city):
    many = [line(f"new{n}", "新人", "生活福祉課", "担当者", "2026-11-22") for n in range(transfers.MAX_NEW + 1)]
    planned = transfers.plan(transfers.table_of_text("\n".join(many)))
    assert [each.number for each in planned if each.refused] == [transfers.MAX_NEW + 1]
    answer = preview(as_admin, url, *["x"] * (transfers.MAX_LINES + 1))
    assert answer.status_code == 422
    assert "301行あります" in answer.content.decode()


# --- As a file --------------------------------------------------------------------------------------


def workbook(*rows, formula=None) -> SimpleUploadedFile:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet, day = book.add_worksheet("異動"), book.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(number, column, value, day)
                else:
                    sheet.write(number, column, value)
        if formula:
            sheet.write_formula(9, 0, formula)
    return SimpleUploadedFile("異動.xlsx", file.getvalue())


def test_the_excel_file_itself(as_admin, url, city, writer):
    rows = [
        transfers.COLUMNS,
        ("writer", "書く人", "生活福祉課", "担当者", date(2027, 4, 1)),
        (12345, "番号", "高齢課", "担当者", date(2027, 4, 1)),
    ]
    page = page_of(as_admin.post(url("transfer_new"), {"file": workbook(*rows)}))
    assert outcome(page) == [
        "「高齢課」は令和9年3月31日まで。 「生活福祉課」に令和9年4月1日から。",
        "新しく登録します（担当者）。仮のパスワードを作ります。 「高齢課」に令和9年4月1日から。",
    ]
    confirm(as_admin, url, page)
    assert User.objects.filter(username="12345").exists()


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (lambda: workbook(("a",), formula="=1+1"), "シート「異動」のA10に計算式があります。"),
        (lambda: SimpleUploadedFile("x.xlsx", b"PK\x03\x04 broken"), "データは何も変わっていません。"),
        (lambda: SimpleUploadedFile("x.xlsx", b"a" * 6_000_000), "データは何も変わっていません。"),
        (lambda: SimpleUploadedFile("x.xlsx", b""), "このファイルは空です。"),
        (lambda: workbook(), "表を貼り付けるか、Excelを選んでください。"),
    ],
)
def test_a_file_that_cannot_be_read(as_admin, url, city, file, words):
    answer = as_admin.post(url("transfer_new"), {"file": file()})
    assert answer.status_code == 422
    assert words in page_of(answer).select_one(".notice--err").get_text()


@pytest.mark.parametrize("count", [1, 20])
def test_queries_of_the_preview_do_not_grow(city, count, django_assert_num_queries):
    for number in range(count):
        UserFactory(username=f"u{number}", of=[Department.objects.first()])
    table = [(f"u{number}", "", "生活福祉課", "", "2027-04-01") for number in range(count)]
    with django_assert_num_queries(6):
        transfers.plan(table)
