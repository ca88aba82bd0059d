"""注: numbers come from where the notes stand in the printed report."""

import pytest

from reporting.prose import Prose, as_typed
from reporting.snapshot import Footnote
from tests.reporting.checks.report_factory import goal, report, row

ROWS = [row("1-1-1-1", rating="A"), row("1-1-1-2", rating="B")]


def read(*goals) -> Prose:
    return Prose(report(*goals))


def test_notes_are_numbered_in_the_printed_order_over_the_report():
    made = read(
        goal(1, *ROWS, sections={"vision": "三［注：三の説明］", "social_trends": "一［注：一の説明］"}, events=[("4月", "二［注：二の説明］")]),
        goal(2, sections={"main_efforts": "四［注：{{目標1.件数}}の説明］"}),
    )  # fmt: skip
    first, second = made.report.goals
    assert [first.sections[kind].text for kind in ("social_trends", "vision")] == ["一（注1）", "三（注3）"]
    assert (first.events[0].what, first.events[0].source) == ("二（注2）", "二［注：二の説明］")
    assert [(note.number, note.text) for note in first.footnotes] == [(1, "一の説明"), (2, "二の説明"), (3, "三の説明")]
    assert second.footnotes == (Footnote(4, "2件の説明", "{{目標1.件数}}の説明"),)
    assert made.problems == []


def test_a_named_note_is_referred_to_again_under_its_number():
    made = read(
        goal(1, sections={"social_trends": "［注 かまサポ：愛称。］と［注：別］", "vision": "再び［注 かまサポ］"}),
        goal(2, sections={"vision": "ここでも[注 かまサポ]"}),
    )
    assert made.report.goals[0].sections["vision"].text == "再び（注1）"
    assert made.report.goals[1].sections["vision"].text == "ここでも（注1）"
    assert made.report.goals[1].footnotes == ()
    assert made.problems == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("［注 かまサポ］", "「かまサポ」という注が、これより前にありません。"),
        ("［注 あ：一］［注 あ：二］", "「あ」という注は、もうあります。"),
        ("［注：閉じない", "対になる「］」がありません。"),
        ("［注：中に［括弧］がある］", "対になる「］」がありません。"),
        ("［注：］", "対になる「］」がありません。"),
    ],
)
def test_a_note_that_cannot_be_read_is_told_and_stays_as_typed(text, why):
    made = read(goal(1, sections={"vision": text}))
    assert [why in problem.words for problem in made.problems] == [True]


@pytest.mark.parametrize("text", ["［注意］", "【注】", "（注1）", "[注文]", "［注1］"])
def test_brackets_that_are_no_note(text):
    made = read(goal(1, sections={"vision": text}))
    assert (made.report.goals[0].sections["vision"].text, made.problems) == (text, [])


def test_no_notes_where_no_notes_are_printed():
    made = Prose(report(goal(1, sections={"goal_summary": "［注：あ］"}), sections={"overall": "［注：い］"}))
    assert [problem.words for problem in made.problems] == [
        "注は、目標ごとの①から③の文に書けます。ここには書けません。"
    ] * 2
    assert made.report.goals[0].footnotes == ()


def test_notes_under_numbers_of_their_own_keep_them():
    made = read(goal(1, sections={"vision": "古い（注3）、新しい［注：説明］"}, footnotes=[(3, "古い説明")]))
    assert made.report.goals[0].sections["vision"].text == "古い（注3）、新しい（注4）"
    assert [note.number for note in made.report.goals[0].footnotes] == [3, 4]


def test_a_printed_report_can_be_read_again():
    typed = report(
        goal(1, *ROWS, sections={"vision": "{{目標1.件数}}［注：説明］"}, events=[("4月", "［注：別］")], footnotes=[(9, "古い")])
    )  # fmt: skip
    printed = Prose(typed).report
    assert as_typed(printed) == typed
    assert Prose(as_typed(printed)).report == printed
