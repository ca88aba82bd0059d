"""The report as Word: the same words as the PDF, in headings, tables, fields and pictures that Word knows."""

import io
import re

import docx
import pytest
from docx.oxml.ns import qn
from lxml import etree

from reporting import word
from reporting.pdf.chapters import Book
from tests.reporting import pdf_factory as factory

SPACE = re.compile(r"\s+")


@pytest.fixture(scope="module")
def report():
    return factory.report()


@pytest.fixture(scope="module")
def content(report):
    return word.render(report, edition="第2版", issued="令和8年12月", digest="d" * 64)


@pytest.fixture(scope="module")
def document(content):
    return docx.Document(io.BytesIO(content))


def headings(document, level: int) -> list[str]:
    return [each.text for each in document.paragraphs if each.style.name == f"Heading {level}"]


def every_text(document) -> str:
    return SPACE.sub("", "".join(each.text or "" for each in document.element.body.iter(qn("w:t"))))


def printed_words(report) -> list[str]:
    """What stands in each element of the PDF's chapters, in order; what paper alone needs is left out."""
    found = []
    for chapter in Book(report, edition="第2版", issued="令和8年12月").chapters():
        if chapter.key in ("furniture", "contents"):
            continue
        body = etree.fromstring(chapter.markup().partition("<!DOCTYPE html>")[2].strip()).find("body")
        for svg in body.iter("{http://www.w3.org/2000/svg}svg"):
            svg.getparent().remove(svg)
        # The heading of a slice that goes on repeats the one above it.
        repeated = {text for each in body.iter("h1") if each.get("data-on") is not None for text in each.itertext()}
        found += [text for text in body.itertext() if text not in repeated]
    return [plain for text in found if (plain := SPACE.sub("", text))]


def test_every_word_of_the_pdf_stands_in_it_in_the_same_order(report, document):
    text, at = every_text(document), 0
    for words in printed_words(report):
        found = text.find(words, at) if len(words) > 3 else text.find(words)
        assert found >= 0, words
        at = found if len(words) > 12 else at


def test_headings_are_those_of_the_contents(report, document):
    book = Book(report)
    book.chapters()
    for level in (1, 2, 3):
        wanted = [entry.title for entry in book.entries if entry.level == level]
        assert [title for title in headings(document, level) if title in wanted] == wanted


def test_contents_and_index_count_pages_by_fields(report, document):
    codes = [each.text.split()[0] for each in document.element.body.iter(qn("w:instrText"))]
    assert codes.count("TOC") == 1
    assert codes.count("PAGEREF") == sum(len(each.codes) for each in report.departments)
    assert document.settings.element.find(qn("w:updateFields")) is not None


def test_links_lead_to_bookmarks_that_are_there_once(document):
    marks = [each.get(qn("w:name")) for each in document.element.body.iter(qn("w:bookmarkStart"))]
    assert len(marks) == len(set(marks))
    wanted = {each.get(qn("w:anchor")) for each in document.element.body.iter(qn("w:hyperlink"))}
    wanted |= {each.text.split()[1] for each in document.element.body.iter(qn("w:instrText")) if "PAGEREF" in each.text}
    assert wanted and wanted <= set(marks)


def test_charts_are_pictures_with_words(report, document):
    described = [each.get("descr") for each in document.element.body.iter(qn("wp:docPr"))]
    assert len(described) == 1 + sum(len(goal.indicator_codes) for goal in report.goals)
    assert all(described)
    pngs = [part.blob for part in document.part.package.iter_parts() if part.content_type == "image/png"]
    assert all(png.startswith(b"\x89PNG") for png in pngs)


def test_tables_of_initiatives_lie_across_and_repeat_their_head(document):
    shapes = [section.page_width > section.page_height for section in document.sections]
    assert shapes == [False, True, False]
    wide = [table for table in document.tables if table.cell(0, 0).text == "番号"]
    assert wide
    assert all(
        table.rows[0]._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for table in document.tables[1:]
    )


def test_cells_over_several_rows_are_merged(document):
    tree = next(table for table in document.tables if table.cell(0, 0).text == "目標")
    assert tree.cell(1, 0)._tc is tree.cell(2, 0)._tc


def test_the_same_report_gives_the_same_file(report, content):
    assert word.render(report, edition="第2版", issued="令和8年12月", digest="d" * 64) == content


def test_the_file_says_what_it_is(document, report):
    about = document.core_properties
    assert about.title == f"{report.title}第2版"
    assert about.identifier == "d" * 64
    assert "第2版" in document.sections[0].header.paragraphs[0].text
    assert document.sections[0].different_first_page_header_footer


def test_what_departments_write_is_never_markup():
    nasty = "<w:t>&amp;</w:t>\u0007\ufffe\ud800 ]]> {{ x }}"
    made = word.render(factory.report([factory.goal(1, [factory.row("1-1-1-1", result=nasty, parts=())])]))
    text = every_text(docx.Document(io.BytesIO(made)))
    assert "<w:t>&amp;</w:t>]]>{{x}}" in text


def test_libreoffice_opens_it(content, libreoffice):
    assert libreoffice(content, "docx", "pdf").startswith(b"%PDF")
