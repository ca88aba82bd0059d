"""抜粋: one department's or one policy's part of the report, counted, as a PDF of its own."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting import pdf
from reporting.excerpt import choices, excerpt, find, of_department
from reporting.snapshot import Owner
from tests.reporting import pdf_factory as factory

WATCH, FIRE = Owner("みまもり課", "lead", "", ()), Owner("防災課", "related", "", ())


def report(owners=None):
    owners = owners or [(WATCH,), (FIRE,), (WATCH, FIRE), (WATCH,)]
    rows = [factory.row(f"1-1-{n // 2 + 1}-{n % 2 + 1}", owners=each) for n, each in enumerate(owners)]
    again = factory.row("2-1-1-1", owners=(FIRE,), original_code="1-1-1-1")
    return factory.report([factory.goal(1, rows), factory.goal(2, [again])])


def codes(made) -> list[str]:
    return [row.code for row in made.rows]


def test_a_department_s_excerpt_has_its_rows_the_joint_ones_too():
    made = excerpt(report(), of_department("防災課"))
    assert codes(made) == ["1-1-1-2", "1-1-2-1", "2-1-1-1"]
    assert made.tally.count == 3
    assert made.tally_without_cross_listings.count == 2
    assert [each.department for each in made.departments] == ["防災課"]


def test_a_policy_s_excerpt_has_its_rows_and_all_their_departments():
    made = excerpt(report(), find(report(), "policy:2-1"))
    assert codes(made) == ["2-1-1-1"]
    assert [goal.number for goal in made.goals] == [2]


def test_choices_are_every_policy_and_every_department():
    assert [each.key for each in choices(report())] == [
        "policy:1-1", "policy:2-1", "department:みまもり課", "department:防災課",
    ]  # fmt: skip
    assert find(report(), "department:ない課") is None


@given(st.lists(st.sampled_from([(WATCH,), (FIRE,), (WATCH, FIRE)]), min_size=1, max_size=12))
def test_every_row_is_in_the_excerpt_of_its_policy_and_of_each_of_its_departments_and_in_no_other(owners):
    whole = report(owners)
    for chosen in choices(whole):
        made = excerpt(whole, chosen)
        wanted = [
            row.code
            for goal in whole.goals
            for policy in goal.policies
            for direction in policy.directions
            for row in direction.rows
            if chosen.key in (f"policy:{policy.code}", *(f"department:{owner.department}" for owner in row.owners))
        ]
        assert codes(made) == wanted
        assert made.tally.count == len(wanted) == sum(made.tally.ratings.values())


@pytest.fixture(scope="module")
def printed():
    made = excerpt(report(), of_department("防災課"))
    content = pdf.render(made, excerpt="防災課")
    return subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True
    ).stdout.decode()


def test_the_pdf_says_on_its_cover_what_it_is_about(printed):
    assert "抜粋：防災課" in printed.split("\f")[0]


def test_the_pdf_has_these_rows_alone_and_no_chapter_about_the_whole(printed):
    assert "1-1-1-2" in printed and "1-1-2-2" not in printed
    assert "計画の体系" not in printed and "総括" not in printed.replace("取組の総括", "")
