import pytest

from accounts.models import AccountEvent, Department
from tests.accounts.conftest import messages_of, what_was_done
from tests.accounts.test_user_edit import filled
from tests.factories import DepartmentFactory


@pytest.fixture
def edit(as_admin, url):
    def send(department, **changes):
        address = url("department_edit", department.pk)
        return as_admin.post(address, filled(as_admin.get(address), **changes), follow=True)

    return send


def test_add(as_admin, url, part):
    typed = {"name": "地域共生課", "parent": part.pk, "position": "１２", "opened_in": "R9", "manager_step": "on"}
    response = as_admin.post(url("department_add"), typed, follow=True)
    department = Department.objects.get(name="地域共生課")
    assert messages_of(response) == ["「地域共生課」を加えました。"]
    assert (department.parent, department.position, department.opened_in, department.manager_step) == (
        part,
        12,
        2027,
        True,
    )
    assert what_was_done(department) == ["登録しました（設置年度：令和9年度）。"]


REFUSALS = [
    ({"name": ""}, "課名を書いてください。"),
    ({"name": "高齢者 いきいき課"}, "「高齢者いきいき課」は、もうあります。"),
    ({"position": ""}, "並び順を書いてください。"),
    ({"position": "-1"}, "並び順は、0以上の整数で書いてください。"),
    ({"opened_in": "来年"}, "「来年」は年度として読めません。"),
    ({"opened_in": "9999"}, "書ける年度の範囲"),
    ({"opened_in": "R9", "closed_after": "R8"}, "最後の年度が、設置年度（令和9年度）より前です。"),
]


@pytest.mark.parametrize(("wrong", "message"), REFUSALS)
def test_add_bad_input_is_said_and_kept(as_admin, url, elderly, wrong, message):
    typed = {"name": "地域共生課", "position": "345", "manager_step": "on"}
    response = as_admin.post(url("department_add"), typed | wrong)
    page = response.content.decode()
    assert response.status_code == 422
    assert message in page
    assert 'value="345"' in page or "position" in wrong
    assert not Department.objects.filter(name="地域共生課").exists()


def test_the_name_of_a_closed_department_may_be_used_again(as_admin, url, elderly):
    elderly.closed_after = 2025
    elderly.save()
    as_admin.post(url("department_add"), {"name": "高齢者いきいき課", "position": "1"})
    assert Department.objects.filter(name="高齢者いきいき課").count() == 2


def test_edit_writes_what_changed_with_its_record(edit, elderly, welfare):
    response = edit(elderly, name="高齢課", closed_after="令和7年度", successors=[welfare.pk], manager_step="")
    elderly.refresh_from_db()
    assert (elderly.name, elderly.closed_after, elderly.manager_step) == ("高齢課", 2025, False)
    assert list(elderly.successors.all()) == [welfare]
    assert what_was_done(elderly) == [
        "課名を「高齢者いきいき課」から「高齢課」に変えました。最後の年度を「なし」から「令和7年度」に変えました。"
        "課長の確認を通すを「はい」から「いいえ」に変えました。引き継いだ課を「生活福祉課」にしました。"
    ]
    page = response.content.decode()
    assert "高齢課は、令和7年度で終わりました" in page
    assert "「生活福祉課」が引き継ぎます。" in page


def test_edit_without_a_change_leaves_no_record(edit, elderly):
    edit(elderly)
    assert what_was_done(elderly) == []


def test_successors_need_a_last_year(edit, elderly, welfare):
    response = edit(elderly, successors=[welfare.pk])
    assert response.status_code == 422
    assert "引き継いだ課を選ぶときは、最後の年度も書いてください。" in response.content.decode()


def test_a_division_with_open_departments_cannot_be_closed(edit, part, elderly):
    response = edit(part, closed_after="R8")
    assert response.status_code == 422
    assert "この部には、まだ課があります。" in response.content.decode()


def test_a_department_is_not_below_itself(edit, part, elderly):
    assert edit(part, parent=elderly.pk).status_code == 422
    assert edit(part, parent=part.pk).status_code == 422
    part.refresh_from_db()
    assert part.parent is None


def test_edit_bad_input_keeps_the_heading(edit, elderly, welfare):
    response = edit(elderly, name="生活福祉課")
    page = response.content.decode()
    assert response.status_code == 422
    assert "高齢者いきいき課は、今の組織にあります" in page
    assert 'value="生活福祉課"' in page


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_stay_the_same(as_admin, url, admin, elderly, rows, django_assert_num_queries):
    for number in range(rows):
        DepartmentFactory(parent=elderly.parent)
        AccountEvent.objects.create(what=f"{number}回目", by=admin, department=elderly)
    with django_assert_num_queries(17):
        as_admin.get(url("department_edit", elderly.pk))
