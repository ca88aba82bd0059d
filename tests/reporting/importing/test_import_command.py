from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from initiatives.models import EntryPart, Initiative
from tests.factories import UserFactory
from tests.reporting.importing import broken, small
from tests.reporting.importing.dump import everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path):
    def run(content=None, *options, year="R6"):
        file = tmp_path / "取組調査票.xlsx"
        file.write_bytes(content or small.content())
        out = StringIO()
        call_command("import_report", str(file), "--year", year, *options, stdout=out)
        return out.getvalue()

    return run


def test_import_tells_what_came_in(run):
    lines = run().split("\n")
    assert lines[0] == "みなと市福祉計画 令和6年度：取り込みました。43件が新しくでき、0件が変わりました。"
    assert lines[2:7] == [
        "目標  取組（うち再掲）  A/B/C/D  未評価",
        "目標1  3（0）  1/1/1/0  0  見守りの輪",
        "目標2  2（1）  2/0/0/0  0  子どもの居場所",
        "合計  5（1）  3/1/1/0  0",
        "目標2、施策3、方向性4、取組5、担当課3、成果指標2",
    ]
    assert "登録する課：福祉課、防災課、こども課" in lines
    assert "課別の記入  6・0・0" in lines


def test_dry_run_changes_nothing(run):
    before = everything()
    assert "まだ何も変わっていません。" in run(None, "--dry-run").split("\n")[0]
    assert everything() == before


def test_twice_says_so(run):
    run()
    assert run().split("\n")[0] == "みなと市福祉計画 令和6年度：資料と登録は同じです。変わるところはありません。"


def test_refusal_is_an_error_in_words(run):
    before = everything()
    with pytest.raises(CommandError) as refused:
        run(broken.cell("目標1", "J4", "E"))
    assert str(refused.value) == (
        "取り込みませんでした。データは何も変わっていません。直すところ：1件\n"
        "・シート「目標1」のJ4（R6評価）「E」：評価「E」は使えません。A、B、C、Dのどれか1つを書いてください。"
    )
    assert everything() == before


def test_question_says_which_option_answers_it(run):
    run()
    content = broken.cell("目標1", "E4", "福祉かい課\n(市社協)")
    with pytest.raises(CommandError) as refused:
        run(content)
    assert str(refused.value) == (
        "取り込みませんでした。データは何も変わっていません。決めてほしいこと：1件\n"
        "・シート「目標1」のE4（担当課名）：「福祉かい課」という課は登録にありません。似た名前：福祉課。"
        '--department "福祉かい課=福祉課" か、新しい課なら --add-department "福祉かい課" を付けてください。'
    )
    assert "変わるところはありません" in run(content, "--department", "福祉かい課=福祉課")
    assert "登録する課：福祉かい課" in run(content, "--add-department", "福祉かい課")


def test_by_stands_in_the_rows(run):
    person = UserFactory(role="coordinator")
    run(None, "--by", person.username)
    assert set(EntryPart.objects.values_list("approved_by", flat=True)) == {person.pk}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--by", "いない人"], "--by「いない人」という利用者はいません。ユーザー名を確かめてください。"),
        (["--department", "福祉課"], "--department「福祉課」は「資料の名前=登録の名前」の形で書いてください。"),
        (["--plan", "ない計画"], "取り込みませんでした。データは何も変わっていません。直すところ：1件\n・計画「ない計画」：登録にありません（登録にある計画：なし）。名前を確かめてください。"),
    ],
)  # fmt: skip
def test_options_that_name_nothing(run, options, words):
    with pytest.raises(CommandError) as refused:
        run(None, *options)
    assert str(refused.value) == words
    assert not Initiative.objects.exists()


def test_year_that_is_none(run):
    with pytest.raises(CommandError, match="「らいねん」は年度として読めません。"):
        run(year="らいねん")


def test_source_that_is_not_there():
    with pytest.raises(CommandError, match="ファイルもフォルダーもありません。場所を確かめてください。"):
        call_command("import_report", "ないファイル.xlsx", "--year", "R6")
