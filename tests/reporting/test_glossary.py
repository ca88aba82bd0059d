"""用語の説明: exactly the words that are used, once each, in the order of their reading."""

from initiatives.checking.terms import Term, Terms
from reporting.glossary import glossary
from reporting.snapshot import Word
from tests.reporting import pdf_factory as factory

TERMS = Terms(
    (
        Term("loan", "フレイル", "心と体の働きが弱くなった状態"),
        Term("loan", "アウトリーチ", "支援を届けに行くこと", allowed=("アウトリーチ型相談",)),
        Term("loan", "ピアサポート", "同じ立場の人どうしの支え合い"),
        Term("spelling", "行なう", "行う"),
    )
)


def words(*rows) -> list[str]:
    return [each.word for each in glossary(factory.report([factory.goal(1, list(rows))]), TERMS)]


def test_words_used_in_rows_and_chapters_stand_once_in_order():
    rows = [
        factory.row("1-1-1-1", parts=(factory.snapshot.Part("みまもり課", "フレイルの講座を開いた。", "", "A"),)),
        factory.row("1-1-1-2", name="アウトリーチの推進", description="アウトリーチをすすめます。行なう。"),
    ]
    assert words(*rows) == ["アウトリーチ", "フレイル"]


def test_a_longer_word_in_which_it_stands_is_another_word():
    assert words(factory.row("1-1-1-1", description="アウトリーチ型相談を行います。")) == []


def test_nothing_used_nothing_explained():
    assert words(factory.row("1-1-1-1")) == []


def test_meaning_is_the_dictionary_s():
    found = glossary(factory.report([factory.goal(1, [factory.row("1-1-1-1", note="ピアサポート")])]), TERMS)
    assert found == (Word("ピアサポート", "同じ立場の人どうしの支え合い"),)
