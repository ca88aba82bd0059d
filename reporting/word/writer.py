"""WordprocessingML by strings: a year has ten thousand cells, and an object for each would take ten times as long."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

TWIPS = 1440 / 25.4  # a mm
SHORT = 8  # rows of a table that is kept on one page
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def twips(mm: float) -> int:
    return round(mm * TWIPS)


def drawn(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return _NO_XML.sub("", text)


@dataclass(frozen=True)
class Run:
    """A stretch of text. anchor: it leads to that bookmark. page_of: the page number of that bookmark."""

    text: str = ""
    bold: bool = False
    anchor: str = ""
    page_of: str = ""


@dataclass
class Cell:
    runs: list[Run]
    columns: int = 1
    rows: int = 1
    head: bool = False  # of a row or column
    shaded: bool = False
    align: str = ""  # "" | "right" | "center"
    bookmark: str = ""


@dataclass
class Table:
    widths: Sequence[float]  # mm
    style: str = "表の文"  # of the paragraphs in it
    head: list[list[Cell]] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)


@dataclass(frozen=True)
class Page:
    """A4 in mm."""

    width: float = 210
    height: float = 297
    margin: float = 20

    @property
    def text_width(self) -> float:
        return self.width - 2 * self.margin


PORTRAIT = Page()
LANDSCAPE = Page(297, 210, 15)


def bookmark_name(anchor: str) -> str:
    """Word takes letters, digits and _, 40 at most, a letter first: r-1-1-1-1 → r_1_1_1_1."""
    return re.sub(r"\W", "_", anchor, flags=re.ASCII)[:40]


class Writer:
    """The body of a document, piece by piece."""

    def __init__(self):
        self.pieces: list[str] = []
        self._bookmarks = 0

    # --- Paragraphs -------------------------------------------------------------------------------

    def paragraph(
        self, runs: Iterable[Run], style: str, *, bookmarks: Iterable[str] = (), new_page: bool = False
    ) -> None:
        before = "<w:pageBreakBefore/>" if new_page else ""
        marks = "".join(map(self._bookmark, bookmarks))
        words = "".join(map(_run, runs))
        self.pieces.append(f"<w:p><w:pPr><w:pStyle w:val={quoteattr(style)}/>{before}</w:pPr>{marks}{words}</w:p>")

    def _bookmark(self, anchor: str) -> str:
        self._bookmarks += 1
        name, number = quoteattr(bookmark_name(anchor)), self._bookmarks
        return f'<w:bookmarkStart w:id="{number}" w:name={name}/><w:bookmarkEnd w:id="{number}"/>'

    def picture(self, inline: str, style: str) -> None:
        """inline: the <wp:inline> of a picture that the document holds."""
        self.pieces.append(
            f"<w:p><w:pPr><w:pStyle w:val={quoteattr(style)}/></w:pPr><w:r><w:drawing>{inline}</w:drawing></w:r></w:p>"
        )

    def contents(self, entries: Iterable[tuple[int, str, str]], style: str) -> None:
        """A contents field over headings 1–3. entries (level, title, anchor): what it shows until Word counts pages."""
        begin = _field_begin(r'TOC \o "1-3" \h \z \u')
        lines = [
            f"<w:p><w:pPr><w:pStyle w:val={quoteattr(f'{style}{level}')}/></w:pPr>%s"
            f"{_run(Run(title, anchor=anchor))}</w:p>"
            for level, title, anchor in entries
        ]
        first, *rest = lines or ["<w:p>%s</w:p>"]
        self.pieces.append(first % begin)
        self.pieces += [line % "" for line in rest]
        self.pieces.append(f"<w:p>{_FIELD_END}</w:p>")

    def section_end(self, page: Page, *, cover: str = "") -> None:
        self.pieces.append(f"<w:p><w:pPr>{section(page, cover=cover)}</w:pPr></w:p>")

    # --- Tables -----------------------------------------------------------------------------------

    def table(self, table: Table) -> None:
        widths = [twips(width) for width in table.widths]
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        open_rows: list[tuple[Cell, int] | None] = [None] * len(
            widths
        )  # a cell from above and the rows it still covers
        every, shown = [*table.head, *table.rows], []
        for number, row in enumerate(every):
            keep = len(every) <= SHORT and number < len(every) - 1
            look = _Look(table.style, head=number < len(table.head), keep=keep)
            shown.append(self._row(row, widths, open_rows, look))
        self.pieces.append(
            f'<w:tbl><w:tblPr><w:tblStyle w:val="Ayumi"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
            f'<w:tblLayout w:type="fixed"/><w:tblLook w:firstRow="1" w:val="0020"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
            f"{''.join(shown)}</w:tbl>"
            '<w:p><w:pPr><w:pStyle w:val="表のあと"/></w:pPr></w:p>'
        )

    def _row(self, cells: list[Cell], widths: Sequence[int], open_rows: list, look: "_Look") -> str:
        made, waiting, column = [], iter(cells), 0
        while column < len(widths):
            covering = open_rows[column]
            cell, left = covering or (next(waiting, None) or Cell([]), 0)
            width = sum(widths[column : column + cell.columns])
            merge = "continue" if covering else "restart" if cell.rows > 1 else ""
            made.append(self._cell(cell, width, look, merge))
            left = left - 1 if covering else cell.rows - 1
            open_rows[column] = (cell, left) if left else None
            column += cell.columns
        repeated = "<w:tblHeader/>" if look.head else ""
        return f"<w:tr><w:trPr>{'<w:cantSplit/>' if look.keep or look.head else ''}{repeated}</w:trPr>{''.join(made)}</w:tr>"

    def _cell(self, cell: Cell, width: int, look: "_Look", merge: str) -> str:
        span = f'<w:gridSpan w:val="{cell.columns}"/>' if cell.columns > 1 else ""
        merged = f'<w:vMerge w:val="{merge}"/>' if merge else ""
        shade = '<w:shd w:val="clear" w:color="auto" w:fill="F2F2F2"/>' if look.head or cell.shaded else ""
        keep = "<w:keepNext/>" if look.keep else ""
        align = f'<w:jc w:val="{cell.align}"/>' if cell.align else ""
        runs, marks = "", ""
        if merge != "continue":
            runs = "".join(_run(_bold(run) if look.head or cell.head else run) for run in cell.runs)
            marks = self._bookmark(cell.bookmark) if cell.bookmark else ""
        return (
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{merged}{shade}</w:tcPr>'
            f"<w:p><w:pPr><w:pStyle w:val={quoteattr(look.style)}/>{keep}{align}</w:pPr>{marks}{runs}</w:p></w:tc>"
        )


@dataclass(frozen=True)
class _Look:
    """Of a row: the style of its paragraphs, whether it is repeated on every page, whether it stays with the next."""

    style: str
    head: bool
    keep: bool


def _bold(run: Run) -> Run:
    return Run(run.text, True, run.anchor, run.page_of)


def _run(run: Run) -> str:
    look = "<w:rPr><w:b/></w:rPr>" if run.bold else ""
    if run.page_of:
        begin = _field_begin(rf"PAGEREF {bookmark_name(run.page_of)} \h")
        return f"{begin}<w:r><w:t>－</w:t></w:r>{_FIELD_END}"
    lines = escape(run.text).split("\n")
    text = "<w:br/>".join(f'<w:t xml:space="preserve">{line}</w:t>' if line else "" for line in lines)
    made = f"<w:r>{look}{text}</w:r>"
    return f"<w:hyperlink w:anchor={quoteattr(bookmark_name(run.anchor))}>{made}</w:hyperlink>" if run.anchor else made


def _field_begin(code: str) -> str:
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {escape(code)} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )


_FIELD_END = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def section(page: Page, *, cover: str = "") -> str:
    """The properties of a section. cover: references to header and footer, whose first page (the cover) has neither.

    Sections after the first take header and footer over.
    """
    turned = ' w:orient="landscape"' if page.width > page.height else ""
    edge = twips(page.margin)
    return (
        f'<w:sectPr>{cover}<w:pgSz w:w="{twips(page.width)}" w:h="{twips(page.height)}"{turned}/>'
        f'<w:pgMar w:top="{edge}" w:right="{edge}" w:bottom="{edge}" w:left="{edge}" w:header="567" w:footer="567" '
        f'w:gutter="0"/>{"<w:titlePg/>" if cover else ""}</w:sectPr>'
    )
