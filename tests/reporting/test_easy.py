"""やさしい日本語: how it reads, and what the tool asks of it."""

import pytest

from initiatives.checking.terms import Term, Terms
from reporting import easy

TERMS = Terms(
    (
        Term("easy", "実施する", "する"),
        Term("easy", "実施", "すること"),
        Term("loan", "アウトリーチ", "支援を届けに行くこと"),
        Term("spelling", "広報誌", "広報紙"),
    )
)


def told(text: str) -> list[tuple[str, str]]:
    return [(finding.title, finding.where) for finding in easy.findings(text, TERMS)]


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("鎌倉市《かまくらし》です", "<ruby>鎌倉市<rp>（</rp><rt>かまくらし</rt><rp>）</rp></ruby>です"),
        ("｜お年より《おとしより》", "<ruby>お年より<rp>（</rp><rt>おとしより</rt><rp>）</rp></ruby>"),
        ("佐々木《ささき》さん", "<ruby>佐々木<rp>（</rp><rt>ささき</rt><rp>）</rp></ruby>さん"),
        ("<b>市《し》</b>", "&lt;b&gt;<ruby>市<rp>（</rp><rt>し</rt><rp>）</rp></ruby>&lt;/b&gt;"),
        ("かな《かな》と《》と《x》", "かな《かな》と《》と《x》"),
    ],
)
def test_ruby(typed, html):
    assert easy.ruby(typed) == html


def test_headings_and_paragraphs():
    found = easy.blocks("■何《なに》ですか\n\n市《し》です。")
    assert [(block.is_heading, easy.plain(block.html)) for block in found] == [
        (True, "<ruby>何<rp>（</rp><rt>なに</rt><rp>）</rp></ruby>ですか"),
        (False, "<ruby>市<rp>（</rp><rt>し</rt><rp>）</rp></ruby>です。"),
    ]


def test_readings_do_not_count_as_words():
    assert easy.plain("鎌倉市《かまくらし》と｜お年より《おとしより》") == "鎌倉市とお年より"
    sentence = "市《し》" * 39 + "。"
    assert len(sentence) > easy.LONGEST
    assert told(sentence) == []


@pytest.mark.parametrize(("length", "found"), [(40, []), (41, ["文が長いです"])])
def test_length_of_a_sentence(length, found):
    assert [title for title, _ in told("あ" * (length - 1) + "。")] == found


def test_each_sentence_by_itself():
    assert told("あ" * 30 + "。" + "い" * 30 + "。") == []
    assert told("朝、昼、晩、夜。") == [("1つの文に、いくつものことがあります", "朝、昼、晩、夜。")]


def test_hard_words_with_easier_ones():
    found = easy.findings("訓練を実施する。実施した。アウトリーチ。広報誌。", TERMS)
    assert [(each.where, each.advice) for each in found] == [
        ("アウトリーチ", "「支援を届けに行くこと」と言いかえられます。"),
        ("実施する", "「する」と言いかえられます。"),
        ("実施", "「すること」と言いかえられます。"),
    ]


def test_the_same_only_once():
    assert told("実施。実施。") == [("むずかしいことばです", "実施")]


def test_names_want_a_reading():
    found = easy.findings("神奈川県《かながわけん》の鎌倉市です。鎌倉市の人。", TERMS)
    assert [(each.title, each.where) for each in found] == [("名前に、ふりがながありません", "鎌倉")]
    assert "「鎌倉《かまくら》」のように書くと" in found[0].advice


@pytest.mark.parametrize("typed", ["かな《かな》", "漢字《漢字》", "漢字《かんじ", "漢字》", "《かんじ》"])
def test_a_reading_that_cannot_be_read(typed):
    assert told(typed)[0][0] == "ふりがなが読めません"
