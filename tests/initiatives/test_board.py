import io
from datetime import date, datetime, timedelta

import openpyxl
import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from initiatives import board, workflow
from initiatives.listing import matching, rows_of
from initiatives.models import EntryPart, PlanYear, Transition
from tests.factories import DepartmentFactory, PlanYearFactory, make_entry, make_initiative, move_back

S = EntryPart.Status


@pytest.fixture
def office(client, coordinator):
    client.force_login(coordinator)
    return client


@pytest.fixture
def three_quarters(plan_year, coordinator):
    """受付 began 30 days ago and ends in 10."""
    today = timezone.localdate()
    plan_year.transitions.create(
        action="start", from_status="preparing", to_status="collecting", by=coordinator,
        at=timezone.now() - timedelta(days=30),
    )  # fmt: skip
    plan_year.department_deadline = today + timedelta(days=10)
    plan_year.save()
    return plan_year


def address(plan_year, name, *args):
    return reverse(f"initiatives:{name}", args=[plan_year.plan_id, plan_year.fiscal_year, *args])


def page_of(client, plan_year, query="") -> BeautifulSoup:
    return BeautifulSoup(client.get(address(plan_year, "year_home") + query).content, "html.parser")


def fill(plan, name: str, statuses: str) -> None:
    """A department with one part per letter: n 未着手, d 作成中, w 課長確認中, s 提出済, r 差戻し中, a 承認済."""
    letters = dict(
        zip("ndwsra", (S.NOT_STARTED, S.DRAFT, S.AWAITING_MANAGER, S.SUBMITTED, S.RETURNED, S.APPROVED), strict=True)
    )
    department = DepartmentFactory(name=name)
    for letter in statuses:
        make_entry(make_initiative(plan, f"1-1-1-{plan.initiatives.count() + 1}", department), status=letters[letter])


def groups(page: BeautifulSoup) -> dict[str, list[str]]:
    return {
        body.select_one(".grp th").find(string=True): [
            link.get_text() for link in body.select("tr:not(.grp) th a, .done a")
        ]
        for body in page.select(".board tbody")
    }


def test_departments_stand_in_groups_the_furthest_behind_first(office, plan, three_quarters):
    fill(plan, "半分の課", "aadd")
    fill(plan, "まだの課", "nnn")
    fill(plan, "戻された課", "rnnnns")
    fill(plan, "済んだ課", "aa")
    fill(plan, "送った課", "s")
    fill(plan, "書いただけの課", "dddd")
    page = page_of(office, three_quarters)
    assert groups(page) == {
        "このままでは期限に間に合わないおそれ（3課）": ["書いただけの課", "まだの課", "戻された課"],
        "進んでいる課（2課）": ["半分の課", "送った課"],
        "すべて承認された課（1課）": ["済んだ課"],
    }
    next_steps = {
        row.th.a.get_text(): row.select("td")[-1].find(string=True)
        for row in page.select(".board tbody tr:not(.grp, .done)")
    }
    assert next_steps == {
        "書いただけの課": "知らせる", "まだの課": "知らせる", "戻された課": "差戻しを見る", "半分の課": "なし", "送った課": "1件を確認する",
    }  # fmt: skip
    tell = page.select_one(".board tbody tr:not(.grp) td:last-child a")["href"]
    assert office.get(tell).status_code == 200
    assert [cell.get_text() for cell in page.select(".board tfoot td.n")] == ["20", "1", "7", "6", "0", "2", "4"]


def test_what_is_approved_is_opened_by_a_link(office, plan, plan_year):
    fill(plan, "済んだ課", "aa")
    page = page_of(office, plan_year)
    link = page.select_one(".grp__open")
    assert link.get_text() == "1課を開く"
    assert "済んだ課（2）" in page.select_one(".board .done").get_text()
    opened = page_of(office, plan_year, link["href"].partition("#")[0])
    assert opened.select(".board .done") == []
    assert opened.select_one(".board tbody tr:not(.grp) th").get_text() == "済んだ課"
    assert opened.select_one(".grp__open").get_text() == "1課を閉じる"


@pytest.mark.parametrize(
    ("order", "names"),
    [("late", ["二番目", "三番目", "一番目"]), ("office", ["一番目", "二番目", "三番目"]), ("count", ["三番目", "二番目", "一番目"]),
     ("nonsense", ["二番目", "三番目", "一番目"])],
)  # fmt: skip
def test_orders(office, plan, plan_year, order, names):
    for name, statuses in (("一番目", "s"), ("二番目", "dd"), ("三番目", "sdd")):
        fill(plan, name, statuses)
    page = page_of(office, plan_year, f"?order={order}")
    assert [link.get_text() for link in page.select(".board tr:not(.grp) th a")] == names
    now = page.select_one(".chips [aria-current]").get_text()
    assert now == board.ORDERS.get(order, board.ORDERS["late"])[0]


def test_a_number_leads_to_exactly_these_parts(office, coordinator, plan, plan_year, department, other_department):
    """Also where a joint initiative's departments stand apart, and where it is listed again."""
    joint = make_initiative(plan, "1-1-1-1", department, other_department)
    entry = make_entry(joint, status="draft")
    entry.parts.filter(department=other_department).update(status="submitted")
    make_initiative(plan, "1-1-1-2", department, other_department, original=joint)
    own = make_initiative(plan, "1-1-1-3", department, original=joint)
    make_entry(own, status="draft", holds_own=True, own_reason="数え方が違う")
    make_entry(make_initiative(plan, "1-1-1-4", department), status="returned")
    page = page_of(office, plan_year)
    cells = page.select(".board .cell a")
    assert sum(int(cell.find(string=True)) for cell in cells) == 4
    for cell in cells:
        listed = BeautifulSoup(office.get(cell["href"]).content, "html.parser")
        assert len(listed.select("main tbody tr")) == int(cell.find(string=True)), cell["href"]
    rows = matching(
        rows_of(plan_year, coordinator),
        {"department": str(other_department.pk), "status": "submitted", "cross": "written"}, plan_year, coordinator,
    )  # fmt: skip
    assert [(row.code, row.status) for row in rows] == [("1-1-1-1", "submitted")]


def test_last_movement(office, plan, plan_year, department, coordinator):
    entry = make_entry(make_initiative(plan, "1-1-1-1", department), status="not_started")
    where = lambda: page_of(office, plan_year).select_one(".board td.meta").get_text()  # noqa: E731
    assert where() == "まだありません"
    long_ago = timezone.now() - timedelta(days=400)
    EntryPart.objects.update(status="draft", updated_at=long_ago)
    local = timezone.localtime(long_ago)
    assert where() == f"{local.year}年{local.month}月{local.day}日"
    step = Transition.objects.create(
        part=entry.parts.get(), action="submit", from_status="draft", to_status="submitted", by=coordinator, version=1
    )
    local = timezone.localtime(step.at)
    assert where() == f"今日 {local.hour}:{local.minute:02}"


def test_a_department_with_more_time_has_its_own_pace(plan, three_quarters, coordinator):
    for name in ("延ばした課", "ほかの課"):
        fill(plan, name, "nn")
    extended = EntryPart.objects.filter(department__name="延ばした課").first().department
    later = timezone.localdate() + timedelta(days=60)
    three_quarters.extensions.create(department=extended, until=later, by=coordinator)
    seen = {line.name: (line.at_risk, line.deadline, line.extended) for line in board.board_of(three_quarters).lines}
    assert seen == {
        "延ばした課": (False, later, True),
        "ほかの課": (True, three_quarters.department_deadline, False),
    }


@pytest.mark.parametrize(
    ("status", "days", "title"),
    [
        ("collecting", -1, "期限を過ぎて、まだそろっていない課"),
        ("reviewing", 5, "期限を過ぎて、まだそろっていない課"),
        ("preparing", 5, "これから始まる課"),
        ("collecting", None, "進んでいる課"),
    ],
)
def test_what_a_group_is_called(plan, plan_year, status, days, title):
    fill(plan, "ある課", "d")
    plan_year.status = status
    plan_year.department_deadline = None if days is None else timezone.localdate() + timedelta(days=days)
    assert [group.title for group in board.board_of(plan_year).groups] == [title]


def test_the_pace_is_counted_from_the_steps(office, plan, three_quarters, department, writer, coordinator):
    department.manager_step = False
    department.save()
    for number in (1, 2, 3):
        make_entry(make_initiative(plan, f"1-1-1-{number}", department), status="draft")
    parts = list(EntryPart.objects.select_related("department").order_by("pk"))
    for part in parts[:2]:
        workflow.perform(part, "submit", by=writer, plan_year=three_quarters)
    workflow.perform(parts[0], "approve", by=coordinator, plan_year=three_quarters)
    workflow.perform(parts[1], "return", by=coordinator, plan_year=three_quarters, reason="数を")
    move_back(Transition.objects.filter(action="submit"), timedelta(days=2))
    today = timezone.localdate()
    assert board.submissions_by_day(three_quarters) == [(today - timedelta(days=2), 2), (today, -1)]
    course = board.board_of(three_quarters).course
    assert (len(course.done), course.done[-3:]) == (31, (2, 2, 1))
    figure = page_of(office, three_quarters).select_one(".figure")
    assert "今は点線より約1件少なく" in figure.get_text()
    assert [cell.get_text() for cell in figure.select("td.n")] == ["2", "1"]
    assert "1件が提出されました" in figure.select_one("svg desc").get_text()


def test_a_day_begins_at_midnight_in_japan(plan, three_quarters, department, coordinator):
    part = make_entry(make_initiative(plan, "1-1-1-1", department), status="submitted").parts.get()
    at = datetime(2026, 11, 4, 15, 30, tzinfo=timezone.get_fixed_timezone(0))  # 0:30 on the 5th in Japan
    Transition.objects.create(
        part=part, action="submit", from_status="draft", to_status="submitted", by=coordinator, at=at, version=1
    )
    assert board.submissions_by_day(three_quarters) == [(date(2026, 11, 5), 1)]


def test_without_a_deadline_there_is_no_drawing(office, plan, plan_year):
    fill(plan, "ある課", "d")
    assert page_of(office, plan_year).select(".figure") == []


def test_excel_holds_the_same_numbers(office, plan, three_quarters):
    fill(plan, "=課", "nds")
    fill(plan, "済んだ課", "a")
    response = office.get(address(three_quarters, "board_excel"))
    rows = list(openpyxl.load_workbook(io.BytesIO(response.content)).active.values)
    assert rows[0][:6] == ("区分", "課", "期限", "件数", "差戻し中", "未着手")
    assert [row[1] for row in rows] == ["課", "=課", "済んだ課", "合計"]
    assert rows[1][3:10] == (3, 0, 1, 1, 0, 1, 0)
    assert rows[3][3:10] == (4, 0, 1, 1, 0, 1, 1)
    assert "attachment" in response["Content-Disposition"]


def test_the_next_steps_of_the_office(office, client, plan, three_quarters, coordinator, department, writer):
    fill(plan, "まだの課", "n")
    part = make_entry(make_initiative(plan, "1-1-2-1", department), status="submitted").parts.get()
    EntryPart.objects.filter(pk=part.pk).update(
        submitted_at=datetime(2026, 10, 1, 3, 0, tzinfo=timezone.get_fixed_timezone(0))
    )
    back = make_entry(make_initiative(plan, "1-1-2-2", department), status="submitted").parts.get()
    workflow.perform(back, "return", by=coordinator, plan_year=three_quarters, reason="数を")
    assert len(page_of(office, three_quarters).select(".todo > li")) == 2
    move_back(Transition.objects.all(), timedelta(days=7, hours=1))
    page = page_of(office, three_quarters)
    assert [step.get_text() for step in page.select(".todo__t")] == [
        "提出された1件を確認する", "まだ1件も書いていない1課に知らせる", "差し戻して7日以上返事のない1件を見る",
    ]  # fmt: skip
    texts = [step.get_text() for step in page.select(".todo__d")]
    assert "10月1日に届きました（高齢課 1-1-2-1）" in texts[0]
    assert texts[1:] == ["まだの課", "高齢課1件"]
    queue = BeautifulSoup(office.get(address(three_quarters, "review_queue")).content, "html.parser")
    assert [link.get_text() for link in queue.select("section[aria-labelledby=h-unanswered] a")] == ["取組1-1-2-2"]


@pytest.mark.parametrize("count", [1, 3])
def test_queries_are_fixed(plan, three_quarters, count, django_assert_num_queries):
    for number in range(count):
        fill(plan, f"課{number}", "nds" * count)
    plan_year = PlanYear.objects.get(pk=three_quarters.pk)
    with django_assert_num_queries(5):
        seen = board.board_of(plan_year)
        assert [line.next for line in seen.lines] and [line.cells for line in seen.lines]


def test_only_the_office_sees_the_board(client, request, plan, plan_year):
    opened = PlanYearFactory(plan=plan, fiscal_year=2023, status=PlanYear.Status.COMMITTEE)
    fill(plan, "ある課", "d")
    for role in ("writer", "manager", "member", "admin"):
        client.force_login(request.getfixturevalue(role))
        assert page_of(client, opened).select(".board") == []
        assert client.get(address(opened, "board_excel")).status_code == 403
