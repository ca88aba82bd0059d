"""正誤: what is printed differently is told, once and in the order of the report; and nothing else."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.errata import NOT_TOLD, Correction, errata
from reporting.pdf.chapters import Book
from reporting.snapshot import Event, Footnote, Owner, Part, Report, Section
from tests.reporting import pdf_factory as factory
from tests.reporting.test_snapshot import full


def rows(*results: str) -> Report:
    return factory.report([factory.goal(1, [row(number, text) for number, text in enumerate(results, 1)])])


def row(number: int, text: str = "24回行った。", **changes):
    part = Part("みまもり課", text, "担い手をふやす。", "A")
    return factory.row(f"1-1-1-{number}", **{"parts": (part,), "result": text} | changes)


def told(before: Report, after: Report) -> list[tuple[str, str, str]]:
    return [(line.label, line.wrong, line.right) for line in errata(before, after)]


# --- Places and words ---------------------------------------------------------------------------------


def test_a_result_is_told_with_its_code_department_and_paragraph():
    before, after = rows("24回行った。\n声をかけた。"), rows("24回行った。\n声を、30人にかけた。")
    assert errata(before, after) == (
        Correction(
            part="各取組の進捗状況", place="1-1-1-1　第1111の見守り", field="実績の2段落目", wrong="声をかけた。",
            right="声を、30人にかけた。", goal=1, code="1-1-1-1", department="みまもり課",
        ),
    )  # fmt: skip


def test_a_rating_is_told_with_every_count_that_follows_from_it():
    good, worse = row(1), row(1, rating="C", low_rating_reason="人手が足りない。")
    before, after = (factory.report([factory.goal(1, [one, row(2)])]) for one in (good, worse))
    counts = ("A 2件、C 0件、6点、達成率100％", "A 1件、C 1件、4点、達成率67％、総合評価B")
    found = told(before, after)
    assert found[-3:] == [
        ("1-1-1-1　第1111の見守り　評価", "A", "C"),
        ("1-1-1-1　第1111の見守り　主担当課の自己評価（評価と違うとき）", "", "A"),
        ("1-1-1-1　第1111の見守り　低評価の理由", "", "人手が足りない。"),
    ]
    places = ["目標1　集計", "合計　集計", "再掲を除く合計　集計"]
    assert found[:-3] == [(place, f"{counts[0]}、総合評価A", counts[1]) for place in places]


def test_a_chapter_is_told_by_paragraph_what_came_and_what_went():
    def chapter(*lines):
        made = factory.report()
        return replace(made, sections=made.sections | {"foreword": Section("foreword", "", "\n".join(lines))})

    before, after = chapter("はじめに。", "16件です。", "古い話。", "おわり。"), chapter("はじめに。", "17件です。", "おわり。", "また来年。")  # fmt: skip
    assert told(before, after) == [
        ("前文　文の2段落目", "16件です。", "17件です。"),
        ("前文　文の3段落目", "古い話。", ""),
        ("前文　文の4段落目", "", "また来年。"),
    ]
    assert [line.part for line in errata(before, after)] == ["令和6年度事業の総括"] * 3


def test_blank_lines_and_spaces_around_a_paragraph_are_nothing():
    assert told(rows("24回行った。\n声をかけた。"), rows(" 24回行った。\n\n声をかけた。　\n")) == []


def test_events_and_notes_stand_against_their_own_lines():
    def goal(events, notes):
        return factory.report(
            [
                factory.goal(
                    1, [row(1)], events=tuple(Event(*one) for one in events), footnotes=tuple(Footnote(*one) for one in notes)
                )
            ]
        )  # fmt: skip

    before = goal([("4月", "始めた"), ("6月", "開いた")], [(1, "市民のあつまり。")])
    after = goal([("4月", "始めた"), ("5月", "広げた"), ("6月", "開いた")], [(1, "市民の集まり。")])
    assert told(before, after) == [
        ("目標1　市の動向の2行目", "", "5月　広げた"),
        ("目標1　注釈", "（注1）市民のあつまり。", "（注1）市民の集まり。"),
    ]


def test_departments_as_they_are_printed():
    before, after = (
        factory.report([factory.goal(1, [row(1, owners=(owner,))])])
        for owner in (
            Owner("みまもり課", "lead", "", ()),
            Owner("みまもり課", "lead", "R5より", ("みどり市社協", "民児協")),
        )
    )
    assert told(before, after) == [
        ("1-1-1-1　第1111の見守り　担当課", "みまもり課", "みまもり課（R5より）（みどり市社協、民児協）")
    ]


def test_an_initiative_that_came_in_stands_where_it_is_printed():
    before, after = rows("1つ目。", "2つ目。"), rows("1つ目。", "新しい。", "2つ目。")
    after = replace(after, goals=(factory.goal(1, [row(1, "1つ目。"), row(9, "新しい。"), row(2, "2つ目。")]),))
    found = errata(before, after)
    of_row = [(line.field, line.wrong, line.right) for line in found if line.code == "1-1-1-9"]
    assert of_row == [
        ("番号", "", "1-1-1-9"), ("取組名", "", "第1119の見守り"), ("担当課", "", "みまもり課"),
        ("取組内容", "", "地域の見守りをすすめます。"), ("初期値", "", "12回"), ("目標", "", "継続"), ("次年度の目標", "", "継続"),
        ("実績", "", "新しい。"), ("評価", "", "A"), ("課題と次年度の予定", "", "担い手をふやす。"),
    ]  # fmt: skip
    gone = [(line.field, line.wrong, line.right) for line in errata(after, before) if line.code == "1-1-1-9"]
    assert gone == [(field, right, wrong) for field, wrong, right in of_row]


def test_an_indicator_is_told_by_year_with_its_words():
    def report(actual):
        years = factory.indicator().years
        changed = replace(years[1], actual=actual, actual_figure="value" if actual else "not_conducted")
        return replace(factory.report(), indicators=(factory.indicator(years=(years[0], changed, years[2])),))

    found = errata(report(Decimal("52.5")), report(None))
    assert [(line.part, line.label, line.wrong, line.right) for line in found] == [
        ("成果指標", "声をかけ合う人の割合　令和5年度の実績", "52.5％", "未実施")
    ]
    assert found[0].code == "I1"


def test_long_words_are_cut_to_what_changed():
    before, after = rows(f"{'あ' * 80}24回行った。{'い' * 80}"), rows(f"{'あ' * 80}25回行った。{'い' * 80}")
    (line,) = errata(before, after)
    assert [(piece.kind, piece.text) for piece in line.wrong_pieces] == [
        ("same", f"…{'あ' * 20}"), ("del", "24"), ("same", f"回行った。{'い' * 15}…"),
    ]  # fmt: skip
    assert "".join(piece.text for piece in line.right_pieces) == f"…{'あ' * 20}25回行った。{'い' * 15}…"
    assert len(line.wrong) == 167


def test_what_is_gone_leaves_the_words_around_it_on_the_other_side():
    before, after = rows(f"{'あ' * 80}終わりの文。"), rows("あ" * 80)
    (line,) = errata(before, after)
    assert [piece.text for piece in line.wrong_pieces] == [f"…{'あ' * 20}", "終わりの文。"]
    assert [piece.text for piece in line.right_pieces] == [f"…{'あ' * 20}"]


# --- For any report -----------------------------------------------------------------------------------


@settings(max_examples=40)
@given(st.sets(st.integers(0, 7), min_size=1), st.text(min_size=1).filter(str.strip))
def test_lines_come_in_the_order_of_the_report(places, text):
    before = factory.report()
    codes = [each.code for each in before.rows]
    chosen = [codes[place] for place in places]
    after = before
    for code in chosen:
        after = factory.changed(after, code, target=f"継続{text}")
    found = [line.code for line in errata(before, after)]
    assert list(dict.fromkeys(found)) == [code for code in codes if code in chosen]
    assert all(line.wrong != line.right for line in errata(before, after))


def leaves(thing, path=()) -> Iterator[tuple[tuple, str, object]]:
    """Every value of a report: the way to it, the class and field in which it stands, and what it is."""
    if is_dataclass(thing):
        for field in fields(thing):
            yield from _inside(getattr(thing, field.name), (*path, field.name), f"{type(thing).__name__}.{field.name}")


def _inside(value, path, name):
    if is_dataclass(value):
        yield from leaves(value, path)
    elif isinstance(value, dict) or (isinstance(value, tuple) and value):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _inside(each, (*path, key), name)
    else:
        yield path, name, value


def changed(thing, path, value):
    """The thing with another value at the end of the way."""
    step, *rest = path
    if is_dataclass(thing):
        return replace(thing, **{step: changed(getattr(thing, step), rest, value) if rest else value})
    inner = changed(thing[step], rest, value) if rest else value
    if isinstance(thing, dict):
        return thing | {step: inner}
    return (*thing[:step], inner, *thing[step + 1 :])


CHOICES = {
    "Indicator.polarity": "keep", "Indicator.accumulation": "cumulative", "Indicator.kind": "output",
    "IndicatorYear.actual_figure": "under_review", "IndicatorYear.target_figure": "under_review",
}  # fmt: skip


def other(name: str, value):
    """Another value of the same kind."""
    if name in CHOICES:
        return CHOICES[name]
    if value is None or value == ():
        return {"Indicator.survey_years": (2022,)}.get(name, value)
    if isinstance(value, bool):
        return not value
    if isinstance(value, date):
        return value + timedelta(days=1)
    return f"{value}ほか" if isinstance(value, str) else value + 1


def is_told(name: str) -> bool:
    kind, field = name.split(".")
    return field not in NOT_TOLD.get(kind, set())


# A word stands in print only where the number is missing.
NO_NUMBER = {"IndicatorYear.actual_figure": "actual", "IndicatorYear.target_figure": "target"}


def test_whatever_is_printed_is_told():
    """Each value of a report is changed by itself: it is told, unless it is one of those of which nothing is."""
    before, silent, told_of = full(), [], set()
    for path, name, value in leaves(before):
        after = changed(before, path, other(name, value))
        if after == before or (name in NO_NUMBER and _number(before, path, NO_NUMBER[name]) is not None):
            continue
        if bool(errata(before, after)) != is_told(name) and not _below_what_is_not_told(path, before):
            silent.append((path, name))
        told_of.add(name)
    assert silent == []
    assert len(told_of) > 100


def _number(report, path, name):
    for step in path[:-1]:
        report = getattr(report, step) if is_dataclass(report) else report[step]
    return getattr(report, name)


def _below_what_is_not_told(path, thing) -> bool:
    """Inside a field of which nothing is told (the tally of a policy)."""
    for step in path[:-1]:
        if is_dataclass(thing) and not is_told(f"{type(thing).__name__}.{step}"):
            return True
        thing = getattr(thing, step) if is_dataclass(thing) else thing[step]
    return False


@settings(max_examples=60)
@given(st.data())
def test_equal_reports_have_none_and_others_are_told_both_ways(data):
    """Some texts become any others: the same places are told from either side, and what was wrong becomes right."""
    before = full()
    texts = [path for path, name, value in leaves(before) if name in FREE and is_told(name)]
    after = before
    for path in data.draw(st.lists(st.sampled_from(texts), min_size=1, max_size=4, unique=True)):
        after = changed(after, path, data.draw(st.text(min_size=1)))
    assert errata(before, before) == errata(after, after) == ()
    there, back = errata(before, after), errata(after, before)
    assert sorted((line.wrong, line.right) for line in there) == sorted((line.right, line.wrong) for line in back)
    assert all(line.wrong != line.right and line.label for line in there)
    assert there or markup(before) == markup(after)


# Texts that may be anything, and by which nothing is found again.
FREE = {
    f"{kind}.{field}"
    for kind, names in {
        "Report": "title city_name publisher philosophy", "Row": "name description note target next_target rating",
        "Part": "result issues", "Section": "heading text", "Event": "when what", "Footnote": "text", "Goal": "name overview",
        "Policy": "name", "Direction": "name", "Indicator": "name source unit", "LowBefore": "issues", "Owner": "note",
    }.items()
    for field in names.split()
}  # fmt: skip

# Printed, and yet not told. Which year it is never changes from edition to edition, nor does what asks for a reason
# without a line of the scale; figures of rows (件数) and the day of writing go with what is told beside them.
KNOWN = {"Report.fiscal_year", "RatingStep.rank", "RatingStep.reason_required", "IndicatorYear.recorded_on"}
COUNTED = {"tally", "tally_without_cross_listings"}


def test_nothing_that_changes_the_printed_pages_is_missed():
    """The table of what is not told, held against the printed pages themselves."""
    before = full()
    pages, missed = markup(before), set()
    for path, name, value in leaves(before):
        told_of = is_told(name) and not _below_what_is_not_told(path, before)
        if not told_of and not COUNTED & set(path) and markup(changed(before, path, other(name, value))) != pages:
            missed.add(name)
    assert missed == KNOWN


def markup(report: Report) -> list[str]:
    return [chapter.markup() for chapter in Book(report).chapters()]


def test_the_table_of_what_is_not_told_names_fields_that_there_are():
    there = {name for _, name, _ in leaves(full())}
    assert {f"{kind}.{field}" for kind, names in NOT_TOLD.items() for field in names} - there == {
        "Policy.tally", "DepartmentTally.tally", "Goal.tally_without_cross_listings",  # what stands below them is there
    }  # fmt: skip
