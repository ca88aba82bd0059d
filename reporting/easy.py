"""やさしい日本語: the summary that a coordinator writes for readers of little Japanese, children among them.

A chapter like the others (Chapter.Kind.EASY), so it is frozen with the report; read on the public pages. Furigana is
typed as 漢字《かんじ》, or with ｜ where the word begins (｜お年より《おとしより》), as in 青空文庫. `findings` is what the tool
asks of it: short sentences, easy words, a reading for every name. Pure.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from initiatives.checking.terms import Terms
from reporting.checks.words import words

LONGEST = 40  # characters of a sentence, as 「在留支援のためのやさしい日本語ガイドライン」 asks for short ones
COMMAS = 2  # more 、 than this: a sentence that says several things
_KANJI = "一-鿿々〆ヵヶ"
_RUBY = re.compile(rf"(?:[｜|]([^｜|《》\n]{{1,30}})|([{_KANJI}]+))《([ぁ-ゖァ-ヺー・ 　]{{1,40}})》")
_SENTENCE = re.compile(r"[^。！？\n]+[。！？]?")
_HEADING = ("■", "●", "◆")


# --- As it is read ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Block:
    """A line of the text: a heading (■) or a paragraph."""

    is_heading: bool
    html: SafeString


def blocks(text: str) -> list[Block]:
    lines = (line.strip() for line in text.splitlines())
    return [Block(line.startswith(_HEADING), ruby(line.lstrip("".join(_HEADING)).strip())) for line in lines if line]


def ruby(text: str) -> SafeString:
    """漢字《かんじ》 as <ruby>; a browser that knows no ruby shows 漢字（かんじ）."""
    pieces, at = [], 0
    for match in _RUBY.finditer(text):
        pieces.append(conditional_escape(text[at : match.start()]))
        word, reading = match[1] or match[2], match[3]
        pieces.append(format_html("<ruby>{}<rp>（</rp><rt>{}</rt><rp>）</rp></ruby>", word, reading))
        at = match.end()
    pieces.append(conditional_escape(text[at:]))
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def plain(text: str) -> str:
    """Without the readings."""
    return _RUBY.sub(lambda match: match[1] or match[2], text)


# --- What the tool asks of it ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Finding:
    """What might be said more easily, where, and how."""

    title: str
    where: str  # the words it is about
    advice: str


def findings(text: str, terms: Terms) -> list[Finding]:
    """Readings, sentences, words, names; the same only once."""
    found = [*_furigana(text), *_sentences(plain(text)), *_hard_words(plain(text), terms), *_names(text)]
    return list(dict.fromkeys(found))


def _furigana(text: str) -> Iterator[Finding]:
    """Readings that are no readings: a mark without its other half, a reading in 漢字."""
    rest = _RUBY.sub(lambda match: "　" * len(match[0]), text)
    for match in re.finditer(r".{0,8}[《》].{0,8}", rest):
        yield Finding(
            "ふりがなが読めません",
            match[0].strip("　"),
            "「漢字《かんじ》」の形で、漢字のすぐ後ろに、ひらがなで書いてください。",
        )


def _sentences(text: str) -> Iterator[Finding]:
    for sentence in (each.strip() for each in _SENTENCE.findall(text)):
        if len(sentence) > LONGEST:
            advice = f"{len(sentence)}字あります。2つの文に分けると、{LONGEST}字までにできます。"
            yield Finding("文が長いです", sentence, advice)
        elif sentence.count("、") > COMMAS:
            yield Finding("1つの文に、いくつものことがあります", sentence, "1つの文で、1つのことを言ってください。")


def _hard_words(text: str, terms: Terms) -> Iterator[Finding]:
    taken: set[int] = set()  # 実施する is told, 実施 within it is not
    for term in sorted(terms.of("easy", "loan"), key=lambda term: -len(term.word)):
        for start, end, easier in term.uses(text):
            if not taken & set(range(start, end)):
                taken |= set(range(start, end))
                yield Finding("むずかしいことばです", term.word, f"「{easier}」と言いかえられます。")


def _names(text: str) -> Iterator[Finding]:
    """Names in 漢字 that have no reading anywhere."""
    read = {match[1] or match[2] for match in _RUBY.finditer(text)}
    for line in plain(text).splitlines():
        for name, reading in _kanji_names(line):
            if not any(name in word for word in read):
                advice = f"「{name}《{reading}》」のように書くと、読めます。読み方を確かめてください。"
                yield Finding("名前に、ふりがながありません", name, advice)


def _kanji_names(text: str) -> Iterator[tuple[str, str]]:
    for word in words(text):
        if word.is_name and re.search(f"[{_KANJI}]", word.surface):
            yield word.surface, _hiragana(word.reading)


def _hiragana(katakana: str) -> str:
    return "".join(chr(ord(letter) - 0x60) if "ァ" <= letter <= "ヶ" else letter for letter in katakana)
