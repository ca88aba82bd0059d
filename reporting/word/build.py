"""One making of the Word file: the chapters of the printed report, in its order, in portrait and landscape sections."""

import io
import zipfile
from datetime import UTC, datetime

import docx
from docx.image.image import Image
from docx.opc.packuri import PackURI
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.parts.image import ImagePart
from docx.shared import Mm
from lxml import etree

from reporting.pdf.chapters import Book
from reporting.snapshot import Report
from reporting.word import styles
from reporting.word.pictures import Picture
from reporting.word.walk import Walk
from reporting.word.writer import LANDSCAPE, PORTRAIT, Run, Writer, section

NOT_IN_WORD = ("furniture",)  # running heads are the document's own
A_FIXED_DATE = datetime(2000, 1, 1, tzinfo=UTC)  # the same report gives the same file
_BODY = nsdecls("w", "r", "wp", "a", "pic")


def build(report: Report, *, edition: str, issued: str, digest: str, **about) -> bytes:
    document = docx.Document()
    styles.apply(document)
    _describe(document, report, edition, digest)
    references = _header_and_footer(document, report.title + edition)
    book = Book(report, edition=edition, issued=issued, digest=digest, **about)
    _write_body(document, _body(book, document, references))
    _ask_to_count_pages(document)
    file = io.BytesIO()
    document.save(file)
    return _without_times(file)


def _body(book: Book, document, references: str) -> str:
    chapters = [chapter for chapter in book.chapters() if chapter.key not in NOT_IN_WORD]
    entries: dict[str, list[tuple[int, str]]] = {}
    for entry in book.entries:
        entries.setdefault(entry.anchor, []).append((entry.level, entry.title))
    writer = Writer()
    walk = Walk(writer, entries, lambda picture: _inline(document, picture))
    cover, page = references, PORTRAIT
    for number, chapter in enumerate(chapters):
        wanted = LANDSCAPE if chapter.wide else PORTRAIT
        if wanted != page:
            writer.section_end(page, cover=cover)
            cover = ""
        if chapter.is_contents:
            writer.paragraph([Run(chapter.title)], "小見出し", new_page=True)
            writer.contents([(each.level, each.title, each.anchor) for each in book.entries], styles.CONTENTS)
        else:
            walk.chapter(chapter.markup(), wanted, new_page=number > 0 and wanted == page and not _goes_on(chapter))
        page = wanted
    return "".join(writer.pieces) + section(page, cover=cover)


def _goes_on(chapter) -> bool:
    """A later slice of a goal's table: the PDF's way of dealing the work out, no new page here."""
    return chapter.wide and not chapter.context.get("first", True)


def _write_body(document, pieces: str) -> None:
    body = document.element.body
    for child in list(body):
        body.remove(child)
    body.extend(list(parse_xml(f"<w:body {_BODY}>{pieces}</w:body>")))


def _without_times(file: io.BytesIO) -> bytes:
    """The archive packed again: a zip keeps the time at which each part was written."""
    packed = io.BytesIO()
    with zipfile.ZipFile(file) as parts, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in parts.namelist():
            archive.writestr(
                zipfile.ZipInfo(name, A_FIXED_DATE.timetuple()[:6]), parts.read(name), zipfile.ZIP_DEFLATED
            )
    return packed.getvalue()


def _inline(document, picture: Picture) -> str:
    """A picture held by the document, as the <wp:inline> that shows it."""
    part = document.part
    number = 1 + sum(isinstance(each, ImagePart) for each in part.package.iter_parts())
    image = Image.from_blob(picture.png)
    held = ImagePart(PackURI(f"/word/media/image{number}.png"), image.content_type, picture.png, image)
    relation = part.relate_to(held, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image")
    inline = docx.oxml.shape.CT_Inline.new_pic_inline(
        number, relation, f"図{number}.png", Mm(picture.width), Mm(picture.height)
    )
    inline.docPr.set("descr", picture.words)
    return etree.tostring(inline, encoding="unicode")


def _describe(document, report: Report, edition: str, digest: str) -> None:
    about = document.core_properties
    about.title, about.author, about.subject = report.title + edition, report.publisher, report.plan_name
    about.language, about.comments, about.identifier = "ja-JP", "", digest
    about.created = about.modified = A_FIXED_DATE
    about.last_modified_by, about.keywords = "", ""


def _header_and_footer(document, title: str) -> str:
    """Made once; the first section refers to them and the others take them over."""
    part = document.sections[0]
    part.header.paragraphs[0].text = title
    footer = part.footer.paragraphs[0]
    footer.alignment = 1
    for piece in (
        '<w:fldChar w:fldCharType="begin"/>', "<w:instrText>PAGE</w:instrText>", '<w:fldChar w:fldCharType="end"/>',
    ):  # fmt: skip
        footer._p.append(parse_xml(f"<w:r {nsdecls('w')}>{piece}</w:r>"))
    kinds = (qn("w:headerReference"), qn("w:footerReference"))
    return "".join(etree.tostring(each, encoding="unicode") for each in part._sectPr if each.tag in kinds)


def _ask_to_count_pages(document) -> None:
    """Word counts the pages of contents and index when it opens the file (it asks first)."""
    document.settings.element.append(parse_xml(f'<w:updateFields {nsdecls("w")} w:val="true"/>'))
