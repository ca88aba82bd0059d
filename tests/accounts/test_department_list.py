import pytest

from accounts.models import Membership
from tests.factories import DepartmentFactory, PlanFactory, UserFactory, make_initiative


def shown(response) -> list[tuple[str, list[str]]]:
    return [
        (group.parent.name if group.parent else "", [row.name for row in group.rows])
        for group in response.context["groups"]
    ]


@pytest.fixture
def register_of_years(elderly, welfare, family):
    gone = DepartmentFactory(name="高齢者支援課", parent=elderly.parent, closed_after=2019)
    gone.successors.add(elderly)
    DepartmentFactory(name="子育て課", opened_in=2027)
    family.closed_after = 2026
    family.save()


def test_the_first_sentence_and_the_tree(as_admin, url, register_of_years):
    response = as_admin.get(url("department_list"))
    assert shown(response) == [("", ["こども家庭課"]), ("健康福祉部", ["高齢者いきいき課", "生活福祉課"])]
    page = response.content.decode()
    assert "令和8年度は、3の課があります" in page
    assert "令和9年度からは、1の課がなくなり、1の課ができます。" in page


def test_filter_by_year_and_state(as_admin, url, register_of_years):
    def names(**conditions):
        return shown(as_admin.get(url("department_list"), conditions))

    assert names(year="R元") == [("", ["こども家庭課"]), ("健康福祉部", ["生活福祉課", "高齢者支援課"])]
    assert names(year="２０２７") == [("", ["子育て課"]), ("健康福祉部", ["高齢者いきいき課", "生活福祉課"])]
    assert names(year="令和8年度", state="closed") == [("健康福祉部", ["高齢者支援課"])]
    assert names(year="R8", state="later") == [("", ["子育て課"])]
    assert [len(rows) for _, rows in names(state="all")] == [2, 3]


def test_a_year_that_cannot_be_read(as_admin, url, register_of_years):
    response = as_admin.get(url("department_list"), {"year": "来年"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "「来年」は年度として読めません。" in page
    assert 'value="来年"' in page
    assert "令和8年度は、3の課があります" in page


def test_counts_of_people_and_initiatives(as_admin, url, elderly, welfare, today):
    plan = PlanFactory(first_year=2026, last_year=2033)
    original = make_initiative(plan, "1-1-1-1", elderly, welfare)
    make_initiative(plan, "1-1-1-2", elderly, original=original)
    make_initiative(plan, "1-1-1-3", elderly, last_year=2025)
    make_initiative(PlanFactory(last_year=2024), "1-1-1-1", elderly)
    UserFactory(of=[elderly])
    UserFactory(of=[elderly], is_active=False)
    Membership.objects.create(user=UserFactory(), department=elderly, since=today.replace(year=2027))
    rows = as_admin.get(url("department_list")).context["groups"][0].rows
    assert [(row.name, row.people, row.initiatives_owned) for row in rows] == [
        ("高齢者いきいき課", 1, 1),
        ("生活福祉課", 0, 1),
    ]


def test_no_department_says_so(as_admin, url):
    assert "条件に合う課はありません" in as_admin.get(url("department_list")).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_stay_the_same(as_admin, url, part, rows, django_assert_num_queries):
    for number in range(rows):
        old = DepartmentFactory(name=f"旧{number}課", parent=part, closed_after=2030)
        old.successors.add(DepartmentFactory(name=f"新{number}課", parent=part))
        UserFactory(of=[old])
    with django_assert_num_queries(7):
        as_admin.get(url("department_list"))
