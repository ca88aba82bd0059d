"""A Word file that comes back: each difference is found once, and nothing that is none."""

import copy
import io
import zipfile

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from hypothesis import given
from hypothesis import strategies as st

from reporting import word
from reporting.word.compare import Difference, NotWord, compare, read
from tests.reporting import pdf_factory as factory

MADE = word.render(factory.report(), digest="e" * 64)


def edited(change) -> bytes:
    document = docx.Document(io.BytesIO(MADE))
    change(document)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def paragraphs(document) -> list:
    """Those of the text: no headings, no contents, no figures of a table."""
    return [each for each in document.paragraphs if each.style.name == "本文" and each.text]


def cell(document, heading: str):
    table = next(table for table in document.tables if table.cell(0, 0).text == "番号")
    column = [each.text for each in table.rows[0].cells].index(heading)
    row = next(row for row in table.rows if row.cells[0].text.count("-") == 3)
    return row.cells[0].text, row.cells[column]


def test_an_untouched_file_has_no_differences():
    assert compare(MADE, MADE) == []
    assert read(MADE).digest == "e" * 64


def test_a_file_that_libreoffice_saved_has_no_differences(libreoffice):
    saved = libreoffice(MADE, "docx")
    assert saved != MADE
    assert compare(MADE, saved) == []
    assert read(saved).digest == "e" * 64


def test_a_changed_cell_is_named_by_its_row_and_column():
    seen = {}

    def change(document):
        seen["code"], found = cell(document, "R6実績")
        seen["before"] = found.text
        found.paragraphs[0].runs[0].text = "見守りを25回行った。"

    (found,) = compare(MADE, edited(change))
    assert found == Difference(found.place, seen["before"], "見守りを25回行った。")
    assert found.place[-2:] == (seen["code"], "R6実績")
    assert found.kind == "直した"


def test_added_and_removed_paragraphs():
    def change(document):
        first, second, *_ = paragraphs(document)
        new = copy.deepcopy(first._p)
        first._p.addnext(new)
        docx.text.paragraph.Paragraph(new, first._parent).runs[0].text = "足した文。"
        second._p.getparent().remove(second._p)

    removed = paragraphs(docx.Document(io.BytesIO(MADE)))[1].text
    found = compare(MADE, edited(change))
    assert {(each.before, each.after) for each in found} == {("", "足した文。"), (removed, "")}
    assert {each.kind for each in found} == {"足した", "消した"}


def test_a_changed_heading_is_one_difference():
    def change(document):
        heading = next(each for each in document.paragraphs if each.style.name == "Heading 2")
        heading.runs[0].text = f"{heading.text}（案）"

    (found,) = compare(MADE, edited(change))
    assert found.after == f"{found.before}（案）"


def test_tracked_corrections_count_as_accepted():
    def change(document):
        run = paragraphs(document)[0].runs[0]._r
        struck = copy.deepcopy(run)
        for text in struck.iter(qn("w:t")):
            text.tag = qn("w:delText")
        deleted = parse_xml(f'<w:del {nsdecls("w")} w:id="900" w:author="x"/>')
        deleted.append(struck)
        inserted = parse_xml(f'<w:ins {nsdecls("w")} w:id="901" w:author="x"><w:r><w:t>直した文。</w:t></w:r></w:ins>')
        run.addnext(deleted)
        deleted.addnext(inserted)
        run.getparent().remove(run)

    (found,) = compare(MADE, edited(change))
    assert found.after == "直した文。"


def test_a_text_in_several_runs_is_the_same_text():
    def change(document):
        for paragraph in paragraphs(document):
            text = paragraph.text
            for run in paragraph.runs[1:]:
                run._r.getparent().remove(run._r)
            paragraph.runs[0].text = text[:3]
            paragraph.add_run(text[3:]).bold = True

    assert compare(MADE, edited(change)) == []


@given(st.sets(st.integers(0, 10**6), min_size=1, max_size=6))
def test_exactly_the_changed_texts_are_found(chosen):
    wanted = set()

    def change(document):
        texts = [*paragraphs(document), *cell_paragraphs(document)]
        for number in {one % len(texts) for one in chosen}:
            before = texts[number].text
            texts[number].add_run("＋")
            wanted.add((before, f"{before}＋"))

    assert {(each.before, each.after) for each in compare(MADE, edited(change))} == wanted


def cell_paragraphs(document) -> list:
    """Results of initiatives: no cell that names a row or column, which is the place of others."""
    table = next(table for table in document.tables if table.cell(0, 0).text == "番号")
    return [cell.paragraphs[0] for cell in table.columns[7].cells[1:] if "行った" in cell.text]


def archive(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 broken",
        b"%PDF-1.7",
        archive(readme_xml=b"<x/>"),
        archive(word__document_xml=b"<x"),
        archive(word__document_xml=b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'),
        archive(word__document_xml=b"<x/>"),
        archive(word__document_xml=b"<x/>", big=b"0" * 90_000_000),
        MADE[: len(MADE) // 2],
    ],
)
def test_what_is_no_word_file_is_refused_in_words(content):
    with pytest.raises(NotWord) as refused:
        compare(MADE, content)
    assert str(refused.value).endswith("。")
