"""The checks of a part, as the page shows them on which its department writes."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from initiatives import part_checks
from initiatives.checking.terms import shipped
from tests.factories import make_entry, make_initiative

pytestmark = pytest.mark.django_db


@pytest.fixture
def part(plan, plan_year, department):
    entry = make_entry(make_initiative(plan, "1-1-1-1", department), 2024, status="draft", target="補助台数 34台")
    part = entry.parts.get()
    part.result, part.self_rating = "補助台数は19台。R5実績と同様。", "A"
    part.save()
    return part


def worth_a_look(part, last, **more):
    return [(look.name, look.words) for look in part_checks.worth_a_look(part, last, terms=shipped("鎌倉市"), **more)]


def findings_for_part(part):
    return part_checks.findings_for_part(part, terms=shipped("鎌倉市"))


def test_what_is_found_stands_at_the_field_to_mend(part):
    assert worth_a_look(part, None) == [
        (
            "self_rating",
            "19台 ÷ 目標34台 ＝ 55.9％、評価A。数では55.9％なので、Bの範囲です。Bに変えるか、Aとする理由を実績の文に書いてください。",
        ),
        (
            "result",
            "実績「R5実績と同様」：この報告書だけを読む人には、前の年度の文が見えません。行ったことと数を、この年度の文で書いてください。",
        ),
    ]


def test_a_joint_part_answers_for_its_own_text_alone(part):
    assert [name for name, _ in worth_a_look(part, None, joint=True)] == ["result"]


def test_nothing_is_asked_of_a_part_without_work_this_year(part):
    part.not_applicable_reason = "今年度は改修がないため"
    assert findings_for_part(part) == []


def test_a_target_that_the_department_cannot_change_is_not_shown(part):
    part.entry.target, part.result = "令和5年度と同様", "講座を開いた。"
    assert findings_for_part(part) == []


def test_no_query(part, django_assert_num_queries):
    worth_a_look(part, None)  # reads the scale and the lead once
    with django_assert_num_queries(0):
        worth_a_look(part, None)


def test_the_page_shows_them(client, writer, part, plan_year):
    client.force_login(writer)
    address = reverse("initiatives:part_edit", args=[plan_year.plan_id, plan_year.fiscal_year, part.pk])
    page = BeautifulSoup(client.get(address).content, "html.parser")
    looks = page.select("[data-look] a")
    assert [link["href"] for link in looks] == ["#pair-result", "#pair-self_rating"]
