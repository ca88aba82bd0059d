import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from initiatives.models import EntryPart, PlanYear
from reporting.checks.year import judged
from reporting.models import Chapter, CheckDecision, CityEvent, Footnote, PrintedClaim
from reviews.models import CommitteeReview
from tests.factories import PlanYearFactory, make_entry, make_indicator, make_initiative

pytestmark = pytest.mark.django_db


@pytest.fixture
def year(plan, plan_year, department, other_department):
    """One thing that must be mended, in one department, and one to look at, in another."""
    fields = {"target": "継続", "next_target": "継続", "rating": "A", "issues": "続ける。"}
    for code, owner, result in (
        ("1-1-1-1", department, "R5実績と同様"),
        ("1-1-1-2", other_department, "取組開始"),
    ):
        initiative = make_initiative(plan, code, owner, description="行います。")
        make_entry(initiative, 2024, result=result, **fields)
    return plan_year


def address(name: str, year, *args) -> str:
    return reverse(f"reporting:{name}", args=[year.plan_id, year.fiscal_year, *args])


def look(client, name: str, year, query="") -> BeautifulSoup:
    return BeautifulSoup(client.get(address(name, year) + query).content, "html.parser")


def titles(page) -> list[str]:
    return [item.select_one("b").get_text() for item in page.select(".checks > li")]


def test_the_list_says_what_is_wrong_and_leads_there(client, coordinator, year):
    client.force_login(coordinator)
    page = look(client, "check_list", year)
    assert page.h1.get_text() == "直すところが1件、確認してほしいところが1件あります"
    assert titles(page) == ["1-1-1-1 実績（取組1-1-1-1）", "1-1-1-2 実績（取組1-1-1-2）"]
    first = page.select_one(".checks > li")
    assert [cell.get_text() for cell in first.select("dd")] == ["R5実績と同様", "令和6年度に行ったこと"]
    initiative = year.plan.initiatives.get(code="1-1-1-1")
    link = first.select_one(".acts a")
    assert link["href"] == reverse("initiatives:entry_detail", args=[year.plan_id, year.fiscal_year, initiative.pk])


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("?severity=must", ["1-1-1-1"]),
        ("?kind=thin_result", ["1-1-1-2"]),
        ("?department=防災課", ["1-1-1-2"]),
        ("?goal=1", ["1-1-1-1", "1-1-1-2"]),
        ("?goal=0", []),
        ("?state=accepted", []),
        ("?state=nonsense", ["1-1-1-1", "1-1-1-2"]),
        ("?page=99", ["1-1-1-1", "1-1-1-2"]),
    ],
)
def test_filter(client, coordinator, year, query, codes):
    client.force_login(coordinator)
    assert [title.split(" ")[0] for title in titles(look(client, "check_list", year, query))] == codes


def decide(client, year, **data):
    finding = judged(year)[0].finding
    values = {"kind": "accept", "basis": finding.basis_digest, "reason": "課に確かめた"} | data
    return client.post(address("check_decide", year, finding.key), values, follow=True)


def test_accept_with_a_reason(client, coordinator, year):
    client.force_login(coordinator)
    page = BeautifulSoup(decide(client, year).content, "html.parser")
    assert titles(page) == ["1-1-1-2 実績（取組1-1-1-2）"]
    accepted = look(client, "check_list", year, "?state=accepted")
    assert titles(accepted) == ["1-1-1-1 実績（取組1-1-1-1）", "このままでよい"][:1]
    assert "課に確かめた" in accepted.select_one(".checks").get_text()
    decision = CheckDecision.objects.get()
    assert (decision.by, decision.kind, decision.about) == (coordinator, "accept", "1-1-1-1 実績 古い年度の文")


def test_an_acceptance_needs_a_reason_and_keeps_what_was_typed(client, coordinator, year):
    client.force_login(coordinator)
    page = BeautifulSoup(decide(client, year, reason=" ").content, "html.parser")
    assert (
        page.select_one(".notice__t").get_text()
        == "このままでよい理由を書いてください。あとで見る人に、わけが伝わります。"
    )
    assert CheckDecision.objects.count() == 0
    page = BeautifulSoup(decide(client, year, kind="nonsense").content, "html.parser")
    assert page.select_one("textarea").get_text(strip=True) == "課に確かめた"


def test_a_mark_to_look_at_it_later_and_back(client, coordinator, year):
    client.force_login(coordinator)
    decide(client, year, kind="follow_up", reason="")
    assert titles(look(client, "check_list", year, "?state=follow_up")) == ["1-1-1-1 実績（取組1-1-1-1）"]
    decide(client, year, kind="reopen", reason="")
    assert titles(look(client, "check_list", year, "?state=follow_up")) == []


def test_a_decision_about_other_words_changes_nothing(client, coordinator, year):
    client.force_login(coordinator)
    response = decide(client, year, basis="0" * 24)
    assert response.status_code == 409
    assert CheckDecision.objects.count() == 0
    page = BeautifulSoup(response.content, "html.parser")
    assert page.select_one("textarea").get_text(strip=True) == "課に確かめた"


def test_a_finding_that_is_gone(client, coordinator, year):
    client.force_login(coordinator)
    key = judged(year)[0].finding.key
    EntryPart.objects.filter(result="R5実績と同様").update(result="講座を開いた。")
    page = client.post(address("check_decide", year, key), {"kind": "accept"}, follow=True)
    assert "この指摘は、もうありません" in page.content.decode()


def test_it_comes_back_with_the_earlier_reason(client, coordinator, year):
    client.force_login(coordinator)
    decide(client, year)
    EntryPart.objects.filter(result="R5実績と同様").update(result="R5実績と同様。講座も開いた。")
    page = look(client, "check_list", year)
    assert titles(page)[0] == "1-1-1-1 実績（取組1-1-1-1）"
    assert "前の理由：課に確かめた" in page.select_one(".checks > li").get_text()


def test_going_on_leads_nowhere_else(client, coordinator, year):
    client.force_login(coordinator)
    response = decide(client, year, next="https://example.com/")
    assert response.redirect_chain == [(address("check_list", year), 302)]


def test_overview_by_department_and_kind(client, coordinator, year):
    client.force_login(coordinator)
    departments, kinds = look(client, "check_overview", year).select("table")

    def lines(table):
        return [[cell.get_text(" ", strip=True) for cell in line.select("td, th")] for line in table.select("tbody tr")]

    assert lines(departments) == [
        ["高齢課", "1", "0", "0"],
        ["防災課", "0", "1", "0"],
        ["章、表、成果指標", "0", "0", "0"],
    ]
    assert [(line[0], line[2:]) for line in lines(kinds)[:2]] == [
        ("古い年度の文", ["1", "0", "0"]),
        ("中身のない実績", ["0", "1", "0"]),
    ]


def test_the_report_page_says_how_many_are_left(client, coordinator, year):
    client.force_login(coordinator)
    page = look(client, "build_list", year)
    link = page.select_one(f'a[href="{address("check_list", year)}"]')
    words = "整合性チェックに、直すところが1件、確認してほしいところが1件あります。整合性チェックを見る"
    assert link.parent.get_text(" ", strip=True).replace(" ", "") == words


def test_nothing_found(client, coordinator, plan_year):
    client.force_login(coordinator)
    page = look(client, "check_list", plan_year)
    assert page.h1.get_text() == "直すところも、確認してほしいところもありません"
    assert page.select_one(".empty h2").get_text() == "指摘はありません"


# --- Where a finding leads ----------------------------------------------------------------------------


def links(page) -> list[tuple[str, str]]:
    return [(link.find(string=True), link["href"]) for link in page.select(".checks .acts a")]


def test_a_finding_in_a_chapter_leads_to_its_paragraph(client, coordinator, plan_year):
    goal = make_initiative(plan_year.plan, "1-1-1-1").direction.policy.goal
    of_goal = {"plan": plan_year.plan, "fiscal_year": 2024, "goal": goal}
    Chapter.objects.create(**of_goal, kind="vision", text="初めの段落。\n広報誌の会を開く。")
    Chapter.objects.create(**of_goal, kind="needed_direction", text="広げる［注：広報誌の会］。")
    CityEvent.objects.create(**of_goal, position=1, when="4月", what="広報誌の会")
    Footnote.objects.create(**of_goal, number=9, text="だれも指さない説明")
    client.force_login(coordinator)
    page = look(client, "check_list", plan_year, "?kind=terms")
    assert links(page) == [
        ("章を開く", address("chapter_edit", plan_year, 1, "vision") + "#p-2"),
        ("章を開く", address("chapter_edit", plan_year, 1, "social_trends") + "#when-0"),
        ("章を開く", address("chapter_edit", plan_year, 1, "needed_direction") + "#p-1"),
    ]
    unused = look(client, "check_list", plan_year, "?kind=footnotes")
    assert ("章の一覧を開く", address("chapter_list", plan_year)) in links(unused)
    opened = BeautifulSoup(client.get(links(page)[0][1]).content, "html.parser")
    assert opened.select_one("#p-2").get_text(strip=True) == "広報誌の会を開く。"
    opened = BeautifulSoup(client.get(links(page)[1][1]).content, "html.parser")
    assert opened.select_one("#when-0")["value"] == "4月"


@pytest.mark.parametrize(
    ("status", "years", "words", "name", "year"),
    [
        ("collecting", [], "R6の数字を直す", "indicator_edit", 2024),
        ("finalized", [], "成果指標を開く", "indicator_detail", 2024),
        ("finalized", [2023], "R5の数字を直す", "indicator_edit", 2023),
    ],
)
def test_a_finding_about_an_indicator_leads_to_where_it_is_written(
    client, coordinator, plan_year, status, years, words, name, year
):
    indicator = make_indicator(plan_year.plan, unit="％", values={2024: (50, 100), 2023: (50, 100)})
    for other in years:
        PlanYearFactory(plan=plan_year.plan, fiscal_year=other)
    about = years[0] if years else 2024
    PrintedClaim.objects.create(
        plan=plan_year.plan, fiscal_year=2024, key=f"indicators/{indicator.code}/{about}//rate", text="51.0％"
    )
    PlanYear.objects.filter(pk=plan_year.pk).update(status=status)
    client.force_login(coordinator)
    page = look(client, "check_list", plan_year, "?kind=indicator_figures")
    assert links(page) == [(words, reverse(f"indicators:{name}", args=[plan_year.plan_id, year, indicator.pk]))]


def test_a_review_leads_to_the_page_on_which_it_is_written(client, coordinator, year):
    goal = year.plan.goals.get()
    CommitteeReview.objects.create(plan=year.plan, fiscal_year=2024, goal=goal, text="9件のうちA評価は9件でした。")
    client.force_login(coordinator)
    links = [link["href"] for link in look(client, "check_list", year).select(".checks .acts a")]
    assert reverse("reviews:review_edit", args=[year.plan_id, 2024, goal.number]) in links
    assert reverse("reporting:import_new") not in links
