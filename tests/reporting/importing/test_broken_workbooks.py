"""Every broken workbook is refused in exact words and leaves the database as it was, or is understood, and that is said."""

import resource
from decimal import Decimal

import pytest

from initiatives.models import YearlyEntry
from initiatives.workbook_reader import read
from reporting.importing.compare import Answers, ChangedMeanwhile, commit, preview
from reporting.importing.source import Note, Refused
from reporting.importing.workbook import read_workbook
from tests.reporting.importing import broken, small
from tests.reporting.importing.dump import everything
from tests.workbooks import SHEET1, assert_refused, repacked

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", broken.FILES)
def test_file_is_refused(name, take):
    make, words = broken.FILES[name]
    take()
    assert_refused(take, make(small.content()), words)


@pytest.mark.parametrize("name", broken.REFUSED)
@pytest.mark.parametrize("filled", [False, True], ids=["new plan", "known plan"])
def test_content_is_refused(name, filled, take):
    make, words = broken.REFUSED[name]
    if filled and name == "no scale":
        pytest.skip("計画に評価区分があれば、資料になくてもよい")
    if filled:
        take()
    before = everything()
    with pytest.raises(Refused) as refused:
        take(make(), year=2023 if name == "wrong year" else 2024)
    assert [str(problem) for problem in refused.value.problems] == words
    assert everything() == before


def understood(done, kind):
    return [str(note) for note in done.notes if note.kind == kind]


def test_full_width_rating_is_understood(take):
    done = take(broken.cell("目標1", "J4", "Ａ"))
    assert done.counts[0].ratings["A"] == 1
    assert understood(done, Note.UNDERSTOOD) == ["シート「目標1」のJ4（R6評価）：「Ａ」をAとして読みました"]


def test_full_width_code_is_understood(take):
    done = take(broken.cell("目標1", "B4", "１－１－１－１"))
    assert understood(done, Note.UNDERSTOOD) == [
        "シート「目標1」のB4（番号）：番号「１－１－１－１」を「1-1-1-1」として読みました"
    ]


def test_renamed_sheet_is_known_by_its_title(take):
    assert len(take(broken.edited(broken.renamed)).source.initiatives) == 5


def test_hidden_sheet_is_read_and_said(take):
    done = take(broken.edited(broken.hidden))
    assert len(done.source.initiatives) == 5
    assert understood(done, Note.UNDERSTOOD) == ["シート「目標2」：隠してあるシートですが、読みました"]


def test_other_sheet_and_column_are_left_out_and_said(take):
    assert understood(take(broken.edited(broken.extra_sheet)), Note.SKIPPED) == [
        "シート「記入のしかた」：取組の表でも成果指標でもないので、読みませんでした"
    ]
    assert understood(take(broken.edited(broken.extra_column)), Note.SKIPPED) == [
        "シート「目標1」のL3：列「備考欄」は、読まない列です"
    ]


def test_blank_rating_is_unrated_not_dropped(take):
    done = take(broken.cell("目標1", "J4", None))
    assert (done.counts[0].rows, done.counts[0].unrated) == (3, 1)


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [(5, '0"回"', "5回"), (5, "General", "5"), (1234.5, "#,##0.0", "1,234.5"), (0.125, "0%", "13%"), (2.5, "0", "3")],
)
def test_number_in_a_text_column_is_read_as_shown(take, value, number_format, shown):
    done = take(broken.cell("目標1", "G4", value, number_format))
    assert done.source.initiatives[0].target == shown


def test_formula_of_a_rate_is_no_obstacle(take):
    assert take(broken.cell("成果指標", "D9", "=D7/D8")).made > 0


def test_text_figures_of_a_sheet_are_read(take):
    done = take(broken.cell("成果指標", "D7", "５７．７％"))
    assert done.source.indicators[0].years[1].actual.number == Decimal("57.7")


def test_formulas_with_a_cached_result_are_refused_too(take):
    """openpyxl writes no cached result; Excel does. Neither is trusted for a text."""
    formula = b'<c r="I4" t="str"><f>WEBSERVICE("http://example.com")</f><v>x</v></c>'
    content = repacked(small.content(), {SHEET1: lambda data: _with_cell(data, b"I4", formula)})
    with pytest.raises(Refused, match="計算式が入っています"):
        take(content)


def _with_cell(data: bytes, name: bytes, cell: bytes) -> bytes:
    start = data.index(b'<c r="' + name + b'"')
    return data[:start] + cell + data[data.index(b"</c>", start) + 4 :]


def test_lying_dimension_costs_nothing():
    content = repacked(
        small.content(),
        {SHEET1: lambda data: data.replace(b'<dimension ref="A1:K6" />', b'<dimension ref="A1:XFD1048576" />')},
    )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert len(read(content).sheets[0].rows) == 6
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 50 * 1024


# --- Questions --------------------------------------------------------------------------------------


def test_unknown_department_is_asked_about(take):
    take()
    before = everything()
    content = broken.cell("目標1", "E4", "福祉かい課\n(市社協)")
    done = take(content)
    assert [str(question) for question in done.questions] == [
        "シート「目標1」のE4（担当課名）：「福祉かい課」という課は登録にありません。似た名前：福祉課"
    ]
    assert everything() == before
    done = take(content, answers=Answers(departments={"福祉かい課": "福祉課"}))
    assert (done.questions, [outcome.label for outcome in done.outcomes if outcome.made]) == ([], [])
    done = take(content, answers=Answers(add=frozenset({"福祉かい課"})))
    assert done.new_departments == ("福祉かい課",)


def test_answer_that_names_no_department_is_refused(take):
    take()
    with pytest.raises(Refused, match="課の答え「ない課」：登録にない課です。登録にある課の名前を書いてください。"):
        take(broken.cell("目標1", "E4", "福祉かい課"), answers=Answers(departments={"福祉かい課": "ない課"}))


def test_department_name_in_another_width_is_the_same(take):
    take()
    assert take(broken.cell("目標2", "G4", "こども　課\n※関係する課")).changes_nothing


def test_other_plan_is_asked_about(take):
    take()
    content = broken.edited(broken.renamed_plan)
    done = take(content)
    assert [str(question) for question in done.questions] == [
        "シート「目標1」の1行目：「みなと市健康計画」という計画は登録にありません。登録にある計画：みなと市福祉計画"
    ]
    assert take(content, answers=Answers(plan="みなと市福祉計画")).plan_name == "みなと市福祉計画"
    assert take(content, answers=Answers(plan="みなと市健康計画")).is_new_plan


def test_locked_year_is_refused(take):
    done = take()
    done.plan_year.status = "finalized"
    done.plan_year.save()
    before = everything()
    with pytest.raises(Refused) as refused:
        take()
    assert [str(problem) for problem in refused.value.problems] == [
        "シート「目標1」の1行目「令和6年度」：この年度は「確定」なので、変えられません。変えるときは、先に年度を確認中に戻してください。"
    ]
    assert everything() == before


def test_commit_refuses_when_the_preview_no_longer_holds(take):
    take()
    source = read_workbook(broken.cell("目標1", "H4", "新しい目標"), 2024)
    seen = preview(source, with_digest=True)
    YearlyEntry.objects.filter(initiative__code="1-1-2-1").update(version=2)
    before = everything()
    with pytest.raises(ChangedMeanwhile):
        commit(source, base=seen.digest)
    assert everything() == before
