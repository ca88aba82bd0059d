import json

import pytest

from reporting.importing.compare import commit
from reporting.importing.directory import read_directory
from reporting.importing.source import Refused
from tests.reporting.importing import small
from tests.reporting.importing.dump import everything

pytestmark = pytest.mark.django_db


def replaced(name, old, new):
    def change(path):
        file = path / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def chapters(**report):
    def change(path):
        file = path / "chapters.json"
        value = json.loads(file.read_text(encoding="utf-8"))
        value["report"] |= report
        file.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")

    return change


BROKEN = {
    "missing file": (lambda path: (path / "goals.csv").unlink(), "goals.csv：ファイルがありません。「{name}」に入れてください。"),
    "missing column": (replaced("initiatives.csv", "departments", "dept"), "initiatives.csvの1行目：列「departments」がありません。見出しの行を元に戻してください。"),
    "column of the year": (replaced("initiatives.csv", "rating_r6", "rating_r5"), "initiatives.csvの1行目：列「rating_r6」がありません。見出しの行を元に戻してください。"),
    "not UTF-8": (lambda path: (path / "goals.csv").write_bytes("目標".encode("cp932")), "goals.csv：UTF-8の文字として読めません。UTF-8で保存してください。"),
    "not JSON": (lambda path: (path / "chapters.json").write_text("{"), "chapters.jsonの1行目：JSONとして読めません。括弧とコンマを確かめてください。"),
    "other JSON": (lambda path: (path / "chapters.json").write_text("[]"), "chapters.json：「report」と「goals」がありません。元の形に戻してください。"),
    "other year": (chapters(title="みなと市福祉計画 推進状況報告書（令和5年度実施分）"), "chapters.jsonの1行目（report.title）「令和5年度」：令和6年度の取り込みです。年度の合うファイルを選ぶか、年度を直してください。"),
    "no year": (chapters(title="みなと市福祉計画"), "chapters.jsonの1行目（report.title）「みなと市福祉計画」：「○○計画 推進状況報告書（令和○年度実施分）」のように書いてください。"),
    "text in a number": (replaced("indicator_values.csv", "57.7%", "約57.7%"), "indicator_values.csvの4行目（actual）「約57.7%」：数として読めません。数字と単位だけを書いてください（数がないときは「未実施」「設定なし」「検討中」）。"),
    "unknown indicator": (replaced("indicator_values.csv", "I01,R6", "I09,R6"), "indicator_values.csvの4行目（indicator_id）「I09」：indicators.csvにない番号です。番号を直してください。"),
    "code": (replaced("initiatives.csv", "1,1-1-2-1", "1,1-1-2"), "initiatives.csvの10行目（code）「1-1-2」：番号として読めません。「1-1-1-1」のように、半角の数字4つを「-」でつないで書いてください。"),
    "code twice": (replaced("initiatives.csv", "1,1-1-2-1", "1,1-1-1-2"), "initiatives.csvの10行目（code）「1-1-1-2」：同じ番号がinitiatives.csvの3行目（code）にもあります。どちらかの番号を直してください。"),
    "rating": (replaced("initiatives.csv", ",C,", ",E,"), "initiatives.csvの10行目（rating_r6）「E」：評価「E」は使えません。A、B、C、Dのどれか1つを書いてください。"),
    "too few columns": (replaced("goals.csv", "1,見守りの輪,・みんなで見守ります。,", "1,見守りの輪"), "goals.csvの2行目：列の数が2です。見出しと同じ4にしてください。"),
    "open quote": (replaced("goals.csv", "見守りの輪", '"見守りの輪'), "goals.csvの3行目：CSVとして読めません。引用符の組を確かめてください。"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_directory_is_refused(name, directory):
    change, words = BROKEN[name]
    before = everything()
    change(directory)
    with pytest.raises(Refused) as refused:
        commit(read_directory(directory, 2024))
    assert [str(problem) for problem in refused.value.problems] == [words.format(name=directory.name)]
    assert everything() == before


def test_directory_without_optional_files(directory):
    (directory / "indicator_components.csv").unlink()
    done = commit(read_directory(directory, 2024))
    assert [indicator.ratio_name for indicator in done.source.indicators] == ["", ""]
    assert small.CHAPTERS["report"]["publisher"] == done.plan.publisher
