"""A Word file that was edited outside, held against the one made from the report: difference by difference.

Both are read in the same way, so what Word does to a file on saving (other style names, split runs, page numbers it
counted) makes no difference. Corrections that were tracked count as accepted.
"""

import difflib
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

MAX_UPLOAD = 10 * 1024 * 1024
MAX_UNPACKED = 80 * 1024 * 1024
MAX_PARTS = 500
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_IDENTIFIER = "{http://purl.org/dc/elements/1.1/}identifier"
_UNCOUNTED = ("TOC", "PAGEREF", "PAGE")  # fields whose result Word works out


class NotWord(ValueError):
    """The file cannot be read; the message says why and what to do."""


@dataclass(frozen=True)
class Piece:
    """One paragraph, or one cell of a table. Headings are pieces too."""

    headings: tuple[str, ...]  # above it
    cell: tuple[str, ...]  # the row's first cell and the column's heading; () of a paragraph
    text: str

    @property
    def place(self) -> tuple[str, ...]:
        return self.headings + self.cell


@dataclass(frozen=True)
class Difference:
    """before "": only in the file; after "": only in the report."""

    place: tuple[str, ...]
    before: str
    after: str

    @property
    def kind(self) -> str:
        return "直した" if self.before and self.after else "足した" if self.after else "消した"


@dataclass(frozen=True)
class Read:
    pieces: list[Piece]
    digest: str  # of the edition that the file was made from, "" when it says none


def compare(made: bytes, edited: bytes) -> list[Difference]:
    """made: as Ayumi made it; edited: as it came back. In the report's order. Raises NotWord."""
    return list(_differences(read(made).pieces, read(edited).pieces))


def _differences(before: list[Piece], after: list[Piece]) -> Iterator[Difference]:
    """Found by the texts and their cells, not by the headings above: a heading that changed is one difference."""
    keys = ([(piece.cell, piece.text) for piece in pieces] for pieces in (before, after))
    matcher = difflib.SequenceMatcher(None, *keys, autojunk=False)
    for kind, i, j, m, n in matcher.get_opcodes():
        if kind != "equal":
            yield from _changes(before[i:j], after[m:n])


def _changes(before: list[Piece], after: list[Piece]) -> Iterator[Difference]:
    """A cell was changed into the same cell; of paragraphs each into the one of its place in their order."""
    left = list(after)
    for piece in before:
        found = next((other for other in left if other.cell == piece.cell), None)
        if found is not None:
            left.remove(found)
        if found is None or found.text != piece.text:
            yield Difference(piece.place, piece.text, found.text if found else "")
    for piece in left:
        yield Difference(piece.place, "", piece.text)


# --- Reading a file ---------------------------------------------------------------------------------


def read(content: bytes) -> Read:
    """The text of a .docx with the place of each piece. Raises NotWord."""
    parts = _unpack(content)
    styles = {
        style.get(f"{_W}styleId"): (style.find(f"{_W}name").get(f"{_W}val") or "").lower()
        for style in _xml(parts.get("word/styles.xml", b"<none/>")).iter(f"{_W}style")
        if style.find(f"{_W}name") is not None
    }
    about = _xml(parts.get("docProps/core.xml", b"<none/>")).find(f".//{_IDENTIFIER}")
    body = _xml(parts["word/document.xml"]).find(f"{_W}body")
    if body is None:
        raise NotWord("このWordファイルには、文がありません。")
    return Read(list(_Body(styles).pieces(body)), (about.text or "") if about is not None else "")


def _unpack(content: bytes) -> dict[str, bytes]:
    again = "Wordで開き、「名前を付けて保存」で「Word 文書（*.docx）」を選んで保存したものを使ってください。"
    if len(content) > MAX_UPLOAD:
        raise NotWord("ファイルが大きすぎます（上限10MB）。写真などを足したときは、取り除いてから選んでください。")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_PARTS or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
                raise NotWord("ファイルを広げると大きすぎます。受け付けていません。")
            wanted = ("word/document.xml", "word/styles.xml", "docProps/core.xml")
            parts = {name: archive.read(name) for name in wanted if name in archive.namelist()}
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError, zlib.error) as error:
        if isinstance(error, NotWord):
            raise
        raise NotWord(f"Word（.docx）として読めません。{again}") from error
    if "word/document.xml" not in parts:
        raise NotWord(f"Word（.docx）ではありません。{again}")
    return parts


def _xml(content: bytes):
    """Without entities, network and DTD: the file comes from outside."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise NotWord("このWordファイルの中に、Wordが書かない書き方の部品があります。受け付けていません。")
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise NotWord("このWordファイルの中身が壊れています。もう一度Wordで保存してください。") from error


class _Body:
    def __init__(self, styles: dict[str, str]):
        self.styles = styles
        self.headings: list[tuple[int, str]] = []
        self.field_depth, self.skipped_at = 0, None  # inside which field that is not read

    def _piece(self, text: str, cell: tuple[str, ...] = ()) -> Piece:
        return Piece(tuple(heading for _, heading in self.headings), cell, text)

    def pieces(self, body) -> Iterator[Piece]:
        for element in body:
            if element.tag == f"{_W}p":
                yield from self._paragraph(element)
            elif element.tag == f"{_W}tbl":
                yield from self._table(element)
            elif element.tag == f"{_W}sdt":  # Word wraps a contents field in one
                yield from self.pieces(element.find(f"{_W}sdtContent"))

    def _paragraph(self, element) -> Iterator[Piece]:
        style = element.find(f"{_W}pPr/{_W}pStyle")
        name = self.styles.get(style.get(f"{_W}val"), "") if style is not None else ""
        text = self._text(element)
        if not text:
            return
        if name.startswith("heading ") and name[8:].isdigit():
            level = int(name[8:])
            self.headings = [each for each in self.headings if each[0] < level]
            yield self._piece(text)
            self.headings.append((level, text))
        elif not name.startswith("toc "):
            yield self._piece(text)

    def _table(self, table) -> Iterator[Piece]:
        """Cells by the first cell of their row and the heading of their column; merged ones count once."""
        heads: dict[int, str] = {}
        for row in table.iter(f"{_W}tr"):
            is_head, column, first = row.find(f"{_W}trPr/{_W}tblHeader") is not None, 0, ""
            for cell in row.iter(f"{_W}tc"):
                span = cell.find(f"{_W}tcPr/{_W}gridSpan")
                text = "\n".join(filter(None, map(self._text, cell.iter(f"{_W}p"))))
                if is_head:
                    heads[column] = " ".join(text.split())
                first = first or text.split("\n")[0]
                merge = cell.find(f"{_W}tcPr/{_W}vMerge")
                if text and (merge is None or merge.get(f"{_W}val") == "restart"):
                    where = () if is_head else (first, heads.get(column, ""))
                    yield self._piece(text, tuple(dict.fromkeys(filter(None, where))))
                column += int(span.get(f"{_W}val")) if span is not None else 1

    def _text(self, paragraph) -> str:
        """Text as it reads with tracked corrections accepted, without what a field counts."""
        words: list[str] = []
        for element in paragraph.iter():
            tag = element.tag
            if tag == f"{_W}fldChar":
                self._field(element.get(f"{_W}fldCharType"))
            elif tag == f"{_W}instrText":
                if (
                    self.skipped_at is None
                    and (element.text or "").split()[:1]
                    and element.text.split()[0] in _UNCOUNTED
                ):
                    self.skipped_at = self.field_depth
            elif self.skipped_at is not None or _is_moved_away(element):
                continue
            elif tag == f"{_W}t":
                words.append(element.text or "")
            elif tag in (f"{_W}br", f"{_W}cr"):
                words.append("\n")
            elif tag == f"{_W}tab":
                words.append(" ")
        return "".join(words).strip()

    def _field(self, kind: str) -> None:
        if kind == "begin":
            self.field_depth += 1
        elif kind == "end":
            if self.skipped_at == self.field_depth:
                self.skipped_at = None
            self.field_depth -= 1


def _is_moved_away(element) -> bool:
    """Within text that a tracked move took from here (deleted text is <w:delText>, which is no <w:t>)."""
    return element.tag == f"{_W}t" and any(above.tag == f"{_W}moveFrom" for above in element.iterancestors())
